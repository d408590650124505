"""Where CSV rows and cells begin and end: RFC 4180 as four states over bytes.

Commas, quotes and line ends are single bytes in UTF-8, so rows are cut before they are decoded, and a row that is not
UTF-8 costs itself only. After a quote that should not be there the scan goes on as if it were plain text: the row is
flawed, and the next one begins where it begins for everybody else.
"""

from collections.abc import Iterator
from enum import Enum, auto
from typing import BinaryIO, Final, NamedTuple

from curation.errors import FileRefused
from curation.intake.kind import UTF8_BOM
from curation.intake.limits import RECORD_MAX_BYTES
from curation.intake.lines import refuse_blank

_QUOTE: Final = 0x22
_COMMA: Final = 0x2C
_PIECE_BYTES: Final = RECORD_MAX_BYTES + 2


class RawRecord(NamedTuple):
    """One row as bytes.

    `first` is its first physical line, `starts` where in it the cells begin (None: on a later line), `quoted` which
    cells had quotes, `stray` where in it a misplaced quote stands. The last three are empty for a row without quotes.
    Of a row over `RECORD_MAX_BYTES` only `line` is kept.
    """

    line: int
    cells: list[bytes]
    first: bytes = b""
    starts: tuple[int | None, ...] = ()
    quoted: tuple[bool, ...] = ()
    stray: int | None = None
    too_long: bool = False

    def columns(self) -> tuple[int | None, ...]:
        """The 1-based column, in characters, at which each cell begins; None for cells on later lines."""
        starts: tuple[int | None, ...] | list[int] = self.starts
        if not starts:
            starts = [0]
            for cell in self.cells[:-1]:
                starts.append(starts[-1] + len(cell) + 1)
        found: list[int | None] = []
        column, before = 1, 0
        for start in starts:
            if start is None:
                found.append(None)
                continue
            column += len(self.first[before:start].decode(errors="replace"))
            before = start
            found.append(column)
        return tuple(found)

    def column_of(self, offset: int) -> int:
        """The 1-based column of a byte of the first line."""
        return len(self.first[:offset].decode(errors="replace")) + 1


class _State(Enum):
    START = auto()  # of a cell
    BARE = auto()
    QUOTED = auto()
    AFTER = auto()  # a quote inside a quoted cell: its end, or half of a doubled one


def raw_records(stream: BinaryIO) -> Iterator[RawRecord]:
    """The rows of a CSV stream, empty lines left out; raises `FileRefused` (unclosed-quote, too-many-blank-lines)."""
    number = blank = 0
    fresh = True
    scan: _Scan | None = None
    while piece := stream.readline(_PIECE_BYTES):
        if piece.endswith(b"\r"):  # cut in the middle of a line end
            piece += stream.readline(1)
        number += fresh
        if number == 1 and fresh:
            piece = piece.removeprefix(UTF8_BOM)
        fresh = piece.endswith(b"\n")
        body = _body(piece)
        if scan is None and b'"' not in piece and len(body) <= RECORD_MAX_BYTES:
            if not body:
                blank += 1
                refuse_blank(blank)
            else:
                yield RawRecord(number, body.split(b","), body)
            continue
        scan = scan or _Scan(number)
        if scan.feed(piece, number):
            yield scan.record()
            scan = None
    if scan is not None:
        scan.finish()
        yield scan.record()


def _body(piece: bytes) -> bytes:
    return piece[:-2] if piece.endswith(b"\r\n") else piece.removesuffix(b"\n")


class _Scan:
    """The scan of one row that has quotes, or is too long, over as many physical lines as it takes."""

    def __init__(self, line: int) -> None:
        self._line = line
        self._first: bytes | None = None
        self._size = 0
        self._cells: list[bytes] = []
        self._starts: list[int | None] = []
        self._quoted: list[bool] = []
        self._stray: int | None = None
        # of the cell at hand
        self._state = _State.START
        self._parts: list[bytes] = []
        self._start: int | None = 0
        self._opened: int | None = None

    def record(self) -> RawRecord:
        """The row, once it is complete."""
        if self._too_long:
            return RawRecord(self._line, [], too_long=True)
        first, starts, quoted = self._first or b"", tuple(self._starts), tuple(self._quoted)
        return RawRecord(self._line, self._cells, first, starts, quoted, self._stray)

    def feed(self, piece: bytes, number: int) -> bool:
        """Takes a physical line (or a part of one too long to hold); True when the row is complete."""
        body = _body(piece)
        ended = len(body) < len(piece)
        on_first = self._first is None
        if on_first:
            self._first = body
        position, stop = 0, len(body)
        self._size += stop
        while True:
            if self._state is _State.QUOTED:
                quote = piece.find(b'"', position)
                if quote < 0:  # the line end belongs to the cell
                    self._size += len(piece) - stop
                    self._keep(piece[position:])
                    return False
                self._keep(piece[position:quote])
                self._state = _State.AFTER
                position = quote + 1
            elif position == stop:
                if ended:
                    self._close(None)
                return ended
            else:
                position = self._step(body, position, number, on_first=on_first)

    def finish(self) -> None:
        """The stream has ended; raises `FileRefused` when a quote is still open."""
        if self._state is _State.QUOTED:
            self._refuse_unclosed("is never closed")
        self._close(None)

    @property
    def _too_long(self) -> bool:
        return self._size > RECORD_MAX_BYTES

    def _step(self, body: bytes, position: int, number: int, *, on_first: bool) -> int:
        """One step in a state other than QUOTED, before the end of the line; gives the next position."""
        byte = body[position]
        if self._state is _State.START and byte == _QUOTE:
            self._state, self._opened = _State.QUOTED, number
            return position + 1
        if self._state is _State.AFTER and byte == _QUOTE:
            self._keep(b'"')
            self._state = _State.QUOTED
            return position + 1
        if self._state is _State.AFTER and byte != _COMMA:
            if self._opened != number:
                self._refuse_unclosed(f"is followed by text where it closes, in line {number}")
            self._misplaced(position - 1, on_first=on_first)
        self._state = _State.BARE
        comma = body.find(b",", position)
        end = comma if comma >= 0 else len(body)
        self._keep(body[position:end])
        quote = body.find(b'"', position, end)
        if quote >= 0:
            self._misplaced(quote, on_first=on_first)
        if comma >= 0:
            self._close(comma + 1 if on_first else None)
            return comma + 1
        return end

    def _keep(self, part: bytes) -> None:
        if not self._too_long:
            self._parts.append(part)

    def _misplaced(self, offset: int, *, on_first: bool) -> None:
        if self._stray is None:
            self._stray = offset if on_first else len(self._first or b"")

    def _close(self, next_start: int | None) -> None:
        if not self._too_long:
            self._cells.append(b"".join(self._parts))
            self._starts.append(self._start)
            self._quoted.append(self._opened is not None)
        self._parts = []
        self._start = next_start
        self._opened = None
        self._state = _State.START

    def _refuse_unclosed(self, what: str) -> None:
        raise FileRefused(
            "unclosed-quote",
            f"a quote opened in line {self._opened} {what}",
            'Put a " at the end of the cell, and double those inside it',
        )
