"""A beacon serves one draw: whoever drew with it again, or wrote it another way, could choose among the outcomes."""

from pathlib import Path

import pytest

from curation.ledger.money_facts import AuditsDrawn
from curation.ledger.state import replay
from curation.rewards.draws import seed_of
from curation.rewards.frame import hits_file, new_epochs
from curation.rewards.treasury import Treasury
from curation.workspace import Workspace
from tests import money_world, small
from tests.published import Played, noticed


def drawn_regardless(workspace: Workspace, beacon: str) -> None:
    """Draws as `draw_audits` does, but asks nothing about the beacon."""
    with workspace._writing():
        events = workspace.journal.read()
        state = replay(events)
        last = state.epochs[-1]
        then = Treasury(replay(events[: last.seq]), workspace.objects)
        epochs = new_epochs(Treasury(state, workspace.objects))
        drawing = workspace._drawing(then, epochs, 3, seed_of(events[last.seq - 1].hash, beacon))
        workspace._append(
            AuditsDrawn(
                draw=len(state.draws) + 1,
                through=last.seq,
                commitment=events[last.seq - 1].hash,
                beacon=beacon,
                budget=3,
                hits=workspace.objects.put(hits_file(then, drawing, epochs).written()),
            )
        )
        workspace._follow()


@pytest.fixture(scope="module")
def settled(played_money: Played, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """One more epoch, from which nothing was drawn yet. Only for reading."""
    workspace = Workspace(small.copy_of(played_money.workspace.root, tmp_path_factory.mktemp("settled") / "ws"))
    money_world.ask(workspace, "now", 2)
    workspace.settle()
    return workspace


@pytest.mark.parametrize(("beacon", "is_right"), [("77" * 16, True), ("ab" * 16, False), ("0" + "77" * 16, False)])
def test_both_notice_a_beacon_that_is_used_again_or_written_another_way(
    beacon: str, *, is_right: bool, settled: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace = Workspace(small.copy_of(settled.root, tmp_path / "ws"))
    drawn_regardless(workspace, beacon)
    workspace.export_public(tmp_path / "export")
    assert noticed(tmp_path / "export") == (set() if is_right else {"decisions"})
    said = capsys.readouterr().out
    assert said.count("DIFFERS") == (0 if is_right else 1)
    assert is_right or ": draws: " in said
    problems = workspace.verify().problems
    assert len(problems) == (0 if is_right else 1)
    assert is_right or "beacon" in problems[0]
