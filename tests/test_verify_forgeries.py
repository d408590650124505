"""Two verifiers, ours and the outsider's two scripts: both notice what only computing it again can tell."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from curation.workspace import Workspace
from tests import forged_facts, forged_money, small
from tests.forging import Forgery
from tests.published import SCRIPTS, Played, noticed

FORGED = forged_facts.FORGED | forged_money.FORGED
# What verify_payouts.py notices by what it computes itself. verify_decisions.py notices every forgery: what else words
# and draws come to, and where none of them is touched, that the next draw rests on another line than the one it names.
BY_SUMS = {
    *("weight", "verdict", "record_id", "fee", "attributed_amount", "attributed_row", "order_of_lines"),
    *("member_contributor", "member_imported", "member_training", "member_novelty", "member_order"),
    *("terms_of_fees", "terms_of_vesting", "terms_of_the_prior", "terms_of_burning", "dropped_inference"),
    *("credited_amount", "credited_person", "settled_weight", "settled_through", "moves_in_another_order"),
    *("vested_too_early", "not_vested", "decision_moved_less", "decision_without_its_moves"),
}


class Hands:
    """A copy of export and workspace that is forged again and again, and put right in between."""

    def __init__(self, played: Played, folder: Path) -> None:
        self.export = shutil.copytree(played.export, folder / "export")
        self.root = small.copy_of(played.workspace.root, folder / "ws")
        self._played = played
        self._state = self.root / ".curation"
        self._kept = {path: path.read_bytes() for path in (*self.export.glob("*.json*"), self._state / "journal.jsonl")}
        (self._state / "store.duckdb").unlink(missing_ok=True)

    def take(self, forged: Forgery) -> None:
        """Writes a forgery into both."""
        forged.into_export(self.export)
        forged.into_workspace(self.root)

    def put_right(self, forged: Forgery) -> None:
        """Undoes `take`."""
        for path, data in self._kept.items():
            path.write_bytes(data)
        for name in forged.changed.keys() - self._played.objects.keys():
            (self.export / "objects" / name).unlink(missing_ok=True)
            (self._state / "objects" / name[:2] / name).unlink(missing_ok=True)
        (self._state / "store.duckdb").unlink(missing_ok=True)


@pytest.fixture(scope="module")
def hands(played_money: Played, tmp_path_factory: pytest.TempPathFactory) -> Hands:
    return Hands(played_money, tmp_path_factory.mktemp("forged"))


@pytest.fixture
def forged(played_money: Played, hands: Hands) -> Iterator[Forgery]:
    """Changed by the test, taken by the hands; what was changed is put right behind it."""
    forgery = played_money.forgery()
    yield forgery
    hands.put_right(forgery)


def test_all_is_right_before(hands: Hands, capsys: pytest.CaptureFixture[str]) -> None:
    assert FORGED.keys() >= BY_SUMS
    assert noticed(hands.export) == set()
    assert capsys.readouterr().out.count("all agrees") == 2
    assert Workspace(hands.root).verify().problems == ()


@pytest.mark.parametrize("name", FORGED)
def test_both_notice_what_only_computing_again_can_tell(
    name: str, forged: Forgery, hands: Hands, capsys: pytest.CaptureFixture[str]
) -> None:
    FORGED[name](forged)
    hands.take(forged)
    assert noticed(hands.export) >= ({"decisions", "payouts"} if name in BY_SUMS else {"decisions"})
    said = capsys.readouterr().out
    assert "DIFFERS   line " in said
    assert "journal lines:" not in said, "the forged chain itself is whole"

    problems = Workspace(hands.root).verify().problems
    assert problems != ()
    assert not any("does not follow" in one or "hash" in one for one in problems)


@pytest.mark.parametrize(
    ("name", "script"), [("weight", "payouts"), ("hit_record", "decisions"), ("decision_turned", "decisions")]
)
def test_a_process_of_its_own_says_the_same(name: str, script: str, forged: Forgery, hands: Hands) -> None:
    import subprocess
    import sys

    FORGED[name](forged)
    hands.take(forged)
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(SCRIPTS[script]), str(hands.export)], capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (1, b"")
    assert b"DIFFERS   line " in done.stdout


def test_hands_put_everything_right(hands: Hands, played_money: Played) -> None:
    for path in sorted(played_money.export.rglob("*")):
        if path.is_file():
            assert (hands.export / path.relative_to(played_money.export)).read_bytes() == path.read_bytes()
    assert len(list(hands.export.rglob("*"))) == len(list(played_money.export.rglob("*")))
    journal = hands.root / ".curation" / "journal.jsonl"
    assert journal.read_bytes() == played_money.workspace.places.journal.read_bytes()
    assert json.loads((hands.export / "export.json").read_bytes())["seq"] == played_money.workspace.state().seq
