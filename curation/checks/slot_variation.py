"""Another contributor's record with only a number, unit or name exchanged: the cheapest forgery there is.

Where the reference is full of such pairs they are ordinary; where it is not, a person has to look.
"""

import numpy as np

from curation.checks import ALIKE_MIN, Check, related_other
from curation.evidence.conformal import p_values
from curation.evidence.evidence import Evidence
from curation.evidence.matches import Kind, Match
from curation.evidence.told_words import told_words
from curation.finding import Finding, Floats, Opinion, Severity, Term

# At most this share of the reference may have so close a twin of its own, or such pairs are ordinary there. In a small
# reference one twin is not a habit.
ORDINARY_SHARE = 0.01
TWINS_MAX = 2

HELD_WHOLE_SHARE = 0.5
HELD_WHOLE_MIN = 5


def fact_similarity(evidence: Evidence, *, of_others_only: bool) -> tuple[Floats, dict[int, Match]]:
    """The similarity, (n,), of each subject's closest earlier record that differs in a substituted fact; that match."""
    similarity = np.zeros(len(evidence))
    closest: dict[int, Match] = {}
    for place, matches in enumerate(evidence.matches):
        for match in matches:
            own = evidence.others.contributors[match.row] == evidence.subjects.contributors[place]
            if match.kind is Kind.FACT and match.similarity > similarity[place] and not (own and of_others_only):
                similarity[place] = match.similarity
                closest[place] = match
    return similarity, closest


def judge(evidence: Evidence) -> Opinion:
    """Holds records whose substitution twin is closer than the reference's own; a file mostly of them, whole."""
    low = min(evidence.datanet.policy.novelty_ramp[0], ALIKE_MIN)
    similarity, closest = fact_similarity(evidence, of_others_only=True)
    p = p_values(similarity, evidence.reference.fact_similarity, evidence.is_member)
    ordinary = max(ORDINARY_SHARE, TWINS_MAX / (1 + len(evidence.reference)))
    flagged = [place for place in sorted(closest) if similarity[place] >= low and p[place] <= ordinary]
    findings = [_finding(evidence, place, closest[place], float(p[place])) for place in flagged]
    if len(flagged) >= HELD_WHOLE_MIN and len(flagged) > HELD_WHOLE_SHARE * len(evidence):
        findings += [_whole(evidence, place, len(flagged)) for place in range(len(evidence)) if place not in flagged]
    return Opinion(findings=findings)


def _finding(evidence: Evidence, place: int, match: Match, p: float) -> Finding:
    partner = related_other(evidence, match.row, match.similarity)
    removed = told_words(match.removed, evidence.others.texts[match.row])
    added = told_words(match.added, evidence.subjects.texts[place])
    return Finding(
        row=int(evidence.rows[place]),
        check=CHECK.name,
        severity=Severity.HOLD,
        message=f"record {partner.record[:12]} by {partner.contributor} (line {partner.line} there) with "
        f"{removed!r} exchanged for {added!r}; "
        f"only {p:.1%} of the reference has so close a twin",
        fix="a curator has to confirm that this is another fact and true",
        p=p,
        related=(partner,),
    )


def _whole(evidence: Evidence, place: int, count: int) -> Finding:
    return Finding(
        row=int(evidence.rows[place]),
        check=CHECK.name,
        severity=Severity.HOLD,
        message=f"{count} of this contribution's {len(evidence)} records are others' records with a fact exchanged, "
        "so the whole of it waits for a curator",
        fix="submit the records that are your own apart from the others",
    )


CHECK = Check(name="slot-variation", term=Term.NONE, judge=judge)
