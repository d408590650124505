"""What a merge submits and what it refuses, on the small repository."""

import json
import shutil
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
from tests.repository import FOLDER, Repo, copied, honest, lines_of

BOB = f"{FOLDER}/bob/new.jsonl"
CARD = "datanets/faq/datanet.yaml"
DOCUMENT: Mapping[str, object] = {
    "schema": "curation.gate/1",
    "answer": "pass",
    "base": "a" * 40,
    "head": "b" * 40,
    "author": None,
    "fail_on": "the card",
    "files": [],
}


@pytest.fixture(scope="module")
def faq_landed(faq_base: Repo, tmp_path_factory: pytest.TempPathFactory) -> Repo:
    """A checked file of two questions, merged; the folder is a workspace without a state. Only for copying."""
    repo = copied(faq_base, tmp_path_factory.mktemp("landed") / "repo")
    repo.branch()
    repo.commit({BOB: lines_of(honest(3, 2))})
    repo.write(".git/gate.json", json.dumps(gate_document(repo.gate(author="bob-b"))))
    (repo.root / ".curation").mkdir()
    (repo.root / ".curation" / "cache").symlink_to((repo.root / ".git/curation/encoder").resolve())
    return land(repo)


@pytest.fixture
def landed(faq_landed: Repo, tmp_path: Path) -> Repo:
    return copied(faq_landed, tmp_path / "repo")


def land(repo: Repo, *options: str) -> Repo:
    """Merges the branch, as a platform does."""
    repo.git("checkout", "--quiet", "main")
    repo.git("merge", "--quiet", "--no-edit", *(options or ("--no-ff",)), "work")
    return repo


def again(repo: Repo, files: Mapping[str, str | bytes]) -> Repo:
    """The small repository as it was, with another branch merged."""
    repo.git("checkout", "--quiet", "main")
    repo.git("reset", "--quiet", "--hard", "main~1")
    repo.branch()
    repo.commit(files)
    return land(repo)


def checked(repo: Repo) -> Path:
    return repo.root / ".git" / "gate.json"


def claim(repo: Repo, **claims: object) -> Path:
    """The document of the check with something else in it; `file_…` in the entry of its file."""
    told = json.loads(checked(repo).read_text())
    told |= {name: value for name, value in claims.items() if not name.startswith("file_")}
    told["files"][0] |= {name[5:]: value for name, value in claims.items() if name.startswith("file_")}
    checked(repo).write_text(json.dumps(told))
    return checked(repo)


def has_journal(repo: Repo) -> bool:
    return (repo.root / ".curation" / "journal.jsonl").exists()


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
    assert not has_journal(landed)


@pytest.mark.parametrize("answer", ["fail", "nothing"])
def test_what_did_not_pass_is_not_merged_by_its_result(landed: Repo, answer: str) -> None:
    merged = merge(Workspace(landed.root), "main~1", checked=claim(landed, answer=answer))
    assert (merged.exit_code, merged.files) == (1, ())
    assert [(one.code, one.path) for one in merged.refusals] == [("not-passed", BOB)]
    assert not has_journal(landed)


def test_a_pass_by_a_lowered_bar_says_so(landed: Repo) -> None:
    merged = merge(Workspace(landed.root), "main~1", checked=claim(landed, fail_on="never"))
    assert len(merged.files) == 1
    assert merged.notes == ("the gate's answer is by --fail-on never and not by what the cards say",)


def test_a_squashed_merge_is_as_good(landed: Repo) -> None:
    landed.git("reset", "--quiet", "--hard", "main~1")
    land(landed, "--squash")
    squashed = landed.commit(message="squashed")
    merged = merge(Workspace(landed.root), "main~1", checked=checked(landed))
    assert [(one.path, one.commit) for one in merged.files] == [(BOB, squashed)]
    head = landed.git("rev-parse", "work")
    assert merged.notes == (
        f"{head[:12]}, which was checked, is itself no part of the base: bytes of files are compared",
    )


def test_a_merged_file_that_was_changed_is_refused_and_the_others_go_on(landed: Repo) -> None:
    landed.commit({f"{FOLDER}/ann/merged.jsonl": lines_of(small.honest(2))})
    merged = merge(Workspace(landed.root), "main~2")
    assert [one.path for one in merged.files] == [BOB]
    assert [one.code for one in merged.refusals] == ["changed-file"]
    assert merged.notes == ("no --checked: what came in was judged here, and not compared with an earlier check",)


def test_the_card_in_the_folder_must_be_that_of_the_commit(landed: Repo) -> None:
    landed.write(CARD, small.FAQ.replace("40", "41"))
    with pytest.raises(UsageError, match="not that of the commit"):
        merge(Workspace(landed.root), "main~1")


def test_what_the_gate_would_not_let_pass_is_not_submitted(landed: Repo) -> None:
    """Merged by whoever may, though the check had failed or there was none."""
    more = f"{FOLDER}/bob/more.jsonl"
    again(landed, {BOB: lines_of(small.honest(1)), more: lines_of(honest(5, 1))})
    merged = merge(Workspace(landed.root), "main~1")
    assert [one.path for one in merged.files] == [more]
    (refusal,) = merged.refusals
    assert (refusal.path, refusal.code) == (BOB, "not-passed")
    assert refusal.message.startswith("1 of 1 records rejected, at most 0% wanted")
    # On purpose it can be let in, and that is told.
    lowered = merge(Workspace(landed.root), "main~1", fail_on="never")
    assert {one.path: one.submitted.already for one in lowered.files} == {BOB: False, more: True}
    assert "--fail-on never took the place of what the cards say" in lowered.notes


def test_a_document_that_claims_a_pass_lets_nothing_in(landed: Repo) -> None:
    """It comes from a job that ran on a branch, which may have changed the job."""
    again(landed, {BOB: lines_of(small.honest(1))})
    blob = landed.git("rev-parse", f"HEAD:{BOB}")
    merged = merge(Workspace(landed.root), "main~1", checked=claim(landed, file_blob=blob))
    assert [one.code for one in merged.refusals] == ["not-passed"]
    assert not has_journal(landed)


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ({"file_card": "c" * 64}, "between check and merge changed: the card"),
        ({"file_rules": "c" * 64}, "between check and merge changed: the rules"),
        ({"file_reference": {"version": None}}, "between check and merge changed: the reference"),
        ({"base": "c" * 40}, "the check was against cccccccccccc, which is no part of this base"),
        (
            {"author": "mallory"},
            "contributors.yaml does not know the author 'mallory', whose folder is mallory, not bob",
        ),
    ],
)
def test_what_the_check_rested_on_must_be_what_it_is(landed: Repo, claims: dict[str, object], said: str) -> None:
    merged = merge(Workspace(landed.root), "main~1", checked=claim(landed, **claims))
    assert [one.message for one in merged.refusals] == [said]
    assert not has_journal(landed)


def test_a_base_that_moved_on_is_told(landed: Repo) -> None:
    landed.git("reset", "--quiet", "--hard", "main~1")
    old = landed.commit({"README.md": "more"})
    land(landed)
    merged = merge(Workspace(landed.root), "main~1", checked=checked(landed))
    assert len(merged.files) == 1
    (note,) = merged.notes
    assert note.endswith(f"; judged again by {old[:12]}, the base as it was before")


def test_a_limit_holds_for_all_that_breaks_it_together(landed: Repo) -> None:
    landed.git("reset", "--quiet", "--hard", "main~1")
    landed.commit({CARD: small.FAQ + "gate: {files_max: 1}\n"})
    landed.branch()
    landed.commit({BOB: lines_of(honest(3, 1)), f"{FOLDER}/ann/more.jsonl": lines_of(honest(5, 1))})
    merged = merge(Workspace(land(landed).root), "main~1")
    assert [one.code for one in merged.refusals] == ["too-many-files"] * 2
    assert not has_journal(landed)


def test_what_was_submitted_before_is_not_judged_again(landed: Repo) -> None:
    merge(Workspace(landed.root), "main~1")
    shutil.rmtree(landed.root / ".git" / "curation" / "states")
    merged = merge(Workspace(landed.root), "main~1", checked=checked(landed))
    assert [one.submitted.already for one in merged.files] == [True]
    assert not (landed.root / ".git" / "curation" / "states").exists()


def test_what_decides_and_came_in_as_well_is_told(landed: Repo) -> None:
    again(landed, {BOB: lines_of(honest(3, 1)), "public/x": "", CARD: small.FAQ + "# new\n"})
    merged = merge(Workspace(landed.root), "main~1")
    assert [one.path for one in merged.files] == [BOB]
    assert any(note.startswith(f"{CARD}, public/x came in as well") for note in merged.notes)


def test_a_pack_that_is_in_no_commit_judges_nothing(landed: Repo) -> None:
    """A file that lies about in rules/ would be taken before the pack that ships with the engine."""
    landed.write("rules/README.md", "notes")
    stray = landed.write("rules/text.yaml", "pack: text\n")
    with pytest.raises(UsageError, match=r"rules/text\.yaml in the folder is part of no commit"):
        merge(Workspace(landed.root), "main~1")
    assert not has_journal(landed)
    stray.unlink()
    assert len(merge(Workspace(landed.root), "main~1").files) == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("[]", "wanted|valid"),
        ('{"schema": "curation.check/1", "files": []}', "schema_"),
        ('{"schema": "curation.gate/1", "files": []}', "answer"),
        ('{"schema": "curation.gate/1", "answer": "fine", "fail_on": "the card", "files": []}', "answer"),
        (json.dumps({**DOCUMENT, "base": "main"}), "base"),
        (json.dumps({**DOCUMENT, "files": [{"path": "x", "blob": "../x"}]}), "blob"),
        (json.dumps({**DOCUMENT, "files": [{"path": "x", "blob": "a" * 40, "card": "b" * 64}]}), "rules"),
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
