"""How near an attribution comes to retraining: without each record in turn, and on random halves of the records."""

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.attribution.libraries import by_dattri, by_pyinfluence
from benchmarks.real_data.figure import Interval, bootstrap, mean_of
from curation.datanet.card import EncoderChoice
from curation.evidence.encoder import load_encoder
from curation.finding import Floats
from curation.rewards.influence import influence_of
from curation.rewards.model import Settings
from curation.rewards.one_vs_rest import OneVsRest, codes_of, fit_one_vs_rest, residuals

SEED = 20261123
QUERIES = 40
HALVES = 120
RIDGE = float(Settings().ridge)

# Intents that are taken for each other.
TWO = ("card_arrival", "card_delivery_estimate")
FOUR = (*TWO, "card_not_working", "lost_or_stolen_card")

# From a problem to what removing each record takes from the predicted logit of each question, (q, n).
Method = Callable[["Problem"], Floats]


@dataclass(frozen=True)
class Problem:
    """n records to train on and q questions, with all that retraining says about them."""

    name: str
    vectors: NDArray[np.float32]
    labels: list[str]
    weights: Floats
    questions: NDArray[np.float32]

    @cached_property
    def heads(self) -> OneVsRest:
        """Trained on all records."""
        return fit_one_vs_rest(self.vectors, self.labels, self.weights, RIDGE)

    @cached_property
    def codes(self) -> NDArray[np.int64]:
        """The class of each record."""
        return codes_of(self.labels, self.heads.classes)

    @cached_property
    def places(self) -> NDArray[np.int64]:
        """The predicted class of each question."""
        return np.asarray(self.heads.logits(self.questions).argmax(axis=1), dtype=np.int64)

    def retrained(self, kept: NDArray[np.bool_]) -> Floats:
        """The logit of the class that all records predict, when only these are trained on, (q,)."""
        labels = [label for label, there in zip(self.labels, kept, strict=True) if there]
        heads = fit_one_vs_rest(self.vectors[kept], labels, self.weights[kept], RIDGE)
        assert heads.classes == self.heads.classes, "a class is gone"
        found: Floats = heads.logits(self.questions)[np.arange(len(self.questions)), self.places]
        return found

    @cached_property
    def falls(self) -> Floats:
        """How far each logit falls without each record, (q, n)."""
        everything = np.ones(len(self.labels), dtype=np.bool_)
        whole = self.retrained(everything)
        return np.array([whole - self.retrained(_but(everything, row)) for row in range(len(everything))]).T

    @cached_property
    def halves(self) -> NDArray[np.bool_]:
        """Random halves of the records, (m, n)."""
        chance = np.random.default_rng(SEED)
        size = len(self.labels)
        found = np.zeros((HALVES, size), dtype=np.bool_)
        for half in found:
            half[chance.permutation(size)[: size // 2]] = True
        return found

    @cached_property
    def by_half(self) -> Floats:
        """Each logit when trained on each half, (q, m)."""
        return np.array([self.retrained(half) for half in self.halves]).T


def _but(everything: NDArray[np.bool_], row: int) -> NDArray[np.bool_]:
    kept = everything.copy()
    kept[row] = False
    return kept


def problem(rows: Sequence[dict[str, Any]], labels: Iterable[str], size: int, *, weighted: bool) -> Problem:
    """`size` seeded records with these labels, and questions among the others."""
    chance = np.random.default_rng(SEED)
    wanted = set(labels)
    there = [row for row in rows if row["label"] in wanted]
    chosen = [there[place] for place in chance.permutation(len(there))[: size + QUERIES]]
    encoder = load_encoder(EncoderChoice(), workspace=Path(), cache=None)
    vectors = encoder.encode([row["text"] for row in chosen])
    weights = chance.uniform(0.05, 1.0, size) if weighted else np.ones(size)
    told = "weights .05 to 1" if weighted else "all weights 1"
    return Problem(
        name=f"{len(wanted)} intents, {size} records, {told}",
        vectors=vectors[:size],
        labels=[row["label"] for row in chosen[:size]],
        weights=weights,
        questions=vectors[size:],
    )


def ours(one: Problem) -> Floats:
    influence = influence_of(one.heads, one.vectors, one.codes, one.weights)
    pairs = zip(one.questions, one.places.tolist(), strict=True)
    return np.array([influence.effects(question, place) * one.weights for question, place in pairs])


def representer_points(one: Problem) -> Floats:
    """`s·(y − p)/λ · xᵀz` (Yeh et al. 2018): the predicted logit, taken apart into what each record holds of it."""
    left = residuals(one.heads, one.vectors, one.codes) * one.weights[:, None] / RIDGE
    likeness = one.questions.astype(np.float64) @ one.vectors.astype(np.float64).T + 1.0
    found: Floats = likeness * left[:, one.places].T
    return found


def by_retraining(one: Problem, effects: Floats) -> tuple[Interval, Interval]:
    """Pearson's correlation with retraining without each record, and the linear datamodeling score (Spearman's).

    Each per question, then the mean, with 95 % of 1,000 resamples of questions.
    """
    single = [np.corrcoef(mine, real)[0, 1] for mine, real in zip(effects, one.falls, strict=True)]
    summed = effects @ one.halves.T.astype(np.float64)
    halves = [_rank_correlation(mine, real) for mine, real in zip(summed, one.by_half, strict=True)]
    return bootstrap(QUERIES, mean_of(single)), bootstrap(QUERIES, mean_of(halves))


def _rank_correlation(one: Floats, other: Floats) -> float:
    from scipy.stats import spearmanr  # noqa: PLC0415  (only here)

    return float(spearmanr(one, other).statistic)


def table(data: Path) -> str:
    """Both problems by all methods, as Markdown."""
    with (data / "banking77" / "data.jsonl").open(encoding="utf-8") as stream:
        rows = [json.loads(line) for line in stream]
    plain: list[tuple[str, Method]] = [("ours", ours), ("representer points", representer_points)]
    others: list[tuple[str, Method]] = [("pyinfluence", by_pyinfluence), ("dattri", by_dattri)]
    lines = [
        "| banking77 | method | correlation with leave-one-out | worst question | linear datamodeling score |",
        "|---|---|---:|---:|---:|",
    ]
    settings = [
        (problem(rows, TWO, 300, weighted=False), plain + others),
        (problem(rows, FOUR, 300, weighted=True), plain),
    ]
    for one, methods in settings:
        for name, method in methods:
            effects = method(one)
            if not len(effects):
                lines.append(f"| {one.name} | {name} | not installed | | |")
                continue
            single, halves = by_retraining(one, effects)
            worst = min(np.corrcoef(mine, real)[0, 1] for mine, real in zip(effects, one.falls, strict=True))
            lines.append(f"| {one.name} | {name} | {_told(single)} | {worst:.4f} | {_told(halves)} |")
            print(lines[-1], file=sys.stderr)
    return "\n".join(lines) + "\n"


def _told(interval: Interval) -> str:
    return f"{interval.value:.4f} ({interval.low:.4f}–{interval.high:.4f})"
