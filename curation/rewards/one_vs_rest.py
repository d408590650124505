"""One logistic head per class against the rest, on vectors with a constant behind them.

Heads that know nothing of each other, so that what a record does to one of them has a closed form: see influence.py.
A joint multinomial model of 77 classes would need a Hessian of 7 GB.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from curation.errors import EngineFailed
from curation.evidence.heads import fit_binary_heads
from curation.finding import Floats

# The gradient that is left, per unit of training weight. Where more is left, the fit has not come to its end.
GRADIENT_MAX: Final = 1e-7


@dataclass(frozen=True, kw_only=True)
class OneVsRest:
    """`coefficients` (C, d + 1), the last column the constant's, for `classes` in that order; `ridge` is λ."""

    classes: tuple[str, ...]
    coefficients: Floats
    ridge: float

    def logits(self, vectors: NDArray[np.float32]) -> Floats:
        """Log-odds of each class against the rest, (n, C). Each row by itself: company does not move its last bits."""
        weights, constants = self.coefficients[:, :-1], self.coefficients[:, -1]
        found = np.empty((len(vectors), len(self.classes)))
        for row, vector in enumerate(vectors.astype(np.float64)):
            found[row] = weights @ vector + constants
        return found


def fit_one_vs_rest(
    vectors: NDArray[np.float32], labels: Sequence[str], weights: Floats, ridge: float, *, exact: bool = True
) -> OneVsRest:
    """Heads on `vectors` (n, d) for every class in `labels` (n,), records counted by `weights` (n,) > 0.

    Influence needs an `exact` fit, predictions do not. Raises `EngineFailed` when that does not come to its end.
    """
    classes = tuple(sorted(set(labels)))
    codes = codes_of(labels, classes)
    coefficients = fit_binary_heads(vectors, codes, weights, ridge, exact=exact)
    fitted = OneVsRest(classes=classes, coefficients=coefficients, ridge=ridge)
    left = np.abs(_gradients(fitted, vectors, codes, weights)).max() if exact else 0.0
    if not left <= GRADIENT_MAX * weights.sum():
        raise EngineFailed(f"training did not come to its end: a gradient of {left:.2g} is left")
    return fitted


def codes_of(labels: Sequence[str], classes: tuple[str, ...]) -> NDArray[np.int64]:
    """The place of each label in `classes`, (n,)."""
    places = {name: place for place, name in enumerate(classes)}
    return np.array([places[label] for label in labels], dtype=np.int64)


def residuals(fitted: OneVsRest, vectors: NDArray[np.float32], codes: NDArray[np.int64]) -> Floats:
    """`y − p` of each record and class, (n, C): one minus the probability of its own class, minus that of another."""
    logits = vectors.astype(np.float64) @ fitted.coefficients[:, :-1].T + fitted.coefficients[:, -1]
    left = -probabilities(logits)
    left[np.arange(len(codes)), codes] += 1.0
    return left


def probabilities(logits: Floats) -> Floats:
    """The logistic function, in 0..1."""
    # By the hyperbolic tangent, which overflows nowhere.
    shares: Floats = 0.5 * (1.0 + np.tanh(0.5 * logits))
    return shares


def _gradients(fitted: OneVsRest, vectors: NDArray[np.float32], codes: NDArray[np.int64], weights: Floats) -> Floats:
    """What is left of the gradients, (C, d + 1)."""
    pulls = residuals(fitted, vectors, codes) * weights[:, None]
    # In float32 the products are sure to 1e-6 of a weight, which is far above what Newton leaves: so in float64.
    sums = np.hstack([pulls.T @ vectors.astype(np.float64), pulls.sum(axis=0)[:, None]])
    gradients: Floats = fitted.ridge * fitted.coefficients - sums
    return gradients
