"""The earlier record that is closest in meaning, for curators to see. It moves no money by itself.

None of 45 rules tried caught paraphrase without robbing honest contributors.
"""

import numpy as np
from numpy.typing import NDArray

from curation.checks import Check, has_text, named, related_other
from curation.evidence.conformal import p_values
from curation.evidence.evidence import Evidence
from curation.evidence.known import Known
from curation.evidence.meaning import closeness
from curation.finding import Finding, Floats, Opinion, Severity, Term

# Below this two texts only share a topic, however far apart a datanet's other records lie.
SHOWN_FROM = 0.8

DECIMALS = 6


def nonconformity(evidence: Evidence) -> Floats:
    """The closeness to the nearest reference record, (n,): how close two records of this datanet usually are."""
    near = evidence.neighbours
    return _closeness(evidence, evidence.reference.members, near.rows[:, 0], near.similarity[:, 0].astype(np.float64))


def judge(evidence: Evidence) -> Opinion:
    """Scores every record by 1 − closeness to the nearest earlier one; an info finding where that is unusual."""
    rows, cosine = evidence.closest_meaning
    close = _closeness(evidence, evidence.others, rows, cosine)
    usual = evidence.reference.nonconformity.get(CHECK.name, np.zeros(0))
    p = p_values(close, usual, evidence.is_member)
    alpha = evidence.datanet.policy.alpha
    findings = [
        Finding(
            row=int(evidence.rows[place]),
            check=CHECK.name,
            severity=Severity.INFO,
            message=f"means much the same as {named(partner)}: closeness {close[place]:.3f}, "
            f"as close as {p[place]:.1%} of the reference",
            fix="nothing: this is for curators and moves no money",
            p=float(p[place]),
            related=(partner,),
        )
        for place in range(len(evidence))
        if rows[place] >= 0 and cosine[place] >= SHOWN_FROM and p[place] <= alpha
        for partner in [related_other(evidence, int(rows[place]), float(cosine[place]))]
    ]
    return Opinion(findings=findings, scores=1.0 - close.clip(0.0, 1.0))


def _closeness(evidence: Evidence, others: Known, rows: NDArray[np.int64], cosine: Floats) -> Floats:
    """Each subject's closeness to its row of `others`, (n,); nothing where there is none (−1). Rounded: ties stay."""
    theirs = [others.tokens(row) if row >= 0 else frozenset[str]() for row in rows.tolist()]
    ours = [evidence.subjects.tokens(place) for place in range(len(evidence))]
    close: Floats = np.where(rows >= 0, closeness(cosine, ours, theirs), 0.0)
    return close.round(DECIMALS)


CHECK = Check(name="paraphrase", term=Term.NONE, judge=judge, applies=has_text, nonconformity=nonconformity)
