"""Another contributor's record with only a number, unit or name exchanged: the cheapest forgery there is.

Where the reference is full of such pairs they are ordinary; where it is not, a person has to look.
"""

from dataclasses import replace

import numpy as np

from curation.checks import Check, held, named, related_other
from curation.evidence.conformal import p_values
from curation.evidence.evidence import Evidence
from curation.evidence.matches import Kind, Match
from curation.evidence.repeats import alike_min, closest_matches, exchange, is_own
from curation.finding import Finding, Floats, Opinion, Term

# At most this share of the reference may have so close a twin of its own, or such pairs are ordinary there. In a small
# reference one twin is not a habit.
ORDINARY_SHARE = 0.01
TWINS_MAX = 2

HELD_WHOLE_SHARE = 0.5
HELD_WHOLE_MIN = 5


def fact_similarity(evidence: Evidence, *, of_others_only: bool) -> tuple[Floats, dict[int, Match]]:
    """The similarity, (n,), of each subject's closest earlier record that differs in a substituted fact; that match."""

    def counts(place: int, match: Match) -> bool:
        return match.kind is Kind.FACT and not (of_others_only and is_own(evidence, place, match))

    closest = closest_matches(evidence, counts)
    similarity = np.zeros(len(evidence))
    for place, match in closest.items():
        similarity[place] = match.similarity
    return similarity, closest


def judge(evidence: Evidence) -> Opinion:
    """Holds records whose substitution twin is closer than the reference's own; a file mostly of them, whole."""
    low = alike_min(evidence.datanet)
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
    said = (
        f"{named(partner)} {exchange(evidence, place, match)}; only {p:.1%} of the reference has so close a twin",
        "a curator has to confirm that this is another fact and true",
    )
    return replace(held(evidence, CHECK.name, place, said, partner), p=p)


def _whole(evidence: Evidence, place: int, count: int) -> Finding:
    message = (
        f"{count} of this contribution's {len(evidence)} records are others' records with a fact exchanged, "
        "so the whole of it waits for a curator"
    )
    return held(evidence, CHECK.name, place, (message, "submit the records that are your own apart from the others"))


CHECK = Check(name="slot-variation", term=Term.NONE, judge=judge)
