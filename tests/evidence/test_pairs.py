"""Halves that belong together are told from shuffled ones, the same way whatever the company."""

from functools import lru_cache
from hashlib import sha256

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from curation.evidence.heads import folds_of
from curation.evidence.pairs import (
    NEAR,
    PAIRS_MIN,
    Near,
    PairFit,
    PairIndex,
    Vectors,
    fit_pairs,
    halves,
    joined_halves,
    log_odds,
)

SIZE = 16


def unit(vectors: np.ndarray) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / lengths, dtype=np.float32)


def some_pairs(count: int, seed: int = 5, noise: float = 0.5) -> tuple[Vectors, Vectors]:
    """Prompts anywhere, and responses near their prompts."""
    chance = np.random.default_rng(seed)
    prompts = unit(chance.normal(size=(count, SIZE)))
    return prompts, unit(prompts + noise * chance.normal(size=(count, SIZE)) / np.sqrt(SIZE))


def digests_of(count: int) -> list[str]:
    return [sha256(str(row).encode()).hexdigest() for row in range(count)]


@lru_cache(maxsize=8)
def fitted(count: int) -> tuple[PairIndex, PairFit]:
    index = PairIndex(*some_pairs(count))
    fit = fit_pairs(index, digests_of(count))
    assert fit is not None
    return index, fit


@given(
    arrays.arrays(
        np.float32, st.tuples(st.just(2), st.integers(1, 5), st.integers(1, 8)), elements=st.floats(-1, 1, width=32)
    )
)
def test_the_product_of_two_pairs_is_the_mean_of_their_cosines(parts: np.ndarray) -> None:
    prompts, responses = (unit(part + np.float32(3)) for part in parts)
    joined = joined_halves(prompts, responses)
    wanted = (prompts @ prompts.T + responses @ responses.T) / 2
    assert joined @ joined.T == pytest.approx(wanted, abs=1e-5)
    assert np.linalg.norm(joined, axis=1) == pytest.approx(1, abs=1e-5)
    for half, again in zip((prompts, responses), halves(joined), strict=True):
        assert again == pytest.approx(half, abs=1e-6)


def test_strangers_that_belong_together_are_told_from_shuffled_ones() -> None:
    index, fit = fitted(120)
    prompts, responses = some_pairs(60, seed=9)
    true = log_odds(fit.heads, index, joined_halves(prompts, responses))
    shuffled = log_odds(fit.heads, index, joined_halves(prompts, np.roll(responses, 1, axis=0)))
    assert true.mean() > 1 > -1 > shuffled.mean()
    assert (true > 0).mean() > 0.9
    assert (shuffled < 0).mean() > 0.9


def test_members_are_judged_like_strangers() -> None:
    index, fit = fitted(120)
    strangers = log_odds(fit.heads, index, joined_halves(*some_pairs(120, seed=11)))
    assert fit.odds.mean() == pytest.approx(strangers.mean(), abs=1.0)
    # With themselves among their neighbours they would look better than they may.
    unfair = log_odds(fit.heads, index, joined_halves(index.prompts, index.responses))
    assert unfair.mean() > fit.odds.mean()


def test_a_member_that_was_shuffled_stands_out() -> None:
    prompts, responses = some_pairs(120)
    responses[[7, 60]] = responses[[60, 7]]
    fit = fit_pairs(PairIndex(prompts, responses), digests_of(120))
    assert fit is not None
    assert set(np.argsort(fit.odds)[:2].tolist()) == {7, 60}


@given(st.lists(st.integers(0, 39), min_size=1, max_size=12))
def test_company_moves_nothing(rows: list[int]) -> None:
    index, fit = fitted(60)
    vectors = joined_halves(*some_pairs(40, seed=3))
    together = log_odds(fit.heads, index, vectors)
    assert log_odds(fit.heads, index, vectors[rows]) == pytest.approx(together[rows], abs=1e-9)


def test_fitting_twice_gives_the_same() -> None:
    index, one = fitted(60)
    other = fit_pairs(index, digests_of(60))
    assert other is not None
    assert np.array_equal(one.odds, other.odds)
    assert np.array_equal(one.heads.coefficients, other.heads.coefficients)


@pytest.mark.parametrize("count", [0, 1, 2, PAIRS_MIN - 1])
def test_too_few_pairs_teach_nothing(count: int) -> None:
    assert fit_pairs(PairIndex(*some_pairs(count)), digests_of(count)) is None


def test_pairs_that_all_say_the_same_teach_nothing() -> None:
    prompts, responses = some_pairs(1)
    index = PairIndex(np.repeat(prompts, 50, axis=0), np.repeat(responses, 50, axis=0))
    assert fit_pairs(index, digests_of(50)) is None


def test_one_response_to_all_prompts_teaches_nothing() -> None:
    prompts, responses = some_pairs(50)
    index = PairIndex(prompts, np.repeat(responses[:1], 50, axis=0))
    assert fit_pairs(index, digests_of(50)) is None


@pytest.mark.parametrize("count", [PAIRS_MIN, PAIRS_MIN + 1, 51])
def test_the_smallest_references_are_enough(count: int) -> None:
    _, fit = fitted(count)
    assert fit.odds.shape == (count,)
    assert np.isfinite(fit.odds).all()


def test_nobody_is_judged_without_a_complaint() -> None:
    index, fit = fitted(30)
    assert log_odds(fit.heads, index, np.zeros((0, 2 * SIZE), dtype=np.float32)).shape == (0,)


def test_excluded_members_are_left_out_and_the_rest_keeps_its_order() -> None:
    rows = np.arange(NEAR + 2)[None, :].repeat(3, axis=0)
    near = Near(rows, -rows.astype(np.float32))
    kept = near.without(np.array([0, 3, -1]), np.array([5, 3, -1]))
    assert kept.rows.tolist() == [
        [1, 2, 3, 4, 6, 7, 8, 9, 10, 11],
        [0, 1, 2, 4, 5, 6, 7, 8, 9, 10],
        list(range(NEAR)),
    ]
    assert np.array_equal(kept.similarity, -kept.rows.astype(np.float32))


def test_a_pair_of_members_is_judged_by_heads_that_have_not_seen_it() -> None:
    index, fit = fitted(60)
    digests = digests_of(60)
    folds = folds_of(digests)
    assert len(set(folds.tolist())) > 1
    seen = log_odds(fit.heads, index, joined_halves(index.prompts, index.responses))
    assert not np.allclose(seen, fit.odds, atol=1e-3)
