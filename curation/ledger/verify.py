"""Whether journal, files and store agree: everything compared, nothing repaired, nothing believed unseen.

For whoever does not trust the operator. With a head noted down earlier (`Verification.head`) a journal whose end was
cut off is noticed too; without one, a chain that is shorter but whole cannot be told from one that never grew.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from curation.datanet.canonical import canonical_bytes, digest
from curation.datanet.shown import shown
from curation.errors import CurationError, JournalBroken
from curation.ledger.answers import read_answer
from curation.ledger.duck import SCHEMA_VERSION, Duck, DuckError, StoreBusy, open_patiently
from curation.ledger.facts import fact_of
from curation.ledger.journal import GENESIS, Event, Journal
from curation.ledger.objects import Objects
from curation.ledger.places import Places
from curation.ledger.results import read_findings, read_name, read_reason, read_result
from curation.ledger.rows import ReadRows
from curation.ledger.state import State, replay
from curation.ledger.store import Store, fingerprints
from curation.ledger.tables import check_fit

_BUSY_SECONDS_MAX = 5.0


@dataclass(frozen=True, kw_only=True)
class Compared:
    """One kind of thing that was compared, and how many of them."""

    what: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Verification:
    """What was compared, what does not agree, and what could not be compared for a reason that is no disagreement.

    `head` is the hash of the last journal line: note it down, and a later `verify(head=…)` notices a cut end.
    """

    seq: int
    head: str
    compared: tuple[Compared, ...]
    problems: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        """Whether nothing was found to disagree."""
        return not self.problems


class _Findings:
    """What a verification has collected so far."""

    def __init__(self) -> None:
        self.compared: list[Compared] = []
        self.problems: list[str] = []
        self.notes: list[str] = []

    def count(self, what: str, count: int) -> None:
        self.compared.append(Compared(what=what, count=count))


def verify(state_dir: Path, read_rows: ReadRows, *, head: str | None = None) -> Verification:
    """Compares all there is under `state_dir`. Raises nothing for damage: damage is in `problems`.

    `read_rows` delivers the rows of a contribution from its stored file, as for `Store.open`.
    """
    places = Places(state_dir=state_dir)
    journal, objects, found = Journal(places.journal), Objects(places.objects), _Findings()
    events: Sequence[Event] = ()
    state: State | None = None
    try:
        events = journal.read()
        state = replay(events)
    except JournalBroken as error:
        found.problems.append(str(error))
    found.count("journal lines", len(events))
    if journal.torn_bytes:
        found.notes.append(
            f"{journal.torn_bytes} bytes behind the last journal line: a write that never finished, not counted"
        )
    _check_head(events, head, found)
    _check_objects(objects, state, events, found)
    if state is not None:
        known = _check_contributions(state, objects, found)
        _check_decisions(state, objects, known, found)
        _check_opinions(state, objects, known, found)
        _check_names(state, objects, found)
        if not found.problems:
            _check_store(places.store, journal, objects, read_rows, found)
        else:
            found.notes.append("the store was not compared: what it is built from is damaged")
    return Verification(
        seq=len(events),
        head=events[-1].hash if events else GENESIS,
        compared=tuple(found.compared),
        problems=tuple(found.problems),
        notes=tuple(found.notes),
    )


def _check_head(events: Sequence[Event], head: str | None, found: _Findings) -> None:
    if head is None:
        return
    found.count("known heads", 1)
    if head != GENESIS and head not in {event.hash for event in events}:
        found.problems.append(
            f"no journal line has the known head {shown(head, 64)}: the end was cut, or it was rewritten"
        )


def _referenced(events: Sequence[Event]) -> Iterator[tuple[str, str]]:
    """Every object the journal names, and what it is."""
    for event in events:
        fact = fact_of(event)
        for field in fact.OBJECTS:
            if (name := getattr(fact, field)) is not None:
                yield name, f"{field} of {fact.TYPE} in journal line {event.seq}"


def _check_objects(objects: Objects, state: State | None, events: Sequence[Event], found: _Findings) -> None:
    stored = tuple(objects.names())
    for name in stored:
        try:
            objects.get(name)
        except JournalBroken as error:
            found.problems.append(str(error))
    found.count("files under their digest", len(stored))
    if state is None:
        return
    named = dict(_referenced(events))
    present = set(stored)
    found.problems += [f"the {what} ({name}) is missing" for name, what in named.items() if name not in present]
    found.count("files named by the journal", len(named))
    if extra := len(present - named.keys()):
        found.notes.append(f"{extra} files are named by no journal line: left by a write that did not finish")


def _check_contributions(state: State, objects: Objects, found: _Findings) -> set[str]:
    """Checks ids, results and findings; returns the ids of all records."""
    records: set[str] = set()
    lines_count = findings_count = 0
    commitments = {one.seq: (one.fact.datanet, one.fact.contributor) for one in state.commitments}
    for one in state.contributions:
        fact = one.fact
        place = one.seq if fact.committed is None else fact.committed
        if place > one.seq or (place < one.seq and commitments.get(place) != (fact.datanet, fact.contributor)):
            found.problems.append(f"journal line {one.seq}: line {place}, whose place it takes, is no commitment to it")
        wanted = digest(canonical_bytes([fact.datanet, fact.contributor, fact.file]))[:32]
        if fact.contribution != wanted:
            found.problems.append(f"journal line {one.seq}: the contribution's id is not {wanted}")
        try:
            lines = read_result(objects.get(fact.result))
            findings = read_findings(objects.get(fact.findings))
            check_fit(fact, lines, findings)
        except JournalBroken as error:
            found.problems.append(f"journal line {one.seq}: {error}")
            continue
        lines_count += len(lines)
        findings_count += len(findings)
        records |= {line.record for line in lines if line.record is not None}
    found.count("contributions", len(state.contributions))
    found.count("result lines", lines_count)
    found.count("finding lines", findings_count)
    return records


def _check_decisions(state: State, objects: Objects, known: set[str], found: _Findings) -> None:
    about: list[tuple[int, str]] = [(one.seq, one.fact.record) for one in state.rulings]
    about += [(one.seq, record) for record, one in state.withdrawn.items()]
    about += [(one.seq, one.fact.record) for one in state.doubts]
    about += [(one.seq, one.fact.record) for one in state.appeals]
    for seq, record in sorted(about):
        if record not in known:
            found.problems.append(f"journal line {seq}: no contribution has the record {record}")
    reasons = [(one.seq, one.fact.reason) for one in state.rulings]
    reasons += [(one.seq, one.fact.reason) for one in state.doubts]
    reasons += [(one.seq, one.fact.reason) for one in state.appeals]
    for seq, reason in reasons:
        try:
            read_reason(objects.get(reason))
        except JournalBroken as error:
            found.problems.append(f"journal line {seq}: {error}")
    found.count("decisions, withdrawals and disputes", len(about))


def _check_opinions(state: State, objects: Objects, known: set[str], found: _Findings) -> None:
    names = [(one.seq, one.fact.opinion) for one in state.opinions]
    names += [(one.seq, one.fact.gold) for one in state.nominations]
    for seq, name in names:
        try:
            record = read_answer(objects.get(name)).record
        except JournalBroken as error:
            found.problems.append(f"journal line {seq}: {error}")
        else:
            if record not in known:
                found.problems.append(f"journal line {seq}: no contribution has the record {record}")
    nominated = {one.fact.gold for one in state.nominations}
    for one in state.gold_disputes:
        if one.fact.gold not in nominated:
            found.problems.append(f"journal line {one.seq}: it disputes gold that nobody nominated")
        try:
            read_reason(objects.get(one.fact.reason))
        except JournalBroken as error:
            found.problems.append(f"journal line {one.seq}: {error}")
    if names:
        found.count("opinions and gold", len(names) + len(state.gold_disputes))


def _check_names(state: State, objects: Objects, found: _Findings) -> None:
    for registered in state.registrations:
        try:
            read_name(objects.get(registered.fact.name))
        except JournalBroken as error:
            found.problems.append(f"journal line {registered.seq}: {error}")
    found.count("contributors registered", len(state.registrations))


def _check_store(path: Path, journal: Journal, objects: Objects, read_rows: ReadRows, found: _Findings) -> None:
    """Compares the tables with those built in memory from the journal as far as the store has followed it."""
    if not path.exists():
        found.notes.append("there is no store: nothing to compare; the next command builds it")
        return
    try:
        duck = open_patiently(path, _BUSY_SECONDS_MAX, read_only=True)
    except StoreBusy:
        found.problems.append("the store was not compared: another process has it open")
        return
    except DuckError as error:
        found.problems.append(f"the store cannot be opened: {shown(str(error))}")
        return
    try:
        _compare_tables(duck, journal, objects, read_rows, found)
    except DuckError as error:
        found.problems.append(f"the store cannot be read: {shown(str(error))}")
    except CurationError as error:
        found.problems.append(f"the store cannot be built from the journal and the files: {error}")
    finally:
        duck.close()


def _compare_tables(duck: Duck, journal: Journal, objects: Objects, read_rows: ReadRows, found: _Findings) -> None:
    position = duck.rows("SELECT schema_version, seq, head FROM meta")[0]
    events = journal.read()
    if position["schema_version"] != SCHEMA_VERSION:
        found.notes.append("the store is of another version: not compared; the next command builds it anew")
        return
    if position["seq"] > len(events):
        found.problems.append(f"the store has followed {position['seq']} journal lines, there are {len(events)}")
        return
    if position["seq"] < len(events):
        found.notes.append(f"the store lags behind: {position['seq']} of {len(events)} journal lines, compared so far")
    stored = fingerprints(duck)
    with Store.in_memory(journal, objects, read_rows, seq_max=position["seq"]) as fresh:
        wanted = fresh.fingerprints()
    for table in sorted(stored.keys() | wanted.keys()):
        if stored.get(table) != wanted.get(table):
            has, wants = stored.get(table, (0, ""))[0], wanted.get(table, (0, ""))[0]
            found.problems.append(f"table {table} differs: {has} rows, {wants} from journal and files")
    found.count("store tables", len(wanted))
    found.count("store rows", sum(rows for rows, _ in stored.values()))
