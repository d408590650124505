"""Equal content is a copy of what came first, and of what still stands."""

import numpy as np
import pytest

from curation.datanet.canonical import Value
from curation.evidence.evidence import Evidence
from curation.evidence.known import Known
from curation.evidence.reference import Reference
from curation.evidence.rule_results import RuleResult
from curation.finding import Severity
from tests.engine_sample import a_card, a_contribution, a_rule, cluster_rows, evidence_about, judged_by, records_of

CARD = a_card()


def about(
    rows: list[dict[str, Value]], numbers: Reference, earlier: Known | None = None, rejected: tuple[int, ...] = ()
) -> Evidence:
    results = [RuleResult(rule=a_rule(Severity.CRITICAL), positions=rejected)]
    vectors = np.ones((len(rows), 16), dtype=np.float32)
    return evidence_about(a_contribution(CARD, rows), CARD, numbers, vectors, earlier=earlier, results=results)


def test_a_copy_of_an_earlier_record_is_rejected_whatever_its_id(numbers: Reference) -> None:
    row = numbers.members.values(7)
    (finding,) = judged_by("exact-duplicate", about([{"id": "brand new", **row}], numbers)).findings
    assert (finding.row, finding.severity) == (0, Severity.CRITICAL)
    (partner,) = finding.related
    assert (partner.record, partner.contributor, partner.line) == (numbers.members.ids[7], "owner", 8)
    assert partner.similarity == 1.0


def test_within_a_file_the_first_stands_and_all_others_copy_it(numbers: Reference) -> None:
    row = cluster_rows(["class-0"], start=500)[0]
    evidence = about([{"id": str(place), **row} for place in range(3)], numbers)
    findings = judged_by("exact-duplicate", evidence).findings
    assert [finding.row for finding in findings] == [1, 2]
    assert {finding.related[0].record for finding in findings} == {evidence.subjects.ids[0]}


@pytest.mark.parametrize("change", [{"label": "class-1"}, {"text": "Another text"}, {"label": None}])
def test_other_content_is_no_copy(numbers: Reference, change: dict[str, Value]) -> None:
    assert judged_by("exact-duplicate", about([numbers.members.values(7) | change], numbers)).findings == []


def test_a_rejected_row_is_nobodys_partner(numbers: Reference) -> None:
    rows = [dict(row) for row in cluster_rows(["class-0"], start=500) * 3]
    evidence = about(rows, numbers, rejected=(0,))
    (finding,) = judged_by("exact-duplicate", evidence).findings
    assert finding.row == 2
    assert finding.related[0].record == evidence.subjects.ids[1]


def test_what_no_longer_stands_is_not_earlier(numbers: Reference) -> None:
    # Rejected and withdrawn records are not among the earlier ones; members of the reference are not asked.
    nothing = records_of(CARD, [], np.ones((0, 16), dtype=np.float32))
    assert judged_by("exact-duplicate", about([numbers.members.values(7)], numbers, nothing)).findings == []


def test_the_earliest_of_equals_is_named(numbers: Reference) -> None:
    row = cluster_rows(["class-0"], start=500)[0]
    twice = records_of(CARD, [row, row], np.ones((2, 16), dtype=np.float32), "bob")
    (finding,) = judged_by("exact-duplicate", about([row], numbers, twice)).findings
    assert finding.related[0].record == twice.ids[0]
