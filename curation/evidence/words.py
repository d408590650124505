"""Words: canonical text in which disguises fall away, its tokens, and how alike two token sets are.

Vectors and sketches only propose that two texts are the same; words decide.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

# One edit in a short word makes another word ("now", "not"), in a long one it is usually a typo.
SOFT_LETTERS_MIN = 4

# People inflect a word or two; who adds a syllable to three words and more disguises a text.
AFFIX_MAX = 4
DECORATED_MIN = 3

# How many other words may stand between those of one piece, which in a piece of fewer than eight words is too often
# chance, and how many places are tried.
GAP_MAX = 3
GAP_TOKENS_MIN = 8
STARTS_MAX = 64

_TOKEN = re.compile(r"\d+(?:[.,:/]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*")
_ORDINAL = re.compile(r"[ivx]+[a-h]?")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
_SEEN_ASCII = re.compile(r"[\t\n\v\f\r\x20-\x7e]*")
_IGNORED_CATEGORIES = {"Cf", "Cc"}
_KEPT_CONTROLS = "\t\n\r\v\f"
_MARK_CATEGORIES = {"Mn", "Me"}
# What a reader never sees: Default_Ignorable_Code_Point (Unicode 16, DerivedCoreProperties.txt), and the empty Braille
# cell. Many are letters or marks by category, so categories alone do not find them.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
# Accents fall away wherever they stand.
_IGNORED_MARKS = re.compile(r"[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]")
# Latin, Greek and Cyrillic letters, which no mark belongs to once accents are gone.
_MARKLESS = re.compile(
    r"[A-Za-z\u00aa\u00ba\u00c0-\u02af\u0370-\u052f\u1c80-\u1c8f\u1d00-\u1dbf\u1e00-\u1fff"
    r"\u2c60-\u2c7f\u2de0-\u2dff\ua640-\ua69f\ua720-\ua7ff\uab30-\uab6f]"
)

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
    if _SEEN_ASCII.fullmatch(text):
        return " ".join(text.casefold().split())
    # Look-alikes first: composing makes of some another letter that no longer looks alike (lunate sigma, a "c").
    decomposed = unicodedata.normalize("NFKD", _UNSEEN.sub("", text).translate(_look_alikes()))
    # The iota below is a mark as others are, but folding its case would make a letter of it.
    composed = unicodedata.normalize("NFKC", decomposed.replace("\u0345", ""))
    folded = composed.translate(_look_alikes()).casefold().translate(_look_alikes())
    plain = unicodedata.normalize("NFKC", _seen(unicodedata.normalize("NFKD", folded)))
    return " ".join(plain.translate(_look_alikes()).casefold().split())


def _seen(decomposed: str) -> str:
    """The text without what nobody sees and without marks that are not part of the letter they stand on.

    The vowel signs of Indic scripts are letters in all but name and stay; on a Latin, Greek or Cyrillic letter, or on
    none, a mark of any script is only there to make an old word new.
    """
    kept: list[str] = []
    bears_marks = False
    for char in _IGNORED_MARKS.sub("", _UNSEEN.sub("", decomposed)):
        category = unicodedata.category(char)
        if category in _IGNORED_CATEGORIES and char not in _KEPT_CONTROLS:
            continue
        if category not in _MARK_CATEGORIES:
            bears_marks = category[0] in "LM" and not _MARKLESS.match(char)
        elif not bears_marks:
            continue
        kept.append(char)
    return "".join(kept)


def accents_of(text: str) -> list[str]:
    """The accents of a text in order, which its canonical text is without: they may be a disguise or another word."""
    if text.isascii():
        return []
    return _IGNORED_MARKS.findall(unicodedata.normalize("NFD", text))


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
    """How two token sets meet: `similarity` is the soft Jaccard.

    `contained` is the share of the second in the first, `within` the share of the first in the second.
    """

    similarity: float
    contained: float
    within: float
    only_first: frozenset[str]
    only_second: frozenset[str]


def overlap(first: frozenset[str], second: frozenset[str]) -> Overlap:
    """Soft token Jaccard: tokens match when equal, or one edit apart when both are words of four letters or more."""
    if not first and not second:
        return Overlap(1.0, 1.0, 1.0, frozenset(), frozenset())
    common = len(first & second)
    left, right = set(first - second), set(second - first)
    decorated = _decorated(left, right)
    for token, twin in (*_typos(left, right), *(decorated if len(decorated) >= DECORATED_MIN else ())):
        if token in left and twin in right:
            left.discard(token)
            right.discard(twin)
            common += 1
    union = common + len(left) + len(right)
    contained, within = (common / len(tokens) if tokens else 0.0 for tokens in (second, first))
    return Overlap(common / union, contained, within, frozenset(left), frozenset(right))


def share_in_one_piece(piece: Sequence[str], text: Sequence[str]) -> float:
    """The share of the tokens of `piece` that stand in `text` in order and close together, typos aside.

    Close together: no more than `GAP_MAX` other words among them, and none in a piece of fewer than eight tokens.
    """
    if not piece:
        return 0.0
    twins = dict(_typos(set(text) - set(piece), set(piece) - set(text)))
    told = [twins.get(token, token) for token in text]
    length = len(piece) + (GAP_MAX if len(piece) >= GAP_TOKENS_MIN else 0)
    found = 0
    # At most one of few tokens may be missing, so one of the first two begins it; repeating it does not cost more time.
    for start in [place for place, token in enumerate(told) if token in piece[:2]][:STARTS_MAX]:
        window = told[start : start + length]
        found = max(found, _in_order(piece, window))
    return found / len(piece)


def _in_order(piece: Sequence[str], window: Sequence[str]) -> int:
    place = count = 0
    for token in piece:
        if token in window[place:]:
            place = window.index(token, place) + 1
            count += 1
    return count


def _is_soft(token: str) -> bool:
    """Whether one edit leaves a token the same word. In "type IIIb" it does not: the letters count."""
    return len(token) >= SOFT_LETTERS_MIN and token.isalpha() and not _ORDINAL.fullmatch(token)


def _decorated(left: Iterable[str], right: Iterable[str]) -> list[tuple[str, str]]:
    """Pairs of which one is the other with a few letters before or behind it, as "sliply" is "slip"."""
    pairs = [(token, twin) for token in sorted(left) for twin in _stems(token) if twin in right]
    pairs += [(token, twin) for twin in sorted(right) for token in _stems(twin) if token in left]
    return pairs


def _stems(token: str) -> list[str]:
    """What a token is without one to four letters at either end, where a word of four letters or more is left."""
    if not _is_soft(token):
        return []
    cuts = range(1, min(AFFIX_MAX, len(token) - SOFT_LETTERS_MIN) + 1)
    return [stem for cut in cuts for stem in (token[:-cut], token[cut:])]


def letters_of(canonical: str) -> str:
    """The letters and digits of a text alone, in order: dividing its words changes nothing of them."""
    return "".join(filter(str.isalnum, canonical))


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
    if not _is_soft(token):
        return ()
    return (token, *(token[:place] + token[place + 1 :] for place in range(len(token))))
