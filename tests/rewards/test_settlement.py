"""One epoch as a whole: what is split, credited, kept, spent, burnt and vested, whatever is owed."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from curation.ledger.money_files import Attribution, EpochFile, MemberLine, MoveLine
from curation.rewards.books import AUDIT, BURNED, FEE, POOL, RESERVE, Books, sums
from curation.rewards.formula import MILLION
from curation.rewards.settlement import Conditions, Found, Model, Owed, settled
from tests.rewards.many import MANY
from tests.rewards.pay_cases import Case, cases, record, terms

FEES = st.one_of(st.integers(0, 40), st.integers(0, 10**30))
fees = st.lists(FEES, min_size=1, max_size=3)
# Which records are accepted, by bit, and how many audits of imported records there were.
flags = st.integers(0, 255)


def owed(case: Case, amounts: list[int], first: int = 1) -> list[Owed]:
    """Inferences of these fees; each but the first rests on one record less."""
    return [
        Owed(seq=first + n, datanet="corn", model="m", fee=fee, attribution=Attribution(rows=case.rows[n:]))
        for n, fee in enumerate(amounts)
    ]


def conditions(case: Case, accepted: int = 255, **changed: object) -> Conditions:
    told = Conditions(
        weights={one.record: case.weights[row] for row, one in enumerate(case.members) if accepted >> row & 1},
        decided={one.record for one in case.members},
        relabelled={},
        withdrawn=frozenset(),
        audits={},
        import_audits={"corn": 10},
        datanets={one.record: "corn" for one in case.members},
        terms={"corn": case.terms},
        disputed=frozenset(),
    )
    return replace(told, **changed)  # type: ignore[arg-type]  # its own fields


def settle(
    case: Case, amounts: list[int], now: Conditions, books: Books | None = None, epoch: int = 1
) -> tuple[EpochFile, Books]:
    after = Books() if books is None else books
    model = {"m": Model(members=case.members, terms=case.terms, seq=1)}
    return settled(epoch, 10 * epoch, owed(case, amounts, 10 * epoch - 9), model, now, after), after


def units(moves: list[MoveLine], what: str) -> int:
    return sum(int(one.units) for one in moves if one.what == what)


@MANY
@given(cases(4), fees, flags)
def test_fees_are_split_exactly_and_the_pool_is_credit_and_reserve(
    case: Case, amounts: list[int], accepted: int
) -> None:
    told, books = settle(case, amounts, conditions(case, accepted))
    assert sum(books.balances.values()) == 0
    assert books.balances[FEE] == -sum(amounts)
    assert all(units >= 0 for account, units in books.balances.items() if account != FEE)
    pool, paid = sum(int(one.pool) for one in told.inferences), sum(int(one.paid) for one in told.inferences)
    assert (books.balances[POOL], books.pool) == (0, pool)
    assert sum(int(one.pay) for one in told.records) == units(told.moves, "credit") == paid
    assert books.reserve == pool - paid == units(told.moves, "keep")
    assert books.reserve == sum(books.balances[name] for name in (RESERVE, AUDIT, BURNED))
    assert [int(one.fee) for one in told.inferences] == amounts
    assert all(0 <= int(one.paid) <= int(one.pool) <= int(one.fee) for one in told.inferences)
    for credited, escrow, vested, forfeited in sums(books).values():
        assert credited == escrow + vested + forfeited
        assert (vested, forfeited) == (0, 0)


@MANY
@given(cases(4), fees, flags, st.integers(0, 10))
def test_nothing_is_paid_before_acceptance_nor_to_imports_nobody_audited(
    case: Case, amounts: list[int], accepted: int, audits: int
) -> None:
    told, books = settle(case, amounts, conditions(case, accepted, import_audits={"corn": audits}))
    rows = {one.record: row for row, one in enumerate(case.members)}
    for one in told.records:
        barred = case.members[rows[one.record]].imported and audits < case.terms.import_audits
        if barred or not accepted >> rows[one.record] & 1:
            assert (one.weight, one.pay) == (0, "0")
            assert (one.record, 1) not in books.lots
        else:
            assert one.weight == case.weights[rows[one.record]]


@MANY
@given(cases(4), fees, flags)
def test_a_replay_elsewhere_gives_the_same_bytes(case: Case, amounts: list[int], accepted: int) -> None:
    told, books = settle(case, amounts, conditions(case, accepted))
    again, _ = settle(case, amounts, conditions(case, accepted))
    assert told.written() == again.written()
    assert EpochFile.read(told.written()) == told
    replayed = Books()
    replayed.enter(told.moves)
    assert replayed == books


@MANY
@given(cases(4), st.lists(FEES, min_size=2, max_size=3))
def test_one_epoch_or_two_credit_the_same(case: Case, amounts: list[int]) -> None:
    now = conditions(case)
    _, together = settle(case, amounts, now)
    apart = Books()
    model = {"m": Model(members=case.members, terms=case.terms, seq=1)}
    for epoch, one in enumerate(owed(case, amounts), 1):
        settled(epoch, epoch, [one], model, now, apart)
    assert {name: told[0] for name, told in sums(apart).items()} == {
        name: told[0] for name, told in sums(together).items()
    }
    assert apart.pool == together.pool


@MANY
@given(cases(4), fees)
def test_the_names_that_records_stand_under_add_nothing(case: Case, amounts: list[int]) -> None:
    """One person under three names is paid together what they would be under one."""
    _, books = settle(case, amounts, conditions(case))
    one_name = replace(case, members=tuple(one._replace(contributor="ann") for one in case.members))
    _, merged = settle(one_name, amounts, conditions(case))
    assert sum(told[0] for told in sums(merged).values()) == sum(told[0] for told in sums(books).values())
    assert merged.reserve == books.reserve


@MANY
@given(cases(4), FEES, st.integers(0, 999_999))
def test_whoever_pays_and_earns_on_the_same_inference_loses_by_it(case: Case, fee: int, data: int) -> None:
    """All the records are the payer's own, of full weight: what comes back is less than the fee."""
    assume(fee)
    own = replace(
        case,
        members=tuple(one._replace(contributor="ann", imported=False) for one in case.members),
        weights=(MILLION,) * len(case.members),
        terms=terms(data=data),
    )
    _, books = settle(own, [fee], conditions(own))
    back = sum(lot.credited for lot in books.lots.values())
    assert back <= fee
    # Below one base unit of other shares there is nothing to lose: a fee of under 10⁻¹² OPEN.
    assert back < fee or fee * (MILLION - data) < MILLION


@MANY
@given(cases(4), fees, flags, flags)
def test_the_audit_budget_moves_with_no_verdict(case: Case, amounts: list[int], some: int, others: int) -> None:
    """It is a share of the fees; only what the reserve has not got is not spent."""
    wanted = sum(int(one.pool) for one in settle(case, amounts, conditions(case))[0].inferences)
    wanted = wanted * case.terms.audit_budget // MILLION
    for accepted in (some, others):
        told, _ = settle(case, amounts, conditions(case, accepted))
        assert units(told.moves, "audit") == min(wanted, units(told.moves, "keep"))


@MANY
@given(cases(4), fees, flags, st.integers(0, 40), st.integers(0, 40))
def test_nobodys_records_are_paid_above_what_audits_found_of_theirs(
    case: Case, amounts: list[int], decided: int, good: int, bad: int
) -> None:
    """But those that a person accepted; and the audits of ann's move nobody else's pay."""
    words = {one.record for row, one in enumerate(case.members) if decided >> row & 1}
    told, books = settle(case, amounts, conditions(case, decided=words, audits={("corn", "ann"): Found(good, bad)}))
    _, without = settle(case, amounts, conditions(case, decided=words))
    rows = {one.record: row for row, one in enumerate(case.members)}
    for one in told.records:
        good_rate = (9 + good, 10 + good + bad) if one.contributor == "ann" else (9, 10)
        cap = MILLION if one.record in words else good_rate[0] * MILLION // good_rate[1]
        assert one.weight == min(case.weights[rows[one.record]], cap)
    own = {name: units[0] for name, units in sums(books).items() if name != "ann"}
    assert own == {name: units[0] for name, units in sums(without).items() if name != "ann"}


def one_record(**changed: int) -> Case:
    """One record of ann's that everything rests on, at the end of the ramp."""
    member = MemberLine(record(0), "ann", False, MILLION, MILLION, -1)
    return Case(pool=0, members=(member,), rows=((0, 1),), weights=(800_000,), terms=terms(**changed))


def epochs(case: Case, now: Conditions, count: int) -> tuple[list[EpochFile], Books]:
    books = Books()
    return [settle(case, [1000], now, books, epoch)[0] for epoch in range(1, count + 1)], books


@pytest.mark.parametrize("vest_epochs", [0, 1, 2, 3])
def test_a_payout_vests_when_it_is_old_enough_and_never_in_its_own_epoch(vest_epochs: int) -> None:
    case = one_record(vest_epochs=vest_epochs)
    told, books = epochs(case, conditions(case, audits={("corn", "ann"): Found(good=3)}), 4)
    vested = [[move.epoch for move in one.moves if move.what == "vest"] for one in told]
    wait = max(vest_epochs, 1)
    assert vested == [[epoch - wait] if epoch > wait else [] for epoch in range(1, 5)]
    assert books.balances["vested:ann"] == 700 * (4 - wait)


@pytest.mark.parametrize(
    ("changed", "vests"),
    [
        ({"audits": {("corn", "ann"): Found(good=3)}}, True),
        ({"audits": {("corn", "ann"): Found(good=2)}}, False),
        ({"audits": {("rice", "ann"): Found(good=3)}}, False),
        ({"audits": {("corn", "ann"): Found(good=3)}, "disputed": frozenset({record(0)})}, False),
        ({"audits": {("corn", "ann"): Found(good=3)}, "weights": {}}, False),
        ({"audits": {("corn", "ann"): Found(good=3)}, "weights": {}, "withdrawn": frozenset({record(0)})}, True),
        ({"audits": {("corn", "ann"): Found(good=3)}, "datanets": {}}, False),
    ],
    ids=["audited", "too few audits", "audited elsewhere", "disputed", "no longer accepted", "withdrawn", "unknown"],
)
def test_only_what_is_audited_enough_undisputed_and_accepted_vests(changed: dict[str, Any], vests: bool) -> None:  # noqa: FBT001
    case = one_record()
    books = Books()
    for epoch in (1, 2, 3):
        now = conditions(case, **(changed if epoch == 3 else {}))
        told, _ = settle(case, [1000], now, books, epoch)
    assert (units(told.moves, "vest") > 0) == vests


def test_what_no_appeal_can_need_any_more_burns() -> None:
    """Nothing is paid, so all goes to the reserve; what is older than the last two epochs' burns."""
    case = one_record(burn_epochs=2, audit_budget=0)
    told, books = epochs(case, conditions(case, accepted=0), 4)
    assert [units(one.moves, "burn") for one in told] == [0, 0, 700, 700]
    assert (books.balances[RESERVE], books.balances[BURNED], books.reserve) == (1400, 1400, 2800)


@pytest.mark.parametrize(("line", "pays"), [(0, True), (4, True), (5, True), (6, False)])
def test_what_a_model_learned_under_the_wrong_label_earns_nothing_by_it(line: int, pays: bool) -> None:  # noqa: FBT001
    """A model trained after the relabelling has learned it right, and pays."""
    case = one_record()
    model = Model(members=case.members, terms=case.terms, seq=5)
    now = conditions(case, relabelled={record(0): line} if line else {})
    asked = Owed(seq=7, datanet="corn", model="m", fee=1000, attribution=case.attribution)
    told = settled(1, 9, [asked], {"m": model}, now, Books())
    assert (units(told.moves, "credit") > 0) == pays


def test_a_record_of_two_models_is_paid_by_both_and_told_once() -> None:
    case = one_record()
    model = Model(members=case.members, terms=case.terms, seq=1)
    asked = [
        Owed(seq=n, datanet="corn", model=name, fee=1000, attribution=case.attribution)
        for n, name in enumerate(("m", "n"), 1)
    ]
    told = settled(1, 9, asked, {"m": model, "n": model}, conditions(case), Books())
    assert [(one.record, one.pay) for one in told.records] == [(record(0), "1400")]
    assert units(told.moves, "credit") == 1400
