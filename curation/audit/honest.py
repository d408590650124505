"""What honest people lose: good records that were held back, and how much of their credit; by whom it falls on."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeAlias

import numpy as np

from curation.audit.asked import Asked
from curation.audit.drawn import MICRO, Drawn, drawn, mean_of, share_of
from curation.audit.figure import SHARE, Figure, Part, counted, named, percent, told
from curation.evidence.language import LETTERS_MIN, foreignness
from curation.finding import Floats

# The largest groups of each sort are told, and none of fewer records: of them nothing could be said.
GROUPS_MAX: Final = 10
GROUP_MIN: Final = 5
# The defaults of a card, for a datanet without a model.
_RAMP: Final = (500_000, 800_000)
_VOLUMES: Final = ((10, "under 10 records"), (100, "10 to 99 records"), (1000, "100 to 999 records"))

# For texts of which no language can be told, and rows of tables.
_UNTOLD: Final = "none told"

Group: TypeAlias = Callable[[Mapping[str, Any]], str]

METHOD: Final = (
    "Over records that random audits found good, each counted by its inverse probability (Horvitz and Thompson 1952). "
)


def _volume(row: Mapping[str, Any]) -> str:
    return next((name for below, name in _VOLUMES if row["volume"] < below), "1,000 records or more")


_GROUPS: Final[Mapping[str, Group]] = {
    "class": lambda row: named(row["label"]),
    "language": lambda row: str(row["language"]),
    "contributor is": lambda row: "a newcomer" if row["newcomer"] else "known",
    "volume": _volume,
}


def honest(asked: Asked) -> tuple[Figure, Figure]:
    """False alarms on good records, and the share of their credit that honest people lose."""
    audited = drawn(asked)
    found = audited.taken(audited.good)
    for row, language in zip(found.rows, _languages(found), strict=True):
        row["language"] = language
    return _false_alarms(found), _loss(asked, found)


def _false_alarms(found: Drawn) -> Figure:
    alarmed = np.array([row["engine"] != "accept" for row in found.rows], dtype=np.bool_)

    def share(places: np.ndarray) -> tuple[float, float, float]:
        return share_of(alarmed[places], found.counts[places])

    value, low, high = share(np.arange(len(found))) if len(found) else (None, None, None)
    return Figure(
        name="false-alarms",
        title="False alarms on good records",
        says=(
            f"{percent(value)} of good records were not accepted at once (between {percent(low)} and {percent(high)}), "
            f"by {counted(len(found), 'audit')}."
            if len(found)
            else "No random audit has found a good record yet."
        ),
        definition="Good records that the inspection rejected, held for review or left unchecked, of all good ones; a "
        "copy by what it would be if it were none. By class, language, newcomer (the first contribution to a datanet) "
        "and how many records its contributor gave it.",
        method=METHOD + "Clopper and Pearson (1934) at the effective size (Korn and Graubard 1998).",
        unit=SHARE,
        value=told(value),
        low=told(low),
        high=told(high),
        counted=len(found),
        by=("by", "of"),
        parts=tuple(_parts(found, share)),
    )


def _loss(asked: Asked, found: Drawn) -> Figure:
    lost = 1 - _credit(asked, found) * found.novelty

    def mean(places: np.ndarray) -> tuple[float, float, float]:
        return mean_of(lost[places], found.counts[places])

    value, low, high = mean(np.arange(len(found))) if len(found) else (None, None, None)
    return Figure(
        name="honest-loss",
        title="Credit that good records lose",
        says=(
            f"Good records lose {percent(value)} of their credit (between {percent(low)} and {percent(high)}), "
            f"by {counted(len(found), 'audit')}."
            if len(found)
            else "What good records lose no random audit can tell yet."
        ),
        definition="1 - m(weight)·novelty over good records, m the ramp of the card: the part of an accepted record's "
        "credit that doubt about it and likeness to earlier ones cost, before anybody decided about it.",
        method=METHOD + "Clopper and Pearson (1934) at the effective size (Korn and Graubard 1998), as of a share: "
        "a mean of values in 0..1 varies no more.",
        unit=SHARE,
        value=told(value),
        low=told(low),
        high=told(high),
        counted=len(found),
        by=("by", "of"),
        parts=tuple(_parts(found, mean)),
    )


def _credit(asked: Asked, found: Drawn) -> Floats:
    """m(w), (n,): the share of its credit that each record's weight leaves it."""
    terms = asked.treasury.terms_now
    ramps = [
        (terms[row["datanet"]].weight_low, terms[row["datanet"]].weight_high) if row["datanet"] in terms else _RAMP
        for row in found.rows
    ]
    low, high = (np.array(side, dtype=np.float64) / MICRO for side in zip(*ramps, strict=True)) if ramps else (0.0, 1.0)
    credit: Floats = np.clip((found.weight - low) / (high - low), 0.0, 1.0)
    return credit


def _parts(found: Drawn, figure: Callable[[np.ndarray], tuple[float, float, float]]) -> Iterator[Part]:
    for name, group in _GROUPS.items():
        places: dict[str, list[int]] = defaultdict(list)
        for place, row in enumerate(found.rows):
            places[group(row)].append(place)
        largest = sorted(places.items(), key=lambda item: (-len(item[1]), item[0]))[:GROUPS_MAX]
        for of, chosen in largest:
            if len(chosen) >= GROUP_MIN:
                value, low, high = figure(np.array(chosen))
                yield Part(of=(name, of), value=told(value), low=told(low), high=told(high), counted=len(chosen))


def _languages(found: Drawn) -> list[str]:
    """The likeliest language of each text; of rows of a table, and of what is too short, there is none to tell."""
    texts = [row["text"] or "" if row["has_text"] else "" for row in found.rows]
    is_told = [sum(map(str.isalpha, text)) >= LETTERS_MIN for text in texts]
    best = foreignness(texts, (_UNTOLD,))[1] if any(is_told) else (_UNTOLD,) * len(texts)
    return [language if known else _UNTOLD for language, known in zip(best, is_told, strict=True)]
