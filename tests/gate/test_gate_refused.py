"""All the ways to get in by another door than a contribution, and how each is refused."""

from pathlib import Path

import pytest

from curation.errors import UsageError
from curation.gate.result import Answer
from tests import small
from tests.repository import FOLDER, PEOPLE, Repo, checks, codes, honest, lines_of

CARD = "datanets/faq/datanet.yaml"
BOB = f"{FOLDER}/bob/new.jsonl"
MERGED = f"{FOLDER}/ann/merged.jsonl"
LOOSE = small.FAQ.replace("{reference_min: 40}", "{reference_min: 40, rejected_share_max: 1, review_share_max: 1}")


@pytest.mark.parametrize(
    ("path", "content", "code"),
    [
        (MERGED, lines_of(small.honest(2)), "changed-file"),
        (f"{FOLDER}/bob/deep/new.jsonl", "{}\n", "misplaced"),
        (f"{FOLDER}/new.jsonl", "{}\n", "misplaced"),
        (f"{FOLDER}/Bob/new.jsonl", "{}\n", "misplaced"),
        (f"{FOLDER}/bob/new.exe", "{}\n", "unreadable-file"),
        (f"{FOLDER}/bob/new.csv", "PAR1 and more", "unreadable-file"),
        ("datanets/other/contributions/bob/new.jsonl", "{}\n", "unknown-datanet"),
        ("datanets/faq/trusted/mine.jsonl", lines_of(honest(3, 2)), "owner-only"),
        (CARD, LOOSE, "owner-only"),
        ("rules/mine.yaml", "rules: []\n", "owner-only"),
        ("contributors.yaml", PEOPLE.replace("Bob-B", "mallory"), "owner-only"),
        ("baseline.jsonl", "\n", "owner-only"),
        (".github/workflows/gate.yml", "on: push\n", "owner-only"),
        (".pre-commit-config.yaml", "repos: []\n", "owner-only"),
        ("CODEOWNERS", "* @mallory\n", "owner-only"),
        ("docs/CODEOWNERS", "* @mallory\n", "owner-only"),
        (".gitlab/CODEOWNERS", "* @mallory\n", "owner-only"),
        ("bitbucket-pipelines.yml", "pipelines: {}\n", "owner-only"),
        (".mergify.yml", "{}\n", "owner-only"),
        ("ru\u200cles/mine.yaml", "rules: []\n", "owner-only"),
        ("contributors.yaml. ", "\n", "owner-only"),
        (f"{FOLDER}/ann/MERGED.jsonl", lines_of(honest(3, 1)), "same-name"),
        (f"{FOLDER}/ann/ｍerged.jsonl", lines_of(honest(3, 1)), "same-name"),
        (".gitattributes", "*.jsonl filter=evil\n", "owner-only"),
        ("datanets/fresh/datanet.yaml", small.FAQ.replace("faq", "fresh"), "owner-only"),
        ("DATANETS/faq/datanet.yaml", LOOSE, "owner-only"),
        (".curation/journal.jsonl", "{}\n", "tracked-state"),
    ],
)
def test_what_a_branch_may_not_do_is_refused(repo: Repo, path: str, content: str, code: str) -> None:
    repo.write(path, content)
    repo.git("add", "--force", "--", path)
    repo.commit()
    result = repo.gate(author="ann-k" if "/ann/" in path else "Bob-B", fail_on="never", allow_empty=True)
    assert (codes(result), result.answer, result.exit_code) == ([code], Answer.FAIL, 1)
    assert result.files == ()


def test_a_deleted_and_a_renamed_file_is_refused(repo: Repo) -> None:
    (repo.root / FOLDER / "bob").mkdir()
    repo.git("mv", MERGED, f"{FOLDER}/bob/taken.jsonl")
    repo.commit()
    result = repo.gate(author="bob-b")
    assert codes(result) == ["deleted-file"]
    assert result.exit_code == 1


def test_a_file_that_only_keeps_a_folder_may_come_and_go(repo: Repo) -> None:
    repo.git("checkout", "--quiet", "main")
    repo.commit({f"{FOLDER}/ann/.gitkeep": "", f"{FOLDER}/.gitkeep": ""})
    repo.branch()
    repo.git("rm", "--quiet", f"{FOLDER}/ann/.gitkeep")
    repo.commit({f"{FOLDER}/bob/.gitkeep": ""})
    result = repo.gate(author="bob-b", allow_empty=True)
    assert (codes(result), result.others, result.exit_code) == ([], 2, 0)
    # One that holds something is no such file.
    repo.commit({f"{FOLDER}/.gitkeep": "x", f"{FOLDER}/bob/.gitkeep": "x"})
    assert [one.code for one in repo.may("bob-b").refusals] == ["changed-file", "unreadable-file"]
    # Nor may it make a folder that some file systems take for a merged file.
    repo.branch()
    repo.commit({f"{FOLDER}/ann/MERGED.jsonl/.gitkeep": ""})
    assert [one.code for one in repo.may("bob-b").refusals] == ["misplaced"]


def test_rules_of_the_branch_let_nobody_in(repo: Repo) -> None:
    """A loose card beside bad records: it is refused, and the records are judged by the base's card all the same."""
    repo.commit({CARD: LOOSE, BOB: lines_of([small.honest(1)[0], "no record"])})
    result = repo.gate(author="bob-b")
    assert codes(result) == ["owner-only"]
    (file,) = result.files
    assert file.reasons[0] == "2 of 2 records rejected, at most 0% wanted"
    assert file.checked.setting.card.decode() == small.FAQ


def test_the_owner_may_change_what_decides_and_it_is_not_in_force_yet(repo: Repo) -> None:
    repo.commit({CARD: LOOSE, f"{FOLDER}/owner/new.jsonl": lines_of([small.honest(1)[0], *honest(3, 1)])})
    result = repo.gate(author="OLGA")
    assert codes(result) == []
    assert result.notes == (f"{CARD} decides about contributions; changed by its owner, in force once merged",)
    assert result.reasons == (f"{FOLDER}/owner/new.jsonl: 1 of 2 records rejected, at most 0% wanted",)
    assert [one.code for one in repo.may(None).refusals] == ["owner-only"]


def test_what_a_merge_commit_brings_by_itself_is_seen(repo: Repo) -> None:
    """An evil merge: the file is in neither parent, so a plain log of the branch does not show it."""
    repo.git("checkout", "--quiet", "main")
    repo.commit({"README.md": "moved on"})
    repo.git("checkout", "--quiet", "work")
    repo.commit({"notes.txt": "mine"})
    repo.git("merge", "--quiet", "--no-commit", "--no-ff", "main")
    repo.write(BOB, lines_of(small.honest(2)))
    repo.write(CARD, LOOSE)
    repo.commit()
    result = repo.gate(author="bob-b")
    assert codes(result) == ["owner-only"]
    assert "exact-duplicate" in checks(result, BOB)[1]


def test_a_merge_the_wrong_way_round_brings_back_nothing_old(repo: Repo) -> None:
    """Two common commits: the branch's own, merged before, must not pass for what the base has had since.

    Git would take the older card and the deletion: between its two common commits it sees the base's as the latest.
    """
    repo.branch("first")
    repo.commit({BOB: lines_of(honest(3, 1))})
    later = f"{FOLDER}/ann/later.jsonl"
    repo.git("checkout", "--quiet", "main")
    old = (repo.root / CARD).read_bytes()
    repo.commit({CARD: small.FAQ + "# strict\n", later: lines_of(honest(6, 1))})
    repo.branch("work")
    repo.git("checkout", "--quiet", "main")
    repo.git("merge", "--quiet", "--no-edit", "first")
    repo.git("checkout", "--quiet", "work")
    repo.git("merge", "--quiet", "--no-commit", "--no-ff", "first")
    repo.write(CARD, old)
    (repo.root / later).unlink()
    repo.commit()
    assert sorted(one.code for one in repo.may("bob-b").refusals) == ["deleted-file", "owner-only"]
    # What the test is about: merged, the two would be gone.
    repo.git("checkout", "--quiet", "main")
    repo.git("merge", "--quiet", "--no-edit", "work")
    assert (repo.root / CARD).read_bytes() == old
    assert not (repo.root / later).exists()


@pytest.mark.parametrize("older", [False, True])
def test_two_files_that_some_systems_take_for_one_are_refused(repo: Repo, *, older: bool) -> None:
    if older:
        # The other one is only in the base, and came after the branch had left it.
        repo.git("checkout", "--quiet", "main")
        repo.commit({f"{FOLDER}/bob/NEW.jsonl": lines_of(honest(3, 1))})
        repo.branch("older", "main~1")
        repo.commit({BOB: lines_of(honest(5, 1))})
    else:
        repo.commit({BOB: lines_of(honest(3, 1)), f"{FOLDER}/bob/NEW.jsonl": lines_of(honest(5, 1))})
    found = repo.may("bob-b")
    assert {one.code for one in found.refusals} == {"same-name"}
    assert len(found.refusals) == (1 if older else 2)
    assert not found.offered


def test_links_programs_and_submodules_are_refused_unread(repo: Repo, tmp_path: Path) -> None:
    folder = repo.root / FOLDER / "bob"
    folder.mkdir(parents=True)
    secret = tmp_path / "secret.jsonl"
    secret.write_text(lines_of(honest(3, 1)))
    (folder / "link.jsonl").symlink_to(secret)
    program = repo.write(f"{FOLDER}/bob/run.jsonl", lines_of(honest(4, 1)))
    program.chmod(0o755)
    repo.git("add", "--all")
    commit = repo.git("rev-parse", "HEAD")
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{commit},{FOLDER}/bob/module.jsonl")
    repo.git("commit", "--quiet", "--message", "odd")
    result = repo.gate(author="bob-b")
    assert codes(result) == ["odd-mode"] * 3
    assert result.files == ()
    assert {one.message for one in result.refusals} == {
        "this is a symbolic link",
        "this is a file marked as a program",
        "this is a submodule",
    }


def test_a_link_in_place_of_the_datanet_is_no_way_in(repo: Repo) -> None:
    repo.git("rm", "-r", "--quiet", "datanets/faq/trusted")
    (repo.root / "datanets" / "faq" / "trusted").symlink_to("contributions/bob")
    repo.commit({BOB: lines_of(honest(3, 1))})
    assert codes(repo.gate(author="bob-b")) == ["owner-only", "owner-only"]


def test_sizes_are_looked_at_before_anything_is_read(repo: Repo) -> None:
    repo.git("checkout", "--quiet", "main")
    repo.commit({CARD: small.FAQ + "gate: {file_bytes_max: 500, files_max: 2}\n"})
    repo.branch()
    repo.commit({BOB: lines_of(honest(3, 10))})
    assert (repo.root / BOB).stat().st_size > 500
    result = repo.gate(author="bob-b")
    assert (codes(result), result.files) == (["too-large"], ())
    repo.branch()
    repo.commit({f"{FOLDER}/bob/{number}.jsonl": lines_of(honest(number, 1)) for number in (3, 4, 5)})
    result = repo.gate(author="bob-b")
    assert (codes(result), result.files) == (["too-many-files"], ())


def test_records_and_their_rate_are_limited(repo: Repo) -> None:
    repo.git("checkout", "--quiet", "main")
    repo.commit({CARD: small.FAQ + "gate: {records_max: 5, rate_records_max: 4, rate_days: 30}\n"})
    repo.branch()
    repo.commit({f"{FOLDER}/ann/two.jsonl": lines_of(honest(3, 2))})
    result = repo.gate(author="ann-k")
    assert codes(result) == ["too-fast"]
    assert "2 new records and 3 of the last 30 days" in result.reasons[0]
    six = f"{FOLDER}/bob/six.jsonl"
    repo.commit({six: lines_of(honest(6, 6))})
    result = repo.gate()
    assert codes(result) == ["too-fast", "too-many-records"]
    # It takes long to judge many records: those that will not be let in are only read.
    assert [one.path for one in result.files] == [f"{FOLDER}/ann/two.jsonl"]
    assert [(one.path, one.message) for one in result.refusals if one.code == "too-many-records"] == [
        (six, "8 records were seen, at most 5 are wanted; from here on none was judged")
    ]


def test_hostile_names_are_read_and_hold(repo: Repo) -> None:
    names = ["-rf.jsonl", "a\nb.jsonl", "::error::x.jsonl", "\x01a b.jsonl", "ü\u202e.jsonl", "--output=x.jsonl"]
    repo.commit({f"{FOLDER}/bob/{name}": lines_of(honest(3 + at, 1)) for at, name in enumerate(names)})
    result = repo.gate(author="bob-b")
    assert sorted(one.checked.contribution.file_name for one in result.files) == sorted(names)
    assert result.answer is Answer.PASS
    raw = repo.root / FOLDER / "bob"
    (raw / "caf\udce9.jsonl").write_text(lines_of(honest(12, 1)))
    repo.commit()
    assert codes(repo.gate(author="bob-b")) == ["misplaced"]


def test_a_name_that_nobody_could_check_out_is_refused(repo: Repo) -> None:
    """Git stores names that no file system holds; the base could not be cloned any more."""
    blob = repo.git("hash-object", "-w", str(repo.write("loose", lines_of(honest(3, 1)))))
    (repo.root / "loose").unlink()
    for name in ("a" * 250 + ".jsonl", "é" * 125 + ".jsonl", "x\\..\\..\\y.jsonl", "a" * 249 + ".jsonl"):
        repo.git("update-index", "--add", "--cacheinfo", f"100644,{blob},{FOLDER}/bob/{name}")
    repo.git("commit", "--quiet", "--message", "names")
    found = repo.may("bob-b")
    assert [len(one.path) - len(FOLDER) - 5 for one in found.offered] == [255]
    assert {one.message for one in found.refusals} == {
        "the file's name has 256 bytes, at most 255 are wanted",
        "the file's name has a backslash, which parts folders on Windows",
    }


def test_nothing_of_the_branch_is_run(repo: Repo, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    attributes = "*.jsonl filter=evil diff=evil merge=evil export-subst working-tree-encoding=UTF-16\n"
    for key in ("filter.evil.smudge", "filter.evil.clean", "diff.evil.textconv", "diff.evil.command"):
        repo.git("config", key, f"touch {mark}; cat")
    repo.write(".git/hooks/post-index-change", f"#!/bin/sh\ntouch {mark}\n").chmod(0o755)
    repo.write("datanets/.gitattributes", attributes)
    repo.write(BOB, lines_of(honest(3, 1)))
    blob = repo.git("hash-object", "-w", "--no-filters", BOB)
    repo.git("update-index", "--add", "--cacheinfo", f"100644,{blob},{BOB}")
    repo.git("commit", "--quiet", "--message", "evil")
    repo.git("config", "core.fsmonitor", f"touch {mark}")
    repo.git("config", "diff.external", f"touch {mark}")
    mark.unlink(missing_ok=True)
    assert repo.gate(author="bob-b").answer is Answer.PASS
    assert not mark.exists()


def test_a_tree_made_by_hand_with_a_path_twice_is_no_tree(repo: Repo) -> None:
    good, bad = repo.write("good", lines_of(honest(3, 1))), repo.write("bad", lines_of(small.honest(1)))
    blobs = [bytes.fromhex(repo.git("hash-object", "-w", str(path))) for path in (good, bad)]
    made = repo.write("tree", b"".join(b"100644 new.jsonl\0" + blob for blob in blobs))
    tree = repo.git("hash-object", "-w", "-t", "tree", "--literally", str(made))
    for name in ("bob", "contributions", "faq", "datanets"):
        made.write_bytes(f"40000 {name}\0".encode() + bytes.fromhex(tree))
        tree = repo.git("hash-object", "-w", "-t", "tree", "--literally", str(made))
    commit = repo.git("commit-tree", tree, "-p", "main", "-m", "twice")
    with pytest.raises(UsageError, match="twice"):
        repo.gate(head=commit)
