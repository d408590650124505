"""A check's outcome counts every row, and says why the policy is not met."""

from collections.abc import Sequence
from typing import Any

import pytest

from curation.finding import Finding, Severity
from curation.inspection import Inspection, Judged
from curation.outcome import Outcome, outcome_of
from curation.verdict import Verdict
from tests.engine_sample import a_card


def judged(verdict: Verdict, *, weight: float | None = 0.9, findings: Sequence[tuple[str, Severity]] = ()) -> Judged:
    readable = weight is not None
    return Judged(
        row=0,
        line=1,
        record="r" if readable else None,
        digest="d" if readable else None,
        verdict=verdict,
        otherwise=verdict,
        weight=weight,
        novelty=1.0 if readable else None,
        otherwise_novelty=1.0 if readable else None,
        evidence={},
        scores={},
        p={},
        findings=tuple(Finding(row=0, check=name, severity=one, message="?", fix="?") for name, one in findings),
    )


def outcome(rows: Sequence[Judged], *, self_checked: bool = False, **policy: Any) -> Outcome:
    inspection = Inspection(rows=tuple(rows), reference="v", self_checked=self_checked)
    return outcome_of(inspection, a_card(policy=policy))


ACCEPTED = [judged(Verdict.ACCEPT)] * 8
IN_REVIEW = judged(Verdict.REVIEW, weight=0.4)
UNCHECKED = judged(Verdict.UNCHECKED, findings=[("label-noise", Severity.INSUFFICIENT)])
UNREADABLE = judged(Verdict.REJECT, weight=None)


def test_a_clean_contribution_meets_the_policy() -> None:
    found = outcome(ACCEPTED)
    assert (found.met, found.exit_code, found.reasons) == (True, 0, ())
    assert found.verdicts == {"accept": 8, "review": 0, "reject": 0, "unchecked": 0}


def test_what_could_not_be_read_stays_in_the_count() -> None:
    found = outcome([*ACCEPTED, UNREADABLE, UNREADABLE], rejected_share_max=0.5)
    assert (found.records, found.unreadable, found.verdicts["reject"]) == (10, 2, 2)
    assert found.weight_mean == pytest.approx(0.9)
    assert found.met


def test_one_rejected_record_is_one_too_many() -> None:
    found = outcome([*ACCEPTED, judged(Verdict.REJECT)])
    assert (found.met, found.exit_code) == (False, 1)
    assert found.reasons == ("1 of 9 records rejected, at most 0% wanted",)
    assert outcome([*ACCEPTED, judged(Verdict.REJECT)], rejected_share_max=0.2).met


@pytest.mark.parametrize("waiting", [IN_REVIEW, UNCHECKED])
def test_a_fifth_may_wait_for_people_and_no_more(waiting: Judged) -> None:
    assert outcome([*ACCEPTED, waiting, waiting]).met
    found = outcome([*ACCEPTED, waiting, waiting, waiting])
    assert found.reasons == ("3 of 11 records under review or unchecked, at most 20% wanted",)


def test_too_little_reference_alone_does_not_fail() -> None:
    found = outcome([UNCHECKED] * 5, self_checked=True)
    assert found.met
    assert not found.judged
    assert found.insufficient == {"label-noise": 5}
    assert not outcome([UNCHECKED] * 5, self_checked=False).met


def test_where_the_card_wants_all_judged_what_could_not_be_judged_fails() -> None:
    found = outcome([UNCHECKED] * 5, self_checked=True, unchecked_share_max=0)
    assert (found.exit_code, found.reasons) == (1, ("5 of 5 records unchecked, at most 0% wanted",))
    assert outcome(ACCEPTED, self_checked=True, unchecked_share_max=0).met


def test_one_judged_record_is_a_judgement() -> None:
    assert outcome([UNCHECKED, *ACCEPTED]).judged
    assert outcome([IN_REVIEW], review_share_max=1.0).judged


def test_a_record_insufficient_twice_counts_once() -> None:
    row = judged(
        Verdict.UNCHECKED, findings=[("b", Severity.INSUFFICIENT), ("b", Severity.INSUFFICIENT), ("a", Severity.HOLD)]
    )
    assert outcome([row], self_checked=True).insufficient == {"b": 1}


def test_no_record_at_all_is_never_a_pass() -> None:
    found = outcome([])
    assert (found.records, found.met, found.weight_mean, found.novelty_mean) == (0, False, None, None)
    assert "nothing passed" in found.reasons[0]
    assert not outcome([], self_checked=True).met


def test_unreadable_alone_has_no_mean_and_no_pass() -> None:
    found = outcome([UNREADABLE])
    assert (found.weight_mean, found.met) == (None, False)


def test_the_mean_weight_may_be_asked_for() -> None:
    assert outcome([*ACCEPTED, IN_REVIEW], weight_mean_min=0.8).met
    found = outcome([*ACCEPTED, IN_REVIEW], weight_mean_min=0.88)
    assert found.reasons == ("the mean weight is 0.844, at least 0.88 wanted",)


def test_every_reason_is_told() -> None:
    assert len(outcome([judged(Verdict.REJECT), IN_REVIEW], weight_mean_min=0.9).reasons) == 3
