"""The child process that touches a contribution's bytes: reads them from its standard input, with limits, and tells.

1. Load what the format needs, nothing else. 2. Lower the limits. 3. Look at the first bytes. 4. Read. The order
matters: after 2 nothing can be loaded that needs much memory, and before it not a byte of the file has been looked at.
"""

import io
import os
import sys
from collections.abc import Callable, Iterator
from typing import BinaryIO, Final, TypeAlias

from curation.errors import FileRefused
from curation.intake.gzipped import gunzipped
from curation.intake.kind import HEAD_BYTES, WANTED, Format, Kind, kind_of, require_gzip, require_parquet, require_text
from curation.intake.limits import FILE_MAX_BYTES, RECORDS_MAX, confine
from curation.intake.wire import Header, Told, refusal, written

_Read: TypeAlias = Callable[[BinaryIO], Iterator[Told]]

_BUFFER_BYTES: Final = 256 * 1024


def told(stream: io.BufferedReader, kind: Kind, stored_bytes: int, read: _Read) -> Iterator[Told]:
    """What is in a file of this kind; raises `FileRefused`, also when it has no record or too many."""
    if stored_bytes == 0:
        raise FileRefused("empty-file", "the file is empty (0 bytes), 0 records", WANTED)
    if stored_bytes > FILE_MAX_BYTES:
        raise FileRefused("file-too-large", f"{stored_bytes} bytes, at most {FILE_MAX_BYTES} wanted", "Split it")
    count = 0
    for thing in read(_opened(stream, kind, stored_bytes)):
        count += not isinstance(thing, Header)
        if count > RECORDS_MAX:
            raise FileRefused("too-many-records", f"over {RECORDS_MAX} records, no more wanted", "Split the file")
        yield thing
    if count == 0:
        raise FileRefused("no-records", "the file has 0 records, at least one wanted")


def reader_of(kind: Kind, stored_bytes: int) -> _Read:
    """The reader of a format, loaded when it is asked for: only Parquet pays for pyarrow."""
    if kind.format is Format.JSONL:
        from curation.intake.jsonl import read_jsonl  # noqa: PLC0415 - see above

        return read_jsonl
    if kind.format is Format.CSV:
        from curation.intake.csv_lines import read_csv  # noqa: PLC0415 - see above

        return read_csv
    from curation.intake.parquet import read_parquet  # noqa: PLC0415 - see above

    return lambda stream: read_parquet(stream, stored_bytes)


def _opened(stream: io.BufferedReader, kind: Kind, stored_bytes: int) -> BinaryIO:
    head = stream.peek(HEAD_BYTES)[:HEAD_BYTES]
    if kind.format is Format.PARQUET:
        stream.seek(max(0, stored_bytes - HEAD_BYTES))
        tail = stream.read(HEAD_BYTES)
        stream.seek(0)
        require_parquet(head, tail)
        return stream
    if kind.gzipped:
        require_gzip(head)
        stream = gunzipped(stream)
        head = stream.peek(HEAD_BYTES)[:HEAD_BYTES]
    require_text(head, kind.format)
    return stream


def main(name: str) -> None:
    """Tells on standard output what is in the file on standard input, whose name ends like `name`."""
    kind = kind_of(name)
    stored_bytes = os.fstat(sys.stdin.fileno()).st_size
    read = reader_of(kind, stored_bytes)
    confine(stored_bytes, compressed=kind.compressed, parquet=kind.format is Format.PARQUET)
    output = sys.stdout.buffer
    stream: io.BufferedReader = io.BufferedReader(io.FileIO(sys.stdin.fileno(), closefd=False), _BUFFER_BYTES)
    try:
        output.writelines(written(told(stream, kind, stored_bytes, read)))
    except MemoryError:
        hint = "Split the file, or shorten its longest records"
        output.write(refusal(FileRefused("too-much-memory", "the file needs too much memory to read", hint)))
    output.flush()
