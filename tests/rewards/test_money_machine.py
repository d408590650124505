"""Money over time, in any order that hypothesis can think of: words, disputes, models, inferences, epochs.

On a ledger without a store, so that there are thousands of steps; `tests/test_money_over_time.py` walks through a real
workspace.
"""

import shutil
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from curation.errors import UsageError
from curation.ledger.money_files import MemberLine
from curation.ledger.places import Places
from curation.rewards.amounts import largest_remainder
from curation.rewards.books import sums
from curation.rewards.formula import MILLION
from curation.rewards.settlement import Found
from curation.rewards.words import Money
from tests.ledger.ledger_sample import Ledger
from tests.ledger.money_sample import DATANET, Cash
from tests.rewards.pay_cases import record, terms

COUNT = 5
OWNERS = ("ann", "ann", "bea", "bea", "owner")
NUMBERS = st.integers(0, COUNT - 1)
CURATORS = st.sampled_from(("cy", "di"))
TERMS = terms(vest_epochs=1, vest_audits=1, penalty_payouts=2, import_audits=0, burn_epochs=2)


class MoneyOverTime(RuleBasedStateMachine):
    """Five records of three contributors; the fourth may copy the third in part."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="money-"))
        self.cash = Cash(ledger=Ledger(places=Places(state_dir=self.folder)))
        self.models = 0
        self.asked: list[int] = []
        self.weights = dict.fromkeys(map(record, range(COUNT)), MILLION)
        self.bad_by: dict[str, set[str]] = defaultdict(set)
        self.taken: dict[str, int] = defaultdict(int)
        self.vested: Counter[str] = Counter()
        self.train(250_000)

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    @rule(novelty=st.sampled_from((0, 250_000, MILLION)))
    def train(self, novelty: int) -> None:
        members = [
            MemberLine(
                record(n),
                who,
                False,
                MILLION if n != 3 else novelty,
                novelty if n == 3 else MILLION,
                2 if n == 3 else -1,
            )
            for n, who in enumerate(OWNERS)
        ]
        self.models += 1
        self.cash.train(members, model=f"{self.models:032x}", terms=TERMS)

    @rule(
        fee=st.integers(1, 10**20),
        amounts=st.lists(st.integers(0, 10**9), min_size=COUNT, max_size=COUNT),
        old=st.booleans(),
    )
    def infer(self, fee: int, amounts: list[int], *, old: bool) -> None:
        rows = sorted(((n, amount) for n, amount in enumerate(amounts) if amount), key=lambda one: -one[1])
        self.cash.infer(f"q-{len(self.asked)}", fee, rows, model=f"{1 if old else self.models:032x}")
        self.asked.append(fee)

    @rule()
    @precondition(lambda self: self.cash.treasury.state.unsettled)
    def settle(self) -> None:
        audits = {(DATANET, who): Found(good=1) for who in ("ann", "bea")}
        self.cash.settle(self.weights, audits)
        told = self.cash.treasury.epochs[-1]
        paid = {move.record for move in told.moves if move.what == "credit"}
        assert paid <= set(self.weights)
        disputed = self.cash.treasury.state.disputed
        assert not {move.record for move in told.moves if move.what == "vest"} & disputed

    @rule(number=NUMBERS, by=CURATORS, drawn=st.booleans())
    def call_bad(self, number: int, by: str, *, drawn: bool) -> None:
        one, ppm = record(number), 50_000 if drawn else None
        credited = any(lot.credited for _, lot in self.cash.treasury.books().of_record(one))
        stands = one in self.weights
        try:
            waits = Money(self.cash.treasury, by).needs_second([one])
        except UsageError:
            assert self.bad_by[one] == {by}
            return
        if waits:
            assert credited
            assert not self.bad_by[one]
            self.bad_by[one] = {by}
            self.cash.doubt(one, by, ppm)
            return
        if credited and stands:
            assert len(self.bad_by[one] | {by}) == 2
        before = self.cash.treasury.books().balances["forfeited"]
        self.cash.decide(one, "reject", by, ppm)
        self.taken[one] += self.cash.treasury.books().balances["forfeited"] - before
        self.weights.pop(one, None)
        self.bad_by.pop(one, None)

    @rule(number=NUMBERS, by=CURATORS)
    def call_good(self, number: int, by: str) -> None:
        one = record(number)
        self.cash.decide(one, "accept", by)
        self.weights[one] = MILLION
        self.taken.pop(one, None)
        self.bad_by.pop(one, None)

    @rule(number=NUMBERS)
    def appeal(self, number: int) -> None:
        self.cash.appeal(record(number))

    @invariant()
    def the_books_are_in_order(self) -> None:
        treasury = self.cash.treasury
        books = treasury.books()
        assert sum(books.balances.values()) == 0
        assert all(units >= 0 for account, units in books.balances.items() if account != "fee")
        assert books.balances["data-pool"] == 0
        settled = [one for told in treasury.epochs for one in told.inferences]
        fees = self.asked[: len(settled)]
        # Each inference is paid once, in order.
        assert [int(one.fee) for one in settled] == fees
        assert -books.balances["fee"] == sum(fees)
        assert books.pool == sum(largest_remainder(fee, TERMS.fees.model_dump())["data"] for fee in fees)
        for lot in books.lots.values():
            assert lot.credited == lot.escrow + lot.vested + lot.forfeited
            assert min(lot.credited, lot.escrow, lot.vested, lot.forfeited) >= 0
        # What stands forfeited is what those bad words took that stand.
        assert books.balances["forfeited"] == sum(self.taken.values())
        # What vested is final.
        vested = Counter({name: told[2] for name, told in sums(books).items()})
        assert all(vested[name] >= units for name, units in self.vested.items())
        self.vested = vested
        # A replay that stops after the first moves and goes on gives the same.
        if treasury.in_order:
            early = treasury.books(treasury.in_order[0][0])
            for _, moves in treasury.in_order[1:]:
                early.enter(moves)
            assert early == books


TestMoneyOverTime = MoneyOverTime.TestCase
TestMoneyOverTime.settings = settings(max_examples=12, stateful_step_count=20)
