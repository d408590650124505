"""The example of docs/rewards.md, worked by the engine: every number on the page comes out."""

import re
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import pytest

from curation.ledger.money_files import Attribution, MemberLine
from curation.rewards.amounts import largest_remainder
from curation.rewards.books import RESERVE, Books, sums
from curation.rewards.consequences import found_bad, found_good
from curation.rewards.formula import MILLION, credit_share, effective, pay
from curation.rewards.settlement import Conditions, Found, Model, Owed, settled
from curation.rewards.terms import terms_of
from tests.engine_sample import a_card

PAGE = (Path(__file__).parents[2] / "docs" / "rewards.md").read_text(encoding="utf-8")
TEXT = " ".join(PAGE.split())
PEOPLE = ("Amina", "Bayo", "Chi", "Dele")
# The page speaks of a card that says nothing about money.
TERMS = terms_of(a_card())
RECORD = {who: f"{place:032x}" for place, who in enumerate(PEOPLE)}
CHI = RECORD["Chi"]


def row(cells: str) -> list[str]:
    """The cells of the page's table row that begins so."""
    (line,) = [line for line in PAGE.splitlines() if line.startswith(f"| {cells}")]
    return [cell.strip() for cell in line.strip("|").split("|")][1:]


def numbers(cells: str) -> list[int]:
    """The whole numbers of everybody in that row."""
    return [int(cell) for cell in row(cells)[: len(PEOPLE)]]


def ppm(cells: str) -> list[int]:
    """The shares of everybody in that row, in millionths."""
    return [round(Fraction(cell) * MILLION) for cell in row(cells)[: len(PEOPLE)]]


def told(pattern: str) -> list[int]:
    """The whole numbers that stand where the pattern, which is in the page's text once, has its groups."""
    (found,) = re.finditer(pattern, TEXT)
    return [int(number.replace(" ", "")) for number in found.groups()]


def members(novelties: Sequence[int], partners: Sequence[int], names: Sequence[str]) -> list[MemberLine]:
    """The records of a model, numbered from 0, of full weight in training."""
    return [
        MemberLine(
            record=f"{place:032x}",
            contributor=name.lower(),
            imported=False,
            training=novelty,
            novelty=novelty,
            partner=partner,
        )
        for place, (novelty, partner, name) in enumerate(zip(novelties, partners, names, strict=True))
    ]


MEMBERS = members(ppm("novelty"), (-1, 0, -1, -1), PEOPLE)
ATTRIBUTION = Attribution(rows=tuple(enumerate(numbers("attribution"))))
FOUND = [Found(good, bad) for good, bad in zip(numbers("audited good"), numbers("audited bad"), strict=True)]
WEIGHTS = ppm("`w`")
PAY, POOL = numbers("`pay"), told(r"the pool is (\d+),")[0]


@pytest.fixture
def books() -> Books:
    """After three epochs with the same question."""
    now = Conditions(
        weights=dict(zip(RECORD.values(), ppm("weight by"), strict=True)),
        decided=frozenset(),
        audits={("d-1", who.lower()): found for who, found in zip(PEOPLE, FOUND, strict=True)},
        import_audits={},
        datanets=dict.fromkeys(RECORD.values(), "d-1"),
        terms={"d-1": TERMS},
        disputed=frozenset(),
        withdrawn=frozenset(),
    )
    (fee,) = told(r"a fee of ([\d ]+) units and")
    kept, spent, stay = told(r"− \d+ = (\d+)\. Of the pool 2 % pay for audits: (\d+) leave the reserve, (\d+) stay")
    books, model = Books(), Model(members=MEMBERS, terms=TERMS)
    for epoch in (1, 2, 3):
        owed = [Owed(seq=epoch, datanet="d-1", model="m", fee=fee, attribution=ATTRIBUTION)]
        lines = settled(epoch, epoch, owed, {"m": model}, now, books)
        assert [one.weight for one in lines.records] == WEIGHTS
        assert [int(one.pay) for one in lines.records] == PAY
        assert [int(one.units) for one in lines.moves if one.what in {"keep", "audit"}] == [kept, spent]
        assert books.balances[RESERVE] == epoch * stay
    assert told(r"the reserve has 3 · (\d+) = (\d+)") == [stay, books.balances[RESERVE]]
    return books


def test_the_fee() -> None:
    (fee,) = told(r"a fee of ([\d ]+) units and")
    split = list(largest_remainder(fee, TERMS.fees.model_dump()).values())
    assert split == told(r"split (\d+), (\d+), (\d+) and (\d+);")
    assert split[-1] == POOL


def test_the_steps_from_attribution_to_pay() -> None:
    shares = effective(ATTRIBUTION, MEMBERS)
    assert [shares[place] // MILLION for place in range(len(PEOPLE))] == numbers("`ν · A`")
    assert row("`ν · A`")[-1] == f"`Z` = {sum(shares.values()) // MILLION}"
    rates = [Fraction(cell) for cell in row("rate")[: len(PEOPLE)]]
    assert [found.rate(TERMS) for found in FOUND] == [int(rate * MILLION) for rate in rates]
    assert [min(pair) for pair in zip(ppm("weight by"), map(int, (r * MILLION for r in rates)), strict=True)] == WEIGHTS
    assert [Fraction(*credit_share(weight, TERMS)) * MILLION for weight in WEIGHTS] == ppm("`m(w) =")
    assert int(row("`pay")[len(PEOPLE)]) == sum(PAY)
    assert told(r"keeps (\d+) − (\d+) = (\d+)\.") == [POOL, sum(PAY), POOL - sum(PAY)]


def test_without_the_bad_audits_dele_gets_more_and_nobody_less() -> None:
    rates = [Found(good).rate(TERMS) for good in numbers("audited good")]
    weights = dict(enumerate(map(min, ppm("weight by"), rates)))
    without = pay(POOL, ATTRIBUTION, MEMBERS, weights, TERMS).by_row
    assert [without[place] for place in range(3)] == PAY[:3]
    assert [without[3]] == told(r"Dele's record would have earned (\d+),")


def test_three_epochs(books: Books) -> None:
    for who in PEOPLE:
        assert numbers(f"{who} |") == list(sums(books)[who.lower()])
    vested = [sums(books)[who.lower()][2] for who in ("Amina", "Dele")]
    assert told(r"her (\d+) and Dele's (\d+) vest") == vested


def test_the_bad_audit_and_the_appeal(books: Books) -> None:
    before = sums(books)
    each, lost = told(r"Its escrow, 3 · (\d+) = (\d+), is forfeited")
    taken = found_bad(CHI, books, TERMS, drawn=True)
    books.enter(taken)
    assert [(one.what, int(one.units)) for one in taken] == [("forfeit", each)] * 3
    assert told(r"penalty would be (\d+) · (\d+) = ([\d ]+) from") == [
        TERMS.penalty_payouts,
        lost,
        TERMS.penalty_payouts * lost,
    ]
    assert sums(books) == dict(before) | {"chi": (lost, 0, 0, lost)}
    good, of = told(r"Chi's rate is now (\d+)/(\d+)\.")
    assert Found(FOUND[2].good, FOUND[2].bad + 1).rate(TERMS) == good * MILLION // of

    wanted, paid, more = told(r"would have paid [^=]+ = (\d+), and paid (\d+)\. The difference, 3 · (\d+) =")
    assert pay(POOL, ATTRIBUTION, MEMBERS, {2: MILLION}, TERMS).by_row == {2: wanted}
    assert (paid, more) == (PAY[2], wanted - PAY[2])
    given = found_good(CHI, "chi", books, taken, dict.fromkeys((1, 2, 3), wanted))
    books.enter(given)
    assert [(one.source, int(one.units)) for one in given] == [("forfeited", each)] * 3 + [("reserve", more)] * 3
    (now,) = told(r"Chi now has (\d+) in escrow")
    assert sums(books)["chi"] == (now, now, 0, 0)
    assert [books.balances[RESERVE]] == told(r"reserve, which has (\d+) left")


@pytest.mark.parametrize(
    ("novelty", "pattern"),
    [
        (1, r"`Z` = Σ ν · A = 100 \| 10 / 100 = (\d+) % \| (\d+) %"),
        (100_000, r"19 / 109 = (\d+) %, [^.]+ to 10 / 109 = (\d+) %"),
    ],
)
def test_nine_near_copies_of_ones_own_record(novelty: int, pattern: str) -> None:
    copied = members([MILLION] * 10 + [novelty] * 9, [-1] * 10 + [0] * 9, ["ann"] + ["bea"] * 9 + ["ann"] * 9)
    even = Attribution(rows=tuple((place, 10) for place in range(len(copied))))
    paid = pay(10**9, even, copied, dict.fromkeys(range(len(copied)), MILLION), TERMS).by_row
    own = sum(units for place, units in paid.items() if place == 0 or place >= 10)
    assert [round(100 * units / 10**9) for units in (own, paid[1])] == told(pattern)
