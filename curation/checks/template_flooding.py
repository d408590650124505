"""One sentence filled in again and again: a contribution of one's own records with only numbers and names exchanged.

Ten questions from one pattern are nobody's fault; a contribution made of them is one record's worth of work.
"""

from curation.checks import Check, has_text, held, named, related_other
from curation.evidence.chance import binomial_tail
from curation.evidence.evidence import Evidence
from curation.evidence.matches import Kind, Match
from curation.evidence.repeats import alike_min, closest_matches, exchange, is_own
from curation.finding import Finding, Opinion, Term

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
    low = alike_min(evidence.datanet)
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
    return closest_matches(evidence, lambda place, match: match.kind is Kind.FACT and is_own(evidence, place, match))


def _finding(evidence: Evidence, place: int, match: Match, count: int, own_rate: float) -> Finding:
    partner = related_other(evidence, match.row, match.similarity)
    message = (
        f"{named(partner)}, the same contributor, {exchange(evidence, place, match)}, as are {count} of this "
        f"contribution's {len(evidence)} records; of the reference {own_rate:.0%} are like that, and chance shows "
        f"so many more in at most one contribution of {1 / ERROR_MAX:,.0f}"
    )
    fix = "a curator has to confirm that each states a fact of its own; submit one of a pattern, or data as a table"
    return held(evidence, CHECK.name, place, (message, fix), partner)


CHECK = Check(name="template-flooding", term=Term.NONE, judge=judge, applies=has_text)
