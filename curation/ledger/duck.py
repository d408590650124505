"""One DuckDB database, opened shut: no files, no extensions, no other settings; Arrow in, plain values out.

The only module that knows DuckDB and Arrow.
"""

import hashlib
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeAlias

import duckdb
import pyarrow as pa

from curation.datanet.shown import shown
from curation.errors import EngineFailed, UsageError, WorkspaceBusy

RowMap: TypeAlias = Mapping[str, Any]

SCHEMA_SQL = files("curation.ledger").joinpath("schema.sql").read_text(encoding="utf-8")
# Any change of the schema is another version, and a store of another version is built anew.
SCHEMA_VERSION = hashlib.sha256(SCHEMA_SQL.encode()).hexdigest()[:16]

MEMORY_MAX = "1GB"
# Whatever the database raises, for callers that need not know which one it is.
DuckError = duckdb.Error
# Errors of the query. All others are the file's or the disk's: a wrong checksum comes as the bare root of the tree.
_WRONG_QUERY = (
    duckdb.ProgrammingError,
    duckdb.DataError,
    duckdb.NotSupportedError,
    duckdb.PermissionException,
    duckdb.OutOfMemoryException,
)
_BUSY_SECONDS_STEP = 0.05


class StoreBusy(WorkspaceBusy):
    """Another process has the store open; DuckDB lets one process own its file."""


class Duck:
    """An open database. Queries may come from several threads, writes from one at a time."""

    def __init__(self, path: Path | None, *, read_only: bool = False, threads: int | None = None) -> None:
        """Opens the file, or memory when there is none. Raises `StoreBusy`, or another `DuckError` for a bad file.

        `threads` work on one question, None: as many as there are cores.
        """
        config: dict[str, str | bool | int | float | list[str]] = {
            "enable_external_access": "false",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "memory_limit": MEMORY_MAX,
        }
        if threads is not None:
            config["threads"] = threads
        if path is None:
            config["temp_directory"] = ""  # the default would be a folder wherever we happen to run
        try:
            self._connection = duckdb.connect(str(path) if path else ":memory:", read_only=read_only, config=config)
        except (duckdb.IOException, duckdb.ConnectionException) as error:
            if "lock" in str(error) or isinstance(error, duckdb.ConnectionException):
                raise _busy() from None
            raise
        # DuckDB gives the same database to a second caller in this process, locked by the first: let that one finish.
        if self.rows("SELECT current_setting('lock_configuration') AS locked") == [{"locked": True}]:
            self._connection.close()
            raise _busy()
        # A name in a query is a table of ours, never a variable of the program.
        self._connection.execute("SET python_enable_replacements = false")
        self._connection.execute("SET TimeZone = 'UTC'")
        self._connection.execute("SET lock_configuration = true")
        self._schemas: dict[str, pa.Schema] = {}

    def snapshot(self) -> "Snapshot":
        """The database as it stands now, for one thread to read, whatever others write meanwhile. Close it soon."""
        return Snapshot(self._connection.cursor())

    def close(self) -> None:
        """Writes what is still in the log into the file and lets go of it."""
        self._connection.close()

    def create_tables(self) -> None:
        """Runs schema.sql on an empty database."""
        self._connection.execute(SCHEMA_SQL)

    def table_names(self) -> tuple[str, ...]:
        """The tables there are, by name; views are not among them."""
        found = self.rows("SELECT table_name FROM duckdb_tables() WHERE NOT internal ORDER BY table_name")
        return tuple(row["table_name"] for row in found)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it or nothing."""
        self._connection.execute("BEGIN TRANSACTION")
        try:
            yield
        except BaseException:
            # A dead connection has rolled back already; the first error is the one to tell.
            with suppress(duckdb.Error):
                self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> None:
        """One statement, in the current transaction."""
        self._connection.execute(sql, list(parameters))

    def insert(self, table: str, rows: Sequence[RowMap]) -> None:
        """Appends rows (column name to value) to a table of ours, in order, through Arrow."""
        if not rows:
            return
        with self.arriving(table, rows):
            self._connection.execute(f'INSERT INTO "{table}" SELECT * FROM arriving')  # noqa: S608 - our own table names

    @contextmanager
    def arriving(self, like: str, rows: Sequence[RowMap]) -> Iterator[None]:
        """Within it, the rows stand in a view `arriving` with the columns of the table `like`."""
        if like not in self._schemas:
            empty = self._connection.sql(f'SELECT * FROM "{like}" LIMIT 0')  # noqa: S608 - our own table names
            self._schemas[like] = pa.table(empty.to_arrow_table()).schema
        self._connection.register("arriving", pa.Table.from_pylist(list(rows), schema=self._schemas[like]))
        try:
            yield
        finally:
            self._connection.unregister("arriving")

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[dict[str, Any]]:
        """The answer to one query of ours, in the current transaction, as one dict a row."""
        return _fetched(self._connection.execute(sql, list(parameters)))

    def ask(self, sql: str, parameters: Sequence[object] = ()) -> list[dict[str, Any]]:
        """The answer to one SELECT from outside.

        Raises `UsageError` when it is none or wrong, `DuckError` when the file cannot be read.
        """
        try:
            statements = self._connection.extract_statements(sql)
            if [statement.type for statement in statements] != [duckdb.StatementType.SELECT]:
                raise UsageError("one SELECT wanted; the store is only read")
            return _fetched(self._asking().execute(sql, list(parameters)))
        except _WRONG_QUERY as error:
            raise UsageError(f"the query cannot be answered: {shown(str(error).partition(chr(10))[0])}") from None

    def _asking(self) -> duckdb.DuckDBPyConnection:
        """What a question is put to: a connection of its own, so that several threads can ask at once."""
        return self._connection.cursor()

    def fingerprint(self, table: str) -> tuple[int, str]:
        """How many rows a table has, and a digest over all its values whatever the order they lie in."""
        found = self.rows(
            "SELECT count(*) AS n, coalesce(md5(string_agg(one, '' ORDER BY one)), '') AS digest"  # noqa: S608 - ours
            f' FROM (SELECT sha256(CAST(to_json(t) AS VARCHAR)) AS one FROM "{table}" AS t)'
        )
        return found[0]["n"], found[0]["digest"]


class Snapshot(Duck):
    """A database as it stood at one moment: all that is asked of it is answered from there."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        """`connection` is one of its own. The moment is that of the first question, which is asked here."""
        self._connection = connection
        self._schemas = {}
        self._is_ended = False
        self._connection.execute("BEGIN TRANSACTION")
        self.rows("SELECT seq FROM meta")

    def end(self) -> None:
        """Stops what is asked of it now, and all that is asked later: both raise `StoreBusy`. By any thread."""
        self._is_ended = True
        self._connection.interrupt()

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[dict[str, Any]]:
        """As for any database; raises `StoreBusy` once it was ended."""
        with self._going_on():
            return super().rows(sql, parameters)

    def ask(self, sql: str, parameters: Sequence[object] = ()) -> list[dict[str, Any]]:
        """Likewise."""
        with self._going_on():
            return super().ask(sql, parameters)

    @contextmanager
    def _going_on(self) -> Iterator[None]:
        if self._is_ended:
            raise _busy()
        try:
            yield
        except duckdb.InterruptException:
            raise _busy() from None

    def _asking(self) -> duckdb.DuckDBPyConnection:
        return self._connection


def open_patiently(path: Path, timeout_seconds: float, *, read_only: bool = False, threads: int | None = None) -> Duck:
    """Opens an existing file, waiting for another process to let go of it; raises `StoreBusy` after the timeout."""
    until = time.monotonic() + timeout_seconds
    while True:
        try:
            return Duck(path, read_only=read_only, threads=threads)
        except StoreBusy:
            if time.monotonic() >= until:
                raise
            time.sleep(_BUSY_SECONDS_STEP)


def replace_database(new: Path, old: Path) -> None:
    """Puts a finished, closed database in the place of another that nobody has open."""
    descriptor = os.open(new, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    # The log of the old file would be replayed into the new one: it goes first. A crash in between leaves no store.
    old.unlink(missing_ok=True)
    log_of(old).unlink(missing_ok=True)
    new.replace(old)


def log_of(path: Path) -> Path:
    """Where DuckDB keeps the write-ahead log of a database file."""
    return path.with_name(path.name + ".wal")


def damage_told(error: BaseException) -> EngineFailed:
    """What to say when the store broke in the middle of something."""
    return EngineFailed(f"the store failed: {shown(str(error))}. Nothing is lost: `curate rebuild` makes it anew")


def _busy() -> StoreBusy:
    return StoreBusy("the store is in use by another process; try again when it is done")


def _fetched(answer: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    names = [column[0] for column in answer.description or ()]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
