"""The datanet has too few reference records to judge by, so the contribution was checked against itself."""

from curation.checks import Check
from curation.evidence.evidence import Evidence
from curation.finding import Finding, Opinion, Severity, Term


def judge(evidence: Evidence) -> Opinion:
    """An insufficient finding for every readable record when there is no reference to speak of."""
    if not evidence.self_checked:
        return Opinion()
    wanted = evidence.datanet.policy.reference_min
    findings = [
        Finding(
            row=int(row),
            check=CHECK.name,
            severity=Severity.INSUFFICIENT,
            message=f"fewer than {wanted} reference records: checked against the contribution itself only",
            fix="a curator decides; `curate import` gives the datanet a reference",
        )
        for row in evidence.rows
    ]
    return Opinion(findings=findings)


CHECK = Check(name="thin-reference", term=Term.NONE, judge=judge)
