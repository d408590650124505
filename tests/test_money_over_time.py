"""A real workspace over time, in any order: submit, copy, decide, withdraw, train, infer, settle, audit, appeal, crash.

What must always hold is asked after each step, and at the end everything is built anew and compared.
"""

import shutil
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from curation.errors import UsageError
from curation.rewards.books import sums
from curation.workspace import Workspace
from tests import money, small

WHO = st.sampled_from(("ann", "bea", "cid"))
CURATORS = st.sampled_from(("cy", "di"))
PICKS = st.integers(0, 2**16)


class Soil(RuleBasedStateMachine):
    """One workspace; after a crash the store is what it was before the last step, as if the process had died there."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="soil-"))
        self.root = small.copy_of(self.template, self.folder / "ws")
        self.workspace = Workspace(self.root)
        self.files = 0
        self.asked = 0
        self.vested: Counter[str] = Counter()

    def teardown(self) -> None:
        try:
            self._everything_agrees()
        finally:
            shutil.rmtree(self.folder)

    def _everything_agrees(self) -> None:
        if not self.workspace.places.journal.exists():
            return
        assert self.workspace.verify().problems == ()
        with self.workspace.store() as store:
            followed = store.fingerprints()
            asked = "SELECT record, epoch, contributor, credited, escrow, vested, forfeited FROM payouts"
            told = {(row["record"], row["epoch"]): row for row in store.query(asked)}
        assert self.workspace.rebuild() == followed
        lots = Workspace(self.root).treasury().books().lots
        assert lots.keys() == told.keys()
        for payout, lot in lots.items():
            assert {name: told[payout][name] for name in vars(lot)} == vars(lot)

    def _record(
        self, pick: int, asked: str = "SELECT record FROM records WHERE NOT starts_with(contributor, 'ow')"
    ) -> str:
        with self.workspace.store() as store:
            found = sorted(row["record"] for row in store.query(asked))
        return str(found[pick % len(found)])

    def _file(self, rows: list[small.Row]) -> Path:
        self.files += 1
        return small.write_jsonl(self.root / f"file-{self.files}.jsonl", rows)

    @initialize(number=st.integers(0, 5))
    def ask_first(self, number: int) -> None:
        self.infer(number, True)

    @rule(who=WHO, number=st.integers(200, 240))
    def submit(self, who: str, number: int) -> None:
        """A new field, or a copy of one: numbers come again."""
        self.workspace.submit(self._file(small.plots(2, number)), money.NAME, who)

    @rule(pick=PICKS, good=st.booleans(), by=CURATORS)
    def decide(self, pick: int, good: bool, by: str) -> None:  # noqa: FBT001
        said = "accept" if good else "reject"
        try:
            self.workspace.decide(self._record(pick), said, by=by, reason="seen", label=None)  # type: ignore[arg-type]
        except UsageError as error:
            assert "another curator has to agree" in str(error)  # noqa: PT017

    @rule(pick=PICKS)
    def withdraw(self, pick: int) -> None:
        try:
            self.workspace.withdraw(self._record(pick))
        except UsageError as error:
            assert "withdrawn before" in str(error)  # noqa: PT017

    @rule()
    def train(self) -> None:
        self.workspace.train(money.NAME)

    @rule(number=st.integers(90, 250), again=st.booleans())
    def infer(self, number: int, again: bool) -> None:  # noqa: FBT001
        self.asked += 1
        rows: list[small.Row] = [{"key": f"k-{self.asked}", **small.plots(1, number)[0]}]
        file = self._file(rows)
        (told,) = self.workspace.infer(money.NAME, self.workspace.read_questions(file, money.NAME), money.FEE)
        assert told.new
        if again:
            (repeated,) = self.workspace.infer(money.NAME, self.workspace.read_questions(file, money.NAME), money.FEE)
            assert (repeated.new, repeated.seq) == (False, told.seq)

    @rule(again=st.booleans())
    def settle(self, again: bool) -> None:  # noqa: FBT001
        with self.workspace.store() as store:
            accepted = {row["record"] for row in store.query("SELECT record FROM verdicts WHERE verdict = 'accept'")}
        told = self.workspace.settle().epoch
        if told is not None:
            assert {move.record for move in told.moves if move.what == "credit"} <= accepted
        if again:
            seq = self.workspace.state().seq
            assert self.workspace.settle().epoch is None
            assert self.workspace.state().seq == seq

    @rule(budget=st.integers(1, 6))
    def draw(self, budget: int) -> None:
        try:
            self.workspace.draw_audits(budget, f"{self.workspace.state().seq:032x}")
        except UsageError as error:
            # An epoch's money is drawn from once, and nobody draws on before saying what was drawn.
            assert "no epoch is new" in str(error)  # noqa: PT017
            assert any(one.record not in self.workspace.state().audits for one in self.workspace.drawn())

    @rule(pick=PICKS, good=st.booleans(), by=CURATORS)
    @precondition(lambda self: self.workspace.state().draws)
    def audit(self, pick: int, good: bool, by: str) -> None:  # noqa: FBT001
        drawn = self.workspace.drawn()
        one = drawn[pick % len(drawn)].record
        try:
            self.workspace.decide_audit(one, "good" if good else "bad", by=by, reason="looked at")
        except UsageError as error:
            assert "another curator has to agree" in str(error)  # noqa: PT017

    @rule(pick=PICKS)
    def appeal(self, pick: int) -> None:
        try:
            self.workspace.appeal(self._record(pick), reason="it is right")
        except UsageError as error:
            assert "disputed already" in str(error)  # noqa: PT017

    @rule()
    def refresh(self) -> None:
        self.workspace.refresh(money.NAME)

    @rule(number=st.integers(90, 250))
    def crash(self, number: int) -> None:
        """The journal line is written, the store never hears of it, and half a line more was begun."""
        store, kept = self.workspace.places.store, self.folder / "store"
        self.workspace.store().close()
        shutil.copyfile(store, kept)
        self.infer(number, False)
        shutil.copyfile(kept, store)
        with self.workspace.places.journal.open("ab") as journal:
            journal.write(b'{"at":"2026-11-2')
        self.workspace = Workspace(self.root)

    @invariant()
    def money_is_in_order(self) -> None:
        treasury = self.workspace.treasury()
        books = treasury.books()
        assert sum(books.balances.values()) == 0
        assert all(units >= 0 for account, units in books.balances.items() if account != "fee")
        settled = [one.seq for told in treasury.epochs for one in told.inferences]
        assert len(set(settled)) == len(settled)
        assert len(settled) + len(treasury.state.unsettled) == self.asked
        assert -books.balances["fee"] == len(settled) * money.FEE
        assert books.pool == len(settled) * money.FEE * 7 // 10
        for lot in books.lots.values():
            assert lot.credited == lot.escrow + lot.vested + lot.forfeited
            assert min(lot.credited, lot.escrow, lot.vested, lot.forfeited) >= 0
        vested = Counter({name: told[2] for name, told in sums(books).items()})
        assert all(vested[name] >= units for name, units in self.vested.items())
        self.vested = vested


@pytest.fixture(scope="module")
def soil(tmp_path_factory: pytest.TempPathFactory) -> type[Soil]:
    Soil.template = money.template(tmp_path_factory.mktemp("money"))
    return Soil


def test_money_over_time(soil: type[Soil]) -> None:
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        soil, settings=settings(max_examples=8, stateful_step_count=14, suppress_health_check=checks)
    )
