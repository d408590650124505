"""Settle and infer, killed at every step, run twice, and from two processes at once: everybody is paid once."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from curation.audit.statements import Payouts
from curation.workspace import Workspace
from tests import money, small

# As in test_interrupted: changes to files, counted from the start, and what has just been done.
DONE = ("objects.put", "journal._append", "tables.apply")
POINTS = {"settle": ("4", "8", "12", "16", "20", *DONE), "infer": ("6", "12", "18", "24", *DONE)}
BOTH = [(verb, point) for verb, points in POINTS.items() for point in points]
NUMBERS = (100, 111, 112)
TWICE = """
import sys
from pathlib import Path
from curation.audit.statements import Payouts
from curation.workspace import Workspace
workspace = Workspace(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
told = workspace.settle()
print("settled" if told.epoch else "nothing")
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three inferences, not settled. Only for copying."""
    root = small.copy_of(
        money.template(tmp_path_factory.mktemp("money")), tmp_path_factory.mktemp("served") / "workspace"
    )
    workspace = Workspace(root)
    workspace.infer(money.NAME, money.questions(workspace, *NUMBERS), money.FEE)
    return root


@pytest.fixture(scope="module")
def whole(served: Path) -> Payouts:
    """What an uninterrupted run pays."""
    workspace = Workspace(small.copy_of(served, served.parent / "whole"))
    assert workspace.settle().epoch is not None
    return workspace.payouts()


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory, served: Path) -> Mapping[tuple[str, str], Path]:
    found: dict[tuple[str, str], Path] = {}
    unserved = money.template(tmp_path_factory.mktemp("money"))
    for verb, template in (("settle", served), ("infer", unserved)):
        folder = tmp_path_factory.mktemp(f"killed-{verb}")
        file = small.write_jsonl(folder / "asked.jsonl", [])
        file.write_bytes((served / "asked-100-3.jsonl").read_bytes())
        script = Path(__file__).with_name("dying.py")
        ran = subprocess.run(
            [sys.executable, script, verb, template, file, folder, *POINTS[verb]],
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(small.ROOT), str(small.ROOT / "tests")])},
            capture_output=True,
            text=True,
            check=True,
        )
        assert int(ran.stdout) >= max(int(point) for point in POINTS[verb] if point.isdigit())
        found |= {(verb, point): folder / point for point in POINTS[verb]}
    return found


def paid_once(workspace: Workspace, whole: Payouts) -> None:
    """Three inferences, one epoch, and in it what an uninterrupted run pays."""
    state = workspace.state()
    assert sorted(entry.fact.key for entry in state.inferences) == ["q-100", "q-111", "q-112"]
    assert len(state.epochs) == 1
    told = workspace.payouts()
    assert told.pool == 3 * 7 * money.FEE // 10
    assert told.pool == told.reserve + sum(one.credited for one in told.contributors)
    assert told == whole
    assert workspace.verify().problems == ()


@pytest.mark.parametrize(("verb", "point"), BOTH)
def test_what_was_killed_can_be_repeated_and_pays_once(
    killed: Mapping[tuple[str, str], Path], served: Path, whole: Payouts, verb: str, point: str
) -> None:
    workspace = Workspace(killed[verb, point])
    before = workspace.state()
    assert len(before.inferences) in ((0, 1, 2, 3) if verb == "infer" else (3,))
    assert len(before.epochs) in ((0,) if verb == "infer" else (0, 1))
    # Once the line is synced it has happened, whatever the store knows of it; before, nothing has.
    if point in DONE:
        done = before.epochs if verb == "settle" else before.inferences
        assert bool(done) == (point != "objects.put")
    again = workspace.infer(money.NAME, workspace.read_questions(served / "asked-100-3.jsonl", money.NAME), money.FEE)
    assert sum(one.new for one in again) == 3 - len(before.inferences)
    assert (workspace.settle().epoch is None) == (len(before.epochs) == 1)
    assert workspace.settle().epoch is None
    paid_once(workspace, whole)


def test_two_processes_that_settle_at_once_pay_once(served: Path, whole: Payouts, tmp_path: Path) -> None:
    root = small.copy_of(served, tmp_path / "both")
    command = [sys.executable, "-c", TWICE, str(root)]
    both = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=small.ROOT)
        for _ in range(2)
    ]
    for one in both:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in both:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    said = sorted(one.communicate()[0].strip() for one in both)
    assert said == ["nothing", "settled"]
    paid_once(Workspace(root), whole)
