"""YAML is read strictly, and what is wrong is named with its line."""

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict

from curation.datanet.strict_yaml import SIZE_MAX_BYTES, read_yaml
from curation.errors import CardError

BOMB = b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (BOMB, r"card:2: an alias \(\*\) is not allowed"),
        (b"a: 1\nb: 2\na: 3\n", "card:3: the key 'a' stands twice"),
        (b"a:\n  - {x: 1,\n     x: 2}\n", "card:3: the key 'x' stands twice"),
        (b"a: 1\n2: b\n", "card:2: a key must be text"),
        (b"true: b\n", "card:1: a key must be text"),
        (b"a: !!python/object/apply:os.system [ls]\n", "card:1: the tag .* is not allowed"),
        (b"a: !x 1\n", "card:1: the tag !x is not allowed"),
        (b"a: [1, 2\nb: 3\n", "card:2: "),
        (b"a: 1\n---\nb: 2\n", "card:2: "),
        (b"a: \xff\n", "card:1: not readable as YAML"),
        (b"a: \x00\n", "card:1: not readable as YAML"),
        (b"[" * 3000, "card:1: not readable as YAML"),
        (b"# " + b"x" * SIZE_MAX_BYTES, f"at most {SIZE_MAX_BYTES} wanted"),
    ],
)
def test_it_refuses_with_the_line(data: bytes, said: str) -> None:
    with pytest.raises(CardError, match=said):
        read_yaml(data, "card")


@pytest.mark.parametrize("written", ["!!binary YQ==", "!!set {a: }", "!!omap [a: 1]", "!!timestamp 2020-01-01"])
def test_even_the_tags_of_the_standard_are_refused(written: str) -> None:
    with pytest.raises(CardError, match=r"card:2: the tag .* is not allowed"):
        read_yaml(f"b: 1\na: {written}\n".encode(), "card")


def test_dates_stay_text() -> None:
    assert read_yaml(b"a: 2024-02-01\nb: 1.5\nc: yes\nd: null\ne: 012", "card").value == {
        "a": "2024-02-01",
        "b": 1.5,
        "c": True,
        "d": None,
        "e": 10,
    }


def test_nothing_is_nothing() -> None:
    assert read_yaml(b"", "card").value is None
    assert read_yaml(b"# a comment\n", "card").value is None


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(categories=["L", "N", "Zs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=3),
    max_leaves=10,
)


@given(PLAIN)
def test_plain_documents_are_read_as_any_reader_would(value: Any) -> None:
    data = yaml.safe_dump(value, allow_unicode=True).encode()
    if b"&id" in data:
        return
    assert read_yaml(data, "card").value == value


@given(st.binary(max_size=200))
def test_bytes_are_read_or_refused_never_more(data: bytes) -> None:
    said = "card:"
    try:
        read_yaml(data, "card")
    except CardError as refused:
        said = str(refused)
    assert said.startswith("card:")


class Owner(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    shares: list[int]


def test_a_model_is_refused_at_the_line_of_the_value() -> None:
    located = read_yaml(b"name: x\nshares:\n  - 1\n  - many\n", "card")
    with pytest.raises(CardError, match=r"card:4: shares\.1: "):
        located.validated(Owner)


def test_an_unknown_key_comes_first_since_it_is_often_why_another_is_missing() -> None:
    located = read_yaml(b"nam: x\nshares: [1]\n", "card")
    with pytest.raises(CardError, match=r"card:1: nam: unknown key \(and 1 more\)"):
        located.validated(Owner)


def test_a_good_document_becomes_its_model() -> None:
    assert read_yaml(b"name: x\nshares: [1, 2]\n", "card").validated(Owner) == Owner(name="x", shares=[1, 2])
