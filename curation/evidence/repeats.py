"""Which earlier record of a sort a subject is most alike to, and what it says in that record's place."""

from collections.abc import Callable

from curation.datanet.card import Datanet
from curation.evidence.evidence import Evidence
from curation.evidence.matches import Match
from curation.evidence.told_words import told_words

# From which similarity on two records are alike, and one repeats the other, whatever a card's novelty ramp says: who
# asks for the very same words before novelty falls does not thereby allow series and forgeries.
ALIKE_MIN = 0.6
REPEAT_MIN = 0.8


def alike_min(datanet: Datanet) -> float:
    """From which similarity on two records are alike: no later than novelty begins to fall."""
    return min(datanet.policy.novelty_ramp[0], ALIKE_MIN)


def repeat_min(datanet: Datanet) -> float:
    """From which similarity on one record repeats the other: no later than nothing of it is new."""
    return min(datanet.policy.novelty_ramp[1], REPEAT_MIN)


def closest_matches(evidence: Evidence, counts: Callable[[int, Match], bool]) -> dict[int, Match]:
    """By place each subject's most similar match that counts, the first of equals; `counts(place, match)` says which.

    Subjects without one are left out.
    """
    closest: dict[int, Match] = {}
    for place, matches in enumerate(evidence.matches):
        counting = [match for match in matches if counts(place, match)]
        if counting:
            closest[place] = max(counting, key=lambda match: match.similarity)
    return closest


def is_own(evidence: Evidence, place: int, match: Match) -> bool:
    """Whether a subject and the record that it is alike to are one contributor's."""
    return evidence.others.contributors[match.row] == evidence.subjects.contributors[place]


def exchange(evidence: Evidence, place: int, match: Match) -> str:
    """What a subject says in place of what its match says, fit to show."""
    removed = told_words(match.removed, evidence.others.texts[match.row])
    added = told_words(match.added, evidence.subjects.texts[place])
    return f"with {removed!r} exchanged for {added!r}"
