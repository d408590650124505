"""Figures of a store of thousands of rows, against the same worked out one row after the other."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator

import pytest

from benchmarks.report import filled
from curation.audit.asked import Asked
from curation.audit.drift import ALLOWANCE, drift, threshold
from curation.audit.examples import EXAMPLES_MAX, examples
from curation.audit.good import good
from curation.audit.records import noise, novelty, over_time, repeats
from curation.audit.reliability import reliability
from curation.ledger.objects import Objects
from curation.ledger.state import State
from curation.rewards.treasury import Treasury

ROWS = 3000


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    folder = tmp_path_factory.mktemp("filled")
    with filled(folder, ROWS) as store:
        yield Asked(store, Treasury(State(seq=2_000_000), Objects(folder / "objects")))


def test_a_long_journal_is_told_by_month(asked: Asked) -> None:
    figure = over_time(asked)
    assert figure.by == ("month", "verdict")
    assert sum(int(part.value or 0) for part in figure.parts) == figure.value == ROWS
    assert {part.of[0] for part in figure.parts} == {f"2026-{month:02}" for month in range(1, 13)}
    one = over_time(asked.of("d1"))
    assert sum(int(part.value or 0) for part in one.parts) == one.value == 800


def test_the_cusum_is_the_same_one_record_after_the_other(asked: Asked) -> None:
    rows = asked.store.query(
        "SELECT contribution, row_index, p_ppb FROM scores ORDER BY contribution, row_index, p_ppb"
    )
    ranked: dict[tuple[int, int], list[float]] = defaultdict(list)
    for row in rows:
        ranked[int(row["contribution"][1:]), row["row_index"]].append(row["p_ppb"] / 1e9)
    sums, peaks, sizes = Counter[int](), Counter[int](), Counter[int]()
    for (contribution, _), values in sorted(ranked.items()):
        datanet = contribution % 4
        joined = min(1.0, *(value * len(values) / place for place, value in enumerate(values, start=1)))
        sums[datanet] = max(0.0, sums[datanet] - math.log(joined) - ALLOWANCE)  # type: ignore[assignment]  # sums of floats
        peaks[datanet] = max(peaks[datanet], sums[datanet])
        sizes[datanet] += 1
    figure = drift(asked)
    assert figure.counted == ROWS
    told: Counter[str] = Counter()
    for part in figure.parts:
        told[part.of[0]] = max(told[part.of[0]], part.value)  # type: ignore[type-var, assignment]  # none is unknown
    for datanet, peak in peaks.items():
        assert told[f"d{datanet}"] == pytest.approx(peak / threshold(sizes[datanet]), abs=1e-5)
    assert figure.value == pytest.approx(max(told.values()))


def test_counts_are_those_of_the_rows(asked: Asked) -> None:
    assert noise(asked).value == 0.2
    assert [part.counted for part in noise(asked).parts] == [75] * 8
    accepted = asked.store.query("SELECT novelty FROM current_records WHERE verdict = 'accept'")
    assert novelty(asked).value == pytest.approx(sum(row["novelty"] for row in accepted), abs=1e-4)
    assert repeats(asked).value == 75
    assert repeats(asked).parts_left == 75 - 20


def test_the_share_of_good_rows_is_near_the_eight_ninths_that_were_filled_in(asked: Asked) -> None:
    figure = good(asked)
    assert figure.counted == 400
    assert figure.low is not None
    assert figure.high is not None
    assert figure.low <= 8 / 9 <= figure.high
    assert figure.high - figure.low < 0.08
    labels = [part for part in figure.parts if part.of[0] == "label"]
    assert len(labels) == 20
    assert figure.parts_left == (53 - 20) + (97 - 20 if ROWS // 100 > 97 else 30 - 20)


def test_the_bins_of_the_weight_are_counted_over_all_records(asked: Asked) -> None:
    figure = reliability(asked)
    means = [part.value for part in figure.parts if part.of[1] == "mean weight"]
    assert len(means) == 10
    assert means == sorted(means, key=lambda one: one or 0)
    weights = asked.store.query("SELECT avg(weight_ppm) / 1e6 AS mean FROM weights")
    assert sum(one or 0 for one in means) / 10 == pytest.approx(weights[0]["mean"], abs=0.01)
    assert figure.low is not None
    assert figure.high is not None
    # Weights were spread evenly over .3 to 1 and eight in nine are good, whatever the weight.
    assert figure.low <= 0.26 <= figure.high


def test_examples_are_those_of_the_least_weight(asked: Asked) -> None:
    kinds = examples(asked)
    assert [len(kind.examples) for kind in kinds] == [EXAMPLES_MAX] * 8
    for kind in kinds:
        weights = [one.weight or 0 for one in kind.examples]
        assert weights == sorted(weights)
        assert kind.rows == 75
    (copies,) = [kind for kind in kinds if kind.code == "near-duplicate"]
    assert any(one.partner_text for one in copies.examples)
