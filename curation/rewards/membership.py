"""Who is in a model: accepted records that are new and weigh something, and what passes on what falls to it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from curation.ledger.money_files import MemberLine, TermsFile
from curation.rewards.formula import MILLION, credit_share


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One record of a datanet when a model is trained; weight and novelty in millionths.

    `partner` is the record that it partly repeats, None for one that is wholly new.
    """

    record: str
    contributor: str
    imported: bool
    accepted: bool
    weight: int
    novelty: int
    partner: str | None = None


def members_of(standings: Sequence[Standing], terms: TermsFile) -> tuple[MemberLine, ...]:
    """The records of a model, in the order given, which is that of who was first.

    Trained with `m(w)·ν`. A record that trains nothing is in it only where a copy passes something on to it.
    """
    row_of = {one.record: row for row, one in enumerate(standings)}
    partner_of = {row: _earlier(row, one.partner, row_of) for row, one in enumerate(standings)}
    training = {row: _training(one, terms) for row, one in enumerate(standings)}
    kept = {row for row, weight in training.items() if weight}
    for row in sorted(kept, reverse=True):
        at = partner_of[row]
        while at >= 0 and at not in kept:
            kept.add(at)
            at = partner_of[at]
    place = {row: number for number, row in enumerate(sorted(kept))}
    return tuple(
        MemberLine(
            record=standings[row].record,
            contributor=standings[row].contributor,
            imported=standings[row].imported,
            training=training[row],
            novelty=standings[row].novelty,
            partner=place.get(partner_of[row], -1),
        )
        for row in sorted(kept)
    )


def _earlier(row: int, partner: str | None, row_of: Mapping[str, int]) -> int:
    found = -1 if partner is None else row_of.get(partner, -1)
    # Nothing passes on to what came later: that would be a circle.
    return found if found < row else -1


def _training(one: Standing, terms: TermsFile) -> int:
    if not one.accepted:
        return 0
    part, whole = credit_share(one.weight, terms)
    return part * one.novelty // whole if one.novelty <= MILLION else 0
