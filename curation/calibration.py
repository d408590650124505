"""What random audits teach: how much each sort of evidence weighs, and how much of what looks good is good.

`logit P(good) = prior + β·e + δ`, fitted by penalised logistic regression (Hoerl and Kennard's ridge, toward the
defaults instead of toward nothing). Each audit counts by the inverse of the probability that it was drawn with
(Horvitz and Thompson 1952), so that a draw which favours what is suspect does not make everybody look suspect. Only
records drawn at random teach anything: what a curator chose to look at says what curators choose. And only records
that were found bad teach to think less of a warning: good ones alone never lift what the evidence speaks against.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from curation.datanet.card import Policy
from curation.evidence.known import Known
from curation.evidence.reference import Calibration
from curation.finding import Floats
from curation.quality import MICRO, STRANGE, Audited, logistic, prior_log_odds, vouched

# With fewer nothing is learned: the intervals would be wider than what is to be corrected.
AUDITS_MIN = 50

# How far, as a standard deviation, each parameter is thought to lie from its default before anybody looked: three β
# (rules, strangeness, label) and the intercept δ. Bad rules and strange records are rare, a few audits say little of
# them. Every audit says something of labels, and how sharp a classifier's probabilities are differs by reference:
# where 30 % of banking77's labels are wrong β is 2.8, and held to 1 ± .5 the calibration error was .07 instead of .05.
SPREAD = np.array([0.5, 0.35, 2.0, 2.0])
# Evidence for a record never counts against it.
LEAST = np.array([0.0, 0.0, 0.0, -np.inf])
MOST = np.array([np.inf, np.inf, np.inf, np.inf])

# With fewer found bad no β falls below its default, the intercept rises not at all and falls by no more than that, and
# nothing is cut off: how a warning is to be taken nobody knows who has hardly seen a bad record.
BAD_MIN = 10
FALL_MAX = 1.5

# Where the label's evidence may be cut off: at these shares of the audited records. Texts unlike all others get next to
# no probability for any label, right or wrong, so that at its low end the evidence stops telling them apart.
CUTS = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5)
# What a cut has to gain in log-likelihood: it is one parameter more (Akaike 1974).
CUT_PRICE = 1.0

# The owner's word on the purity of the reference counts as much as this many audits.
PURITY_WORTH = 10.0

_STEPS_MAX = 100
_ENOUGH = 1e-9


@dataclass(frozen=True, kw_only=True)
class AuditSample:
    """n records that were drawn at random and decided about, as they were submitted: with the labels first given.

    `drawn_ppm` are the probabilities that they were drawn with and `rules` the evidence of the rules, both in
    millionths; `imported` says which belong to the reference's owner.
    """

    known: Known
    good: tuple[bool, ...]
    drawn_ppm: tuple[int, ...]
    rules: tuple[int, ...]
    imported: tuple[bool, ...]

    def __len__(self) -> int:
        return len(self.good)

    @property
    def is_enough(self) -> bool:
        """Whether these are enough to learn from."""
        return len(self) >= AUDITS_MIN

    @property
    def told(self) -> tuple[tuple[str, bool, int, int], ...]:
        """What of them goes into a reference's version; nothing while nothing is learned from them."""
        rows = zip(self.known.ids, self.good, self.drawn_ppm, self.rules, strict=True)
        return tuple(rows) if self.is_enough else ()

    @property
    def is_good(self) -> NDArray[np.bool_]:
        """Which were found good, (n,)."""
        return np.array(self.good, dtype=np.bool_)

    @property
    def drawn_with(self) -> Floats:
        """The probability that each was drawn with, (n,), in (0, 1]."""
        return np.array(self.drawn_ppm, dtype=np.float64) / MICRO


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What the engine saw in n audited records and what the audits said.

    `prior` (n,) log-odds; `evidence` (n, 3) of rules, strangeness and label, before any β;
    `judged` (n,) whether the label could be judged: the others have no intercept either.
    """

    prior: Floats
    evidence: Floats
    judged: NDArray[np.bool_]
    good: NDArray[np.bool_]
    drawn_with: Floats


@dataclass(frozen=True, kw_only=True)
class Learned:
    """The β of rules, strangeness and label; the log-odds `intercept` of what was judged; the label's `least`."""

    beta_rules: float
    beta_strangeness: float
    beta_label: float
    intercept: float
    least: float


def shares_of(drawn_with: Floats) -> Floats:
    """What each audit counts, (n,): by the inverse of its probability, together as many as they are worth.

    Kish's effective size, (Σv)²/Σv² with v = 1/π: n where all were drawn alike, fewer where some stand for many.
    """
    if not len(drawn_with):
        return drawn_with
    inverse = drawn_with.min() / drawn_with
    counted: Floats = inverse * inverse.sum() / (inverse**2).sum()
    return counted


def audited_of(good: NDArray[np.bool_]) -> Audited:
    """How many of one contributor's records were found good and bad: each counts one, whatever it was drawn with.

    Counted by the inverse of their probabilities, one good record of a rare draw wiped out what all others had shown,
    and one more bad record could raise the prior.
    """
    return Audited(good=float(good.sum()), bad=float((~good).sum()))


def audited_purity(policy: Policy, good: NDArray[np.bool_], drawn_with: Floats) -> float:
    """The share of the reference's records that are good: what its owner declared, until enough of it were audited."""
    if len(good) < AUDITS_MIN:
        return policy.purity
    counted = shares_of(drawn_with)
    return float((counted[good].sum() + PURITY_WORTH * policy.purity) / (counted.sum() + PURITY_WORTH))


def priors_of(policy: Policy, contributors: Sequence[str], sample: AuditSample) -> Floats:
    """The prior that each audited record is to be seen with, (n,): from its contributor's *other* audits.

    So a contributor whose junk was found answers for it alone, and the offset that all share stays where it was. The
    owner's imports are what the offset is defined on: they are seen with a newcomer's prior.
    """
    names, good = np.array(contributors, dtype=object), sample.is_good
    priors = np.full(len(sample), prior_log_odds(policy))
    for name in sorted(set(contributors)):
        own = np.flatnonzero((names == name) & ~np.array(sample.imported, dtype=np.bool_))
        for place in own.tolist():
            others = own[own != place]
            priors[place] = prior_log_odds(policy, audited_of(good[others]))
    return priors


def learn(seen: Seen, default: Calibration) -> Learned:
    """The parameters that the audits call for, held near the defaults as far as the audits are few."""
    start = np.array([default.beta_rules, default.beta_strangeness, default.beta_label, 0.0])
    if len(seen.good) < AUDITS_MIN:
        return _learned(start, default.label_least)
    bad = ~seen.good
    low, high = LEAST.copy(), MOST.copy()
    if bad.sum() < BAD_MIN:
        low[:2] = start[:2]
    if (bad & seen.judged).sum() < BAD_MIN:
        low[2:], high[3] = (start[2], -FALL_MAX), 0.0
    known = seen.evidence[seen.judged, 2]
    cuts = [default.label_least, *(float(np.quantile(known, share)) for share in CUTS if len(known))]
    tried: list[tuple[float, Learned]] = []
    for cut in cuts:
        is_cut = cut > default.label_least
        if is_cut and (cut > 0 or (bad & seen.judged & (seen.evidence[:, 2] < cut)).sum() < BAD_MIN):
            continue
        values, cost = _fitted(seen, cut, start, (low, high))
        found = _learned(values, cut)
        # What lies below a cut is never spoken for.
        if not is_cut or found.beta_label * cut + found.intercept <= 0:
            tried.append((cost + CUT_PRICE * is_cut, found))
    return min(tried, key=lambda one: one[0])[1]


def columns(seen: Seen, least: float, values: Floats) -> Floats:
    """The columns of the regression, (n, 4): three sorts of evidence, and one where the intercept counts.

    Of a strange record whose label would speak for it, by these parameters (4,), nothing about the label counts: as
    where they are applied, the label's term there stops at nought.
    """
    heard = np.maximum(vouched(seen.evidence[:, 2], seen.evidence[:, 1]), least)
    label = np.where(seen.judged, heard, 0.0)
    rows = np.column_stack([seen.evidence[:, :2], label, seen.judged.astype(np.float64)])
    unheard = (seen.evidence[:, 1] <= STRANGE) & (rows[:, 2:] @ values[2:] > 0)
    rows[unheard, 2:] = 0.0
    return rows


def _learned(values: Floats, least: float) -> Learned:
    rules, strange, label, intercept = values.tolist()
    return Learned(beta_rules=rules, beta_strangeness=strange, beta_label=label, intercept=intercept, least=least)


def _fitted(seen: Seen, least: float, start: Floats, bounds: tuple[Floats, Floats]) -> tuple[Floats, float]:
    """The bounded minimum and its cost, by projected Newton steps (Bertsekas 1982) that never go up.

    But for the strange records whose label is unheard the function is strictly convex.
    """
    low, high = bounds
    precision, counted, prior, good = 1 / SPREAD**2, shares_of(seen.drawn_with), seen.prior, seen.good

    def cost(values: Floats) -> float:
        odds = prior + columns(seen, least, values) @ values
        surprise = counted @ np.logaddexp(0.0, np.where(good, -odds, odds))
        return float(surprise + 0.5 * (precision @ (values - start) ** 2))

    values, now = start, cost(start)
    for _ in range(_STEPS_MAX):
        # 1. Slope and curvature; what lies on its bound and would go beyond it stays there.
        rows = columns(seen, least, values)
        chance = logistic(prior + rows @ values)
        slope = rows.T @ (counted * (chance - good)) + precision * (values - start)
        curvature = (rows.T * (counted * chance * (1 - chance))) @ rows + np.diag(precision)
        free = ((values > low) | (slope < 0)) & ((values < high) | (slope > 0))
        step = np.zeros_like(values)
        step[free] = np.linalg.solve(curvature[np.ix_(free, free)], slope[free])
        # 2. The longest halving of the step that goes down.
        length = 1.0
        while length > _ENOUGH and cost(np.clip(values - length * step, low, high)) > now:
            length /= 2
        following = np.clip(values - length * step, low, high)
        if length <= _ENOUGH or np.abs(following - values).max() < _ENOUGH:
            break
        values, now = following, cost(following)
    return values, now
