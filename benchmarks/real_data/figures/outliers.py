"""Questions that belong to no class of the datanet, among questions that do."""

from collections.abc import Iterator

import numpy as np

from benchmarks.real_data.bench import Bench, plain_script
from benchmarks.real_data.figure import Figure, auroc_of, paired


def measure(bench: Bench) -> Iterator[Figure]:
    rows = bench.rows("clinc150_oos")
    train = [row for row in rows if row["split"] == "train" and not row["is_oos"]]
    test = [row for row in rows if row["split"] in ("test", "oos_test")]
    is_odd = np.array([row["is_oos"] for row in test])
    datanet = bench.datanet("clinc", "labelled-text", {"text": "text", "label": "label"})
    datanet.imported(train)
    # Out-of-scope questions have no label of the datanet; what is measured looks at no label.
    judged = datanet.checked([{**row, "label": train[0]["label"]} for row in test])
    ours = np.array([-one["scores"]["outlier"] for one in judged])
    script = plain_script()
    known, new = (script.vectors([row["text"] for row in part]) for part in (train, test))
    distance = 1 - np.sort(new @ known.T, axis=1)[:, -10:].mean(axis=1)
    yield Figure(
        data="clinc150_oos",
        name="AUROC of `outlier`, test in scope against out of scope",
        **paired(len(test), auroc_of(ours, is_odd), auroc_of(distance, is_odd)),
        must="≥ .975",
        aim="≥ .985",
        note="script: mean distance to ten neighbours",
    )
