"""A contribution read: its file opened once, digested, parsed in the child, and the card applied to each row."""

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from curation.datanet.canonical import Value
from curation.datanet.card import Datanet, Role
from curation.datanet.record import Contribution, Flaw, Record, Unreadable, record_id
from curation.datanet.shown import shown
from curation.errors import FileRefused, UsageError
from curation.intake.kind import Format, Kind, kind_of
from curation.intake.places import top_level
from curation.intake.process import read_in_child
from curation.intake.typed import Problem, Typing
from curation.intake.wire import Broken, Flawed, Header, Row, Told, values_of

_NAME_MAX: Final = 80


@dataclass(frozen=True, kw_only=True)
class Sample:
    """The first rows of a file without a card.

    `columns` in file order, or the order first seen; `rows` as values (text in CSV, None where there is nothing);
    `nested` the columns left out because a list or object was seen in them; `unreadable` counts rows left out.
    """

    format: str
    columns: tuple[str, ...]
    rows: tuple[dict[str, Value], ...]
    nested: tuple[str, ...] = ()
    unreadable: int = 0


def read_contribution(path: Path, *, datanet: Datanet, contributor: str, kind: Kind | None = None) -> Contribution:
    """The file as this contributor's contribution, every row in its place, read or not.

    `kind` is given for a file whose name does not tell: one stored under its digest.

    Raises:
        UsageError: the path is no regular file that can be read.
        FileRefused: the file as a whole cannot be read; `code` says why.
    """
    kind = kind or kind_of(path.name)
    with _open(path) as descriptor:
        digest = _digest(descriptor)
        typing = Typing(datanet, cells_are_text=kind.format is Format.CSV)
        rows = _Rows(typing, datanet, contributor, digest, kind.format)
        with _doubting():
            for told in read_in_child(descriptor, kind):
                rows.take(told)
    return Contribution(
        datanet=datanet.name,
        contributor=contributor,
        file_name=path.name,
        file_digest=digest,
        rows=tuple(rows.done),
        ignored_fields=tuple(typing.ignored),
    )


def read_sample(path: Path, rows_max: int) -> Sample:
    """The first `rows_max` readable rows of a file, untyped; raises like `read_contribution`."""
    kind = kind_of(path.name)
    columns: dict[str, None] = {}
    nested: dict[str, None] = {}
    rows: list[dict[str, Value]] = []
    unreadable = 0
    with _open(path) as descriptor, _doubting():
        for told in read_in_child(descriptor, kind):
            if isinstance(told, Header):
                columns.update(dict.fromkeys(told.columns))
            elif isinstance(told, Flawed):
                unreadable += 1
            else:
                values = values_of(told)
                columns.update(dict.fromkeys(values))
                nested.update({name: None for name, value in values.items() if isinstance(value, list | dict)})
                rows.append(values)
            if len(rows) >= rows_max:
                break
    kept = tuple(name for name in columns if name not in nested)
    plain = tuple({name: row[name] for name in kept if name in row} for row in rows)
    return Sample(format=kind.format, columns=kept, rows=plain, nested=tuple(nested), unreadable=unreadable)


def file_digest(path: Path) -> str:
    """SHA-256 of the stored bytes, in hexadecimal; raises `UsageError` when they cannot be read."""
    with _open(path) as descriptor:
        return _digest(descriptor)


class _Rows:
    """Collects a contribution's rows, giving each its index and the card's judgement."""

    def __init__(self, typing: Typing, datanet: Datanet, contributor: str, digest: str, kind: Format) -> None:
        self.done: list[Record | Unreadable] = []
        self._typing = typing
        self._datanet = datanet
        self._declared = frozenset(field.name for field in datanet.fields)
        self._id_field = datanet.name_of(Role.ID)
        self._contributor = contributor
        self._digest = digest
        self._kind = kind
        self._columns: tuple[str, ...] = ()

    def take(self, told: Told) -> None:
        match told:
            case Header():
                self._columns = told.columns
            case Flawed():
                self._unreadable(told.line, told.column, Problem(told.code, told.message, told.field or ""))
            case Row():
                values = self._typing.applied(values_of(told))
                if isinstance(values, Problem):
                    self._unreadable(told.line, self._column(told, values.field), values)
                else:
                    self._record(told.line, values)

    def _record(self, line: int, values: dict[str, Value]) -> None:
        index = len(self.done)
        self.done.append(
            Record(
                id=record_id(self._datanet.name, self._contributor, self._digest, index),
                index=index,
                line=line,
                values=values,
                content={name: value for name, value in values.items() if name != self._id_field},
            )
        )

    def _unreadable(self, line: int, column: int | None, problem: Problem) -> None:
        self.done.append(
            Unreadable(
                index=len(self.done),
                line=line,
                column=column,
                code=problem.code,
                message=problem.message,
                # A name that the card does not know stands in the message only, where it is made showable.
                field=self._declared_only(problem.field),
                more=tuple(
                    Flaw(code=one.code, message=one.message, field=self._declared_only(one.field))
                    for one in problem.more
                ),
            )
        )

    def _declared_only(self, field: str) -> str | None:
        return field if field in self._declared else None

    def _column(self, row: Row, field: str) -> int | None:
        """Where in its line a value stands that the card does not take; None if it is not there, or has no line."""
        if self._kind is Format.JSONL:
            member = top_level(row.text, field)
            if member is None:
                return None
            return member.value_column if field in self._declared else member.column
        if self._kind is Format.CSV and field in self._columns:
            place = self._columns.index(field)
            if row.starts:
                return row.starts[place]
            # Without quotes every cell stands in the line as it is.
            cells = list(values_of(row).values())[:place]
            return 1 + sum(len(str(cell or "")) + 1 for cell in cells)
        return None


@contextmanager
def _doubting() -> Iterator[None]:
    """Refuses the file when the child tells what no sound child would."""
    try:
        yield
    except Broken:
        raise FileRefused("reader-died", "the file made its reader fail", "It may be damaged") from None


@contextmanager
def _open(path: Path) -> Iterator[int]:
    """A descriptor of a regular file; refuses it when it has changed by the time it is closed."""
    said = shown(path.name, _NAME_MAX)
    try:
        # Not blocking: opening a pipe that nobody writes to would wait for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "not a path"
        raise UsageError(f"{said!r} cannot be read: {reason}") from None
    try:
        before = os.fstat(descriptor)
        if not stat.S_ISREG(before.st_mode):
            raise UsageError(f"{said!r} cannot be read: a regular file is wanted")
        yield descriptor
        after = os.fstat(descriptor)
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            raise FileRefused("file-changed", f"{said!r} changed while it was read", "Try again once it is complete")
    finally:
        os.close(descriptor)


def _digest(descriptor: int) -> str:
    os.lseek(descriptor, 0, os.SEEK_SET)
    with os.fdopen(descriptor, "rb", closefd=False) as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
