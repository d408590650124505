"""The server's book: tokens, sessions and idempotency keys in one SQLite file. Secrets stand in it as digests alone.

The only module that knows SQLite. Times are whole seconds since 1970 (UTC).
"""

import json
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_SCHEMA = """
CREATE TABLE IF NOT EXISTS tokens (
    token TEXT PRIMARY KEY, digest BLOB NOT NULL, role TEXT NOT NULL, name TEXT NOT NULL, identities TEXT NOT NULL,
    datanets TEXT NOT NULL, made_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, revoked_at INTEGER
) STRICT;
CREATE TABLE IF NOT EXISTS sessions (
    session TEXT PRIMARY KEY, digest BLOB NOT NULL, token TEXT NOT NULL, expires_at INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS keys (
    token TEXT NOT NULL, key TEXT NOT NULL, request TEXT NOT NULL, run TEXT NOT NULL, line INTEGER NOT NULL,
    at INTEGER NOT NULL, status INTEGER, answer BLOB, PRIMARY KEY (token, key)
) STRICT;
CREATE TABLE IF NOT EXISTS readiness (one INTEGER PRIMARY KEY, at INTEGER NOT NULL) STRICT;
"""
_BUSY_SECONDS_MAX = 10.0


@dataclass(frozen=True, kw_only=True)
class TokenRow:
    """A token as it is kept: the SHA-256 of its secret, and whom it stands for."""

    token: str
    digest: bytes
    role: str
    name: str
    identities: tuple[str, ...]
    datanets: tuple[str, ...]
    made_at: int
    expires_at: int
    revoked_at: int | None = None


@dataclass(frozen=True, kw_only=True)
class SessionRow:
    """A browser's session, of one token."""

    session: str
    digest: bytes
    token: str
    expires_at: int


@dataclass(frozen=True, kw_only=True)
class KeyRow:
    """An idempotency key: which request it came with, which run of the server began it, what was answered.

    `line` is the journal's length when it was begun; `status` and `answer` are None until it is done.
    """

    request: str
    run: str
    line: int
    status: int | None
    answer: bytes | None


class Book:
    """The book, safe from many threads: one connection reads, one writes."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        """Opens it, and makes it, readable by its user alone, when it is not there."""
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        self._clock = clock
        self._locks = (threading.Lock(), threading.Lock())
        self._reader, self._writer = (_connected(path) for _ in self._locks)
        self._writer.executescript(_SCHEMA)

    def close(self) -> None:
        """Lets go of the file."""
        self._reader.close()
        self._writer.close()

    @property
    def now(self) -> int:
        """This second."""
        return int(self._clock())

    # Tokens

    def add_token(self, row: TokenRow) -> None:
        """Keeps a new token."""
        told = vars(row) | {"identities": json.dumps(row.identities), "datanets": json.dumps(row.datanets)}
        self._write(f"INSERT INTO tokens VALUES ({', '.join(f':{name}' for name in told)})", told)  # noqa: S608  (our own field names)

    def tokens(self) -> tuple[TokenRow, ...]:
        """All tokens, the oldest first, expired and revoked ones too."""
        return tuple(_token(row) for row in self._read("SELECT * FROM tokens ORDER BY made_at, token"))

    def token(self, token: str) -> TokenRow | None:
        """The token with this id, or None."""
        found = self._read("SELECT * FROM tokens WHERE token = ?", (token,))
        return _token(found[0]) if found else None

    def revoke_token(self, token: str) -> bool:
        """Revokes a token and ends its sessions; whether there was one to revoke."""
        with self._writing() as writer:
            done = writer.execute(
                "UPDATE tokens SET revoked_at = ? WHERE token = ? AND revoked_at IS NULL", (self.now, token)
            )
            writer.execute("DELETE FROM sessions WHERE token = ?", (token,))
            return done.rowcount > 0

    # Sessions

    def add_session(self, row: SessionRow) -> None:
        """Keeps a new session; those that are over go."""
        with self._writing() as writer:
            writer.execute("DELETE FROM sessions WHERE expires_at <= ?", (self.now,))
            writer.execute("INSERT INTO sessions VALUES (:session, :digest, :token, :expires_at)", vars(row))

    def session(self, session: str) -> SessionRow | None:
        """The session with this id, or None."""
        found = self._read("SELECT * FROM sessions WHERE session = ?", (session,))
        return SessionRow(**dict(found[0])) if found else None

    def end_session(self, session: str) -> None:
        """Ends a session."""
        self._write("DELETE FROM sessions WHERE session = ?", (session,))

    # Idempotency keys

    def begin_key(self, token: str, key: str, *, request: str, run: str, line: int) -> KeyRow | None:
        """Takes a key for a request; None when it is taken now, else what stands under it."""
        with self._writing() as writer:
            found = writer.execute(
                "SELECT request, run, line, status, answer FROM keys WHERE token = ? AND key = ?", (token, key)
            ).fetchone()
            if found is not None:
                return KeyRow(**dict(found))
            writer.execute(
                "INSERT INTO keys VALUES (?, ?, ?, ?, ?, ?, NULL, NULL)", (token, key, request, run, line, self.now)
            )
            return None

    def take_key_over(self, token: str, key: str, *, before: str, run: str) -> bool:
        """Takes over a key that another run began and did not finish; False when somebody else was faster."""
        done = "UPDATE keys SET run = ? WHERE token = ? AND key = ? AND run = ? AND status IS NULL"
        return self._write(done, (run, token, key, before)) > 0

    def finish_key(self, token: str, key: str, *, status: int, answer: bytes) -> None:
        """Keeps what was answered."""
        self._write("UPDATE keys SET status = ?, answer = ? WHERE token = ? AND key = ?", (status, answer, token, key))

    def drop_key(self, token: str, key: str) -> None:
        """Forgets a key whose request did nothing."""
        self._write("DELETE FROM keys WHERE token = ? AND key = ?", (token, key))

    def drop_keys_before(self, at: int) -> None:
        """Forgets the keys that were taken before this second."""
        self._write("DELETE FROM keys WHERE at < ?", (at,))

    # Readiness

    def touch(self) -> bool:
        """Writes and reads; whether what was read is what was written."""
        self._write("INSERT OR REPLACE INTO readiness VALUES (1, ?)", (self.now,))
        return bool(self._read("SELECT at FROM readiness WHERE one = 1"))

    def _read(self, sql: str, values: Sequence[object] = ()) -> list[sqlite3.Row]:
        with self._locks[0]:
            return self._reader.execute(sql, tuple(values)).fetchall()

    def _write(self, sql: str, values: Any = ()) -> int:
        with self._writing() as writer:
            return writer.execute(sql, values).rowcount

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it, on the disk, or nothing."""
        with self._locks[1]:
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
            except BaseException:
                self._writer.execute("ROLLBACK")
                raise
            self._writer.execute("COMMIT")


def _connected(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_BUSY_SECONDS_MAX, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA journal_mode = WAL")
    # A key that was taken and lost in a power cut could be used for a second time.
    connection.execute("PRAGMA synchronous = FULL")
    return connection


def _token(row: sqlite3.Row) -> TokenRow:
    told = dict(row)
    told |= {name: tuple(json.loads(told[name])) for name in ("identities", "datanets")}
    return TokenRow(**told)
