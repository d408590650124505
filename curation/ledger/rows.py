"""A stored contribution's rows as the store wants them: what the journal must not hold, read again from the file."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from curation.datanet.canonical import canonical_bytes
from curation.datanet.card import Datanet, Role
from curation.datanet.record import Contribution, Record
from curation.ledger.state import Submission


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row of a file: canonical content as JSON, its text and its label; all None when it could not be read."""

    record: str | None
    index: int
    line: int
    content: str | None = None
    text: str | None = None
    label: str | None = None


class ReadRows(Protocol):
    """The port through which the store gets the rows of a contribution again: card and file are named in its fact."""

    def __call__(self, submission: Submission, /) -> Sequence[Row]:
        """All rows in file order, unreadable ones too."""
        ...


def rows_of(contribution: Contribution, datanet: Datanet) -> tuple[Row, ...]:
    """The rows of a contribution that has been read, under the card it was read with."""
    label = datanet.name_of(Role.LABEL)
    return tuple(
        Row(
            record=row.id,
            index=row.index,
            line=row.line,
            content=canonical_bytes(row.content).decode("utf-8"),
            text=datanet.text_of(dict(row.values)),
            label=_text(row, label),
        )
        if isinstance(row, Record)
        else Row(record=None, index=row.index, line=row.line)
        for row in contribution.rows
    )


def _text(row: Record, name: str | None) -> str | None:
    value = row.values.get(name) if name is not None else None
    return None if value is None else str(value)
