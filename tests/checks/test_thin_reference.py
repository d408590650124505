"""Checked against itself: that is said of every record that could be read."""

from dataclasses import replace

import numpy as np

from curation.evidence.reference import Reference
from curation.finding import Severity
from tests.engine_sample import a_card, a_contribution, evidence_about, judged_by, labelled

CARD = a_card()


def test_every_readable_record_is_insufficient_where_there_is_no_reference(numbers: Reference) -> None:
    first, second = labelled(["one", "two"])
    contribution = a_contribution(CARD, [first, None, second])
    evidence = evidence_about(contribution, CARD, numbers, np.ones((2, 16), dtype=np.float32))
    assert judged_by("thin-reference", evidence).findings == ()
    findings = judged_by("thin-reference", replace(evidence, self_checked=True)).findings
    assert [(one.row, one.severity) for one in findings] == [(0, Severity.INSUFFICIENT), (2, Severity.INSUFFICIENT)]
    assert "fewer than 100 reference records" in findings[0].message
