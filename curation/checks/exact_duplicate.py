"""The same content as an earlier record, byte for byte, whatever its id says. A copy has no worth of its own.

Nor has content that a person rejected: their decision covers all that is identical, whoever submits it next.
"""

from curation.checks import Check, named, related_other
from curation.evidence.evidence import Evidence
from curation.finding import Finding, Opinion, Related, Severity, Term


def judge(evidence: Evidence) -> Opinion:
    """A critical finding for each record whose content an earlier record that stands has, or one that was rejected."""
    seen_here: dict[str, int] = {}
    findings = []
    for place, digest in enumerate(evidence.subjects.digests):
        barred = evidence.barred.get(digest)
        row = evidence.earlier.row_of_digest.get(digest, -1)
        if row < 0 and digest in seen_here:
            row = seen_here[digest] + len(evidence.earlier)
        if barred is not None:
            findings.append(_finding(evidence, place, barred.record, f", which {barred.by} rejected"))
        elif row >= 0:
            findings.append(_finding(evidence, place, related_other(evidence, row, 1.0), ""))
        elif not evidence.rejected_by_rule[place]:
            seen_here[digest] = place
    return Opinion(findings=findings)


def _finding(evidence: Evidence, place: int, partner: Related, rejected: str) -> Finding:
    return Finding(
        row=int(evidence.rows[place]),
        check=CHECK.name,
        severity=Severity.CRITICAL,
        message=f"content is that of {named(partner)}{rejected}, new content wanted",
        fix="leave the record out: it has been decided" if rejected else "leave it out: it is already in the datanet",
        related=(partner,),
    )


CHECK = Check(name="exact-duplicate", term=Term.NONE, judge=judge)
