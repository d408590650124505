"""The same content as an earlier record, byte for byte, whatever its id says. A copy has no worth of its own."""

from curation.checks import Check, related_other
from curation.evidence.evidence import Evidence
from curation.finding import Finding, Opinion, Severity, Term


def judge(evidence: Evidence) -> Opinion:
    """A critical finding for each record whose content digest an earlier, not rejected record has."""
    seen_here: dict[str, int] = {}
    findings = []
    for place, digest in enumerate(evidence.subjects.digests):
        row = evidence.earlier.row_of_digest.get(digest, -1)
        if row < 0 and digest in seen_here:
            row = seen_here[digest] + len(evidence.earlier)
        if row < 0:
            if not evidence.rejected_by_rule[place]:
                seen_here[digest] = place
            continue
        partner = related_other(evidence, row, 1.0)
        findings.append(
            Finding(
                row=int(evidence.rows[place]),
                check=CHECK.name,
                severity=Severity.CRITICAL,
                message=f"content is that of record {partner.record[:12]} by {partner.contributor} "
                f"(line {partner.line} there), new content wanted",
                fix="leave the record out: it is already in the datanet",
                related=(partner,),
            )
        )
    return Opinion(findings=findings)


CHECK = Check(name="exact-duplicate", term=Term.NONE, judge=judge)
