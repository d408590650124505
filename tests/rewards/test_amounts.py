"""Amounts: read and written without losing a unit, and divided so that nothing is left over."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.errors import UsageError
from curation.rewards.amounts import AMOUNT_MAX_UNITS, largest_remainder, open_of, units_of

UNITS = st.integers(0, AMOUNT_MAX_UNITS)
NAMES = st.text("abcdefgh", min_size=1, max_size=3)


@st.composite
def shares(draw: st.DrawFn) -> dict[str, int]:
    names = draw(st.lists(NAMES, min_size=1, max_size=6, unique=True))
    cuts = sorted(draw(st.lists(st.integers(0, 1_000_000), min_size=len(names) - 1, max_size=len(names) - 1)))
    return {name: high - low for name, low, high in zip(names, [0, *cuts], [*cuts, 1_000_000], strict=True)}


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("0", 0),
        ("1", 10**18),
        ("0.25", 25 * 10**16),
        ("1.50", 15 * 10**17),
        ("0.000000000000000001", 1),
        ("1000000000000", 10**30),
    ],
)
def test_a_decimal_is_so_many_base_units(text: str, units: int) -> None:
    assert units_of(text) == units


@given(UNITS)
def test_what_is_shown_is_read_again(units: int) -> None:
    text = open_of(units)
    assert units_of(text) == units
    assert not ("." in text and text.endswith(("0", ".")))


@given(UNITS.filter(bool))
def test_a_debit_is_the_amount_with_a_minus(units: int) -> None:
    assert open_of(-units) == f"-{open_of(units)}"


WRONG = """1e3 1E3 +1 -1 1_000 1,5 .5 5. 01 00 1.2.3 0x1 NaN inf ١""".split()  # noqa: SIM905  (read as typed)


@pytest.mark.parametrize("text", [*WRONG, "", " 1", "1 ", "1\n", "9" * 5000, "0." + "1" * 5000])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"a plain decimal of OPEN such as 1 or 0\.25 wanted"):
        units_of(text)


def test_too_fine_and_too_much_are_refused_by_name() -> None:
    with pytest.raises(UsageError, match="has 19 decimals, at most 18 wanted"):
        units_of("0.0000000000000000001")
    with pytest.raises(UsageError, match="at most 1000000000000 wanted"):
        units_of("1000000000000000000.000000000000000001")


def test_a_message_shows_nothing_that_a_terminal_would_obey() -> None:
    with pytest.raises(UsageError, match=r"1⟨U\+001B⟩\[2J"):
        units_of("1\x1b[2J")


@given(total=UNITS, given_shares=shares())
def test_parts_sum_to_the_total_and_are_within_a_unit_of_their_share(total: int, given_shares: dict[str, int]) -> None:
    parts = largest_remainder(total, given_shares)
    assert sum(parts.values()) == total
    assert list(parts) == list(given_shares)
    for name, share in given_shares.items():
        assert abs(parts[name] - Fraction(total * share, 1_000_000)) < 1
        assert share or not parts[name]


@given(total=st.integers(0, 10**9), given_shares=shares())
def test_no_larger_remainder_went_away_empty(total: int, given_shares: dict[str, int]) -> None:
    parts = largest_remainder(total, given_shares)
    rest = {name: total * share % 1_000_000 for name, share in given_shares.items()}
    got = {name: parts[name] - total * share // 1_000_000 for name, share in given_shares.items()}
    assert set(got.values()) <= {0, 1}
    least = min((rest[name] for name in got if got[name]), default=1_000_000)
    assert max((rest[name] for name in got if not got[name]), default=0) <= least


def test_of_equal_remainders_the_first_given_is_served() -> None:
    assert largest_remainder(1, {"b": 500_000, "a": 500_000}) == {"b": 1, "a": 0}
    assert largest_remainder(5, {"a": 250_000, "b": 250_000, "c": 500_000}) == {"a": 1, "b": 1, "c": 3}


@pytest.mark.parametrize("wrong", [{}, {"a": 999_999}, {"a": 1_000_001, "b": -1}, {"a": 600_000, "b": 500_000}])
def test_shares_that_are_no_whole_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(UsageError, match="that sum to 1000000 wanted"):
        largest_remainder(10, wrong)


def test_a_debt_is_not_divided() -> None:
    with pytest.raises(ValueError, match="cannot be divided"):
        largest_remainder(-1, {"a": 1_000_000})
