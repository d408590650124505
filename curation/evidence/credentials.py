"""Keys, tokens and passwords in a text, by the shapes their issuers gave them so that they can be found.

Shapes as published by the issuers for secret scanning; an assignment to a word such as `api_key` counts when its value
looks drawn at random, and so does a long word by itself that only a generator of keys would write.
"""

import itertools
import math
from collections import Counter
from collections.abc import Iterator
from typing import Final

from curation.evidence.patterns import compiled

_SHAPES: Final = compiled(
    r"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----[A-Za-z0-9+/=\s\\]*"
    r"(?:-----END [A-Z0-9 ]+-----)?|"
    r"\b(?:AKIA|ASIA)[A-Z2-7]{16}\b|"
    r"\bgh[pousr]_[A-Za-z0-9]{36,}\b|"
    r"\bgithub_pat_[A-Za-z0-9_]{40,}\b|"
    r"\bglpat-[A-Za-z0-9_\-]{20,}|"
    r"\bxox[abeoprs]-[A-Za-z0-9\-]{10,}|"
    r"\beyJ[A-Za-z0-9_\-]{8,}\.eyJ[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{10,}|"
    r"\bAIza[A-Za-z0-9_\-]{35}|"
    r"\b(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,}\b|"
    r"\bsk-(?:proj-|ant-)?[A-Za-z0-9_\-]{20,}|"
    r"\bnpm_[A-Za-z0-9]{36}\b|"
    r"\bhf_[A-Za-z]{30,}\b|"
    r"\bpypi-AgEIcHlwaS[A-Za-z0-9_\-]{50,}"
)
_ASSIGNED: Final = compiled(
    r"(?i)\b(?:[a-z0-9]+[_-])?(?:api[_ -]?key|access[_ -]?key|private[_ -]?key|secret(?:[_ -]?key)?|client[_ -]?secret|"
    r"auth[_ -]?token|access[_ -]?token|token|password|passwd|pwd)[\"']?(?:\s*[:=]=?\s*|\s+is\s+)"
    r"[\"']?[A-Za-z0-9+/_.~!@#$%^&*\-]{8,256}"
)
_VALUE_CHARACTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/_.~!@#$%^&*-")
# A key by itself: as long as keys are. What is longer is data, what has one case only a digest, what is divided a path.
_ALONE: Final = compiled(r"[A-Za-z0-9+/_\-]{32,}={0,2}")
_ALONE_MAX: Final = 128
_ALONE_BITS_MIN: Final = 4.2
_ALONE_PIECE_MIN: Final = 12
_ALONE_TURNS_MIN: Final = 0.4
_DIVIDERS: Final = str.maketrans("/_-", "   ")

_BITS_MIN: Final = 3.0
_LENGTH_MIN: Final = 12


def secret_spans(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of every secret; of an assignment only the value. May overlap."""
    yield from _keys_alone(text)
    if not any(mark in text for mark in ("-", "_", "=", ":", "AKIA", "ASIA", "AIza", " is ", "eyJ")):
        return
    yield from _SHAPES.spans(text)
    for start, end in _ASSIGNED.spans(text):
        first = end
        while first > start and text[first - 1] in _VALUE_CHARACTERS:
            first -= 1
        value = text[first:end].rstrip(".,!")
        if looks_random(value):
            yield first, first + len(value)


def _keys_alone(text: str) -> Iterator[tuple[int, int]]:
    for start, end in _ALONE.spans(text):
        # Part of an address is no key, however it looks.
        if end - start > _ALONE_MAX or text[start - 1 : start] in (".", ":", "@", "?", "&", "#", "%", "=", "/"):
            continue
        word = text[start:end]
        longest = max(word.translate(_DIVIDERS).split(), key=len, default="")
        if len(longest) >= _ALONE_PIECE_MIN and _is_shuffled(longest) and _bits(word) >= _ALONE_BITS_MIN:
            yield start, end


def _is_shuffled(word: str) -> bool:
    """Whether capitals, small letters and digits take turns, as they do when each character is drawn by itself."""
    kinds = ["A" if sign.isupper() else "a" if sign.islower() else "0" for sign in word]
    turns = sum(first != second for first, second in itertools.pairwise(kinds))
    return len(set(kinds)) == 3 and turns >= _ALONE_TURNS_MIN * len(word)


def looks_random(value: str) -> bool:
    """Whether a word has letters and digits, is long, and its characters have at least three bits of entropy each."""
    if len(value) < _LENGTH_MIN or not any(c.isdigit() for c in value) or not any(c.isalpha() for c in value):
        return False
    return _bits(value) >= _BITS_MIN


def _bits(value: str) -> float:
    """Entropy of a word's characters, each."""
    counts = Counter(value).values()
    return -sum(n / len(value) * math.log2(n / len(value)) for n in counts)
