"""A word that was undone moves nothing, whoever computes it; and nobody can undo what money rests on."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from curation.workspace import Workspace
from tests import small
from tests.forging import canonical
from tests.published import Played, noticed


@pytest.fixture(scope="module")
def undone(played_money: Played, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The export of a workspace in which a word about an unpaid record was said, taken back, and an epoch followed."""
    root = small.copy_of(played_money.workspace.root, tmp_path_factory.mktemp("undone") / "ws")
    workspace = Workspace(root)
    paid = {record for record, _ in _lots(workspace)}
    with workspace.store() as store:
        rows = store.query(
            "SELECT record FROM current_records WHERE verdict IN ('accept', 'review', 'unchecked')"
            " AND contributor <> 'amina' ORDER BY seq, row_index"
        )
    record = next(row["record"] for row in rows if row["record"] not in paid)
    before = workspace.explain(record).record
    said = workspace.decide(record, "reject", by="amina", reason="no", label=None)
    assert workspace.explain(record).record.verdict == "reject"
    workspace.undo(said.line, by="amina")
    assert workspace.explain(record).record == before
    assert workspace.verify().problems == ()
    workspace.export_public(root / "export")
    return root / "export"


def _lots(workspace: Workspace) -> list[tuple[str, int]]:
    from curation.rewards.treasury import Treasury

    return list(Treasury(workspace.state(), workspace.objects).books().lots)


def test_both_lines_are_left_out(undone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert noticed(undone) == set()
    said = capsys.readouterr().out
    assert "1  words undone compared" in said
    assert "DIFFERS" not in said


def _forged(undone: Path, folder: Path, **body: Any) -> Path:
    """The same export, but its last journal line undoes something else; hashed anew."""
    small.copy_of(undone, folder)
    journal = folder / "journal.jsonl"
    *lines, last = journal.read_bytes().splitlines(keepends=True)
    told = json.loads(last)
    del told["hash"]
    told["body"] |= body
    told["hash"] = hashlib.sha256(canonical(told)).hexdigest()
    journal.write_bytes(b"".join(lines) + canonical(told) + b"\n")
    return folder


@pytest.mark.parametrize("what", ["another's", "settled", "no word", "later", "more"])
def test_what_may_not_be_undone_is_noticed(
    undone: Path, tmp_path: Path, what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    events = [json.loads(line) for line in (undone / "journal.jsonl").read_bytes().splitlines()]
    decided = next(one["seq"] for one in events if one["type"] == "record.decided")
    by = next(one["body"]["by"] for one in events if one["seq"] == decided)
    body = {
        "another's": {"by": "bilal"},
        "settled": {"word": decided, "by": by},
        "no word": {"word": 1},
        "later": {"word": len(events) + 1},
        "more": {"zeal": 1},
    }[what]
    # The sums leave out whatever is called undone; whether it may be is the other script's question.
    assert noticed(_forged(undone, tmp_path / "export", **body)) >= {"decisions"}
    assert f"DIFFERS   line {len(events)}: " in capsys.readouterr().out
