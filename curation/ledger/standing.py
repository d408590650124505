"""What a record's verdict is now: what inspection said, then what people decided, withdrew, and what copies what.

Derived from the events each time, never stored by hand. A record of content that an earlier record already has is a
copy, unless that one is withdrawn or rejected: then the next in journal order succeeds it. A decision is about
content and covers all identical content of the datanet, but a copy of an accepted record stays a copy.
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from curation.verdict import Verdict

MILLION = 1_000_000


class Why(StrEnum):
    """Who or what settled a verdict."""

    INSPECTED = "inspected"
    DECIDED = "decided"
    COPY = "copy"
    SUCCEEDED = "succeeded"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, kw_only=True)
class Inspected:
    """One record as inspection left it. Weight and novelty in millionths.

    `otherwise` and `otherwise_novelty` are what inspection would have said without the exact-duplicate finding; None
    when there was no such finding.
    """

    record: str
    datanet: str
    content: str | None
    verdict: Verdict
    weight: int | None
    novelty: int | None
    otherwise: Verdict | None = None
    otherwise_novelty: int | None = None


@dataclass(frozen=True, kw_only=True)
class Ruling:
    """The latest decision of a person about one record; `seq` is its place in the journal."""

    seq: int
    decision: str
    by: str


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The current verdict of one record. `partner` is the record it copies; `ruling` the decision that settled it."""

    record: str
    verdict: Verdict
    weight: int | None
    novelty: int | None
    why: Why
    partner: str | None = None
    ruling: Ruling | None = None


def standings(
    records: Sequence[Inspected], rulings: Mapping[str, Ruling], withdrawn: Container[str]
) -> tuple[Standing, ...]:
    """The standing of each record, in the order given, which is journal order and within a file row order.

    `records` holds every record of each content it holds one of; `rulings` the latest decision about each record.
    """
    groups: dict[tuple[str, str], list[Inspected]] = defaultdict(list)
    for record in records:
        groups[record.datanet, record.content or f"alone:{record.record}"].append(record)
    found: dict[str, Standing] = {}
    for group in groups.values():
        only = group[0]
        if len(group) == 1 and only.record not in rulings and only.record not in withdrawn:
            found[only.record] = _as_first(only, None)  # as nearly all are
        else:
            found |= {standing.record: standing for standing in _group(group, rulings, withdrawn)}
    return tuple(found[record.record] for record in records)


def _group(group: Sequence[Inspected], rulings: Mapping[str, Ruling], withdrawn: Container[str]) -> Iterable[Standing]:
    """Identical content of one datanet, in journal order."""
    ruling = max((rulings[one.record] for one in group if one.record in rulings), key=lambda one: one.seq, default=None)
    holder: str | None = None
    for one in group:
        if one.record in withdrawn:
            yield Standing(
                record=one.record, verdict=Verdict.WITHDRAWN, weight=one.weight, novelty=0, why=Why.WITHDRAWN
            )
            continue
        standing = _as_copy(one, holder, ruling, rulings.get(one.record)) if holder else _as_first(one, ruling)
        if holder is None and standing.verdict != Verdict.REJECT:
            holder = one.record
        yield standing


def _as_first(one: Inspected, ruling: Ruling | None) -> Standing:
    """No earlier record of this content stands: the record is judged for what it is."""
    succeeded = one.otherwise is not None
    novelty = one.otherwise_novelty if succeeded and one.otherwise_novelty is not None else one.novelty
    if ruling is not None:
        return _ruled(one, ruling, novelty)
    return Standing(
        record=one.record,
        verdict=one.otherwise or one.verdict,
        weight=one.weight,
        novelty=novelty,
        why=Why.SUCCEEDED if succeeded else Why.INSPECTED,
    )


def _as_copy(one: Inspected, holder: str, ruling: Ruling | None, own: Ruling | None) -> Standing:
    """An earlier record has this content. What a person said of this very copy holds; it has no novelty all the same.

    With a standing holder the content's ruling is an acceptance or there is none: a rejection leaves no holder.
    """
    if ruling is not None and own is not None and own.decision != "reject":
        return _ruled(one, own, 0)
    return Standing(
        record=one.record, verdict=Verdict.REJECT, weight=one.weight, novelty=0, why=Why.COPY, partner=holder
    )


def _ruled(one: Inspected, ruling: Ruling, novelty: int | None) -> Standing:
    rejected = ruling.decision == "reject"
    return Standing(
        record=one.record,
        verdict=Verdict.REJECT if rejected else Verdict.ACCEPT,
        weight=0 if rejected else MILLION,
        novelty=novelty,
        why=Why.DECIDED,
        ruling=ruling,
    )
