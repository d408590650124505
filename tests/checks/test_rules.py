"""What the packs' rules found is told by rule, and what could not be read is told too."""

from dataclasses import replace

import numpy as np
import pytest

from curation.datanet.record import Flaw, Unreadable
from curation.evidence.evidence import Evidence
from curation.evidence.reference import Reference
from curation.evidence.rule_results import RuleResult
from curation.finding import Severity
from tests.engine_sample import a_card, a_contribution, a_rule, evidence_about, judged_by, labelled

CARD = a_card()


def about(numbers: Reference, *results: RuleResult) -> Evidence:
    rows = labelled(["ok text", "x", "y"])
    contribution = a_contribution(CARD, [rows[0], None, rows[1], rows[2]])
    return evidence_about(contribution, CARD, numbers, np.ones((3, 16), dtype=np.float32), results=results)


def test_a_failed_rule_is_a_finding_with_its_evidence(numbers: Reference) -> None:
    warning = RuleResult(rule=a_rule(Severity.WARNING, -1.5, "demo/short"), positions=(1, 2))
    findings = [one for one in judged_by("rules", about(numbers, warning)).findings if one.check != "unreadable"]
    # Positions count records, rows count lines: the unreadable one lies between.
    assert [(one.row, one.check, one.evidence, one.field) for one in findings] == [
        (2, "demo/short", -1.5, "text"),
        (3, "demo/short", -1.5, "text"),
    ]
    assert "too short" in findings[0].message
    assert findings[0].fix == "write more"


def test_what_could_not_be_read_is_a_critical_finding(numbers: Reference) -> None:
    (finding,) = judged_by("rules", about(numbers)).findings
    assert (finding.row, finding.check, finding.severity) == (1, "unreadable", Severity.CRITICAL)
    assert "strict JSON wanted" in finding.message
    assert "(json-syntax)" in finding.message


def test_each_flaw_of_an_unreadable_row_is_a_finding(numbers: Reference) -> None:
    given = about(numbers)
    unread = replace(
        next(row for row in given.contribution.rows if isinstance(row, Unreadable)),
        more=(Flaw(code="wrong-type", message="`age` is a text, a number wanted", field="age"),),
    )
    rows = tuple(unread if isinstance(row, Unreadable) else row for row in given.contribution.rows)
    evidence = replace(given, contribution=replace(given.contribution, rows=rows))
    findings = judged_by("rules", evidence).findings
    assert [(one.row, one.field) for one in findings] == [(1, None), (1, "age")]
    assert findings[1].message == "`age` is a text, a number wanted (wrong-type)"


@pytest.mark.parametrize("severity", [Severity.CRITICAL, Severity.WARNING, Severity.INFO])
def test_a_rule_has_the_severity_that_its_pack_says(numbers: Reference, severity: Severity) -> None:
    findings = judged_by("rules", about(numbers, RuleResult(rule=a_rule(severity), positions=(0,)))).findings
    assert [one.severity for one in findings if one.check != "unreadable"] == [severity]
