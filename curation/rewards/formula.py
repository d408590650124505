"""What a record earns: `pay_i = floor(D · E_i · m(w_i) / Z)`, in integers from end to end.

`D` is the data share of the fee in base units, `Z = Σ A` over the attribution of the inference. `E` is what is left of
each record's attribution `A` once copies have passed on what is not theirs: a record of novelty ν keeps ν of what falls
to it, the rest goes to the record it partly repeats, and from there on in the same way. `m(w)` is 0 for a weight at the
ramp's start and 1 from its end on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

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
    """`E` by row, in millionths of an attribution unit; sums to no more than a million times `Z`."""
    found = falling(attribution, members)
    # Whoever trained nothing earns nothing, and what is its own falls to nobody else.
    kept = {row: falls * members[row].novelty // MILLION for row, falls in found.items() if members[row].training}
    return {row: own for row, own in kept.items() if own}


def falling(attribution: Attribution, members: Sequence[MemberLine]) -> dict[int, int]:
    """What falls to each row, in millionths of an attribution unit: its own attribution, and what copies pass on.

    A partner is always an earlier row, so one pass from the last row to the first settles every chain. What a chain
    leaves to nobody (its end is a record that trained nothing) is in no row: the reserve keeps it.
    """
    falls: dict[int, int] = {}
    for row, amount in attribution.rows:
        falls[row] = falls.get(row, 0) + amount * MILLION
    order = [-row for row in falls]
    heapify(order)
    while order:
        row = -heappop(order)
        member = members[row]
        rest = falls[row] - falls[row] * member.novelty // MILLION
        if member.partner >= 0 and rest:
            if member.partner not in falls:
                heappush(order, -member.partner)
            falls[member.partner] = falls.get(member.partner, 0) + rest
    return falls


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
    total = attribution.total
    if total == 0:
        return Pay(by_row={}, reserve=pool)
    paid = {}
    for row, share in effective(attribution, members).items():
        part, whole = credit_share(weights.get(row, 0), terms)
        units = pool * share * part // (total * MILLION * whole)
        if units:
            paid[row] = units
    return Pay(by_row=paid, reserve=pool - sum(paid.values()))
