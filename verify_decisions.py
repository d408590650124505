"""Recomputes what people's words moved, and every draw of audits, in a published folder: docs/rewards-format.md alone.

python verify_decisions.py FOLDER      exit code 0: all agrees, 1: something differs, 2: unusable folder
Standard library only; nothing in the folder is run. Comments name the sections of the page.

Compared: chain, objects, ids, what each decision moved and who had to agree, what was undone, the lines that
commitments and payers' keys stand in, and of each draw of audits its frame, commitment, beacon, hits and probabilities.
By verify_payouts.py: model records, what epochs paid and moved, sums, leak, claims root, the known head; the epochs are
taken as they are written here.
By neither: inspection, novelty, attributions (they rest on texts and models); whether a beacon was public and later
than the line it was drawn for; whether two curators are two people.
"""

import json
import sys
from bisect import bisect_right
from collections import Counter
from hashlib import sha256
from itertools import accumulate, takewhile, zip_longest
from math import prod
from pathlib import Path
from types import SimpleNamespace
from typing import Any

MILLION = 10**6
SIGNED = {"record.decided", "record.doubted"}
WORDS = SIGNED | {"record.appealed", "record.withdrawn"}
FREEZING = {"model.trained", "epoch.settled", "audits.drawn", "reference.fitted"}
canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
parsed = json.JSONDecoder(parse_float=int, parse_constant=int).decode  # int refuses what is no integer


def digest(value: Any) -> str:
    return sha256(canonical(value).encode()).hexdigest()


def uniform(values: int, seed: str, sort: str, number: int) -> int:  # Audit draws: one draw
    thrown = (int(digest(["curation.audit.draw/1", seed, sort, number, again]), 16) for again in range(999))
    return next(x for x in thrown if x < 2**256 - 2**256 % values) % values


class Verifier:
    def __init__(self, folder: Path) -> None:
        self.where, self.counts, self.differences = "objects", Counter[str](), list[str]()
        paths = sorted((folder / "objects").iterdir())
        self.objects = {sha256(data := path.read_bytes()).hexdigest(): data for path in paths}
        self.compare("objects", [path.name for path in paths], list(self.objects))
        self.records, self.groups, self.models, self.terms = (dict[Any, Any]() for _ in range(4))
        self.payouts, self.words, self.asked = dict[Any, Any](), dict[int, Any](), dict[int, Any]()
        self.moves, self.reserve, self.epochs, self.drawn, self.through = list[Any](), 0, 0, 0, 0
        self.waiting, self.beacons, self.heads, self.frozen = set[str](), list[str](), ["0" * 64], 0
        self.keys, self.committed = set[str](), dict[int, tuple[str, str]]()

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
        self.frozen = seq if kind in FREEZING else self.frozen
        if kind in WORDS:
            self.word(seq, kind, body)
        getattr(self, "on_" + kind.replace("_", "-").replace(".", "_"), lambda *_: None)(seq, body)

    def on_contribution_submitted(self, seq: int, body: Any) -> None:  # Where a record stands; who was first
        if "committed" in body:
            own = (body["datanet"], body["contributor"])
            self.compare("places", [self.committed.get(body["committed"])], [own])
        for row, told in enumerate(self.rows(body["result"])):
            if told["record"] is not None:
                r: Any = SimpleNamespace(datanet=body["datanet"], contributor=body["contributor"], payouts=[])
                r.id, r.escrow = digest([r.datanet, r.contributor, body["file"], row])[:32], "escrow:" + r.contributor
                self.compare("records", [[told["record"], r.id in self.records]], [[r.id, False]])
                r.told, r.order, r.imported = told, (body.get("committed") or seq, seq, row), body["kind"] == "import"
                r.drawn, r.withdrawn, fresh = False, False, SimpleNamespace(records=[], words=[])
                r.group, self.records[r.id] = self.groups.setdefault((r.datanet, told["content"]), fresh), r
                r.group.records.append(r)

    def on_model_trained(self, _: int, body: Any) -> None:  # Objects: model records, terms
        (self.terms[body["datanet"]],) = self.rows(body["terms"])
        self.models[body["datanet"], body["model"]] = self.rows(body["records"])

    def on_contents_committed(self, seq: int, body: Any) -> None:
        self.committed[seq] = (body["datanet"], body["contributor"])

    def on_inference_served(self, seq: int, body: Any) -> None:  # An epoch: a payer's key is paid once
        self.compare("keys of payers", [body["key"] in self.keys], [False])
        self.keys.add(body["key"])
        self.asked[seq] = body

    def on_epoch_settled(self, seq: int, body: Any) -> None:  # An epoch, as it is written; at full weight: Pay
        self.through, self.epochs, (written,) = seq, self.epochs + 1, self.rows(body["lines"])
        for one in written["records"]:
            r = self.records[one["record"]]
            p = SimpleNamespace(r=r, record=r.id, epoch=self.epochs, full=0, money=0, lot=Counter())
            self.payouts[r.id, self.epochs] = p
            r.payouts.append(p)
        for one in written["inferences"]:
            asked = self.asked[one["seq"]]
            rows, (told,) = self.models[asked["datanet"], asked["model"]], self.rows(asked["attribution"])
            shares = [(rows[row][0], amount * rows[row][4] * (rows[row][3] > 0)) for row, amount in told["rows"]]
            z = sum(share for _, share in shares) or 1
            for record, share in shares:
                self.payouts[record, self.epochs].full += int(one["pool"]) * share // z
        whole = SimpleNamespace(record=None, epoch=self.epochs, lot=Counter())
        for move in written["moves"]:
            p = self.payouts[move["record"], move["epoch"]] if move["record"] else whole
            self.book(move["what"], move["source"], move["target"], int(move["units"]), p)
        audited = Counter((r.datanet, r.contributor) for r in self.records.values() if self.is_audited(r))
        self.waiting = set()
        for p in self.payouts.values():  # The frame of a draw, as at this line
            few = audited[p.r.datanet, p.r.contributor] < self.terms[p.r.datanet]["vest_audits"]
            self.waiting |= {p.r.contributor} if few and p.lot["escrow"] else set()
            p.money = p.lot["credited"] if p.epoch > self.drawn else 0

    def is_audited(self, r: Any) -> bool:  # Pay: audited
        return r.told["verdict"] != "reject" and any(word.audit for word in r.group.words if word.r is r)

    def book(self, what: str, source: str, target: str, units: int, p: Any) -> None:  # Objects: a move, a payout
        if units > 0:
            told = {"what": what, "source": source, "target": target, "units": str(units)}
            self.moves.append(told | {"record": p.record, "epoch": p.epoch})
            self.reserve += units * ((target == "reserve") - (source == "reserve"))
            p.lot.update({source.partition(":")[0]: -units, target.partition(":")[0]: units})
            p.lot["credited"] = p.lot["escrow"] + p.lot["vested"] + p.lot["forfeited"]

    def word(self, seq: int, kind: str, body: Any) -> None:  # The events that money rests on: what people say
        r, by = self.records[body["record"]], body["by"] if kind in SIGNED else None
        said = body["decision"] if kind == "record.decided" else None
        word = SimpleNamespace(seq=seq, kind=kind, r=r, by=by, decision=said, audit=False, moves=[])
        self.compare("judges", [by in {one.contributor for one in r.group.records}], [False])
        if kind == "record.decided":
            word.audit = "drawn_ppm" in body and r.drawn
            self.decided(word)
            (written,) = self.rows(body["moves"]) if "moves" in body else [{"moves": []}]
            self.compare("decisions", [written["moves"]], [word.moves])
        r.group.words, r.withdrawn = [*r.group.words, word], r.withdrawn or kind == "record.withdrawn"
        if kind in SIGNED:
            self.words[seq] = word

    def decided(self, word: Any) -> None:  # What a decision moves
        self.moves, group = word.moves, word.r.group
        run = list(takewhile(lambda one: one.decision != "accept", reversed(group.words)))[::-1]
        rejects = [one for one in run if one.decision == "reject"]
        punished, good = any(one.audit for one in rejects), word.decision == "accept"
        doubts = takewhile(lambda one: not one.decision, reversed(run))
        agreed = {one.by for one in doubts if one.kind == "record.doubted"} - {word.by}
        paid = any(p.lot["credited"] for r in group.records for p in r.payouts)
        self.compare("second curators", [bool(agreed) or good or punished or not paid], [True])
        lost = [move for one in rejects for move in one.moves if move["target"] == "forfeited" and good]
        for p, move in [(self.payouts[move["record"], move["epoch"]], move) for move in lost]:
            self.book("correct", "forfeited", p.r.escrow, int(move["units"]), p)
        for r in sorted(group.records, key=lambda r: (r is not word.r, r.order)):
            if word.decision == "reject":
                self.rejected(r, audit=word.audit, penal=word.audit and not punished)
            elif good and (rejects or self.is_disputed(r)) and not r.withdrawn and not r.imported:
                for p in r.payouts:
                    self.book("correct", "reserve", r.escrow, min(p.full - p.lot["credited"], self.reserve), p)

    def is_disputed(self, r: Any) -> bool:  # An epoch: disputed
        said = [word for word in r.group.words if word.r is r and word.kind != "record.withdrawn"]
        return bool(said) and not said[-1].decision

    def rejected(self, r: Any, *, audit: bool, penal: bool) -> None:  # What a decision moves: a bad word
        credited = sum(p.lot["credited"] for p in r.payouts) if penal else 0
        due = credited and credited * self.terms[r.datanet]["penalty_payouts"]
        what, target = ("forfeit", "forfeited") if audit else ("reverse", "reserve")
        for p in r.payouts:
            self.book(what, r.escrow, target, p.lot["escrow"], p)
        others = [p for p in self.payouts.values() if p.r.contributor == r.contributor and p.r is not r]
        for p in sorted(others, key=lambda p: -p.epoch):
            units = min(due, p.lot["escrow"])
            self.book("penalty", r.escrow, "forfeited", units, p)
            due -= units

    def on_word_undone(self, _: int, body: Any) -> None:  # A word that was undone
        word = self.words.pop(body["word"])
        group, later = word.r.group, [one.seq for one in self.words.values() if one.r.group is word.r.group]
        rests = bool(word.moves) or max([*later, self.frozen]) > word.seq
        self.compare("words undone", [[body["by"], rests, *body]], [[word.by, False, "by", "word"]])
        group.words = [one for one in group.words if one is not word]

    def on_audits_drawn(self, seq: int, body: Any) -> None:  # The frame of a draw
        through, (written,) = self.through or seq - 1, self.rows(body["hits"])
        beacon = f"{abs(int(body['beacon'], 16)):x}"
        epochs = [*range(self.drawn + 1, self.epochs + 1)]
        decided = {word.r.id for word in self.words.values() if word.decision}
        again = not epochs and any(r.drawn and r.id not in decided for r in self.records.values())
        told = [body["draw"], body["through"], body["commitment"], written["epochs"], body["beacon"]]
        made = [len(self.beacons) + 1, through, self.heads[through], epochs, beacon]
        self.compare("draws", [[*told, again, beacon in self.beacons]], [[*made, False, False]])
        records = sorted((r for r in self.records.values() if r.order[1] <= through), key=lambda r: r.order)
        frame = {
            "money": {(p.record, p.epoch): p.money for r in records for p in r.payouts if p.epoch > self.drawn},
            "floor": {(r.id, None): 1 for r in records},
            "waiting": {(r.id, None): 1 for r in records if r.contributor in self.waiting},
        }
        seed = digest(["curation.audit.seed/1", body["commitment"], body["beacon"]])
        hits, chances = self.draw(frame, body["budget"], seed)
        self.compare("hits", written["hits"], hits)
        self.compare("probabilities", written["records"], [{"record": r, "probability": chances[r]} for r in chances])
        for record in chances:
            self.records[record].drawn = True
        self.beacons, self.drawn = [*self.beacons, beacon], self.epochs

    def draw(self, frame: dict[str, Any], budget: int, seed: str) -> tuple[list[Any], dict[str, int]]:  # Audit draws
        m, total, hits, misses = (8 * budget + 9) // 10, sum(frame["money"].values()), list[Any](), list[Any]()
        if not 0 < budget * (total.bit_length() + 1) <= MILLION:
            raise ValueError("no draws, or more than can be computed in minutes")
        by_money, by_wait = m if total else 0, (budget - m) // 2 if frame["waiting"] else 0
        draws = {"money": by_money, "floor": budget - by_money - by_wait, "waiting": by_wait}
        for sort, units in frame.items():
            rows, ends, own = list(units), list(accumulate(units.values())), Counter[str]()
            for number in range(draws[sort]):
                record, epoch = rows[bisect_right(ends, uniform(ends[-1], seed, sort, number))]
                hits.append({"sort": sort, "number": number, "record": record, "epoch": epoch})
            for record, epoch in units:
                own[record] += units[record, epoch]
            misses += [(own, ends[-1], draws[sort])] if draws[sort] else []
        always, chances = prod(every**times for _, every, times in misses), dict[str, int]()
        for record in sorted({hit["record"] for hit in hits}):
            miss = prod((every - own[record]) ** times for own, every, times in misses)
            chances[record] = -((miss - always) * MILLION // always)
        return hits, chances


def main(arguments: list[str]) -> int:
    try:
        (name,) = arguments
        folder = Path(name)
        verifier, journal = Verifier(folder), (folder / "journal.jsonl").read_bytes()
    except (OSError, ValueError) as error:
        print(f"{__doc__}\nthis is no folder of `curate export --public`: {error!a}", file=sys.stderr)
        return 2
    for seq, text in enumerate(journal.splitlines(keepends=True), start=1):
        try:
            verifier.where = f"line {seq}"
            verifier.line(seq, text.decode())
        except Exception as error:  # noqa: BLE001  (whatever a forger wrote is a difference like any other)
            verifier.differences.append(f"{verifier.where}: cannot be computed: {ascii(error)[:200]}")
    print("\n".join(f"{number:8}  {kind} compared" for kind, number in verifier.counts.items()))
    print("".join(f"DIFFERS   {one}\n" for one in verifier.differences[:200]), end="")
    print(str(__doc__).split("\n\n")[2])
    print(f"{len(verifier.differences)} differences" if verifier.differences else "all agrees")
    return 1 if verifier.differences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
