"""The books refuse every move that an account or a payout does not allow, and say where each payout stands."""

import pytest

from curation.errors import JournalBroken
from curation.ledger.money_files import MoveLine
from curation.rewards.books import Books, Lot, sums
from tests.rewards.pay_cases import record


def move(  # noqa: PLR0917  (the parts of a move)
    what: str, source: str, target: str, units: int, number: int | None = None, epoch: int = 1
) -> MoveLine:
    told = {"what": what, "source": source, "target": target, "units": str(units), "epoch": epoch}
    return MoveLine.model_validate(told | {"record": None if number is None else record(number)})


def begun() -> Books:
    """Ann's two records and bea's one were credited 60, 40 and 10 in epoch 1; the reserve kept 90."""
    books = Books()
    books.enter(
        [
            move("fee", "fee", "data-pool", 200),
            move("credit", "data-pool", "escrow:ann", 60, 0),
            move("credit", "data-pool", "escrow:ann", 40, 1),
            move("credit", "data-pool", "escrow:bea", 10, 2),
            move("keep", "data-pool", "reserve", 90),
        ]
    )
    return books


def test_where_payouts_stand_after_every_kind_of_move() -> None:
    books = begun()
    books.enter(
        [
            move("vest", "escrow:ann", "vested:ann", 40, 1),
            move("forfeit", "escrow:ann", "forfeited", 50, 0),
            move("penalty", "escrow:ann", "forfeited", 10, 0),
            move("reverse", "escrow:bea", "reserve", 4, 2),
            move("correct", "forfeited", "escrow:ann", 5, 0),
            move("correct", "reserve", "escrow:bea", 3, 2),
            move("audit", "reserve", "audit", 20),
            move("burn", "reserve", "burned", 1),
        ]
    )
    assert books.lots == {
        (record(0), 1): Lot(contributor="ann", credited=60, escrow=5, forfeited=55),
        (record(1), 1): Lot(contributor="ann", credited=40, vested=40),
        (record(2), 1): Lot(contributor="bea", credited=9, escrow=9),
    }
    assert sums(books) == {"ann": (100, 5, 40, 55), "bea": (9, 9, 0, 0)}
    assert (books.pool, books.reserve) == (200, 91)
    assert sum(books.balances.values()) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        move("vest", "escrow:ann", "vested:ann", 61, 0),
        move("vest", "escrow:bea", "vested:bea", 11, 2),
        move("credit", "data-pool", "escrow:ann", 1, 0),
        move("keep", "data-pool", "reserve", 1),
        move("burn", "reserve", "burned", 91),
        move("correct", "reserve", "escrow:ann", 91, 0),
        move("correct", "forfeited", "escrow:ann", 1, 0),
        move("vest", "escrow:bea", "vested:bea", 5, 0),
        move("credit", "reserve", "escrow:bea", 5, 0),
        move("forfeit", "vested:ann", "forfeited", 1, 0),
    ],
    ids=lambda one: f"{one.what} {one.units} of {one.source}",
)
def test_what_is_not_there_cannot_be_moved(wrong: MoveLine) -> None:
    with pytest.raises(JournalBroken, match=r"a (move|payout)"):
        begun().enter([wrong])


def test_payouts_are_told_oldest_first_by_record_and_newest_first_by_contributor() -> None:
    books = begun()
    books.enter(
        [
            move("fee", "fee", "data-pool", 7),
            move("credit", "data-pool", "escrow:ann", 7, 0, epoch=2),
        ]
    )
    assert [epoch for epoch, _ in books.of_record(record(0))] == [1, 2]
    newest = [payout for payout, _ in books.of_contributor("ann")]
    assert newest == [(record(0), 2), *sorted([(record(0), 1), (record(1), 1)])]
    assert list(books.of_record(record(9))) == []
    assert list(books.of_contributor("zoe")) == []
