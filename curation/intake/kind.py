"""What kind of file this is: its name says so, and its first bytes must agree.

Nothing is guessed from content alone: a file whose name and content disagree is refused with a hint, because two
parsers that guess differently would read two different contributions from the same bytes.
"""

from enum import StrEnum
from typing import Final, NamedTuple

from curation.datanet.shown import shown
from curation.errors import FileRefused

UTF8_BOM: Final = b"\xef\xbb\xbf"
HEAD_BYTES: Final = 64
WANTED: Final = "Wanted: .jsonl, .ndjson, .json (one object per line) or .csv, each also with .gz, or .parquet"

_PARQUET: Final = b"PAR1"
_ENCRYPTED_PARQUET: Final = b"PARE"
_GZIP: Final = b"\x1f\x8b"
_ZIP: Final = b"PK\x03\x04"
# First bytes of what people (and attackers) rename to .csv or .jsonl. None of them can begin a text file.
_MAGIC: Final = (
    (_PARQUET, "a Parquet file"),
    (_ENCRYPTED_PARQUET, "an encrypted Parquet file"),
    (_GZIP, "a gzip file"),
    (_ZIP, "a zip archive"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\x7fELF", "an ELF program"),
    (b"MZ\x90", "a Windows program"),
    *((bytes((0x80, version)), "a Python pickle") for version in range(2, 6)),
    (b"%PDF-", "a PDF document"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"ARROW1", "an Arrow file"),
    (b"ORC\x03", "an ORC file"),
    (b"Obj\x01", "an Avro file"),
    (b"\x28\xb5\x2f\xfd", "a zstd file"),
    (b"\xfd7zXZ\0", "an xz file"),
    (b"BZh", "a bzip2 file"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!\x1a", "a RAR archive"),
    (b"\x89PNG", "a PNG image"),
    (b"\x89HDF", "an HDF5 file"),
)


class Format(StrEnum):
    """The formats that are read."""

    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"


class Kind(NamedTuple):
    """A format, and whether it is wrapped in gzip."""

    format: Format
    gzipped: bool

    @property
    def compressed(self) -> bool:
        """Whether few stored bytes can become many."""
        return self.gzipped or self.format is Format.PARQUET


_SUFFIXES: Final = {
    ".jsonl": Format.JSONL,
    ".ndjson": Format.JSONL,
    ".json": Format.JSONL,
    ".csv": Format.CSV,
    ".parquet": Format.PARQUET,
}


def kind_of(name: str) -> Kind:
    """What a file of this name must be; raises `FileRefused` (unknown-format) for any other name."""
    plain = name.lower()
    gzipped = plain.endswith(".gz")
    plain = plain.removesuffix(".gz")
    found = next((known for suffix, known in _SUFFIXES.items() if plain.endswith(suffix)), None)
    if found is None or (gzipped and found is Format.PARQUET):
        raise FileRefused("unknown-format", f"{shown(name)!r} has no ending that is read", WANTED)
    return Kind(found, gzipped)


def require_gzip(head: bytes) -> None:
    """Raises `FileRefused` when a .gz file does not begin like one."""
    if head and not head.startswith(_GZIP):
        seen = _named(head) or "something else"
        raise FileRefused("wrong-content", f"the name ends in .gz, but the content is {seen}", WANTED)


def require_text(head: bytes, wanted: Format) -> None:
    """Raises `FileRefused` when the first decoded bytes cannot begin a text file in UTF-8."""
    seen = _named(head)
    if seen is not None:
        hint = {"a gzip file": "Add .gz to its name", "a Parquet file": "End its name in .parquet"}.get(seen, WANTED)
        raise FileRefused("wrong-content", f"the name says {wanted}, but the content is {seen}", hint)
    if _wide(head):
        raise FileRefused("utf-16", "the text is in UTF-16 or UTF-32", "Save it as UTF-8")


def require_parquet(head: bytes, tail: bytes) -> None:
    """Raises `FileRefused` when a .parquet file does not begin and end like one."""
    if _ENCRYPTED_PARQUET in (head[:4], tail[-4:]):
        raise FileRefused("encrypted", "the Parquet file is encrypted", "Write it without encryption")
    if not head.startswith(_PARQUET):
        seen = _named(head) or "something else"
        raise FileRefused("wrong-content", f"the name says parquet, but the content is {seen}", WANTED)
    if not tail.endswith(_PARQUET):
        raise FileRefused("damaged-parquet", "the end of the Parquet file is missing", "Write or upload it again")


def _named(head: bytes) -> str | None:
    return next((name for magic, name in _MAGIC if head.startswith(magic)), None)


def _wide(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")):
        return True
    # Without a mark: ASCII in UTF-16 has a NUL in every other byte, in UTF-32 in three of four.
    sample = head[: len(head) // 4 * 4]
    return len(sample) >= 4 and any(not any(sample[first::2]) for first in (0, 1)) and any(sample)
