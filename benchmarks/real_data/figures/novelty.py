"""What honest people lose because others said alike things before them, and what lightly edited copies still earn.

The recipe: banking77 in a seeded order; the first records are imported, the next 1,000 are an honest newcomer's; the
copies are 1,000 imported records, drawn with a seed, each with one to three single edits (a typo, a word moved, a
synonym, a word dropped, a filler put in). A copy that is held for a curator has not escaped; how many honest records
are held likewise stands beside what novelty takes.
With 1,600 earlier records the script loses the .37 that the figure to beat speaks of; 10,000 show how it grows.
"""

from collections.abc import Iterator, Sequence
from random import Random

import numpy as np
from numpy.typing import NDArray

from benchmarks.real_data.bench import SEED, Bench, Row, found, plain_script, shuffled
from benchmarks.real_data.edits import synonyms, typos, word_order
from benchmarks.real_data.figure import Figure, bootstrap, mean_of, paired

SIZES = (1_600, 10_000)
COUNT = 1_000
LOW, HIGH = 0.80, 0.95
FILLERS = ("please", "just", "now", "really", "also", "kindly", "then", "so")
COPYING = ("exact-duplicate", "near-duplicate", "slot-variation", "mass-copying")
SCRIPT = "script: cosine ramp .80–.95"


def measure(bench: Bench) -> Iterator[Figure]:
    rows = shuffled(bench.rows("banking77"))
    for size in SIZES:
        yield from _at(bench, rows[:size], rows[size : size + COUNT])


def _at(bench: Bench, earlier: list[Row], honest: list[Row]) -> Iterator[Figure]:
    chance = Random(SEED)  # noqa: S311  (a reproducible draw, no secret)
    copies = [{**row, "text": edited(row["text"], chance)} for row in chance.sample(earlier, COUNT)]
    datanet = bench.datanet(f"banking-{len(earlier)}", "labelled-text", {"text": "text", "label": "label"})
    datanet.imported(earlier)
    theirs = datanet.checked(honest)
    copied = datanet.checked(copies)
    lost = 1 - np.array([row["novelty"] for row in theirs])
    held = _held(theirs)
    escaping = np.where(_held(copied), 0.0, [row["novelty"] for row in copied])
    honest_plain, copies_plain = (_plain(earlier, part) for part in (honest, copies))
    first = len(earlier) == SIZES[0]
    yield Figure(
        data=f"banking77, {len(earlier):,} earlier",
        name="honest credit lost to novelty",
        **paired(COUNT, mean_of(lost), mean_of(1 - honest_plain)),
        must="≤ .07" if first else "",
        aim="≤ .05" if first else "",
        note=SCRIPT,
    )
    yield Figure(
        data=f"banking77, {len(earlier):,} earlier",
        name="honest records held as a copying pattern",
        ours=bootstrap(COUNT, mean_of(held)),
    )
    yield Figure(
        data=f"banking77, {len(earlier):,} earlier",
        name="credit of light copies that escapes",
        **paired(COUNT, mean_of(escaping), mean_of(copies_plain)),
        must="≤ .14" if first else "",
        aim="≤ .05" if first else "",
        note=SCRIPT,
    )


def edited(text: str, chance: Random) -> str:
    """One to three single edits."""
    for _ in range(chance.randint(1, 3)):
        text = chance.choice((_misspelt, _moved, _reworded, _dropped, _filled))(text, chance)
    return text


def _misspelt(text: str, chance: Random) -> str:
    return typos(text, 1, chance) or text


def _moved(text: str, chance: Random) -> str:
    return word_order(text, 1, chance) or text


def _reworded(text: str, chance: Random) -> str:
    return synonyms(text, 1, chance) or _filled(text, chance)


def _dropped(text: str, chance: Random) -> str:
    words = text.split()
    if len(words) > 3:
        del words[chance.randrange(len(words))]
    return " ".join(words)


def _filled(text: str, chance: Random) -> str:
    words = text.split()
    words.insert(chance.randrange(len(words) + 1), chance.choice(FILLERS))
    return " ".join(words)


def _held(judged: Sequence[Row]) -> NDArray[np.bool_]:
    return np.array(
        [any(finding["severity"] in ("hold", "critical") for finding in found(row, *COPYING)) for row in judged]
    )


def _plain(earlier: Sequence[Row], new: Sequence[Row]) -> NDArray[np.float64]:
    known, wanted = (plain_script().vectors([row["text"] for row in part]) for part in (earlier, new))
    novelty: NDArray[np.float64] = np.clip((HIGH - (wanted @ known.T).max(axis=1)) / (HIGH - LOW), 0, 1)
    return novelty
