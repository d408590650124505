"""What the weights are worth: three models side by side, asked about trusted records that none of them has seen.

One is trained on the accepted records by their weights, one on the same records without weights, one on everything that
was submitted. Pure: arrays in, figures in millionths out.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from curation.datanet.canonical import Json
from curation.evidence.nearest import VectorIndex
from curation.evidence.pairs import halves
from curation.finding import Floats
from curation.rewards.intervals import MILLION, Interval, mean_of, share_of
from curation.rewards.model import Settings
from curation.rewards.one_vs_rest import fit_one_vs_rest

HELD_OUT_ONE_IN: Final = 5

Measure: TypeAlias = Literal["accuracy", "likeness", "coverage"]
Vectors: TypeAlias = NDArray[np.float32]
Rows: TypeAlias = NDArray[np.int64]
# From the rows to train on and their weights to a score for each held-out record, 1 the best.
Scores: TypeAlias = Callable[[Rows, Floats], Floats]


@dataclass(frozen=True, kw_only=True)
class Submitted:
    """Everything n records that were ever submitted and could be read, one entry per column.

    `digests` are of contents; `vectors` (n, d); `labels` None where the datanet has none; `weights` are those that the
    model trains with, in millionths, 0 for what is not in it; `trusted` (n,) what may be held out. `table`: the vectors
    are features of rows; `pairs`: they are prompts beside responses (evidence/pairs.py).
    """

    digests: tuple[str, ...]
    vectors: Vectors
    labels: tuple[str | None, ...] | None
    weights: tuple[int, ...]
    trusted: NDArray[np.bool_]
    table: bool = False
    pairs: bool = False


@dataclass(frozen=True, kw_only=True)
class TrainedOn:
    """One of the three models: on how many records, how well it did, and how much better the weighted one did.

    `behind` is the paired difference weighted − this; None for the weighted one itself.
    """

    name: Literal["weighted", "unweighted", "everything"]
    records: int
    figure: Interval
    behind: Interval | None

    def told(self) -> dict[str, Json]:
        """Plain values for JSON."""
        behind = None if self.behind is None else self.behind.told()
        return {"name": self.name, "records": self.records, "figure": self.figure.told(), "behind": behind}


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """The three side by side; `models` is empty when nothing was held out, or nothing is left to train on.

    `measure` says what the figure is. `accuracy`: the share of held-out records whose label is predicted. `likeness`,
    of prompts and responses: the mean cosine between the response of the nearest prompt and the true one. `coverage`,
    where there is neither: the share of held-out records to which some record lies as near as half of the trusted ones
    lie to each other; more records never lower that, so it says what a retrieval reaches and nothing about quality.
    A retrieval has no use for weights beyond leaving out what has none, so there `weighted` and `unweighted` agree.
    """

    measure: Measure
    held_out: int
    models: tuple[TrainedOn, ...]

    def told(self) -> dict[str, Json]:
        """Plain values for JSON."""
        models = [one.told() for one in self.models]
        return {"schema": "curation.evaluation/1", "measure": self.measure, "held_out": self.held_out, "models": models}


def held_out(digests: Sequence[str], one_in: int = HELD_OUT_ONE_IN) -> NDArray[np.bool_]:
    """Whether each content is held out, (n,): by its digest alone, so that all its copies are, and always are."""
    # Other digits than those that choose the folds of cross-fitting.
    return np.array([int(value[8:16], 16) % one_in == 0 for value in digests], dtype=np.bool_)


def evaluate(submitted: Submitted, settings: Settings) -> Evaluation:
    """The three models on the same held-out records. Raises `EngineFailed` when a fit does not come to its end.

    No content of a held-out record is trained on, whoever submitted it and however often.
    """
    usable = np.array(
        [submitted.labels is None or label is not None for label in submitted.labels or submitted.digests]
    )
    chosen = held_out(submitted.digests) & submitted.trusted & usable
    asked = _first_of_each(submitted.digests, np.flatnonzero(chosen))
    hidden = {submitted.digests[row] for row in asked}
    seen = usable & np.array([value not in hidden for value in submitted.digests], dtype=np.bool_)
    measure, scores = _scoring(submitted, asked, np.flatnonzero(seen & submitted.trusted), settings)
    weights = np.array(submitted.weights, dtype=np.float64) / MILLION
    weighing = np.flatnonzero(seen & (weights > 0))
    if not len(asked) or not len(weighing):
        return Evaluation(measure=measure, held_out=len(asked), models=())
    everything = np.flatnonzero(seen)
    ours = scores(weighing, weights[weighing])
    models = (
        TrainedOn(name="weighted", records=len(weighing), figure=_figure(measure, ours), behind=None),
        _beside("unweighted", weighing, scores, ours, measure),
        _beside("everything", everything, scores, ours, measure),
    )
    return Evaluation(measure=measure, held_out=len(asked), models=models)


def _beside(
    name: Literal["unweighted", "everything"], rows: Rows, scores: Scores, ours: Floats, measure: Measure
) -> TrainedOn:
    theirs = scores(rows, np.ones(len(rows)))
    return TrainedOn(name=name, records=len(rows), figure=_figure(measure, theirs), behind=mean_of(ours - theirs))


def _figure(measure: Measure, scores: Floats) -> Interval:
    if measure == "likeness":
        return mean_of(scores)
    return share_of(int(scores.sum()), len(scores))


def _first_of_each(digests: Sequence[str], rows: Rows) -> Rows:
    """The rows without those whose content an earlier one has."""
    first = {digests[row]: row for row in reversed(rows.tolist())}
    return np.array(sorted(first.values()), dtype=np.int64)


def _scoring(submitted: Submitted, asked: Rows, yardstick: Rows, settings: Settings) -> tuple[Measure, Scores]:
    if submitted.labels is not None:
        return "accuracy", _accuracy(submitted, submitted.labels, asked, float(Decimal(settings.ridge)))
    if submitted.pairs:
        return "likeness", _likeness(submitted, asked)
    return "coverage", _coverage(submitted, asked, yardstick)


def _accuracy(submitted: Submitted, labels: tuple[str | None, ...], asked: Rows, ridge: float) -> Scores:
    wanted = np.array([labels[row] or "" for row in asked], dtype=np.str_)

    def scores(rows: Rows, weights: Floats) -> Floats:
        given = [labels[row] or "" for row in rows]
        heads = fit_one_vs_rest(submitted.vectors[rows], given, weights, ridge, exact=False)
        predicted = np.array(heads.classes, dtype=np.str_)[heads.logits(submitted.vectors[asked]).argmax(axis=1)]
        found: Floats = (predicted == wanted).astype(np.float64)
        return found

    return scores


def _likeness(submitted: Submitted, asked: Rows) -> Scores:
    prompts, responses = (np.ascontiguousarray(half) for half in halves(submitted.vectors))

    def scores(rows: Rows, _weights: Floats) -> Floats:
        near = VectorIndex(prompts[rows]).nearest(prompts[asked], 1).rows[:, 0]
        found: Floats = (responses[rows[near]] * responses[asked]).sum(axis=1).astype(np.float64)
        return found

    return scores


def _coverage(submitted: Submitted, asked: Rows, yardstick: Rows) -> Scores:
    known = submitted.vectors[yardstick]
    own = np.arange(len(known))
    among = VectorIndex(known, euclidean=submitted.table).nearest(known, 1, own)
    # Where there are too few to lie near to each other, nothing is near.
    wanted = np.median(among.similarity[:, 0]) if len(known) > 1 else np.inf

    def scores(rows: Rows, _weights: Floats) -> Floats:
        index = VectorIndex(submitted.vectors[rows], euclidean=submitted.table)
        found: Floats = (index.nearest(submitted.vectors[asked], 1).similarity[:, 0] >= wanted).astype(np.float64)
        return found

    return scores
