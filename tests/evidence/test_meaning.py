"""Closeness is one for the same text, falls with what vectors do not see, and knows no order of the pair."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.evidence.meaning import closeness
from curation.evidence.words import NEGATIONS, tokens_of

TOKENS = st.frozensets(st.sampled_from(["dose", "fever", "child", "evening", "not", "never", "250", "260", "7"]))
COSINES = st.floats(-1, 1)


def close(cosine: float, one: frozenset[str], other: frozenset[str]) -> float:
    return float(closeness(np.array([cosine]), [one], [other])[0])


@given(TOKENS)
def test_the_same_text_is_as_close_as_can_be(tokens: frozenset[str]) -> None:
    assert close(1.0, tokens, tokens) == pytest.approx(1.0)


@given(COSINES, TOKENS, TOKENS)
def test_it_knows_no_order_and_no_more_than_one(cosine: float, one: frozenset[str], other: frozenset[str]) -> None:
    assert close(cosine, one, other) == close(cosine, other, one)
    assert close(cosine, one, other) <= 1.0


@given(COSINES, COSINES, TOKENS, TOKENS)
def test_it_rises_with_the_cosine(low: float, high: float, one: frozenset[str], other: frozenset[str]) -> None:
    low, high = sorted((low, high))
    assert close(low, one, other) <= close(high, one, other)


@given(COSINES, TOKENS)
def test_a_negation_on_one_side_tells_two_texts_apart(cosine: float, tokens: frozenset[str]) -> None:
    plain = tokens - NEGATIONS
    assert close(cosine, plain | {"not"}, plain) < close(cosine, plain, plain)


def test_another_number_counts_for_more_than_another_word() -> None:
    text = frozenset(tokens_of("take 250 mg with water in the evening"))
    number, word = (text - {"250"}) | {"260"}, (text - {"water"}) | {"juice"}
    assert close(0.95, text, number) < close(0.95, text, word)
