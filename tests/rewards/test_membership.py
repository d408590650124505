"""Who is in a model: accepted, weighty and new records, and what must be there to pass something on."""

from hypothesis import given
from hypothesis import strategies as st

from curation.rewards.formula import MILLION, credit_share
from curation.rewards.membership import Standing, members_of
from tests.rewards.many import MANY
from tests.rewards.pay_cases import PPM, TERMS, record

COUNT_MAX = 6

_standing = st.tuples(st.booleans(), PPM, PPM, st.integers(-2, COUNT_MAX))


def standing(row: int, accepted: bool, weight: int, novelty: int, partner: int) -> Standing:  # noqa: FBT001
    """−1 is no partner, −2 one of another datanet; a later one is nobody's business either."""
    named = {-1: None, -2: "f" * 32}.get(partner, record(partner))
    return Standing(
        record=record(row),
        contributor="ann",
        imported=False,
        accepted=accepted,
        weight=weight,
        novelty=novelty,
        partner=named,
    )


standings = st.lists(_standing, max_size=COUNT_MAX).map(
    lambda told: [standing(row, *one) for row, one in enumerate(told)]
)


@MANY
@given(standings)
def test_members_train_by_weight_and_novelty_and_partners_stand_before_them(given_: list[Standing]) -> None:
    members = members_of(given_, TERMS)
    order = [one.record for one in given_]
    assert [one.record for one in members] == sorted((one.record for one in members), key=order.index)
    by_record = {one.record: one for one in given_}
    for row, one in enumerate(members):
        told = by_record[one.record]
        part, whole = credit_share(told.weight, TERMS)
        assert one.training == (part * told.novelty // whole if told.accepted else 0)
        assert one.novelty == told.novelty
        assert -1 <= one.partner < row
        if one.partner >= 0:
            assert members[one.partner].record == told.partner
        elif told.partner in order[: order.index(one.record)]:
            assert not standing_trains(by_record[told.partner])
    assert {one.record for one in members} == {one.record for one in given_ if standing_trains(one)}


def standing_trains(one: Standing) -> bool:
    part, whole = credit_share(one.weight, TERMS)
    return one.accepted and part * one.novelty // whole > 0


@MANY
@given(standings, st.integers(0, COUNT_MAX))
def test_what_is_not_accepted_changes_nobodys_training(given_: list[Standing], place: int) -> None:
    """Nor who passes on to whom: a flood of junk beside the honest moves nothing."""
    junk = Standing(record="e" * 32, contributor="bea", imported=False, accepted=False, weight=MILLION, novelty=MILLION)
    at = min(place, len(given_))
    told = [
        (one.record, one.training, one.novelty, one.partner)
        for one in members_of([*given_[:at], junk, *given_[at:]], TERMS)
    ]
    assert told == [(one.record, one.training, one.novelty, one.partner) for one in members_of(given_, TERMS)]


@MANY
@given(standings)
def test_a_copy_without_novelty_is_in_no_model_of_its_own_right(given_: list[Standing]) -> None:
    copy = standing(COUNT_MAX, True, MILLION, 0, 0)
    assert members_of([*given_, copy], TERMS) == members_of(given_, TERMS)


def test_a_partner_that_trains_nothing_is_not_told() -> None:
    fallen = standing(0, False, MILLION, MILLION, -1)
    copy = standing(1, True, MILLION, 250_000, 0)
    assert [(one.training, one.partner) for one in members_of([fallen, copy], TERMS)] == [(250_000, -1)]
