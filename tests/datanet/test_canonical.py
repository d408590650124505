"""One value has one way of being written: RFC 8785's, but no digit is ever lost."""

import json
from decimal import Decimal
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from curation.datanet.canonical import canonical_bytes, digest, plain_bytes

# What the RFC's own package writes, which knows integers up to 2^53 − 1 only.
EXACT_MAX = 2**53 - 1
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
SCALARS = st.none() | st.booleans() | st.integers(-EXACT_MAX, EXACT_MAX) | TEXT
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4), max_leaves=12
)


@given(VALUES)
def test_it_is_rfc_8785_where_that_goes(value: Any) -> None:
    assert canonical_bytes(value) == rfc8785.dumps(value)


@given(VALUES)
def test_it_says_the_same_value(value: Any) -> None:
    assert json.loads(canonical_bytes(value)) == value


@given(st.dictionaries(TEXT, st.integers(), max_size=6))
def test_the_order_of_keys_does_not_matter(value: dict[str, int]) -> None:
    assert canonical_bytes(value) == canonical_bytes(dict(reversed(value.items())))


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**40), 10**40) | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec="ascii")), inner),
)


@given(PLAIN)
def test_the_fast_way_gives_the_same_bytes(value: Any) -> None:
    assert plain_bytes(value) == canonical_bytes(value)


def test_keys_stand_in_utf_16_order() -> None:
    # U+1D11E is written with surrogates, which sort before U+FB33 in UTF-16 and after it by code point.
    assert canonical_bytes({"\ufb33": 1, "\U0001d11e": 2}) == '{"\U0001d11e":2,"\ufb33":1}'.encode()


@given(st.integers(-(10**400), 10**400))
def test_integers_are_written_in_full(value: int) -> None:
    assert canonical_bytes(value) == str(value).encode()


@pytest.mark.parametrize("written", ["1.50", "0.1", "1E+5", "-0.0", "123456789012345678901234567890.5"])
def test_decimals_keep_the_digits_they_were_given_with(written: str) -> None:
    assert canonical_bytes(Decimal(written)) == written.encode()


@pytest.mark.parametrize("value", [1.5, {"a": [0.0]}, {1, 2}, b"bytes", object()])
def test_what_is_nobodys_value_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="no canonical form for"):
        canonical_bytes(value)


def test_true_is_not_one() -> None:
    assert canonical_bytes([True, 1, "1"]) == b'[true,1,"1"]'


def test_digest_is_sha_256() -> None:
    assert digest(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
