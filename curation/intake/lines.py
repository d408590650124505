"""Physical lines of a byte stream, each no longer than a limit, so that no line can fill the memory."""

from collections import deque
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from curation.errors import FileRefused
from curation.intake.limits import BLANK_LINES_MAX

_SKIP_BYTES = 256 * 1024


class Line(NamedTuple):
    """One physical line: `body` without its LF or CRLF. Of a line over the limit only the beginning is kept."""

    number: int
    body: bytes
    too_long: bool = False


def refuse_blank(count: int) -> None:
    """Raises `FileRefused` (too-many-blank-lines) when there are more than an honest file has."""
    if count > BLANK_LINES_MAX:
        raise FileRefused("too-many-blank-lines", f"over {BLANK_LINES_MAX} lines are empty", "Leave them out")


class Lines:
    """Iterates the lines of a stream once, numbered from 1, and can look ahead."""

    def __init__(self, stream: BinaryIO, length_max: int) -> None:
        self._stream = stream
        self._length_max = length_max
        self._ahead: deque[Line] = deque()
        self._number = 0

    def __iter__(self) -> Iterator[Line]:
        while True:
            line = self._ahead.popleft() if self._ahead else self._next()
            if line is None:
                return
            yield line

    def ahead(self, count_max: int, bytes_max: int) -> tuple[list[Line], bool]:
        """The next lines without consuming them, and whether they are all that is left."""
        size = sum(len(line.body) for line in self._ahead)
        while len(self._ahead) < count_max and size < bytes_max:
            line = self._next()
            if line is None:
                return list(self._ahead), True
            self._ahead.append(line)
            size += len(line.body)
        return list(self._ahead), False

    def _next(self) -> Line | None:
        raw = self._stream.readline(self._length_max + 2)
        if not raw:
            return None
        self._number += 1
        if raw.endswith(b"\n"):
            body = raw[:-2] if raw.endswith(b"\r\n") else raw[:-1]
            return Line(self._number, body, len(body) > self._length_max)
        if len(raw) <= self._length_max:
            return Line(self._number, raw)
        # Over the limit unless the two bytes beyond it are the line's end, which the first case has taken.
        rest = self._stream.readline(_SKIP_BYTES)
        while rest and not rest.endswith(b"\n"):
            rest = self._stream.readline(_SKIP_BYTES)
        return Line(self._number, raw[: self._length_max], too_long=True)
