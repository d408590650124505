"""Recomputes every payout of a published folder, from docs/rewards-format.md alone; comments name its sections.

python verify_payouts.py FOLDER [--head HASH]      exit code 0: all agrees, 1: something differs, 2: unusable folder
HASH is that of a journal line which you noted down earlier. Standard library only; nothing in the folder is run.

Compared: chain, objects, ids, model records, epochs (fees, pay, escrow, burning, vesting), sums, leak, claims root.
By verify_decisions.py: what words moved and undid, what each draw of audits took; here that is taken as it is written.
By neither: inspection, novelty, attributions (they rest on texts and models); ranges, which move nothing.
"""

import json
import re
import sys
from bisect import bisect_right
from collections import Counter, defaultdict
from hashlib import sha256
from itertools import accumulate, zip_longest
from pathlib import Path
from types import SimpleNamespace
from typing import Any

MILLION, MASK, FEES = 10**6, 2**64 - 1, ("platform", "model", "stakers", "data")
PARTS = ("credited", "escrow", "vested", "forfeited")
TURNS = (0, 1, 62, 28, 27, 36, 44, 6, 55, 20, 3, 10, 43, 25, 39, 41, 45, 15, 21, 8, 18, 2, 61, 56, 14)
canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
parsed = json.JSONDecoder(parse_float=int, parse_constant=int).decode  # int refuses what is no integer


def digest(value: Any) -> str:
    return sha256(canonical(value).encode()).hexdigest()


def by_weight(units: int, weight: int, whole: int, terms: Any) -> int:  # Pay: units · part // (whole · width)
    low, high = terms["weight_low"], terms["weight_high"]
    return int(units * (min(max(weight, low), high) - low) // (whole * (high - low)))


def least(k: int, n: int, strata: int) -> int:  # Leak estimate: bounds
    def below(p: int) -> int:  # less the chance of fewer than k of n at rate p, times 10^6 to the power of n
        q = MILLION - p
        return -sum(accumulate(range(k - 1), lambda term, i: term * (n - i) * p // ((i + 1) * q), initial=q**n))

    return bisect_right(range(MILLION), MILLION**n // (40 * strata) - MILLION**n, key=below) - 1 if k else 0


def keccak256(data: bytes) -> bytes:  # Claims: of up to 134 bytes; the padding of the original submission, not SHA-3's
    block, lfsr = (data + b"\x01").ljust(135, b"\0") + b"\x80" + bytes(64), 1
    a = [int.from_bytes(block[i : i + 8], "little") for i in range(0, 200, 8)]
    for _ in range(24):
        c = [a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20] for x in range(5)]
        a = [lane ^ c[i % 5 - 1] ^ (c[(i + 1) % 5] << 1 & MASK) ^ (c[(i + 1) % 5] >> 63) for i, lane in enumerate(a)]
        a = [((lane << by) | (lane >> (64 - by))) & MASK for lane, by in zip(a, TURNS, strict=True)]
        b = [a[(x + 3 * y) % 5 + 5 * x] for y in range(5) for x in range(5)]
        a = [b[i] ^ (~b[i // 5 * 5 + (i + 1) % 5] & b[i // 5 * 5 + (i + 2) % 5]) for i in range(25)]
        for j in range(7):
            a[0] ^= (lfsr & 1) << (2**j - 1)
            lfsr = (lfsr << 1) ^ (0x171 * (lfsr >> 7))
    return b"".join(lane.to_bytes(8, "little") for lane in a[:4])


def claims(owed: dict[str, int]) -> Any:  # Claims: the document, from base units by address
    leaves = {a: keccak256(keccak256(bytes.fromhex(f"{a[2:]:0>64}{owed[a]:064x}"))) for a in sorted(owed)}
    tree = [b""] * (len(leaves) - 1) + sorted(leaves.values(), reverse=True)
    for i in reversed(range(len(leaves) - 1)):
        tree[i] = keccak256(b"".join(sorted(tree[2 * i + 1 : 2 * i + 3])))
    values = [{"value": [a, str(owed[a])], "treeIndex": tree.index(leaves[a])} for a in leaves]
    told = {"format": "standard-v1", "leafEncoding": ["address", "uint256"], "values": values}
    return told | {"tree": ["0x" + node.hex() for node in tree]}


class Verifier:
    def __init__(self, folder: Path) -> None:
        self.folder, self.where, self.counts, self.differences = folder, "objects", Counter[str](), list[str]()
        paths = sorted((folder / "objects").iterdir())
        self.objects = {sha256(data := path.read_bytes()).hexdigest(): data for path in paths}
        self.compare("objects", [path.name for path in paths], list(self.objects))
        self.records, self.groups, self.models, self.terms, self.payouts = (dict[Any, Any]() for _ in range(5))
        self.accounts, self.owed, self.found = (Counter[Any]() for _ in range(3))
        self.asked, self.kept, self.moves, self.heads = list[Any](), list[int](), list[Any](), ["0" * 64]
        self.address, self.undone, self.drawn, self.draws = dict[str, str](), set[int](), set[str](), 0

    def compare(self, kind: str, told: Any, computed: Any) -> None:
        for one, other in zip_longest(told, computed):
            self.counts[kind] += 1
            if (seen := canonical(one)) != (made := canonical(other)):
                self.differences.append(f"{self.where}: {kind}: {seen[:300]!a} is written, {made[:300]!a} computed")

    def rows(self, name: str) -> list[Any]:
        return [parsed(text.decode()) for text in self.objects[name].splitlines()]

    def line(self, seq: int, text: str) -> None:  # The export: a journal line; then what it says
        line, told = parsed(text), {"schema": "curation.journal/1", "seq": seq, "prev": self.heads[-1]}
        kind, body, told = line["type"], line["body"], told | {key: line[key] for key in ("at", "type", "body")}
        self.heads.append(digest(told))
        self.compare("journal lines", [text], [canonical(told | {"hash": self.heads[-1]}) + "\n"])
        if seq not in self.undone:  # A word that was undone: what it said is left out
            self.asked += [(seq, body)] if kind == "inference.served" else []
            getattr(self, "on_" + kind.replace("_", "-").replace(".", "_"), lambda *_: None)(seq, body)

    def on_contribution_submitted(self, seq: int, body: Any) -> None:  # Where a record stands
        for row, told in enumerate(self.rows(body["result"])):
            if told["record"] is not None:
                owner = {key: body[key] for key in ("datanet", "contributor")}
                r: Any = SimpleNamespace(**owner, owner=owner, told=told, imported=body["kind"] == "import")
                r.id, r.escrow = digest([r.datanet, r.contributor, body["file"], row])[:32], "escrow:" + r.contributor
                self.compare("records", [[told["record"], r.id in self.records]], [[r.id, False]])
                r.decided, r.audited, r.withdrawn, r.disputed = (0, None), False, False, False
                r.order = (body.get("committed") or seq, seq, row)
                fresh = SimpleNamespace(records=[], decided=(0, None))
                r.group, self.records[r.id] = self.groups.setdefault((r.datanet, told["content"]), fresh), r
                r.group.records.append(r)

    def on_record_decided(self, seq: int, body: Any) -> None:  # Where a record stands; its moves as they are written
        r = self.records[body["record"]]
        r.decided, r.disputed = (seq, body["decision"]), False
        r.group.decided, r.audited = r.decided, r.audited or (r.id in self.drawn and "drawn_ppm" in body)
        for move in self.rows(body["moves"])[0]["moves"] if "moves" in body else []:
            p, units = self.payouts[move["record"], move["epoch"]], int(move["units"])
            self.book(move["what"], move["source"], move["target"], units, p)
            self.kept[-1] += units if move["what"] == "reverse" else 0  # An epoch: 5

    def on_record_appealed(self, _: int, body: Any) -> None:  # An epoch: disputed
        self.records[body["record"]].disputed = True

    on_record_doubted = on_record_appealed

    def on_record_withdrawn(self, _: int, body: Any) -> None:
        self.records[body["record"]].withdrawn = True

    def on_audits_drawn(self, _: int, body: Any) -> None:  # The cells of the leak; a draw's hits as they are written
        (told,), self.draws = self.rows(body["hits"]), self.draws + 1
        chances = {one["record"]: one["probability"] for one in told["records"]}
        fell = Counter((hit["record"], hit["epoch"]) for hit in told["hits"])
        self.drawn |= chances.keys()
        for p in (p for p in self.payouts.values() if not p.drawn[0]):
            p.drawn = (self.draws, fell[p.record, p.epoch], chances.get(p.record, 0))

    def on_contributor_registered(self, _: int, body: Any) -> None:  # Claims: values
        if body["address"] is not None:
            self.compare("addresses", [bool(re.fullmatch("0x[0-9a-f]{40}", body["address"]))], [True])
            self.address["vested:" + body["contributor"]] = body["address"]
            self.owed[body["address"]] += self.owed.pop("vested:" + body["contributor"], 0)

    def look(self) -> None:  # Where a record stands; Pay: audited; both as at this line
        self.found = Counter()
        for group in self.groups.values():
            held = False
            for r in sorted(group.records, key=lambda r: r.order):
                r.ruling, r.leads = r.decided if held else group.decided, not held and group.decided[1] != "reject"
                verdict = r.ruling[1] or ("reject" if held else r.told.get("otherwise") or r.told["verdict"])
                r.payable = verdict in {"accept", "relabel"} and not r.withdrawn
                r.weight = (MILLION if r.ruling[1] else r.told["weight"]) if r.payable else 0
                held = held or not (r.withdrawn or verdict == "reject")
                if r.audited and r.told["verdict"] != "reject":
                    who = (r.datanet, r.contributor)
                    self.found.update([who, (*who, r.decided[1] == "accept"), (r.datanet, r.imported)])

    def on_model_trained(self, seq: int, body: Any) -> None:  # Objects: model records, terms
        self.look()
        rows, (terms,), known = self.rows(body["records"]), self.rows(body["terms"]), list[Any]()
        for r, row in sorted(((self.records[row[0]], row) for row in rows), key=lambda one: one[0].order):
            known.append([r.id, r.contributor, r.imported, by_weight(row[4], r.weight, 1, terms), r.datanet])
        self.compare("shares of fees", [sum(terms["fees"].values())], [MILLION])
        self.compare("rows of models", [[*row[:4], body["datanet"]] for row in rows], known)
        self.models[body["datanet"], body["model"]], self.terms[body["datanet"]] = (seq, rows, terms), terms

    def book(self, what: str, source: str, target: str, units: int, p: Any) -> None:  # Objects: a move, a payout
        if units > 0:
            told = {"what": what, "source": source, "target": target, "units": str(units)}
            self.moves.append(told | {"record": p.record, "epoch": p.epoch})
            self.accounts.update({source: -units, target: units})
            p.lot.update({source.partition(":")[0]: -units, target.partition(":")[0]: units})
            p.lot["credited"] = sum(p.lot[part] for part in PARTS[1:])

    def weight(self, r: Any, trained: int, terms: Any) -> int:  # Pay: the weight
        good, bad = (self.found[r.datanet, r.contributor, is_good] * MILLION for is_good in (True, False))
        rate = (terms["prior_good"] + good) * MILLION // (terms["prior_good"] + terms["prior_bad"] + good + bad)
        barred = r.imported and self.found[r.datanet, True] < terms["import_audits"]
        wrong = r.ruling[1] == "relabel" and r.ruling[0] > trained
        return int(0 if barred or wrong else r.weight if r.ruling[1] else min(r.weight, rate))

    def on_epoch_settled(self, seq: int, body: Any) -> None:  # An epoch: step 1; Pay
        self.look()
        e, asked, named, (written,) = len(self.kept) + 1, list[Any](), dict[str, Any](), self.rows(body["lines"])
        fees, pools, now = Counter[str](), Counter[str](), [one for one in self.asked if one[0] <= body["through"]]
        for at, one in sorted(now, key=lambda one: str(one[1]["model"])):
            (trained, rows, terms), (told,) = self.models[one["datanet"], one["model"]], self.rows(one["attribution"])
            cuts = [divmod((fee := int(one["fee"])) * terms["fees"][name], MILLION) for name in FEES]
            more = sorted(range(4), key=lambda i: -cuts[i][1])[: fee - sum(cut for cut, _ in cuts)]
            parts = [cut + (i in more) for i, (cut, _) in enumerate(cuts)]
            shares = {row: amount * rows[row][4] * (rows[row][3] > 0) for row, amount in told["rows"]}
            if sum(parts) != fee or len(shares) < len(told["rows"]) or min(*parts, *shares, *shares.values()) < 0:
                raise ValueError("parts that are not the fee, a row named twice, or something negative")
            z, paid = sum(shares.values()) or 1, 0
            for row, share in shares.items():
                r = self.records[rows[row][0]]
                fresh = SimpleNamespace(r=r, record=r.id, epoch=e, pay=0, lot=Counter(), drawn=(0, 0, 0), money=0)
                p, weight = named.setdefault(r.id, fresh), self.weight(r, trained, terms)
                pay = by_weight(parts[3] * share, weight, z, terms)
                p.weight, p.pay, paid = weight, p.pay + pay, paid + pay
            fees.update(dict(zip(("platform", "model:" + one["datanet"], "stakers", "data-pool"), parts, strict=True)))
            pools[one["datanet"]] += parts[3]
            asked.append({"seq": at, "fee": one["fee"], "pool": str(parts[3]), "paid": str(paid)})
        self.asked, payouts = self.asked[len(now) :], [named[record] for record in sorted(named)]
        self.settle(e, fees, pools, payouts)
        paid_for = [{"record": p.record, "weight": p.weight, "pay": str(p.pay)} | p.r.owner for p in payouts]
        told = [body["epoch"], written["epoch"], body["through"], written["through"], bool(asked)]
        self.compare("epochs", [told], [[e, e, *[min(body["through"], seq - 1)] * 2, True]])
        self.compare("inferences", written["inferences"], sorted(asked, key=lambda one: one["seq"]))
        self.compare("pay of records", written["records"], paid_for)
        self.compare("moves of epochs", written["moves"], self.moves)

    def settle(self, e: int, fees: Counter[str], pools: Counter[str], payouts: Any) -> None:  # An epoch: 2 to 6
        whole, self.moves = SimpleNamespace(record=None, epoch=e, lot=Counter()), list[Any]()
        for account in sorted(fees):
            self.book("fee", "fee", account, fees[account], whole)
        for p in payouts:
            self.payouts[p.record, e] = p
            self.book("credit", "data-pool", p.r.escrow, p.pay, p)
        self.kept.append(self.accounts["data-pool"])
        self.book("keep", "data-pool", "reserve", self.kept[-1], whole)
        spent = sum(pool * self.terms[datanet]["audit_budget"] // MILLION for datanet, pool in pools.items())
        self.book("audit", "reserve", "audit", min(spent, self.accounts["reserve"]), whole)
        b = max((terms["burn_epochs"] for terms in self.terms.values()), default=0)
        self.book("burn", "reserve", "burned", self.accounts["reserve"] - sum(self.kept[max(0, e - b) :]), whole)
        for p in self.payouts.values():
            terms, vested = self.terms[p.r.datanet], "vested:" + p.r.contributor
            old, known = e - p.epoch >= max(terms["vest_epochs"], 1), self.found[p.r.datanet, p.r.contributor]
            stands = not p.r.disputed and (p.r.payable or (p.r.withdrawn and p.r.leads))
            if old and stands and known >= terms["vest_audits"]:
                self.owed[self.address.get(vested, vested)] += p.lot["escrow"]
                self.book("vest", p.r.escrow, vested, p.lot["escrow"], p)
            p.money = p.money if p.drawn[0] else p.lot["credited"]  # The frame of a draw

    def leak(self, datanet: str | None, epoch: int | None) -> Any:  # Leak estimate
        strata, estimates, sums = defaultdict[int, Counter[str]](Counter), list[int](), Counter[str]()
        for p in self.payouts.values():
            if p.money and datanet in {None, p.r.datanet} and epoch in {None, p.epoch}:
                (draw, hits, chance), fate = p.drawn, {None: "undecided", "accept": "good"}.get(p.r.decided[1], "bad")
                strata[draw].update({"money": p.money, "known " + fate: p.money, "hits": hits, fate: hits})
                strata[draw]["weighed " + fate] += p.money * MILLION // chance if chance else 0
        for c in strata.values():
            s, m, n = sum(c["hits"] > 0 for c in strata.values()), c["money"], c["hits"]
            floor, ceiling, weighed = c["known bad"], m - c["known good"], c["weighed bad"] + c["weighed good"]
            low = min(max(least(c["bad"], n, s) * m // MILLION, floor), ceiling)
            high = min(max(-((least(c["good"], n, s) - MILLION) * m // MILLION), floor), ceiling)
            estimates += [min(max(c["weighed bad"] * m // weighed, low), high)] if weighed else []
            sums.update({"money": m, "low": low, "high": high, "hits": n, "undecided": c["undecided"]})
        told = {name: str(sums[name]) for name in ("money", "low", "high")} | {"datanet": datanet, "epoch": epoch}
        estimate = str(sum(estimates)) if len(estimates) == len(strata) else None
        return told | {"estimate": estimate, "hits": sums["hits"], "undecided": sums["undecided"]}

    def documents(self, head: str) -> None:  # The export: what follows from the journal
        cells, sums = set[Any](), defaultdict[str, Counter[str]](Counter)
        for p in (p for p in self.payouts.values() if p.lot):
            p.money = p.money if p.drawn[0] else p.lot["credited"]
            sums[p.r.contributor].update(p.lot)
            cells |= {(None, None), (p.r.datanet, None), (p.r.datanet, p.epoch)} if p.money else set()
        leaks = [self.leak(*cell) for cell in sorted(cells, key=lambda cell: (cell[0] or "", cell[1] or 0))]
        people = [{part: str(sums[who][part]) for part in PARTS} | {"contributor": who} for who in sorted(sums)]
        owed = {address: units for address, units in self.owed.items() if units and address.startswith("0x")}
        kept = sum(self.accounts[name] for name in ("reserve", "audit", "burned"))
        pool, root = kept + sum(one["credited"] for one in sums.values()), claims(owed)["tree"][0] if owed else None
        self.document("leak", {"cells": leaks})
        self.document("payouts", {"pool": str(pool), "reserve": str(kept), "contributors": people})
        self.document("export", {"seq": len(self.heads) - 1, "head": self.heads[-1], "claims_root": root})
        self.document("claims", claims(owed) if owed else None)
        self.compare("known heads", [head in self.heads[1:]] * (head != "none"), [True] * (head != "none"))

    def document(self, name: str, value: Any) -> None:
        self.where, path = f"{name}.json", self.folder / f"{name}.json"
        value = value | {"schema": f"curation.{name}/1"} if value and name != "claims" else value
        made = json.dumps(value, indent=2, sort_keys=True) + "\n" if value else ""
        told = path.read_bytes().decode() if path.exists() else ""
        self.compare(f"lines of {name}", told.split("\n"), made.split("\n"))


def main(arguments: list[str]) -> int:
    try:
        folder, head = Path(arguments[0]), dict([arguments[1:] or ["--head", "none"]])["--head"]  # nothing else
        verifier, lines, _ = Verifier(folder), (folder / "journal.jsonl").read_bytes(), (folder / "export.json").stat()
    except (OSError, LookupError, ValueError) as error:
        print(f"{__doc__}\nthis is no folder of `curate export --public`: {error!a}", file=sys.stderr)
        return 2
    verifier.undone = set(map(int, re.findall(rb'"word":(\d{1,18})\},"hash":.*,"type":"word\.undone"\}\n', lines)))
    for seq, text in enumerate([*lines.splitlines(keepends=True), b""], start=1):
        try:
            verifier.where = f"line {seq}"
            verifier.line(seq, text.decode()) if text else verifier.documents(head)
        except Exception as error:  # noqa: BLE001  (whatever a forger wrote is a difference like any other)
            verifier.differences.append(f"{verifier.where}: cannot be computed: {ascii(error)[:200]}")
    print("\n".join(f"{number:8}  {kind} compared" for kind, number in verifier.counts.items()))
    print("".join(f"DIFFERS   {one}\n" for one in verifier.differences[:200]) + str(__doc__).split("\n\n")[2])
    print(f"{len(verifier.differences)} differences" if verifier.differences else "all agrees")
    return 1 if verifier.differences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
