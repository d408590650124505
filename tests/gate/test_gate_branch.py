"""What a branch may bring: honest files, files that see each other, and all the ways to get in by another door."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from curation.errors import CardError, EngineFailed, UsageError
from curation.formats import gate_markdown
from curation.gate.gating import Asked, gate
from curation.gate.git import Repository
from curation.gate.policy import FAIL_ON, reasons_of
from curation.gate.result import Answer
from curation.verdict import Verdict
from tests import small
from tests.repository import FOLDER, PEOPLE, Repo, checks, codes, honest, lines_of

CARD = "datanets/faq/datanet.yaml"
BOB = f"{FOLDER}/bob/new.jsonl"
MERGED = f"{FOLDER}/ann/merged.jsonl"
LOOSE = small.FAQ.replace("{reference_min: 40}", "{reference_min: 40, rejected_share_max: 1, review_share_max: 1}")


def test_honest_records_pass(repo: Repo) -> None:
    head = repo.commit({BOB: lines_of(honest(3, 4)), "notes.txt": "mine"})
    result = repo.gate(author="bob-b")
    assert (result.answer, result.exit_code, result.records, result.others) == (Answer.PASS, 0, 4, 1)
    assert result.head == head
    assert result.notes == ()
    (change,) = result.changes
    assert (change.before.records, change.after.records) == (63, 67)
    (file,) = result.files
    assert 3 < file.credit <= 4
    assert file.checked.reference_members == 60


def test_nothing_to_check_is_no_pass(repo: Repo) -> None:
    repo.commit({"README.md": "another"})
    result = repo.gate()
    assert (result.answer, result.exit_code, result.reasons) == (Answer.NOTHING, 1, ())
    assert repo.gate(allow_empty=True).exit_code == 0


@pytest.mark.parametrize("content", ["", "\n\n"])
def test_a_file_without_records_is_no_pass(repo: Repo, content: str) -> None:
    repo.commit({BOB: content})
    result = repo.gate(allow_empty=True)
    assert (result.answer, result.exit_code) == (Answer.FAIL, 1)


def test_files_of_one_branch_see_each_other_in_the_order_of_the_commits(repo: Repo) -> None:
    mine = honest(3, 3)
    near = [{**mine[0], "question": mine[0]["question"].replace("?", " please?")}]
    # By name the copy would come first; the commits say otherwise.
    repo.commit({f"{FOLDER}/bob/z-first.jsonl": lines_of(mine)})
    repo.commit({f"{FOLDER}/carla/a-second.jsonl": lines_of([mine[1], *near])})
    result = repo.gate()
    assert [one.path.rsplit("/", 1)[-1] for one in result.files] == ["z-first.jsonl", "a-second.jsonl"]
    assert checks(result, f"{FOLDER}/bob/z-first.jsonl") == {}
    found = checks(result, f"{FOLDER}/carla/a-second.jsonl")
    assert "exact-duplicate" in found[1]
    assert "near-duplicate" in found[2]
    assert result.answer is Answer.FAIL
    assert "by bob (line 2 there)" in next(one.message for one in result.remarks if one.check == "exact-duplicate")


def test_whose_content_came_last_is_the_copy_though_the_file_was_there_first(repo: Repo) -> None:
    mine = honest(3, 2)
    repo.commit({f"{FOLDER}/carla/early.jsonl": lines_of(honest(8, 1))})
    repo.commit({BOB: lines_of(mine)})
    repo.commit({f"{FOLDER}/carla/early.jsonl": lines_of(mine)})
    result = repo.gate()
    assert checks(result, BOB) == {}
    assert "exact-duplicate" in checks(result, f"{FOLDER}/carla/early.jsonl")[1]


def test_copies_of_merged_and_of_trusted_records_are_found(repo: Repo) -> None:
    repo.commit({BOB: lines_of([small.honest(1)[0], small.trusted()[5], *honest(3, 1)])})
    found = checks(repo.gate(), BOB)
    assert "exact-duplicate" in found[1] & found[2]
    assert 3 not in found


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
    result = repo.gate(author="Bob-B", fail_on="never", allow_empty=True)
    assert (codes(result), result.answer, result.exit_code) == ([code], Answer.FAIL, 1)
    assert result.files == ()


def test_a_deleted_and_a_renamed_file_is_refused(repo: Repo) -> None:
    (repo.root / FOLDER / "bob").mkdir()
    repo.git("mv", MERGED, f"{FOLDER}/bob/taken.jsonl")
    repo.commit()
    result = repo.gate(author="bob-b")
    assert codes(result) == ["deleted-file"]
    assert result.exit_code == 1


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


def test_an_old_branch_point_does_not_choose_old_rules(repo: Repo) -> None:
    """Branched from before the base grew strict, and from before a file was merged that it copies."""
    repo.git("checkout", "--quiet", "main")
    strict = small.FAQ.replace("{reference_min: 40}", "{reference_min: 40, weight_mean_min: 1}")
    repo.commit({CARD: strict, f"{FOLDER}/ann/later.jsonl": lines_of(honest(6, 2))})
    repo.branch("old", "main~1")
    repo.commit({BOB: lines_of([honest(6, 1)[0], *honest(3, 1)])})
    result = repo.gate()
    assert "exact-duplicate" in checks(result, BOB)[1]
    assert any("at least 1.0 wanted" in reason for reason in result.reasons)
    assert any("base has moved on" in note for note in result.notes)


def test_a_merge_of_the_base_into_the_branch_offers_nothing_of_the_base(repo: Repo) -> None:
    repo.commit({BOB: lines_of(honest(3, 2))})
    repo.git("checkout", "--quiet", "main")
    repo.commit({f"{FOLDER}/ann/later.jsonl": lines_of(honest(6, 2))})
    repo.git("checkout", "--quiet", "work")
    repo.git("merge", "--quiet", "--no-edit", "main")
    result = repo.gate(author="bob-b")
    assert ([one.path for one in result.files], result.answer) == ([BOB], Answer.PASS)


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


def test_a_file_that_was_merged_by_another_way_is_not_offered_again(repo: Repo) -> None:
    repo.commit({BOB: lines_of(honest(3, 2))})
    repo.git("checkout", "--quiet", "main")
    repo.git("merge", "--quiet", "--squash", "work")
    repo.commit()
    repo.git("checkout", "--quiet", "work")
    assert repo.gate().answer is Answer.NOTHING


@pytest.mark.parametrize(
    ("author", "contributor", "refused", "noted"),
    [
        ("ann-k", "ann", [], ()),
        ("SHA256:annskey", "ann", [], ()),
        ("BOB-AT-WORK", "bob", [], ()),
        ("ann-k", "bob", ["foreign-folder"], ()),
        ("ann-k", "newcomer", ["foreign-folder"], ()),
        ("mallory", "bob", ["foreign-folder"], ()),
        ("mallory", "owner", ["foreign-folder"], ()),
        ("mallory", "reserved", ["foreign-folder"], ()),
        ("mallory", "marta", ["foreign-folder"], ()),
        ("mallory", "mallory", [], ("is new",)),
        (None, "bob", [], ("no author was given",)),
    ],
)
def test_a_folder_needs_its_contributor(
    repo: Repo, author: str | None, contributor: str, refused: list[str], noted: tuple[str, ...]
) -> None:
    # What the commit says of its author is typed by whoever makes it.
    spoofed = {"GIT_AUTHOR_NAME": "bob", "GIT_AUTHOR_EMAIL": "bob-b@example.org"}
    repo.commit({f"{FOLDER}/{contributor}/new.jsonl": lines_of(honest(3, 1))}, **spoofed)
    found = repo.may(author)
    assert [one.code for one in found.refusals] == refused
    assert len(found.offered) == (0 if refused else 1)
    assert all(part in note for part, note in zip(noted, found.notes, strict=True))


def test_a_newcomer_opens_one_folder(repo: Repo) -> None:
    files = {f"{FOLDER}/{name}/new.jsonl": lines_of(honest(3, 1)) for name in ("dora", "emma")}
    repo.commit({**files, f"{FOLDER}/dora/more.jsonl": lines_of(honest(4, 1))})
    found = repo.may("mallory")
    assert [one.path for one in found.refusals] == [f"{FOLDER}/emma/new.jsonl"]
    assert {one.contributor for one in found.offered} == {"dora"}


def test_a_name_with_merged_files_is_taken_though_nobody_is_tied_to_it(repo: Repo) -> None:
    repo.git("checkout", "--quiet", "main")
    repo.commit({f"{FOLDER}/dora/one.jsonl": lines_of(honest(3, 1))})
    repo.branch()
    repo.commit({f"{FOLDER}/dora/two.jsonl": lines_of(honest(4, 1))})
    assert codes(repo.gate(author="mallory")) == ["foreign-folder"]


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
    repo.commit({f"{FOLDER}/bob/six.jsonl": lines_of(honest(6, 6))})
    assert codes(repo.gate()) == ["too-fast", "too-fast", "too-many-records"]


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


def test_what_is_staged_can_be_judged(repo: Repo) -> None:
    repo.write(BOB, lines_of(small.honest(1)))
    assert repo.gate(staged=True).answer is Answer.NOTHING
    repo.git("add", "--all")
    result = repo.gate(staged=True)
    assert (result.answer, result.head) == (Answer.FAIL, repo.git("write-tree"))
    assert "exact-duplicate" in checks(result, BOB)[1]


def test_without_reference_map_or_author_it_runs_and_says_so(repo: Repo) -> None:
    repo.git("checkout", "--quiet", "main")
    repo.git("rm", "--quiet", "contributors.yaml", "datanets/faq/trusted/trusted.jsonl", MERGED)
    repo.commit()
    repo.branch()
    repo.commit({BOB: lines_of(honest(3, 4))})
    result = repo.gate(author="bob-b")
    assert {row.verdict for row in result.files[0].checked.inspection.rows} == {Verdict.UNCHECKED}
    assert result.reasons == (f"{BOB}: 4 of 4 records unchecked, at most 20% wanted (gate.unchecked_share_max)",)
    assert [note.split(":")[0] for note in result.notes] == [
        "the base has no contributors.yaml",
        "faq has no trusted records in the base",
    ]


def test_fail_on_says_what_fails(repo: Repo) -> None:
    doubtful = {**honest(3, 1)[0], "topic": "skin" if honest(3, 1)[0]["topic"] != "skin" else "teeth"}
    repo.commit({BOB: lines_of([*honest(9, 6), doubtful])})
    repo.commit({f"{FOLDER}/bob/second.jsonl": lines_of([*honest(15, 3), small.honest(1)[0]])})
    repo.commit({f"{FOLDER}/bob/third.jsonl": lines_of(honest(18, 2))})
    label, copy, clean = (one.checked for one in repo.gate().files)
    nobody: frozenset[tuple[int, str]] = frozenset()
    fails = {
        fail_on: [bool(reasons_of(checked, nobody, fail_on)) for checked in (label, copy, clean)] for fail_on in FAIL_ON
    }
    assert fails == {
        "policy": [False, True, False],
        "warning": [True, True, False],
        "unchecked": [True, True, False],
        "review": [True, True, False],
        "reject": [False, True, False],
        "never": [False, False, False],
    }
    lowered = repo.gate(fail_on="never")
    assert lowered.answer is Answer.PASS
    assert "--fail-on never took the place of what the cards say" in lowered.notes
    repeat = "".join(gate_markdown.lines(lowered)).splitlines()[-1]
    assert repeat.endswith(" --fail-on never`")


def test_a_baseline_keeps_old_debt_from_blocking(repo: Repo) -> None:
    from curation.formats.gate_baseline import lines

    repo.commit({BOB: lines_of([small.honest(1)[0], *honest(3, 2)])})
    first = repo.gate()
    assert first.answer is Answer.FAIL
    baseline = "".join(lines(first))
    repo.git("checkout", "--quiet", "main")
    repo.commit({"baseline.jsonl": baseline})
    repo.git("checkout", "--quiet", "work")
    again = repo.gate()
    assert again.answer is Answer.PASS
    assert again.verdicts["reject"] == 1
    assert [one.check for one in again.remarks if one.tolerated] == ["exact-duplicate"]
    # What is not in it still fails.
    repo.commit({f"{FOLDER}/bob/more.jsonl": lines_of([small.honest(2)[1]])})
    assert repo.gate().answer is Answer.FAIL


@pytest.mark.parametrize(
    ("path", "content"),
    [
        (CARD, "schema: nonsense\n"),
        ("contributors.yaml", "schema: curation.contributor-map/1\nnobody: []\n"),
        ("baseline.jsonl", "{}\n"),
        ("datanets/faq/trusted/trusted.jsonl", b"PK\x03\x04"),
    ],
)
def test_a_base_that_cannot_be_judged_by_is_no_verdict(repo: Repo, path: str, content: str | bytes) -> None:
    repo.git("checkout", "--quiet", "main")
    repo.commit({path: content})
    repo.branch()
    repo.commit({BOB: lines_of(honest(3, 1))})
    with pytest.raises(CardError):
        repo.gate(author="bob-b")


def test_what_is_not_there_is_a_wrong_call(repo: Repo, tmp_path: Path) -> None:
    for base in ("nowhere", "--help", "-x", "main:README.md"):
        with pytest.raises(UsageError, match="no commit"):
            repo.gate(base=base)
    with pytest.raises(UsageError, match="in no repository"):
        Repository(tmp_path)
    repo.git("checkout", "--quiet", "--orphan", "alone")
    repo.commit()
    with pytest.raises(UsageError, match="no commit in common"):
        repo.gate()


def test_an_empty_author_and_a_cache_of_the_branch_are_refused(repo: Repo) -> None:
    repo.commit({BOB: lines_of(honest(3, 1)), "cache/states/faq/x": "mine"})
    with pytest.raises(UsageError, match="is empty"):
        repo.gate(author=" ")
    with pytest.raises(UsageError, match="is part of the branch"):
        gate(repo.root, Asked(base="main"), cache=repo.root / "cache")


def test_a_shallow_clone_says_what_it_lacks(repo: Repo, tmp_path: Path) -> None:
    repo.commit({BOB: lines_of(honest(3, 1))})
    there = tmp_path / "shallow"
    repo.git("clone", "--quiet", "--depth", "1", "--branch", "work", f"file://{repo.root}", str(there))
    shallow = Repo(there)
    with pytest.raises(UsageError, match="shallow, fetch the whole history"):
        shallow.gate(base="main")


def test_a_failed_engine_is_no_verdict(repo: Repo) -> None:
    repo.commit({BOB: lines_of(honest(3, 1))})
    for reference in repo.root.glob(".git/curation/states/faq/*/references/faq/*/reference.safetensors"):
        reference.write_bytes(b"damaged")
    with pytest.raises(EngineFailed):
        repo.gate()


def test_the_second_run_reads_what_the_first_one_made(repo: Repo) -> None:
    repo.commit({BOB: lines_of([*honest(3, 3), "broken"])})
    states = repo.root / ".git" / "curation" / "states"
    before = {path: path.stat().st_mtime_ns for path in states.rglob("*")}
    heard: list[str] = []
    from curation.formats.gate_json import gate_document

    def say(what: str, done: int = 0, total: int | None = None) -> None:
        assert (done, total) == (0, None) or what == "encoding texts"
        heard.append(what)

    first = gate(repo.root, Asked(base="main"), say=say)
    assert not [what for what in heard if "import" in what or "merged" in what]
    assert {path: path.stat().st_mtime_ns for path in states.rglob("*")} == before
    anew = gate(repo.root, Asked(base="main"), cache=_fresh(repo))
    assert json.dumps(gate_document(first)) == json.dumps(gate_document(anew))
    # One more merged file: only that one is judged, the reference stays.
    repo.git("checkout", "--quiet", "main")
    repo.git("merge", "--quiet", "--no-ff", "--no-edit", "work")
    repo.branch("next")
    repo.commit({f"{FOLDER}/bob/next.jsonl": lines_of(honest(8, 1))})
    heard.clear()
    assert gate(repo.root, Asked(base="main"), say=say).changes[0].before.records == 66
    assert [what for what in heard if "import" in what or "merged" in what] == ["judging merged file new.jsonl"]


def _fresh(repo: Repo) -> Path:
    """An empty cache but for the exported encoder."""
    folder = repo.root.parent / "cache"
    folder.mkdir()
    (folder / "encoder").symlink_to((repo.root / ".git" / "curation" / "encoder").resolve(), target_is_directory=True)
    return folder


def test_the_state_of_another_card_is_not_read(repo: Repo) -> None:
    repo.commit({BOB: lines_of(honest(3, 1))})
    one = repo.gate().files[0].checked.inspection.reference
    repo.git("checkout", "--quiet", "main")
    repo.commit({CARD: small.FAQ.replace("Questions by topic", "Questions")})
    repo.branch()
    repo.commit({BOB: lines_of(honest(3, 1))})
    assert repo.gate().files[0].checked.inspection.reference != one


def test_a_workspace_below_the_top_of_its_repository(repo: Repo) -> None:
    repo.git("checkout", "--quiet", "main")
    (repo.root / "data").mkdir()
    repo.git("mv", "datanets", "contributors.yaml", "data")
    repo.commit()
    repo.branch()
    repo.commit({f"data/{BOB}": lines_of([*small.honest(1), *honest(3, 1)]), "datanets/faq/datanet.yaml": LOOSE})
    below = replace(repo, root=repo.root / "data")
    result = below.gate(author="bob-b")
    assert ([one.path for one in result.files], result.others) == ([BOB], 0)
    assert "exact-duplicate" in checks(result, BOB)[1]
