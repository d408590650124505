"""What waits in a datanet, kept from one journal line to the next: only what new lines touch is asked for again.

To ask the store for all of it takes longer than everything else that a curator waits for together.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from curation.ledger.facts import (
    ContributionSubmitted,
    ContributorRegistered,
    Fact,
    RecordDecided,
    RecordWithdrawn,
    ReferenceFitted,
    WordUndone,
    fact_of,
)
from curation.ledger.journal import Event
from curation.ledger.money_facts import AuditsDrawn, ContentsCommitted, RecordAppealed, RecordDoubted
from curation.ledger.opinion_facts import GoldDisputed, GoldNominated, OpinionGiven, OpinionUndone
from curation.ledger.state import State
from curation.quality import MICRO
from curation.review.waiting import (
    Waiting,
    decided_alike,
    decided_codes,
    rows_waiting,
    special_of,
    waiting_of,
    worth_of,
)
from curation.review.worth import Sort, Worth

if TYPE_CHECKING:  # the store brings DuckDB, which a check does not need
    from curation.ledger.store import Store

# Beyond so many records all are asked for at once.
TOUCHED_MAX = 200
# Lines after which everything that waited waits as it did.
_NEUTRAL = (
    ContributorRegistered,
    ContentsCommitted,
    ReferenceFitted,
    OpinionGiven,
    OpinionUndone,
    GoldNominated,
    GoldDisputed,
    AuditsDrawn,  # the caller says what was drawn
)

# One table each: a join of three takes the planner longer than three such questions.
_CONTENTS = """
SELECT DISTINCT content_digest FROM records
WHERE datanet = $1 AND (list_contains($2::VARCHAR[], record) OR list_contains($3::VARCHAR[], contribution))
"""
_MEMBERS = """
SELECT record, contributor, label, inspected, length(text) AS length, content_digest, place, seq, row_index
FROM records WHERE datanet = $1 AND list_contains($2::VARCHAR[], content_digest) AND record IS NOT NULL
"""
_VERDICTS = """
SELECT record, verdict, weight_ppm, novelty_ppm, why, decision_seq FROM verdicts
WHERE list_contains($1::VARCHAR[], record)
"""
_LABELS = "SELECT seq, label FROM decisions WHERE list_contains($1::BIGINT[], seq) AND label IS NOT NULL"
_CODES = "SELECT DISTINCT record, code FROM findings WHERE list_contains($1::VARCHAR[], record) ORDER BY ALL"
_TYPICAL = """
WITH influence AS (SELECT record, sum(amount)::DOUBLE AS amount FROM attributions GROUP BY record)
SELECT avg(i.amount) AS amount FROM influence AS i JOIN records AS r ON r.record = i.record WHERE r.datanet = $1
"""
_AMOUNTS = """
SELECT record, sum(amount)::DOUBLE AS amount FROM attributions
WHERE list_contains($1::VARCHAR[], record) GROUP BY record
"""


@dataclass(frozen=True, kw_only=True)
class Touched:
    """What some journal lines may have changed: these records, and what came with these contributions."""

    records: frozenset[str]
    contributions: frozenset[str]


@dataclass(kw_only=True)
class Waitlist:
    """All that waits in a datanet as of the journal line that `state` has reached; not for two threads at once."""

    datanet: str
    state: State = field(default_factory=State)
    times_all: int = 0  # how often all of it was asked for
    _ramp: tuple[float, float] | None = None
    _drawn: Collection[str] = ()
    _rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    _found: dict[str, Waiting] = field(default_factory=dict)
    _worths: dict[str, Worth] = field(default_factory=dict)  # of those whose worth changed once
    _decided: Mapping[str, int] = field(default_factory=dict)
    _typical: float | None = None  # the influence of a typical record, once somebody asked

    def at(
        self,
        store: "Store",
        state: State,
        events: Sequence[Event],
        ramp: tuple[float, float],
        drawn: Collection[str],
    ) -> list[Waiting]:
        """All that waits when the journal, whose lines are `events`, says `state`; in the order of who was first."""
        if (self._ramp, self.state.head) != (ramp, state.head):
            touched = self._touched(state, events, drawn) if self._ramp == ramp else None
            kept, self._ramp = self._ramp, None  # what fails half-way is asked for anew
            if kept is None or touched is None or not self._ask_again(store, state, touched, ramp, drawn):
                self._ask_all(store, state, ramp, drawn)
            self._ramp, self.state, self._drawn = ramp, state, drawn
        return self.waiting

    @property
    def waiting(self) -> list[Waiting]:
        """All that waited when it was asked for last."""
        return list(self._found.values())

    def _touched(self, state: State, events: Sequence[Event], drawn: Collection[str]) -> Touched | None:
        """What may have changed since; None when that may be everything."""
        before = self.state
        if not 0 < before.seq <= state.seq or events[before.seq - 1].hash != before.head:
            return None
        facts = {event.seq: fact_of(event) for event in events[before.seq : state.seq]}
        return touched_by(facts, before, self.datanet, set(drawn) - set(self._drawn))

    def _ask_all(self, store: "Store", state: State, ramp: tuple[float, float], drawn: Collection[str]) -> None:
        special = special_of(state, drawn)
        self.times_all += 1
        self._typical = None
        self._worths = {}
        self._decided = decided_codes(store)
        self._rows = {row["record"]: row for row in rows_waiting(store, self.datanet, ramp, special)}
        self._found = {
            record: waiting_of(row, self.datanet, special.get(record), ramp, self._decided)
            for record, row in self._rows.items()
        }

    def _ask_again(
        self, store: "Store", state: State, touched: Touched, ramp: tuple[float, float], drawn: Collection[str]
    ) -> bool:
        """False when it is about so many records that all should be asked for."""
        self._count(store, state, touched.records, ramp)
        if not touched.records and not touched.contributions:
            return True
        members = store.query(_MEMBERS, [self.datanet, self._contents(store, touched)])
        if len(members) > TOUCHED_MAX:
            return False
        special = special_of(state, drawn)
        arriving = self._arriving(store, state, members, special, ramp[1])
        for member in members:
            self._rows.pop(member["record"], None)
            self._found.pop(member["record"], None)
            self._worths.pop(member["record"], None)
        for record, row in arriving.items():
            self._rows[record] = row
            self._found[record] = waiting_of(row, self.datanet, special.get(record), ramp, self._decided)
        if arriving:
            in_order = sorted(self._found, key=lambda record: _order(self._rows[record]))
            self._found = {record: self._found[record] for record in in_order}
        return True

    def _contents(self, store: "Store", touched: Touched) -> list[str]:
        """The contents of what was touched; what waited is known."""
        known = touched.records & self._rows.keys()
        contents = {self._rows[record]["content_digest"] for record in known}
        if touched.contributions or len(known) < len(touched.records):
            named = [self.datanet, sorted(touched.records - known), sorted(touched.contributions)]
            contents |= {row["content_digest"] for row in store.query(_CONTENTS, named)}
        return sorted(contents - {None})

    def _count(self, store: "Store", state: State, records: Collection[str], ramp: tuple[float, float]) -> None:
        """Counts what was decided since, and what is worth less, or more again, for it."""
        before = self.state.decisions
        other = [one for one in records if (one in before) != (one in state.decisions)]
        if not other:
            return
        counts = dict(self._decided)
        found = {one: self._rows[one]["codes"] for one in other if one in self._rows}
        if len(found) < len(other):
            found |= _codes(store, [one for one in other if one not in found])
        for record, codes in found.items():
            for code in codes:
                counts[code] = counts.get(code, 0) + (1 if record in state.decisions else -1)
        changed = {code for code in counts.keys() | self._decided if counts.get(code) != self._decided.get(code)}
        self._decided = counts
        for record, row in self._rows.items():
            # Nearly all that waits has one finding or the other in common, so this is done hundreds of times a line.
            if not changed.isdisjoint(row["codes"]):
                one = self._found[record]
                worth = self._worth(record, one.sort, ramp).after(decided_alike(row["codes"], counts))
                if worth != one.worth:
                    self._found[record] = Waiting(**{**vars(one), "worth": worth})

    def _worth(self, record: str, sort: Sort, ramp: tuple[float, float]) -> Worth:
        found = self._worths.get(record)
        if found is None:
            found = self._worths[record] = worth_of(self._rows[record], sort, ramp)
        return found

    def _arriving(
        self,
        store: "Store",
        state: State,
        members: Sequence[Mapping[str, Any]],
        special: Mapping[str, Sort],
        full_weight: float,
    ) -> dict[str, dict[str, Any]]:
        """Those of these records that wait, as `rows_waiting` tells of them; all of a content are among them."""
        records = [one["record"] for one in members]
        alike = Counter(one["content_digest"] for one in members)
        verdicts = {row["record"]: row for row in store.query(_VERDICTS, [records])}
        found = {one["record"]: _standing(one, verdicts.get(one["record"])) for one in members}
        found = {record: row for record, row in found.items() if record in special or _waits(row, full_weight)}
        if not found:
            return {}
        ruled = [row["decision_seq"] for row in found.values() if row["decision_seq"] is not None]
        labels = {row["seq"]: row["label"] for row in store.query(_LABELS, [ruled])} if ruled else {}
        codes = _codes(store, found)
        influence = self._influence(store, found) if state.inferences else {}
        return {
            record: row
            | {
                "label": labels.get(row["decision_seq"], row["label"]),
                "codes": codes.get(record, []),
                "alike": alike[row["content_digest"]],
                "influence": influence.get(record, 1.0),
            }
            for record, row in found.items()
        }

    def _influence(self, store: "Store", records: Iterable[str]) -> dict[str, float]:
        """The influence of those of these records that have any, beside that of a typical one."""
        if self._typical is None:
            self._typical = store.query(_TYPICAL, [self.datanet])[0]["amount"] or 0.0
        if not self._typical:
            return {}
        rows = store.query(_AMOUNTS, [list(records)])
        return {row["record"]: row["amount"] / self._typical for row in rows}


def touched_by(facts: Mapping[int, Fact], before: State, datanet: str, drawn: Collection[str]) -> Touched | None:
    """What these facts, by journal line, may have changed of what waited in a datanet; None when it may be everything.

    `drawn` are the records that were drawn for audits since.
    """
    words = {seq: entry.fact.record for seq, entry in before.words.items()} if _undoes(facts) else {}
    records, contributions = set(drawn), set[str]()
    for seq, fact in facts.items():
        match fact:
            case RecordDecided() | RecordDoubted():
                words[seq] = fact.record
                records.add(fact.record)
            case RecordAppealed() | RecordWithdrawn():
                records.add(fact.record)
            case WordUndone():
                records.add(words[fact.word])
            case ContributionSubmitted():
                if fact.datanet == datanet:
                    contributions.add(fact.contribution)
            case _ if not isinstance(fact, _NEUTRAL):
                return None
    return Touched(records=frozenset(records), contributions=frozenset(contributions))


def _undoes(facts: Mapping[int, Fact]) -> bool:
    return any(isinstance(fact, WordUndone) for fact in facts.values())


def _standing(one: Mapping[str, Any], verdict: Mapping[str, Any] | None) -> dict[str, Any]:
    """A record and where it stands, as the view `current_records` tells it."""
    told = {
        **one,
        "verdict": one["inspected"],
        "weight": None,
        "novelty": 1.0,
        "why": "inspected",
        "decision_seq": None,
    }
    if verdict is None:
        return told
    weight, novelty = verdict["weight_ppm"], verdict["novelty_ppm"]
    return told | {
        "verdict": verdict["verdict"],
        "weight": None if weight is None else weight / MICRO,
        "novelty": 1.0 if novelty is None else novelty / MICRO,
        "why": verdict["why"],
        "decision_seq": verdict["decision_seq"],
    }


def _waits(row: Mapping[str, Any], full_weight: float) -> bool:
    """Whether a record waits by itself."""
    if row["why"] in {"decided", "withdrawn"}:
        return False
    in_part = row["verdict"] == "accept" and row["weight"] is not None and row["weight"] < full_weight
    return in_part or row["verdict"] in {"review", "unchecked"}


def _codes(store: "Store", records: Iterable[str]) -> dict[str, list[str]]:
    """What was found about each of these records, in order of the alphabet."""
    found: dict[str, list[str]] = {}
    for row in store.query(_CODES, [list(records)]):
        found.setdefault(row["record"], []).append(row["code"])
    return found


def _order(row: Mapping[str, Any]) -> tuple[int, int, int]:
    return row["place"], row["seq"], row["row_index"]
