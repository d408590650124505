"""A submit that is killed at any point leaves a workspace in which everything goes on and `verify` agrees."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from curation.workspace import Workspace
from tests import small

# Changes to files, counted from the start, and what has just been done: the contribution's files are all there, its
# journal line is written, the store's tables hold it but the transaction has not been committed.
POINTS = ("2", "5", "8", "11", "14", "17", "20", "23", "26", "shelf.put", "journal._append", "tables.apply")


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory, encoder_cache: Path) -> Mapping[str, Path]:
    template = small.imported(tmp_path_factory, encoder_cache)
    folder = tmp_path_factory.mktemp("killed")
    file = small.write_jsonl(folder / "new.jsonl", small.plots(8, first=200))
    script = Path(__file__).with_name("dying.py")
    ran = subprocess.run(
        [sys.executable, script, "submit", template, file, folder, *POINTS],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(small.ROOT), str(small.ROOT / "tests")])},
        capture_output=True,
        text=True,
        check=True,
    )
    # The points lie inside a submit, or nothing below is about an interrupted one.
    assert int(ran.stdout) >= max(int(point) for point in POINTS if point.isdigit())
    return {"file": file, **{point: folder / point for point in POINTS}}


@pytest.mark.parametrize("point", POINTS)
def test_a_killed_submit_can_be_repeated(killed: Mapping[str, Path], point: str) -> None:
    root, file = killed[point], killed["file"]
    workspace = Workspace(root)
    assert workspace.verify().problems == ()
    before = [one.fact.contributor for one in workspace.state().contributions]
    assert before in (["owner", "owner"], ["owner", "owner", "ann"])

    checked = workspace.check(file, "plots", "bea")
    assert checked.earlier == (60 if len(before) == 2 else 68)

    submitted = workspace.submit(file, "plots", "ann")
    assert submitted.already == (len(before) == 3)
    after = [one.fact.contributor for one in workspace.state().contributions]
    assert after == ["owner", "owner", "ann"]
    assert [one["row_count"] for one in workspace.status("plots")[0].contributions] == [60, 8]
    assert workspace.verify().problems == ()


def test_what_the_journal_says_has_happened(killed: Mapping[str, Path]) -> None:
    # The line was synced before the kill, so the contribution is there, although the store had not followed.
    for point in ("journal._append", "tables.apply"):
        contributors = [entry.fact.contributor for entry in Workspace(killed[point]).state().contributors.values()]
        assert "ann" in contributors
    assert len(Workspace(killed["tables.apply"]).state().contributions) == 3
