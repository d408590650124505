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
from pathlib import Path
from types import SimpleNamespace
from typing import Any

MILLION, MASK, PARTS = 10**6, 2**64 - 1, ("credited", "escrow", "vested", "forfeited")
PAID, MOVED = ("record", "contributor", "datanet", "weight", "pay"), ("what", "source", "target", "record", "epoch")
TURNS = (0, 1, 62, 28, 27, 36, 44, 6, 55, 20, 3, 10, 43, 25, 39, 41, 45, 15, 21, 8, 18, 2, 61, 56, 14)
BROKEN = (LookupError, ValueError, TypeError, AttributeError, ArithmeticError, RecursionError, StopIteration)
canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
parsed = json.JSONDecoder(parse_float=int, parse_constant=int).decode  # int refuses what is no integer


def digest(value: Any) -> str:
    return sha256(canonical(value).encode()).hexdigest()


def drawn(frame: Any, waiting: set[str], budget: int, seed: str) -> tuple[list[Any], dict[str, int]]:  # Audit draws
    m, total, hits, chances = (8 * budget + 9) // 10, sum(units for _, units in frame), list[Any](), dict[str, int]()
    every, waits = [(r, 1) for r, _ in frame], [(r, 1) for r, _ in frame if r.contributor in waiting]
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
            hits.append({"sort": sort, "number": number, "record": r.id, "offset": offset})
    sums = [({r.id: units for r, units in rows}, sum(units for _, units in rows), draws) for _, rows, draws in kinds]
    always = prod(units**draws for _, units, draws in sums)
    for record in sorted({hit["record"] for hit in hits}):
        miss = prod((units - own.get(record, 0)) ** draws for own, units, draws in sums)
        chances[record] = -((miss - always) * MILLION // always)
    return hits, chances


@cache
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
    pairs = {a: int(a, 16).to_bytes(32, "big") + owed[a].to_bytes(32, "big") for a in sorted(owed)}
    leaves = {a: keccak256(keccak256(pair)) for a, pair in pairs.items()}
    tree = [b""] * (len(leaves) - 1) + sorted(leaves.values(), reverse=True)
    for i in reversed(range(len(leaves) - 1)):
        tree[i] = keccak256(b"".join(sorted(tree[2 * i + 1 : 2 * i + 3])))
    values = [{"value": [capitals(a), str(owed[a])], "treeIndex": tree.index(leaves[a])} for a in leaves]
    told = {"format": "standard-v1", "leafEncoding": ["address", "uint256"], "values": values}
    return told | {"tree": ["0x" + node.hex() for node in tree]} if owed else None


def stood(record: Any) -> Any:  # Where a record stands: the record, and all of its content with it
    held, group = False, record.group
    for r in sorted(group.records, key=lambda r: r.order) if group.stale else []:
        r.ruling, r.leads = r.decided if held else group.decided, not held and group.decided[1] != "reject"
        verdict = r.ruling[1] or ("reject" if held else r.told.get("otherwise") or r.told["verdict"])
        accepted = verdict in {"accept", "relabel"} and not r.withdrawn
        r.payable = (MILLION if r.ruling[1] else r.told["weight"]) if accepted else None
        held = held or not (r.withdrawn or verdict == "reject")
    group.stale = False
    return record


class Verifier:
    def __init__(self, files: dict[str, bytes]) -> None:
        self.files, self.where, self.counts, self.differences, self.pool = files, "", Counter[str](), list[str](), 0
        self.objects = {sha256(data).hexdigest(): data for name, data in files.items() if name.startswith("objects/")}
        self.records, self.groups, self.models, self.terms, self.address = (dict[Any, Any]() for _ in range(5))
        self.asked, self.kept, self.draws, self.moves, self.frame = (list[Any]() for _ in range(5))
        self.accounts, self.found, self.owed, self.heads = Counter[str](), Counter[Any](), Counter[str](), ["0" * 64]

    def compare(self, kind: str, seen: Any, computed: Any) -> None:
        for one, other in zip_longest(seen, computed):
            self.counts[kind] += 1
            if (a := canonical(one)) != (b := canonical(other)):
                at = max(0, next((i for i, (c, d) in enumerate(zip(a, b, strict=False)) if c != d), 0) - 50)
                a, b = ascii(a[at : at + 120]), ascii(b[at : at + 120])
                self.differences.append(f"{self.where}: {kind}: {a} is written, {b} computed")

    def rows(self, name: str) -> list[Any]:
        return [parsed(text.decode()) for text in self.objects[name].splitlines()]

    def line(self, seq: int, text: str) -> None:  # The export: a journal line; then what it says
        line, told = parsed(text), {"schema": "curation.journal/1", "seq": seq, "prev": self.heads[-1]}
        told |= {key: line[key] for key in ("at", "type", "body")}
        self.heads.append(digest(told))
        self.compare("journal lines", [text], [canonical(told | {"hash": self.heads[-1]}) + "\n"])
        kind, body = line["type"], line["body"]
        if kind in {"record.appealed", "record.doubted", "record.withdrawn"}:  # An epoch: good standing, disputed
            r = self.records[body["record"]]
            r.withdrawn, r.group.stale = r.withdrawn or kind == "record.withdrawn", True
            r.disputed = r.disputed or kind != "record.withdrawn"
            r.group.doubts |= {body["by"]} if kind == "record.doubted" else set()
        self.asked += [(seq, body)] if kind == "inference.served" else []
        getattr(self, "on_" + kind.replace(".", "_"), lambda *_: None)(seq, body)

    def on_contribution_submitted(self, seq: int, body: Any) -> None:  # Where a record stands
        for row, told in enumerate(self.rows(body["result"])):
            r: Any = SimpleNamespace(id=told["record"], datanet=body["datanet"], contributor=body["contributor"])
            r.order, r.imported, r.told = (body.get("committed") or seq, seq, row), body["kind"] == "import", told
            r.decided, r.audit, r.withdrawn, r.disputed, r.drawn = (0, None), None, False, False, False
            r.payouts, r.pay, r.full = defaultdict[Any, Counter[str]](Counter), Counter[int](), Counter[int]()
            fresh = SimpleNamespace(records=[], decided=(0, None), run=[], doubts=set(), stale=True)
            if r.id is not None:
                made = digest([r.datanet, r.contributor, body["file"], row])[:32]
                self.compare("records", [[r.id, r.id in self.records]], [[made, False]])
                self.records[r.id], r.group = r, self.groups.setdefault((r.datanet, told["content"]), fresh)
                r.group.records.append(r)
                r.group.stale = True

    def on_contributor_registered(self, _: int, body: Any) -> None:  # Claims: values
        address, who = str(body["address"]), "of " + body["contributor"]
        if re.fullmatch("0x[0-9a-fA-F]{40}", address) and address in {address.lower(), capitals(address.lower())}:
            self.address[who] = address.lower()
            self.owed[address.lower()] += self.owed.pop(who, 0)

    def on_model_trained(self, seq: int, body: Any) -> None:  # Objects: model records, terms
        rows, (terms,) = self.rows(body["records"]), self.rows(body["terms"])
        low, width, known = terms["weight_low"], terms["weight_high"] - terms["weight_low"], list[Any]()
        for r, row in sorted(((stood(self.records[row[0]]), row) for row in rows), key=lambda one: one[0].order):
            training = min(max((r.payable or 0) - low, 0), width) * row[4] // width
            known.append([r.id, r.contributor, r.imported, training, r.datanet])
        self.compare("rows of models", [[*row[:4], body["datanet"]] for row in rows], known)
        self.compare("shares of fees", [sum(terms["fees"].values())], [MILLION])
        self.models[body["datanet"], body["model"]], self.terms[body["datanet"]] = (seq, rows, terms), terms

    def book(self, moves: Any) -> None:  # Objects: a move, a payout; one is entered before the next is computed
        for what, source, target, units, r, epoch in moves:
            if units > 0:
                told = zip(MOVED, (what, source, target, r and r.id, epoch), strict=True)
                self.moves.append(dict(told) | {"units": str(units)})
                self.accounts.update({source: -units, target: units})
                if source != "fee" and self.accounts[source] < 0:
                    raise ValueError(f"{source} has less than is moved")
                payout = r.payouts[epoch] if r else Counter[str]()
                payout.update({source.split(":")[0]: -units, target.split(":")[0]: units})
                payout["credited"] = sum(payout[part] for part in PARTS[1:])

    def few(self, r: Any) -> bool:  # Pay: whether fewer than `vest_audits` of a contributor's records were audited
        return bool(-self.found[r.datanet, r.contributor, None] < self.terms[r.datanet]["vest_audits"])

    def weight(self, r: Any, trained: int, terms: Any) -> int:  # Pay: the weight of a row
        barred = r.imported and self.found[r.datanet] < terms["import_audits"]
        if r.payable is None or barred or (r.ruling[1] == "relabel" and r.ruling[0] > trained):
            return 0
        good, bad = (self.found[r.datanet, r.contributor, word] * MILLION for word in (True, False))
        rate = (terms["prior_good"] + good) * MILLION // (terms["prior_good"] + terms["prior_bad"] + good + bad)
        return int(r.payable if r.ruling[1] else min(r.payable, rate))

    def on_epoch_settled(self, seq: int, body: Any) -> None:  # An epoch: step 1; Pay
        e, asked, named, (written,) = len(self.kept) + 1, list[Any](), dict[str, Any](), self.rows(body["lines"])
        fees, pools, now = Counter[str](), Counter[str](), [one for one in self.asked if one[0] <= body["through"]]
        for at, one in sorted(now, key=lambda one: str(one[1]["model"])):
            (trained, rows, terms), (told,) = self.models[one["datanet"], one["model"]], self.rows(one["attribution"])
            low, width, fee = terms["weight_low"], terms["weight_high"] - terms["weight_low"], int(one["fee"])
            cuts = [divmod(fee * terms["fees"][name], MILLION) for name in ("platform", "model", "stakers", "data")]
            more = sorted(range(4), key=lambda i: -cuts[i][1])[: fee - sum(cut for cut, _ in cuts)]
            *parts, pool = (cut + (i in more) for i, (cut, _) in enumerate(cuts))
            shares = {row: amount * rows[row][4] * (rows[row][3] > 0) for row, amount in told["rows"]}
            if len(shares) < len(told["rows"]) or min(pool, *parts, *shares, *shares.values()) < 0:
                raise ValueError("a row is named twice, or something is negative")
            z, paid = sum(shares.values()) or 1, 0
            for row, share in shares.items():
                r = named[rows[row][0]] = stood(self.records[rows[row][0]])
                r.by = self.weight(r, trained, terms)
                full, pay = (pool * share * min(max(w - low, 0), width) // (z * width) for w in (MILLION, r.by))
                r.full[e], r.pay[e], paid = r.full[e] + full, r.pay[e] + pay, paid + pay
            accounts = "platform", "model:" + one["datanet"], "stakers", "data-pool"
            fees.update(dict(zip(accounts, (*parts, pool), strict=True)))
            pools[one["datanet"]] += pool
            asked.append({"seq": at, "fee": one["fee"], "pool": str(pool), "paid": str(paid)})
        self.asked, records = self.asked[len(now) :], [named[record] for record in sorted(named)]
        self.settle(e, fees, pools, records)
        told = [(r.id, r.contributor, r.datanet, r.by, str(r.pay[e])) for r in records]
        self.compare("epochs", [[body["epoch"], written["epoch"], written["through"]]], [[e, e, body["through"]]])
        self.compare("inferences", written["inferences"], sorted(asked, key=lambda one: one["seq"]))
        self.compare("pay of records", written["records"], [dict(zip(PAID, one, strict=True)) for one in told])
        self.compare("moves of epochs", written["moves"], self.moves)
        self.framed(seq)

    def settle(self, e: int, fees: Counter[str], pools: Counter[str], named: list[Any]) -> None:  # An epoch: 2 to 6
        self.moves, self.pool, kept = [], self.pool + pools.total(), pools.total() - sum(r.pay[e] for r in named)
        self.book(("fee", "fee", account, fees[account], None, None) for account in sorted(fees))
        self.book(("credit", "data-pool", "escrow:" + r.contributor, r.pay[e], r, e) for r in named)
        self.book([("keep", "data-pool", "reserve", kept, None, e)])
        spent = sum(pool * self.terms[datanet]["audit_budget"] // MILLION for datanet, pool in pools.items())
        self.book([("audit", "reserve", "audit", min(spent, self.accounts["reserve"]), None, e)])
        self.kept, b = [*self.kept, kept], max((terms["burn_epochs"] for terms in self.terms.values()), default=0)
        old = self.accounts["reserve"] - sum(self.kept[max(0, e - b) :])
        self.book([("burn", "reserve", "burned", old, None, e)])
        for epoch, record in sorted((epoch, r.id) for r in self.records.values() for epoch in r.payouts):
            r = stood(self.records[record])
            stands = not r.disputed and (r.payable is not None or (r.withdrawn and r.leads))
            if stands and not self.few(r) and e - epoch >= max(self.terms[r.datanet]["vest_epochs"], 1):
                units, who = r.payouts[epoch]["escrow"], r.contributor
                self.book([("vest", "escrow:" + who, "vested:" + who, units, r, epoch)])
                self.owed[self.address.get("of " + who, "of " + who)] += units

    def on_record_decided(self, seq: int, body: Any) -> None:  # What a decision moves
        record, word, self.moves = stood(self.records[body["record"]]), body["decision"], []
        group, audit = record.group, "drawn_ppm" in body and record.drawn
        rejects = [one for one in group.run if one[0] == "reject"]
        punished = any(by_lot for _, by_lot, _ in rejects)
        if word != "accept" and not punished and any(p["credited"] for r in group.records for p in r.payouts.values()):
            self.compare("second curators", [bool(group.doubts - {body["by"]})], [True])
        lost = [one for *_, moves in rejects for one in moves if one["target"] == "forfeited" and word == "accept"]
        named = [(one, int(one["units"]), self.records[one["record"]]) for one in lost]
        self.book(("correct", "forfeited", one["source"], units, r, one["epoch"]) for one, units, r in named)
        for r in sorted((r for r in group.records if r.full), key=lambda r: (r is not record, r.order)):
            if word == "reject":
                self.rejected(r, sum(p["credited"] for p in r.payouts.values()) * (audit and not punished), audit)
            elif word == "accept" and (rejects or r.disputed) and not r.withdrawn and not r.imported:
                missing = ((r.full[e] - r.payouts[e]["credited"], e) for e in sorted(r.full))
                to = "escrow:" + r.contributor
                self.book(("correct", "reserve", to, min(m, self.accounts["reserve"]), r, e) for m, e in missing)
        written = self.rows(body["moves"])[0]["moves"] if "moves" in body else None
        self.compare("decisions", [written], [self.moves or None])
        if (audit or record.audit is not None) and record.told["verdict"] != "reject":  # Pay: audited
            self.found[record.datanet] += record.imported and record.audit is None
            self.found[record.datanet, record.contributor, record.audit] -= 1
            record.audit = word == "accept"
            self.found[record.datanet, record.contributor, record.audit] += 1
        record.disputed, group.doubts, group.stale = False, set(), True
        record.decided = group.decided = seq, word
        group.run = [] if word == "accept" else [*group.run, (word, audit, self.moves)]

    def rejected(self, r: Any, credited: int, audit: Any) -> None:  # What a decision moves: a bad word
        (what, to), own = ("forfeit", "forfeited") if audit else ("reverse", "reserve"), "escrow:" + r.contributor
        escrow = [(e, payout["escrow"]) for e, payout in sorted(r.payouts.items())]
        self.kept[-1] += 0 if audit else sum(units for _, units in escrow)  # An epoch: 5
        self.book((what, own, to, units, r, e) for e, units in escrow)
        others = [one for one in self.records.values() if one.contributor == r.contributor and one is not r]
        due = credited * self.terms[r.datanet]["penalty_payouts"]
        for age, record in sorted((-e, one.id) for one in others for e in one.payouts):
            units = min(due, self.records[record].payouts[-age]["escrow"])
            self.book([("penalty", own, "forfeited", units, self.records[record], -age)])
            due -= units

    def framed(self, seq: int) -> Any:  # The frame of a draw: what it has to know as at this line
        held = [r for r in self.records.values() if any(payout["escrow"] for payout in r.payouts.values())]
        money = {r.id: {e: p["credited"] for e, p in sorted(r.payouts.items())} for r in self.records.values()}
        self.frame = [seq, {r.contributor for r in held if self.few(r)}, money]
        return self.frame

    def on_audits_drawn(self, seq: int, body: Any) -> None:  # The frame of a draw
        through, waiting, money = self.frame if self.kept else self.framed(seq - 1)
        before = [{e for draw in self.draws if draw["seq"] < line for e in draw["epochs"]} for line in (through, seq)]
        every, (written,) = {*range(1, len(self.kept) + 1)}, self.rows(body["hits"])
        epochs = every - before[0] or every
        again = epochs <= before[1] and any(r.drawn and not r.decided[0] for r in self.records.values())
        head = [len(self.draws) + 1, through, self.heads[through], sorted(epochs), False]
        seen = [body["draw"], body["through"], body["commitment"], written["epochs"], bool(again)]
        self.compare("draws", [seen], [head])
        if len(written["hits"]) != body["budget"]:
            raise ValueError("not as many hits as the budget says")
        money = {record: {e: paid[e] for e in paid if e in epochs} for record, paid in money.items()}
        records = sorted((r for r in self.records.values() if r.order[1] <= through), key=lambda r: r.order)
        frame, seed = [(r, sum(money[r.id].values())) for r in records], [body["commitment"], body["beacon"]]
        hits, chances = drawn(frame, waiting, body["budget"], digest(["curation.audit.seed/1", *seed]))
        self.compare("hits", written["hits"], hits)
        self.compare("probabilities", written["records"], [{"record": r, "probability": chances[r]} for r in chances])
        fell = Counter[Any]()
        for record, offset in ((hit["record"], hit["offset"]) for hit in hits):
            paid, self.records[record].drawn = money[record], True
            if offset:
                fell[record, [*paid][bisect_right([*accumulate(paid.values())], int(offset))]] += 1
        self.draws.append({"seq": seq, "epochs": epochs, "money": money, "fell": fell, "chances": chances})

    def leak(self, datanet: str | None, epoch: int | None) -> Any:  # Leak estimate
        cells, estimates, sums = list[Counter[str]](), list[int](), Counter[str]()
        for draw in self.draws:
            c = Counter[str]()
            for r in (r for r in self.records.values() if datanet in {None, r.datanet}):
                fate = {None: "undecided", "accept": "good"}.get(r.decided[1], "bad")
                own = {e: units for e, units in draw["money"].get(r.id, {}).items() if epoch in {None, e}}
                money, n, chance = sum(own.values()), sum(draw["fell"][r.id, e] for e in own), draw["chances"].get(r.id)
                c.update({"money": money, "known " + fate: money, "hits": n, fate: n})
                c["weighed " + fate] += money * MILLION // chance if chance else 0
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

    def documents(self, head: str | None) -> None:  # The export: what follows from the journal; The cells of the leak
        paid = [(e, r, payout) for r in self.records.values() for e, payout in sorted(r.payouts.items()) if payout]
        sums = defaultdict[Any, defaultdict[str, Counter[str]]](lambda: defaultdict(Counter))
        for e, r, payout in paid:
            sums[e][r.contributor].update(payout)
            sums[0][r.contributor].update(payout)
        told = {
            e: [{p: str(sums[e][who][p]) for p in PARTS} | {"contributor": who} for who in sorted(sums[e])]
            for e in sums
        }
        kept = str(self.pool - sum(payout["credited"] for _, _, payout in paid))
        epochs = [{"epoch": e, "contributors": told[e]} for e in sorted(sums) if e]
        payouts = {"pool": str(self.pool), "reserve": kept, "contributors": told.get(0, []), "epochs": epochs}
        owner = {e: draw for draw in self.draws for e in draw["epochs"]}
        rest = {"money": self.framed(0)[2], "fell": Counter(), "chances": {}}
        self.draws.append(rest)
        for draw in self.draws:
            for record, own in draw["money"].items():
                draw["money"][record] = {e: own[e] for e in own if own[e] and owner.get(e, rest) is draw}
        within = {(self.records[r].datanet, e) for draw in self.draws for r, own in draw["money"].items() for e in own}
        cells = [(None, None)] * bool(within) + [(datanet, None) for datanet in sorted({one for one, _ in within})]
        leak = [self.leak(*cell) for cell in [*cells, *sorted(within)]]
        made = claims({address: units for address, units in self.owed.items() if units and address.startswith("0x")})
        export = {"seq": len(self.heads) - 1, "head": self.heads[-1], "claims_root": made["tree"][0] if made else None}
        for name, value in {"export": export, "payouts": payouts, "leak": {"cells": leak}, "claims": made}.items():
            self.where, full = f"{name}.json", {"schema": f"curation.{name}/1"} | value if name != "claims" else value
            text = json.dumps(full, indent=2, sort_keys=True) + "\n" if full else ""
            self.compare(f"lines of {name}", self.files.get(self.where, b"").decode().split("\n"), text.split("\n"))
        self.where, names = "folder", [name[8:] for name in self.files if name.startswith("objects/")]
        self.compare("objects", sorted(names), sorted(self.objects))
        self.compare("known heads", [head in {None, *self.heads[1:]}], [True])


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
    differences = verifier.differences
    print("\n".join(f"{number:8}  {kind} compared" for kind, number in verifier.counts.items()))
    print(*(f"DIFFERS   {one}" for one in differences[:200]), sep="\n", end="\n" if differences else "")
    print(f"{len(differences)} differences" if differences else "all agrees")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
