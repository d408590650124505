"""Recomputes every payout of a published folder, from docs/rewards-format.md alone; comments name its sections.

python verify_payouts.py FOLDER [--head HASH]      exit code 0: all agrees, 1: something differs, 2: unusable folder
Standard library only. Nothing in the folder is run, and no object is parsed but under the digest of its bytes.
"""

import argparse
import json
import sys
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict, namedtuple
from fractions import Fraction
from functools import partial
from hashlib import sha256
from itertools import accumulate, count
from math import ceil, comb, prod
from pathlib import Path
from typing import Any

Json = dict[str, Any]
Key = tuple[int, str]
MILLION, MASK, FEES, LOST = 10**6, 2**64 - 1, ("platform", "model", "stakers", "data"), ("forfeit", "penalty")
PARTS = ("credited", "escrow", "vested", "forfeited")
BROKEN = (LookupError, ValueError, TypeError, AttributeError, ArithmeticError, RecursionError)
Record = namedtuple("Record", "order id datanet contributor content imported verdict weight")
parsed = partial(json.loads, parse_float=int, parse_constant=int)  # int refuses what is no integer
canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


def digest(value: Any) -> str:
    return sha256(canonical(value).encode()).hexdigest()


def split(fee: int, shares: Json) -> list[int]:  # Pay: the fee
    parts = [fee * shares[name] // MILLION for name in FEES]
    for at in sorted(range(4), key=lambda at: -(fee * shares[FEES[at]] % MILLION))[: fee - sum(parts)]:
        parts[at] += 1
    return parts


def falling(rows: Any, attribution: Any) -> dict[int, int]:  # Pay: E of the rows named, and of their partners in turn
    falls, own = Counter({row: amount * MILLION for row, amount in attribution}), dict[int, int]()
    while left := falls.keys() - own.keys():
        training, novelty, partner = rows[row := max(left)][3:]
        part = falls[row] * novelty // MILLION
        own[row] = part if training > 0 else 0
        if 0 <= partner < row:
            falls[partner] += falls[row] - part
    return own


def drawn(frame: Any, waiting: set[str], budget: int, seed: str) -> tuple[list[Json], list[Json]]:  # Audit draws
    every, waits = [(r, 1) for r, _ in frame], [(r, 1) for r, _ in frame if r.contributor in waiting]
    m, hits, told = (8 * budget + 9) // 10, list[Json](), list[Json]()
    money, wait = m if any(units for _, units in frame) else 0, (budget - m) // 2 if waits else 0
    kinds = [("money", frame, money), ("floor", every, budget - money - wait), ("waiting", waits, wait)]
    for sort, rows, draws in kinds:
        ends = list(accumulate(units for _, units in rows))
        for number in range(draws):
            values = (int(digest(["curation.audit.draw/1", seed, sort, number, again]), 16) for again in count())
            unit = next(x for x in values if x < 2**256 - 2**256 % ends[-1]) % ends[-1]
            record, units = rows[row := bisect_right(ends, unit)]
            offset = str(unit - ends[row] + units) if sort == "money" else None
            hits.append({"sort": sort, "number": number, "record": record.id, "offset": offset})
    sums = [({r.id: units for r, units in rows}, draws) for _, rows, draws in kinds if draws]
    for record in sorted({hit["record"] for hit in hits}):
        miss = prod((1 - Fraction(units.get(record, 0), sum(units.values()))) ** draws for units, draws in sums)
        told.append({"record": record, "probability": ceil((1 - miss) * MILLION)})
    return hits, told


def least(k: int, n: int, strata: int) -> int:  # Leak estimate: bounds
    def above(p: int) -> bool:
        tail = sum(comb(n, i) * p**i * (MILLION - p) ** (n - i) for i in range(k, n + 1))
        return bool(40 * strata * tail > MILLION**n)

    return bisect_left(range(MILLION + 1), True, key=above) - 1 if k else 0


def keccak256(data: bytes) -> bytes:  # Claims: the padding of the original submission, not SHA-3's
    a, block = [0] * 25, bytearray(data + b"\x01" + bytes(-(len(data) + 1) % 136))
    block[-1] |= 0x80
    for start in range(0, len(block), 136):
        a = [a[i] ^ int.from_bytes(block[start + 8 * i : start + 8 * i + 8], "little") * (i < 17) for i in range(25)]
        lfsr = 1
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


def claims(amounts: dict[str, int]) -> Json:  # Claims: the document, from base units by address in lower case
    pairs = {a: bytes.fromhex(a[2:]).rjust(32, b"\0") + units.to_bytes(32, "big") for a, units in amounts.items()}
    leaves = {a: keccak256(keccak256(pair)) for a, pair in pairs.items()}
    tree = [b""] * (len(leaves) - 1) + sorted(leaves.values(), reverse=True)
    for i in reversed(range(len(leaves) - 1)):
        tree[i] = keccak256(b"".join(sorted(tree[2 * i + 1 : 2 * i + 3])))
    values = [{"value": [capitals(a), str(amounts[a])], "treeIndex": tree.index(leaves[a])} for a in sorted(leaves)]
    told = {"format": "standard-v1", "leafEncoding": ["address", "uint256"], "values": values}
    return told | {"tree": ["0x" + node.hex() for node in tree]}


def capitals(address: str) -> str:  # Claims: the capitals of EIP-55
    marks = zip(address[2:], keccak256(address[2:].encode()).hex(), strict=False)
    return "0x" + "".join(digit.upper() if mark > "7" else digit for digit, mark in marks)


class Verifier:
    def __init__(self, objects: dict[str, bytes]) -> None:
        self.objects, self.where, self.hashes, self.frame = objects, "", ["0" * 64], Json()
        self.counts, self.differences, self.records = Counter[str](), list[str](), dict[str, Any]()
        self.alike, self.latest = defaultdict[Any, list[Any]](list), dict[tuple[str, str], Json]()
        self.models, self.terms, self.audited = dict[str, tuple[str, Any, Json]](), dict[str, Json](), set[str]()
        self.accounts, self.payouts = Counter[str](), defaultdict[Key, Counter[str]](Counter)
        self.asked, self.full, self.settled, self.moves = list[Json](), Counter[Key](), set[str](), list[Json]()
        self.overturned, self.kept, self.pools, self.draws = (
            defaultdict[str, Any](list),
            list[int](),
            list[int](),
            list[Json](),
        )

    def compare(self, kind: str, seen: Any, computed: Any) -> None:
        lists = isinstance(seen, list) and isinstance(computed, list) and len(seen) == len(computed)
        for one, other in zip(seen, computed, strict=True) if lists else [(seen, computed)]:
            self.counts[kind] += 1
            if (a := canonical(one)) != (b := canonical(other)):
                at = max(0, next((i for i, (c, d) in enumerate(zip(a, b, strict=False)) if c != d), 0) - 50)
                a, b = ascii(a[at : at + 120]), ascii(b[at : at + 120])
                self.differences.append(f"{self.where}: {kind}: {a} is written, {b} computed")

    def rows(self, name: str) -> list[Any]:
        return [parsed(text) for text in self.objects[name].splitlines()]

    def line(self, seq: int, text: bytes) -> None:  # The export: a journal line; then what it says
        self.where, line = f"line {seq}", parsed(text)
        told = {**line, "schema": "curation.journal/1", "seq": seq, "prev": self.hashes[-1]}
        self.hashes.append(str(told.pop("hash")))
        self.compare("journal lines", text.decode(), canonical(told | {"hash": digest(told)}) + "\n")
        verbs: Any = {"contribution.submitted": self.contribution, "record.decided": self.decision}
        verbs |= {"model.trained": self.model, "epoch.settled": self.epoch, "audits.drawn": self.draw}
        if line["type"] in verbs:
            verbs[line["type"]](seq, line["body"])
        self.asked += [line] if line["type"] == "inference.served" else []
        self.latest[line["type"], line["body"].get("record") or line["body"].get("contributor")] = line
        self.frame = self.framed(seq) if line["type"] == "epoch.settled" else self.frame

    def contribution(self, seq: int, body: Json) -> None:  # Where a record stands: its id, and who was first
        for row, told in enumerate(self.rows(body["result"])):
            if told["record"] is not None:
                name = [body["datanet"], body["contributor"], body["file"], row]
                self.compare("records", told["record"], digest(name)[:32])
                first, verdict = (body.get("committed") or seq, seq, row), told.get("otherwise") or told["verdict"]
                rest = told["content"], body["kind"] == "import", verdict, told["weight"]
                one = Record(first, told["record"], body["datanet"], body["contributor"], *rest)
                self.records[one.id] = one
                self.alike[one.datanet, one.content] = sorted([*self.alike[one.datanet, one.content], one])

    def model(self, _: int, body: Json) -> None:  # Objects: model records
        rows, (terms,) = self.rows(body["records"]), self.rows(body["terms"])
        low, width, known = terms["weight_low"], terms["weight_high"] - terms["weight_low"], []
        for r, novelty in sorted((self.records[row[0]], row[4]) for row in rows):
            part = min(max((self.weight(r) or 0) - low, 0), width)
            known.append([r.id, r.contributor, r.imported, part * novelty // width])
        self.compare("rows of models", [row[:4] for row in rows], known)
        self.models[body["model"]], self.terms[body["datanet"]] = (body["datanet"], rows, terms), terms

    def last(self, records: list[Any], *kinds: str) -> tuple[int, Json]:  # the latest line about any of them
        lines = [self.latest.get((f"record.{kind}", record.id)) for kind in kinds for record in records]
        return max(((line["seq"], line["body"]) for line in lines if line), key=lambda one: one[0], default=(0, {}))

    def disputed(self, record: Any) -> bool:
        return self.last([record], "appealed", "doubted")[0] > self.last([record], "decided")[0]

    def weight(self, record: Any) -> int | None:  # Where a record stands: the weight that it may be paid by
        same, held = self.alike[record.datanet, record.content], False
        ruling = self.last(same, "decided")[1].get("decision")
        for one in (one for one in same if not self.last([one], "withdrawn")[0]):
            word = self.last([one], "decided")[1].get("decision", "reject") if held else ruling
            verdict, weight = (word, MILLION) if word else (one.verdict, one.weight)
            if one == record:
                return int(weight) if verdict in {"accept", "relabel"} else None
            held = held or verdict != "reject"
        return None

    def move(self, what: str, way: str, units: int, record: str | None = None, epoch: int | None = None) -> None:
        if units > 0:  # Objects: a move
            source, target = way.split(" > ")
            told = {"what": what, "source": source, "target": target, "record": record, "epoch": epoch}
            self.moves.append(told | {"units": str(units)})
            self.accounts.update({source: -units, target: units})
            if record is not None and epoch is not None:
                self.payouts[epoch, record].update({source.split(":")[0]: -units, target.split(":")[0]: units})

    def credited(self, key: Key) -> int:
        return sum(self.payouts[key][part] for part in PARTS[1:]) if key in self.payouts else 0

    def audits(self) -> Counter[tuple[str, str]]:
        return Counter((self.records[r].datanet, self.records[r].contributor) for r in self.audited)

    def epoch(self, _: int, body: Json) -> None:  # An epoch: step 1; Pay
        self.moves, told, pools, fees, inferences = [], dict[str, Json](), Counter[str](), Counter[str](), list[Json]()
        imports = Counter(self.records[r].datanet for r in self.audited if self.records[r].imported)
        now, e = [one for one in self.asked if one["seq"] <= body["through"]], len(self.pools) + 1
        for seq, one in sorted(((one["seq"], one["body"]) for one in now), key=lambda of: str(of[1]["model"])):
            (datanet, rows, terms), (attribution,) = self.models[one["model"]], self.rows(one["attribution"])
            parts, paid, z = split(int(one["fee"]), terms["fees"]), 0, sum(a for _, a in attribution["rows"])
            low, width = terms["weight_low"], terms["weight_high"] - terms["weight_low"]
            for row, own in falling(rows, attribution["rows"]).items():
                record, contributor, imported = rows[row][:3]
                barred = imported and imports[datanet] < terms["import_audits"]
                weight = 0 if barred else self.weight(self.records[record]) or 0
                due = [parts[3] * own * min(max(w - low, 0), width) // (z * MILLION * width) for w in (weight, MILLION)]
                paid, before = paid + due[0], told.get(record, {"record": record, "datanet": datanet, "pay": 0})
                told[record] = before | {"contributor": contributor, "weight": weight, "pay": before["pay"] + due[0]}
                self.full[e, record] += due[1]
            for account, units in zip(("platform", f"model:{datanet}", "stakers", "data-pool"), parts, strict=True):
                fees[account] += units
            pools[datanet] += parts[3]
            inferences.append({"seq": seq, "fee": one["fee"], "pool": str(parts[3]), "paid": str(paid)})
        self.asked, self.settled = self.asked[len(now) :], self.settled | told.keys()
        self.pools.append(pools.total())
        self.settle(e, fees, pools, [told[record] for record in sorted(told)])
        (written,) = self.rows(body["lines"])
        self.compare("epochs", [body["epoch"], written["epoch"], written["through"]], [e, e, body["through"]])
        self.compare("inferences paid", written["inferences"], sorted(inferences, key=lambda of: of["seq"]))
        self.compare(
            "pay of records", written["records"], [told[r] | {"pay": str(told[r]["pay"])} for r in sorted(told)]
        )
        self.compare("moves of epochs", written["moves"], self.moves)

    def settle(self, e: int, fees: Counter[str], pools: Counter[str], told: list[Json]) -> None:  # An epoch: 2 to 6
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
        for epoch, record in sorted(self.payouts):
            r, terms = self.records[record], self.terms[self.records[record].datanet]
            ripe = e - epoch >= max(terms["vest_epochs"], 1)
            if ripe and self.audits()[r[2:4]] >= terms["vest_audits"] and self.weight(r) is not None:
                way, units = f"escrow:{r.contributor} > vested:{r.contributor}", self.payouts[epoch, record]["escrow"]
                self.move("vest", way, 0 if self.disputed(r) else units, record, epoch)

    def decision(self, _: int, body: Json) -> None:  # What a decision moves
        record, bad, lot = self.records[body["record"]], body["decision"] == "reject", body.get("drawn_ppm") is not None
        same, mine, self.moves = self.alike[record.datanet, record.content], defaultdict[str, list[Key]](list), []
        for key in sorted(self.payouts):
            mine[key[1]].append(key)
        if bad and any(self.credited(key) for r in same for key in mine[r.id]):
            at, doubt = self.last(same, "doubted")
            other = at > self.last(same, "decided")[0] and doubt["by"] != body["by"]
            self.compare("second curators", "another's word" if other else "none", "another's word")
        for r in sorted((r for r in same if r.id in self.settled), key=lambda r: (r != record, r)):
            escrow = f"escrow:{r.contributor}"
            what, target = ("forfeit", "forfeited") if lot else ("reverse", "reserve")
            for key in mine[r.id] if bad else []:
                self.move(what, f"{escrow} > {target}", self.payouts[key]["escrow"], r.id, key[0])
            due = sum(map(self.credited, mine[r.id])) * self.terms[r.datanet]["penalty_payouts"] if bad and lot else 0
            for epoch, rival in sorted(self.payouts, key=lambda key: (-key[0], key[1])):
                if rival != r.id and self.records[rival].contributor == r.contributor:
                    units = min(due, self.payouts[epoch, rival]["escrow"])
                    self.move("penalty", f"{escrow} > forfeited", units, rival, epoch)
                    due -= units
            for one in [] if bad else [one for moves in self.overturned[r.id] for one in moves]:
                units = int(one["units"]) if one["what"] in LOST else 0
                self.move("correct", f"forfeited > {one['source']}", units, one["record"], one["epoch"])
            for epoch in (
                range(1, len(self.pools) + 1) if not bad and (self.overturned[r.id] or self.disputed(r)) else []
            ):
                missing = self.full[epoch, r.id] - self.credited((epoch, r.id))
                self.move("correct", f"reserve > {escrow}", min(missing, self.accounts["reserve"]), r.id, epoch)
        self.compare(
            "moves of decisions", self.rows(body["moves"])[0]["moves"] if body.get("moves") else [], self.moves
        )
        for r in [] if bad else same:
            self.overturned[r.id] = []
        self.overturned[record.id] += [self.moves] if bad else []
        self.audited |= {record.id} if lot else set()

    def framed(self, seq: int) -> Json:  # The frame of a draw
        audits, waiting = self.audits(), set()
        for r, payout in ((self.records[record], payout) for (_, record), payout in self.payouts.items()):
            few = audits[r[2:4]] < self.terms[r.datanet]["vest_audits"]
            waiting |= {r.contributor} if few and payout["escrow"] else set()
        money = {key: units for key in sorted(self.payouts) if (units := self.credited(key))}
        told = {"through": seq, "waiting": waiting, "last": len(self.pools), "draws": len(self.draws)}
        return told | {"rows": sorted(self.records.values()), "money": money}

    def draw(self, seq: int, body: Json) -> None:  # The frame of a draw; Audit draws
        (written,), at, money = self.rows(body["hits"]), self.frame or self.framed(seq - 1), Counter[str]()
        every = range(1, at["last"] + 1)
        covered = {epoch for draw in self.draws[: at["draws"]] for epoch in draw["epochs"]}
        epochs = [epoch for epoch in every if epoch not in covered] or list(every)
        for (epoch, record), units in at["money"].items():
            money[record] += units if epoch in epochs else 0
        if len(written["hits"]) != body["budget"]:
            raise ValueError("not as many hits as the budget says")
        seed = digest(["curation.audit.seed/1", body["commitment"], body["beacon"]])
        hits, told = drawn([(r, money[r.id]) for r in at["rows"]], at["waiting"], body["budget"], seed)
        head = [len(self.draws) + 1, at["through"], self.hashes[at["through"]], epochs]
        self.compare("draws", [body["draw"], body["through"], body["commitment"], written["epochs"]], head)
        self.compare("hits", written["hits"], hits)
        self.compare("probabilities", written["records"], told)
        self.draws.append({"epochs": epochs, "money": at["money"], "hits": hits, "records": told})

    def fate(self, record: str) -> str:
        decision = self.last([self.records[record]], "decided")[1].get("decision", "undecided")
        return {"undecided": "undecided", "reject": "bad"}.get(decision, "good")

    def strata(self) -> list[Json]:  # The cells of the leak: every draw with the payouts that are its own, and the rest
        now = {key: units for key in sorted(self.payouts) if (units := self.credited(key))}
        owner = {epoch: at for at, draw in enumerate(self.draws) for epoch in draw["epochs"]}
        strata = [*self.draws, {"epochs": [], "money": now, "hits": [], "records": []}]
        for at, draw in enumerate(strata):
            own = {key: units for key, units in draw["money"].items() if owner.get(key[0], len(self.draws)) == at}
            hit = []
            for one in (one for one in draw["hits"] if one["sort"] == "money"):
                keys = [key for key in draw["money"] if key[1] == one["record"] and key[0] in draw["epochs"]]
                hit.append(keys[bisect_right(list(accumulate(draw["money"][key] for key in keys)), int(one["offset"]))])
            strata[at] = draw | {"own": own, "hit": hit}
        return strata

    def leak(self, strata: list[Json], datanet: str | None, epoch: int | None) -> Json:  # Leak estimate
        cells, lows, estimates, highs, sums = [], 0, list[int](), 0, Counter[str]()
        for draw in strata:
            own = {key: units for key, units in draw["own"].items() if epoch in {None, key[0]}}
            own = {key: units for key, units in own.items() if datanet in {None, self.records[key[1]].datanet}}
            c, money = Counter({"money": sum(own.values())}), Counter[str]()
            for (_, record), units in own.items():
                c["known " + self.fate(record)] += units
                money[record] += units
            for key in (key for key in draw["hit"] if key in own):
                c.update(["hits", self.fate(key[1])])
            for one in draw["records"]:
                c["weighed " + self.fate(one["record"])] += money[one["record"]] * MILLION // one["probability"]
            cells += [c] if c["money"] else []
        for c in cells:
            s, m, certain = (
                sum(bool(c["hits"]) for c in cells),
                c["money"],
                (c["known bad"], c["money"] - c["known good"]),
            )
            low = min(max(least(c["bad"], c["hits"], s) * m // MILLION, certain[0]), certain[1])
            high = min(max(-((least(c["good"], c["hits"], s) - MILLION) * m // MILLION), certain[0]), certain[1])
            weighed, lows, highs = c["weighed bad"] + c["weighed good"], lows + low, highs + high
            estimates += [min(max(c["weighed bad"] * m // weighed, low), high)] if weighed else []
            sums.update({name: c[name] for name in ("money", "hits", "undecided")})
        told = {"datanet": datanet, "epoch": epoch, "low": str(lows), "high": str(highs), "money": str(sums["money"])}
        told |= {"hits": sums["hits"], "undecided": sums["undecided"]}
        return told | {"estimate": str(sum(estimates)) if len(estimates) == len(cells) else None}

    def statements(self, *epochs: int) -> list[Json]:
        sums = defaultdict[str, Counter[str]](Counter)
        for key, payout in ((key, payout) for key, payout in self.payouts.items() if key[0] in epochs):
            sums[self.records[key[1]].contributor].update({**payout, "credited": self.credited(key)})
        return [{"contributor": who} | {part: str(sums[who][part]) for part in PARTS} for who in sorted(sums)]

    def documents(self, files: dict[str, bytes]) -> None:  # The export: what follows from the journal at its end
        epochs, pool, amounts, strata = (
            sorted({e for e, _ in self.payouts}),
            sum(self.pools),
            Counter[str](),
            self.strata(),
        )
        everyone = self.statements(*epochs)
        for one in everyone:
            line = self.latest.get(("contributor.registered", one["contributor"]), {"body": {}})
            address = str(line["body"].get("address"))
            payable = len(address) == 42 and address in {address.lower(), capitals(address.lower())}
            amounts[address.lower()] += int(one["vested"]) if payable else 0
        made = claims(+amounts) if +amounts else None
        head = {"schema": "curation.export/1", "seq": len(self.hashes) - 1, "head": self.hashes[-1]}
        paid: Json = {
            "contributors": everyone,
            "epochs": [{"epoch": e, "contributors": self.statements(e)} for e in epochs],
        }
        paid |= {"pool": str(pool), "reserve": str(pool - sum(int(one["credited"]) for one in everyone))}
        own = sorted({(self.records[record].datanet, epoch) for draw in strata for epoch, record in draw["own"]})
        cells = [(None, None)] * bool(own) + [(datanet, None) for datanet in sorted({datanet for datanet, _ in own})]
        leak = [self.leak(strata, *cell) for cell in [*cells, *own]]
        computed = {"export.json": head | {"claims_root": made["tree"][0] if made else None}, "claims.json": made}
        computed["payouts.json"] = paid | {"schema": "curation.payouts/1"}
        computed["leak.json"] = {"cells": leak, "schema": "curation.leak/1"}
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
    verifier.compare("known heads", told.head in {None, *verifier.hashes[1:]}, True)
    for kind, number in verifier.counts.items():
        print(f"{number:8}  {kind} compared")
    for difference in verifier.differences:
        print(f"DIFFERS   {difference}")
    print(f"{len(verifier.differences)} differences" if verifier.differences else "all agrees")
    return 1 if verifier.differences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
