"""What the reading child tells its parent: one line for a header, a row, a flawed row, a refusal or the end.

A row travels as the JSON text of its values, digits as they stood in the file, so that nothing is rounded on the way.
The parent trusts none of it: the child has been in touch with the file.
"""

import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, Final, NamedTuple, TypeAlias

from curation.errors import FileRefused

_HEADER: Final = b"H"
_ROW: Final = b"R"
_FLAWED: Final = b"U"
_REFUSED: Final = b"X"
_END: Final = b"E"


class Header(NamedTuple):
    """The column names of a format that has them, in order."""

    columns: tuple[str, ...]


class Row(NamedTuple):
    """One row that could be read: `text` is a JSON object on one line.

    `line` is its first physical line (1-based). `starts` are the columns (1-based, in characters of that line) where
    the cells of a CSV row with quotes begin, None for cells on later lines; empty where the text itself tells.
    """

    line: int
    text: str
    starts: tuple[int | None, ...] = ()


class Flawed(NamedTuple):
    """One row that could not be read, and why. `column` is 1-based, in characters of the row's first line."""

    line: int
    column: int | None
    code: str
    message: str
    field: str | None = None


Told: TypeAlias = Header | Row | Flawed


class Broken(Exception):
    """What arrived is not what a sound child says."""


def written(told: Iterable[Told]) -> Iterator[bytes]:
    """Each thing as one line, and an end that counts the rows; a refusal raised on the way is the last line instead."""
    count = 0
    try:
        for thing in told:
            if isinstance(thing, Row):
                count += 1
                starts = ",".join("" if start is None else str(start) for start in thing.starts)
                yield f"R\t{thing.line}\t{starts}\t{thing.text}\n".encode()
            elif isinstance(thing, Flawed):
                count += 1
                yield _FLAWED + b"\t" + _json(tuple(thing))
            else:
                yield _HEADER + b"\t" + _json(thing.columns)
    except FileRefused as refused:
        yield refusal(refused)
    else:
        yield _END + b"\t%d\n" % count


def refusal(refused: FileRefused) -> bytes:
    """The line that says the whole file is refused."""
    said = str(refused)
    return _REFUSED + b"\t" + _json((refused.code, said[: said.index(f" ({refused.code})")], refused.hint))


def heard(lines: Iterable[bytes]) -> Iterator[Told]:
    """What the lines say; raises the child's `FileRefused`, or `Broken` when they are not a whole sound message."""
    count = 0
    for line in lines:
        mark, _, rest = line.removesuffix(b"\n").partition(b"\t")
        try:
            thing = _read(mark, rest)
        except (ValueError, TypeError, RecursionError) as error:
            raise Broken from error
        if isinstance(thing, FileRefused):
            raise thing
        if thing is None:
            if rest != b"%d" % count:
                raise Broken
            return
        count += not isinstance(thing, Header)
        yield thing
    raise Broken


def values_of(row: Row) -> dict[str, Any]:
    """The values of a row: int, `Decimal` with its digits, text, bool, None, or a list or dict; raises `Broken`."""
    try:
        values = _DECODER.decode(row.text)
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise Broken from error
    if not isinstance(values, dict):
        raise Broken
    return values


def _read(mark: bytes, rest: bytes) -> Told | FileRefused | None:
    if mark == _ROW:
        line, starts, text = rest.decode().split("\t", 2)
        places = tuple(int(start) if start else None for start in starts.split(",")) if starts else ()
        return Row(int(line), text, places)
    if mark == _END:
        return None
    said = json.loads(rest)
    if mark == _FLAWED:
        return Flawed(*said)
    if mark == _HEADER:
        return Header(tuple(str(name) for name in said))
    if mark == _REFUSED:
        return FileRefused(*said)
    raise ValueError


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=True).encode() + b"\n"


_DECODER: Final = json.JSONDecoder(parse_float=Decimal, parse_constant=_refuse_constant)
