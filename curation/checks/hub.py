"""Near to everything: a text stuffed so that many queries find it and many records have it as a neighbour."""

import numpy as np
from numpy.typing import NDArray

from curation.checks import Check, conformal_opinion, has_text
from curation.evidence.evidence import Evidence
from curation.evidence.nearest import BLOCK_ROWS
from curation.finding import Floats, Opinion, Term

NEIGHBOURHOOD = 10

# A member's tenth neighbour lies on its radius, and the last bits of a matrix product depend on its size.
TOLERANCE = 1e-6


def nonconformity(evidence: Evidence) -> Floats:
    """For how many reference records a subject is nearer than their tenth neighbour (Radovanović et al. 2010), (n,)."""
    members = evidence.reference.members.vectors
    radius = evidence.reference.radius
    counts = np.zeros(len(evidence))
    for start in range(0, len(evidence), BLOCK_ROWS):
        rows = slice(start, start + BLOCK_ROWS)
        within: NDArray[np.bool_] = evidence.subjects.vectors[rows] @ members.T >= radius - TOLERANCE
        counts[rows] = within.sum(axis=1)
    # A member is always nearer to itself than its tenth neighbour.
    return counts - evidence.is_member


def judge(evidence: Evidence) -> Opinion:
    """Conformal p-values of all, findings for texts that are neighbours of suspiciously many."""
    counts = nonconformity(evidence)

    def said(place: int) -> tuple[str, str]:
        return (
            f"among the ten nearest of {counts[place]:.0f} reference records, about {NEIGHBOURHOOD} are usual",
            "say one thing in a record",
        )

    return conformal_opinion(evidence, CHECK.name, counts, None, said)


CHECK = Check(name="hub", term=Term.STRANGENESS, judge=judge, applies=has_text, nonconformity=nonconformity)
