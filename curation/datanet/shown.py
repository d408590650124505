"""Text from outside, made fit to show: nothing invisible, nothing a terminal or a log would obey."""

import re
import unicodedata

_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
# Letters, marks and symbols that nobody sees: what of Default_Ignorable_Code_Point (Unicode, DerivedCoreProperties) is
# of no category above, the blank Braille pattern and the musical null notehead.
_BLANK = frozenset(
    chr(number)
    for first, last in (
        (0x034F, 0x034F),
        (0x115F, 0x1160),
        (0x17B4, 0x17B5),
        (0x180B, 0x180F),
        (0x2800, 0x2800),
        (0x3164, 0x3164),
        (0xFE00, 0xFE0F),
        (0xFFA0, 0xFFA0),
        (0x1D159, 0x1D159),
        (0xE0100, 0xE01EF),
    )
    for number in range(first, last + 1)
)

# What an agent of a build service takes for an order, wherever it stands in a line: `##[`, `##vso[`, `##teamcity[`.
ORDER = re.compile(r"(##[A-Za-z]*)\[")


def is_hidden(char: str) -> bool:
    """Whether a character shows nothing of itself: control, format, unassigned, a filler, a variation selector."""
    return unicodedata.category(char) in _HIDDEN or char in _BLANK


def shown(text: str, length_max: int = 160) -> str:
    """One line of at most `length_max` characters; control, format, unassigned and blank characters stand as ⟨U+XXXX⟩.

    So does what a build log obeys in the middle of a line (`##[`, `##vso[`). An emoji that is written with a
    variation selector, or joined of several, is shown with those named: what can hide is never passed on unseen.
    """
    clipped = text if len(text) <= length_max else text[: length_max - 1] + "…"
    visible = "".join(f"⟨U+{ord(char):04X}⟩" if is_hidden(char) else char for char in clipped)
    return ORDER.sub(r"\1⟨U+005B⟩", visible)
