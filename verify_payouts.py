"""Recomputes every payout of a published folder, from docs/rewards-format.md alone; comments name its sections.

python verify_payouts.py FOLDER [--head HASH]      exit code 0: all agrees, 1: something differs, 2: unusable folder
HASH is that of a journal line which you noted down earlier. Standard library only; nothing in the folder is run.
"""

import json
import re
import sys
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from hashlib import sha256
from itertools import accumulate, zip_longest
from math import prod
from pathlib import Path
from types import SimpleNamespace
from typing import Any

FREEZING = {"model.trained", "epoch.settled", "audits.drawn", "reference.fitted"}
MILLION, MASK, PARTS = 10**6, 2**64 - 1, ("credited", "escrow", "vested", "forfeited")
MOVED, PAID = (
    ("what", "source", "target", "units", "record", "epoch"),
    ("record", "contributor", "datanet", "weight", "pay"),
)
TURNS = (0, 1, 62, 28, 27, 36, 44, 6, 55, 20, 3, 10, 43, 25, 39, 41, 45, 15, 21, 8, 18, 2, 61, 56, 14)
canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
parsed = json.JSONDecoder(parse_float=int, parse_constant=int).decode  # int refuses what is no integer


def digest(value: Any) -> str:
    return sha256(canonical(value).encode()).hexdigest()


def drawn(money: dict[str, int], waiting: list[str], budget: int, seed: str) -> tuple[list[Any], dict[str, int]]:
    m, total, hits, misses = (8 * budget + 9) // 10, sum(money.values()), list[Any](), list[Any]()  # Audit draws
    if not 0 < budget * (total.bit_length() + 1) <= MILLION:
        raise ValueError("no draws, or more than can be computed in minutes")
    by_money, by_wait = m if total else 0, (budget - m) // 2 if waiting else 0
    draws = {"money": by_money, "floor": budget - by_money - by_wait, "waiting": by_wait}
    for sort, units in zip(draws, (money, dict.fromkeys(money, 1), dict.fromkeys(waiting, 1)), strict=True):
        records, ends = list(units), list(accumulate(units.values()))
        for number in range(draws[sort]):
            values = (int(digest(["curation.audit.draw/1", seed, sort, number, again]), 16) for again in range(999))
            unit = next(x for x in values if x < 2**256 - 2**256 % ends[-1]) % ends[-1]
            record = records[at := bisect_right(ends, unit)]
            offset = str(unit - ends[at] + units[record]) if sort == "money" else None
            hits.append({"sort": sort, "number": number, "record": record, "offset": offset})
        misses += [(units, ends[-1], draws[sort])] if draws[sort] else []
    always, chances = prod(every**times for _, every, times in misses), dict[str, int]()
    for record in sorted({hit["record"] for hit in hits}):
        miss = prod((every - units.get(record, 0)) ** times for units, every, times in misses)
        chances[record] = -((miss - always) * MILLION // always)
    return hits, chances


def least(k: int, n: int, strata: int) -> int:  # Leak estimate: bounds
    def above(p: int) -> bool:
        below, term = 0, (MILLION - p) ** n
        for i in range(k):
            below, term = below + term, term * (n - i) * p // ((i + 1) * (MILLION - p))
        return bool(40 * strata * (MILLION**n - below) > MILLION**n)

    return bisect_left(range(MILLION), True, key=above) - 1 if k else 0


def keccak256(data: bytes) -> bytes:  # Claims: of up to 134 bytes; the padding of the original submission, not SHA-3's
    block, lfsr = (data + b"\x01").ljust(135, b"\0") + b"\x80" + bytes(64), 1
    a = [int.from_bytes(block[i : i + 8], "little") for i in range(0, 200, 8)]
    for _ in range(24):
        c = [a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20] for x in range(5)]
        a = [lane ^ c[i % 5 - 1] ^ (c[(i + 1) % 5] << 1 & MASK) ^ (c[(i + 1) % 5] >> 63) for i, lane in enumerate(a)]
        b = [((lane << by) | (lane >> (64 - by))) & MASK for lane, by in zip(a, TURNS, strict=True)]
        b = [b[(x + 3 * y) % 5 + 5 * x] for y in range(5) for x in range(5)]
        a = [b[i] ^ (~b[i // 5 * 5 + (i + 1) % 5] & b[i // 5 * 5 + (i + 2) % 5]) for i in range(25)]
        for j in range(7):
            a[0] ^= (lfsr & 1) << (2**j - 1)
            lfsr = (lfsr << 1) ^ (0x171 * (lfsr >> 7))
    return b"".join(lane.to_bytes(8, "little") for lane in a[:4])


def capitals(address: str) -> str:  # Claims: the capitals of EIP-55
    marks = keccak256(address[2:].encode()).hex()
    return "0x" + "".join(d.upper() if mark > "7" else d for d, mark in zip(address[2:], marks, strict=False))


def claims(owed: dict[str, int]) -> Any:  # Claims: the document, from base units by address in lower case
    leaves = {a: keccak256(keccak256(bytes.fromhex(f"{a[2:]:0>64}{owed[a]:064x}"))) for a in sorted(owed)}
    tree = [b""] * (len(leaves) - 1) + sorted(leaves.values(), reverse=True)
    for i in reversed(range(len(leaves) - 1)):
        tree[i] = keccak256(b"".join(sorted(tree[2 * i + 1 : 2 * i + 3])))
    values = [{"value": [capitals(a), str(owed[a])], "treeIndex": tree.index(leaves[a])} for a in leaves]
    told = {"format": "standard-v1", "leafEncoding": ["address", "uint256"], "values": values}
    return told | {"tree": ["0x" + node.hex() for node in tree]}


class Verifier:
    def __init__(self, folder: Path) -> None:
        self.folder, self.where, self.counts, self.differences = folder, "objects", Counter[str](), list[str]()
        self.undone, self.frozen = dict[int, Any](), 0
        self.pool, paths = 0, sorted((folder / "objects").iterdir())
        self.objects = {sha256(data := path.read_bytes()).hexdigest(): data for path in paths}
        self.compare("objects", [path.name for path in paths], list(self.objects))
        self.records, self.groups, self.models, self.terms, self.payouts = (dict[Any, Any]() for _ in range(5))
        self.asked, self.kept, self.draws, self.frame, self.moves = (list[Any]() for _ in range(5))
        self.accounts, self.owed, self.address, self.heads = Counter[str](), Counter[str](), {"": ""}, ["0" * 64]

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
        self.frozen = (
            seq if kind in {"model.trained", "epoch.settled", "audits.drawn", "reference.fitted"} else self.frozen
        )
        if seq in self.undone:  # A word that was undone: what it said is left out
            self.undone[seq] = (kind, body)
            return
        if kind in {"record.decided", "record.doubted"}:
            self.records[body["record"]].group.last = seq
        if kind in {"record.appealed", "record.doubted", "record.withdrawn"}:  # An epoch: good standing, disputed
            r, gone = self.records[body["record"]], kind == "record.withdrawn"
            r.withdrawn, r.disputed = r.withdrawn or gone, r.disputed or not gone
            r.group.doubts |= {body["by"]} if kind == "record.doubted" else set()
        self.asked += [(seq, body)] if kind == "inference.served" else []
        getattr(self, "on_" + kind.replace(".", "_"), lambda *_: None)(seq, body)

    def on_contribution_submitted(self, seq: int, body: Any) -> None:  # Where a record stands
        for row, told in enumerate(self.rows(body["result"])):
            if told["record"] is not None:
                r: Any = SimpleNamespace(datanet=body["datanet"], contributor=body["contributor"], payouts=[])
                r.id, r.escrow = digest([r.datanet, r.contributor, body["file"], row])[:32], "escrow:" + r.contributor
                self.compare("records", [[told["record"], r.id in self.records]], [[r.id, False]])
                r.told, r.order, r.imported = told, (body.get("committed") or seq, seq, row), body["kind"] == "import"
                r.decided, r.audit, r.withdrawn, r.disputed, r.drawn = (0, None), None, False, False, False
                fresh = SimpleNamespace(records=[], decided=(0, None), run=[], doubts=set(), last=0)
                r.group, self.records[r.id] = self.groups.setdefault((r.datanet, told["content"]), fresh), r
                r.group.records.append(r)

    def on_contributor_registered(self, _: int, body: Any) -> None:  # Claims: values
        address, who = str(body["address"]), "of " + body["contributor"]
        if re.fullmatch("0x[0-9a-fA-F]{40}", address) and address in {address.lower(), capitals(address.lower())}:
            self.address[who] = address.lower()
            self.owed[address.lower()] += self.owed.pop(who, 0)

    def look(self) -> None:  # Where a record stands; Pay: audited; both as at this line
        self.found = Counter[Any]()
        for group in self.groups.values():
            held = False
            for r in sorted(group.records, key=lambda r: r.order):
                r.ruling, r.leads = r.decided if held else group.decided, not held and group.decided[1] != "reject"
                verdict = r.ruling[1] or ("reject" if held else r.told.get("otherwise") or r.told["verdict"])
                r.payable = verdict in {"accept", "relabel"} and not r.withdrawn
                r.weight = (MILLION if r.ruling[1] else r.told["weight"]) if r.payable else 0
                held = held or not (r.withdrawn or verdict == "reject")
                if r.audit is not None and r.told["verdict"] != "reject":
                    self.found.update([(r.datanet, r.contributor), (r.datanet, r.contributor, r.audit)])
                    self.found[r.datanet] += r.imported

    def on_model_trained(self, seq: int, body: Any) -> None:  # Objects: model records, terms
        self.look()
        rows, (terms,), known = self.rows(body["records"]), self.rows(body["terms"]), list[Any]()
        low, width = terms["weight_low"], terms["weight_high"] - terms["weight_low"]
        for r, row in sorted(((self.records[row[0]], row) for row in rows), key=lambda one: one[0].order):
            training = min(max(r.weight - low, 0), width) * row[4] // width
            known.append([r.id, r.contributor, r.imported, training, r.datanet])
        self.compare("rows of models", [[*row[:4], body["datanet"]] for row in rows], known)
        self.models[body["datanet"], body["model"]], self.terms[body["datanet"]] = (seq, rows, terms), terms

    def book(self, moves: Any) -> None:  # Objects: a move, a payout; one is entered before the next is computed
        for what, source, target, units, p in moves:
            if units > 0:
                told = (what, source, target, str(units), p.record, p.epoch)
                self.moves.append(dict(zip(MOVED, told, strict=True)))
                self.accounts.update({source: -units, target: units})
                p.lot.update({source.split(":")[0]: -units, target.split(":")[0]: units})
                p.lot["credited"] = sum(p.lot[part] for part in PARTS[1:])

    def few(self, r: Any) -> bool:  # Pay: whether fewer than `vest_audits` of a contributor's records were audited
        return bool(self.found[r.datanet, r.contributor] < self.terms[r.datanet]["vest_audits"])

    def pays(self, p: Any, pool: int, z: int, share: int, model: Any) -> Any:  # Pay: of a row
        (trained, _, terms), r = model, p.r
        barred = r.imported and self.found[r.datanet] < terms["import_audits"]
        wrong = r.ruling[1] == "relabel" and r.ruling[0] > trained
        good, bad = (self.found[r.datanet, r.contributor, word] * MILLION for word in (True, False))
        rate = (terms["prior_good"] + good) * MILLION // (terms["prior_good"] + terms["prior_bad"] + good + bad)
        p.weight = 0 if barred or wrong else r.weight if r.ruling[1] else min(r.weight, rate)
        low, width = terms["weight_low"], terms["weight_high"] - terms["weight_low"]
        full, pay = (pool * share * min(max(weight - low, 0), width) // (z * width) for weight in (MILLION, p.weight))
        p.full, p.pay = p.full + full, p.pay + pay
        return pay

    def on_epoch_settled(self, seq: int, body: Any) -> None:  # An epoch: step 1; Pay
        self.look()
        e, asked, named, (written,) = len(self.kept) + 1, list[Any](), dict[str, Any](), self.rows(body["lines"])
        fees, pools, now = Counter[str](), Counter[str](), [one for one in self.asked if one[0] <= body["through"]]
        for at, one in sorted(now, key=lambda one: str(one[1]["model"])):
            model, (told,) = self.models[one["datanet"], one["model"]], self.rows(one["attribution"])
            (_, rows, terms), fee, names = model, int(one["fee"]), ("platform", "model", "stakers", "data")
            cuts = [divmod(fee * terms["fees"][name], MILLION) for name in names]
            more = sorted(range(4), key=lambda i: -cuts[i][1])[: fee - sum(cut for cut, _ in cuts)]
            parts = [cut + (i in more) for i, (cut, _) in enumerate(cuts)]
            shares = {row: amount * rows[row][4] * (rows[row][3] > 0) for row, amount in told["rows"]}
            whole, twice = sum(terms["fees"].values()) == MILLION, len(shares) < len(told["rows"])
            if not whole or twice or min(*parts, *shares, *shares.values()) < 0:
                raise ValueError("shares of the fee that are no million, a row named twice, or something negative")
            z, paid = sum(shares.values()) or 1, 0
            for row, share in shares.items():
                r = self.records[rows[row][0]]
                if r.id not in named:
                    named[r.id] = SimpleNamespace(r=r, record=r.id, epoch=e, full=0, pay=0, lot=Counter())
                    r.payouts.append(named[r.id])
                paid += self.pays(named[r.id], parts[3], z, share, model)
            fees.update(dict(zip(("platform", "model:" + one["datanet"], "stakers", "data-pool"), parts, strict=True)))
            pools[one["datanet"]] += parts[3]
            asked.append({"seq": at, "fee": one["fee"], "pool": str(parts[3]), "paid": str(paid)})
        self.asked, payouts = self.asked[len(now) :], [named[record] for record in sorted(named)]
        self.pool += pools.total()
        self.settle(e, fees, pools, payouts)
        paid_for = [(p.record, p.r.contributor, p.r.datanet, p.weight, str(p.pay)) for p in payouts]
        self.compare("epochs", [[body["epoch"], written["epoch"], written["through"]]], [[e, e, body["through"]]])
        self.compare("inferences", written["inferences"], sorted(asked, key=lambda one: one["seq"]))
        self.compare("pay of records", written["records"], [dict(zip(PAID, one, strict=True)) for one in paid_for])
        self.compare("moves of epochs", written["moves"], self.moves)
        every, before = {*range(1, e + 1)}, {epoch for draw in self.draws for epoch in draw.epochs}
        waiting = {p.r.contributor for p in self.payouts.values() if p.lot["escrow"] and self.few(p.r)}
        self.frame = [seq, every - before or every, waiting, self.credited(every - before or every)]

    def settle(self, e: int, fees: Counter[str], pools: Counter[str], payouts: Any) -> None:  # An epoch: 2 to 6
        whole = SimpleNamespace(record=None, epoch=None, lot=Counter())
        self.moves, self.payouts = [], self.payouts | {(p.record, e): p for p in payouts}
        self.book(("fee", "fee", account, fees[account], whole) for account in sorted(fees))
        self.book(("credit", "data-pool", p.r.escrow, p.pay, p) for p in payouts)
        whole.epoch, self.kept = e, [*self.kept, self.accounts["data-pool"]]
        self.book([("keep", "data-pool", "reserve", self.kept[-1], whole)])
        spent = sum(pool * self.terms[datanet]["audit_budget"] // MILLION for datanet, pool in pools.items())
        self.book([("audit", "reserve", "audit", min(spent, self.accounts["reserve"]), whole)])
        b = max((terms["burn_epochs"] for terms in self.terms.values()), default=0)
        self.book([("burn", "reserve", "burned", self.accounts["reserve"] - sum(self.kept[max(0, e - b) :]), whole)])
        for p in self.payouts.values():
            stands, who = not p.r.disputed and (p.r.payable or (p.r.withdrawn and p.r.leads)), p.r.contributor
            if stands and not self.few(p.r) and e - p.epoch >= max(self.terms[p.r.datanet]["vest_epochs"], 1):
                self.owed[self.address.get("of " + who, "of " + who)] += p.lot["escrow"]
                self.book([("vest", p.r.escrow, "vested:" + who, p.lot["escrow"], p)])

    def on_word_undone(self, _: int, body: Any) -> None:  # A word that was undone
        kind, word = self.undone.pop(body["word"])
        rests = "moves" in word or max(self.records[word["record"]].group.last, self.frozen) > body["word"]
        self.compare("words undone", [[kind[:8], word["by"], rests]], [["record.d", body["by"], False]])

    def on_record_decided(self, seq: int, body: Any) -> None:  # What a decision moves
        record, word, self.moves = self.records[body["record"]], body["decision"], list[Any]()
        group, audit, good = record.group, "drawn_ppm" in body and record.drawn, word == "accept"
        punished = any(by_lot for by_lot, _ in group.run)
        costly = not good and not punished and any(p.lot["credited"] for r in group.records for p in r.payouts)
        lost = [one for _, moves in group.run for one in moves if one["target"] == "forfeited" and good]
        back = [(one["source"], int(one["units"]), self.payouts[one["record"], one["epoch"]]) for one in lost]
        self.book(("correct", "forfeited", *one) for one in back)
        for r in sorted(group.records, key=lambda r: (r is not record, r.order)):
            if word == "reject" and r.payouts:
                self.rejected(r, audit, sum(p.lot["credited"] for p in r.payouts) * (audit and not punished))
            elif good and (group.run or r.disputed) and not r.withdrawn and not r.imported:
                missing = ((p.full - p.lot["credited"], p) for p in r.payouts)
                self.book(("correct", "reserve", r.escrow, min(m, self.accounts["reserve"]), p) for m, p in missing)
        alone, written = costly and not group.doubts - {body["by"]}, [{"moves": None}]
        written = self.rows(body["moves"]) if "moves" in body else written
        self.compare("decisions", [[written[0]["moves"], alone]], [[self.moves or None, False]])
        record.audit = good if audit or record.audit is not None else None  # Pay: audited
        record.disputed, group.doubts, record.decided = False, set(), (seq, word)
        group.decided = record.decided
        group.run = [] if good else group.run + [(audit, self.moves)] * (word == "reject")

    def rejected(self, r: Any, audit: Any, credited: int) -> None:  # What a decision moves: a bad word
        self.kept[-1] += 0 if audit else sum(p.lot["escrow"] for p in r.payouts)  # An epoch: 5
        what, to = ("forfeit", "forfeited") if audit else ("reverse", "reserve")
        self.book((what, r.escrow, to, p.lot["escrow"], p) for p in r.payouts)
        due = credited * self.terms[r.datanet]["penalty_payouts"]
        others = [p for p in self.payouts.values() if p.r.contributor == r.contributor and p.r is not r]
        for p in sorted(others, key=lambda p: -p.epoch):
            units = min(due, p.lot["escrow"])
            self.book([("penalty", r.escrow, "forfeited", units, p)])
            due -= units

    def credited(self, epochs: set[int]) -> dict[Any, int]:
        return {one: p.lot["credited"] for one, p in self.payouts.items() if p.lot["credited"] and p.epoch in epochs}

    def on_audits_drawn(self, seq: int, body: Any) -> None:  # The frame of a draw
        through, epochs, waiting, money = self.frame or (seq - 1, set(), set(), {})
        (written,), beacon = self.rows(body["hits"]), f"{int(body['beacon'], 16):x}"
        again = epochs.issubset(e for draw in self.draws for e in draw.epochs)
        again = again and any(r.drawn and not r.decided[0] for r in self.records.values())
        told = [body["draw"], body["through"], body["commitment"], written["epochs"], body["beacon"]]
        made = [len(self.draws) + 1, through, self.heads[through], sorted(epochs), beacon]
        used = beacon in {draw.beacon for draw in self.draws}
        self.compare("draws", [[*told, again, used]], [[*made, False, False]])
        records = sorted((r for r in self.records.values() if r.order[1] <= through), key=lambda r: r.order)
        frame, waits = {r.id: 0 for r in records}, [r.id for r in records if r.contributor in waiting]
        for (record, _), units in money.items():
            frame[record] += units
        seed = digest(["curation.audit.seed/1", body["commitment"], body["beacon"]])
        hits, chances = drawn(frame, waits, body["budget"], seed)
        self.compare("hits", written["hits"], hits)
        self.compare("probabilities", written["records"], [{"record": r, "probability": chances[r]} for r in chances])
        fell = Counter[Any]()
        for hit in hits:
            self.records[hit["record"]].drawn = True
            paid = [one for one in money if one[0] == hit["record"]] if hit["offset"] else []
            ends = list(accumulate(money[one] for one in paid))
            fell.update([paid[bisect_right(ends, int(hit["offset"]))]] if paid else [])
        draw = SimpleNamespace(epochs=epochs, beacon=beacon, money=money, fell=fell, chances=chances)
        self.draws.append(draw)

    def leak(self, datanet: str | None, epoch: int | None) -> Any:  # Leak estimate
        cells, estimates, sums = list[Counter[str]](), list[int](), Counter[str]()
        for draw in self.draws:
            c = Counter[str]()
            for r in (r for r in self.records.values() if r.payouts and datanet in {None, r.datanet}):
                within = [(r.id, p.epoch) for p in r.payouts if epoch in {None, p.epoch}]
                m, n = sum(draw.money.get(one, 0) for one in within), sum(draw.fell[one] for one in within)
                fate = {None: "undecided", "accept": "good"}.get(r.decided[1], "bad")
                c.update({"money": m, "known " + fate: m, "hits": n, fate: n})
                c["weighed " + fate] += m * MILLION // draw.chances[r.id] if r.id in draw.chances else 0
            cells += [c] if c["money"] else []
        for c in cells:
            s, m, n = sum(c["hits"] > 0 for c in cells), c["money"], c["hits"]
            floor, ceiling, weighed = c["known bad"], m - c["known good"], c["weighed bad"] + c["weighed good"]
            low = min(max(least(c["bad"], n, s) * m // MILLION, floor), ceiling)
            high = min(max(-((least(c["good"], n, s) - MILLION) * m // MILLION), floor), ceiling)
            estimates += [min(max(c["weighed bad"] * m // weighed, low), high)] if weighed else []
            sums.update({"money": m, "low": low, "high": high, "hits": n, "undecided": c["undecided"]})
        told = {name: str(sums[name]) for name in ("money", "low", "high")} | {"datanet": datanet, "epoch": epoch}
        told |= {"estimate": str(sum(estimates)) if len(estimates) == len(cells) else None}
        return told | {"hits": sums["hits"], "undecided": sums["undecided"]}

    def leaks(self) -> list[Any]:  # The cells of the leak
        owner, every = {e: draw for draw in self.draws for e in draw.epochs}, {*range(1, len(self.kept) + 1)}
        rest = SimpleNamespace(money=self.credited(every - owner.keys()), fell=Counter(), chances={})
        self.draws.append(rest)
        for draw in self.draws:
            draw.money = {one: units for one, units in draw.money.items() if owner.get(one[1], rest) is draw}
        within = {(self.records[record].datanet, e) for draw in self.draws for record, e in draw.money}
        datanets = [(datanet, None) for datanet in sorted({datanet for datanet, _ in within})]
        return [self.leak(*cell) for cell in [(None, None)][: len(within)] + datanets + sorted(within)]

    def statements(self, epochs: set[int]) -> list[Any]:  # The export: payouts.json
        sums = defaultdict[str, Counter[str]](Counter)
        for p in self.payouts.values():
            if p.lot and p.epoch in epochs:
                sums[p.r.contributor].update(p.lot)
        return [{part: str(sums[who][part]) for part in PARTS} | {"contributor": who} for who in sorted(sums)]

    def documents(self, head: str | None) -> None:  # The export: what follows from the journal
        every, kept = range(1, len(self.kept) + 1), self.pool - sum(p.lot["credited"] for p in self.payouts.values())
        epochs = [{"epoch": e, "contributors": told} for e in every if (told := self.statements({e}))]
        payouts = {"pool": str(self.pool), "reserve": str(kept), "epochs": epochs}
        owed = {address: units for address, units in self.owed.items() if units and address.startswith("0x")}
        claimed, root = ([claims(owed)], claims(owed)["tree"][0]) if owed else ([], None)
        export = {"seq": len(self.heads) - 1, "head": self.heads[-1], "claims_root": root}
        self.document("export", {**export, "schema": "curation.export/1"})
        self.document("payouts", payouts | {"contributors": self.statements({*every}), "schema": "curation.payouts/1"})
        self.document("leak", {"cells": self.leaks(), "schema": "curation.leak/1"})
        self.document("claims", *claimed)
        self.compare("known heads", [head in {None, *self.heads[1:]}], [True])

    def document(self, name: str, *values: Any) -> None:
        self.where, path = f"{name}.json", self.folder / f"{name}.json"
        made = "".join(json.dumps(value, indent=2, sort_keys=True) + "\n" for value in values)
        told = path.read_bytes().decode() if path.exists() else ""
        self.compare(f"lines of {name}", told.split("\n"), made.split("\n"))


def main(arguments: list[str]) -> int:
    try:
        folder, head = Path(arguments[0]), arguments[2] if arguments[1:2] == ["--head"] else None
        verifier, journal = Verifier(folder), (folder / "journal.jsonl").read_bytes()
        (folder / "export.json").stat()
    except (OSError, IndexError) as error:
        print(f"{__doc__}\nthis is no folder of `curate export --public`: {error!a}", file=sys.stderr)
        return 2
    verifier.undone = dict.fromkeys(map(int, re.findall(rb'"word":(\d+)\},.*"type":"word.undone"', journal)))
    for seq, text in enumerate([*journal.splitlines(keepends=True), b""], start=1):
        try:
            verifier.where = f"line {seq}"
            verifier.line(seq, text.decode()) if text else verifier.documents(head)
        except Exception as error:  # noqa: BLE001  (whatever a forger wrote is a difference like any other)
            verifier.differences.append(f"{verifier.where}: cannot be computed: {ascii(error)[:200]}")
    print("\n".join(f"{number:8}  {kind} compared" for kind, number in verifier.counts.items()))
    print("".join(f"DIFFERS   {one}\n" for one in verifier.differences[:200]), end="")
    print(f"{len(verifier.differences)} differences" if verifier.differences else "all agrees")
    return 1 if verifier.differences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
