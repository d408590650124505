"""Which numbers are taken: the grammar of JSON, integers within 64 bits, decimals within what a float can hold.

Parsers disagree about everything beyond (some turn long integers into floats, some 1e999 into infinity), so it is an
error with a column and never a guess. RFC 8259, section 6.
"""

import math
import re
from decimal import Decimal
from typing import Final

from curation.intake.seen import quoted

INTEGER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)", re.ASCII)
NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?", re.ASCII)

_INTEGER_MIN: Final = -(2**63)
_INTEGER_MAX: Final = 2**63 - 1
_SAFE_DIGITS: Final = 18
# Written out in full, the longest float of 64 bits has 1,075 digits after the point.
_DECIMAL_CHARACTERS_MAX: Final = 1100
# Without an exponent, a number this short cannot leave the range of floats.
_SHORT: Final = 60


def number_flaw(token: str) -> tuple[str, str] | None:
    """Code and message of what is wrong with a token of the grammar `NUMBER`, or None."""
    if not any(mark in token for mark in ".eE"):
        return _integer_flaw(token)
    if len(token) <= _SHORT and "e" not in token and "E" not in token:
        return None
    if len(token) > _DECIMAL_CHARACTERS_MAX:
        return "number-too-long", f"a number of {len(token)} characters, at most {_DECIMAL_CHARACTERS_MAX} wanted"
    near = float(token)
    if math.isinf(near):
        return "not-finite", f"the number {quoted(token)} is beyond what can be computed with, a finite one wanted"
    mantissa, _, exponent = token.lower().partition("e")
    if (near == 0.0 and mantissa.strip("-0.")) or abs(int(exponent or "0")) > _DECIMAL_CHARACTERS_MAX:
        return "number-out-of-range", f"the number {quoted(token)} is too small to compute with"
    return None


def number_value(token: str) -> int | Decimal:
    """The exact value of a token that has no flaw: an int where it is written as one."""
    return int(token) if INTEGER.fullmatch(token) else Decimal(token)


def _integer_flaw(token: str) -> tuple[str, str] | None:
    if len(token) <= _SAFE_DIGITS:
        return None
    if len(token) <= _SAFE_DIGITS + 2 and _INTEGER_MIN <= int(token) <= _INTEGER_MAX:
        return None
    digits = len(token.lstrip("-"))
    return "integer-too-large", f"an integer of {digits} digits, -2^63 to 2^63-1 wanted; write longer ones as text"
