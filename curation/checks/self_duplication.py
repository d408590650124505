"""One's own records over and over: a contribution of which many repeat others by the same contributor.

One repeat is no fault and only lowers novelty (`near-duplicate`); a contribution made of them was padded.
"""

import numpy as np

from curation.checks import ALIKE_MIN, REPEAT_MIN, Check, related_other
from curation.datanet.card import Datanet, Task
from curation.evidence.chance import binomial_tail
from curation.evidence.evidence import Evidence
from curation.evidence.matches import Kind, Match
from curation.finding import Finding, Floats, Opinion, Severity, Term

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
    low, high = evidence.datanet.policy.novelty_ramp
    low, high = min(low, ALIKE_MIN), min(high, REPEAT_MIN)
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
    closest: dict[int, Match] = {}
    others = evidence.others
    for place, matches in enumerate(evidence.matches):
        for match in matches:
            own = others.contributors[match.row] == evidence.subjects.contributors[place]
            # The same content is the business of `exact-duplicate`.
            same = others.digests[match.row] == evidence.subjects.digests[place]
            closer = place not in closest or match.similarity > closest[place].similarity
            if own and not same and closer and match.kind is not Kind.FACT:
                closest[place] = match
    return closest


def _finding(evidence: Evidence, place: int, match: Match, count: int, ordinary: float) -> Finding:
    partner = related_other(evidence, match.row, match.similarity)
    return Finding(
        row=int(evidence.rows[place]),
        check=CHECK.name,
        severity=Severity.HOLD,
        message=f"repeats record {partner.record[:12]} by {partner.contributor}, the same contributor (line "
        f"{partner.line} there), as {count} of this contribution's {len(evidence)} records repeat others of its own; "
        f"at most {ordinary:.0%} wanted, and chance shows so many more in at most one contribution of "
        f"{1 / ERROR_MAX:,.0f}",
        fix="submit each thing once",
        related=(partner,),
    )


def _has_text(datanet: Datanet) -> bool:
    # Many rows of a table are alike by nature.
    return datanet.task is not Task.TABLE


CHECK = Check(name="self-duplication", term=Term.NONE, judge=judge, applies=_has_text, nonconformity=nonconformity)
