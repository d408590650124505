"""Everything a curator looks at to decide about one record: what was found, beside what, and what would change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np

from curation.datanet.card import Policy
from curation.evidence.heads import softmax
from curation.evidence.known import Known
from curation.evidence.reference import Reference
from curation.quality import MICRO
from curation.review.difference import Piece, difference
from curation.review.second import Told
from curation.review.waiting import Waiting

if TYPE_CHECKING:  # the store brings DuckDB, which a check does not need
    from curation.ledger.questions import Explanation
    from curation.ledger.store import Store, StoredRecord

NEIGHBOURS = 5
LABELS = 4
# A distribution is seen well enough from so many.
MEMBERS_SEEN_MAX = 5000
_TEXTS = """
SELECT record, contributor, text, label, place, seq, row_index FROM current_records
WHERE list_contains($1::VARCHAR[], record)
"""


@dataclass(frozen=True, kw_only=True)
class Beside:
    """Another record that a finding rests on. `first` tells whether that one came first."""

    check: str
    record: str
    contributor: str
    text: str
    label: str | None
    similarity: float
    is_first: bool
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, kw_only=True)
class Neighbour:
    """A trusted record near this one by meaning; `similarity` is the cosine of their vectors."""

    record: str
    text: str
    label: str | None
    similarity: float


@dataclass(frozen=True, kw_only=True)
class Likely:
    """A label that the record may have, its probability by the classifier, and near records that have it."""

    label: str
    probability: float
    neighbours: tuple[Neighbour, ...]


@dataclass(frozen=True, kw_only=True)
class Value:
    """A table's number beside the reference's: `deciles` are its 0th to 100th percentile in steps of ten."""

    field: str
    value: float
    deciles: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """What a curator sees of one record. `opinions` are what people say of it, where enough looked and they differ."""

    explanation: "Explanation"
    policy: Policy
    besides: tuple[Beside, ...]
    neighbours: tuple[Neighbour, ...]
    likely: tuple[Likely, ...]
    values: tuple[Value, ...]
    waiting: Waiting | None = None
    opinions: tuple[Told, ...] = ()

    @property
    def record(self) -> "StoredRecord":
        """The record as it stands."""
        return self.explanation.record


def undecided(found: "Explanation") -> "Explanation":
    """The same before anybody decided: as inspection left it, under the label that was given."""
    weight = found.weight.get("weight_ppm")
    novelty = found.weight.get("novelty_ppm")
    record = replace(
        found.record,
        label=found.record.given_label,
        verdict=found.record.inspected,
        weight=None if weight is None else weight / MICRO,
        novelty=None if novelty is None else novelty / MICRO,
        why="inspected",
        partner=None,
        decided_by=None,
        reason=None,
    )
    return replace(found, record=record, decisions=[])


def besides(store: "Store", found: "Explanation") -> tuple[Beside, ...]:
    """The partners of a record's findings, with what differs, the partner's text before and the record's after."""
    own = found.record.record
    partners = [(finding["code"], one) for finding in found.findings for one in finding["related"]]
    if not partners:
        return ()
    texts = {row["record"]: row for row in store.query(_TEXTS, [[own, *(one["partner"] for _, one in partners)]])}
    place = _order(texts[own])
    told = []
    for check, one in partners:
        row = texts.get(one["partner"])
        if row is None:
            continue
        told.append(
            Beside(
                check=check,
                record=one["partner"],
                contributor=row["contributor"],
                text=row["text"],
                label=row["label"],
                similarity=one["similarity_ppm"] / 1e6,
                is_first=_order(row) < place,
                pieces=difference(row["text"], found.record.text),
            )
        )
    return tuple(told)


def _order(row: Mapping[str, Any]) -> tuple[int, int, int]:
    return row["place"], row["seq"], row["row_index"]


def neighbours(known: Known, row: int, reference: Reference) -> tuple[Neighbour, ...]:
    """The nearest members of the reference by meaning, but the record itself and its exact copies."""
    members = reference.members
    found = members.index.nearest(known.vectors[row : row + 1], min(4 * NEIGHBOURS, len(members)))
    pairs = zip(found.rows[0].tolist(), found.similarity[0].tolist(), strict=True)
    return tuple(
        _neighbour(members, other, similarity)
        for other, similarity in pairs
        if other >= 0 and members.ids[other] != known.ids[row]
    )


def likely(known: Known, row: int, reference: Reference, near: Sequence[Neighbour]) -> tuple[Likely, ...]:
    """The most probable labels, best first, each with the near records that have it; none without a classifier."""
    if reference.heads is None:
        return ()
    probabilities = softmax(reference.heads.logits(known.vectors[row : row + 1]))[0]
    best = np.argsort(-probabilities, kind="stable")[:LABELS].tolist()
    return tuple(
        Likely(
            label=reference.classes[code],
            probability=float(probabilities[code]),
            neighbours=tuple(one for one in near if one.label == reference.classes[code])[:2],
        )
        for code in best
    )


def values(known: Known, row: int, reference: Reference) -> tuple[Value, ...]:
    """The numbers of a table's record, each beside the distribution of the reference's."""
    members = [reference.members.values(one) for one in range(min(len(reference.members), MEMBERS_SEEN_MAX))]
    told = []
    for field, value in known.values(row).items():
        if _is_number(value):
            others = [float(str(one[field])) for one in members if _is_number(one.get(field))]
            if others:
                deciles = tuple(float(one) for one in np.percentile(others, np.arange(0, 101, 10)))
                told.append(Value(field=field, value=float(str(value)), deciles=deciles))
    return tuple(told)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _neighbour(members: Known, row: int, similarity: float) -> Neighbour:
    return Neighbour(
        record=members.ids[row], text=members.texts[row], label=members.labels[row], similarity=float(similarity)
    )
