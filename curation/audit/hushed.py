"""Figures without what records say: labels that no card names are people's own words."""

from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Final

from curation.audit.figure import Figure

# The breakdowns whose second name is a label.
LABELS: Final = frozenset({"label", "class"})
HUSHED: Final = "(not public)"


def hushed(figure: Figure, public: AbstractSet[str]) -> Figure:
    """The figure with each label that is not among the `public` ones replaced; its numbers stay as they are."""
    if figure.by != ("by", "of"):
        return figure
    parts = tuple(
        replace(part, of=(part.of[0], HUSHED))
        if part.of[0] in LABELS and part.of[1] and part.of[1] not in public
        else part
        for part in figure.parts
    )
    return replace(figure, parts=parts)
