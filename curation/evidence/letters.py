"""How little order the letters of a text are in: whether the reference's pairs and triples help to foretell them.

In any language the two letters before foretell the next better than how common it is; in keys pressed at random,
shuffled words or encoded bytes they mislead. So a text is measured by what triples lose against single letters, in nats
a character: rare words and names cost both alike, and no script is at a disadvantage. Counts are interpolated
(Dirichlet smoothing: MacKay and Peto, "A hierarchical Dirichlet language model", 1995). A member of the reference is
judged without its own.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from curation.finding import Floats

Counts: TypeAlias = NDArray[np.uint32]
Places: TypeAlias = NDArray[np.int64]

# What is counted at each character: itself, the one before, both, the two before, all three. One array holds all five
# tables, each addressed by hash: 1.6 MB, of which an English reference fills a tenth.
_SIZES: Final = (1 << 13, 1 << 13, 1 << 16, 1 << 16, 1 << 18)
_STARTS: Final = np.cumsum((0, *_SIZES))
TABLE_SIZE: Final = int(_STARTS[-1])
_MIXERS: Final = (0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D)

# How many signs are thought possible, and how many sightings the shorter context is worth.
_SIGNS: Final = 1000.0
_PAIR_WORTH: Final = 5.0
_TRIPLE_WORTH: Final = 5.0

# A word or two is in no order yet.
CHARACTERS_MIN: Final = 12

_BLOCK_CHARACTERS: Final = 100_000

# The last bits of a sum differ between machines; two texts that say the same must have the same rank.
_DECIMALS: Final = 6

# A knot is a median and a quantile of so many texts of about one length.
_MEMBERS_A_KNOT: Final = 100
_KNOTS_MAX: Final = 12
_SPREAD_MIN: Final = 0.01

_DIGITS: Final = re.compile(r"\d")
_SPACES: Final = re.compile(r"\s+")


@dataclass(frozen=True, kw_only=True)
class Letters:
    """The model of a reference of m texts, and how strange each of them is beside all others.

    `counts` (TABLE_SIZE,) are the five tables; `usual` (3, knots) the logarithm of a length, the median disorder of
    texts about so long, and its spread upwards; `members` (m,) their strangeness.
    """

    counts: Counts
    usual: Floats
    members: Floats

    def strangeness(self, texts: Sequence[str], own: NDArray[np.int64]) -> Floats:
        """How many spreads less ordered each text is than is usual of its length, (n,); 0 below 12 characters.

        `own` (n,) is the text's row among the members, or −1.
        """
        new = np.flatnonzero(own < 0)
        strange = np.zeros(len(texts))
        strange[own >= 0] = self.members[own[own >= 0]]
        strange[new] = _in_spreads(*_disorder(self.counts, [texts[row] for row in new.tolist()]), self.usual)
        return strange


def fit_letters(texts: Sequence[str]) -> Letters:
    """The model of these texts."""
    counts = np.zeros(TABLE_SIZE, dtype=np.uint32)
    for _, _, places in _blocks(texts):
        counts += np.bincount(places.ravel(), minlength=TABLE_SIZE).astype(np.uint32)
    disorder, length = _disorder(counts, texts, leave_out=True)
    told = length >= CHARACTERS_MIN
    usual = _usual(disorder[told], length[told])
    return Letters(counts=counts, usual=usual, members=_in_spreads(disorder, length, usual))


def _usual(disorder: Floats, length: Floats) -> Floats:
    """Median and upward spread of disorder by length, (3, knots): short texts vary more, and are of another kind."""
    if not len(length):
        return np.array([[0.0], [0.0], [1.0]])
    knots = int(np.clip(len(length) // _MEMBERS_A_KNOT, 1, _KNOTS_MAX))
    parts = np.array_split(np.argsort(length, kind="stable"), knots)
    at = [np.log(length[rows]).mean() for rows in parts]
    middle = [np.median(disorder[rows]) for rows in parts]
    # Nine of ten lie below the median and 1.28 spreads, if it were a normal distribution.
    spread = [(np.quantile(disorder[rows], 0.9) - np.median(disorder[rows])) / 1.2816 for rows in parts]
    return np.array([at, middle, np.maximum(spread, _SPREAD_MIN)], dtype=np.float64)


def _in_spreads(disorder: Floats, length: Floats, usual: Floats) -> Floats:
    at = np.log(np.maximum(length, 1))
    knots, middles, spreads = usual
    # Of texts shorter than any seen the mean varies as means do: by the root of how few characters it has.
    spread = np.interp(at, knots, spreads) * np.exp(np.maximum(knots[0] - at, 0.0) / 2)
    strange: Floats = (disorder - np.interp(at, knots, middles)) / spread
    strange[length < CHARACTERS_MIN] = 0.0
    return np.round(strange, _DECIMALS)


def _disorder(counts: Counts, texts: Sequence[str], *, leave_out: bool = False) -> tuple[Floats, Floats]:
    """Mean loss a character and number of characters of each text, each (n,); `leave_out` its own counts."""
    total, length = np.zeros(len(texts)), np.zeros(len(texts))
    signs = float(counts[: _SIZES[0]].sum(dtype=np.int64))
    for rows, owner, places in _blocks(texts):
        size = np.bincount(owner, minlength=len(texts[rows])).astype(np.float64)
        seen = counts[places].astype(np.float64)
        if leave_out:
            seen -= _own_counts(owner, places)
        single, before, pair, two_before, triple = seen
        alone = (single + 1.0) / (signs - (size[owner] if leave_out else 0.0) + _SIGNS)
        share = (pair + _PAIR_WORTH * alone) / (before + _PAIR_WORTH)
        share = (triple + _TRIPLE_WORTH * share) / (two_before + _TRIPLE_WORTH)
        # Summed one after another for each text, so that a text's sum does not depend on its company.
        total[rows] = np.bincount(owner, weights=np.log(alone / share), minlength=len(size))
        length[rows] = size
    return total / np.maximum(length, 1), length


def _own_counts(owner: Places, places: Places) -> Floats:
    """How often each place occurs in its own text, (5, characters)."""
    _, inverse, times = np.unique(owner * TABLE_SIZE + places, return_inverse=True, return_counts=True)
    own: Floats = times[inverse].reshape(places.shape).astype(np.float64)
    return own


def _blocks(texts: Sequence[str]) -> Iterator[tuple[slice, Places, Places]]:
    """Blocks of whole texts: their rows, each character's text within the block, its five places (5, characters)."""
    first = 0
    while first < len(texts):
        codes: list[NDArray[np.int64]] = []
        held = 0
        while first + len(codes) < len(texts) and held < _BLOCK_CHARACTERS:
            codes.append(_codes(texts[first + len(codes)]))
            held += len(codes[-1])
        owner = np.repeat(np.arange(len(codes)), [max(len(one) - 2, 0) for one in codes])
        places = [_places(one) for one in codes]
        yield slice(first, first + len(codes)), owner, np.concatenate(places, axis=1)
        first += len(codes)


def _codes(text: str) -> NDArray[np.int64]:
    """The code points of a text after two spaces; case, kind of white space and what number it is play no part."""
    plain = _SPACES.sub(" ", _DIGITS.sub("0", text.casefold())).strip()
    return np.frombuffer(f"  {plain}".encode("utf-32-le", "replace"), dtype=np.uint32).astype(np.int64)


def _places(codes: NDArray[np.int64]) -> Places:
    two_before, before, here = codes[:-2], codes[1:-1], codes[2:]
    one, two, three = _MIXERS
    hashes = (
        here * one,
        before * one,
        here * one + before * two,
        before * one + two_before * two,
        here * one + before * two + two_before * three,
    )
    return np.stack(
        [
            # The upper bits of a product depend on all bits of its factors.
            start + (((value * one) & 0xFFFFFFFF) * size >> 32)
            for value, size, start in zip(hashes, _SIZES, _STARTS.tolist(), strict=False)
        ]
    )
