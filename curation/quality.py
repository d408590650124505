"""From what the checks say to what follows: weight, novelty, verdict.

`logit(w) = prior + Σ_c β_c · e_c` in natural log-odds that the record is good (I. J. Good, "Weight of evidence").
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from curation.datanet.card import Policy
from curation.evidence.conformal import evidence_of, joined
from curation.evidence.reference import Calibration
from curation.finding import Finding, Floats, Severity, Term
from curation.verdict import Verdict

MICRO = 1_000_000

# The evidence of a joined p-value of .05.
STRANGE = float(evidence_of(np.array([0.05]))[0])


@dataclass(frozen=True)
class Audited:
    """How many of a contributor's own records audits found good and bad; fractions where they were drawn unlike."""

    good: float = 0
    bad: float = 0


NOBODY = Audited()


def logistic(log_odds: Floats) -> Floats:
    """Probabilities of log-odds."""
    shares: Floats = 1.0 / (1.0 + np.exp(-np.clip(log_odds, -700, 700)))
    return shares


def prior_log_odds(policy: Policy, audited: Audited = NOBODY) -> float:
    """The contributor's own audited rate of good records, shrunk by the card's Beta: a newcomer's is .9.

    Other people's audits never move it, or flooding a datanet with junk would cut honest pay.
    """
    return float(np.log(policy.prior_good + audited.good) - np.log(policy.prior_bad + audited.bad))


def strangeness(p_by_check: Sequence[Floats], count: int) -> Floats:
    """The one strangeness term, (count,): evidence of the joined p-value, before its β."""
    return evidence_of(joined(list(p_by_check))) if p_by_check else np.zeros(count)


def vouched(label: Floats, strange: Floats) -> Floats:
    """The label's evidence, (n,), none of it in favour where the record is strange (`strange` (n,), before its β).

    A classifier is sure of a text unlike any that it has seen, too; its word then counts only against the record.
    """
    heard: Floats = np.where(strange <= STRANGE, np.minimum(label, 0.0), label)
    return heard


def terms(
    prior: float, calibration: Calibration, rules: Floats, strange: Floats, label: Floats | None
) -> Mapping[str, Floats]:
    """The parts that add up to logit(w), each (n,) and with its β."""
    parts = {
        "prior": np.full(len(rules), prior),
        Term.RULES.value: calibration.beta_rules * rules,
        Term.STRANGENESS.value: calibration.beta_strangeness * strange,
    }
    given = np.zeros(len(rules)) if label is None else label
    heard = calibration.beta_label * np.maximum(vouched(given, strange), calibration.label_least)
    # What could not be judged stands at nought exactly, and stays there.
    said = vouched(heard + calibration.label_intercept, strange)
    parts[Term.LABEL_NOISE.value] = np.where(given == 0, 0.0, said)
    return parts


def weights(parts: Mapping[str, Floats]) -> Floats:
    """The probability that each record is good, given the evidence, (n,)."""
    return logistic(np.sum(list(parts.values()), axis=0))


def novelty(similarity: Floats, ramp: tuple[float, float]) -> Floats:
    """How much of each record was not already there, (n,): 1 up to the ramp's start, 0 from its end."""
    low, high = ramp
    return np.clip((high - similarity) / (high - low), 0.0, 1.0)


def verdict(findings: Sequence[Finding], weight: float, policy: Policy) -> Verdict:
    """Rules and people reject; statistics never do. What could not be judged is neither clean nor anybody's fault."""
    severities = {finding.severity for finding in findings}
    if Severity.CRITICAL in severities:
        return Verdict.REJECT
    if Severity.INSUFFICIENT in severities:
        return Verdict.UNCHECKED
    if Severity.HOLD in severities or weight < policy.review_below:
        return Verdict.REVIEW
    return Verdict.ACCEPT


def label_offset(policy: Policy, log_odds: Floats, other: Floats, strange: Floats) -> float:
    """The `c` with which the reference's mean weight, at a newcomer's prior, is the card's purity.

    `log_odds` (n,) are logit(s) of the labels, out of sample; `other` (n,) their evidence but for labels;
    `strange` (n,) is how unlike the rest they are, before its β.
    Where even −10 or +10 does not reach the purity, the bound.
    """
    prior = prior_log_odds(policy)
    low, high = -10.0, 10.0
    for _ in range(60):
        middle = (low + high) / 2
        mean = float(logistic(prior + other + vouched(log_odds - middle, strange)).mean())
        low, high = (middle, high) if mean > policy.purity else (low, middle)
    return (low + high) / 2
