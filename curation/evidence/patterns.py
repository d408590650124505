"""Patterns that people write run on RE2, in time linear in the text: no pattern and no record can stall a check.

The one file behind google-re2 (https://github.com/google/re2/wiki/Syntax). What RE2 lacks (lookaround, backreferences)
is said when a pattern is compiled, not found out when a record arrives.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

import re2

PATTERN_MAX_CHARS: Final = 4_000

# What Python's patterns have and RE2 has not, by the beginning that gives it away.
_LACKING: Final = (
    (("(?=", "(?!", "(?<=", "(?<!"), "RE2 has no lookaround"),
    (("(?P=", r"\1", r"\2", r"\3", r"\4", r"\5", r"\6", r"\7", r"\8", r"\9"), "RE2 has no backreferences"),
    (("(?>", "*+", "++", "?+"), "RE2 has no atomic groups or possessive repeats"),
    ((r"\Z",), r"RE2 writes the end of the text as \z"),
    ((r"\u", r"\U"), r"RE2 writes a character as \x{200B}"),
)


class PatternError(ValueError):
    """A pattern that RE2 does not run; the message says what was wrong and, where known, what RE2 lacks."""


class Pattern:
    """A compiled pattern. Offsets are in characters of the text."""

    __slots__ = ("_compiled", "text")

    def __init__(self, text: str, compiled: Any) -> None:
        self.text = text
        self._compiled = compiled

    def matches(self, text: str) -> bool:
        """Whether the pattern occurs anywhere in the text."""
        # Bytes: then the library need not translate offsets that nobody asks for, a third of the time.
        return self._compiled.search(text.encode()) is not None

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Start and end of every occurrence, left to right, not overlapping."""
        for match in self._compiled.finditer(text):
            yield match.span()


@lru_cache(maxsize=512)
def compiled(text: str) -> Pattern:
    """The pattern, compiled once; raises `PatternError` when RE2 cannot run it."""
    if len(text) > PATTERN_MAX_CHARS:
        raise PatternError(f"a pattern of {len(text)} characters, at most {PATTERN_MAX_CHARS} wanted")
    options = re2.Options()
    options.log_errors = False
    try:
        return Pattern(text, re2.compile(text, options))
    except re2.error as error:
        said = error.args[0] if error.args else ""
        said = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        lacks = [why for beginnings, why in _LACKING if any(beginning in text for beginning in beginnings)]
        raise PatternError("; ".join([f"the pattern does not run on RE2: {said}", *lacks])) from None
