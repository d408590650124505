"""Recomputes every payout of a published folder, from docs/rewards-format.md alone; comments name its sections.

python verify_payouts.py FOLDER [--head HASH]      exit code 0: all agrees, 1: something differs, 2: unusable folder
Standard library only. Nothing in the folder is run, and no object is parsed but under the digest of its bytes.
"""

import argparse
import json
import re
import sys
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from functools import cache, partial
from hashlib import sha256
from itertools import accumulate
from math import comb, prod
from pathlib import Path
from types import SimpleNamespace
from typing import Any

Json = dict[str, Any]
MILLION, MASK, PARTS = 10**6, 2**64 - 1, ("credited", "escrow", "vested", "forfeited")
BROKEN = (LookupError, ValueError, TypeError, AttributeError, ArithmeticError, RecursionError, StopIteration)
canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


def whole(text: str) -> int:  # Canonical JSON: integers in full, and none so long that nobody could calculate with it
    if not re.fullmatch("-?(0|[1-9][0-9]{0,77})", text):
        raise ValueError("no integer of at most 78 digits")
    return int(text)


def digest(value: Any) -> str:
    return sha256(canonical(value).encode()).hexdigest()


def split(fee: int, shares: Json) -> list[int]:  # Pay: the fee
    parts = [divmod(fee * shares[name], MILLION) for name in ("platform", "model", "stakers", "data")]
    more = sorted(range(4), key=lambda at: -parts[at][1])[: fee - sum(part for part, _ in parts)]
    return [part + (at in more) for at, (part, _) in enumerate(parts)]


def drawn(frame: Any, waiting: set[str], budget: int, seed: str) -> tuple[list[Json], Counter[str]]:  # Audit draws
    every, waits = [(r, 1) for r, _ in frame], [(r, 1) for r, _ in frame if r.contributor in waiting]
    m, hits, chances = (8 * budget + 9) // 10, list[Json](), Counter[str]()
    money, wait = m if any(units for _, units in frame) else 0, (budget - m) // 2 if waits else 0
    kinds = [("money", frame, money), ("floor", every, budget - money - wait), ("waiting", waits, wait)]
    for sort, rows, draws in kinds:
        ends = list(accumulate(units for _, units in rows))
        for number in range(draws):
            values = (int(digest(["curation.audit.draw/1", seed, sort, number, again]), 16) for again in range(999))
            unit = next(x for x in values if x < 2**256 - 2**256 % ends[-1]) % ends[-1]
            record, units = rows[row := bisect_right(ends, unit)]
            offset = str(unit - ends[row] + units) if sort == "money" else None
            hits.append({"sort": sort, "number": number, "record": record.id, "offset": offset})
    sums = [({r.id: units for r, units in rows}, sum(units for _, units in rows), draws) for _, rows, draws in kinds]
    always = prod(total**draws for _, total, draws in sums)
    for record in sorted({hit["record"] for hit in hits}):
        miss = prod((total - units.get(record, 0)) ** draws for units, total, draws in sums)
        chances[record] = -((miss - always) * MILLION // always)
    return hits, chances


@cache
def least(k: int, n: int, strata: int) -> int:  # Leak estimate: bounds
    def above(p: int) -> bool:
        tail = sum(comb(n, i) * p**i * (MILLION - p) ** (n - i) for i in range(k, n + 1))
        return bool(40 * strata * tail > MILLION**n)

    return bisect_left(range(MILLION + 1), True, key=above) - 1 if k else 0


def keccak256(data: bytes) -> bytes:  # Claims: of up to 134 bytes; the padding of the original submission, not SHA-3's
    block, lfsr = (data + b"\x01").ljust(135, b"\0") + b"\x80", 1
    a = [int.from_bytes(block[i : i + 8], "little") for i in range(0, 200, 8)]
    for _ in range(24):
        parity = [a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20] for x in range(5)]
        ahead = [((lane << 1) | (lane >> 63)) & MASK for lane in parity]
        a = [lane ^ parity[(i - 1) % 5] ^ ahead[(i + 1) % 5] for i, lane in enumerate(a)]
        x, y, lane = 1, 0, a[1]
        for by in [(t + 1) * (t + 2) // 2 % 64 for t in range(24)]:
            x, y = y, (2 * x + 3 * y) % 5
            a[x + 5 * y], lane = ((lane << by) | (lane >> (64 - by))) & MASK, a[x + 5 * y]
        a = [a[i] ^ (~a[i // 5 * 5 + (i + 1) % 5] & MASK & a[i // 5 * 5 + (i + 2) % 5]) for i in range(25)]
        for j in range(7):
            a[0] ^= (lfsr & 1) << (2**j - 1)
            lfsr = (lfsr << 1) ^ (0x171 * (lfsr >> 7))
    return b"".join(lane.to_bytes(8, "little") for lane in a[:4])


def capitals(address: str) -> str:  # Claims: the capitals of EIP-55
    marks = keccak256(address[2:].encode()).hex()
    return "0x" + "".join(d.upper() if mark > "7" else d for d, mark in zip(address[2:], marks, strict=False))


def claims(amounts: dict[str, int]) -> Json:  # Claims: the document, from base units by address in lower case
    pairs = {a: bytes.fromhex(a[2:]).rjust(32, b"\0") + units.to_bytes(32, "big") for a, units in amounts.items()}
    leaves = {a: keccak256(keccak256(pair)) for a, pair in pairs.items()}
    tree = [b""] * (len(leaves) - 1) + sorted(leaves.values(), reverse=True)
    for i in reversed(range(len(leaves) - 1)):
        tree[i] = keccak256(b"".join(sorted(tree[2 * i + 1 : 2 * i + 3])))
    values = [{"value": [capitals(a), str(amounts[a])], "treeIndex": tree.index(leaves[a])} for a in sorted(leaves)]
    told = {"format": "standard-v1", "leafEncoding": ["address", "uint256"], "values": values}
    return told | {"tree": ["0x" + node.hex() for node in tree]}


def credited(r: Any, *epochs: int) -> int:  # Objects: a payout
    return sum(r.payouts[e][part] for e in r.payouts if e in epochs or not epochs for part in PARTS[1:])


def stood(record: Any) -> Any:  # Where a record stands: computed for all of its content
    held, group = False, record.group
    if group.stale:
        group.records.sort(key=lambda r: r.order)
    for r in group.records if group.stale else []:
        r.ruling, r.leads = r.decided if held else group.decided, not held and group.decided[1] != "reject"
        verdict = r.ruling[1] or ("reject" if held else r.result.get("otherwise") or r.result["verdict"])
        accepted = verdict in {"accept", "relabel"} and not r.withdrawn
        r.payable = (MILLION if r.ruling[1] else r.result["weight"]) if accepted else None
        held = held or not (r.withdrawn or verdict == "reject")
    group.stale = False
    return record


class Verifier:
    def __init__(self, objects: dict[str, bytes]) -> None:
        self.objects, self.where, self.counts, self.differences = objects, "", Counter[str](), list[str]()
        self.records, self.models, self.terms = dict[str, Any](), dict[Any, Any](), dict[str, Json]()
        fresh: Any = lambda: SimpleNamespace(records=[], decided=(0, None), run=[], doubts=set())  # noqa: E731
        self.groups, self.heads, self.frame, self.draws = defaultdict[Any, Any](fresh), ["0" * 64], Json(), list[Json]()
        self.asked, self.kept, self.pool, self.moves = list[tuple[int, Json]](), list[int](), 0, list[Json]()
        self.accounts, self.address, self.owed = Counter[str](), dict[str, str](), Counter[str]()

    def compare(self, kind: str, seen: Any, computed: Any) -> None:
        lists = isinstance(seen, list) and isinstance(computed, list) and len(seen) == len(computed)
        for one, other in zip(seen, computed, strict=True) if lists else [(seen, computed)]:
            self.counts[kind] += 1
            if (a := canonical(one)) != (b := canonical(other)):
                at = max(0, next((i for i, (c, d) in enumerate(zip(a, b, strict=False)) if c != d), 0) - 50)
                a, b = ascii(a[at : at + 120]), ascii(b[at : at + 120])
                self.differences.append(f"{self.where}: {kind}: {a} is written, {b} computed")

    def rows(self, name: str) -> list[Any]:
        of = partial(json.loads, parse_int=whole, parse_float=whole, parse_constant=whole)
        return [of(text) for text in self.objects[name].splitlines()]

    def line(self, seq: int, text: bytes) -> None:  # The export: a journal line; then what it says
        self.where, self.objects["line"] = f"line {seq}", text
        (line,) = self.rows("line")
        told = {key: line[key] for key in ("at", "type", "body")}
        told |= {"schema": "curation.journal/1", "seq": seq, "prev": self.heads[-1]}
        self.heads.append(str(line["hash"]))
        self.compare("journal lines", text.decode(), canonical(told | {"hash": digest(told)}) + "\n")
        getattr(self, "on_" + line["type"].replace(".", "_"), lambda *_: None)(seq, line["body"])

    def on_contribution_submitted(self, seq: int, body: Json) -> None:  # Where a record stands
        for row, told in enumerate(self.rows(body["result"])):
            if told["record"] is not None:
                name = [body["datanet"], body["contributor"], body["file"], row]
                self.compare("records", [told["record"], told["record"] in self.records], [digest(name)[:32], False])
                r: Any = SimpleNamespace(id=told["record"], datanet=name[0], contributor=name[1], result=told)
                r.order, r.imported = (body.get("committed") or seq, seq, row), body["kind"] == "import"
                r.decided, r.audit, r.withdrawn, r.disputed, r.drawn = (0, None), None, False, False, False
                r.payouts, r.full = defaultdict[int, Counter[str]](Counter), Counter[int]()
                self.records[r.id], r.group = r, self.groups[r.datanet, told["content"]]
                r.group.records.append(r)
                r.group.stale = True

    def on_contributor_registered(self, _: int, body: Json) -> None:  # Claims: values
        address, who = str(body["address"]), "of " + body["contributor"]
        if re.fullmatch("0x[0-9a-fA-F]{40}", address) and address in {address.lower(), capitals(address.lower())}:
            self.address[who] = address.lower()
            self.owed[address.lower()] += self.owed.pop(who, 0)

    def on_model_trained(self, seq: int, body: Json) -> None:  # Objects: model records, terms
        rows, (terms,), known = self.rows(body["records"]), self.rows(body["terms"]), list[Any]()
        low, width = terms["weight_low"], terms["weight_high"] - terms["weight_low"]
        for row in sorted(rows, key=lambda row: self.records[row[0]].order):
            r = stood(self.records[row[0]])
            part = min(max((r.payable or 0) - low, 0), width) if r.datanet == body["datanet"] else 0
            known.append([r.id, r.contributor, r.imported, part * row[4] // width])
        self.compare("rows of models", [row[:4] for row in rows], known)
        self.compare("shares of fees", sum(terms["fees"].values()), MILLION)
        self.models[body["datanet"], body["model"]], self.terms[body["datanet"]] = (seq, rows, terms), terms

    def on_inference_served(self, seq: int, body: Json) -> None:
        self.asked.append((seq, body))

    def on_record_withdrawn(self, _: int, body: Json) -> None:  # Where a record stands
        r = self.records[body["record"]]
        r.withdrawn = r.group.stale = True

    def on_record_appealed(self, _: int, body: Json) -> None:  # An epoch: disputed
        self.records[body["record"]].disputed = True

    def on_record_doubted(self, _: int, body: Json) -> None:  # An epoch: disputed; What a decision moves: who doubted
        r = self.records[body["record"]]
        r.disputed, r.group.doubts = True, {*r.group.doubts, body["by"]}

    def move(self, what: str, way: str, units: int, record: str | None = None, epoch: int | None = None) -> None:
        if units > 0:  # Objects: a move
            source, target = way.split(" > ")
            told = {"what": what, "source": source, "target": target, "record": record, "epoch": epoch}
            self.moves.append(told | {"units": str(units)})
            self.accounts.update({source: -units, target: units})
            if source != "fee" and self.accounts[source] < 0:
                raise ValueError("more is moved than there is")
            if record is not None and epoch is not None:
                sums = {source.split(":")[0]: -units, target.split(":")[0]: units}
                self.records[record].payouts[epoch].update(sums)

    def audits(self) -> Counter[Any]:  # Pay: audited; by datanet of imported records, by contributor, and by word
        told = Counter[Any]()
        for r in self.records.values():
            if r.audit and r.result["verdict"] != "reject":
                whose = r.datanet, r.contributor
                told.update([whose, (*whose, r.audit == "accept"), *([r.datanet] if r.imported else [])])
        return told

    def weight(self, r: Any, trained: int, terms: Json, audits: Counter[Any]) -> int:  # Pay: the weight of a row
        barred = r.imported and audits[r.datanet] < terms["import_audits"]
        if r.payable is None or barred or (r.ruling[1] == "relabel" and r.ruling[0] > trained):
            return 0
        good = terms["prior_good"] + audits[r.datanet, r.contributor, True] * MILLION
        bad = terms["prior_bad"] + audits[r.datanet, r.contributor, False] * MILLION
        return int(r.payable if r.ruling[1] else min(r.payable, good * MILLION // (good + bad)))

    def on_epoch_settled(self, seq: int, body: Json) -> None:  # An epoch: step 1; Pay
        e, audits, told, inferences = len(self.kept) + 1, self.audits(), dict[str, Json](), list[Json]()
        pools, fees, (written,) = Counter[str](), Counter[str](), self.rows(body["lines"])
        now = [asked for asked in self.asked if asked[0] <= body["through"]]
        self.asked = [asked for asked in self.asked if asked[0] > body["through"]]
        for at, one in sorted(now, key=lambda asked: str(asked[1]["model"])):
            trained, rows, terms = self.models[one["datanet"], one["model"]]
            low, width, amounts = (
                terms["weight_low"],
                terms["weight_high"] - terms["weight_low"],
                self.rows(one["attribution"])[0]["rows"],
            )
            shares = {row: amount * rows[row][4] * (rows[row][3] > 0) for row, amount in amounts}
            parts, paid, z = split(whole(one["fee"]), terms["fees"]), 0, sum(shares.values()) or 1
            if len(shares) < len(amounts) or min(*parts, *shares, *shares.values()) < 0:
                raise ValueError("a row is named twice, or something is negative")
            for row, share in shares.items():
                r = stood(self.records[rows[row][0]])
                weight, before = self.weight(r, trained, terms, audits), told.get(r.id, {"pay": 0})
                full, pay = (parts[3] * share * min(max(w - low, 0), width) // (z * width) for w in (MILLION, weight))
                one_of = {"record": r.id, "contributor": r.contributor, "datanet": r.datanet, "weight": weight}
                told[r.id], paid = one_of | {"pay": before["pay"] + pay}, paid + pay
                r.full[e] += full
            fees.update(dict(zip(("platform", "model:" + one["datanet"], "stakers", "data-pool"), parts, strict=True)))
            pools[one["datanet"]] += parts[3]
            inferences.append({"seq": at, "fee": one["fee"], "pool": str(parts[3]), "paid": str(paid)})
        self.settle(e, fees, pools, [told[record] for record in sorted(told)])
        records = [told[record] | {"pay": str(told[record]["pay"])} for record in sorted(told)]
        self.compare("epochs", [[body["epoch"], written["epoch"], written["through"]]], [[e, e, body["through"]]])
        self.compare("inferences", written["inferences"], sorted(inferences, key=lambda of: of["seq"]))
        self.compare("pay of records", written["records"], records)
        self.compare("moves of epochs", written["moves"], self.moves)
        self.frame = self.framed(seq)

    def settle(self, e: int, fees: Counter[str], pools: Counter[str], told: list[Json]) -> None:  # An epoch: 2 to 6
        self.moves, audits, self.pool = [], self.audits(), self.pool + pools.total()
        for account in sorted(fees):
            self.move("fee", f"fee > {account}", fees[account])
        for one in told:
            self.move("credit", f"data-pool > escrow:{one['contributor']}", one["pay"], one["record"], e)
        self.kept.append(pools.total() - sum(one["pay"] for one in told))
        self.move("keep", "data-pool > reserve", self.kept[-1], None, e)
        spent = sum(pool * self.terms[datanet]["audit_budget"] // MILLION for datanet, pool in pools.items())
        self.move("audit", "reserve > audit", min(spent, self.accounts["reserve"]), None, e)
        young = self.kept[max(0, e - max((terms["burn_epochs"] for terms in self.terms.values()), default=0)) :]
        self.move("burn", "reserve > burned", self.accounts["reserve"] - sum(young), None, e)
        for epoch, record in sorted((epoch, r.id) for r in self.records.values() for epoch in r.payouts):
            r, terms = stood(self.records[record]), self.terms[self.records[record].datanet]
            stands = not r.disputed and (r.payable is not None or (r.withdrawn and r.leads))
            audited = audits[r.datanet, r.contributor] >= terms["vest_audits"]
            if stands and audited and e - epoch >= max(terms["vest_epochs"], 1):
                who, units = r.contributor, r.payouts[epoch]["escrow"]
                self.move("vest", f"escrow:{who} > vested:{who}", units, record, epoch)
                self.owed[self.address.get("of " + who, "of " + who)] += units

    def on_record_decided(self, seq: int, body: Json) -> None:  # What a decision moves
        record, word, self.moves = self.records[body["record"]], body["decision"], []
        group, audit = stood(record).group, "drawn_ppm" in body and record.drawn
        rejects = [one for one in group.run if one["word"] == "reject"]
        punished = any(one["audit"] for one in rejects)
        if word != "accept" and not punished and any(map(credited, group.records)):
            self.compare("second curators", bool(group.doubts - {body["by"]}), True)
        for one in [one for before in rejects if word == "accept" for one in before["moves"]]:
            if one["target"] == "forfeited":
                self.move("correct", f"forfeited > {one['source']}", int(one["units"]), one["record"], one["epoch"])
        for r in sorted((r for r in group.records if r.full), key=lambda r: r is not record):
            escrow, (what, target) = (
                f"escrow:{r.contributor}",
                ("forfeit", "forfeited") if audit else ("reverse", "reserve"),
            )
            for epoch in sorted(r.payouts) if word == "reject" else []:
                self.move(what, f"{escrow} > {target}", r.payouts[epoch]["escrow"], r.id, epoch)
            if word == "reject" and audit and not punished:
                self.penalty(r, credited(r) * self.terms[r.datanet]["penalty_payouts"])
            earns = word == "accept" and (rejects or r.disputed) and not r.imported and not r.withdrawn
            for epoch in sorted(r.full) if earns else []:
                missing = r.full[epoch] - credited(r, epoch)
                self.move("correct", f"reserve > {escrow}", min(missing, self.accounts["reserve"]), r.id, epoch)
        if self.kept:  # An epoch: 5
            self.kept[-1] += sum(int(one["units"]) for one in self.moves if one["what"] == "reverse")
        written = self.rows(body["moves"])[0]["moves"] if "moves" in body else None
        self.compare("decisions", [written], [self.moves or None])
        record.decided = group.decided = seq, word
        record.audit, record.disputed, group.doubts, group.stale = word if audit else record.audit, False, set(), True
        group.run = [] if word == "accept" else [*group.run, {"word": word, "audit": audit, "moves": self.moves}]

    def penalty(self, r: Any, due: int) -> None:  # What a decision moves: a bad word
        others = [one for one in self.records.values() if one.contributor == r.contributor and one is not r]
        for age, record in sorted((-epoch, one.id) for one in others for epoch in one.payouts):
            units = min(due, self.records[record].payouts[-age]["escrow"])
            self.move("penalty", f"escrow:{r.contributor} > forfeited", units, record, -age)
            due -= units

    def framed(self, seq: int) -> Json:  # The frame of a draw
        audits, records = self.audits(), sorted(self.records.values(), key=lambda r: r.order)
        held = [r for r in records if any(payout["escrow"] for payout in r.payouts.values())]
        few = {r.contributor for r in held if audits[r.datanet, r.contributor] < self.terms[r.datanet]["vest_audits"]}
        money = {r.id: {e: credited(r, e) for e in sorted(r.payouts)} for r in records}
        told = {"through": seq, "records": records, "waiting": few, "money": money}
        return told | {"last": len(self.kept), "named": {e for draw in self.draws for e in draw["epochs"]}}

    def on_audits_drawn(self, seq: int, body: Json) -> None:  # The frame of a draw; Audit draws
        (written,), at = self.rows(body["hits"]), self.frame or self.framed(seq - 1)
        every, before = set(range(1, at["last"] + 1)), {e for draw in self.draws for e in draw["epochs"]}
        epochs = every - at["named"] or every
        again = bool(epochs) and epochs <= before and any(r.drawn and not r.decided[0] for r in self.records.values())
        head = [len(self.draws) + 1, at["through"], self.heads[at["through"]], sorted(epochs), False]
        self.compare("draws", [[body["draw"], body["through"], body["commitment"], written["epochs"], again]], [head])
        if len(written["hits"]) != body["budget"]:
            raise ValueError("not as many hits as the budget says")
        frame = [(r, sum(units for e, units in at["money"][r.id].items() if e in epochs)) for r in at["records"]]
        seed = digest(["curation.audit.seed/1", body["commitment"], body["beacon"]])
        hits, chances = drawn(frame, at["waiting"], body["budget"], seed)
        self.compare("hits", written["hits"], hits)
        told = [{"record": record, "probability": chance} for record, chance in chances.items()]
        self.compare("probabilities", written["records"], told)
        self.draws.append({"epochs": epochs, "money": at["money"], "hits": hits, "chances": chances})
        for record in chances:
            self.records[record].drawn = True

    def strata(self) -> list[Any]:  # The cells of the leak: every draw with the payouts that are its own, and the rest
        rest: Json = self.framed(0) | {"epochs": set(), "hits": [], "chances": {}}
        owner, strata = {epoch: draw for draw in self.draws for epoch in draw["epochs"]}, list[Any]()
        for draw in [*self.draws, rest]:
            own, hits = dict[str, dict[int, int]](), list[Any]()
            for record, paid in draw["money"].items():
                own[record] = {e: units for e, units in paid.items() if units and owner.get(e, rest) is draw}
            for one in (one for one in draw["hits"] if one["sort"] == "money"):
                paid = {e: units for e, units in draw["money"][one["record"]].items() if e in draw["epochs"]}
                hits.append((one["record"], [*paid][bisect_right([*accumulate(paid.values())], int(one["offset"]))]))
            strata.append((own, hits, draw["chances"]))
        return strata

    def leak(self, strata: list[Any], datanet: str | None, epoch: int | None) -> Json:  # Leak estimate
        cells, estimates, sums = list[Counter[str]](), list[int](), Counter[str]()
        fates = {
            r.id: {None: "undecided", "accept": "good"}.get(r.decided[1], "bad")
            for r in self.records.values()
            if datanet in {None, r.datanet}
        }
        for own, hits, chances in strata:
            c = Counter[str]()
            for record, fate in fates.items():
                money = sum(units for e, units in own.get(record, {}).items() if epoch in {None, e})
                weighed = money * MILLION // chances[record] if record in chances else 0
                c.update({"money": money, "known " + fate: money, "weighed " + fate: weighed})
            for record, e in hits:
                if record in fates and epoch in {None, e} and e in own[record]:
                    c.update(["hits", fates[record]])
            cells += [c] if c["money"] else []
        for c in cells:
            s, m, n = sum(c["hits"] > 0 for c in cells), c["money"], c["hits"]
            floor, ceiling, weighed = c["known bad"], m - c["known good"], c["weighed bad"] + c["weighed good"]
            low = min(max(least(c["bad"], n, s) * m // MILLION, floor), ceiling)
            high = min(max(-((least(c["good"], n, s) - MILLION) * m // MILLION), floor), ceiling)
            estimates += [min(max(c["weighed bad"] * m // weighed, low), high)] if weighed else []
            sums.update({"money": m, "low": low, "high": high, "hits": n, "undecided": c["undecided"]})
        told = {"datanet": datanet, "epoch": epoch, "hits": sums["hits"], "undecided": sums["undecided"]}
        told |= {name: str(sums[name]) for name in ("money", "low", "high")}
        return told | {"estimate": str(sum(estimates)) if len(estimates) == len(cells) else None}

    def statements(self, *epochs: int) -> list[Json]:  # The export: contributors with a payout
        sums = defaultdict[str, Counter[str]](Counter)
        for r, e in ((r, e) for r in self.records.values() for e in epochs if e in r.payouts):
            sums[r.contributor].update({**r.payouts[e], "credited": credited(r, e)})
        return [{"contributor": who} | {part: str(sums[who][part]) for part in PARTS} for who in sorted(sums)]

    def documents(self, files: dict[str, bytes]) -> None:  # The export: what follows from the journal at its end
        epochs, strata = sorted({e for r in self.records.values() for e in r.payouts}), self.strata()
        amounts = {address: units for address, units in self.owed.items() if units and address.startswith("0x")}
        made, everyone = claims(amounts) if amounts else None, self.statements(*epochs)
        head = {"schema": "curation.export/1", "seq": len(self.heads) - 1, "head": self.heads[-1]}
        paid: Json = {"schema": "curation.payouts/1", "pool": str(self.pool), "contributors": everyone}
        paid["reserve"] = str(self.pool - sum(int(one["credited"]) for one in everyone))
        paid["epochs"] = [{"epoch": e, "contributors": self.statements(e)} for e in epochs]
        own = sorted({(self.records[record].datanet, e) for own, *_ in strata for record in own for e in own[record]})
        cells = [(None, None)] * bool(own) + [(datanet, None) for datanet in sorted({datanet for datanet, _ in own})]
        leak = {"schema": "curation.leak/1", "cells": [self.leak(strata, *cell) for cell in [*cells, *own]]}
        computed: Json = {"payouts.json": paid, "leak.json": leak, "claims.json": made}
        computed["export.json"] = head | {"claims_root": made["tree"][0] if made else None}
        for self.where, told in computed.items():
            text = json.dumps(told, indent=2, sort_keys=True) + "\n" if told else ""
            self.compare("lines of " + self.where, files.get(self.where, b"").decode().split("\n"), text.split("\n"))


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Recomputes every payout of a folder of `curate export --public`.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--head", help="the hash of a journal line that was noted down earlier")
    told = parser.parse_args(arguments)
    try:
        paths = [path for like in ("*.json*", "objects/*") for path in sorted(told.folder.glob(like)) if path.is_file()]
        files = {path.relative_to(told.folder).as_posix(): path.read_bytes() for path in paths}
        journal = files["journal.jsonl"].splitlines(keepends=True) if files["export.json"] else []
    except (OSError, KeyError) as error:
        print(f"this is no folder of `curate export --public`: {error!a}", file=sys.stderr)
        return 2
    found = {name: sha256(data).hexdigest() for name, data in files.items() if name.startswith("objects/")}
    verifier = Verifier({name: files[path] for path, name in found.items()})
    steps = [partial(verifier.line, seq, text) for seq, text in enumerate(journal, start=1)]
    for step in [*steps, partial(verifier.documents, files)]:
        try:
            step()
        except BROKEN as error:
            verifier.differences.append(f"{verifier.where}: cannot be computed: {ascii(error)[:200]}")
    verifier.where = "folder"
    verifier.compare("objects", sorted(found), sorted("objects/" + name for name in found.values()))
    verifier.compare("known heads", told.head in {None, *verifier.heads[1:]}, True)
    for kind, number in verifier.counts.items():
        print(f"{number:8}  {kind} compared")
    for difference in verifier.differences:
        print(f"DIFFERS   {difference}")
    print(f"{len(verifier.differences)} differences" if verifier.differences else "all agrees")
    return 1 if verifier.differences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
