"""A classifier on frozen vectors: how likely is each label, given what a record says.

The only module that knows sklearn. Fitted when the reference changes, or a model is trained, and saved as plain arrays,
so that a check or an answer needs numpy alone.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from curation.finding import Floats

FOLDS = 5
SEED = 20261123

# Picked on hint3: weaker regularisation than sklearn's 1.0, as unit vectors are small.
INVERSE_REGULARISATION = 5.0
ITERATIONS_MAX = 200
# How much a class's size is made up for: 0 leaves it, 1 makes all alike. A crowded class otherwise draws every doubtful
# record to it and hides the wrong labels among its own (hint3: 24 of 39 in one). Three quarters do best there.
BALANCE = 0.75

# Of the gradient per unit of weight. Influence is a derivative at the optimum and holds only there; Newton's steps end
# far below the first. The second moves no prediction that is not a tie.
EXACT_TOLERANCE = 1e-10
LOOSE_TOLERANCE = 1e-5
BINARY_ITERATIONS_MAX = 500


@dataclass(frozen=True)
class Heads:
    """Multinomial logistic heads: `coefficients` (C, d), `intercepts` (C,), for `classes` in that order."""

    classes: tuple[str, ...]
    coefficients: Floats
    intercepts: Floats

    def logits(self, vectors: NDArray[np.float32]) -> Floats:
        """Unnormalised log-probabilities, (n, C)."""
        return vectors.astype(np.float64) @ self.coefficients.T + self.intercepts


def softmax(logits: Floats) -> Floats:
    """Rows of probabilities that sum to one, (n, C)."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    powers = np.exp(shifted)
    shares: Floats = powers / powers.sum(axis=1, keepdims=True)
    return shares


def fit_heads(vectors: NDArray[np.float32], labels: NDArray[Any], classes: tuple[str, ...]) -> Heads:
    """Heads for all `classes` seen in `labels` (n,) on `vectors` (n, d); an unseen class gets the lowest logit."""
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415  (1.2 s, and only fitting needs it)

    seen = sorted(set(labels.tolist()))
    coefficients = np.zeros((len(classes), vectors.shape[1]))
    intercepts = np.full(len(classes), -30.0)
    if len(seen) > 1:
        model = LogisticRegression(C=INVERSE_REGULARISATION, max_iter=ITERATIONS_MAX, tol=1e-3)
        sizes = Counter(labels.tolist())
        weights = np.array([sizes[label] for label in labels.tolist()], dtype=np.float64) ** -BALANCE
        model.fit(vectors.astype(np.float32), labels, sample_weight=weights / weights.mean())
        rows = _as_multinomial(model.coef_, model.intercept_)
    else:
        rows = (np.zeros((len(seen), vectors.shape[1])), np.zeros(len(seen)))
    places = [classes.index(label) for label in seen]
    coefficients[places], intercepts[places] = rows
    return Heads(classes, coefficients, intercepts)


def fit_binary_heads(
    vectors: NDArray[np.float32], codes: NDArray[np.int64], weights: Floats, ridge: float, *, exact: bool
) -> Floats:
    """Each of C classes against the rest, on `vectors` (n, d) with a constant one behind them: (C, d + 1).

    `codes` (n,) are the classes 0 to C − 1, `weights` (n,) s ≥ 0. Minimises `Σ s·log(1 + exp(∓x·θ)) + ridge/2·|θ|²`;
    the constant's coefficient is regularised like the others. By Newton's steps in float64 when `exact`; where only
    the predictions matter, with a fraction of the work.
    """
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415  (1.2 s, and only fitting needs it)

    size, dimensions = vectors.shape
    # Two rows of zeros without weight: they move nothing, and sklearn refuses a fit in which an answer is missing.
    rows = np.zeros((size + 2, dimensions + 1), dtype=np.float64 if exact else np.float32)
    rows[:size, :dimensions], rows[:size, dimensions] = vectors, 1.0
    counted = np.append(weights, (0.0, 0.0))
    coefficients = np.zeros((int(codes.max()) + 1, dimensions + 1))
    model = LogisticRegression(
        C=1 / ridge,
        fit_intercept=False,
        solver="newton-cholesky" if exact else "lbfgs",
        tol=EXACT_TOLERANCE if exact else LOOSE_TOLERANCE,
        max_iter=BINARY_ITERATIONS_MAX,
    )
    for code in range(len(coefficients)):
        model.fit(rows, np.append(codes == code, (False, True)), sample_weight=counted)
        coefficients[code] = model.coef_[0]
    return coefficients


def _as_multinomial(coefficients: Floats, intercepts: Floats) -> tuple[Floats, Floats]:
    # sklearn keeps one row for two classes: logits of the second against the first.
    if len(coefficients) == 1:
        return np.vstack([-coefficients / 2, coefficients / 2]), np.concatenate([-intercepts / 2, intercepts / 2])
    return coefficients, intercepts


def folds_of(keys: list[str]) -> NDArray[np.int64]:
    """The fold of each record by its content digest, (n,): the same record is always in the same fold."""
    return np.array([int(key[:8], 16) % FOLDS for key in keys], dtype=np.int64)


def cross_fitted_logits(
    vectors: NDArray[np.float32], labels: NDArray[Any], classes: tuple[str, ...], folds: NDArray[np.int64]
) -> Floats:
    """Out-of-sample logits, (n, C): each record judged by heads that have not seen it."""
    logits = np.zeros((len(vectors), len(classes)))
    for fold in range(FOLDS):
        held_out = folds == fold
        if held_out.any():
            logits[held_out] = fit_heads(vectors[~held_out], labels[~held_out], classes).logits(vectors[held_out])
    return logits
