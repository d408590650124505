"""Written in a language that the card does not name."""

import numpy as np

from curation.checks import Check, has_text, rank_p, strange_opinion
from curation.evidence.evidence import Evidence
from curation.evidence.language import identifier_p
from curation.finding import Floats, Opinion, Term

# A rank among fewer says little: one foreign record among 150 would make all others ordinary.
RANKED_FROM = 200


def nonconformity(evidence: Evidence) -> Floats:
    """How much likelier the best language is than the card's likeliest, in log-odds, (n,)."""
    return evidence.language.foreign


def refined_p(evidence: Evidence, by_rank: Floats) -> Floats:
    """p-values (n,) in the light of what the identifier's own errors are.

    Among too few records, or in the contribution's own company, the identifier judges alone. Otherwise only beyond all
    that the reference has: there a rank cannot go below 1 / (1 + n), and `P(p ≤ α) ≤ α` holds on either side of it.
    """
    alone = identifier_p(evidence.language.foreign, evidence.datanet.languages)
    size = len(evidence.reference)
    if size < RANKED_FROM or evidence.self_checked:
        return alone
    # The least rank of a member is 1 / n, of another record 1 / (1 + n); the next are twice that.
    return np.where(by_rank <= 1 / size, np.minimum(alone, by_rank), by_rank)


def judge(evidence: Evidence) -> Opinion:
    """p-values of all, findings for texts that read as another language than the card's, or than the reference does."""
    foreign = evidence.language.foreign
    wanted = ", ".join(evidence.datanet.languages)

    def said(place: int) -> tuple[str, str]:
        return (
            f"reads as {evidence.language.best[place]!r}, {wanted} wanted",
            f"submit it in {wanted}, or to a datanet whose card names its language",
        )

    p = refined_p(evidence, rank_p(evidence, CHECK.name, foreign))
    return strange_opinion(evidence, CHECK.name, p, np.exp(-foreign), said)


CHECK = Check(
    name="language",
    term=Term.STRANGENESS,
    judge=judge,
    applies=has_text,
    nonconformity=nonconformity,
    refined_p=refined_p,
)
