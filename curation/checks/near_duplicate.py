"""The words of an earlier record with little changed. Not bad, but not new: it lowers novelty, never the weight."""

import numpy as np

from curation.checks import Check, related_other
from curation.datanet.shown import shown
from curation.evidence.evidence import Evidence
from curation.evidence.matches import Kind, Match
from curation.finding import Finding, Opinion, Severity, Term

# From here on the same text under another label is one of the two being wrong, not two people saying alike things.
SAME_TEXT_MIN = 0.9


def judge(evidence: Evidence) -> Opinion:
    """Similarity in words to the closest earlier record; a finding where novelty falls below one.

    The same text under another label, and a pair that differs in a negation alone, go to review.
    """
    low, _ = evidence.datanet.policy.novelty_ramp
    counted = np.zeros(len(evidence))
    raw = np.zeros(len(evidence))
    findings = []
    for place, matches in enumerate(evidence.matches):
        raw[place] = max((match.raw for match in matches), default=0.0)
        # Byte for byte the same is the business of `exact-duplicate`.
        content = evidence.subjects.digests[place]
        copies = [
            match for match in matches if match.kind is not Kind.FACT and evidence.others.digests[match.row] != content
        ]
        same = [match for match in copies if _label_of(evidence, match.row) == evidence.subjects.labels[place]]
        other = [match for match in copies if _label_of(evidence, match.row) != evidence.subjects.labels[place]]
        counted[place] = max((match.similarity for match in same), default=0.0)
        twisted = [match for match in other if match.raw >= SAME_TEXT_MIN]
        if twisted:
            findings.append(_finding(evidence, place, twisted[0], low, relabelled=True))
        elif counted[place] > low:
            findings.append(_finding(evidence, place, same[0], low, relabelled=False))
    return Opinion(findings=findings, scores=1.0 - raw, similarity=counted)


def _label_of(evidence: Evidence, row: int) -> str | None:
    return evidence.others.labels[row]


def _finding(evidence: Evidence, place: int, match: Match, low: float, *, relabelled: bool) -> Finding:
    partner = related_other(evidence, match.row, match.similarity)
    negated = match.kind is Kind.NEGATED
    what = "under another label" if relabelled else "but for a negation" if negated else "with little changed"
    changed = "; ".join(
        f"{verb} {shown(' '.join(words[:8]), 80)!r}"
        for verb, words in (("without", match.removed), ("with", match.added))
        if words
    )
    return Finding(
        row=int(evidence.rows[place]),
        check=CHECK.name,
        severity=Severity.HOLD if relabelled or negated else Severity.WARNING,
        message=f"{match.similarity:.2f} of the words of record {partner.record[:12]} by {partner.contributor} "
        f"(line {partner.line} there), which came first, {what}{': ' + changed if changed else ''}; "
        f"at most {low:.2f} wanted",
        fix="leave it out, or say something that the earlier record does not say",
        suggested=_label_of(evidence, match.row) if relabelled else None,
        related=(partner,),
    )


CHECK = Check(name="near-duplicate", term=Term.NOVELTY, judge=judge)
