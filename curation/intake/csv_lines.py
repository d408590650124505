"""CSV, read strictly: RFC 4180 with commas, every row as wide as the header, every quote where it belongs.

The standard library's reader takes a quote inside a bare cell, text after a closing quote and an unclosed quote without
a word, so the few states are written out here (`csv_record.py`); lines without any quote, nearly all of them, are
split. Cells are text: what `00123` or `NA` means is for the card to say.
"""

import re
from collections.abc import Iterator
from json.encoder import encode_basestring
from typing import BinaryIO, Final

from curation.datanet.shown import shown
from curation.errors import FileRefused
from curation.intake.csv_record import RawRecord, raw_records
from curation.intake.kind import UTF8_BOM
from curation.intake.limits import COLUMNS_MAX, RECORD_MAX_BYTES
from curation.intake.seen import named
from curation.intake.wire import Flawed, Header, Row, Told

# RFC 4180 allows none of them in a cell; tabs are let through, line ends in quotes only.
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]")
_CONTROL_BARE: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_CONTROL_QUOTED: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_OTHER_DELIMITERS: Final = {";": "semicolons", "\t": "tabs", "|": "bars"}
_BOM: Final = "\ufeff"


def read_csv(stream: BinaryIO) -> Iterator[Told]:
    """The header, then each row that is not blank, sound or flawed; raises `FileRefused`.

    Refusals: unclosed-quote, wrong-delimiter, duplicate-column, empty-column-name, too-many-columns, bad-header.
    """
    records = raw_records(stream)
    first = next(records, None)
    if first is None:
        return
    columns = _columns(first)
    yield Header(columns)
    keys = [encode_basestring(name) + ":" for name in columns]
    for record in records:
        yield _row(record, keys, columns)


def _columns(record: RawRecord) -> tuple[str, ...]:
    if record.too_long or len(record.cells) > COLUMNS_MAX:
        seen = f"over {RECORD_MAX_BYTES} bytes" if record.too_long else f"{len(record.cells)} columns"
        raise FileRefused("too-many-columns", f"the header has {seen}, at most {COLUMNS_MAX} columns wanted")
    if record.stray is not None:
        raise FileRefused("bad-header", f"line {record.line}: a quote stands inside a column name", _QUOTES)
    try:
        names = tuple(cell.decode() for cell in record.cells)
    except UnicodeDecodeError:
        raise FileRefused("bad-header", f"line {record.line}: the header is not UTF-8", "Save it as UTF-8") from None
    if len(names) == 1 and not record.quoted:
        delimiter = next((said for char, said in _OTHER_DELIMITERS.items() if char in names[0]), None)
        if delimiter is not None:
            raise FileRefused("wrong-delimiter", f"the header is split by {delimiter}", "Save it with commas")
    _refuse_bad_names(record, names)
    return names


def _refuse_bad_names(record: RawRecord, names: tuple[str, ...]) -> None:
    line = record.line
    met: set[str] = set()
    for place, name in enumerate(names, start=1):
        if not name:
            raise FileRefused("empty-column-name", f"line {line}: column {place} of {len(names)} has no name")
        control = _CONTROL_QUOTED if record.quoted and record.quoted[place - 1] else _CONTROL_BARE
        if control.search(name) or _BOM in name[:1]:
            hint = "End its lines with LF or CRLF" if "\r" in name else ""
            raise FileRefused("bad-header", f"line {line}: {named(name)} holds a control character", hint)
        if name in met:
            raise FileRefused("duplicate-column", f"line {line}: the column {named(name)} stands twice, once wanted")
        met.add(name)


def _row(record: RawRecord, keys: list[str], columns: tuple[str, ...]) -> Row | Flawed:
    flawed = _shape(record, columns)
    if flawed is not None:
        return flawed
    try:
        cells = [cell.decode() for cell in record.cells]
    except UnicodeDecodeError:
        return _not_utf8(record, columns)
    if _CONTROL.search(record.first) or record.quoted:
        flawed = _control(record, cells, columns)
        if flawed is not None:
            return flawed
    # An empty cell says nothing, quoted or not: the field is absent.
    pairs = [key + (encode_basestring(cell) if cell else "null") for key, cell in zip(keys, cells, strict=True)]
    return Row(record.line, "{" + ",".join(pairs) + "}", record.columns() if record.quoted else ())


def _shape(record: RawRecord, columns: tuple[str, ...]) -> Flawed | None:
    if record.too_long:
        return Flawed(record.line, None, "record-too-long", f"the row is over {RECORD_MAX_BYTES} bytes, fewer wanted")
    if record.line > 1 and record.first.startswith(UTF8_BOM):
        message = "a byte order mark was seen, one is allowed at the start of the file only"
        return Flawed(record.line, 1, "byte-order-mark", message)
    if record.stray is not None:
        message = f"a quote stands where none may. {_QUOTES}"
        return Flawed(record.line, record.column_of(record.stray), "stray-quote", message)
    return None if len(record.cells) == len(columns) else _width(record, columns)


def _control(record: RawRecord, cells: list[str], columns: tuple[str, ...]) -> Flawed | None:
    quoted = record.quoted or (False,) * len(cells)
    for place, cell in enumerate(cells):
        found = (_CONTROL_QUOTED if quoted[place] else _CONTROL_BARE).search(cell)
        if found is not None:
            message = f"{named(columns[place])} holds the raw control character {shown(found.group())}"
            column = record.columns()[place]
            return Flawed(record.line, column, "control-character", message, columns[place])
    return None


def _width(record: RawRecord, columns: tuple[str, ...]) -> Flawed:
    seen, wanted = len(record.cells), len(columns)
    cells = f"{seen} cell{'s' * (seen != 1)}, the header has {wanted}"
    if seen > wanted:
        message = f"the row has {cells}; quote cells that hold a comma"
        return Flawed(record.line, record.columns()[wanted], "extra-cell", message)
    message = f"the row has {cells}; {named(columns[seen])} is the first that is missing"
    return Flawed(record.line, record.column_of(len(record.first)), "missing-cell", message)


def _not_utf8(record: RawRecord, columns: tuple[str, ...]) -> Flawed:
    for place, cell in enumerate(record.cells):
        try:
            cell.decode()
        except UnicodeDecodeError as error:
            message = f"{named(columns[place])} holds the byte 0x{cell[error.start]:02X}, which is not UTF-8 text"
            return Flawed(record.line, record.columns()[place], "not-utf-8", message, columns[place])
    raise AssertionError("one of the cells did not decode")


_QUOTES: Final = "Put the whole cell in quotes and double those inside it"
