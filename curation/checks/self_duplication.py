"""One's own records over and over: a contribution of which many repeat others by the same contributor.

One repeat is no fault and only lowers novelty (`near-duplicate`); a contribution made of them was padded.
"""

import numpy as np

from curation.checks import Check, has_text, held, named, related_other
from curation.evidence.chance import binomial_tail
from curation.evidence.evidence import Evidence
from curation.evidence.matches import Kind, Match
from curation.evidence.repeats import alike_min, closest_matches, is_own, repeat_min
from curation.finding import Finding, Floats, Opinion, Term

# How often chance may hold a contribution.
ERROR_MAX = 1e-4
REPEATS_MIN = 10
# Contributions of one topic alone, by honest people who say alike things, reached .15.
ORDINARY_SHARE = 0.15
HELD_SHARE_MIN = 0.3


def nonconformity(evidence: Evidence) -> Floats:
    """How much each subject repeats another of the same contributor in words, or is repeated, (n,)."""
    similarity = np.zeros(len(evidence))
    first = len(evidence.earlier)
    for place, match in _repeats(evidence).items():
        similarity[place] = max(similarity[place], match.similarity)
        if match.row >= first:
            similarity[match.row - first] = max(similarity[match.row - first], match.similarity)
    return similarity


def judge(evidence: Evidence) -> Opinion:
    """Holds the records that repeat the contributor's own where they are more than chance and custom explain."""
    # Of what is itself the reference, its own rate is the rate.
    if evidence.self_checked or evidence.is_member.any():
        return Opinion()
    low, high = alike_min(evidence.datanet), repeat_min(evidence.datanet)
    repeats = {place: match for place, match in _repeats(evidence).items() if match.similarity >= high}
    usual = evidence.reference.nonconformity.get(CHECK.name, np.zeros(0))
    # The reference is free of its own repeats; how many nearly are tells how often people there say alike things.
    ordinary = max(ORDINARY_SHARE, float((usual >= low).mean()) if len(usual) else 0.0)
    count = len(evidence)
    if len(repeats) < max(REPEATS_MIN, HELD_SHARE_MIN * count):
        return Opinion()
    if binomial_tail(len(repeats), count, ordinary) > ERROR_MAX:
        return Opinion()
    return Opinion(
        findings=[_finding(evidence, place, match, len(repeats), ordinary) for place, match in sorted(repeats.items())]
    )


def _repeats(evidence: Evidence) -> dict[int, Match]:
    """Of each subject that has one the closest copy among the same contributor's records that came before."""

    def counts(place: int, match: Match) -> bool:
        # The same content is the business of `exact-duplicate`.
        same = evidence.others.digests[match.row] == evidence.subjects.digests[place]
        return is_own(evidence, place, match) and not same and match.kind is not Kind.FACT

    return closest_matches(evidence, counts)


def _finding(evidence: Evidence, place: int, match: Match, count: int, ordinary: float) -> Finding:
    partner = related_other(evidence, match.row, match.similarity)
    message = (
        f"repeats {named(partner)}, the same contributor, as {count} of this contribution's {len(evidence)} records do "
        f"with others of its own; at most {ordinary:.0%} wanted, and chance shows so many more in at most one "
        f"contribution of {1 / ERROR_MAX:,.0f}"
    )
    return held(evidence, CHECK.name, place, (message, "submit each thing once"), partner)


CHECK = Check(name="self-duplication", term=Term.NONE, judge=judge, applies=has_text, nonconformity=nonconformity)
