"""Messages say which thing, what was seen, what was wanted, and give nothing away."""

from decimal import Decimal
from typing import Any

import pytest

from curation.datanet.canonical import Value
from curation.evidence.rule_message import rule_message
from curation.evidence.rule_packs import Rule
from curation.finding import Severity


def rule(message: str, type_: str = "expect_column_values_to_be_between", wanted: str = "", **kwargs: Any) -> Rule:
    return Rule(
        code="mine/odd",
        pack="mine",
        type=type_,
        kwargs={"column": "age", **kwargs},
        severity=Severity.WARNING,
        message=message,
        evidence=-1.0,
        fix="f",
        why="w",
        passes=(),
        fails=(),
        field="age",
        wanted=wanted,
    )


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (212, "`age` is 212, 0 to 120 wanted"),
        (Decimal("2.50"), "`age` is 2.50, 0 to 120 wanted"),
        (True, "`age` is true, 0 to 120 wanted"),
        (None, "`age` is missing, 0 to 120 wanted"),
        ("old", "`age` is 'old', 0 to 120 wanted"),
        ("{wanted}{field}", "`age` is '{wanted}{field}', 0 to 120 wanted"),
        ("a\x1b[2Jb\u202e", "`age` is 'a⟨U+001B⟩[2Jb⟨U+202E⟩', 0 to 120 wanted"),
        ("mail amina.k@example.org now", "`age` is 'mail am••• now', 0 to 120 wanted"),
        ("x" * 500, f"`age` is '{'x' * 59}…', 0 to 120 wanted"),
    ],
)
def test_values_are_shown_cut_and_masked(value: Value, said: str) -> None:
    assert rule_message(rule("`{field}` is {value}, {wanted} wanted", wanted="0 to 120"), value) == said


def test_what_was_found_is_the_part_that_broke_the_rule() -> None:
    markup = rule("holds {found}", "expect_column_values_to_not_match_regex", regex="<b>")
    assert rule_message(markup, "one <b>two</b>") == "holds '<b>'"
    hidden = rule("holds {found}", "expect_column_values_to_not_match_regex_list", regex_list=["x", "\u200b"])
    assert rule_message(hidden, "car\u200bdio") == "holds '⟨U+200B⟩'"


def test_what_follows_from_another_field_is_told_with_it() -> None:
    follows = Rule(
        **{
            **vars(rule("`{field}` is {value} where `{other_field}` is {other}: {wanted} wanted")),
            "type": "expect_column_pair_values_b_to_follow_from_a",
            "kwargs": {"column_A": "zip", "column_B": "age", "value_pairs_set": [[4.5, "x"], [7, "a"], [7, "b"]]},
        }
    )
    assert rule_message(follows, "X", {"zip": Decimal("4.5")}) == "`age` is 'X' where `zip` is 4.5: 'x' wanted"
    assert rule_message(follows, "X", {"zip": 7}) == "`age` is 'X' where `zip` is 7: 'a' or 'b' wanted"
    assert rule_message(follows, "X") == "`age` is 'X' where `zip` is missing: what goes with it wanted"


def test_a_piece_cut_out_of_a_secret_is_masked_too() -> None:
    blob = rule("holds {found}", "expect_column_values_to_not_match_regex", regex="[A-Za-z0-9]{10}")
    assert rule_message(blob, "ghp_16C7e42F292c6912E7710c838347Ae178B4a") == "holds '16•••'"
