"""How much of each class's labels is wrong, estimated by confident learning; the only module that knows cleanlab.

Northcutt, Jiang and Chuang, "Confident Learning" (2021).
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from curation.finding import Floats


def noise_by_class(codes: NDArray[np.int64], probabilities: Floats, classes: tuple[str, ...]) -> Mapping[str, float]:
    """The estimated share of wrong labels in each class, from out-of-sample probabilities (n, C) and codes (n,)."""
    from cleanlab.filter import find_label_issues  # noqa: PLC0415  (1.7 s, and only fitting a reference needs it)

    if len(classes) < 2 or len(set(codes.tolist())) < len(classes):
        return {}
    suspect = find_label_issues(codes, probabilities, filter_by="both", n_jobs=1)
    return {name: float(suspect[codes == code].mean()) for code, name in enumerate(classes)}


def label_quality(codes: NDArray[np.int64], probabilities: Floats) -> Floats:
    """The self-confidence of each given label, (n,), as cleanlab has it: what our label score must agree with."""
    from cleanlab.rank import get_label_quality_scores  # noqa: PLC0415  (as above)

    quality: Floats = get_label_quality_scores(codes, probabilities, method="self_confidence")
    return quality


def annotator_quality(labels: Floats, probabilities: Floats) -> Floats:
    """How far each of m people can be relied on, (m,) in 0..1, NaN where it cannot be told: CROWDLAB.

    `labels` (n, m) are the codes that each gave, NaN where none; every row and every column has one. `probabilities`
    (n, C) are a classifier's that was not fitted on these. Goh, Tkachenko and Mueller, "CROWDLAB" (2022).
    """
    from cleanlab.multiannotator import get_label_quality_multiannotator  # noqa: PLC0415  (as above)

    found = get_label_quality_multiannotator(labels, probabilities, return_detailed_quality=False, verbose=False)
    quality: Floats = found["annotator_stats"].sort_index()["annotator_quality"].to_numpy(dtype=float)
    return quality
