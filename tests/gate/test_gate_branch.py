"""What a branch may bring: honest files, files that see each other, and what the answer to it is."""

import pytest

from curation.formats import gate_markdown
from curation.gate.policy import FAIL_ON, held_against
from curation.gate.result import Answer
from tests import small
from tests.repository import FOLDER, Repo, checks, honest, lines_of

BOB = f"{FOLDER}/bob/new.jsonl"


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


def test_a_merge_of_the_base_into_the_branch_offers_nothing_of_the_base(repo: Repo) -> None:
    repo.commit({BOB: lines_of(honest(3, 2))})
    repo.git("checkout", "--quiet", "main")
    repo.commit({f"{FOLDER}/ann/later.jsonl": lines_of(honest(6, 2))})
    repo.git("checkout", "--quiet", "work")
    repo.git("merge", "--quiet", "--no-edit", "main")
    result = repo.gate(author="bob-b")
    assert ([one.path for one in result.files], result.answer) == ([BOB], Answer.PASS)


def test_a_file_that_was_merged_by_another_way_is_not_offered_again(repo: Repo) -> None:
    repo.commit({BOB: lines_of(honest(3, 2))})
    repo.git("checkout", "--quiet", "main")
    repo.git("merge", "--quiet", "--squash", "work")
    repo.commit()
    repo.git("checkout", "--quiet", "work")
    assert repo.gate().answer is Answer.NOTHING


def test_what_is_staged_can_be_judged(repo: Repo) -> None:
    repo.write(BOB, lines_of(small.honest(1)))
    assert repo.gate(staged=True).answer is Answer.NOTHING
    repo.git("add", "--all")
    result = repo.gate(staged=True)
    assert (result.answer, result.head) == (Answer.FAIL, repo.git("write-tree"))
    assert "exact-duplicate" in checks(result, BOB)[1]


def test_fail_on_says_what_fails(repo: Repo) -> None:
    doubtful = {**honest(3, 1)[0], "topic": "skin" if honest(3, 1)[0]["topic"] != "skin" else "teeth"}
    repo.commit({BOB: lines_of([*honest(9, 6), doubtful])})
    repo.commit({f"{FOLDER}/bob/second.jsonl": lines_of([*honest(15, 3), small.honest(1)[0]])})
    repo.commit({f"{FOLDER}/bob/third.jsonl": lines_of(honest(18, 2))})
    label, copy, clean = (one.checked for one in repo.gate().files)
    nobody: frozenset[tuple[int, str]] = frozenset()
    fails = {
        fail_on: [bool(held_against(checked, nobody, fail_on).reasons) for checked in (label, copy, clean)]
        for fail_on in FAIL_ON
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
