"""Two paths are folded alike where a file system takes them for one, and only there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.gate.alike import folded


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a.jsonl", "A.JSONL"),
        ("x/caf\u00e9", "x/cafe\u0301"),
        ("x/CAFE\u0301", "x/caf\u00e9"),
        ("rules/x", "rules. ./x"),
        ("rules", "ru\u200cles"),
        ("stra\u00dfe", "STRASSE"),
        ("\uff41.jsonl", "a.jsonl"),
    ],
)
def test_what_some_system_takes_for_one_is_folded_alike(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize(("one", "other"), [("a.jsonl", "b.jsonl"), ("a/b", "ab"), ("a-b", "a_b"), (".", "..")])
def test_others_are_not(one: str, other: str) -> None:
    assert folded(one) != folded(other)


@given(st.lists(st.text(st.characters(exclude_characters="/"), max_size=8), min_size=1, max_size=5))
def test_a_path_stays_in_its_folders(parts: list[str]) -> None:
    """Else a path could pass for one in a folder that decides, or hide from it."""
    path = "/".join(parts)
    assert folded(path) == "/".join(folded(part) for part in parts)
    assert folded(f"rules/{path}").startswith("rules/")
