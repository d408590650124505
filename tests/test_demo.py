"""`curate demo`: every planted fault is found by a check meant for it, no honest record accused, and all verifies."""

import io
import json
import shutil
import sys
from collections import Counter
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from curation.cli.main import main
from curation.demo import EXPECTED, prepare
from curation.errors import UsageError
from curation.intake.reading import read_contribution
from curation.recompute import recompute
from curation.shared import shared_folder
from curation.workspace import Workspace
from tests import small

DATANETS = ("crop-records", "legal-clauses", "medical-questions")


@dataclass(frozen=True)
class Demonstrated:
    root: Path
    code: object
    told: dict[str, Any]

    def rows(self) -> list[dict[str, Any]]:
        return [{"datanet": one["datanet"], **row} for one in self.told["datanets"] for row in one["records"]]


@pytest.fixture(scope="module")
def demonstrated(tmp_path_factory: pytest.TempPathFactory, encoder_cache: Path) -> Demonstrated:
    root = tmp_path_factory.mktemp("demo") / "playground"
    (root / ".curation").mkdir(parents=True)
    (root / ".curation" / "cache").symlink_to(encoder_cache, target_is_directory=True)
    out = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out):
        patch.setattr(sys, "argv", ["curate", "demo", "--into", str(root), "--format", "json"])
        with pytest.raises(SystemExit) as left:
            main()
    return Demonstrated(root, left.value.code, json.loads(out.getvalue()))


def test_it_ends_with_a_report(demonstrated: Demonstrated) -> None:
    page = Path(demonstrated.told["report"])
    assert page == demonstrated.root / "report.html"
    told = page.read_text(encoding="utf-8")
    assert told.startswith("<!doctype html>")
    assert all(f"datanet: {name}" in told for name in DATANETS)
    assert len(told.encode()) < 1_000_000


def truth(datanet: str) -> list[dict[str, Any]]:
    lines = (shared_folder("datanets") / datanet / "truth.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_the_demo_is_done_whatever_it_finds(demonstrated: Demonstrated) -> None:
    assert demonstrated.code == 0
    assert demonstrated.told["schema"] == "curation.demo/1"
    assert tuple(one["datanet"] for one in demonstrated.told["datanets"]) == DATANETS
    assert len({(row["datanet"], row["file"]) for row in demonstrated.rows()}) >= 4


def test_every_planted_fault_is_found(demonstrated: Demonstrated) -> None:
    missed = [row for row in demonstrated.rows() if row["fault"] is not None and not row["as_it_should"]]
    assert missed == []


def test_nothing_is_said_against_an_honest_record(demonstrated: Demonstrated) -> None:
    alarms = [row for row in demonstrated.rows() if row["fault"] is None and not row["as_it_should"]]
    assert alarms == []


def test_all_kinds_of_fault_are_planted(demonstrated: Demonstrated) -> None:
    planted = Counter(row["fault"] for row in demonstrated.rows())
    assert planted.keys() - {None} == EXPECTED.keys()
    assert planted[None] >= 60


@pytest.mark.parametrize("datanet", DATANETS)
def test_the_truth_file_speaks_of_every_line(datanet: str, tmp_path: Path) -> None:
    workspace_root = tmp_path / "ws"
    prepare(workspace_root)
    folder = workspace_root / "datanets" / datanet
    card = Workspace(workspace_root).datanet(datanet)
    read = {
        (f"{path.parent.name}/{path.name}", row.line)
        for path in (folder / "contributions").glob("*/*")
        for row in read_contribution(path, datanet=card, contributor=path.parent.name).rows
    }
    told = [(one["file"], one["line"]) for one in truth(datanet)]
    assert len(told) == len(set(told))
    assert set(told) == read
    for one in truth(datanet):
        assert one["fault"] is None or one["fault"] in EXPECTED
        assert one["fault"] is not None or one["note"] in ("plain", "same-template", "rare", "long", "short")


def test_the_trusted_records_are_enough(demonstrated: Demonstrated) -> None:
    for status, wanted in zip(Workspace(demonstrated.root).status(None), (200, 120, 200), strict=True):
        (imported, *submitted) = status.contributions
        assert (imported["kind"], imported["rejected"]) == ("import", 0)
        assert imported["accepted"] >= wanted
        assert status.reference is not None
        assert status.reference["members"] >= wanted
        assert len(submitted) >= 2


def test_what_the_demo_left_verifies(demonstrated: Demonstrated) -> None:
    assert Workspace(demonstrated.root).verify().problems == ()


def test_it_can_be_computed_again_whatever_the_rules_of_today_say(demonstrated: Demonstrated, tmp_path: Path) -> None:
    root = shutil.copytree(demonstrated.root, tmp_path / "copy", symlinks=True)
    for pack in (root / "rules").glob("*.yaml"):
        pack.write_text(
            pack.read_text(encoding="utf-8").replace("severity: critical", "severity: info"), encoding="utf-8"
        )
    workspace = Workspace(root)
    assert any(rule.severity == "info" for rule in workspace.setting("medical-questions").rules)
    found = recompute(workspace)
    assert found.problems == ()
    assert found.records == found.records_all == sum(status.counts.rows for status in workspace.status(None)) > 0
    assert found.references == 3


def test_the_store_can_be_made_again(demonstrated: Demonstrated, tmp_path: Path) -> None:
    root = shutil.copytree(demonstrated.root, tmp_path / "copy", symlinks=True)
    with Workspace(root).store() as store:
        before = store.fingerprints()
    (root / ".curation" / "store.duckdb").unlink()
    shutil.rmtree(root / ".curation" / "index")
    assert Workspace(root).rebuild() == before


def test_a_workspace_is_never_overwritten(tmp_path: Path) -> None:
    prepare(tmp_path / "new" / "folder")
    before = small.state_digest(tmp_path)
    with pytest.raises(UsageError, match="'folder' has a datanets/ folder already") as raised:
        prepare(tmp_path / "new" / "folder")
    assert str(tmp_path) not in str(raised.value)
    assert small.state_digest(tmp_path) == before
