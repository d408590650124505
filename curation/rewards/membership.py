"""Who is in a model: the accepted records that are new and weigh something. Pure."""

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
    """The records of a model, in the order given, which is that of who was first. Trained with `m(w)·ν`.

    `partner` is the row of the record that each partly repeats, where that is in the model too: told, and paid nothing.
    """
    row_of = {one.record: row for row, one in enumerate(standings)}
    training = {row: weight for row, one in enumerate(standings) if (weight := _training(one, terms))}
    place = {row: number for number, row in enumerate(training)}
    return tuple(
        MemberLine(
            record=standings[row].record,
            contributor=standings[row].contributor,
            imported=standings[row].imported,
            training=weight,
            novelty=standings[row].novelty,
            partner=place.get(_earlier(row, standings[row].partner, row_of), -1),
        )
        for row, weight in training.items()
    )


def _earlier(row: int, partner: str | None, row_of: Mapping[str, int]) -> int:
    found = -1 if partner is None else row_of.get(partner, -1)
    return found if found < row else -1


def _training(one: Standing, terms: TermsFile) -> int:
    if not one.accepted:
        return 0
    part, whole = credit_share(one.weight, terms)
    return part * one.novelty // whole if one.novelty <= MILLION else 0
