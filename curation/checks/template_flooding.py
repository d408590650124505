"""One sentence filled in again and again: a contribution of one's own records with only numbers and names exchanged.

Ten questions from one pattern are nobody's fault; a contribution made of them is one record's worth of work.
"""

from curation.checks import ALIKE_MIN, Check, related_other
from curation.datanet.card import Datanet, Task
from curation.evidence.chance import binomial_tail
from curation.evidence.evidence import Evidence
from curation.evidence.matches import Kind, Match
from curation.evidence.told_words import told_words
from curation.finding import Finding, Opinion, Severity, Term

# How often chance may hold a contribution.
ERROR_MAX = 1e-4
SERIES_MIN = 10
# Clauses of one kind alone, of contracts that honest people drew up from forms, reached .40.
ORDINARY_SHARE = 0.4
# Where forms are the custom, a contribution about one form's field has more of them than the reference as a whole.
REFERENCE_FACTOR = 1.5


def judge(evidence: Evidence) -> Opinion:
    """Holds records that fill in another's pattern of the same contributor, where the contribution is made of such."""
    # Of what is itself the reference, its own rate is the rate.
    if evidence.self_checked or evidence.is_member.any():
        return Opinion()
    low = min(evidence.datanet.policy.novelty_ramp[0], ALIKE_MIN)
    series = {place: match for place, match in _variations(evidence).items() if match.similarity >= low}
    usual = evidence.reference.fact_similarity
    own_rate = float((usual >= low).mean()) if len(usual) else 0.0
    ordinary = max(ORDINARY_SHARE, REFERENCE_FACTOR * own_rate)
    if len(series) < SERIES_MIN or binomial_tail(len(series), len(evidence), ordinary) > ERROR_MAX:
        return Opinion()
    return Opinion(
        findings=[_finding(evidence, place, match, len(series), own_rate) for place, match in sorted(series.items())]
    )


def _variations(evidence: Evidence) -> dict[int, Match]:
    """Of each subject that has one the closest earlier record of the same contributor but for a fact exchanged."""
    closest: dict[int, Match] = {}
    for place, matches in enumerate(evidence.matches):
        for match in matches:
            own = evidence.others.contributors[match.row] == evidence.subjects.contributors[place]
            closer = place not in closest or match.similarity > closest[place].similarity
            if own and closer and match.kind is Kind.FACT:
                closest[place] = match
    return closest


def _finding(evidence: Evidence, place: int, match: Match, count: int, own_rate: float) -> Finding:
    partner = related_other(evidence, match.row, match.similarity)
    removed = told_words(match.removed, evidence.others.texts[match.row])
    added = told_words(match.added, evidence.subjects.texts[place])
    return Finding(
        row=int(evidence.rows[place]),
        check=CHECK.name,
        severity=Severity.HOLD,
        message=f"record {partner.record[:12]} by {partner.contributor}, the same contributor (line {partner.line} "
        f"there), with {removed!r} exchanged for {added!r}, as are {count} of this contribution's {len(evidence)} "
        f"records; of the reference {own_rate:.0%} are like that, and chance shows so many more in at most one "
        f"contribution of {1 / ERROR_MAX:,.0f}",
        fix="a curator has to confirm that each states a fact of its own; submit one of a pattern, or data as a table",
        related=(partner,),
    )


def _has_text(datanet: Datanet) -> bool:
    # Rows of a table differ in values alone by nature.
    return datanet.task is not Task.TABLE


CHECK = Check(name="template-flooding", term=Term.NONE, judge=judge, applies=_has_text)
