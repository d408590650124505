"""Words about records that were paid for, one after the other: who has to agree, what moves, what is given back."""

from pathlib import Path

import pytest

from curation.errors import UsageError
from curation.ledger.money_files import MemberLine
from curation.ledger.places import Places
from curation.rewards.books import Lot, sums
from curation.rewards.formula import MILLION
from curation.rewards.words import Money
from tests.ledger.ledger_sample import Ledger
from tests.ledger.money_sample import DATANET, Cash
from tests.rewards.pay_cases import record, terms

MEMBERS = [MemberLine(record(n), who, False, MILLION, MILLION, -1) for n, who in enumerate(("ann", "ann", "bea"))]
WEIGHTS = {one.record: MILLION for one in MEMBERS}
TERMS = terms(penalty_payouts=1, burn_epochs=9, audit_budget=0)


@pytest.fixture
def cash(tmp_path: Path) -> Cash:
    """One epoch of 1000: ann's records earned 300 and 200, bea's 200 at no weight, so that the reserve keeps it."""
    cash = Cash(ledger=Ledger(places=Places(state_dir=tmp_path)))
    cash.train(MEMBERS, terms=TERMS)
    cash.infer("q-1", 1000, [(0, 3), (1, 2), (2, 2)])
    cash.settle({**WEIGHTS, record(2): 500_000})
    return cash


def lot(cash: Cash, number: int) -> Lot | None:
    return cash.treasury.books().lots.get((record(number), 1))


def test_a_bad_audit_and_the_good_word_that_overturns_it(cash: Cash) -> None:
    before = cash.treasury.books()
    assert sums(before) == {"ann": (500, 500, 0, 0)}
    cash.decide(record(0), "reject", "cy", 50_000)
    assert lot(cash, 0) == Lot(contributor="ann", credited=300, forfeited=300)
    # The penalty is once what the record was credited, as far as there is escrow.
    assert lot(cash, 1) == Lot(contributor="ann", credited=200, forfeited=200)
    cash.decide(record(0), "accept", "di", 50_000)
    assert cash.treasury.books().lots == before.lots
    assert cash.treasury.books().balances == before.balances


def test_a_bad_word_without_a_draw_is_reversed_and_paid_again_from_the_reserve(cash: Cash) -> None:
    cash.decide(record(0), "reject", "cy")
    assert lot(cash, 0) == Lot(contributor="ann")
    assert cash.treasury.books().balances["reserve"] == 500
    cash.decide(record(0), "accept", "cy")
    assert lot(cash, 0) == Lot(contributor="ann", credited=300, escrow=300)
    assert cash.treasury.books().balances["reserve"] == 200


def test_a_good_word_out_of_the_blue_moves_nothing_and_an_appeal_is_paid_from_the_reserve(cash: Cash) -> None:
    cash.decide(record(2), "accept", "cy")
    assert lot(cash, 2) is None
    cash.appeal(record(2))
    assert record(2) in cash.treasury.state.disputed
    cash.decide(record(2), "accept", "cy")
    assert lot(cash, 2) == Lot(contributor="bea", credited=200, escrow=200)
    assert cash.treasury.books().balances["reserve"] == 0
    # It is answered; the next good word finds nothing to put right.
    assert record(2) not in cash.treasury.state.disputed
    cash.decide(record(2), "accept", "di")
    assert lot(cash, 2) == Lot(contributor="bea", credited=200, escrow=200)


def test_a_bad_word_that_costs_money_takes_two_curators_and_never_one_twice(cash: Cash) -> None:
    assert Money(cash.treasury, "cy").needs_second([record(0)])
    assert not Money(cash.treasury, "cy").needs_second([record(2)])
    cash.doubt(record(0), "cy")
    with pytest.raises(UsageError, match="another curator has to agree"):
        Money(cash.treasury, "cy").needs_second([record(0)])
    assert not Money(cash.treasury, "di").needs_second([record(0)])
    # A good word answers the doubt: whoever doubts it then is the first again, be it the same person.
    cash.decide(record(0), "accept", "di")
    assert Money(cash.treasury, "di").needs_second([record(0)])
    assert Money(cash.treasury, "cy").needs_second([record(0)])


def test_the_same_curator_cannot_be_both_in_one_go_nor_through_a_copy(cash: Cash) -> None:
    one_go = Money(cash.treasury, "cy")
    assert one_go.needs_second([record(0), record(1)])
    # The copy in the same go is the same doubt, and waits as well; the same record again is none.
    assert one_go.needs_second([record(1), record(0)])
    with pytest.raises(UsageError, match="another curator"):
        one_go.needs_second([record(1), record(0)])
    cash.doubt(record(0), "cy")
    with pytest.raises(UsageError, match="another curator"):
        Money(cash.treasury, "cy").needs_second([record(1), record(0)])
    assert not Money(cash.treasury, "di").needs_second([record(1), record(0)])


def test_a_bad_word_said_again_costs_nothing_more_and_is_given_back_whole(cash: Cash) -> None:
    cash.infer("q-2", 1000, [(1, 1)])
    cash.settle(WEIGHTS)
    before = cash.treasury.books()
    cash.decide(record(0), "reject", "cy", 50_000)
    once = cash.treasury.books()
    assert sums(once)["ann"] == (1200, 600, 0, 600)
    cash.decide(record(0), "reject", "di", 50_000)
    assert cash.treasury.books().lots == once.lots
    assert not Money(cash.treasury, "eve").needs_second([record(0)])
    cash.decide(record(0), "accept", "eve", 50_000)
    assert cash.treasury.books().lots == before.lots


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_what_was_taken_is_given_back_once_whichever_copy_is_named(cash: Cash, order: tuple[int, int]) -> None:
    before = cash.treasury.books()
    alike = [record(number) for number in order]
    cash.decide(record(0), "reject", "cy", 50_000, alike=[record(0), record(1)])
    assert sums(cash.treasury.books()) == {"ann": (500, 0, 0, 500)}
    for curator in ("di", "eve"):
        cash.decide(alike[0], "accept", curator, 50_000, alike=alike)
        assert cash.treasury.books().lots == before.lots
    cash.decide(record(0), "accept", "fay", 50_000, alike=[record(0), record(1)])
    assert cash.treasury.books().lots == before.lots


def test_words_of_one_go_know_of_each_other(cash: Cash) -> None:
    before = cash.treasury.books()
    cash.decide(record(0), "reject", "cy", 50_000)
    money = Money(cash.treasury, "di")
    assert money.moved("accept", [record(0)], drawn_ppm=50_000)
    assert money.moved("accept", [record(0)], drawn_ppm=50_000) == []
    assert money.books.lots == before.lots


def test_before_anything_was_settled_no_word_costs_anything(tmp_path: Path) -> None:
    cash = Cash(ledger=Ledger(places=Places(state_dir=tmp_path)))
    cash.train(MEMBERS, terms=TERMS)
    cash.infer("q-1", 1000, [(0, 1)])
    money = Money(cash.treasury, "cy")
    assert not money.needs_second([record(0)])
    assert money.moved("reject", [record(0)], drawn_ppm=50_000) == []
    assert DATANET in cash.treasury.terms_now
