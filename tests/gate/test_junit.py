"""The JUnit report of real runs fails where the gate does, by the records that it fails by, and nowhere else."""

import xml.etree.ElementTree as ET

import pytest

from curation.formats import gate_baseline, junit
from curation.gate.result import Answer, GateResult
from curation.verdict import Verdict
from tests import small
from tests.repository import FOLDER, Repo, honest, lines_of

BOB = f"{FOLDER}/bob/new.jsonl"


def told(result: GateResult) -> tuple[list[str], list[str]]:
    """The cases that fail and those that are skipped."""
    root = ET.fromstring("".join(junit.lines(result)))  # noqa: S314  (our own)
    failed, skipped = ([str(case.get("name")) for case in root.findall(f".//testcase[{what}]")] for what in _ENDS)
    assert (root.get("failures"), root.get("skipped")) == (str(len(failed)), str(len(skipped)))
    return failed, skipped


_ENDS = ("failure", "skipped")


@pytest.fixture
def doubtful(repo: Repo) -> Repo:
    """Seven records with one label that is wrong, which the card's policy puts up with."""
    one = honest(3, 1)[0]
    repo.commit({BOB: lines_of([*honest(9, 6), {**one, "topic": "skin" if one["topic"] != "skin" else "teeth"}])})
    return repo


def test_what_policy_puts_up_with_is_no_failure(doubtful: Repo) -> None:
    result = doubtful.gate()
    assert (result.answer, told(result)) == (Answer.PASS, ([], ["line 7"]))
    assert 'message="review, put up with: label-noise"' in "".join(junit.lines(result))
    assert told(doubtful.gate(fail_on="review")) == (["answer", "line 7"], [])


def test_a_failing_file_fails_by_what_there_is_too_much_of(doubtful: Repo) -> None:
    with_copy = (doubtful.root / BOB).read_text() + lines_of([small.honest(1)[0]])
    doubtful.commit({BOB: with_copy})
    assert told(doubtful.gate()) == (["answer", "line 8"], ["line 7"])
    assert told(doubtful.gate(fail_on="never")) == ([], ["line 7", "line 8"])


def test_what_a_baseline_puts_up_with_is_no_failure(doubtful: Repo) -> None:
    baseline = "".join(gate_baseline.lines(doubtful.gate(fail_on="review")))
    doubtful.git("checkout", "--quiet", "main")
    doubtful.commit({"baseline.jsonl": baseline})
    doubtful.git("checkout", "--quiet", "work")
    assert told(doubtful.gate(fail_on="review")) == ([], ["line 7"])


def test_records_that_could_not_be_judged_fail_where_the_gate_fails_by_them(repo: Repo) -> None:
    repo.git("checkout", "--quiet", "main")
    repo.git("rm", "--quiet", "datanets/faq/trusted/trusted.jsonl")
    repo.commit()
    repo.branch()
    repo.commit({BOB: lines_of(honest(3, 2))})
    assert told(repo.gate()) == (["answer", "line 1", "line 2"], [])


def test_an_accepted_record_fails_where_a_warning_does(repo: Repo) -> None:
    near = {**small.honest(3)[2], "question": small.honest(3)[2]["question"].replace("?", " at all, please?")}
    repo.commit({BOB: lines_of([*honest(3, 1), near])})
    result = repo.gate(fail_on="warning")
    assert [row.verdict for row in result.files[0].checked.inspection.rows] == [Verdict.ACCEPT] * 2
    assert told(result) == (["answer", "line 2"], [])
