"""The queue and the records in it: for people, and as JSON (`curation.queue/1`, `curation.review/1`)."""

from collections.abc import Iterator, Sequence
from typing import Any

from curation.datanet.shown import shown
from curation.formats.explanation import explanation_document, explanation_text
from curation.formats.text import snippet
from curation.review.book import Look
from curation.review.choice import Leased
from curation.review.difference import Piece
from curation.review.second import Told
from curation.review.sheet import Beside, Sheet
from curation.review.waiting import Waiting

MINUTE = 60


def waiting_document(one: Waiting) -> dict[str, Any]:
    """One waiting record; `worth` in typical records' pay a minute."""
    return {
        "record": one.record,
        "datanet": one.datanet,
        "contributor": one.contributor,
        "sort": one.sort.value,
        "codes": list(one.codes),
        "label": None if one.label is None else shown(one.label, 200),
        "verdict": one.verdict,
        "weight": one.weight,
        "worth": round(one.worth * MINUTE, 6),
    }


def waiting_text(found: Sequence[Waiting]) -> Iterator[str]:
    """A line for each, worth most first, without newlines."""
    for one in found:
        weight = "    -" if one.weight is None else f"{one.weight:5.3f}"
        codes = ", ".join(one.codes) or "nothing found"
        worth = f"worth {one.worth * MINUTE:7.3f}"
        yield f"{one.record[:12]}  {one.sort:<9} weight {weight}  {worth}  {one.datanet}: {codes}"
    yield f"{len(found)} waiting"


def flags_document(found: Sequence[Look]) -> dict[str, Any]:
    """What the owner is asked to look at."""
    told = [{"record": one.record, "by": one.curator, "note": _all_of(one.note or ""), "at": one.done} for one in found]
    return {"schema": "curation.flags/1", "flags": told}


def flags_text(found: Sequence[Look]) -> Iterator[str]:
    """A line for each, without newlines."""
    for one in found:
        yield f"{one.record[:12]}  flagged by {one.curator}: {snippet(_masked(one.note or ''), 300)}"
    yield f"{len(found)} flagged"


def leased_document(one: Leased, sheet: Sheet) -> dict[str, Any]:
    """A record to look at: what waits, until when it is held, and, unless that is hidden, what the engine found."""
    told = waiting_document(one.waiting)
    if one.hidden:
        told |= {"sort": None, "verdict": None, "weight": None, "worth": None, "codes": []}
    return {
        **told,
        "until": one.lease.until,
        "seen": one.lease.seen,
        "hidden": one.hidden,
        "text": _all_of(sheet.record.text),
        "explanation": None if one.hidden else explanation_document(sheet.explanation, sheet.policy),
        "besides": [] if one.hidden else [beside_document(other) for other in sheet.besides],
        "neighbours": [] if one.hidden else [_plain(vars(other)) for other in sheet.neighbours],
        "likely": []
        if one.hidden
        else [{"label": shown(other.label, 200), "probability": other.probability} for other in sheet.likely],
        "values": [] if one.hidden else [vars(other) for other in sheet.values],
        "opinions": [] if one.hidden else [_told(other) for other in sheet.opinions],
    }


def _told(one: Told) -> dict[str, Any]:
    decision, label = one.said
    return {"decision": decision, "label": None if label is None else shown(label, 200), "count": one.count}


def beside_document(one: Beside) -> dict[str, Any]:
    """Another record, and the difference to it, piece by piece; no pieces where a mask would fall across them."""
    sides = ("".join(piece.before for piece in one.pieces), "".join(piece.after for piece in one.pieces))
    pieces = [] if any(_masked(side) != side for side in sides) else [_piece(piece) for piece in one.pieces]
    return _plain(vars(one)) | {"pieces": pieces}


def _piece(one: Piece) -> dict[str, Any]:
    return _plain({"kind": one.kind, "before": one.before, "after": one.after})


def _plain(told: dict[str, Any]) -> dict[str, Any]:
    return {key: _all_of(value) if isinstance(value, str) else value for key, value in told.items()}


def _all_of(text: str) -> str:
    """A whole text, inert and with personal data masked."""
    masked = _masked(text)
    return shown(masked, len(masked) or 1)


def _masked(text: str) -> str:
    from curation.evidence.personal_data import masked  # noqa: PLC0415  (90 ms that most commands never need)

    return masked(text)


def sheet_text(one: Leased, sheet: Sheet) -> Iterator[str]:
    """Lines without newlines: the record, why it waits, what stands beside it, and how to decide."""
    if one.hidden:
        yield f"record {one.waiting.record} of {one.waiting.datanet}; what the engine says is left out here"
        yield f"    “{snippet(_masked(sheet.record.text), 2000)}”"
        if sheet.record.label is not None:
            yield f"    label {shown(sheet.record.label, 60)!r}"
    else:
        yield f"{one.waiting.sort}, worth {one.waiting.worth * MINUTE:.3f} typical pays a minute"
        for told in sheet.opinions:
            decision, label = told.said
            yield f"    {told.count} say {decision}" + ("" if label is None else f" as {shown(label, 60)!r}")
        yield from explanation_text(sheet.explanation, sheet.policy)
        for other in sheet.besides:
            first = "came first" if other.is_first else "came later"
            alike = f"{other.similarity:.3f} alike ({other.check})"
            yield f"beside {other.record[:12]} by {other.contributor}, {first}, {alike}"
            yield f"    “{snippet(_masked(other.text), 300)}”"
        for near in sheet.likely:
            yield f"label {shown(near.label, 60)!r}: probability {near.probability:.3f}"
        for near_by in sheet.neighbours:
            label = "" if near_by.label is None else f" {shown(near_by.label, 60)!r}"
            yield f"near {near_by.similarity:.3f}{label}: “{snippet(_masked(near_by.text), 120)}”"
    by = one.lease.curator
    yield f"yours for five minutes: curate review accept|reject|relabel|skip {one.waiting.record[:12]} --by {by}"
