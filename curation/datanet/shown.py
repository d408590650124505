"""Text from outside, made fit to show: nothing invisible, nothing a terminal or a log would obey."""

import unicodedata

_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def shown(text: str, length_max: int = 160) -> str:
    """One line of at most `length_max` characters; control, format and unassigned characters stand as ⟨U+XXXX⟩.

    So does what a build log obeys in the middle of a line (`##[`).
    """
    clipped = text if len(text) <= length_max else text[: length_max - 1] + "…"
    visible = "".join(f"⟨U+{ord(char):04X}⟩" if unicodedata.category(char) in _HIDDEN else char for char in clipped)
    return visible.replace("##[", "##⟨U+005B⟩")
