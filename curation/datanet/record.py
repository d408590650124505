"""What a contribution is once it has been read: records, and the places where no record could be read."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from curation.datanet.canonical import Value, canonical_bytes, digest


@dataclass(frozen=True, kw_only=True)
class Record:
    """One row of a contribution.

    `index` counts rows from 0, unreadable ones too; `line` is the first physical line (1-based; the row number in a
    Parquet file). `values` holds the declared fields only; an absent and a null field are the same thing: not there.
    """

    id: str
    index: int
    line: int
    values: Mapping[str, Value]
    content: Mapping[str, Value]

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical content: equal for exact copies, whatever their id field says."""
        return digest(canonical_bytes(self.content))


@dataclass(frozen=True, kw_only=True)
class Flaw:
    """One more thing that keeps a row from being read; as the first one is told."""

    code: str
    message: str
    field: str | None


@dataclass(frozen=True, kw_only=True)
class Unreadable:
    """A row that could not be read. It stays in the count. `code` is stable, `message` says seen and wanted.

    `more` are the row's other flaws, where the first one did not hide them.
    """

    index: int
    line: int
    column: int | None
    code: str
    message: str
    field: str | None = None
    more: tuple[Flaw, ...] = ()

    @property
    def flaws(self) -> tuple[Flaw, ...]:
        """All that is known to be wrong with the row, the first one first."""
        return (Flaw(code=self.code, message=self.message, field=self.field), *self.more)


@dataclass(frozen=True, kw_only=True)
class Contribution:
    """One file that one contributor submits at one time, read. `rows` are in file order."""

    datanet: str
    contributor: str
    file_name: str
    file_digest: str
    rows: tuple[Record | Unreadable, ...]
    ignored_fields: tuple[str, ...] = ()

    @cached_property
    def id(self) -> str:
        """Digest of (datanet, contributor, file digest): the same bytes by the same person are the same thing."""
        return digest(canonical_bytes([self.datanet, self.contributor, self.file_digest]))[:32]

    @cached_property
    def records(self) -> tuple[Record, ...]:
        """The rows that could be read."""
        return tuple(row for row in self.rows if isinstance(row, Record))


def record_id(datanet: str, contributor: str, file_digest: str, index: int) -> str:
    """32 hexadecimal digits naming one row for ever: a digest of where it came from, never of what it says."""
    return digest(canonical_bytes([datanet, contributor, file_digest, index]))[:32]
