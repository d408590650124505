"""How strange something is, as a rank among the reference's own leave-one-out scores.

Vovk, Gammerman and Shafer, "Algorithmic Learning in a Random World" (2005): when a record is exchangeable with the
reference, P(p ≤ α) ≤ α. Sellke, Bayarri and Berger, "Calibration of p values" (2001): −e·p·ln p bounds the odds.
"""

import math

import numpy as np

from curation.finding import Floats


def p_values(scores: Floats, reference: Floats, is_member: np.ndarray) -> Floats:
    """Conformal p-values, (n,), in (0, 1]: (1 + #{reference ≥ score}) / (1 + size of the reference).

    `scores` (n,) and `reference` (m,) are nonconformity, high is strange; `reference` is sorted rising. A record that
    is itself a member of the reference (`is_member`, (n,)) is ranked among the others, so its own score is the 1.
    """
    at_least = len(reference) - np.searchsorted(reference, scores, side="left")
    ranked: Floats = np.where(
        is_member, np.maximum(at_least, 1) / max(len(reference), 1), (1 + at_least) / (1 + len(reference))
    )
    return ranked


def joined(p_values_by_check: list[Floats]) -> Floats:
    """The p-value of K checks together, (n,): the least of K/r · (r-th smallest p), at most 1.

    Simes, "An improved Bonferroni procedure" (1986). Never above K · min p, valid where the scores are positively
    dependent, as ways of being strange are (Sarkar 1998). With a small reference no single rank can be small, but all
    of them may be at the floor at once, and that has to count.
    """
    stacked = np.sort(np.vstack(p_values_by_check), axis=0)
    count = len(stacked)
    factors = count / np.arange(1, count + 1)
    together: Floats = np.minimum(1.0, (stacked * factors[:, None]).min(axis=0))
    return together


def evidence_of(p: Floats) -> Floats:
    """Weight of evidence in natural log-odds, (n,), never positive: ln(−e·p·ln p) for p < 1/e, else 0."""
    small = np.clip(p, 1e-300, 1 / math.e)
    odds: Floats = np.log(-math.e * small * np.log(small))
    return np.minimum(odds, 0.0) + 0.0
