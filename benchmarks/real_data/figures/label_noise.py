"""Wrong labels that people made and people corrected, each test set against itself."""

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy.typing import NDArray

from benchmarks.real_data.bench import Bench, Row, plain_script
from benchmarks.real_data.figure import Figure, Sample, auroc_of, paired

FOLDS = 5


def measure(bench: Bench) -> Iterator[Figure]:
    rows = bench.rows("hint3")
    domains = sorted({row["domain"] for row in rows})
    chosen = [[row for row in rows if row["domain"] == name and row["split"] == "test"] for name in domains]
    ours = [_ours(bench, name, part) for name, part in zip(domains, chosen, strict=True)]
    script = [_script(part) for part in chosen]
    wrong = [np.array([row["is_error"] for row in part]) for part in chosen]
    group = np.concatenate([np.full(len(part), place) for place, part in enumerate(chosen)])
    mean = partial(_mean_auroc, group=group, wrong=np.concatenate(wrong))
    yield Figure(
        data="hint3",
        name="mean AUROC of `label-noise`, three test sets against themselves",
        **paired(
            len(group),
            lambda sample: mean(sample, score=np.concatenate(ours)),
            lambda sample: mean(sample, score=np.concatenate(script)),
            groups=group * 2 + np.concatenate(wrong),
        ),
        must="≥ .735",
        aim="≥ .76",
        note="script: cleanlab's self-confidence on cross-validated logistic regression, C = 10",
    )
    for name, one, other, is_wrong in zip(domains, ours, script, wrong, strict=True):
        yield Figure(
            data=f"hint3, {name}",
            name=f"AUROC of `label-noise`, {int(is_wrong.sum())} wrong of {len(is_wrong)}",
            **paired(
                len(is_wrong), auroc_of(-one, is_wrong), auroc_of(-other, is_wrong), groups=is_wrong.astype(np.int64)
            ),
        )


def _mean_auroc(
    sample: Sample, *, score: NDArray[np.float64], group: NDArray[np.int64], wrong: NDArray[np.bool_]
) -> float:
    areas = [auroc_of(-score, wrong)(sample[group[sample] == each]) for each in np.unique(group)]
    return float(np.mean(areas))


def _ours(bench: Bench, name: str, rows: list[Row]) -> NDArray[np.float64]:
    datanet = bench.datanet(f"hint3-{name}", "labelled-text", {"id": "id", "text": "text", "label": "label"})
    judged = datanet.imported([{**row, "label": row["given_label"]} for row in rows])
    return np.array([one["scores"]["label-noise"] for one in judged])


def _script(rows: list[Row]) -> NDArray[np.float64]:
    from cleanlab.rank import get_label_quality_scores  # noqa: PLC0415  (seconds of imports for one figure)
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415  (as above)
    from sklearn.model_selection import StratifiedKFold, cross_val_predict  # noqa: PLC0415  (as above)

    _, codes = np.unique([row["given_label"] for row in rows], return_inverse=True)
    vectors = plain_script().vectors([row["text"] for row in rows])
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    model = LogisticRegression(C=10, max_iter=500)
    probabilities = cross_val_predict(model, vectors, codes, cv=folds, method="predict_proba")
    return np.asarray(get_label_quality_scores(codes, probabilities), dtype=np.float64)
