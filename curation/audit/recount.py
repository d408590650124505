"""Every epoch, every decision and every draw again, from the journal and the results alone, with the engine's rules.

The store is not asked: where records stand at a journal line is derived from the stored results and what was said up to
there. Pure: reads objects, writes nothing.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from curation.datanet.canonical import digest
from curation.errors import CurationError, JournalBroken
from curation.ledger.facts import RecordDecided, WordUndone, fact_of
from curation.ledger.journal import Event
from curation.ledger.money_facts import AuditsDrawn, EpochSettled, RecordDoubted
from curation.ledger.money_files import EpochFile, MovesFile
from curation.ledger.objects import Objects
from curation.ledger.owned import Owned
from curation.ledger.results import read_result
from curation.ledger.standing import Inspected, Ruling, Standing, Why, standings
from curation.ledger.state import State, Submission, place_of, replay
from curation.rewards.draws import canonical_beacon, draw, seed_of
from curation.rewards.frame import frame_of, hits_file, left_open, new_epochs, waiting_to_vest
from curation.rewards.ranges import ranges
from curation.rewards.settlement import Conditions, settled
from curation.rewards.treasury import Treasury
from curation.rewards.words import Money
from curation.verdict import Verdict

# A journal made up by somebody may break what the engine asserts or looks up; that is a disagreement like any other.
_BROKEN = (CurationError, AssertionError, LookupError, ArithmeticError, ValueError)


@dataclass(frozen=True, kw_only=True)
class Recount:
    """How much was computed again, and what does not agree."""

    epochs: int
    decisions: int
    draws: int
    problems: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class _Row:
    """A readable row of a contribution; `place`, `seq`, `row` are the order of who was first."""

    place: int
    seq: int
    row: int
    owned: Owned
    inspected: Inspected


class _ReadOnce(Objects):
    """Files that stay in memory: what is computed again for every line looks at the same ones."""

    def __init__(self, objects: Objects) -> None:
        self._get = lru_cache(maxsize=1024)(objects.get)

    def get(self, name: str) -> bytes:
        """The bytes with this digest; raises `JournalBroken` as `Objects` does."""
        return self._get(name)


class _Records:
    """All records submitted so far, in the order of who was first; results are read once."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._read: dict[int, tuple[_Row, ...]] = {}

    def rows(self, state: State) -> list[_Row]:
        for one in state.contributions:
            if one.seq not in self._read:
                self._read[one.seq] = tuple(_rows_of(one, self._objects))
        found = [row for one in state.contributions for row in self._read[one.seq]]
        return sorted(found, key=lambda row: (row.place, row.seq, row.row))

    def alike(self, state: State, record: str) -> tuple[str, ...]:
        """The records of a datanet with this record's content, itself first; raises `JournalBroken` without such."""
        rows = self.rows(state)
        own = next((row.inspected for row in rows if row.owned.record == record), None)
        if own is None:
            raise JournalBroken(f"no contribution has the record {record}")
        same = [
            row.owned.record for row in rows if (row.owned.datanet, row.inspected.content) == (own.datanet, own.content)
        ]
        return (record, *(one for one in same if one != record))


def recount(events: Sequence[Event], objects: Objects) -> Recount:
    """Computes again what each line of money says, and compares. Raises nothing for what does not agree."""
    objects = _ReadOnce(objects)
    records, state = _Records(objects), State()
    counts: Counter[type] = Counter()
    problems: list[str] = []
    paid: set[str] = set()
    for event in events:
        fact = fact_of(event)
        if not isinstance(fact, EpochSettled | RecordDecided | RecordDoubted | AuditsDrawn | WordUndone):
            continue
        counts[type(fact)] += 1
        try:
            state = replay(events[state.seq : event.seq - 1], state)
            treasury = Treasury(state, objects)
            match fact:
                case EpochSettled():
                    problems += _epoch(event.seq, fact, treasury, records.rows(state))
                    paid |= {one.record for one in EpochFile.read(objects.get(fact.lines)).records}
                case RecordDoubted():
                    problems += _own(event.seq, fact, records.alike(state, fact.record), records.rows(state))
                case RecordDecided():
                    alike = records.alike(state, fact.record)
                    problems += _own(event.seq, fact, alike, records.rows(state))
                    if fact.moves is not None or not paid.isdisjoint(alike):
                        problems += _decision(event.seq, fact, treasury, alike)
                case WordUndone():
                    problems += _undone(event.seq, fact, state, records)
                case AuditsDrawn():
                    problems += _draw(event.seq, fact, events, objects, records)
        except _BROKEN as error:
            problems.append(f"journal line {event.seq}: cannot be computed again: {error}")
    return Recount(
        epochs=counts[EpochSettled],
        decisions=counts[RecordDecided],
        draws=counts[AuditsDrawn],
        problems=tuple(problems),
    )


def _epoch(seq: int, fact: EpochSettled, treasury: Treasury, rows: Sequence[_Row]) -> Iterator[str]:
    waiting = [entry for entry in treasury.state.unsettled if entry.seq <= fact.through]
    owed = [treasury.owed(entry) for entry in waiting]
    models = {one.model: treasury.model(one.model) for one in owed}
    number = len(treasury.state.epochs) + 1
    epoch = settled(number, fact.through, owed, models, _conditions(treasury, rows), treasury.books())
    written = EpochFile.read(treasury.objects.get(fact.lines))
    if not waiting:
        yield f"journal line {seq}: it settles nothing, and only lets money grow old"
    if fact.epoch != number:
        yield f"journal line {seq}: it is epoch {number}, and says {fact.epoch}"
    for part in ("epoch", "through", "inferences", "records", "moves"):
        if getattr(written, part) != getattr(epoch, part):
            yield f"journal line {seq}: the {part} of epoch {number} are not what the journal comes to"
    if fact.ranges != digest(ranges(owed, models).written()):
        yield f"journal line {seq}: the ranges of epoch {number} are not what the journal comes to"


def _own(seq: int, fact: RecordDecided | RecordDoubted, alike: tuple[str, ...], rows: Sequence[_Row]) -> Iterator[str]:
    if any(row.owned.contributor == fact.by for row in rows if row.owned.record in alike):
        yield f"journal line {seq}: somebody's word about a content of their own"


def _decision(seq: int, fact: RecordDecided, treasury: Treasury, alike: tuple[str, ...]) -> Iterator[str]:
    money = Money(treasury, fact.by)
    if fact.decision != "accept" and money.needs_second(alike):
        yield f"journal line {seq}: a bad word about a record that was paid for, by one curator alone"
    moves = money.moved(fact.decision, alike, drawn_ppm=fact.drawn_ppm)
    if fact.moves != (digest(MovesFile(moves=moves).written()) if moves else None):
        yield f"journal line {seq}: the money that this decision moved is not what the journal comes to"


def _undone(seq: int, fact: WordUndone, state: State, records: _Records) -> Iterator[str]:
    """What is undone must be the last word about its content, or a later one may rest on it."""
    alike = records.alike(state, state.words[fact.word].fact.record)
    if any(one.seq > fact.word and one.fact.record in alike for one in state.words.values()):
        yield f"journal line {seq}: it undoes a word that was not the last about its content"


def _draw(seq: int, fact: AuditsDrawn, events: Sequence[Event], objects: Objects, records: _Records) -> Iterator[str]:
    before = replay(events[: seq - 1])
    through = before.epochs[-1].seq if before.epochs else before.seq
    if (fact.draw, fact.through) != (len(before.draws) + 1, through) or fact.commitment != events[through - 1].hash:
        yield f"journal line {seq}: this draw is not of the frame that line {through} committed to"
    if fact.beacon != canonical_beacon(fact.beacon) or any(fact.beacon == one.fact.beacon for one in before.draws):
        yield f"journal line {seq}: its beacon was drawn with before, or is not written as a beacon is"
    then = Treasury(replay(events[:through]), objects)
    owned = [row.owned for row in records.rows(then.state)]
    now = Treasury(before, objects)
    epochs = new_epochs(now)
    frame = frame_of(then, owned, epochs)
    if left_open(now, epochs):
        yield f"journal line {seq}: this drew without new money while drawn records were not decided"
    seed = seed_of(events[through - 1].hash, fact.beacon)
    drawing = draw(frame, waiting=waiting_to_vest(then, owned), budget=fact.budget, seed=seed)
    if fact.hits != digest(hits_file(then, drawing, epochs).written()):
        yield f"journal line {seq}: what was drawn is not what frame and beacon come to"


def _conditions(treasury: Treasury, rows: Sequence[_Row]) -> Conditions:
    state = treasury.state
    rulings = {
        record: Ruling(seq=entry.seq, decision=entry.fact.decision, by=entry.fact.by)
        for record, entry in state.decisions.items()
    }
    now = standings([row.inspected for row in rows], rulings, state.withdrawn)
    accepted = [one for one in now if one.verdict == Verdict.ACCEPT]
    judged = [row.owned for row in rows if row.owned.judged]
    ruled = [(one.record, one.ruling) for one in accepted if one.ruling is not None]
    return Conditions(
        weights={one.record: one.weight or 0 for one in accepted},
        decided={one.record for one in accepted if one.why is Why.DECIDED},
        relabelled={record: ruling.seq for record, ruling in ruled if ruling.decision == "relabel"},
        audits=treasury.audits({one.record: (one.datanet, one.contributor) for one in judged}),
        import_audits=Counter(one.datanet for one in judged if one.imported and one.record in treasury.audited),
        datanets=treasury.datanets,
        terms=treasury.terms_now,
        disputed=state.disputed,
        withdrawn=_withdrawn(rows, now, rulings),
    )


def _withdrawn(rows: Sequence[_Row], now: Sequence[Standing], rulings: Mapping[str, Ruling]) -> frozenset[str]:
    """The withdrawn records that were no copies and that no decision rejects: they keep what they earned."""
    first: dict[tuple[str, str | None], str] = {}
    latest: dict[tuple[str, str | None], Ruling] = {}
    kept = []
    for row, one in zip(rows, now, strict=True):
        content = (row.owned.datanet, row.inspected.content)
        ruling = rulings.get(one.record)
        if ruling is not None and (content not in latest or latest[content].seq < ruling.seq):
            latest[content] = ruling
        if one.verdict == Verdict.WITHDRAWN and content not in first:
            kept.append((one.record, content))
        elif one.verdict not in (Verdict.WITHDRAWN, Verdict.REJECT):
            first.setdefault(content, one.record)
    return frozenset(
        record for record, content in kept if content not in latest or latest[content].decision != "reject"
    )


def _rows_of(one: Submission, objects: Objects) -> Iterator[_Row]:
    fact = one.fact
    for line in read_result(objects.get(fact.result)):
        if line.record is not None:
            yield _Row(
                place=place_of(one),
                seq=one.seq,
                row=line.row,
                owned=Owned(
                    record=line.record,
                    datanet=fact.datanet,
                    contributor=fact.contributor,
                    imported=fact.kind == "import",
                    judged=line.verdict != "reject",
                ),
                inspected=Inspected(
                    record=line.record,
                    datanet=fact.datanet,
                    content=line.content,
                    verdict=Verdict(line.verdict),
                    weight=line.weight,
                    novelty=line.novelty,
                    otherwise=None if line.otherwise is None else Verdict(line.otherwise),
                    otherwise_novelty=line.otherwise_novelty,
                ),
            )
