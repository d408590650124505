"""Which language a text is in, offline; the only module that knows py3langid (its model is in the package)."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from curation.finding import Floats

# Below this many letters no identifier knows; the text says too little either way.
LETTERS_MIN = 12


@lru_cache(maxsize=1)
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415  (1 s to load its model)

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def prepare_identifier() -> None:
    """Loads the model, for whoever has a moment to spare before it is needed."""
    _identifier()


def foreignness(texts: Sequence[str], languages: Sequence[str]) -> tuple[Floats, tuple[str, ...]]:
    """How much likelier the best language is than the card's, (n,) log-odds ≥ 0, and the best language of each text.

    0 means that one of the card's languages is the likeliest. Texts with fewer than 12 letters get 0.
    """
    identifier = _identifier()
    labels = np.array(identifier.nb_classes)
    wanted = np.isin(labels, np.array(languages))
    scores = np.zeros(len(texts))
    best: list[str] = []
    for row, text in enumerate(texts):
        if sum(map(str.isalpha, text)) < LETTERS_MIN:
            best.append(languages[0])
            continue
        shares = np.maximum(np.asarray(identifier._decide(text), dtype=np.float64), 1e-30)  # noqa: SLF001  (rank() builds a list of 140 pairs per text)
        best.append(str(labels[shares.argmax()]))
        ours = shares[wanted].max() if wanted.any() else 1e-30
        scores[row] = np.log(shares.max()) - np.log(ours)
    return scores, tuple(best)
