"""What a record earns: `pay_i = floor(D · ν_i·A_i · m(w_i) / Z)`, in integers from end to end.

`D` is the data share of the fee in base units, `A` the attribution of the inference, `ν` how new each record is, and
`Z = Σ ν·A`. `m(w)` is 0 for a weight at the ramp's start and 1 from its end on.

Novelty stands in `Z` too, so copies add nothing to anyone: a record that is one part in a thousand new counts as a
thousandth of a record, above and below the line. Whoever repeats their own records divides what one would get, and
whoever repeats others' takes nothing from them. Weights do not stand in it: the discount is shared with nobody.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from curation.ledger.money_files import Attribution, MemberLine, TermsFile

MILLION = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Pay:
    """What one inference pays: base units by row of its model, none of them 0, and what the reserve keeps."""

    by_row: Mapping[int, int]
    reserve: int


def credit_share(weight: int, terms: TermsFile) -> tuple[int, int]:
    """`m(w)` of a weight in millionths, as a fraction: numerator and denominator."""
    width = terms.weight_high - terms.weight_low
    return min(max(weight - terms.weight_low, 0), width), width


def effective(attribution: Attribution, members: Sequence[MemberLine]) -> dict[int, int]:
    """`ν·A` by row, in millionths of an attribution unit, of the records that trained; sums to `Z`."""
    found = {row: amount * members[row].novelty for row, amount in attribution.rows if members[row].training}
    return {row: amount for row, amount in found.items() if amount}


def pay(
    pool: int,
    attribution: Attribution,
    members: Sequence[MemberLine],
    weights: Mapping[int, int],
    terms: TermsFile,
) -> Pay:
    """What the data pool of one inference pays to whom. `weights` are millionths by row; a missing one is 0.

    The discount is not shared among the others: what is not paid is the reserve's. Given the model, no record's pay
    depends on another's weight.
    """
    shares = effective(attribution, members)
    total = sum(shares.values())
    paid = {}
    for row, share in shares.items():
        part, whole = credit_share(weights.get(row, 0), terms)
        units = pool * share * part // (total * whole)
        if units:
            paid[row] = units
    return Pay(by_row=paid, reserve=pool - sum(paid.values()))
