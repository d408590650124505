"""What influence alone would pay: the product's own model on everything that was submitted, weight 1 and novelty 1."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.attacks.item import Item
from benchmarks.attacks.remembering import RememberingEncoder
from benchmarks.attacks.world import World
from curation.evidence.heads import fit_binary_heads
from curation.evidence.pairs import joined_halves
from curation.rewards.influence import influence_of
from curation.rewards.model import Answer, Model, Predictor, Settings, TrainingSet, fit
from curation.rewards.one_vs_rest import OneVsRest, codes_of

MILLION = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Undefended:
    """Shares of the data pool by item; `falls` is what all submitted records get together, the rest is the owner's."""

    shares: dict[str, float]
    falls: float


def undefended(
    world: World, encoder: RememberingEncoder, submitted: Sequence[tuple[str, Item]], questions: Sequence[str]
) -> Undefended:
    """Everything trains and everything is paid, exact copies and noise too."""
    shape = world.shape
    rows = [*world.imported, *(item.row for _, item in submitted)]
    keys = [*("" for _ in world.imported), *(item.key for _, item in submitted)]
    asked = encoder.encode(list(questions))
    vectors: NDArray[np.float32]
    if len(shape.texts) == 2:
        vectors = joined_halves(
            encoder.encode([row[shape.texts[0]] for row in rows]), encoder.encode([row[shape.texts[1]] for row in rows])
        )
        asked = joined_halves(asked, np.zeros_like(asked))
        labels = None
    else:
        vectors = encoder.encode([row[shape.texts[0]] for row in rows])
        labels = tuple(row[shape.answer] for row in rows)
    training = TrainingSet(
        ids=tuple(f"{number:06d}" for number in range(len(rows))),
        vectors=vectors,
        labels=labels,
        weights=(MILLION,) * len(rows),
    )
    shares: dict[str, float] = defaultdict(float)
    for answer in _answers(training, asked):
        total = sum(amount for _, amount in answer.attribution)
        for row, amount in answer.attribution:
            if keys[row]:
                shares[keys[row]] += amount / total / len(questions)
    return Undefended(shares=dict(shares), falls=sum(shares.values()))


def _answers(training: TrainingSet, asked: NDArray[np.float32]) -> tuple[Answer, ...]:
    if training.labels is None:
        return fit(training, Settings()).answer(asked)
    # As `fit` does it, but the heads to a looser tolerance: alike to the third digit, in half the time.
    settings, weights = Settings(), np.ones(len(training))
    classes = tuple(sorted(set(training.labels)))
    codes, ridge = codes_of(training.labels, classes), float(settings.ridge)
    coefficients = fit_binary_heads(training.vectors, codes, weights, ridge, exact=False)
    heads = OneVsRest(classes=classes, coefficients=coefficients, ridge=ridge)
    influence = influence_of(heads, training.vectors, codes, weights)
    predictor = Predictor(heads=heads, influence=influence)
    return Model(ids=training.ids, settings=settings, rests_on=predictor).answer(asked)
