"""The book of the review: who is looking at what now, and how long each look took.

Nothing of money or standing is in it: words are in the journal. Losing it loses leases, skips and measured times.
"""

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self, TypeAlias

LEASE_SECONDS = 300
# A skipped record comes back to the same curator after a day.
SKIP_SECONDS = 86_400
# After so long without a break a lease keeps nobody away any more, or whoever renews it for ever keeps a record from
# being decided. A break is as long as a lease.
KEPT_SECONDS_MAX = 3600
# Nobody holds more at once: what was fetched ahead under one filter goes back when they look under others.
HELD_MAX = 8

_SCHEMA = """
CREATE TABLE IF NOT EXISTS leases (
    content TEXT PRIMARY KEY,   -- one lease covers all identical content of a datanet, as a decision does
    record TEXT NOT NULL, curator TEXT NOT NULL, seen INTEGER NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL,
    first INTEGER NOT NULL      -- since when this curator has it without a break, however often it was taken
);
CREATE TABLE IF NOT EXISTS looks (
    curator TEXT NOT NULL, record TEXT NOT NULL, sort TEXT NOT NULL, length INTEGER NOT NULL, hidden INTEGER NOT NULL,
    since INTEGER NOT NULL, done INTEGER NOT NULL, action TEXT NOT NULL, line INTEGER, note TEXT
);
CREATE INDEX IF NOT EXISTS looks_by_curator ON looks (curator, done);
PRAGMA user_version = 2;
"""
_VERSION = 2

Action: TypeAlias = Literal["accept", "reject", "relabel", "skip", "flag"]


@dataclass(frozen=True, kw_only=True)
class Lease:
    """Who looks at a content (`lease_key`) until when (seconds of the UTC epoch), as of the journal line `seen`."""

    content: str
    record: str
    curator: str
    seen: int
    since: int
    until: int
    first: int

    def keeps_out(self, now: int) -> bool:
        """Whether nobody else may have it now."""
        return now < min(self.until, self.first + KEPT_SECONDS_MAX)


@dataclass(frozen=True, kw_only=True)
class Look:
    """One finished look at a record. `line` is the journal line of the word that it ended with, where it did."""

    curator: str
    record: str
    sort: str
    length: int
    hidden: bool
    since: int
    done: int
    action: Action
    line: int | None = None
    note: str | None = None

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Self:
        """A look as a row of the book has it."""
        return cls(**{**row, "hidden": bool(row["hidden"])})


class Book:
    """The book in one file; safe from several threads and processes."""

    def __init__(self, path: Path) -> None:
        """Creates the file at the first use, not here."""
        self.path = path
        self._lock = threading.Lock()
        self._kept: sqlite3.Connection | None = None

    def take(
        self, curator: str, candidates: Iterable[tuple[str, str]], *, seen: int, now: int, count: int
    ) -> list[Lease]:
        """Leases up to `count` of these (content, record), best first, that nobody else has; own ones are renewed.

        Of the curator's other leases those that ran longest without a renewal are freed, down to `HELD_MAX` in all.
        """
        taken: list[Lease] = []
        with self._writing() as db:
            db.execute("DELETE FROM leases WHERE until <= ?", [now - LEASE_SECONDS])
            for content, record in candidates:
                if len(taken) == count:
                    break
                # One at a time: of all who looked within five minutes there may be thousands, and few are asked about.
                lease = next(iter(_leases(db, "content = ?", content)), None)
                mine = lease if lease is not None and lease.curator == curator else None
                is_kept = lease is not None and mine is None and lease.keeps_out(now)
                if is_kept or any(one.content == content for one in taken):
                    continue
                one = Lease(
                    content=content,
                    record=record,
                    curator=curator,
                    seen=seen,
                    since=mine.since if mine is not None and mine.until > now else now,
                    until=now + LEASE_SECONDS,
                    first=now if mine is None else mine.first,
                )
                taken.append(one)
            db.executemany(
                "INSERT OR REPLACE INTO leases VALUES (:content, :record, :curator, :seen, :since, :until, :first)",
                [vars(one) for one in taken],
            )
            mine_now = _leases(db, "curator = ? AND until > ?", curator, now)
            older = [one for one in mine_now if one not in taken]
            older.sort(key=lambda one: (one.until, one.content))
            free = max(len(older) + len(taken) - HELD_MAX, 0)
            db.executemany(
                "UPDATE leases SET until = ? WHERE content = ?", [[now, one.content] for one in older[:free]]
            )
        return taken

    def release(self, curator: str, *, now: int) -> int:
        """Frees all that this curator holds, for others to look at; returns how many leases that were."""
        with self._writing() as db:
            done = db.execute("UPDATE leases SET until = ? WHERE curator = ? AND until > ?", [now, curator, now])
            return done.rowcount

    def free(self, curator: str, contents: Iterable[str]) -> None:
        """Lets go of these leases of a curator."""
        with self._writing() as db:
            db.executemany("DELETE FROM leases WHERE curator = ? AND content = ?", [[curator, one] for one in contents])

    def lease(self, content: str, *, now: int) -> Lease | None:
        """Who looks at this content now."""
        with self._reading() as db:
            return next(iter(_leases(db, "content = ? AND until > ?", content, now)), None)

    def with_others(self, curator: str, *, now: int) -> frozenset[str]:
        """The contents that somebody else is looking at now."""
        with self._reading() as db:
            others = _leases(db, "curator <> ? AND until > ?", curator, now)
            return frozenset(one.content for one in others if one.keeps_out(now))

    def held(self, curator: str, *, now: int) -> frozenset[str]:
        """The contents that this curator is looking at now."""
        with self._reading() as db:
            return frozenset(one.content for one in _leases(db, "curator = ? AND until > ?", curator, now))

    def renew(self, curator: str, record: str, *, now: int) -> bool:
        """A heartbeat: the lease runs anew. False when it ran out and somebody else may have it."""
        with self._writing() as db:
            done = db.execute(
                "UPDATE leases SET until = ? WHERE curator = ? AND record = ? AND until > ?",
                [now + LEASE_SECONDS, curator, record, now],
            )
            return done.rowcount > 0

    def finish(self, look: Look) -> None:
        """The look is over: it is written down, and the lease is free."""
        with self._writing() as db:
            db.execute(
                "UPDATE leases SET until = min(until, ?) WHERE curator = ? AND record = ?",
                [look.done, look.curator, look.record],
            )
            db.execute(
                "INSERT INTO looks VALUES"
                " (:curator, :record, :sort, :length, :hidden, :since, :done, :action, :line, :note)",
                vars(look),
            )

    def put_by(self, curator: str, *, now: int) -> frozenset[str]:
        """The records that this curator skipped within a day, or flagged: not theirs to decide now."""
        with self._reading() as db:
            rows = db.execute(
                "SELECT record FROM looks WHERE curator = ? AND (action = 'flag' OR (action = 'skip' AND done > ?))",
                [curator, now - SKIP_SECONDS],
            )
            return frozenset(str(row[0]) for row in rows)

    def looks(self, curator: str | None = None) -> list[Look]:
        """All finished looks, oldest first."""
        with self._reading() as db:
            rows = db.execute(
                "SELECT curator, record, sort, length, hidden, since, done, action, line, note FROM looks"
                " WHERE ?1 IS NULL OR curator = ?1 ORDER BY done, rowid",
                [curator],
            )
            return [Look.from_row(dict(row)) for row in rows]

    def last_done(self, curator: str) -> int:
        """When this curator's last look was over; 0 before their first."""
        with self._reading() as db:
            return int(db.execute("SELECT max(done) FROM looks WHERE curator = ?", [curator]).fetchone()[0] or 0)

    @contextmanager
    def kept_open(self) -> Iterator[None]:
        """Within it one connection serves all: who closes the last one of a file writes it anew, and waits for that."""
        kept = self._opened()
        self._kept = kept
        try:
            yield
        finally:
            with self._lock:
                self._kept = None
                kept.close()

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            if self._kept is not None:
                yield self._kept
                return
        db = self._opened()
        try:
            yield db
        finally:
            db.close()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """All of it or nothing, one writer at a time."""
        with self._reading() as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")

    def _opened(self) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        db = sqlite3.connect(self.path, timeout=10, isolation_level=None, check_same_thread=False)
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        found = db.execute("PRAGMA user_version").fetchone()[0]
        if found != _VERSION:
            if found == 1:  # which knew no `first`; no lease lasts
                db.execute("DROP TABLE IF EXISTS leases")
            db.executescript(_SCHEMA)
        return db


def lease_key(datanet: str, content: str) -> str:
    """What a lease is on: identical content in another datanet is another question."""
    return f"{datanet}/{content}"


def _leases(db: sqlite3.Connection, where: str, *values: str | int) -> list[Lease]:
    return [Lease(**dict(row)) for row in db.execute(f"SELECT * FROM leases WHERE {where}", values)]  # noqa: S608  (ours)
