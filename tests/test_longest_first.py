from pathlib import Path

import pytest

from tests.longest_first import LONGEST, sort_by_length

ROOT = Path(__file__).parents[1]


def test_what_is_to_begin_first_is_there() -> None:
    assert [file for file in LONGEST if not (ROOT / file).is_file()] == []
    assert len(set(LONGEST)) == len(LONGEST)


def test_nothing_but_the_order_changes(request: pytest.FixtureRequest) -> None:
    items = [item for item in request.session.items if "longest_first" in item.nodeid]
    mine = list(items)
    sort_by_length(items)
    assert items == mine
    sort_by_length(items, ["tests/test_longest_first.py"])
    assert items == mine
