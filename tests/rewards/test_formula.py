"""What one inference pays: every property that the design promises of the formula, over a thousand cases each."""

from fractions import Fraction
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from curation.ledger.money_files import MemberLine
from curation.rewards.formula import MILLION, credit_share, effective, pay
from tests.rewards.many import MANY
from tests.rewards.pay_cases import PPM, TERMS, Case, cases, record, terms


def new(row: int, who: str = "ann", partner: int = -1, novelty: int = MILLION) -> MemberLine:
    return MemberLine(record(row), who, False, MILLION, novelty, partner)


def test_a_worked_example() -> None:
    # 70 units over A = 5, 3, 2. Bea's weight .65 is half-way up the ramp; cid repeats ann by .75, so .25 of it counts.
    members = (new(0), new(1, "bea"), new(2, "cid", partner=0, novelty=250_000))
    case = Case(pool=70, members=members, rows=((0, 5), (1, 3), (2, 2)), weights=(900_000, 650_000, 800_000))
    assert effective(case.attribution, members) == {0: 5_000_000, 1: 3_000_000, 2: 500_000}
    # 70·5/8.5 = 41.2, 70·3/8.5·.5 = 12.4, 70·.5/8.5 = 4.1: rounded down, the rest is the reserve's.
    assert case.paid().by_row == {0: 41, 1: 12, 2: 4}
    assert case.paid().reserve == 13


@MANY
@given(cases())
def test_what_is_paid_and_what_is_kept_are_the_pool(case: Case) -> None:
    found = case.paid()
    assert sum(found.by_row.values()) + found.reserve == case.pool
    assert found.reserve >= 0
    assert all(units > 0 for units in found.by_row.values())


@MANY
@given(cases())
def test_zero_attribution_or_weight_or_training_earns_zero(case: Case) -> None:
    low, found = case.terms.weight_low, case.paid().by_row
    reached = effective(case.attribution, case.members)
    for row in found:
        assert case.weights[row] > low
        assert case.members[row].training > 0
        assert case.members[row].novelty > 0
        assert reached[row] > 0
    assert case.paid(weights=tuple(min(weight, low) for weight in case.weights)).reserve == case.pool
    assert case.paid(rows=()).by_row == {}
    assert case.paid(rows=()).reserve == case.pool


@MANY
@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_records_pays_nobody(case: Case, random: Random) -> None:
    shuffled = list(case.rows)
    random.shuffle(shuffled)
    assert case.paid(rows=tuple(shuffled)) == case.paid()


@MANY
@given(cases(), st.permutations(range(6)))
def test_records_that_repeat_nobody_may_stand_in_any_order(case: Case, order: list[int]) -> None:
    members = tuple(one._replace(partner=-1) for one in case.members)
    places = [place for place in order if place < len(members)]
    moved = case.paid(
        members=tuple(members[place] for place in places),
        weights=tuple(case.weights[place] for place in places),
        rows=tuple((places.index(row), amount) for row, amount in case.rows),
    )
    assert {places[row]: units for row, units in moved.by_row.items()} == case.paid(members=members).by_row


@MANY
@given(cases(), st.integers(0, 5), PPM)
def test_pay_rises_with_ones_own_weight_and_moves_nobody_elses(case: Case, pick: int, weight: int) -> None:
    row = pick % len(case.members)
    weights = tuple(weight if place == row else one for place, one in enumerate(case.weights))
    before, after = case.paid().by_row, case.paid(weights=weights).by_row
    assert (after.get(row, 0) - before.get(row, 0)) * (weight - case.weights[row]) >= 0
    others = set(range(len(case.members))) - {row}
    assert {one: before.get(one, 0) for one in others} == {one: after.get(one, 0) for one in others}


@MANY
@given(cases(), st.integers(0, 5), st.lists(PPM, min_size=6, max_size=6))
def test_given_the_model_nobodys_weight_or_verdict_moves_anothers_pay(
    case: Case, pick: int, weights: list[int]
) -> None:
    """Not even a partner's: how new a copy is was frozen when the model was trained."""
    row = pick % len(case.members)
    others = tuple(case.weights[row] if place == row else one for place, one in enumerate(weights))
    changed = case.paid(weights=others[: len(case.members)])
    assert changed.by_row.get(row, 0) == case.paid().by_row.get(row, 0)


@MANY
@given(cases(), st.integers(0, 5), st.integers(1, 10**9))
def test_a_copy_earns_nothing_and_adds_nothing_to_anyone(case: Case, pick: int, amount: int) -> None:
    row = len(case.members)
    copied = case.paid(
        members=(*case.members, new(row, "thief", pick % len(case.members), novelty=0)),
        rows=(*case.rows, (row, amount)),
        weights=(*case.weights, MILLION),
    )
    assert copied == case.paid()


@MANY
@given(cases(), st.integers(0, 5), st.integers(1, 10**3), PPM)
def test_a_partial_copy_counts_as_its_new_part_and_no_more(case: Case, pick: int, amount: int, novelty: int) -> None:
    """It is to everybody, itself included, as a wholly new record would be that attracts so much less."""
    row = len(case.members)
    copied = case.paid(
        members=(*case.members, new(row, "thief", pick % len(case.members), novelty)),
        rows=(*case.rows, (row, amount)),
        weights=(*case.weights, MILLION),
    )
    as_if = case.paid(
        members=(*case.members, new(row, "thief")),
        rows=(*((of, units * MILLION) for of, units in case.rows), (row, amount * novelty)),
        weights=(*case.weights, MILLION),
    )
    assert copied == as_if


@MANY
@given(st.lists(st.tuples(PPM, st.integers(0, 10**9)), min_size=1, max_size=8), st.integers(0, 10**30))
def test_ones_own_copies_keep_no_more_than_what_is_new_in_them(chain: list[tuple[int, int]], pool: int) -> None:
    """Near-copies of one's own record multiply nothing: together they count as the record and their new parts."""
    members = [new(0), *(new(row + 1, "ann", row, novelty) for row, (novelty, _) in enumerate(chain))]
    rows = [(0, 10**9), *((row + 1, amount) for row, (_, amount) in enumerate(chain) if amount)]
    case = Case(
        pool=pool,
        members=(*members, new(len(members), "bea")),
        rows=(*rows, (len(members), 10**9)),
        weights=(MILLION,) * (len(members) + 1),
    )
    own = 10**9 * MILLION + sum(novelty * amount for novelty, amount in chain)
    kept = sum(units for row, units in case.paid().by_row.items() if row < len(members))
    assert kept <= pool * own // (own + 10**9 * MILLION)
    assert case.paid().by_row.get(len(members), 0) == pool * 10**9 * MILLION // (own + 10**9 * MILLION)


@MANY
@given(cases(), st.lists(st.sampled_from(("ann", "bea", "ann-2", "ann-3")), min_size=6, max_size=6))
def test_no_name_is_paid_for_so_splitting_identities_adds_nothing(case: Case, names: list[str]) -> None:
    renamed = [one._replace(contributor=names[row]) for row, one in enumerate(case.members)]
    assert case.paid(members=tuple(renamed)) == case.paid()


@MANY
@given(cases())
def test_less_than_a_unit_a_record_is_lost_to_rounding(case: Case) -> None:
    found, shares = case.paid(), effective(case.attribution, case.members)
    exact = Fraction(0)
    for row, share in shares.items():
        part, whole = credit_share(case.weights[row], case.terms)
        exact += Fraction(case.pool * share * part, sum(shares.values()) * whole)
    dust = exact - sum(found.by_row.values())
    assert 0 <= dust < max(len(case.members), 1)


@MANY
@given(cases())
def test_the_discount_is_never_shared_among_the_others(case: Case) -> None:
    """Nobody gets more than the share that was theirs when all weights were full."""
    found = case.paid()
    full = case.paid(weights=(MILLION,) * len(case.members))
    assert all(units <= full.by_row[row] for row, units in found.by_row.items())
    assert found.reserve >= full.reserve


@MANY
@given(cases())
def test_the_same_gives_the_same(case: Case) -> None:
    assert case.paid() == case.paid()
    assert list(case.paid().by_row) == list(case.paid().by_row)


@MANY
@given(PPM, PPM)
def test_the_ramp_starts_at_nothing_rises_and_ends_at_all(weight: int, more: int) -> None:
    low, high = sorted((weight, more))
    part, whole = credit_share(low, TERMS)
    assert 0 <= part <= whole
    assert part <= credit_share(high, TERMS)[0]
    assert (part == 0) == (low <= TERMS.weight_low)
    assert (part == whole) == (low >= TERMS.weight_high)


def test_without_a_weight_nothing_is_paid() -> None:
    case = Case(pool=100, members=(new(0),), rows=((0, 1),), weights=(MILLION,), terms=terms())
    assert pay(100, case.attribution, case.members, {}, case.terms).reserve == 100
    assert case.paid().by_row == {0: 100}
