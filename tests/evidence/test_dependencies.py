"""A dependency is found where many rows confirm it, and not where a key, a constant or chance would look like one."""

import random
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from curation.datanet.canonical import Value
from curation.evidence.dependencies import PAIRS_MAX, Dependency, dependencies

ROWS = 400
CHANCE = random.Random(3)  # noqa: S311  (a reproducible table, no secret)
WARDS = [f"ward-{CHANCE.randrange(20)}" for _ in range(ROWS)]
HOUSE: dict[Value, Value] = {f"ward-{ward}": f"house-{ward % 6}" for ward in range(20)}


def found(columns: dict[str, Sequence[Value]]) -> tuple[Dependency, ...]:
    return dependencies(columns, set(columns), list(columns))


def test_a_column_that_follows_from_another_is_found_with_its_support() -> None:
    (made,) = found({"ward": WARDS, "house": [HOUSE[ward] for ward in WARDS]})
    assert (made.determinant, made.dependent, made.distinct) == ("ward", "house", 20)
    assert made.confirmed == ROWS - 20
    assert dict(made.pairs) == HOUSE


def test_one_exception_is_enough() -> None:
    houses = [HOUSE[ward] for ward in WARDS]
    houses[ROWS // 2] = "house-7"
    assert found({"ward": WARDS, "house": houses}) == ()


def test_a_missing_value_is_no_exception() -> None:
    houses = [HOUSE[ward] if place % 3 else None for place, ward in enumerate(WARDS)]
    (made,) = found({"ward": WARDS, "house": houses})
    assert made.confirmed == sum(house is not None for house in houses) - 20


def test_a_key_a_constant_and_what_is_nearly_one_tell_nothing() -> None:
    one_other: list[Value] = ["no", *["yes"] * (ROWS - 1)]
    wards: list[Value] = ["ward-x", *WARDS[1:]]
    assert found({"key": list(range(ROWS)), "ward": WARDS}) == ()
    assert found({"ward": WARDS, "same": ["yes"] * ROWS}) == ()
    assert found({"ward": wards, "nearly": one_other}) == ()


def test_a_file_sorted_by_the_determinant_foretells_nothing() -> None:
    wards = sorted(WARDS)
    assert found({"ward": wards, "house": [HOUSE[ward] for ward in wards]}) == ()


def test_too_few_repeats_are_not_enough() -> None:
    wards = WARDS[:100]
    assert found({"ward": wards, "house": [HOUSE[ward] for ward in wards]}) == ()


def test_the_finest_of_those_that_determine_is_named_once() -> None:
    houses = [HOUSE[ward] for ward in WARDS]
    city = {f"house-{number}": f"city-{number % 2}" for number in range(6)}
    made = {
        one.dependent: one.determinant
        for one in found({"house": houses, "ward": WARDS, "city": [city[str(one)] for one in houses]})
    }
    assert made == {"house": "ward", "city": "ward"}


def test_only_the_most_frequent_pairs_are_kept() -> None:
    codes = [number % (PAIRS_MAX + 50) for number in range(4 * PAIRS_MAX)] + [7] * 9
    (made,) = dependencies({"code": codes, "name": [f"n{code}" for code in codes]}, {"code"}, ["name"])
    assert len(made.pairs) == PAIRS_MAX
    assert made.pairs[0] == (7, "n7")
    assert made.distinct == PAIRS_MAX + 50


@given(
    st.lists(st.tuples(st.integers(0, 5) | st.none(), st.integers(0, 5) | st.none()), min_size=100, max_size=300),
    st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_what_is_found_holds_in_every_row(rows: list[tuple[int | None, int | None]], follows: bool) -> None:  # noqa: FBT001  (drawn)
    first = [one for one, _ in rows]
    second = [None if one is None else one % 3 for one in first] if follows else [other for _, other in rows]
    for made in found({"a": first, "b": second}):
        columns = {"a": first, "b": second}
        pairs = dict(made.pairs)
        both = zip(columns[made.determinant], columns[made.dependent], strict=True)
        assert all(pairs.get(one, other) == other for one, other in both if one is not None and other is not None)
