"""Curators in figures, and gold: for people, and as JSON (`curation.curators/1`, `curation.gold/1`)."""

from collections.abc import Iterator, Sequence
from typing import Any

from curation.audit.curators import Curator, GoldAnswer
from curation.datanet.shown import shown
from curation.ledger.answers import Gold, Saying
from curation.rewards.intervals import MILLION
from curation.vouching import Nominated


def curators_document(found: Sequence[Curator], *, missed_of: str | None = None) -> dict[str, Any]:
    """All figures; which gold was missed only of `missed_of`, who may dispute it."""
    return {"schema": "curation.curators/1", "curators": [_curator(one, one.curator == missed_of) for one in found]}


def _curator(one: Curator, with_missed: bool) -> dict[str, Any]:  # noqa: FBT001  (one line above)
    accuracy = one.accuracy
    return {
        "curator": one.curator,
        "looks": one.looks,
        "seconds": one.seconds,
        "shared": one.shared,
        "agreement": None if one.agreement is None else round(one.agreement, 6),
        "quality": None if one.quality is None else round(one.quality, 6),
        "quality_by": None if one.quality is None else "labels" if one.is_by_labels else "agreement",
        "gold": {
            "answers": len(one.gold),
            "right": one.right,
            "accuracy": None if accuracy is None else {k: v / MILLION for k, v in accuracy.told().items()},
            "accepted": one.accepted,
            "to_accept": one.to_accept,
            "told": one.told.value,
        },
        "blind": {"looks": one.blind.looks, "accepted": one.blind.accepted},
        "informed": {"looks": one.informed.looks, "accepted": one.informed.accepted},
        "missed": [_missed(answer) for answer in one.gold if not answer.is_right] if with_missed else None,
    }


def _missed(one: GoldAnswer) -> dict[str, Any]:
    return {"record": one.record, "said": _said(one.said), "right": _said(one.right)}


def _said(said: Saying) -> dict[str, Any]:
    decision, label = said
    return {"decision": decision, "label": None if label is None else shown(label, 200)}


def curators_text(found: Sequence[Curator], *, missed_of: str | None = None) -> Iterator[str]:
    """A line for each curator, without newlines; below it what they missed of gold, for `missed_of` alone."""
    yield (
        f"{'curator':<20} {'looks':>5} {'seconds':>7}  {'agreement':<13} {'quality':<16} "
        f"{'gold':<6} {'accuracy (95 %)':<20} {'accepts':<8} told"
    )
    for one in found:
        seconds = "-" if one.seconds is None else f"{one.seconds:.0f}"
        agreement = "-" if one.agreement is None else f"{one.agreement:.2f} of {one.shared}"
        by = "by labels" if one.is_by_labels else "agreement"
        quality = "-" if one.quality is None else f"{one.quality:.2f} {by}"
        accuracy = one.accuracy
        sure = "-"
        if accuracy is not None:
            sure = f"{accuracy.value / MILLION:.2f} ({accuracy.low / MILLION:.2f} to {accuracy.high / MILLION:.2f})"
        gold = f"{one.right}/{len(one.gold)}" if one.gold else "-"
        accepts = f"{one.accepted} ({one.to_accept})" if one.gold else "-"
        yield (
            f"{one.curator:<20} {one.looks:>5} {seconds:>7}  {agreement:<13} {quality:<16} "
            f"{gold:<6} {sure:<20} {accepts:<8} {one.told}"
        )
        if one.blind.looks:
            yield (
                f"    accepted {one.blind.accepted} of {one.blind.looks} without the engine's findings, "
                f"{one.informed.accepted} of {one.informed.looks} with them"
            )
        for answer in one.gold if one.curator == missed_of else ():
            if not answer.is_right:
                yield f"    gold {answer.record}: {_told(answer.said)} was said, {_told(answer.right)} is right"
    yield "agreement: with others who looked; accepts: of gold (in brackets: how many were to be accepted)"


def _told(said: Saying) -> str:
    decision, label = said
    return decision if label is None else f"{decision} as {shown(label, 60)!r}"


def nomination_document(found: Gold, by: str) -> dict[str, Any]:
    """That `by` vouches for this."""
    return {"schema": "curation.nomination/1", "record": found.record, "gold": found.name, "by": by}


def dispute_document(found: Gold, by: str) -> dict[str, Any]:
    """That `by` disputes this."""
    return {"schema": "curation.dispute/1", "record": found.record, "gold": found.name, "by": by}


def gold_document(found: Sequence[Nominated]) -> dict[str, Any]:
    """All gold, first nominated first."""
    return {
        "schema": "curation.gold/1",
        "gold": [
            {
                "record": one.gold.record,
                **_said(one.gold.said),
                "by": list(one.gold.by),
                "disputed": one.gold.is_disputed,
                "answers": one.answers,
                "right": one.right,
            }
            for one in found
        ],
    }


def gold_text(found: Sequence[Nominated]) -> Iterator[str]:
    """A line for each, without newlines."""
    for one in found:
        disputed = ", disputed: it counts for nobody" if one.gold.is_disputed else ""
        answered = f"{one.right} of {one.answers} right" if one.answers else "not answered yet"
        yield f"{one.gold.record[:12]}  {_told(one.gold.said)}, by {', '.join(one.gold.by)}; {answered}{disputed}"
    yield f"{len(found)} gold records"
