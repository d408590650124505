import csv
import io
import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curation.datanet.canonical import Value, canonical_bytes
from curation.errors import FileRefused
from curation.intake.child import reader_of, told
from curation.intake.kind import Format, Kind
from curation.intake.wire import Flawed, Header, Row, heard, values_of, written

JSONL = Kind(Format.JSONL, gzipped=False)
CSV = Kind(Format.CSV, gzipped=False)
PARQUET = Kind(Format.PARQUET, gzipped=False)

# The same examples every time, and as long as a busy machine takes.
STEADY = settings(derandomize=True, deadline=None)

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
VALUES = st.one_of(
    TEXTS,
    st.integers(-(2**63), 2**63 - 1),
    st.booleans(),
    st.none(),
    st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30, places=6),
)
RECORDS = st.lists(st.dictionaries(TEXTS.filter(bool), VALUES, max_size=5), min_size=1, max_size=8)


def reading(data: bytes, kind: Kind) -> list[Header | Row | Flawed]:
    """What the child would tell, over the wire and back, in this process."""
    stream: io.BufferedReader = io.BufferedReader(io.BytesIO(data))
    return list(heard(written(told(stream, kind, len(data), reader_of(kind, len(data))))))


@STEADY
@given(RECORDS)
def test_records_written_as_json_lines_are_read_back_equal(records: list[dict[str, Value]]) -> None:
    data = b"".join(canonical_bytes(record) + b"\n" for record in records)
    rows = reading(data, JSONL)
    found = [values_of(row) for row in rows if isinstance(row, Row)]
    assert [canonical_bytes(values) for values in found] == [canonical_bytes(record) for record in records]


CELLS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], include_characters='",\n\t;', exclude_characters="\ufeff")
)


@STEADY
@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=8), st.sampled_from(["\n", "\r\n"]))
def test_rows_written_as_csv_are_read_back_equal(rows: list[tuple[str, str]], end: str) -> None:
    output = io.StringIO(newline="")
    writer = csv.writer(output, lineterminator=end)
    writer.writerow(["first", "second"])
    writer.writerows(rows)
    header, *found = reading(output.getvalue().encode(), CSV)
    assert header == Header(("first", "second"))
    assert [values_of(row) for row in found if isinstance(row, Row)] == [
        {"first": first or None, "second": second or None} for first, second in rows
    ]


PIECES = [
    *(
        b"{",
        b"}",
        b"[",
        b"]",
        b'"',
        b":",
        b",",
        b"\n",
        b"\r",
        b"\\",
        b"\\u",
        b"d800",
        b"0000",
        b"NaN",
        b"1",
        b"e",
        b"-",
        b".",
    ),
    *(b"9" * 20, b"\xff", b"\xc3", b"\xa9", b"\xef\xbb\xbf", b" ", b"\t", b"\0", b"a", b"null", b"'", b"/", b"[" * 40),
    *(b'{"a":1}', b'"a":', b'""', b"a,b\n", b"PAR1"),
]
NEARLY = st.lists(st.sampled_from(PIECES)).map(b"".join)
ANYTHING = st.one_of(st.binary(max_size=300), NEARLY, NEARLY.map(lambda data: b"a,b\n1,2\n" + data))


@settings(STEADY, max_examples=400)
@given(ANYTHING, st.sampled_from([JSONL, CSV, Kind(Format.JSONL, gzipped=True), PARQUET]))
def test_no_bytes_crash_the_reader(data: bytes, kind: Kind) -> None:
    try:
        things = reading(data, kind)
    except FileRefused as refused:
        assert refused.code  # noqa: PT017 - either outcome is right, nothing else is
        return
    rows = [thing for thing in things if not isinstance(thing, Header)]
    assert rows
    lines = [row.line for row in rows]
    assert lines == sorted(set(lines))
    for row in rows:
        if isinstance(row, Row):
            assert all(isinstance(name, str) for name in values_of(row))
        else:
            assert row.message.isprintable()


@STEADY
@given(NEARLY.filter(lambda data: b"\n" not in data))
def test_a_line_is_taken_only_if_the_standard_library_takes_it_too(line: bytes) -> None:
    from curation.intake.jsonl import parsed

    row = parsed(1, line)
    if isinstance(row, Row):
        assert values_of(row) == json.loads(line, parse_float=Decimal)


@settings(STEADY, max_examples=60)
@given(st.binary(max_size=400), st.integers(0, 2_000))
def test_no_damage_to_a_parquet_file_crashes_its_reader(damage: bytes, place: int) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    buffer = io.BytesIO()
    pq.write_table(pa.table({"text": ["a", "b"], "n": [1, 2]}), buffer)
    data = bytearray(buffer.getvalue())
    place %= len(data)
    data[place : place + len(damage[:4])] = damage[:4]
    try:
        reading(bytes(data), PARQUET)
    except FileRefused as refused:
        assert refused.code  # noqa: PT017 - either outcome is right, nothing else is


def test_real_data_are_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "file.jsonl"
    path.write_text("".join(json.dumps({"text": f"row {row}"}) + "\n" for row in range(2_000)))
    assert len(reading(path.read_bytes(), JSONL)) == 2_000


@pytest.mark.parametrize("kind", [JSONL, CSV])
def test_nothing_is_refused_as_nothing(kind: Kind) -> None:
    with pytest.raises(FileRefused, match="0 records"):
        reading(b"", kind)
