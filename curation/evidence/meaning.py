"""How nearly two texts say the same thing: their vectors' cosine, held to what a vector does not see.

Sentence vectors of this size hardly move with a number, a negation or the odd word; words do. Weights picked on
SemEval STS pairs (docs/benchmarks.md).
"""

from collections.abc import Sequence

import numpy as np

from curation.evidence.words import NEGATIONS, overlap
from curation.finding import Floats

WORDS_WEIGHT = 0.3
NUMBERS_WEIGHT = 0.1
NEGATION_WEIGHT = 0.1
NUMBERS_MAX = 2


def closeness(cosine: Floats, first: Sequence[frozenset[str]], second: Sequence[frozenset[str]]) -> Floats:
    """How close n pairs are in meaning, (n,), 1 for the same text: from cosines (n,) and the token sets of each pair.

    (cosine + .3 soft Jaccard − .1 when numbers differ, half for one alone − .1 when one side negates) / 1.3
    """
    found = np.zeros(len(cosine))
    for place, (one, other) in enumerate(zip(first, second, strict=True)):
        pair = overlap(one, other)
        unlike = pair.only_first | pair.only_second
        numbers = min(sum(token[0].isdigit() for token in unlike), NUMBERS_MAX) / NUMBERS_MAX
        negated = bool(NEGATIONS & one) != bool(NEGATIONS & other)
        found[place] = WORDS_WEIGHT * pair.similarity - NUMBERS_WEIGHT * numbers - NEGATION_WEIGHT * negated
    close: Floats = (cosine + found) / (1 + WORDS_WEIGHT)
    return close
