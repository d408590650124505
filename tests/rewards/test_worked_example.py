"""The example of docs/rewards.md, worked by the engine: every number on the page comes out."""

from pathlib import Path

import pytest

from curation.ledger.money_files import Attribution, MemberLine, TermsFile
from curation.rewards.amounts import largest_remainder
from curation.rewards.books import Books, sums
from curation.rewards.consequences import found_bad, found_good
from curation.rewards.settlement import Conditions, Model, Owed, settled

PAGE = (Path(__file__).parents[2] / "docs" / "rewards.md").read_text(encoding="utf-8")
PEOPLE = ("Amina", "Bayo", "Chi")
TERMS = TermsFile.model_validate(
    {
        "fees": {"platform": 50_000, "model": 150_000, "stakers": 100_000, "data": 700_000},
        "weight_low": 500_000,
        "weight_high": 800_000,
        "vest_epochs": 2,
        "vest_audits": 3,
        "penalty_payouts": 20,
        "import_audits": 10,
        "audit_budget": 20_000,
        "burn_epochs": 4,
    }
)
RECORD = {who: f"{place:032x}" for place, who in enumerate(PEOPLE)}
CHI = RECORD["Chi"]


def row(cells: str) -> list[str]:
    """The cells of the page's table row that begins so."""
    (line,) = [line for line in PAGE.splitlines() if line.startswith(f"| {cells}")]
    return [cell.strip() for cell in line.strip("|").split("|")][1:]


@pytest.fixture
def books() -> Books:
    """After three epochs with the same question."""
    novelties, partners = (1_000_000, 500_000, 1_000_000), (-1, 0, -1)
    members = [
        MemberLine(
            record=RECORD[who],
            contributor=who.lower(),
            imported=False,
            training=1_000_000,
            novelty=novelty,
            partner=partner,
        )
        for who, novelty, partner in zip(PEOPLE, novelties, partners, strict=True)
    ]
    attribution = Attribution(rows=tuple((place, int(amount)) for place, amount in enumerate(row("attribution")[:3])))
    audits = {("d-1", "amina"): 3, ("d-1", "bayo"): 2, ("d-1", "chi"): 1}
    now = Conditions(
        weights={RECORD[who]: round(float(cell) * 1e6) for who, cell in zip(PEOPLE, row("weight"), strict=False)},
        audits=audits,
        import_audits={},
        datanets=dict.fromkeys(RECORD.values(), "d-1"),
        terms={"d-1": TERMS},
        disputed=(),
    )
    books, model = Books(), Model(members=members, terms=TERMS)
    for epoch in (1, 2, 3):
        owed = [Owed(seq=epoch, datanet="d-1", model="m", fee=1000, attribution=attribution)]
        told = settled(epoch, epoch, owed, {"m": model}, now, books)
        assert [one.pay for one in told.records] == row("`pay")[:3]
        assert sum(int(one.pay) for one in told.records) == int(row("`pay")[3])
        assert books.balances["reserve"] == epoch * 56
    return books


def test_the_fee() -> None:
    assert list(largest_remainder(1000, TERMS.fees.model_dump()).values()) == [50, 150, 100, 700]
    assert "split 50, 150, 100 and 700" in PAGE


def test_three_epochs(books: Books) -> None:
    for who in PEOPLE:
        amounts = [str(units) for units in sums(books)[who.lower()]]
        assert row(f"{who} |")[-4:] == amounts
    assert "3 · 56 = 168" in PAGE


def test_the_bad_audit_and_the_appeal(books: Books) -> None:
    taken = found_bad(CHI, books, TERMS, drawn=True)
    books.enter(taken)
    assert [(one.what, one.units) for one in taken] == [("forfeit", "70")] * 3
    assert sums(books)["chi"] == (210, 0, 0, 210)
    given = found_good(CHI, "chi", books, taken, dict.fromkeys((1, 2, 3), 140))
    books.enter(given)
    assert [(one.source, one.units) for one in given] == [
        *[("forfeited", "70")] * 3,
        *[("reserve", "70"), ("reserve", "70"), ("reserve", "28")],
    ]
    assert sums(books)["chi"] == (378, 378, 0, 0)
    assert books.balances["reserve"] == 0
    assert "378 in escrow" in PAGE
    assert "70 for epoch 1, 70 for epoch 2 and 28 for epoch 3" in PAGE
