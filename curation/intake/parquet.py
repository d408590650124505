"""Parquet, as rows of plain values: text, integers, floats, decimals, booleans and dates; every other type is refused.

The only file that knows pyarrow. A file of 513 bytes can hold 2 GB of equal values, and nothing in its footer has to be
true, so the footer is judged before anything is decoded and the rows are counted while they are.
"""

import math
import re
from collections.abc import Callable, Iterator
from datetime import date
from json.encoder import encode_basestring
from typing import Any, BinaryIO, Final, TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq

from curation.datanet.shown import shown
from curation.errors import FileRefused
from curation.intake.limits import COLUMNS_MAX, RECORD_MAX_BYTES, RECORDS_MAX, decoded_max
from curation.intake.number import number_flaw
from curation.intake.seen import named
from curation.intake.wire import Flawed, Header, Row, Told

# Small, so that a batch of the longest allowed records stays within the memory limit; as text and as JSON it takes
# three times that, so a large batch is written down a few rows at a time.
_BATCH_ROWS: Final = 128
_BATCH_BYTES: Final = 4_000_000
_FEW_ROWS: Final = 4
_PAGE_BUFFER_BYTES: Final = 64 * 1024
_FOOTER_BYTES_MAX: Final = 16_000_000
_FOOTER_ITEMS_MAX: Final = 1_000_000
# What one cell costs to write down, if only as `"a":1,`, in what the same time would do to plain text.
_CELL_BYTES: Final = 16
_WHOLE: Final = re.compile(r"-?[0-9]+")
_EXTENSION: Final = b"ARROW:extension:name"

_Flaw: TypeAlias = tuple[str, str]
_Cell: TypeAlias = str | _Flaw  # a cell as JSON, or code and message


def read_parquet(stream: BinaryIO, stored_bytes: int) -> Iterator[Told]:
    """The header, then each row, `line` its number from 1; raises `FileRefused`.

    Refusals: damaged-parquet, encrypted, unsupported-column, duplicate-column, empty-column-name, too-many-columns,
    too-many-records, decoded-too-large, too-much-memory.
    """
    try:
        file = pq.ParquetFile(
            stream,
            buffer_size=_PAGE_BUFFER_BYTES,
            pre_buffer=False,
            thrift_string_size_limit=_FOOTER_BYTES_MAX,
            thrift_container_size_limit=_FOOTER_ITEMS_MAX,
        )
        schema = file.schema_arrow
        columns = _columns(schema)
        _refuse_size(file.metadata, len(columns), stored_bytes)
        writers = [_writer(field) for field in schema]
        yield Header(columns)
        yield from _rows(file, columns, writers, decoded_max(stored_bytes))
    except MemoryError:  # pyarrow's is one
        raise FileRefused(
            "too-much-memory", "the file needs too much memory", "Write it in smaller pages, or as JSON lines"
        ) from None
    except (pa.ArrowException, OSError, ValueError) as error:
        if "crypt" in str(error).lower():
            raise FileRefused("encrypted", "the file is encrypted", "Write it without encryption") from None
        raise FileRefused("damaged-parquet", "the Parquet file is damaged", "Write or upload it again") from None


def _columns(schema: Any) -> tuple[str, ...]:
    names = tuple(schema.names)
    if len(names) > COLUMNS_MAX:
        raise FileRefused("too-many-columns", f"the file has {len(names)} columns, at most {COLUMNS_MAX} wanted")
    for place, name in enumerate(names):
        if not name:
            raise FileRefused("empty-column-name", f"column {place + 1} of {len(names)} has no name")
    if len(set(names)) != len(names):
        twice = next(name for place, name in enumerate(names) if name in names[:place])
        raise FileRefused("duplicate-column", f"the column {named(twice)} stands twice, once wanted")
    return names


def _refuse_size(metadata: Any, width: int, stored_bytes: int) -> None:
    count = metadata.num_rows
    if count > RECORDS_MAX:
        raise FileRefused("too-many-records", f"the file has {count} rows, at most {RECORDS_MAX} wanted", "Split it")
    if count * width * _CELL_BYTES > decoded_max(stored_bytes):
        _refuse_decoded(stored_bytes)


def _refuse_decoded(stored_bytes: int) -> None:
    raise FileRefused(
        "decoded-too-large",
        f"{stored_bytes} bytes of Parquet decode to more than {decoded_max(stored_bytes)}",
        "Send less repetitive rows, or JSON lines",
    )


def _rows(file: Any, columns: tuple[str, ...], writers: list["_Write"], bytes_max: int) -> Iterator[Told]:
    keys = [encode_basestring(name) + ":" for name in columns]
    line = size = 0
    for batch in file.iter_batches(batch_size=_BATCH_ROWS, use_threads=False):
        step = _BATCH_ROWS if batch.nbytes < _BATCH_BYTES else _FEW_ROWS
        for first in range(0, batch.num_rows, step):
            written = [write(batch.column(place).slice(first, step)) for place, write in enumerate(writers)]
            for cells in zip(*written, strict=True):
                line += 1
                row = _row(line, keys, columns, cells)
                decoded = len(row.text) if isinstance(row, Row) else sum(map(len, filter(None, cells)))
                size += decoded
                yield row
        if size > bytes_max:
            raise FileRefused("decoded-too-large", f"the rows decode to more than {bytes_max} bytes", "Split the file")


def _row(line: int, keys: list[str], columns: tuple[str, ...], cells: tuple[_Cell | None, ...]) -> Row | Flawed:
    pairs = []
    for key, name, cell in zip(keys, columns, cells, strict=True):
        if isinstance(cell, tuple):
            return Flawed(line, None, cell[0], f"{named(name)}: {cell[1]}", name)
        pairs.append(key + (cell or "null"))
    text = "{" + ",".join(pairs) + "}"
    if len(text) > RECORD_MAX_BYTES:
        return Flawed(line, None, "record-too-long", f"the row is over {RECORD_MAX_BYTES} bytes, fewer wanted")
    return Row(line, text)


_Write: TypeAlias = Callable[[Any], list[_Cell | None]]


def _writer(field: Any) -> _Write:
    """What turns a column's array into cells; raises `FileRefused` (unsupported-column)."""
    kind = field.type
    extension = isinstance(kind, pa.BaseExtensionType) or _EXTENSION in (field.metadata or {})
    if pa.types.is_dictionary(kind) and not extension:
        inner = _writer(field.with_type(kind.value_type))
        return lambda array: _looked_up(array, inner)
    found = None if extension else next((write for is_kind, write in _WRITERS if is_kind(kind)), None)
    if found is None:
        raise FileRefused(
            "unsupported-column",
            f"the column {named(field.name)} is of the type {shown(str(kind), 60)}",
            "Wanted: text, integer, float, decimal, boolean or date columns",
        )
    return found


def _looked_up(array: Any, write: _Write) -> list[_Cell | None]:
    # Decoding would copy a long entry for every row that names it, and the whole dictionary may serve other batches.
    indices = array.indices.to_pylist()
    used = sorted({index for index in indices if index is not None})
    cells = dict(zip(used, write(array.dictionary.take(pa.array(used, pa.int64()))), strict=True))
    return [None if index is None else cells[index] for index in indices]


def _texts(array: Any) -> list[_Cell | None]:
    try:
        return [None if text is None else _text(text) for text in array.to_pylist()]
    except UnicodeDecodeError:
        large = pa.types.is_large_string(array.type)
        return [_bytes(data) for data in array.cast(pa.large_binary() if large else pa.binary()).to_pylist()]


def _bytes(data: bytes | None) -> _Cell | None:
    try:
        return None if data is None else _text(data.decode())
    except UnicodeDecodeError as error:
        return "not-utf-8", f"the byte 0x{data[error.start] if data else 0:02X} is not UTF-8 text"


def _text(text: str) -> _Cell:
    if "\0" in text:
        return "control-character", "the text holds the control character U+0000, text without it wanted"
    return encode_basestring(text)


def _exact(array: Any) -> list[_Cell | None]:
    return [None if value is None else _checked(str(value)) for value in array.to_pylist()]


def _doubles(array: Any) -> list[_Cell | None]:
    return [None if value is None else _float(value, repr(value)) for value in array.to_pylist()]


def _floats(array: Any) -> list[_Cell | None]:
    # Arrow writes the shortest digits that give the same 32 bits: 0.1, where the nearest double is 0.10000000149011612.
    digits = array.cast(pa.string()).to_pylist()
    return [None if text is None else _float(float(text), text) for text in digits]


def _float(value: float, digits: str) -> _Cell:
    if not math.isfinite(value):
        return "not-finite", f"{value} was seen, a finite number wanted (or null where it is not known)"
    return digits + ".0" if _WHOLE.fullmatch(digits) else digits


def _checked(token: str) -> _Cell:
    return number_flaw(token) or token


def _booleans(array: Any) -> list[_Cell | None]:
    return [None if value is None else "true" if value else "false" for value in array.to_pylist()]


def _dates(array: Any) -> list[_Cell | None]:
    days = array.cast(pa.int32()).to_pylist()
    return [None if day is None else _date(day) for day in days]


def _nulls(array: Any) -> list[_Cell | None]:
    return [None] * len(array)


def _date(day: int) -> _Cell:
    try:
        return f'"{date.fromordinal(_EPOCH + day).isoformat()}"'
    except (ValueError, OverflowError):
        return "date-out-of-range", f"a date {day} days from 1970-01-01 was seen, one in the years 1 to 9999 wanted"


_EPOCH: Final = date(1970, 1, 1).toordinal()
_WRITERS: Final[tuple[tuple[Callable[[Any], bool], _Write], ...]] = (
    (pa.types.is_string, _texts),
    (pa.types.is_large_string, _texts),
    (pa.types.is_string_view, _texts),
    (pa.types.is_integer, _exact),
    (pa.types.is_decimal, _exact),
    (pa.types.is_float64, _doubles),
    (pa.types.is_float32, _floats),
    (pa.types.is_boolean, _booleans),
    (pa.types.is_date32, _dates),
    (pa.types.is_null, _nulls),
)
