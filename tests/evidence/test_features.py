"""A row of a table becomes numbers that do not depend on its company."""

import json
from collections.abc import Sequence
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.datanet.canonical import Value
from curation.evidence.features import CATEGORIES_MAX, CLIP, TableFeatures, fit_features
from tests.engine_sample import a_card

CARD = a_card("table")
ROWS: list[dict[str, Value]] = [
    {
        "crop": ("maize", "wheat", "rice")[place % 3],
        "area": Decimal(place % 11) + Decimal("1.5"),
        "yield": Decimal(1 + place % 5) ** (3 if place % 9 == 0 else 1),
        "sown": f"202{place % 4}-0{1 + place % 9}-15",
    }
    for place in range(90)
]
FITTED = fit_features(CARD, ROWS)
NUMBERS = st.decimals(-(10**9), 10**9, allow_nan=False, places=3) | st.none()


def distance(first: dict[str, Value], second: dict[str, Value]) -> float:
    one, other = FITTED.vectors([first, second])
    return float(np.linalg.norm(one - other))


def columns_of(rows: Sequence[dict[str, Value]], **changes: str) -> TableFeatures:
    return fit_features(a_card("table", **changes), rows)


def test_numbers_are_counted_in_spreads_from_the_middle() -> None:
    area = next(column for column in FITTED.columns if column.name == "area")
    values = [float(str(row["area"])) for row in ROWS]
    low, middle, high = np.quantile(values, [0.25, 0.5, 0.75])
    assert not area.logarithmic
    assert (area.centre, area.spread) == pytest.approx((middle, (high - low) / 1.349))
    row = ROWS[0] | {"area": Decimal(middle + 2 * area.spread)}
    assert {one.name: one.spreads for one in FITTED.deviations(row)}["area"] == pytest.approx(2, abs=1e-6)


@given(st.lists(NUMBERS, min_size=1, max_size=5))
def test_a_vector_is_bounded_and_alone_what_it_is_in_company(numbers: list[Decimal | None]) -> None:
    rows: list[dict[str, Value]] = [{"crop": "maize", "area": number} for number in numbers]
    together = FITTED.vectors(rows)
    assert together.dtype == np.float32
    assert np.isfinite(together).all()
    assert (np.abs(together) <= CLIP).all()
    for place, row in enumerate(rows):
        assert np.array_equal(FITTED.vectors([row])[0], together[place])


def test_an_absent_value_stands_at_the_centre() -> None:
    middle = next(column.centre for column in FITTED.columns if column.name == "area")
    assert distance(ROWS[0] | {"area": None}, ROWS[0] | {"area": Decimal(middle)}) == pytest.approx(0, abs=1e-6)


def test_another_category_is_as_far_as_one_spread_of_a_number() -> None:
    assert distance(ROWS[0] | {"crop": "maize"}, ROWS[0] | {"crop": "wheat"}) == pytest.approx(1)


def test_an_unknown_category_is_none_of_the_known() -> None:
    unknown = ROWS[0] | {"crop": "vanilla"}
    assert distance(unknown, ROWS[0] | {"crop": "maize"}) == pytest.approx(2**-0.5)


def test_a_date_counts_by_its_season() -> None:
    assert distance(ROWS[0] | {"sown": "2019-05-01"}, ROWS[0] | {"sown": "2023-05-01"}) == pytest.approx(0, abs=1e-6)
    assert distance(ROWS[0] | {"sown": "2021-02-01"}, ROWS[0] | {"sown": "2021-08-01"}) > 1


def test_what_grows_by_factors_is_counted_in_factors() -> None:
    rows: list[dict[str, Value]] = [{"area": Decimal(10) ** (place % 5)} for place in range(50)]
    (area,) = columns_of(rows).columns
    assert area.logarithmic


def test_free_text_and_what_never_varies_are_no_features() -> None:
    rows: list[dict[str, Value]] = [
        {"crop": f"farm {place}", "area": Decimal(place)} for place in range(CATEGORIES_MAX + 1)
    ]
    assert [column.name for column in columns_of(rows).columns] == ["area"]
    same: list[dict[str, Value]] = [{"crop": "maize"}] * 5
    fitted = columns_of(same)
    assert fitted.columns == ()
    assert fitted.vectors(same).shape == (5, 1)


def test_a_number_that_never_varies_does_not_divide_by_zero() -> None:
    rows: list[dict[str, Value]] = [{"area": Decimal(3)}] * 5
    assert np.isfinite(columns_of(rows).vectors([{"area": Decimal(4)}])).all()


def test_the_oddest_field_comes_first_numbers_and_categories_alike() -> None:
    row = ROWS[0] | {"area": Decimal(900), "crop": "vanilla", "sown": None}
    found = FITTED.deviations(row)
    assert [one.name for one in found] == ["area", "crop", "yield"]
    assert (found[1].having, found[1].rows) == (0, len(ROWS))
    assert found[1].spreads > 2
    usual = {one.name: one for one in FITTED.deviations(ROWS[0])}["crop"]
    assert (usual.having, usual.rows) == (30, len(ROWS))
    assert usual.spreads < 1


def test_a_category_is_the_odder_the_fewer_have_it() -> None:
    rows: list[dict[str, Value]] = [{"crop": crop} for crop in ["maize"] * 60 + ["rice"] * 30 + ["teff"] * 2]
    fitted = columns_of(rows)
    spreads = [fitted.deviations({"crop": crop})[0].spreads for crop in ("maize", "rice", "teff", "rye")]
    assert spreads == sorted(spreads)
    assert spreads[1] < 2 < spreads[2]


def test_a_fit_of_an_earlier_version_tells_nothing_of_categories() -> None:
    old = [{key: value for key, value in column.items() if key != "counts"} for column in FITTED.to_json()]
    kept = TableFeatures.from_json(old)
    assert np.array_equal(kept.vectors(ROWS), FITTED.vectors(ROWS))
    assert {one.name for one in kept.deviations(ROWS[0])} == {"area", "yield", "sown"}


def test_what_sets_two_rows_apart_is_named_the_farthest_first() -> None:
    other = ROWS[0] | {"area": Decimal(900), "crop": "rice", "yield": None}
    assert [name for _, name in FITTED.differences(ROWS[0], other)] == ["area", "crop"]
    assert FITTED.differences(ROWS[0], ROWS[0]) == []


def test_it_is_kept_as_plain_values() -> None:
    kept = TableFeatures.from_json(json.loads(json.dumps(FITTED.to_json())))
    assert kept == FITTED
    assert np.array_equal(kept.vectors(ROWS), FITTED.vectors(ROWS))
