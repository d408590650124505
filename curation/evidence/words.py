"""Words: canonical text in which disguises fall away, its tokens, and how alike two token sets are.

Vectors and sketches only propose that two texts are the same; words decide (DESIGN.md, section 4).
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

# One edit in a short word makes another word ("now", "not"), in a long one it is usually a typo.
SOFT_LETTERS_MIN = 4

_TOKEN = re.compile(r"\d+(?:[.,:/]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
_IGNORED_CATEGORIES = {"Cf", "Cc"}
_KEPT_CONTROLS = "\t\n\r\v\f"
# Accents and variation selectors fall away; the vowel signs of Indic scripts are letters in all but name and stay.
_IGNORED_MARKS = re.compile(r"[\u0300-\u036f\u1ab0-\u1aff\u20d0-\u20ff\ufe00-\ufe0f]")

_NEGATIONS = """
not no never none without nor cannot nobody nothing neither dont doesnt didnt isnt arent wasnt werent cant couldnt wont
wouldnt shouldnt hasnt havent hadnt aint non
"""
_UNITS = """
mg g kg μg mcg ml l dl cl mm cm m km ha acre acres lb lbs oz ft inch inches mmhg mmol bpm hour hours day days week weeks
month months year years minute minutes percent usd eur gbp ngn inr pkr kes dollar dollars euro euros pound pounds naira
rupee rupees t ton tons tonne tonnes kcal iu
"""
NEGATIONS = frozenset(_NEGATIONS.split())
UNITS = frozenset(_UNITS.split())


@lru_cache(maxsize=1)
def _look_alikes() -> dict[int, str]:
    """Non-ASCII characters that a reader takes for an ASCII letter (Unicode TR 39, through the kept library)."""
    from confusable_homoglyphs.confusables import confusables_data  # noqa: PLC0415  (150 ms; only where text is read)

    table: dict[int, str] = {}
    for char, look_alikes in confusables_data.items():
        plain = [entry["c"] for entry in look_alikes if len(entry["c"]) == 1 and entry["c"].isascii()]
        if len(char) == 1 and not char.isascii() and plain and plain[0].isalpha():
            # The list knows I, l and 1 as one shape, the l; a capital of that shape is read as an I.
            table[ord(char)] = "i" if plain[0] == "l" and char.isupper() else plain[0].lower()
    return table


def canonical_text(text: str) -> str:
    """The text without its disguises: NFKC, folded case, no zero-width, bidi or combining marks, look-alikes plain.

    Two texts that a reader cannot tell apart have one canonical text. Only for comparing, never shown.
    """
    if text.isascii():
        return " ".join(text.casefold().split())
    # Look-alikes first: composing makes of some another letter that no longer looks alike (lunate sigma, a "c").
    composed = unicodedata.normalize("NFKC", text.translate(_look_alikes()))
    decomposed = unicodedata.normalize("NFKD", composed.translate(_look_alikes()).casefold())
    kept = "".join(
        char for char in decomposed if char in _KEPT_CONTROLS or unicodedata.category(char) not in _IGNORED_CATEGORIES
    )
    plain = unicodedata.normalize("NFKC", _IGNORED_MARKS.sub("", kept))
    return " ".join(plain.translate(_look_alikes()).casefold().split())


def tokens_of(canonical: str) -> tuple[str, ...]:
    """Words and numbers in order; scripts written without spaces give pairs of characters."""
    found: list[str] = []
    for match in _TOKEN.finditer(canonical):
        token = match.group().replace("'", "").replace("’", "")
        if _UNSPACED.search(token) and len(token) > 1:
            found.extend(token[place : place + 2] for place in range(len(token) - 1))
        else:
            found.append(token)
    return tuple(found)


@dataclass(frozen=True)
class Overlap:
    """How two token sets meet: `similarity` is the soft Jaccard, `contained` the share of the second in the first."""

    similarity: float
    contained: float
    only_first: frozenset[str]
    only_second: frozenset[str]


def overlap(first: frozenset[str], second: frozenset[str]) -> Overlap:
    """Soft token Jaccard: tokens match when equal, or one edit apart when both are words of four letters or more."""
    if not first and not second:
        return Overlap(1.0, 1.0, frozenset(), frozenset())
    common = len(first & second)
    left, right = set(first - second), set(second - first)
    for token, twin in _typos(left, right):
        left.discard(token)
        right.discard(twin)
        common += 1
    union = common + len(left) + len(right)
    return Overlap(common / union, common / len(second) if second else 0.0, frozenset(left), frozenset(right))


def _typos(left: Iterable[str], right: Iterable[str]) -> list[tuple[str, str]]:
    """Pairs one edit apart (two letters swapped are one), each token in one pair at most.

    Two words one edit apart share a one-letter deletion, so only those are compared and time is linear.
    """
    shapes: dict[str, list[str]] = {}
    for twin in sorted(right):
        for shape in _deletions(twin):
            shapes.setdefault(shape, []).append(twin)
    taken: set[str] = set()
    pairs: list[tuple[str, str]] = []
    for token in sorted(left):
        candidates = {twin for shape in _deletions(token) for twin in shapes.get(shape, ())} - taken
        for twin in sorted(candidates):
            if OSA.distance(token, twin, score_cutoff=1) <= 1:
                taken.add(twin)
                pairs.append((token, twin))
                break
    return pairs


@lru_cache(maxsize=200_000)
def _deletions(token: str) -> tuple[str, ...]:
    if len(token) < SOFT_LETTERS_MIN or not token.isalpha():
        return ()
    return (token, *(token[:place] + token[place + 1 :] for place in range(len(token))))
