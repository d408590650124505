"""A name fits in a path, a URL and a terminal, or it is refused."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.datanet.names import checked_name
from curation.errors import UsageError


@given(st.from_regex(r"[a-z0-9][a-z0-9-]{1,62}", fullmatch=True))
def test_good_names_pass_unchanged(name: str) -> None:
    assert checked_name(name, "datanet") == name


@given(st.text(max_size=70))
def test_all_else_is_refused(name: str) -> None:
    if re.fullmatch(r"[a-z0-9][a-z0-9-]{1,62}", name):
        return
    with pytest.raises(UsageError, match="datanet name"):
        checked_name(name, "datanet")


@pytest.mark.parametrize(
    "name",
    ["", "a", "-ab", "Ab", "a_b", "../x", "a/b", "ab\n", "a b", "ab\x00", "é-net", "а-net", "٣٤", "a" * 64, "con.txt"],
)
def test_what_a_path_a_url_or_a_terminal_would_obey_is_refused(name: str) -> None:
    with pytest.raises(UsageError):
        checked_name(name, "contributor")


def test_the_message_neither_obeys_nor_repeats_at_length() -> None:
    with pytest.raises(UsageError) as refused:
        checked_name("\x1b[31m" + "x" * 5000, "contributor")
    assert "\x1b" not in str(refused.value)
    assert len(str(refused.value)) < 250
