"""Whether a weight of .8 means that eight in ten are good, where three labels in ten are wrong and 200 were audited."""

import random
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from benchmarks.real_data.bench import SEED, Bench, BenchDatanet, Row, halves, plain_script
from benchmarks.real_data.figure import Figure, Sample, Statistic, auroc_of, bootstrap, mean_of, paired

FLIPPED_SHARE = 0.3
AUDITS = 200
# One drawing of 200 says much of its luck: the figures are means over several, of which the note says the extremes.
DRAWS = range(SEED, SEED + 5)
BINS = 15


def measure(bench: Bench) -> Iterator[Figure]:
    rows = bench.rows("banking77")
    script = plain_script()
    vectors = script.vectors([row["text"] for row in rows])
    flipped = _flipped(rows, vectors)
    one, other = halves(flipped)
    is_good = np.array([row["label"] == row["truth"] for row in other])
    datanet = bench.datanet("banking", "labelled-text", {"text": "text", "label": "label"})
    imported = datanet.imported(one)
    before = _weights(datanet.checked(other, "newcomer"))
    after = [_audited(bench, datanet, one, imported, other, seed) for seed in DRAWS]
    place = {row["id"]: number for number, row in enumerate(flipped)}
    said = _self_confidence(flipped, vectors)[[place[row["id"]] for row in other]]
    yield from _figures(before, after, said, is_good)


def _figures(
    before: NDArray[np.float64],
    after: Sequence[NDArray[np.float64]],
    said: NDArray[np.float64],
    is_good: NDArray[np.bool_],
) -> Iterator[Figure]:
    data = "banking77, 30 % of labels flipped"
    count = len(is_good)
    whole = np.arange(count)
    errors = sorted(error_of(one, is_good)(whole) for one in after)
    yield Figure(
        data=data,
        name="expected calibration error of the weight after 200 random audits, 15 bins of equal mass",
        **paired(count, mean_over(error_of(one, is_good) for one in after), error_of(said, is_good)),
        must="≤ .06",
        aim="≤ .03",
        note="half imported and audited, the other half a newcomer's; labels flipped to the class they are most "
        f"confused with; mean of {len(after)} drawings of audits, the least {errors[0]:.3f} and the most "
        f"{errors[-1]:.3f}; script: cleanlab's self-confidence of cross-validated logistic regression",
    )
    yield Figure(
        data=data,
        name="the same in 10 bins of equal width",
        **paired(
            count,
            mean_over(error_of(one, is_good, wide=True) for one in after),
            error_of(said, is_good, wide=True),
        ),
    )
    yield Figure(data=data, name="the same before audits, 15 bins", ours=bootstrap(count, error_of(before, is_good)))
    yield Figure(
        data=data,
        name="mean weight after audits less the share that is good",
        ours=bootstrap(count, mean_over(mean_of(one - is_good) for one in after)),
    )
    yield Figure(
        data=data,
        name="AUROC of the weight after audits",
        **paired(count, mean_over(auroc_of(one, is_good) for one in after), auroc_of(said, is_good)),
        must="report",
    )
    yield Figure(data=data, name="the same before audits", ours=bootstrap(count, auroc_of(before, is_good)))


def mean_over(statistics: Iterable[Statistic]) -> Statistic:
    """The mean of several statistics of the same rows."""
    kept = tuple(statistics)
    return lambda rows: sum(one(rows) for one in kept) / len(kept)


def error_of(weight: NDArray[np.float64], is_good: NDArray[np.bool_], *, wide: bool = False) -> Statistic:
    """Expected calibration error as a statistic: |mean weight − share good| by bin, weighted by its size."""

    def statistic(rows: Sample) -> float:
        order = rows[np.argsort(weight[rows], kind="stable")]
        if wide:
            parts = np.split(order, np.searchsorted(weight[order], np.linspace(0, 1, 11)[1:-1]))
        else:
            parts = np.array_split(order, BINS)
        gaps = [abs(float((weight[part] - is_good[part]).mean())) * len(part) for part in parts if len(part)]
        return sum(gaps) / len(rows)

    return statistic


def _flipped(rows: Sequence[Row], vectors: NDArray[np.float32]) -> list[Row]:
    """The rows, three in ten with the label that a plain classifier most confuses theirs with."""
    confused = _most_confused([row["label"] for row in rows], vectors)
    seeded = random.Random(SEED)  # noqa: S311  (a reproducible draw, no secret)
    return [
        {
            **row,
            "truth": row["label"],
            "label": confused[row["label"]] if seeded.random() < FLIPPED_SHARE else row["label"],
        }
        for row in rows
    ]


def _probabilities(labels: Sequence[str], vectors: NDArray[np.float32]) -> NDArray[np.float64]:
    """Out of sample, (n, classes in sorted order)."""
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415  (seconds that other figures need not wait)
    from sklearn.model_selection import StratifiedKFold, cross_val_predict  # noqa: PLC0415  (as above)

    folds = StratifiedKFold(5, shuffle=True, random_state=SEED)
    classifier = LogisticRegression(max_iter=1000)
    found = cross_val_predict(classifier, vectors, np.array(labels), cv=folds, method="predict_proba")
    return np.asarray(found, dtype=np.float64)


def _most_confused(labels: Sequence[str], vectors: NDArray[np.float32]) -> dict[str, str]:
    """For each class the other one that its records are most often taken for, by the mean probability."""
    classes, codes = np.unique(np.array(labels), return_inverse=True)
    shares = _probabilities(labels, vectors)
    confused = {}
    for code, name in enumerate(classes.tolist()):
        mean = shares[codes == code].mean(axis=0)
        mean[code] = 0
        confused[name] = str(classes[mean.argmax()])
    return confused


def _self_confidence(rows: Sequence[Row], vectors: NDArray[np.float32]) -> NDArray[np.float64]:
    from cleanlab.rank import get_label_quality_scores  # noqa: PLC0415  (seconds that other figures need not wait)

    labels = [row["label"] for row in rows]
    _, codes = np.unique(np.array(labels), return_inverse=True)
    return np.asarray(get_label_quality_scores(codes, _probabilities(labels, vectors), method="self_confidence"))


def _weights(judged: Sequence[Row]) -> NDArray[np.float64]:
    return np.array([row["weight"] for row in judged], dtype=np.float64)


def _audited(  # noqa: PLR0913, PLR0917  (a copy of the workspace, who was imported there, and what is asked of it)
    bench: Bench, datanet: BenchDatanet, rows: Sequence[Row], imported: Sequence[Row], other: Sequence[Row], seed: int
) -> NDArray[np.float64]:
    """The weights of `other` after 200 audits of the imported records, in a copy of the workspace.

    The records are drawn at random and decided as their true labels have it.
    """
    folder = bench.folder.with_name(f"{bench.folder.name}-{seed}")
    shutil.copytree(bench.folder, folder)
    try:
        there = replace(bench, folder=folder)
        drawn = random.Random(seed).sample(range(len(rows)), AUDITS)  # noqa: S311  (a reproducible draw, no secret)
        told = [
            {
                "record": imported[place]["record"],
                "decision": "accept" if rows[place]["label"] == rows[place]["truth"] else "reject",
                "reason": "audited",
                "drawn_with": AUDITS / len(rows),
            }
            for place in drawn
        ]
        file = there.write("audits.jsonl", told, list(told[0]))
        there.curate("decide", "--from", str(file), "--by", "auditor")
        there.curate("refresh", "-d", datanet.name)
        return _weights(replace(datanet, bench=there).checked(other, "newcomer"))
    finally:
        shutil.rmtree(folder)
