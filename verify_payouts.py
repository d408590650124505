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
from functools import cache
from hashlib import sha256
from itertools import accumulate, zip_longest
from math import prod
from os.path import commonprefix
from pathlib import Path
from types import SimpleNamespace
from typing import Any

Json = dict[str, Any]
MILLION, MASK, PARTS = 10**6, 2**64 - 1, ("credited", "escrow", "vested", "forfeited")
PAID, MOVED = "record contributor datanet weight pay".split(), "what source target units record epoch".split()
BROKEN = (LookupError, ValueError, TypeError, AttributeError, ArithmeticError, RecursionError, StopIteration)
canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
parsed = json.JSONDecoder(parse_float=int, parse_constant=int).decode  # int refuses what is no integer


def digest(value: Any) -> str:
    return sha256(canonical(value).encode()).hexdigest()


def split(fee: int, shares: Json) -> list[int]:  # Pay: the fee
    parts = [divmod(fee * shares[name], MILLION) for name in ("platform", "model", "stakers", "data")]
    more = sorted(range(4), key=lambda at: -parts[at][1])[: fee - sum(part for part, _ in parts)]
    return [part + (at in more) for at, (part, _) in enumerate(parts)]


def drawn(frame: Any, waiting: set[str], budget: int, seed: str) -> tuple[list[Json], dict[str, int]]:  # Audit draws
    every, waits = [(r, 1) for r, _ in frame], [(r, 1) for r, _ in frame if r.contributor in waiting]
    m, total, hits, chances = (8 * budget + 9) // 10, sum(money for _, money in frame), list[Json](), dict[str, int]()
    money, wait = m if total else 0, (budget - m) // 2 if waits else 0
    kinds = [("money", frame, money), ("floor", every, budget - money - wait), ("waiting", waits, wait)]
    if budget * total.bit_length() > MILLION:
        raise ValueError("more draws than can be computed in minutes")
    for sort, rows, draws in kinds:
        ends = list(accumulate(units for _, units in rows))
        for number in range(draws):
            values = (int(digest(["curation.audit.draw/1", seed, sort, number, again]), 16) for again in range(999))
            unit = next(x for x in values if x < 2**256 - 2**256 % ends[-1]) % ends[-1]
            r, units = rows[row := bisect_right(ends, unit)]
            offset = str(unit - ends[row] + units) if sort == "money" else None
            hits.append({"sort": sort, "number": number, "record": r.record, "offset": offset})
    sums = [
        ({r.record: units for r, units in rows}, sum(units for _, units in rows), draws) for _, rows, draws in kinds
    ]
    always = prod(every**draws for _, every, draws in sums)
    for record in sorted({hit["record"] for hit in hits}):
        miss = prod((every - units.get(record, 0)) ** draws for units, every, draws in sums)
        chances[record] = -((miss - always) * MILLION // always)
    return hits, chances


@cache
def least(k: int, n: int, strata: int) -> int:  # Leak estimate: bounds
    def above(p: int) -> bool:
        below, term = 0, (MILLION - p) ** n
        for i in range(k):
            below, term = below + term, term * (n - i) * p // ((i + 1) * (MILLION - p))
        return 40 * strata * (MILLION**n - below) > MILLION**n

    return bisect_left(range(MILLION), True, key=above) - 1 if k else 0


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


def stood(record: Any) -> Any:  # Where a record stands: the record, and all of its content with it
    held, group = False, record.group
    for r in sorted(group.records, key=lambda r: r.order) if group.stale else []:
        r.ruling, r.leads = r.decided if held else group.decided, not held and group.decided[1] != "reject"
        verdict = r.ruling[1] or ("reject" if held else r.otherwise or r.verdict)
        accepted = verdict in {"accept", "relabel"} and not r.withdrawn
        r.payable = (MILLION if r.ruling[1] else r.weight) if accepted else None
        held = held or not (r.withdrawn or verdict == "reject")
    group.stale = False
    return record


class Verifier:
    def __init__(self, files: dict[str, bytes]) -> None:
        self.files, self.where, self.counts, self.differences = files, "", Counter[str](), list[str]()
        self.objects = {sha256(data).hexdigest(): data for name, data in files.items() if name.startswith("objects/")}
        self.records, self.models, self.terms = dict[str, Any](), dict[Any, Any](), dict[str, Json]()
        self.groups, self.found, self.heads, self.frame = dict[Any, Any](), Counter[Any](), ["0" * 64], Json()
        self.asked, self.kept, self.pool, self.draws = list[tuple[int, Json]](), list[int](), 0, list[Json]()
        self.accounts, self.address, self.owed, self.moves = Counter[str](), Json(), Counter[str](), list[Json]()

    def compare(self, kind: str, seen: Any, computed: Any) -> None:
        for one, other in zip_longest(seen, computed):
            self.counts[kind] += 1
            if (a := canonical(one)) != (b := canonical(other)):
                part = slice(max(0, len(commonprefix([a, b])) - 50), len(commonprefix([a, b])) + 70)
                self.differences.append(f"{self.where}: {kind}: {a[part]!a} is written, {b[part]!a} computed")

    def rows(self, name: str) -> list[Any]:
        return [parsed(text.decode()) for text in self.objects[name].splitlines()]

    def line(self, seq: int, text: str) -> None:  # The export: a journal line; then what it says
        line = parsed(text)
        told = {key: line[key] for key in ("at", "type", "body")}
        told |= {"schema": "curation.journal/1", "seq": seq, "prev": self.heads[-1]}
        self.heads.append(str(line["hash"]))
        self.compare("journal lines", [text], [canonical(told | {"hash": digest(told)}) + "\n"])
        kind, body = line["type"], line["body"]
        self.asked += [(seq, body)] if kind == "inference.served" else []
        if kind in {"record.appealed", "record.doubted", "record.withdrawn"}:  # An epoch: good standing, and disputed
            r = self.records[body["record"]]
            r.withdrawn, r.group.stale = r.withdrawn or kind == "record.withdrawn", True
            r.disputed = r.disputed or kind != "record.withdrawn"
            r.group.doubts |= {body["by"]} if kind == "record.doubted" else set()
        getattr(self, "on_" + kind.replace(".", "_"), lambda *_: None)(seq, body)

    def on_contribution_submitted(self, seq: int, body: Json) -> None:  # Where a record stands
        whose = {key: body[key] for key in ("datanet", "contributor", "kind")}
        for row, told in enumerate(self.rows(body["result"])):
            if told["record"] is not None:
                r: Any = SimpleNamespace(
                    **whose, **{key: told.get(key) for key in ("record", "verdict", "otherwise", "weight")}
                )
                made = digest([r.datanet, r.contributor, body["file"], row])[:32]
                self.compare("records", [[r.record, r.record in self.records]], [[made, False]])
                r.order, r.payouts, r.pay, r.full = (body.get("committed") or seq, seq, row), {}, Counter(), Counter()
                r.decided, r.audit, r.withdrawn, r.disputed, r.drawn = (0, None), None, False, False, False
                fresh = SimpleNamespace(records=[], decided=(0, None), run=[], doubts=set())
                r.group = self.groups.setdefault((r.datanet, told["content"]), fresh)
                r.group.records.append(r)
                r.group.stale, self.records[r.record] = True, r

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
            part = min(max((r.payable or 0) - low, 0), width)
            known.append([r.record, r.contributor, r.kind == "import", part * row[4] // width, r.datanet])
        self.compare("rows of models", [[*row[:4], body["datanet"]] for row in rows], known)
        self.compare("shares of fees", [sum(terms["fees"].values())], [MILLION])
        self.models[body["datanet"], body["model"]], self.terms[body["datanet"]] = (seq, rows, terms), terms

    def move(self, what: str, way: str, units: int, r: Any = None, epoch: int | None = None) -> None:
        if units > 0:  # Objects: a move
            source, target = way.split(" > ")
            told = what, source, target, str(units), r and r.record, epoch
            self.moves.append(dict(zip(MOVED, told, strict=True)))
            self.accounts.update({source: -units, target: units})
            if r:
                payout = r.payouts.setdefault(epoch, Counter())
                payout.update({source.split(":")[0]: -units, target.split(":")[0]: units})
                payout["credited"] = sum(payout[part] for part in PARTS[1:])

    def weight(self, r: Any, trained: int, terms: Json) -> int:  # Pay: the weight of a row
        barred = r.kind == "import" and self.found[r.datanet] < terms["import_audits"]
        if r.payable is None or barred or (r.ruling[1] == "relabel" and r.ruling[0] > trained):
            return 0
        good = terms["prior_good"] + self.found[r.datanet, r.contributor, True] * MILLION
        bad = terms["prior_bad"] + self.found[r.datanet, r.contributor, False] * MILLION
        return int(r.payable if r.ruling[1] else min(r.payable, good * MILLION // (good + bad)))

    def on_epoch_settled(self, seq: int, body: Json) -> None:  # An epoch: step 1; Pay
        e, named, inferences, (written,) = len(self.kept) + 1, Json(), list[Json](), self.rows(body["lines"])
        pools, fees, now = Counter[str](), Counter[str](), [one for one in self.asked if one[0] <= body["through"]]
        self.asked = self.asked[len(now) :]
        for at, one in sorted(now, key=lambda asked: str(asked[1]["model"])):
            (trained, rows, terms), (told,) = self.models[one["datanet"], one["model"]], self.rows(one["attribution"])
            low, width, paid = terms["weight_low"], terms["weight_high"] - terms["weight_low"], 0
            shares = {row: amount * rows[row][4] * (rows[row][3] > 0) for row, amount in told["rows"]}
            parts, z = split(int(one["fee"]), terms["fees"]), sum(shares.values()) or 1
            if len(shares) < len(told["rows"]) or min(*parts, *shares, *shares.values()) < 0:
                raise ValueError("a row is named twice, or something is negative")
            for row, share in shares.items():
                r = named[rows[row][0]] = stood(self.records[rows[row][0]])
                r.paid_by = self.weight(r, trained, terms)
                full, pay = (
                    parts[3] * share * min(max(w - low, 0), width) // (z * width) for w in (MILLION, r.paid_by)
                )
                r.full[e], r.pay[e], paid = r.full[e] + full, r.pay[e] + pay, paid + pay
            fees.update(dict(zip(("platform", "model:" + one["datanet"], "stakers", "data-pool"), parts, strict=True)))
            pools[one["datanet"]] += parts[3]
            inferences.append({"seq": at, "fee": one["fee"], "pool": str(parts[3]), "paid": str(paid)})
        inferences.sort(key=lambda one: one["seq"])
        records = [named[record] for record in sorted(named)]
        told = [(r.record, r.contributor, r.datanet, r.paid_by, str(r.pay[e])) for r in records]
        self.settle(e, fees, pools, records)
        self.compare("epochs", [[body["epoch"], written["epoch"], written["through"]]], [[e, e, body["through"]]])
        self.compare("inferences", written["inferences"], inferences)
        self.compare("pay of records", written["records"], [dict(zip(PAID, one, strict=True)) for one in told])
        self.compare("moves of epochs", written["moves"], self.moves)
        self.frame = self.framed(seq)

    def settle(self, e: int, fees: Counter[str], pools: Counter[str], named: list[Any]) -> None:  # An epoch: 2 to 6
        self.moves, self.pool = [], self.pool + pools.total()
        for account in sorted(fees):
            self.move("fee", f"fee > {account}", fees[account])
        for r in named:
            self.move("credit", f"data-pool > escrow:{r.contributor}", r.pay[e], r, e)
        self.kept.append(pools.total() - sum(r.pay[e] for r in named))
        self.move("keep", "data-pool > reserve", self.kept[-1], None, e)
        spent = sum(pool * self.terms[datanet]["audit_budget"] // MILLION for datanet, pool in pools.items())
        self.move("audit", "reserve > audit", min(spent, self.accounts["reserve"]), None, e)
        young = self.kept[max(0, e - max((terms["burn_epochs"] for terms in self.terms.values()), default=0)) :]
        self.move("burn", "reserve > burned", self.accounts["reserve"] - sum(young), None, e)
        for epoch, record in sorted((epoch, r.record) for r in self.records.values() for epoch in r.payouts):
            r, terms = stood(self.records[record]), self.terms[self.records[record].datanet]
            audited = sum(self.found[r.datanet, r.contributor, good] for good in (True, False))
            stands = not r.disputed and (r.payable is not None or (r.withdrawn and r.leads))
            if stands and audited >= terms["vest_audits"] and e - epoch >= max(terms["vest_epochs"], 1):
                who, units = r.contributor, r.payouts[epoch]["escrow"]
                self.move("vest", f"escrow:{who} > vested:{who}", units, r, epoch)
                self.owed[self.address.get("of " + who, "of " + who)] += units

    def on_record_decided(self, seq: int, body: Json) -> None:  # What a decision moves
        record, word, self.moves = self.records[body["record"]], body["decision"], []
        group, audit = stood(record).group, "drawn_ppm" in body and record.drawn
        rejects = [one for one in group.run if one[0] == "reject"]
        punished = any(by_lot for _, by_lot, _ in rejects)
        if word != "accept" and not punished and any(p["credited"] for r in group.records for p in r.payouts.values()):
            self.compare("second curators", [bool(group.doubts - {body["by"]})], [True])
        for one in (one for *_, moves in rejects for one in moves if one["target"] == "forfeited" and word == "accept"):
            r, epoch = self.records[one["record"]], one["epoch"]
            self.move("correct", f"forfeited > {one['source']}", int(one["units"]), r, epoch)
        for r in sorted((r for r in group.records if r.full), key=lambda r: (r is not record, r.order)):
            if word == "reject":
                self.reject(r, audit, penal=audit and not punished)
            elif word == "accept" and (rejects or r.disputed) and not r.withdrawn and r.kind != "import":
                for epoch in sorted(r.full):
                    missing = r.full[epoch] - r.payouts.get(epoch, {"credited": 0})["credited"]
                    units = min(missing, self.accounts["reserve"])
                    self.move("correct", f"reserve > escrow:{r.contributor}", units, r, epoch)
        self.compare(
            "decisions", [self.rows(body["moves"])[0]["moves"] if "moves" in body else None], [self.moves or None]
        )
        if audit and record.verdict != "reject":  # Pay: audited
            whose, self.found[record.datanet] = (
                (record.datanet, record.contributor),
                self.found[record.datanet] + (record.kind == "import" and record.audit is None),
            )
            self.found[*whose, record.audit] -= 1
            record.audit = word == "accept"
            self.found[*whose, record.audit] += 1
        record.decided = group.decided = seq, word
        record.disputed, group.doubts, group.stale = False, set(), True
        group.run = [] if word == "accept" else [*group.run, (word, audit, self.moves)]

    def reject(self, r: Any, audit: bool, *, penal: bool) -> None:  # What a decision moves: a bad word
        escrow, due = f"escrow:{r.contributor}", 0
        for epoch, payout in sorted(r.payouts.items()):
            what, target = ("forfeit", "forfeited") if audit else ("reverse", "reserve")
            self.kept[-1] += 0 if audit else payout["escrow"]  # An epoch: 5
            self.move(what, f"{escrow} > {target}", payout["escrow"], r, epoch)
            due += payout["credited"] * self.terms[r.datanet]["penalty_payouts"] if penal else 0
        others = [one for one in self.records.values() if one.contributor == r.contributor and one is not r]
        for age, record in sorted((-epoch, one.record) for one in others for epoch in one.payouts):
            other = self.records[record]
            units = min(due, other.payouts[-age]["escrow"])
            self.move("penalty", f"{escrow} > forfeited", units, other, -age)
            due -= units

    def framed(self, seq: int) -> Json:  # The frame of a draw
        records, few = sorted(self.records.values(), key=lambda r: r.order), set()
        for r in (r for r in records if any(payout["escrow"] for payout in r.payouts.values())):
            audited = sum(self.found[r.datanet, r.contributor, good] for good in (True, False))
            few |= {r.contributor} if audited < self.terms[r.datanet]["vest_audits"] else set()
        money = {r.record: {e: payout["credited"] for e, payout in sorted(r.payouts.items())} for r in records}
        told = {"through": seq, "records": records, "waiting": few, "money": money}
        return told | {
            "every": {*range(1, len(self.kept) + 1)},
            "named": {e for draw in self.draws for e in draw["epochs"]},
        }

    def on_audits_drawn(self, seq: int, body: Json) -> None:  # The frame of a draw; Audit draws
        (written,), at = self.rows(body["hits"]), self.frame or self.framed(seq - 1)
        epochs, fell = at["every"] - at["named"] or at["every"], defaultdict[str, list[int]](list)
        again = epochs and epochs <= {e for draw in self.draws for e in draw["epochs"]}
        idle = again and any(r.drawn and not r.decided[0] for r in self.records.values())
        head = [len(self.draws) + 1, at["through"], self.heads[at["through"]], sorted(epochs), False]
        self.compare(
            "draws", [[body["draw"], body["through"], body["commitment"], written["epochs"], bool(idle)]], [head]
        )
        if len(written["hits"]) != body["budget"]:
            raise ValueError("not as many hits as the budget says")
        money = {r: {e: units for e, units in paid.items() if e in epochs} for r, paid in at["money"].items()}
        frame = [(r, sum(money[r.record].values())) for r in at["records"]]
        seed = digest(["curation.audit.seed/1", body["commitment"], body["beacon"]])
        hits, chances = drawn(frame, at["waiting"], body["budget"], seed)
        self.compare("hits", written["hits"], hits)
        told = [{"record": record, "probability": chance} for record, chance in chances.items()]
        self.compare("probabilities", written["records"], told)
        for hit in hits:
            self.records[hit["record"]].drawn, paid = True, money[hit["record"]]
            if hit["offset"]:
                fell[hit["record"]].append([*paid][bisect_right([*accumulate(paid.values())], int(hit["offset"]))])
        self.draws.append({"epochs": epochs, "money": money, "fell": fell, "chances": chances})

    def strata(self) -> list[Json]:  # The cells of the leak: every draw with the payouts that are its own, and the rest
        rest = {"epochs": set(), "money": self.framed(0)["money"], "fell": {}, "chances": {}}
        owner = {epoch: draw for draw in self.draws for epoch in draw["epochs"]}
        for draw in [*self.draws, rest]:
            kept = {
                r: {e: m for e, m in paid.items() if m and owner.get(e, rest) is draw}
                for r, paid in draw["money"].items()
            }
            draw["own"] = kept
        return [*self.draws, rest]

    def leak(self, strata: list[Json], datanet: str | None, epoch: int | None) -> Json:  # Leak estimate
        cells, estimates, sums = list[Counter[str]](), list[int](), Counter[str]()
        for draw in strata:
            c = Counter[str]()
            for r in (
                self.records[record] for record in draw["own"] if datanet in {None, self.records[record].datanet}
            ):
                within = {e: units for e, units in draw["own"][r.record].items() if epoch in {None, e}}
                fate = {None: "undecided", "accept": "good"}.get(r.decided[1], "bad")
                money, n = sum(within.values()), sum(e in within for e in draw["fell"].get(r.record, []))
                c.update({"money": money, "known " + fate: money, "hits": n, fate: n})
                c["weighed " + fate] += (
                    money * MILLION // draw["chances"].get(r.record, MILLION) if r.record in draw["chances"] else 0
                )
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
        for r in self.records.values():
            for e in r.payouts.keys() & epochs:
                sums[r.contributor].update(r.payouts[e])
        return [{"contributor": who} | {part: str(sums[who][part]) for part in PARTS} for who in sorted(sums)]

    def documents(self, head: str | None) -> None:  # The export: what follows from the journal at its end
        epochs, strata = sorted({e for r in self.records.values() for e in r.payouts}), self.strata()
        amounts = {address: units for address, units in self.owed.items() if units and address.startswith("0x")}
        made, everyone = claims(amounts) if amounts else None, self.statements(*epochs)
        told: Json = {"schema": "curation.export/1", "seq": len(self.heads) - 1, "head": self.heads[-1]}
        paid: Json = {"schema": "curation.payouts/1", "pool": str(self.pool), "contributors": everyone}
        paid["reserve"] = str(self.pool - sum(int(one["credited"]) for one in everyone))
        paid["epochs"] = [{"epoch": e, "contributors": self.statements(e)} for e in epochs]
        own = sorted({(self.records[r].datanet, e) for draw in strata for r, paid in draw["own"].items() for e in paid})
        cells = [(None, None)] * bool(own) + [(datanet, None) for datanet in sorted({datanet for datanet, _ in own})]
        leak = {"schema": "curation.leak/1", "cells": [self.leak(strata, *cell) for cell in [*cells, *own]]}
        computed: Json = {"payouts.json": paid, "leak.json": leak, "claims.json": made}
        computed["export.json"] = told | {"claims_root": made["tree"][0] if made else None}
        for self.where, value in computed.items():
            text = json.dumps(value, indent=2, sort_keys=True) + "\n" if value else ""
            self.compare(
                "lines of " + self.where, self.files.get(self.where, b"").decode().split("\n"), text.split("\n")
            )
        self.where, names = (
            "folder",
            [name.removeprefix("objects/") for name in self.files if name.startswith("objects/")],
        )
        self.compare("objects", sorted(names), sorted(self.objects))
        self.compare("known heads", [head in {None, *self.heads[1:]}], [True])
        self.compare(
            "accounts",
            [self.accounts[one] >= 0 for one in self.accounts if one != "fee"],
            [True] * (len(self.accounts) - 1),
        )


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
    verifier = Verifier(files)
    for seq, text in enumerate([*journal, b""], start=1):
        try:
            verifier.where = f"line {seq}"
            verifier.line(seq, text.decode()) if text else verifier.documents(told.head)
        except BROKEN as error:
            verifier.differences.append(f"{verifier.where}: cannot be computed: {ascii(error)[:200]}")
    for kind, number in verifier.counts.items():
        print(f"{number:8}  {kind} compared")
    for difference in verifier.differences[:200]:
        print(f"DIFFERS   {difference}")
    print(f"{len(verifier.differences)} differences" if verifier.differences else "all agrees")
    return 1 if verifier.differences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
