"""What a word does to money, whatever the books say: forfeits, penalties, reversals, and their way back."""

from copy import deepcopy
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.ledger.money_files import MoveLine, TermsFile
from curation.rewards.books import FORFEITED, RESERVE, Books, Lot, sums
from curation.rewards.consequences import found_bad, found_good
from curation.rewards.formula import MILLION
from curation.rewards.settlement import Model, settled
from tests.rewards.many import MANY
from tests.rewards.pay_cases import Case, cases, record, terms
from tests.rewards.test_settlement import conditions, owed

fees = st.lists(st.integers(0, 10**20), min_size=3, max_size=3)
numbers = st.integers(0, 3)


def kept(case: Case, amounts: list[int]) -> Books:
    """Three epochs with every record accepted; the first one's payouts vest in the third."""
    books = Books()
    own = replace(case, terms=terms(vest_audits=0, burn_epochs=1, penalty_payouts=2))
    model = {"m": Model(members=own.members, terms=own.terms, seq=1)}
    for epoch, one in enumerate(owed(own, amounts), 1):
        settled(epoch, epoch, [one], model, conditions(own), books)
    return books


def after(books: Books, moves: list[MoveLine]) -> Books:
    """The books after these moves, which whatever they are sum to zero and overdraw no account."""
    changed = deepcopy(books)
    changed.enter(moves)
    assert sum(changed.balances.values()) == 0
    assert all(units >= 0 for account, units in changed.balances.items() if account != "fee")
    assert changed.pool == books.pool
    return changed


TERMS: TermsFile = terms(penalty_payouts=2)


@MANY
@given(cases(4), fees, numbers)
def test_a_bad_audit_takes_the_escrow_and_a_penalty_and_nothing_that_vested(
    case: Case, amounts: list[int], number: int
) -> None:
    books, found = kept(case, amounts), record(number)
    moves = found_bad(found, books, TERMS, drawn=True)
    then = after(books, moves)
    own = [lot for payout, lot in books.lots.items() if payout[0] == found]
    whose = {lot.contributor for lot in own}
    for payout, lot in then.lots.items():
        was = books.lots[payout]
        assert (lot.vested, lot.credited) == (was.vested, was.credited)
        if payout[0] == found:
            assert (lot.escrow, lot.forfeited) == (0, was.escrow + was.forfeited)
        if lot.contributor not in whose:
            assert lot == was
    penalty = sum(int(one.units) for one in moves if one.what == "penalty")
    rest = sum(lot.escrow for (one, _), lot in books.lots.items() if lot.contributor in whose and one != found)
    assert penalty == min(2 * sum(lot.credited for lot in own), rest)
    assert then.reserve == books.reserve


@MANY
@given(cases(4), fees, numbers)
def test_a_bad_word_without_a_draw_goes_back_to_the_reserve_and_punishes_nobody(
    case: Case, amounts: list[int], number: int
) -> None:
    books, found = kept(case, amounts), record(number)
    then = after(books, found_bad(found, books, TERMS, drawn=False))
    escrow = sum(lot.escrow for payout, lot in books.lots.items() if payout[0] == found)
    assert then.reserve - books.reserve == then.balances[RESERVE] - books.balances[RESERVE] == escrow
    for payout, lot in then.lots.items():
        was = books.lots[payout]
        wanted = replace(was, escrow=0, credited=was.credited - was.escrow) if payout[0] == found else was
        assert lot == wanted


@MANY
@given(cases(4), fees, numbers)
def test_a_good_word_gives_back_exactly_what_an_audit_took(case: Case, amounts: list[int], number: int) -> None:
    books, found = kept(case, amounts), record(number)
    taken = found_bad(found, books, TERMS, drawn=True)
    then = after(books, taken)
    contributor = taken[0].source.partition(":")[2] if taken else "ann"
    restored = after(then, found_good(found, contributor, then, taken, {}))
    assert restored.lots == books.lots
    assert restored.balances[FORFEITED] == books.balances[FORFEITED] == 0


@MANY
@given(cases(4), fees, numbers, st.lists(st.integers(0, 10**20), min_size=3, max_size=3), st.integers(0, 10**20))
def test_a_correction_pays_what_is_missing_as_far_as_the_reserve_reaches(
    case: Case, amounts: list[int], number: int, full: list[int], left: int
) -> None:
    books, found = kept(case, amounts), record(number)
    spent = max(books.balances[RESERVE] - left, 0)
    if spent:
        told = {"what": "burn", "source": RESERVE, "target": "burned", "units": str(spent), "epoch": 1}
        books.enter([MoveLine.model_validate(told)])
    contributor = next((lot.contributor for payout, lot in books.lots.items() if payout[0] == found), "ann")
    wanted = dict(enumerate(full, 1))
    then = after(books, found_good(found, contributor, books, [], wanted))
    missing = 0
    for epoch, units in wanted.items():
        was = books.lots.get((found, epoch), Lot(contributor=contributor))
        now = then.lots.get((found, epoch), was)
        missing += max(units - was.credited, 0)
        assert now.credited <= max(units, was.credited)
        assert now.vested == was.vested
    given_back = books.balances[RESERVE] - then.balances[RESERVE]
    assert given_back == min(missing, books.balances[RESERVE])
    assert sum(told[0] for told in sums(then).values()) == sum(told[0] for told in sums(books).values()) + given_back


def test_the_newest_payouts_are_penalised_first() -> None:
    books = Books()
    told: list[tuple[str, int, str | None, int]] = [("data-pool", 100, None, 1)]
    told += [("escrow:ann", 10, record(number), epoch) for epoch in (1, 2) for number in (0, 1, 2)]
    for target, units, one, epoch in told:
        what, source = ("fee", "fee") if one is None else ("credit", "data-pool")
        line = {"what": what, "source": source, "target": target, "units": str(units), "record": one, "epoch": epoch}
        books.enter([MoveLine.model_validate(line)])
    moves = found_bad(record(0), books, terms(penalty_payouts=1), drawn=True)
    # Two payouts of 10 forfeited, and as much again from the others: both of epoch 2, none of epoch 1.
    assert [(one.what, one.epoch, int(one.units)) for one in moves] == [
        ("forfeit", 1, 10),
        ("forfeit", 2, 10),
        ("penalty", 2, 10),
        ("penalty", 2, 10),
    ]


@pytest.mark.parametrize("drawn", [True, False])
def test_a_record_that_earned_nothing_has_nothing_to_lose(drawn: bool) -> None:  # noqa: FBT001
    assert found_bad(record(0), Books(), TERMS, drawn=drawn) == []
    assert found_good(record(0), "ann", Books(), [], {1: MILLION}) == []
