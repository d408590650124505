"""The earlier record that is closest in meaning, for curators to see. It moves no money by itself.

None of 45 rules tried caught paraphrase without robbing honest contributors (DESIGN.md, section 4).
"""

from curation.checks import Check, related_other
from curation.datanet.card import Datanet, Task
from curation.evidence.evidence import Evidence
from curation.finding import Finding, Opinion, Severity, Term

SHOWN_FROM = 0.9


def judge(evidence: Evidence) -> Opinion:
    """Scores every record by 1 − cosine to the closest earlier one; an info finding from .9 on."""
    rows, cosine = evidence.closest_meaning
    findings = [
        Finding(
            row=int(evidence.rows[place]),
            check=CHECK.name,
            severity=Severity.INFO,
            message=f"means much the same as record {partner.record[:12]} by {partner.contributor} "
            f"(line {partner.line} there): similarity {cosine[place]:.3f}, shown from {SHOWN_FROM} on",
            fix="nothing: this is for curators and moves no money",
            related=(partner,),
        )
        for place in range(len(evidence))
        if rows[place] >= 0 and cosine[place] >= SHOWN_FROM
        for partner in [related_other(evidence, int(rows[place]), float(cosine[place]))]
    ]
    return Opinion(findings=findings, scores=1.0 - cosine.clip(0.0, 1.0))


def _has_text(datanet: Datanet) -> bool:
    return datanet.task is not Task.TABLE


CHECK = Check(name="paraphrase", term=Term.NONE, judge=judge, applies=_has_text)
