"""The store: a DuckDB file that answers questions, follows the journal, and can be made anew at any time.

It is never the truth. When it is missing, damaged, of another schema or at odds with the journal it is built again
under a temporary name and renamed; when it lags, the events it lacks are applied, one transaction each, or many in one.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self, TypeVar

from curation.datanet.shown import shown
from curation.errors import UsageError
from curation.ledger.duck import (
    SCHEMA_VERSION,
    Duck,
    DuckError,
    StoreBusy,
    damage_told,
    log_of,
    open_patiently,
    replace_database,
)
from curation.ledger.facts import ContributionSubmitted
from curation.ledger.journal import GENESIS, Event, Journal
from curation.ledger.lock import store_lock
from curation.ledger.objects import Objects
from curation.ledger.rows import ReadRows
from curation.ledger.tables import Rows, Sources, apply, settle_all

__all__ = ["Counts", "Store", "StoreBusy", "StoredRecord"]

T = TypeVar("T")

PREFIX_LENGTH_MIN = 4
# A line derives the verdicts that it touches; of more lines than these it is less work to derive all, once.
ONE_BY_ONE_MAX = 100
REMEMBERED_MAX = 1000
_AMBIGUOUS_SHOWN_MAX = 5
_RECORD = """
SELECT record, contribution, seq, row_index, line, datanet, contributor, content, text, given_label, label,
       inspected, verdict, weight, novelty, why, partner, decided_by, reason
FROM current_records WHERE starts_with(record, ?) ORDER BY seq, row_index LIMIT ?
"""
_COUNTS = """
SELECT verdict, count(*) AS n, count(*) FILTER (record IS NULL) AS unreadable, avg(weight) AS weight,
       count(weight) AS weighed, avg(novelty) AS novelty, count(novelty) AS compared
FROM current_records WHERE datanet = ? GROUP BY verdict
"""


@dataclass(frozen=True, kw_only=True)
class StoredRecord:
    """One readable record as it stands now. `weight` and `novelty` in 0..1; `content` is canonical JSON.

    `given_label` is the contributor's, `label` the one that holds now. `line` is its first line in its file.
    """

    record: str
    contribution: str
    seq: int
    row_index: int
    line: int
    datanet: str
    contributor: str
    content: str
    text: str
    given_label: str | None
    label: str | None
    inspected: str
    verdict: str
    weight: float | None
    novelty: float | None
    why: str
    partner: str | None
    decided_by: str | None
    reason: str | None


@dataclass(frozen=True, kw_only=True)
class Counts:
    """How many rows of a datanet stand where; unreadable ones are in `rows` and under `reject`.

    Means are over readable records that are not withdrawn; None when there is none with a weight.
    """

    rows: int
    unreadable: int
    verdicts: Mapping[str, int]
    weight_mean: float | None
    novelty_mean: float | None


class Store:
    """An open store. One process owns the file at a time; close it soon. `threads` as for `Duck`."""

    threads: ClassVar[int | None] = None

    def __init__(self, path: Path | None, journal: Journal, objects: Objects, read_rows: ReadRows) -> None:
        """Not for callers: `Store.open` and `Store.in_memory` give one that can be used."""
        self._path = path
        self._journal = journal
        self._objects = objects
        self._read_rows = read_rows
        self._duck: Duck
        # How far the tables reach, as long as nobody but this store writes them.
        self._reached: tuple[int, str] | None = None
        self._remembered: dict[str, Any] = {}

    @classmethod
    def open(  # noqa: PLR0913 - a port each, and nothing that could be left out
        cls,
        path: Path,
        journal: Journal,
        objects: Objects,
        read_rows: ReadRows,
        *,
        rows: Mapping[str, Rows] | None = None,
        timeout_seconds: float = 10.0,
    ) -> Self:
        """The store in this file, caught up with the journal; built when it is missing or cannot be used.

        `rows`, by contribution id, spares reading the files of contributions whose rows the caller has at hand.
        Raises `StoreBusy` when someone else keeps it open, `JournalBroken` when journal or files are damaged.
        """
        store = cls(path, journal, objects, read_rows)
        path.parent.mkdir(parents=True, exist_ok=True)
        with store_lock(path, timeout_seconds):
            usable = store._opened(path, timeout_seconds)
            if usable is None:
                replace_database(store._built(path), path)
                usable = open_patiently(path, timeout_seconds, threads=cls.threads)
            store._duck = usable
        try:
            store.follow(rows)
        except BaseException:
            store.close()
            raise
        return store

    @classmethod
    def in_memory(cls, journal: Journal, objects: Objects, read_rows: ReadRows, *, seq_max: int | None = None) -> Self:
        """A store without a file, built from the journal up to line `seq_max`; for readers when the file is taken."""
        store = cls(None, journal, objects, read_rows)
        store._duck = Duck(None)
        store._fill(store._duck, [event for event in journal.read() if seq_max is None or event.seq <= seq_max])
        return store

    @classmethod
    def of_duck(cls, duck: Duck, journal: Journal, objects: Objects, read_rows: ReadRows) -> Self:
        """A store over a database that is open already and is only asked."""
        store = cls(None, journal, objects, read_rows)
        store._duck = duck
        return store

    def follow(self, rows: Mapping[str, Rows] | None = None) -> int:
        """Applies what the journal has and the store has not; returns how many events.

        `rows`, by contribution id, spares reading the files of contributions whose rows the caller has at hand.
        """
        events = self._journal.read()
        sources = Sources(objects=self._objects, read_rows=self._read_rows, rows=rows or {})
        try:
            missing = events[self.position()[0] :]
            if any(event.type == ContributionSubmitted.TYPE for event in missing):
                self._remembered.clear()
            if len(missing) > ONE_BY_ONE_MAX:
                with self._duck.transaction():
                    for event in missing:
                        apply(self._duck, event, sources, settle=False)
                    settle_all(self._duck)
                self._reached = missing[-1].seq, missing[-1].hash
                return len(missing)
            for event in missing:
                with self._duck.transaction():
                    apply(self._duck, event, sources)
                self._reached = event.seq, event.hash
        except DuckError as error:
            raise damage_told(error) from error
        return len(missing)

    def remembered(self, question: str, ask: Callable[[], T]) -> T:
        """The answer to a question that a new contribution alone can change: asked once, for a while."""
        if question not in self._remembered:
            if len(self._remembered) >= REMEMBERED_MAX:
                self._remembered.clear()
            self._remembered[question] = ask()
        found: T = self._remembered[question]
        return found

    def rebuild(self) -> None:
        """Makes the store anew from the journal and the files; infers nothing. The old one stays until it is done."""
        self._reached = None
        self._remembered.clear()
        if self._path is None:
            self._duck.close()
            self._duck = Duck(None)
            self._fill(self._duck, self._journal.read())
            return
        with store_lock(self._path, timeout_seconds=60.0):
            built = self._built(self._path)
            with suppress(DuckError):
                self._duck.close()
            replace_database(built, self._path)
            self._duck = open_patiently(self._path, timeout_seconds=10.0, threads=self.threads)

    def position(self) -> tuple[int, str]:
        """How far the tables reach: number and hash of the last journal line applied."""
        if self._reached is None:
            row = self._duck.rows("SELECT seq, head FROM meta")[0]
            self._reached = row["seq"], row["head"]
        return self._reached

    def touch(self) -> bool:
        """Writes and reads; whether the file takes what is written. Changes nothing. Raises `DuckError`."""
        with self._duck.transaction():
            self._duck.execute("UPDATE meta SET seq = seq")
        self._reached = None
        return self.position()[0] >= 0

    def query(self, sql: str, parameters: Sequence[object] = ()) -> list[dict[str, Any]]:
        """The answer to one SELECT, one dict a row. Raises `UsageError` for other statements and wrong ones.

        A damage of the file that shows only now leads to a rebuild and a second try.
        """
        try:
            return self._duck.ask(sql, parameters)
        except DuckError as error:
            if self._path is None:
                raise damage_told(error) from error
            self.rebuild()
        try:
            return self._duck.ask(sql, parameters)
        except DuckError as error:
            raise damage_told(error) from error

    def record(self, prefix: str) -> StoredRecord:
        """The one readable record whose id begins so; raises `UsageError` for none, several, or under 4 digits."""
        if len(prefix) < PREFIX_LENGTH_MIN:
            raise UsageError(
                f"a record is named by at least {PREFIX_LENGTH_MIN} digits of its id, {len(prefix)} were seen"
            )
        found = self.query(_RECORD, [prefix, _AMBIGUOUS_SHOWN_MAX])
        if not found:
            raise UsageError(f"no record's id begins with {shown(prefix, 40)!r}")
        if len(found) > 1:
            several = ", ".join(row["record"] for row in found)
            raise UsageError(f"several records' ids begin with {shown(prefix, 40)!r}: {several}")
        return StoredRecord(**found[0])

    def counts(self, datanet: str) -> Counts:
        """How many rows of a datanet stand where; all zero for one without contributions."""
        found = self.query(_COUNTS, [datanet])
        return Counts(
            rows=sum(row["n"] for row in found),
            unreadable=sum(row["unreadable"] for row in found),
            verdicts={row["verdict"]: row["n"] for row in sorted(found, key=lambda row: str(row["verdict"]))},
            weight_mean=_mean(found, "weight", "weighed"),
            novelty_mean=_mean(found, "novelty", "compared"),
        )

    def fingerprints(self) -> dict[str, tuple[int, str]]:
        """For each table, how many rows it has and a digest over them, whatever the order they lie in."""
        return fingerprints(self._duck)

    def close(self) -> None:
        """Lets go of the file."""
        self._duck.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _opened(self, path: Path, timeout_seconds: float) -> Duck | None:
        """The file when it is sound, of this schema, and a beginning of this journal; else None."""
        if not path.exists():
            return None
        try:
            duck = open_patiently(path, timeout_seconds, threads=self.threads)
        except DuckError:
            return None
        try:
            if _follows(duck, self._journal.read()):
                return duck
        except DuckError:
            pass  # without a meta table that answers it is no store of ours
        with suppress(DuckError):
            duck.close()
        return None

    def _built(self, path: Path) -> Path:
        """A finished, closed database beside `path`: DuckDB killed in its first writes leaves one that never opens."""
        for stray in path.parent.glob(f"{path.name}.new-*"):
            stray.unlink(missing_ok=True)
        temporary = path.with_name(f"{path.name}.new-{os.getpid()}")
        try:
            with closing(Duck(temporary)) as duck:
                self._fill(duck, self._journal.read())
                duck.execute("CHECKPOINT")
        except DuckError as error:
            raise damage_told(error) from error
        log_of(temporary).unlink(missing_ok=True)  # empty after a checkpoint
        return temporary

    def _fill(self, duck: Duck, events: Sequence[Event]) -> None:
        sources = Sources(objects=self._objects, read_rows=self._read_rows, rows={})
        duck.create_tables()
        duck.insert("meta", [{"schema_version": SCHEMA_VERSION, "seq": 0, "head": GENESIS}])
        for event in events:
            with duck.transaction():
                apply(duck, event, sources, settle=False)
        with duck.transaction():
            settle_all(duck)


def fingerprints(duck: Duck) -> dict[str, tuple[int, str]]:
    """For each table of a database, how many rows it has and a digest over them."""
    return {table: duck.fingerprint(table) for table in duck.table_names()}


def _follows(duck: Duck, events: Sequence[Event]) -> bool:
    """Whether the tables are of this schema and hold a beginning of these events."""
    row = duck.rows("SELECT schema_version, seq, head FROM meta")[0]
    if row["schema_version"] != SCHEMA_VERSION or row["seq"] > len(events):
        return False
    head = events[row["seq"] - 1].hash if row["seq"] else GENESIS
    return bool(row["head"] == head)


def _mean(found: Sequence[Mapping[str, Any]], value: str, weight: str) -> float | None:
    standing = [row for row in found if row["verdict"] != "withdrawn" and row[weight]]
    total = sum(row[weight] for row in standing)
    return sum(row[value] * row[weight] for row in standing) / total if total else None
