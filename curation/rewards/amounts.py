"""Amounts of OPEN: integers in base units everywhere inside, decimal strings where people read and write them."""

import re
from collections.abc import Mapping

from curation.datanet.shown import shown
from curation.errors import UsageError

OPEN_DECIMALS = 18
OPEN_UNITS = 10**OPEN_DECIMALS
# More than any supply, and a hundred million of them sum to what 38 digits hold: the most that a move of an epoch can
# say. With larger ones a few inferences would be a sum that nobody can settle.
AMOUNT_MAX_UNITS = 10**30
WHOLE_PPM = 1_000_000

# One way to write a number: no sign, exponent, blank, underscore, bare point or leading zero, and no foreign digits.
_DECIMAL = re.compile(r"(0|[1-9][0-9]*)(?:\.([0-9]+))?", re.ASCII)
# An integer of so many digits is refused by its length, before anybody multiplies with it.
_DIGITS_MAX = 60


def units_of(text: str) -> int:
    """The base units of a decimal string of OPEN: `"0.25"` is 250000000000000000.

    Raises `UsageError` for anything but plain digits with at most 18 decimals, and for more than 10**30 base units.
    """
    found = _DECIMAL.fullmatch(text) if len(text) <= _DIGITS_MAX else None
    if found is None:
        raise UsageError(
            f"the amount is {shown(text, _DIGITS_MAX)!r}, a plain decimal of OPEN such as 1 or 0.25 wanted"
        )
    whole, decimals = found.group(1), found.group(2) or ""
    if len(decimals) > OPEN_DECIMALS:
        raise UsageError(f"the amount {text} has {len(decimals)} decimals, at most {OPEN_DECIMALS} wanted")
    units = int(whole + decimals.ljust(OPEN_DECIMALS, "0"))
    if units > AMOUNT_MAX_UNITS:
        raise UsageError(f"the amount is {text} OPEN, at most {open_of(AMOUNT_MAX_UNITS)} wanted")
    return units


def open_of(units: int) -> str:
    """Base units as a decimal string of OPEN without trailing zeros; a debit has a minus sign."""
    whole, rest = divmod(abs(units), OPEN_UNITS)
    decimals = f"{rest:0{OPEN_DECIMALS}d}".rstrip("0")
    return f"{'-' if units < 0 else ''}{whole}{'.' if decimals else ''}{decimals}"


def largest_remainder(total: int, shares_ppm: Mapping[str, int]) -> dict[str, int]:
    """`total` base units by shares in millionths, summing to it exactly (Hamilton's method).

    Each gets the whole part of its share; the units that are left go one each to the largest remainders, of equal ones
    to whoever stands first. Raises `UsageError` when the shares are negative or do not sum to 1 000 000.
    """
    if total < 0:
        raise ValueError(f"{total} base units cannot be divided")
    wrong = [name for name, share in shares_ppm.items() if share < 0]
    if wrong or sum(shares_ppm.values()) != WHOLE_PPM:
        raise UsageError(f"the shares are {dict(shares_ppm)}, millionths of at least 0 that sum to {WHOLE_PPM} wanted")
    parts = {name: total * share // WHOLE_PPM for name, share in shares_ppm.items()}
    left = total - sum(parts.values())
    # `sorted` is stable, so ties keep the order given.
    for name in sorted(shares_ppm, key=lambda name: -(total * shares_ppm[name] % WHOLE_PPM))[:left]:
        parts[name] += 1
    return parts
