import gzip
import io
import pickle
import struct
import sys
import zipfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from curation.datanet.record import Contribution, Record, Unreadable
from curation.errors import FileRefused

Read = Callable[[str, bytes], Contribution]


def parquet(table: pa.Table, **options: object) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(table, buffer, **options)
    return buffer.getvalue()


def zipped(name: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, "text\na\n")
    return buffer.getvalue()


SMALL = parquet(pa.table({"text": ["a", "b"]}))
JSON = b'{"text":"a"}\n'
CSV = b"text\na\n"


def test_parquet_columns_become_plain_values(read: Read) -> None:
    table = pa.table(
        {
            "text": pa.array(["a", "", "c"]),
            "label": pa.array(["x", None, "x"]).dictionary_encode(),
            "age": pa.array([2**53 + 1, None, -1], pa.int64()),
            "dose": pa.array([1.5, 0.1, None], pa.float32()),
            "checked": pa.array([True, False, None]),
            "seen": pa.array([date(2024, 2, 29), None, date(1, 1, 1)], pa.date32()),
        }
    )
    rows = read("file.parquet", parquet(table)).rows
    assert all(isinstance(row, Record) for row in rows)
    assert [row.line for row in rows] == [1, 2, 3]
    assert [row.values for row in rows if isinstance(row, Record)] == [
        {"text": "a", "label": "x", "age": 2**53 + 1, "dose": Decimal("1.5"), "checked": True, "seen": "2024-02-29"},
        {"text": "", "dose": Decimal("0.1"), "checked": False},
        {"text": "c", "label": "x", "age": -1, "seen": "0001-01-01"},
    ]


@pytest.mark.parametrize(
    ("array", "values"),
    [
        (pa.array([0.1, 1e-7, 5.0, 1e22], pa.float64()), ["0.1", "1e-07", "5.0", "1e+22"]),
        (pa.array([0.1, 1e-7, 5.0], pa.float32()), ["0.1", "1e-7", "5.0"]),
        (pa.array([Decimal("1.50"), Decimal("0.00")], pa.decimal128(10, 2)), ["1.50", "0.00"]),
    ],
)
def test_parquet_numbers_keep_their_shortest_digits(array: pa.Array, values: list[str], read: Read) -> None:
    table = pa.table({"text": ["a"] * len(array), "dose": array})
    found = [record.values["dose"] for record in read("file.parquet", parquet(table)).records]
    assert [(type(value), value) for value in found] == [(Decimal, Decimal(value)) for value in values]


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize(
    ("column", "bad", "good", "kind", "code"),
    [
        ("dose", float("nan"), 1.0, pa.float64(), "not-finite"),
        ("dose", float("inf"), 1.0, pa.float32(), "not-finite"),
        ("age", 2**63, 1, pa.uint64(), "integer-too-large"),
        ("age", 1.0, None, pa.float64(), "wrong-type"),
        ("age", "1", None, pa.string(), "wrong-type"),
        ("label", "a\0b", "a", pa.large_string(), "control-character"),
        ("label", "x" * 1_000_000, "a", pa.string(), "record-too-long"),
        ("seen", 2**31 - 1, 0, pa.int32(), "date-out-of-range"),
    ],
)
def test_a_flawed_parquet_row_costs_itself_only(
    column: str, bad: object, good: object, kind: pa.DataType, code: str, *, place: int, read: Read
) -> None:
    cells = [good] * 3
    cells[place] = bad
    array = pa.array(cells, kind)
    if column == "seen":
        array = array.cast(pa.date32())
    rows = read("file.parquet", parquet(pa.table({"text": ["a", "b", "c"], column: array}))).rows
    assert [isinstance(row, Record) for row in rows] == [other != place for other in range(3)]
    flawed = rows[place]
    assert isinstance(flawed, Unreadable)
    assert (flawed.code, flawed.line) == (code, place + 1)


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()])
def test_parquet_text_that_is_not_utf_8_costs_its_row(kind: pa.DataType, read: Read) -> None:
    binary = pa.large_binary() if kind == pa.large_string() else pa.binary()
    array = pa.array([b"a", b"\xff", None], binary)
    text = pa.Array.from_buffers(kind, len(array), array.buffers())
    rows = read("file.parquet", parquet(pa.table({"text": ["a"] * 3, "label": text}))).rows
    assert [getattr(row, "code", None) for row in rows] == [None, "not-utf-8", None]


class _Extension(pa.ExtensionType):  # type: ignore[misc]  # pyarrow has no types
    def __init__(self) -> None:
        super().__init__(pa.string(), "curation.test")

    def __arrow_ext_serialize__(self) -> bytes:
        return b""


@pytest.mark.parametrize(
    "array",
    [
        pa.array([[1], [2]]),
        pa.array([{"a": 1}, {"a": 2}]),
        pa.array([b"a", b"b"]),
        pa.array([1, 2], pa.timestamp("us")),
        pa.array([1, 2], pa.time64("us")),
        pa.ExtensionArray.from_storage(_Extension(), pa.array(["a", "b"])),
        pa.array([b"0" * 16, b"1" * 16], pa.uuid()),
    ],
    ids=lambda array: str(array.type).split("<")[0],
)
def test_other_parquet_types_are_refused_by_name(array: pa.Array, read: Read) -> None:
    data = parquet(pa.table({"text": ["a", "b"], "extra \x1b": array}))
    with pytest.raises(FileRefused, match="column `extra ⟨U\\+001B⟩`") as refused:
        read("file.parquet", data)
    assert refused.value.code == "unsupported-column"


def constant_bomb() -> bytes:
    """A few hundred bytes that decode to 2 GB: one dictionary entry, repeated by run lengths."""
    indices = pa.array(np.zeros(2_000, np.int32))
    column = pa.DictionaryArray.from_arrays(indices, pa.array(["x" * 1_000_000]))
    return parquet(pa.table({"text": column}), compression="zstd")


def row_bomb() -> bytes:
    return parquet(pa.table({"text": pa.nulls(1_900_000, pa.string())}), compression="zstd")


def many_rows() -> bytes:
    return parquet(pa.table({"text": pa.nulls(2_000_001, pa.string())}), compression="zstd")


def page_bomb() -> bytes:
    return parquet(
        pa.table({"text": ["x" * 200_000_000]}), compression="zstd", use_dictionary=False, write_statistics=False
    )


def encrypted() -> bytes:
    """Magic bytes of a file with an encrypted footer; the reader looks no further."""
    return b"PARE" + SMALL[4:-4] + b"PARE"


def lying_footer() -> bytes:
    return SMALL[:-8] + struct.pack("<I", 2**31 - 1) + b"PAR1"


REFUSED = {
    "constant bomb": ("f.parquet", constant_bomb, "decoded-too-large"),
    "row bomb": ("f.parquet", row_bomb, "decoded-too-large"),
    "too many rows": ("f.parquet", many_rows, "too-many-records"),
    "page bomb": ("f.parquet", page_bomb, "too-much-memory"),
    "no rows": ("f.parquet", lambda: parquet(pa.table({"text": pa.array([], pa.string())})), "no-records"),
    "0 bytes": ("f.parquet", lambda: b"", "empty-file"),
    "truncated footer": ("f.parquet", lambda: SMALL[:-20], "damaged-parquet"),
    "lying footer": ("f.parquet", lying_footer, "damaged-parquet"),
    "damaged footer": ("f.parquet", lambda: SMALL[:-30] + b"\xff" * 22 + SMALL[-8:], "damaged-parquet"),
    "nothing but magic": ("f.parquet", lambda: b"PAR1PAR1", "damaged-parquet"),
    "encrypted": ("f.parquet", encrypted, "encrypted"),
    "wrong magic": ("f.parquet", lambda: CSV, "wrong-content"),
    "parquet as csv": ("f.csv", lambda: SMALL, "wrong-content"),
    "zip as csv": ("f.csv", lambda: zipped("../../a.csv"), "wrong-content"),
    "pickle as csv": ("f.csv", lambda: pickle.dumps({"text": "a"}), "wrong-content"),
    "program as csv": ("f.csv", lambda: b"\x7fELF\x02\x01\x01" + bytes(60), "wrong-content"),
    "gzip as csv": ("f.csv", lambda: gzip.compress(CSV), "wrong-content"),
    "gzip as jsonl": ("f.jsonl", lambda: gzip.compress(JSON), "wrong-content"),
    "zip with ../": ("f.zip", lambda: zipped("../a.csv"), "unknown-format"),
    "gzipped parquet": ("f.parquet.gz", lambda: gzip.compress(SMALL), "unknown-format"),
    "parquet in gzip as csv": ("f.csv.gz", lambda: gzip.compress(SMALL), "wrong-content"),
    "gzip in gzip": ("f.csv.gz", lambda: gzip.compress(gzip.compress(CSV)), "wrong-content"),
    "csv as gzip": ("f.csv.gz", lambda: CSV, "wrong-content"),
    "truncated gzip": ("f.csv.gz", lambda: gzip.compress(CSV * 1000)[:-9], "damaged-gzip"),
    "gzip header only": ("f.csv.gz", lambda: gzip.compress(CSV)[:10], "damaged-gzip"),
    "gzip with wrong sum": ("f.csv.gz", lambda: gzip.compress(CSV)[:-8] + bytes(8), "damaged-gzip"),
    "text after gzip": ("f.csv.gz", lambda: gzip.compress(CSV) + CSV, "damaged-gzip"),
    "nothing in gzip": ("f.csv.gz", lambda: gzip.compress(b""), "no-records"),
    "gzip bomb of NUL": ("f.jsonl.gz", lambda: gzip.compress(bytes(50_000_000)), "decoded-too-large"),
    "gzip bomb of lines": ("f.jsonl.gz", lambda: gzip.compress(JSON * 4_000_000), "decoded-too-large"),
    "gzip bomb of blank lines": ("f.csv.gz", lambda: gzip.compress(CSV + b"\n" * 50_000_000), "decoded-too-large"),
    "no ending": ("file", lambda: CSV, "unknown-format"),
    "tsv": ("f.tsv", lambda: CSV, "unknown-format"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_disguised_damaged_or_a_bomb_is_refused(case: str, read: Read, tmp_path: Path) -> None:
    name, make, code = REFUSED[case]
    with pytest.raises(FileRefused) as refused:
        read(name, make())
    assert refused.value.code == code
    said = str(refused.value)
    assert said.isprintable()
    assert str(tmp_path) not in said
    assert "Traceback" not in said


def test_the_bomb_of_the_tests_is_one() -> None:
    assert len(constant_bomb()) < 1_000


@pytest.mark.parametrize("mode", [{}, {"plaintext_footer": True}])
def test_encrypted_parquet_as_pyarrow_writes_it_is_refused(mode: dict[str, bool], read: Read) -> None:
    encryption = pytest.importorskip("pyarrow.parquet.encryption", reason="pyarrow without encryption")

    class Plain(encryption.KmsClient):  # type: ignore[misc,name-defined]  # pyarrow has no types
        def wrap_key(self, key_bytes: bytes, _: str) -> bytes:
            return key_bytes.hex().encode()

    factory = encryption.CryptoFactory(lambda _: Plain())
    chosen = encryption.EncryptionConfiguration(
        footer_key="footer", column_keys={"column": ["text"]}, double_wrapping=False, **mode
    )
    properties = factory.file_encryption_properties(encryption.KmsConnectionConfig(), chosen)
    with pytest.raises(FileRefused) as refused:
        read("f.parquet", parquet(pa.table({"text": ["a"]}), encryption_properties=properties))
    assert refused.value.code == "encrypted"


@pytest.mark.parametrize(("name", "data"), [("f.jsonl.gz", JSON * 2), ("f.csv.gz", CSV + b"a\n")])
def test_gzip_is_read_in_one_member_or_many(name: str, data: bytes, read: Read) -> None:
    half = len(data) // 2
    whole = read(name, gzip.compress(data)).records
    parts = read(name, gzip.compress(data[:half]) + gzip.compress(b"") + gzip.compress(data[half:])).records
    assert [record.values for record in whole] == [record.values for record in parts] == [{"text": "a"}] * 2


def test_no_library_of_formats_is_loaded_by_the_parent() -> None:
    import subprocess

    code = "import curation.intake.reading, sys; print([m for m in ('pyarrow', 'pandas', 'numpy') if m in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
