"""Great Expectations judges: positions come back for every kind of rule, and what raised is never a record's fault."""

import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from curation.errors import EngineFailed
from curation.evidence.great_expectations import judge
from curation.evidence.rule_packs import Rule
from curation.finding import Severity


def rule(type_: str, **kwargs: Any) -> Rule:
    return Rule(
        code=f"mine/{type_[-20:]}",
        pack="mine",
        type=type_,
        kwargs=kwargs,
        severity=Severity.WARNING,
        message="m",
        evidence=-1.0,
        fix="f",
        why="w",
        passes=(),
        fails=(),
        field=kwargs.get("column"),
    )


COLUMNS: dict[str, list[Any]] = {
    "text": ["one", "two", None, "one", "UNO", "tres"],
    "same": ["One!", "deux", None, "x", "uno", None],
    "number": [Decimal("0.1"), 5, None, Decimal("1e3"), -2, 5],
    "other": [0, 6, 1, None, -3, 5],
    "big": [2**63 - 1, 2**63 - 2, None, 3, 2**63 - 1, 4],
    "day": ["2024-01-31", "2024-02-30", None, "31/01/2024", "2024-01-01", ""],
    "flag": [True, False, None, True, False, True],
    "json": ["{}", "{", None, "[1]", "1", "[" * 100_000],
    "zip": ["00123", "1e5", None, "2024", "123", "100000"],
    "empty": [None] * 6,
}
CASES = [
    (rule("expect_column_values_to_match_regex", column="text", regex="^[a-z]+$"), (4,)),
    (rule("expect_column_values_to_not_match_regex", column="text", regex="o"), (0, 1, 3)),
    (rule("expect_column_values_to_match_regex_list", column="text", regex_list=["o", "e"]), (4,)),
    (
        rule("expect_column_values_to_match_regex_list", column="text", regex_list=["o", "n"], match_on="all"),
        (1, 4, 5),
    ),
    (rule("expect_column_values_to_not_match_regex_list", column="text", regex_list=["w", "U"]), (1, 4)),
    (rule("expect_column_values_to_be_in_set", column="text", value_set=["one", "two"]), (4, 5)),
    (rule("expect_column_values_to_not_be_in_set", column="text", value_set=["one"]), (0, 3)),
    (rule("expect_column_values_to_be_in_set", column="number", value_set=[5, 1000]), (0, 4)),
    (rule("expect_column_values_to_be_between", column="number", min_value=0, max_value=100), (3, 4)),
    (rule("expect_column_values_to_be_between", column="number", min_value=None, max_value=5), (3,)),
    (rule("expect_column_values_to_be_between", column="day", min_value="2024-01-15", max_value="2025"), (3, 4, 5)),
    (rule("expect_column_values_to_be_between", column="day", min_value="2024-01-01", strict_min=True), (4, 5)),
    (rule("expect_column_values_to_be_in_set", column="day", value_set=["2024-01-31", "2024-02-30"]), (3, 4, 5)),
    (rule("expect_column_values_to_be_in_set", column="zip", value_set=["00123", "1e5", "2024"]), (4, 5)),
    (rule("expect_column_values_to_be_unique", column="text"), (0, 3)),
    (rule("expect_column_values_to_be_unique", column="big"), (0, 4)),
    (rule("expect_column_values_to_not_be_null", column="text"), (2,)),
    (rule("expect_column_values_to_be_null", column="empty"), ()),
    (rule("expect_column_values_to_be_between", column="empty", min_value=1, max_value=2), ()),
    (rule("expect_column_values_to_match_regex", column="empty", regex="x"), ()),
    (rule("expect_column_values_to_match_regex", column="not-a-column", regex="x"), ()),
    (rule("expect_column_value_lengths_to_be_between", column="text", min_value=4, max_value=None), (0, 1, 3, 4)),
    (rule("expect_column_value_lengths_to_equal", column="text", value=3), (5,)),
    (rule("expect_column_values_to_match_strftime_format", column="day", strftime_format="%Y-%m-%d"), (1, 3, 5)),
    (rule("expect_column_values_to_be_json_parseable", column="json"), (1, 5)),
    (rule("expect_column_pair_values_a_to_be_greater_than_b", column_A="number", column_B="other"), (1, 5)),
    (
        rule("expect_column_pair_values_a_to_be_greater_than_b", column_A="number", column_B="other", or_equal=True),
        (1,),
    ),
    (rule("expect_column_pair_values_to_be_equal", column_A="number", column_B="other"), (0, 1, 4)),
    (
        rule("expect_column_pair_values_to_be_in_set", column_A="number", column_B="other", value_pairs_set=[[5, 6]]),
        (0, 4, 5),
    ),
    (
        rule(
            "expect_column_pair_values_b_to_follow_from_a",
            column_A="text",
            column_B="number",
            value_pairs_set=[["one", 0.1], ["two", 6], ["UNO", 1]],
        ),
        (1, 3, 4),
    ),
    (
        rule(
            "expect_column_pair_values_b_to_follow_from_a",
            column_A="big",
            column_B="text",
            value_pairs_set=[[2**63 - 1, "one"], [3, "one"], [4, "tres"], [4, "four"]],
        ),
        (4,),
    ),
    (rule("expect_column_pair_values_to_differ", column_A="text", column_B="same"), (0, 4)),
    (rule("expect_compound_columns_to_be_unique", column_list=["text", "flag"]), (0, 3)),
    (rule("expect_select_column_values_to_be_unique_within_record", column_list=["number", "other"]), (5,)),
    (rule("expect_multicolumn_sum_to_equal", column_list=["number", "other"], sum_total=10), (0, 1, 4)),
    (rule("expect_column_values_to_hold_no_personal_data", column="text", kind="email"), ()),
]


@pytest.fixture(scope="module")
def judged() -> list[tuple[int, ...]]:
    results = judge([case for case, _ in CASES], COLUMNS, 6)
    assert [result.rule for result in results] == [case for case, _ in CASES]
    return [result.positions for result in results]


@pytest.mark.parametrize("index", range(len(CASES)), ids=lambda index: f"{index}-{CASES[index][0].type[7:]}")
def test_the_rows_that_fail_are_named(judged: list[tuple[int, ...]], index: int) -> None:
    assert judged[index] == CASES[index][1]


def test_more_failures_than_any_limit_all_come_back() -> None:
    (result,) = judge([rule("expect_column_values_to_match_regex", column="a", regex="x")], {"a": ["y"] * 1500}, 1500)
    assert result.positions == tuple(range(1500))


def test_each_kind_of_personal_data_is_found_in_one_judgement() -> None:
    texts = ["write to a.b@example.org", "card 4111 1111 1111 1111", "nothing", "a.b@example.org 41.173.96.26"]
    kinds = ("email", "card", "ip-address", "iban")
    rules = [rule("expect_column_values_to_hold_no_personal_data", column="a", kind=kind) for kind in kinds]
    assert [result.positions for result in judge(rules, {"a": texts}, 4)] == [(0, 3), (1,), (3,), ()]


def test_nothing_to_judge_gives_nothing() -> None:
    unique = rule("expect_column_values_to_be_unique", column="a")
    assert judge([], {"a": ["x"]}, 1) == ()
    assert [result.positions for result in judge([unique], {"a": []}, 0)] == [()]


def test_the_same_rule_twice_is_answered_twice() -> None:
    unique = rule("expect_column_values_to_be_unique", column="a")
    assert [result.positions for result in judge([unique, unique], {"a": ["x", "x"]}, 2)] == [(0, 1), (0, 1)]


def test_an_expectation_that_raised_fails_the_engine_and_not_the_record() -> None:
    raising = rule("expect_column_values_to_be_between", column="a", min_value=1, max_value=2)
    fine = rule("expect_column_values_to_be_unique", column="b")
    with pytest.raises(EngineFailed, match=r"the rule mine/values_to_be_between could not be judged: .*same type"):
        judge([fine, raising], {"a": ["text"], "b": ["text"]}, 1)


def test_an_expectation_that_cannot_be_built_names_the_rule() -> None:
    wrong = rule("expect_column_values_to_be_between", column="a", min_value=[1])
    with pytest.raises(EngineFailed, match="the rule mine/values_to_be_between cannot be judged"):
        judge([wrong], {"a": [1]}, 1)


def test_column_names_are_data() -> None:
    name = "`a`; import os #\"'{x}$\n"
    (result,) = judge([rule("expect_column_values_to_be_unique", column=name)], {name: ["x", "x"]}, 2)
    assert result.positions == (0, 1)


def test_a_pattern_that_explodes_elsewhere_takes_no_time() -> None:
    (result,) = judge(
        [rule("expect_column_values_to_match_regex", column="a", regex="^(a+)+$")], {"a": ["a" * 5000 + "!"]}, 1
    )
    assert result.positions == (0,)


def test_it_prints_nothing_and_opens_no_connection() -> None:
    program = """
import socket, sys
def refused(*_): raise SystemExit("a connection was opened")
socket.socket.connect = socket.create_connection = socket.getaddrinfo = refused
from tests.evidence.test_great_expectations import rule
from curation.evidence.great_expectations import judge
from curation.errors import EngineFailed
bad = rule("expect_column_values_to_be_between", column="a", min_value=1, max_value=2)
judge([rule("expect_column_values_to_be_unique", column="a")], {"a": ["x", "x"]}, 2)
try:
    judge([bad], {"a": ["x"]}, 1)
except EngineFailed:
    pass
"""
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=False, timeout=120
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
