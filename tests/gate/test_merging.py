"""What a merge submits and what it refuses, on the small repository."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from curation.errors import UsageError
from curation.formats.gate_json import gate_document
from curation.gate.merging import merge
from curation.ledger.facts import ContributionSubmitted, record_fact
from curation.ledger.journal import Journal
from curation.workspace import Workspace
from tests import small
from tests.cli.running import Curate
from tests.repository import FOLDER, Repo, honest, lines_of

BOB = f"{FOLDER}/bob/new.jsonl"


@pytest.fixture
def landed(repo: Repo) -> Repo:
    """A checked file of two questions, merged; the folder is a workspace without a state."""
    repo.commit({BOB: lines_of(honest(3, 2))})
    repo.write("../gate.json", json.dumps(gate_document(repo.gate())))
    repo.git("checkout", "--quiet", "main")
    repo.git("merge", "--quiet", "--no-ff", "--no-edit", "work")
    (repo.root / ".curation").mkdir()
    (repo.root / ".curation" / "cache").symlink_to((repo.root / ".git/curation/encoder").resolve())
    return repo


def checked(repo: Repo) -> Path:
    return repo.root.parent / "gate.json"


def test_a_merge_submits_what_was_checked_once(landed: Repo, curate: Curate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(landed.root)
    # What lies about in the folder is not what was merged.
    landed.write(BOB, "another\n")
    first = curate("merge", "--base", "main~1", "--checked", checked(landed), "--format", "json")
    (told,) = json.loads(first.out)["files"]
    commit = landed.git("rev-parse", "main")
    assert (first.code, told["path"], told["commit"], told["already"]) == (0, BOB, commit, False)
    journal = landed.root / ".curation" / "journal.jsonl"
    bodies = [json.loads(line)["body"] for line in journal.read_text().splitlines()]
    assert [one["commit"] for one in bodies if "commit" in one] == [commit]
    before = journal.read_bytes()
    again = curate("merge", "--base", "main~1", "--checked", checked(landed))
    assert (again.code, journal.read_bytes()) == (0, before)
    assert again.out.endswith("0 submitted, 1 had been before, 0 refused\n")
    assert curate("verify").code == 0


def test_a_file_that_changed_between_check_and_merge_is_refused(landed: Repo) -> None:
    landed.commit({BOB: lines_of(honest(8, 2)), f"{FOLDER}/bob/more.jsonl": lines_of(honest(10, 1))})
    merged = merge(Workspace(landed.root), "main~2", checked=checked(landed))
    assert (merged.exit_code, merged.files) == (1, ())
    assert {one.path: one.message for one in merged.refusals} == {
        BOB: "the file changed between check and merge",
        f"{FOLDER}/bob/more.jsonl": "the gate did not check this file",
    }
    assert not (landed.root / ".curation" / "journal.jsonl").exists()


@pytest.mark.parametrize("answer", ["fail", "nothing"])
def test_what_did_not_pass_is_not_merged_by_its_result(landed: Repo, answer: str) -> None:
    told = json.loads(checked(landed).read_text())
    checked(landed).write_text(json.dumps({**told, "answer": answer}))
    merged = merge(Workspace(landed.root), "main~1", checked=checked(landed))
    assert (merged.exit_code, merged.files) == (1, ())
    assert [(one.code, one.path) for one in merged.refusals] == [("not-passed", BOB)]
    assert not (landed.root / ".curation" / "journal.jsonl").exists()


def test_a_pass_by_a_lowered_bar_says_so(landed: Repo) -> None:
    told = json.loads(checked(landed).read_text())
    checked(landed).write_text(json.dumps({**told, "fail_on": "never"}))
    merged = merge(Workspace(landed.root), "main~1", checked=checked(landed))
    assert len(merged.files) == 1
    assert merged.notes == ("the gate's answer is by --fail-on never and not by what the cards say",)


def test_a_squashed_merge_is_as_good(landed: Repo) -> None:
    landed.git("reset", "--quiet", "--hard", "main~1")
    landed.git("merge", "--quiet", "--squash", "work")
    squashed = landed.commit()
    merged = merge(Workspace(landed.root), "main~1", checked=checked(landed))
    assert [(one.path, one.commit) for one in merged.files] == [(BOB, squashed)]


def test_a_merged_file_that_was_changed_is_refused_and_the_others_go_on(landed: Repo) -> None:
    landed.commit({f"{FOLDER}/ann/merged.jsonl": lines_of(small.honest(2))})
    merged = merge(Workspace(landed.root), "main~2")
    assert [one.path for one in merged.files] == [BOB]
    assert [one.code for one in merged.refusals] == ["changed-file"]
    assert merged.notes == ("nothing was said of what the gate checked; the files are as they came in",)


def test_the_card_in_the_folder_must_be_that_of_the_commit(landed: Repo) -> None:
    landed.write("datanets/faq/datanet.yaml", small.FAQ.replace("40", "41"))
    with pytest.raises(UsageError, match="not that of the commit"):
        merge(Workspace(landed.root), "main~1")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("[]", "wanted|valid"),
        ('{"schema": "curation.check/1", "files": []}', "schema_"),
        ('{"schema": "curation.gate/1", "files": []}', "answer"),
        ('{"schema": "curation.gate/1", "answer": "fine", "fail_on": "the card", "files": []}', "answer"),
        (
            '{"schema": "curation.gate/1", "answer": "pass", "fail_on": "x", "files": [{"path": "x", "blob": "../x"}]}',
            "blob",
        ),
    ],
)
def test_a_document_that_says_nothing_is_a_wrong_call(landed: Repo, content: str, said: str) -> None:
    checked(landed).write_text(content)
    with pytest.raises(UsageError, match=said):
        merge(Workspace(landed.root), "main~1", checked=checked(landed))


def test_commits_must_follow_each_other(landed: Repo) -> None:
    landed.git("checkout", "--quiet", "-b", "aside", "main~2")
    landed.commit({"README.md": "aside"})
    with pytest.raises(UsageError, match="no ancestor"):
        merge(Workspace(landed.root), "main")


def test_a_line_without_a_commit_is_that_of_earlier_versions(tmp_path: Path) -> None:
    told: Mapping[str, object] = {
        **dict.fromkeys(("file", "card", "rules", "result", "findings"), "a" * 64),
        "contribution": "b" * 32,
        "datanet": "faq",
        "contributor": "bob",
        "kind": "submit",
        "file_kind": "jsonl",
        "records": 1,
        "reference": None,
        "exit_code": 0,
    }
    journal = Journal(tmp_path / "journal.jsonl")
    from datetime import UTC, datetime

    fact = ContributionSubmitted.model_validate(told)
    assert "commit" not in record_fact(journal, fact, datetime(2026, 11, 1, tzinfo=UTC)).body
    with_commit = ContributionSubmitted.model_validate({**told, "commit": "c" * 40})
    assert record_fact(journal, with_commit, datetime(2026, 11, 1, tzinfo=UTC)).body["commit"] == "c" * 40
