"""Which language a text is in, offline; the only module that knows py3langid (its model is in the package)."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

import numpy as np

from curation.finding import Floats

# Below this many letters no identifier knows; the text says too little either way.
LETTERS_MIN = 12

# What the identifier calls a language of a card, where that is not just the card's own code. First the groups that it
# cannot tell apart (half of Indonesian reads as Malay, a third of Croatian as Bosnian), then those whose varieties have
# codes of their own, then single languages that a card may name by ISO 639-3.
_COVERED: Final = """
bs hr sr sh cnr: bs hr sr
id ms ind zsm: id ms
no: no nn
nb nob: no
nno: nn
ar: ar ary arz
zh: zh wuu yue
uz: uz uzs
ku: ku sdh
lv: lv ltg
gn: gug
arb: ar
cmn: zh
fil: tl
swh: sw
pes prs: fa
ekk: et
lvs: lv
npi: ne
khk: mn
azj: az
uzn: uz
plt: mg
pbu: ps
ki: kik
"""

# The identifier's name for what is no language at all: that is for `gibberish` to say.
_NO_LANGUAGE: Final = "zxx"

# `P(odds ≥ x) ≤ .2 / x` for honest texts of at least twelve letters. Measured (docs/checks/language.md): of 2,600
# paragraphs in 86 languages, whole and cut to 15 to 150 characters, at most .0013 have odds of 7 and none of 20; of
# 15,000 English texts the worst kind has .0097 above 7, .0037 above 20 and .0013 above 150.
_ODDS_SHARE: Final = 0.2
_P_MIN: Final = 0.001


@lru_cache(maxsize=1)
def _coverage() -> Mapping[str, tuple[str, ...]]:
    lines = [line.split(":") for line in _COVERED.strip().splitlines()]
    return {language: tuple(names.split()) for languages, names in lines for language in languages.split()}


@lru_cache(maxsize=1)
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415  (1 s to load its model)

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def prepare_identifier() -> None:
    """Loads the model, for whoever has a moment to spare before it is needed."""
    _identifier()


def covered(language: str) -> tuple[str, ...]:
    """The identifier's names for a language of a card; that language itself when it has no other."""
    return _coverage().get(language, (language,))


def foreignness(texts: Sequence[str], languages: Sequence[str]) -> tuple[Floats, tuple[str, ...]]:
    """How much likelier the best language is than the card's, (n,) log-odds ≥ 0, and the best language of each text.

    0 means that one of the card's languages is the likeliest; then it is told as the card writes it. Texts with fewer
    than 12 letters get 0.
    """
    identifier = _identifier()
    labels = np.array(identifier.nb_classes)
    wanted = np.isin(labels, np.array([name for language in languages for name in covered(language)]))
    is_language = labels != _NO_LANGUAGE
    told = [_as_the_card_says(str(label), languages) for label in labels]
    scores = np.zeros(len(texts))
    best: list[str] = []
    for row, text in enumerate(texts):
        if sum(map(str.isalpha, text)) < LETTERS_MIN:
            best.append(languages[0])
            continue
        shares = np.maximum(np.asarray(identifier._decide(text), dtype=np.float64), 1e-30)  # noqa: SLF001  (rank() builds a list of 140 pairs per text)
        likeliest = int(np.where(is_language, shares, 0.0).argmax())
        best.append(told[likeliest])
        ours = shares[wanted].max() if wanted.any() else 1e-30
        scores[row] = max(np.log(shares[likeliest]) - np.log(ours), 0.0)
    return scores, tuple(best)


def identifier_p(foreign: Floats, languages: Sequence[str]) -> Floats:
    """p-values of `foreignness` without a reference to rank it in, (n,): the share of honest texts that is so foreign.

    An upper bound, .2 over the odds and never below .001. 1 for all where a language of the card is none of the
    identifier's, since whatever it says of such a text is wrong.
    """
    if not {name for language in languages for name in covered(language)} <= set(_identifier().nb_classes):
        return np.ones(len(foreign))
    p: Floats = np.clip(_ODDS_SHARE * np.exp(-foreign), _P_MIN, 1.0)
    return np.where(foreign > 0, p, 1.0)


def _as_the_card_says(label: str, languages: Sequence[str]) -> str:
    if label in languages:
        return label
    return next((language for language in languages if label in covered(language)), label)
