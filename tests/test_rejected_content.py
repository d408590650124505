"""What a person rejected stays rejected, whoever submits it next; and files of which nothing is left do no harm."""

from pathlib import Path

import pytest

from curation.verdict import Verdict
from curation.workspace import Workspace
from tests import small


def _line(datanet: Path, name: str, text: str) -> Path:
    path = datanet / name
    path.write_text(text + "\n", encoding="utf-8")
    return path


NEW = '{"id": "n-1", "question": "Since Tuesday my left eye waters whenever I face the wind; why?", "topic": "eyes"}'
SAME = NEW.replace("n-1", "n-2")


def test_rejected_content_is_rejected_from_the_next_contributor(examples_copy: Path, tmp_path: Path) -> None:
    workspace = Workspace(examples_copy)
    first = workspace.submit(_line(tmp_path, "a.jsonl", NEW), "medical-questions", "alice")
    assert first.checked is not None
    (row,) = first.checked.inspection.rows
    assert row.verdict is Verdict.ACCEPT
    assert row.record is not None
    workspace.decide(row.record, "reject", by="curator-amina", reason="invented", label=None)

    again = workspace.check(_line(tmp_path, "b.jsonl", SAME), "medical-questions", "bob")
    assert [one.verdict for one in again.inspection.rows] == [Verdict.REJECT]
    assert "curator-amina rejected" in again.inspection.rows[0].findings[0].message
    assert again.outcome.exit_code == 1

    imported = workspace.import_file(tmp_path / "b.jsonl", "medical-questions")
    assert imported.checked is not None
    assert row.digest not in imported.checked.evidence.reference.members.digests
    _, members, is_new = workspace.refresh("medical-questions")
    assert not is_new
    assert members == len(imported.checked.evidence.reference)


def test_a_rejection_taken_back_frees_the_content(examples_copy: Path, tmp_path: Path) -> None:
    workspace = Workspace(examples_copy)
    first = workspace.submit(_line(tmp_path, "a.jsonl", NEW), "medical-questions", "alice")
    assert first.checked is not None
    record = first.checked.inspection.rows[0].record
    assert record is not None
    workspace.decide(record, "reject", by="curator-amina", reason="invented", label=None)
    workspace.decide(record, "accept", by="curator-amina", reason="it was right after all", label=None)
    again = workspace.check(_line(tmp_path, "b.jsonl", SAME), "medical-questions", "bob")
    assert "already in the datanet" in again.inspection.rows[0].findings[0].fix


@pytest.mark.parametrize("datanet", ["medical-questions", "crop-records"])
def test_a_file_of_which_nothing_can_be_kept_is_judged_all_the_same(
    unimported: Workspace, tmp_path: Path, datanet: str
) -> None:
    texts = {
        "medical-questions": '{"id": "x", "question": "Is astrology a science?", "topic": "astrology"}',
        "crop-records": '{"id": "x", "crop": "moonwheat", "region": "punjab", "season": "rabi", "area_ha": 1.5, '
        '"rainfall_mm": 100, "irrigated": true, "sowing_date": "2024-11-02", "yield_t_ha": 3.1}',
    }
    root = small.copy_of(unimported.root, tmp_path / "workspace")
    file = _line(tmp_path, "x.jsonl", texts[datanet])
    workspace = Workspace(root)
    assert [row.verdict for row in workspace.check(file, datanet).inspection.rows] == [Verdict.REJECT]
    assert workspace.submit(file, datanet, "bob").exit_code == 1
    imported = workspace.import_file(file, datanet)
    assert imported.checked is not None
    assert [row.verdict for row in imported.checked.inspection.rows] == [Verdict.REJECT]
    assert workspace.verify().problems == ()
