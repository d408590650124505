"""Records by column say what the records say."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from curation.datanet.canonical import Value
from curation.evidence.known import joined, known_of, record_tokens
from tests.engine_sample import a_card, a_contribution, records_of

CARD = a_card()
ROWS: list[dict[str, Value]] = [
    {"id": "1", "text": "Take 250\u200b mg", "label": "dose"},
    {"id": "2", "text": "Ｔake 250 mg"},
    {"id": "3", "text": "Rest", "label": "care"},
    {"id": "4", "text": "Rest", "label": "care"},
]


def test_the_columns_are_those_of_the_records() -> None:
    records = a_contribution(CARD, ROWS).records
    known = known_of(records, CARD, "bob")
    assert known.ids == tuple(record.id for record in records)
    assert known.digests == tuple(record.digest for record in records)
    assert known.contributors == ("bob",) * 4
    assert known.lines == (1, 2, 3, 4)
    assert known.labels == ("dose", None, "care", "care")
    assert known.canonical == ("take 250 mg", "take 250 mg", "rest", "rest")
    assert known.texts[0] == "Take 250\u200b mg"
    assert known.sketches.shape == (4, 64)
    assert known.tokens(0) == {"take", "250", "mg"}


def test_the_first_of_equals_is_the_one_that_counts() -> None:
    known = records_of(CARD, ROWS)
    assert known.row_of_digest[known.digests[3]] == 2
    assert known.rows_of_canonical["take 250 mg"] == 0


def test_values_come_back_exactly_but_without_the_id() -> None:
    card = a_card("table")
    row: dict[str, Value] = {"id": "1", "crop": "maize", "area": Decimal("0.10"), "yield": 2**70}
    known = records_of(card, [row])
    assert known.values(0) == {"crop": "maize", "area": Decimal("0.10"), "yield": 2**70}
    assert str(known.values(0)["area"]) == "0.10"


def test_a_table_rows_values_mean_nothing_without_their_field() -> None:
    known = records_of(a_card("table"), [{"crop": "Maize", "area": Decimal(2), "yield": Decimal(3)}])
    assert known.table
    assert known.tokens(0) == {"crop maize", "area 2", "yield 3"}
    assert record_tokens("crop maize\x1farea 2", table=True) == ("crop maize", "area 2")


def test_rows_are_taken_in_the_order_asked_for() -> None:
    known = records_of(CARD, ROWS, np.arange(8, dtype=np.float32).reshape(4, 2))
    taken = known.taken([2, 0])
    assert taken.ids == (known.ids[2], known.ids[0])
    assert taken.vectors.tolist() == [[4, 5], [0, 1]]
    assert np.array_equal(taken.sketches, known.sketches[[2, 0]])
    assert taken.tokens(1) == known.tokens(0)
    assert len(known.taken([])) == 0
    assert known.taken([1, 0, 2, 3]).ids != known.ids
    assert known.taken([0, 1, 2, 3]).ids == known.ids


def test_joined_is_one_after_the_other() -> None:
    known = records_of(CARD, ROWS, np.arange(8, dtype=np.float32).reshape(4, 2))
    both = joined([known.taken([3]), known.taken([]), known.taken([0, 1])], table=False)
    assert both.ids == (known.ids[3], known.ids[0], known.ids[1])
    assert both.vectors.tolist() == [[6, 7], [0, 1], [2, 3]]
    nothing = joined([], table=True)
    assert (len(nothing), nothing.table) == (0, True)


def test_nobody_beside_nobody_has_the_width_of_the_vectors() -> None:
    """Where all that came first was rejected: an index over none of them is still asked with vectors of that width."""
    nothing_known = joined([], table=False)
    none_left = replace(records_of(CARD, ROWS), vectors=np.zeros((4, 384), dtype=np.float32)).taken([])
    for parts in ([nothing_known, none_left], [none_left, nothing_known]):
        assert joined(parts, table=False).vectors.shape == (0, 384)


def test_a_curators_label_replaces_the_given_one() -> None:
    known = records_of(CARD, ROWS)
    relabelled = known.relabelled({known.ids[1]: "dose", "nobody": "x"})
    assert relabelled.labels == ("dose", "dose", "care", "care")
    assert relabelled.digests == known.digests


@given(st.lists(st.tuples(*[st.none() | st.text(max_size=9)] * 2), min_size=1, max_size=5))
def test_prompt_and_response_come_back_as_they_were(pairs: list[tuple[str | None, str | None]]) -> None:
    rows: list[dict[str, Value]] = [{"question": prompt, "answer": response} for prompt, response in pairs]
    known = records_of(a_card("instruction"), rows)
    for row, (prompt, response) in enumerate(pairs):
        assert known.halves(row) == (prompt or "", response or "")
        assert known.texts[row] == "\n".join(half for half in (prompt, response) if half is not None)


def test_only_a_pair_has_halves() -> None:
    known = records_of(CARD, ROWS)
    assert known.response_starts == (0, 0, 0, 0)
