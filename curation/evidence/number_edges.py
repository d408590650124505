"""Whether digits stand by themselves, or are part of a longer number, word, amount or code.

RE2 has no lookaround, so the two characters on either side are looked at here.
"""

from typing import Final

_JOINS: Final = ".,-/:"
_SIGNS_BEFORE: Final = "_$€£¥₹₦%"
_SIGNS_AFTER: Final = "_%°"


def stands_alone(text: str, start: int, end: int) -> bool:
    """Whether nothing before `start` or after `end` makes `text[start:end]` a part of something longer."""
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    if before[-1:].isalnum() or after[:1].isalnum():
        return False
    if before[-1:] and before[-1] in _SIGNS_BEFORE:
        return False
    if after[:1] and after[0] in _SIGNS_AFTER:
        return False
    joined_before = len(before) == 2 and before[1] in _JOINS and before[0].isdigit()
    joined_after = len(after) == 2 and after[0] in _JOINS and after[1].isdigit()
    return not (joined_before or joined_after)
