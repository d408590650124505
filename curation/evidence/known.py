"""Records by column, with their vectors and sketches: what is compared, and what it is compared with."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from curation.datanet.canonical import Value, canonical_bytes
from curation.datanet.card import Datanet, Role, Task
from curation.datanet.record import Record
from curation.evidence.nearest import VectorIndex
from curation.evidence.sketches import PERMUTATIONS, sketches_of
from curation.evidence.words import canonical_text, letters_of, tokens_of


@dataclass(frozen=True, kw_only=True)
class Known:
    """n records, one entry per column: ids, who gave them, where they stand, what they say.

    `contents` are canonical JSON without the id; `canonical` is the text without disguises; `vectors` (n, d) float32,
    empty (n, 0) before they are computed; `sketches` (n, 64) uint32; `response_starts` where the response begins in a
    text of prompt and response, 0 in any other.
    """

    ids: tuple[str, ...]
    contributors: tuple[str, ...]
    lines: tuple[int, ...]
    digests: tuple[str, ...]
    contents: tuple[str, ...]
    texts: tuple[str, ...]
    canonical: tuple[str, ...]
    labels: tuple[str | None, ...]
    response_starts: tuple[int, ...]
    sketches: NDArray[np.uint32]
    vectors: NDArray[np.float32]
    table: bool = False

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def index(self) -> VectorIndex:
        """Nearest neighbours among these records."""
        return VectorIndex(self.vectors, euclidean=self.table)

    @cached_property
    def row_of_digest(self) -> dict[str, int]:
        """The first row with each content digest."""
        return {value: row for row, value in reversed(list(enumerate(self.digests)))}

    @cached_property
    def rows_of_canonical(self) -> dict[str, int]:
        """The first row with each canonical text."""
        return {value: row for row, value in reversed(list(enumerate(self.canonical)))}

    @cached_property
    def _tokens(self) -> dict[int, frozenset[str]]:
        return {}

    def tokens(self, row: int) -> frozenset[str]:
        """The token set of one record, made when first asked."""
        found = self._tokens.get(row)
        if found is None:
            found = self._tokens[row] = frozenset(record_tokens(self.canonical[row], table=self.table))
        return found

    @cached_property
    def _letters(self) -> dict[int, str]:
        return {}

    def letters(self, row: int) -> str:
        """The letters and digits of one record in order, made when first asked."""
        found = self._letters.get(row)
        if found is None:
            found = self._letters[row] = letters_of(self.canonical[row])
        return found

    def values(self, row: int) -> dict[str, Value]:
        """The record's fields but its id."""
        return dict(json.loads(self.contents[row], parse_float=Decimal))

    def halves(self, row: int) -> tuple[str, str]:
        """The prompt and the response of one record; empty where it has none."""
        start = self.response_starts[row]
        return self.texts[row][: max(start - 1, 0)], self.texts[row][start:]

    def taken(self, rows: Sequence[int] | NDArray[np.int64]) -> "Known":
        """These rows, in this order."""
        places = np.asarray(rows, dtype=np.int64)
        if len(places) == len(self) and np.array_equal(places, np.arange(len(self))):
            return self
        chosen: dict[str, Any] = {name: tuple(getattr(self, name)[row] for row in places) for name in COLUMNS}
        vectors = self.vectors[places] if len(self.vectors) == len(self) else self.vectors
        return Known(**chosen, sketches=self.sketches[places], vectors=vectors, table=self.table)

    def relabelled(self, labels: Mapping[str, str]) -> "Known":
        """The same records, those named in `labels` (by id) with that label."""
        return replace(
            self, labels=tuple(labels.get(one, label) for one, label in zip(self.ids, self.labels, strict=True))
        )

    def with_vectors(self, vectors: NDArray[np.float32]) -> "Known":
        """The same records with these vectors."""
        return replace(self, vectors=vectors)


COLUMNS = (
    "ids",
    "contributors",
    "lines",
    "digests",
    "contents",
    "texts",
    "canonical",
    "labels",
    "response_starts",
)


def record_tokens(canonical: str, *, table: bool) -> tuple[str, ...]:
    """Tokens of a text; of a table row its `field value` lines whole, since a value means nothing without its field."""
    return tuple(canonical.split("\x1f")) if table else tokens_of(canonical)


def known_of(records: Sequence[Record], datanet: Datanet, contributor: str) -> Known:
    """The columns of these records, sketched but without vectors."""
    table = datanet.task is Task.TABLE
    label = datanet.name_of(Role.LABEL)
    texts = tuple(datanet.text_of(dict(record.values)) for record in records)
    canonical = tuple(
        _canonical_row(record, datanet) if table else canonical_text(text)
        for record, text in zip(records, texts, strict=True)
    )
    return Known(
        ids=tuple(record.id for record in records),
        contributors=(contributor,) * len(records),
        lines=tuple(record.line for record in records),
        digests=tuple(record.digest for record in records),
        contents=tuple(canonical_bytes(record.content).decode() for record in records),
        texts=texts,
        canonical=canonical,
        labels=tuple(None if label is None else _label(record.values.get(label)) for record in records),
        response_starts=tuple(_response_start(record, datanet) for record in records),
        sketches=sketches_of([record_tokens(text, table=table) for text in canonical]),
        vectors=np.zeros((len(records), 0), dtype=np.float32),
        table=table,
    )


def _response_start(record: Record, datanet: Datanet) -> int:
    """Behind the prompt and the line break that `Datanet.text_of` puts there."""
    prompt = record.values.get(datanet.name_of(Role.PROMPT) or "")
    return 0 if prompt is None or datanet.task is not Task.INSTRUCTION else len(str(prompt)) + 1


def _canonical_row(record: Record, datanet: Datanet) -> str:
    """`field value` of each feature; a number is the same however many zeros it ends in."""
    parts = []
    for field in datanet.with_role(Role.FEATURE):
        value = record.values.get(field.name)
        if value is not None:
            parts.append(f"{canonical_text(field.name)} {_told(value)}")
    return "\x1f".join(parts)


def _told(value: Value) -> str:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return canonical_text(str(value))
    return format(Decimal(value).normalize(), "f")


def joined(parts: Sequence[Known], *, table: bool) -> Known:
    """Several sets as one, in order; without parts an empty one."""
    filled = [part for part in parts if len(part)]
    if len(filled) == 1:
        return filled[0]
    together = columns_joined(parts, table=table)
    if not filled:
        # Nobody, but of a known width: an index over none of them can still be asked. A part of which nothing was ever
        # known has a width of its own, one, and the widest is that of the others.
        return replace(
            together, vectors=max((part.vectors[:0] for part in parts), key=_width, default=together.vectors)
        )
    return replace(
        together,
        sketches=np.vstack([part.sketches for part in filled]),
        vectors=np.vstack([part.vectors for part in filled]),
    )


def _width(vectors: NDArray[np.float32]) -> int:
    return int(vectors.shape[1])


def columns_joined(parts: Sequence[Known], *, table: bool) -> Known:
    """As `joined`, but without vectors and sketches, for those who only want to know what the records say."""
    columns: dict[str, Any] = {
        name: tuple(chain.from_iterable(getattr(part, name) for part in parts)) for name in COLUMNS
    }
    return Known(
        **columns,
        sketches=np.zeros((0, PERMUTATIONS), dtype=np.uint32),
        vectors=np.zeros((0, 1), dtype=np.float32),
        table=table,
    )


def _label(value: Value) -> str | None:
    return None if value is None else str(value)
