"""Three models are asked about records that none has seen, and the figures say how sure they are."""

from dataclasses import replace
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curation.datanet.canonical import canonical_bytes, digest
from curation.evidence.pairs import joined_halves
from curation.rewards.evaluation import Evaluation, Submitted, evaluate, held_out
from curation.rewards.intervals import MILLION, mean_of, share_of
from curation.rewards.model import Settings
from tests.engine_sample import clusters

SETTINGS = Settings()


def submitted(bad: float = 0.5, *, count: int = 80, classes: int = 3, known: bool = True) -> Submitted:
    """Trusted records, and as many untrusted ones of which some have a wrong label; weights know which if told."""
    vectors, labels = clusters(count, classes, spread=1.2)
    chance = np.random.default_rng(5)
    trusted = chance.random(len(labels)) < 0.5
    wrong = ~trusted & (chance.random(len(labels)) < bad)
    told = [
        f"class-{(int(label[-1]) + 1) % classes}" if off else label for label, off in zip(labels, wrong, strict=True)
    ]
    weights = np.where(wrong & known, 1, MILLION)
    return Submitted(
        digests=tuple(digest(str(row).encode()) for row in range(len(labels))),
        vectors=vectors,
        labels=tuple(told),
        weights=tuple(int(one) for one in weights),
        trusted=trusted,
    )


def named(evaluation: Evaluation) -> dict[str, int]:
    return {one.name: one.figure.value for one in evaluation.models}


def test_weights_that_know_what_is_bad_make_a_better_model() -> None:
    found = evaluate(submitted(0.9), SETTINGS)
    figures = named(found)
    assert found.measure == "accuracy"
    assert found.held_out > 15
    assert figures["weighted"] > figures["unweighted"] + 50_000
    _, unweighted, everything = found.models
    assert unweighted.behind is not None
    assert unweighted.behind.low > 0
    assert unweighted.behind.value == pytest.approx(figures["weighted"] - figures["unweighted"], abs=1)
    # Here nothing was rejected: all that was submitted was accepted.
    assert replace(everything, name="unweighted") == unweighted


def test_weights_that_know_nothing_change_nothing() -> None:
    weighted, unweighted, _ = evaluate(submitted(0.5, known=False), SETTINGS).models
    assert weighted.figure == unweighted.figure
    assert unweighted.behind is not None
    assert (unweighted.behind.value, unweighted.behind.low, unweighted.behind.high) == (0, 0, 0)


def test_what_is_not_in_the_model_is_only_in_everything() -> None:
    whole = submitted(0.9)
    rejected = replace(whole, weights=tuple(0 if weight == 1 else weight for weight in whole.weights))
    weighted, unweighted, everything = evaluate(rejected, SETTINGS).models
    assert weighted.records == unweighted.records < everything.records
    assert weighted.figure == unweighted.figure
    assert everything.figure.value < weighted.figure.value


def test_no_copy_of_a_held_out_record_is_trained_on() -> None:
    # A model that had seen the copies, thousandfold, would know the wrong labels that they carry.
    whole = submitted(0.0)
    rows = np.flatnonzero(held_out(whole.digests) & whole.trusted)
    assert whole.labels is not None
    copied = Submitted(
        digests=whole.digests + tuple(whole.digests[row] for row in rows),
        vectors=np.vstack([whole.vectors, whole.vectors[rows]]),
        labels=(*whole.labels, *("class-9" for _ in rows)),
        weights=(*whole.weights, *(MILLION for _ in rows)),
        trusted=np.append(whole.trusted, np.zeros(len(rows), dtype=np.bool_)),
    )
    assert evaluate(copied, SETTINGS) == evaluate(whole, SETTINGS)


def test_what_has_no_label_is_left_out() -> None:
    whole = submitted(0.0)
    assert whole.labels is not None
    labels = tuple(None if row % 7 == 0 else label for row, label in enumerate(whole.labels))
    found = evaluate(replace(whole, labels=labels), SETTINGS)
    kept = [row for row in range(240) if row % 7]
    same = Submitted(
        digests=tuple(whole.digests[row] for row in kept),
        vectors=whole.vectors[kept],
        labels=tuple(whole.labels[row] for row in kept),
        weights=tuple(whole.weights[row] for row in kept),
        trusted=whole.trusted[kept],
    )
    assert found == evaluate(same, SETTINGS)


@pytest.mark.parametrize("change", ["nobody trusted", "nothing weighs"])
def test_nothing_to_measure_is_no_figure(change: str) -> None:
    whole = submitted(count=10)
    if change == "nobody trusted":
        whole = replace(whole, trusted=np.zeros(30, dtype=np.bool_))
    else:
        whole = replace(whole, weights=(0,) * 30)
    assert evaluate(whole, SETTINGS).models == ()


def test_prompts_are_measured_by_the_responses_that_they_find() -> None:
    prompts, _ = clusters(40, 3, spread=0.5)
    responses = clusters(40, 3, seed=8, spread=0.5)[0]
    junk = clusters(40, 3, seed=9, spread=0.5)[0][::-1]
    whole = Submitted(
        digests=tuple(digest(str(row).encode()) for row in range(240)),
        vectors=joined_halves(np.vstack([prompts, prompts]), np.vstack([responses, junk])),
        labels=None,
        weights=(MILLION,) * 120 + (0,) * 120,
        trusted=np.arange(240) < 120,
        pairs=True,
    )
    found = evaluate(whole, SETTINGS)
    figures = named(found)
    assert found.measure == "likeness"
    assert figures["weighted"] > 600_000
    assert figures["weighted"] > figures["everything"] + 100_000


@pytest.mark.parametrize("kind", ["text", "table"])
def test_what_has_no_labels_is_measured_by_what_lies_near(kind: str) -> None:
    whole = replace(submitted(0.0), labels=None, table=kind == "table")
    found = evaluate(whole, SETTINGS)
    assert found.measure == "coverage"
    assert 300_000 < named(found)["weighted"] < 1_000_000
    # More records reach more.
    few = replace(whole, weights=tuple(weight if row % 8 == 0 else 0 for row, weight in enumerate(whole.weights)))
    thin = named(evaluate(few, SETTINGS))
    assert thin["weighted"] < thin["everything"] == named(found)["everything"]


def test_figures_can_be_written_canonically() -> None:
    for one in (submitted(), replace(submitted(), labels=None)):
        told = evaluate(one, SETTINGS).told()
        assert canonical_bytes(told) == canonical_bytes(evaluate(one, SETTINGS).told())


@given(st.lists(st.integers(0, 2**256 - 1), max_size=50))
def test_whether_a_content_is_held_out_depends_on_nothing_else(numbers: list[int]) -> None:
    digests = [f"{number:064x}" for number in numbers]
    assert held_out(digests).tolist() == [bool(held_out([one])[0]) for one in digests]


def test_one_in_five_is_held_out() -> None:
    digests = [digest(str(number).encode()) for number in range(5000)]
    assert 900 < held_out(digests).sum() < 1100
    assert 400 < held_out(digests, 10).sum() < 600


@given(st.integers(1, 400), st.data())
@settings(max_examples=300)
def test_the_interval_of_a_share_is_around_it(size: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, size))
    found = share_of(hits, size)
    assert 0 <= found.low <= found.value <= found.high <= MILLION
    mirrored = share_of(size - hits, size)
    assert [mirrored.low, mirrored.high] == pytest.approx([MILLION - found.high, MILLION - found.low], abs=1)


@pytest.mark.parametrize("share", [0.5, 0.8, 0.95])
def test_the_interval_of_a_share_covers_it_in_95_of_100_cases(share: float) -> None:
    size = 150
    chances = [comb(size, hits) * share**hits * (1 - share) ** (size - hits) for hits in range(size + 1)]
    found = [share_of(hits, size) for hits in range(size + 1)]
    covered = sum(p for p, one in zip(chances, found, strict=True) if one.low <= share * MILLION <= one.high)
    assert 0.93 < covered < 0.97


def test_the_interval_of_a_mean_is_as_wide_as_its_error() -> None:
    values = np.random.default_rng(1).normal(0.2, 1, 400)
    found = mean_of(values)
    assert found == mean_of(values)
    assert found.value == pytest.approx(values.mean() * MILLION, abs=1)
    assert (found.high - found.low) / MILLION == pytest.approx(2 * 1.96 * values.std() / 20, rel=0.1)
