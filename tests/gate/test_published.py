"""What a gate says that records may earn: by what the maintainers published in the base, never by a branch."""

import json
import os
import shutil
from pathlib import Path

import pytest

from curation.datanet.canonical import digest
from curation.formats import gate_json, gate_markdown
from curation.gate.git import REGULAR, Entry
from curation.gate.published import published_ranges
from curation.ledger.money_files import Range, RangesFile
from curation.rewards.preview import settled_ranges
from curation.workspace import Workspace
from tests import money, small
from tests.repository import FOLDER, PEOPLE, Repo, codes, honest, lines_of

BOB = f"{FOLDER}/bob/new.jsonl"
RANGES = RangesFile(datanets={"faq": Range(low=str(10**15), median=str(2 * 10**15), high=str(4 * 10**15), records=63)})


def published(ranges: RangesFile, epoch: int = 3) -> dict[str, str | bytes]:
    """The two files of an export that the gate reads."""
    data = ranges.written()
    line = {"type": "epoch.settled", "body": {"epoch": epoch, "ranges": digest(data)}}
    return {"public/journal.jsonl": json.dumps(line) + "\n", f"public/objects/{digest(data)}": data}


def test_the_base_says_what_records_like_these_earned(repo: Repo) -> None:
    repo.branch("main", at="main")
    repo.commit({**published(RANGES), "contributors.yaml": PEOPLE})
    repo.branch()
    repo.commit({BOB: lines_of(honest(3, 2))})
    result = repo.gate(author="bob-b")
    earnings = result.files[0].checked.earnings
    assert earnings is not None
    assert earnings.epoch == 3
    assert 10**15 < earnings.low <= 2 * 10**15 < earnings.high <= 8 * 10**15
    told = json.loads("".join(gate_json.lines(result)))
    assert told["files"][0]["earnings"] == {
        "epoch": 3, "records": 63, "low": str(earnings.low), "high": str(earnings.high),
    }  # fmt: skip
    assert "Likely earnings: `0.00" in "".join(gate_markdown.lines(result))


def test_the_journal_is_read_once_a_run(repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.branch("main", at="main")
    repo.commit({**published(RANGES), "contributors.yaml": PEOPLE})
    journal = repo.git("rev-parse", "main:public/journal.jsonl")
    repo.branch()
    repo.commit({f"{FOLDER}/bob/{number}.jsonl": lines_of(honest(number, 1)) for number in (3, 4, 5)})
    # A git that tells what it was asked, before the real one.
    asked, real = tmp_path / "asked", shutil.which("git")
    git = tmp_path / "bin" / "git"
    git.parent.mkdir()
    git.write_text(f'#!/bin/sh\necho "$@" >> {asked}\nexec {real} "$@"\n')
    git.chmod(0o755)
    monkeypatch.setenv("PATH", f"{git.parent}:{os.environ['PATH']}")
    result = repo.gate(author="bob-b")
    assert [one.checked.earnings is not None for one in result.files] == [True] * 3
    assert asked.read_text().count(f"cat-file blob {journal}") == 1


def test_a_branch_cannot_say_what_it_will_earn(repo: Repo) -> None:
    repo.branch("main", at="main")
    repo.commit({"contributors.yaml": PEOPLE})
    repo.branch()
    repo.commit({**published(RANGES), "public/verify_payouts.py": "", BOB: lines_of(honest(3, 2))})
    result = repo.gate(author="bob-b")
    assert codes(result) == ["owner-only", "owner-only", "owner-only"]
    assert result.files[0].checked.earnings is None
    assert "earnings" not in "".join(gate_markdown.lines(result))


def test_a_link_in_place_of_what_was_published_needs_an_owner(repo: Repo) -> None:
    (repo.root / "public").symlink_to(".github")
    repo.commit()
    assert [one.code for one in repo.may("bob-b").refusals] == ["owner-only"]


def as_tree(folder: Path) -> tuple[dict[str, Entry], dict[str, bytes]]:
    files = {f"public/{path.relative_to(folder).as_posix()}": path.read_bytes() for path in folder.rglob("*.*")}
    files |= {f"public/objects/{path.name}": path.read_bytes() for path in (folder / "objects").iterdir()}
    return {name: Entry(mode=REGULAR, oid=name, size=len(data)) for name, data in files.items()}, files


def test_what_an_export_wrote_says_what_the_workspace_says(tmp_path_factory: pytest.TempPathFactory) -> None:
    root = small.copy_of(money.template(tmp_path_factory.mktemp("money")), tmp_path_factory.mktemp("export") / "soil")
    workspace = Workspace(root)
    for number in (100, 111):
        workspace.infer(money.NAME, money.questions(workspace, number), money.FEE)
        workspace.settle()
    workspace.export_public(root / "public")
    tree, files = as_tree(root / "public")
    told = list(published_ranges(tree, lambda entry: files[entry.oid]))
    assert told == list(settled_ranges(workspace.state(), workspace.objects))
    assert [epoch for epoch, _ in told] == [2, 1]


@pytest.mark.parametrize(
    "line",
    [
        b'"epoch.settled"',
        b'{"type": "epoch.settled"}',
        b'{"type": "epoch.settled", "body": 1}',
        b'{"type": "epoch.settled", "body": {"epoch": "1", "ranges": "x"}}',
        b'{"type": "epoch.settled", "body": {"epoch": 1, "ranges": "../../secret"}}',
        b"[" * 100_000 + b'"epoch.settled"',
        b'\xff"epoch.settled"',
    ],
)
def test_what_cannot_be_read_is_passed_over(line: bytes) -> None:
    files = {name: data if isinstance(data, bytes) else data.encode() for name, data in published(RANGES).items()}
    files["public/journal.jsonl"] += line + b"\n"
    tree = {name: Entry(mode=REGULAR, oid=name, size=len(data)) for name, data in files.items()}
    assert [epoch for epoch, _ in published_ranges(tree, lambda entry: files[entry.oid])] == [3]


def test_an_object_with_other_bytes_than_its_name_says_is_not_believed() -> None:
    files = {name: data if isinstance(data, bytes) else data.encode() for name, data in published(RANGES).items()}
    name = next(one for one in files if "objects" in one)
    files[name] = RANGES.model_copy(update={"datanets": {}}).written()
    tree = {name: Entry(mode=REGULAR, oid=name, size=len(data)) for name, data in files.items()}
    assert list(published_ranges(tree, lambda entry: files[entry.oid])) == []
