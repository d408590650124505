"""A pack is read strictly, and becomes rules on the fields of a card."""

from pathlib import Path
from typing import Any

import pytest

from curation.datanet.card import Datanet, read_card
from curation.errors import CardError
from curation.evidence.rule_packs import load_packs, load_rules, read_pack

CARD = b"""
schema: curation.datanet/1
name: farms
title: Farms
licence: CC-BY-4.0
languages: [en]
task: table
rules: [mine]
fields:
  - {name: id, role: id, required: true}
  - {name: crop, role: feature, allowed: [maize, rice]}
  - {name: note, role: feature}
  - {name: area, type: number, role: feature, range: [0.5, 500], unit: ha}
  - {name: depth, type: number, role: feature, range: [null, 30]}
  - {name: sown, type: date, role: feature}
  - {name: cut, type: date, role: feature}
  - {name: wet, type: boolean, role: feature}
"""
META = '{message: "`{field}` is odd", evidence: -1, fix: look, why: because}'


def farms() -> Datanet:
    return read_card(CARD, "card")


def pack(
    type_: str, kwargs: str, for_each: str = "", *, severity: str = "warning", meta: str = META, more: str = ""
) -> bytes:
    selected = f"for_each: {for_each}" if for_each else ""
    return f"""schema: curation.rules/1
pack: mine
title: Mine
rules:
  - code: odd
    type: {type_}
    {selected}
    kwargs: {kwargs}
    severity: {severity}
    meta: {meta}
    {more}
""".encode()


def made(data: bytes) -> list[tuple[str | None, dict[str, Any], str]]:
    (rule,) = read_pack(data, "mine.yaml").rules
    return [(made.field, dict(made.kwargs), made.wanted) for made in rule.on(farms().fields)]


def test_a_rule_is_made_once_for_each_selected_field_that_has_what_it_needs() -> None:
    between = pack("expect_column_values_to_be_between", "{column: $field, min_value: $min, max_value: $max}", "any")
    assert made(between) == [
        ("area", {"column": "area", "min_value": 0.5, "max_value": 500}, "0.5 to 500 ha"),
        ("depth", {"column": "depth", "min_value": None, "max_value": 30}, "at most 30"),
    ]
    listed = pack("expect_column_values_to_be_in_set", "{column: $field, value_set: $allowed}", "listed")
    assert made(listed) == [("crop", {"column": "crop", "value_set": ["maize", "rice"]}, "one of maize, rice")]


def test_written_fields_are_those_in_peoples_own_words() -> None:
    rule = pack("expect_column_values_to_match_regex", "{column: $field, regex: x}", "written")
    assert [field for field, _, _ in made(rule)] == ["note"]


def test_several_selectors_join() -> None:
    rule = pack("expect_column_values_to_not_be_null", "{column: $field}", "[id, ranged]")
    assert [field for field, _, _ in made(rule)] == ["id", "area", "depth"]


def test_a_rule_without_selector_names_fields_itself() -> None:
    pair = pack("expect_column_pair_values_a_to_be_greater_than_b", "{column_A: cut, column_B: sown, or_equal: true}")
    assert made(pair) == [(None, {"column_A": "cut", "column_B": "sown", "or_equal": True}, "")]


@pytest.mark.parametrize(
    ("type_", "kwargs", "said"),
    [
        ("expect_column_values_to_match_regex", "{column: gone, regex: x}", "there is no field 'gone'"),
        ("expect_column_values_to_match_regex", "{column: area, regex: x}", "judges text, 'area' is number"),
        ("expect_column_values_to_be_between", "{column: note, min_value: 1}", "1 is number, the field 'note' is text"),
        ("expect_column_values_to_be_in_set", "{column: note, value_set: [1, 2]}", "1 is number"),
        ("expect_column_pair_values_to_be_equal", "{column_A: area, column_B: note}", "fields of one type"),
    ],
)
def test_a_rule_that_does_not_fit_its_fields_is_refused_with_its_line(type_: str, kwargs: str, said: str) -> None:
    with pytest.raises(CardError) as refused:
        made(pack(type_, kwargs))
    assert str(refused.value).startswith("mine.yaml:5: mine/odd: ")
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("type_", "kwargs", "said"),
    [
        ("expect_column_mean_to_be_between", "{column: area, min_value: 1}", "judges a whole column or table"),
        ("expect_table_row_count_to_equal", "{value: 3}", "judges a whole column or table"),
        ("expect_column_value_z_scores_to_be_less_than", "{column: area}", "by its neighbours in the file"),
        ("expect_column_values_to_match_like_pattern", "{column: note}", "it is for SQL"),
        ("unexpected_rows_expectation", "{unexpected_rows_query: x}", "is not known"),
        ("os.system", "{column: note}", "is not known"),
        ("expect_column_values_to_match_regex", "{column: note, regex: '(?=a)b'}", "RE2 has no lookaround"),
        ("expect_column_values_to_match_regex", r"{column: note, regex: '(a)\1'}", "RE2 has no backreferences"),
        ("expect_column_values_to_match_regex", "{column: note, regex: '(a'}", "does not run on RE2"),
        ("expect_column_values_to_match_regex_list", "{column: note, regex_list: [a, '(?<!b)']}", "no lookaround"),
        ("expect_column_values_to_match_regex", "{column: note}", "wants `regex`"),
        ("expect_column_values_to_match_regex", "{column: note, regex: a, mostly: 0.9}", "judged by itself"),
        ("expect_column_values_to_match_regex", "{column: note, regex: a, row_condition: b}", "is no argument of"),
        ("expect_column_values_to_be_between", "{column: area}", "wants min_value or max_value"),
        ("expect_column_value_lengths_to_be_between", "{column: note, min_value: one}", "numbers as bounds"),
        ("expect_column_values_to_be_in_set", "{column: crop, value_set: maize}", "a list of values was wanted"),
    ],
)
def test_what_cannot_judge_a_record_is_refused_with_the_reason(type_: str, kwargs: str, said: str) -> None:
    with pytest.raises(CardError) as refused:
        read_pack(pack(type_, kwargs), "mine.yaml")
    assert str(refused.value).startswith("mine.yaml:5: ")
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"severity": "warning", "meta": "{message: m, fix: f, why: w}"}, "a warning wants `evidence` below 0"),
        ({"severity": "info"}, "info moves nothing"),
        ({"severity": "insufficient"}, "severity"),
        ({"meta": "{message: m, evidence: 1, fix: f, why: w}"}, "less than or equal to 0"),
        ({"meta": '{message: "{value.__class__}", evidence: -1, fix: f, why: w}'}, "is not known"),
        ({"meta": '{message: "{wanted}", evidence: -1, fix: f, why: w}'}, "cannot say {wanted}"),
        ({"meta": "{message: m, evidence: -1, fix: f, why: w, how: h}"}, "unknown key"),
        ({"more": "extra: 1"}, "unknown key"),
        ({"for_each": "everything"}, "is not known; wanted: id, text"),
        ({"for_each": "text", "kwargs": "{column: note, regex: x}"}, "wants $field"),
    ],
)
def test_a_badly_stated_rule_is_refused(change: dict[str, str], said: str) -> None:
    given = {"type_": "expect_column_values_to_match_regex", "kwargs": "{column: note, regex: x}", **change}
    with pytest.raises(CardError) as refused:
        read_pack(pack(**given), "mine.yaml")
    assert said in str(refused.value)
    assert str(refused.value).startswith("mine.yaml:")


def test_a_code_stands_once() -> None:
    data = pack("expect_column_values_to_be_unique", "{column: id}")
    twice = data + data[data.index(b"  - code") :]
    with pytest.raises(CardError, match="the code odd stands twice"):
        read_pack(twice, "mine.yaml")


def test_the_first_folder_wins_and_a_missing_pack_is_said(tmp_path: Path) -> None:
    own, shipped = tmp_path / "own", tmp_path / "shipped"
    own.mkdir()
    shipped.mkdir()
    (shipped / "mine.yaml").write_bytes(pack("expect_column_values_to_be_unique", "{column: id}"))
    assert [rule.type for rule in load_rules(farms(), [own, shipped])] == ["expect_column_values_to_be_unique"]
    (own / "mine.yaml").write_bytes(pack("expect_column_values_to_not_be_null", "{column: id}"))
    assert [rule.type for rule in load_rules(farms(), [own, shipped])] == ["expect_column_values_to_not_be_null"]
    assert [pack.rules[0].type for pack in load_packs([own, shipped])] == ["expect_column_values_to_not_be_null"]
    with pytest.raises(CardError, match=r"rules/mine\.yaml is not there"):
        load_rules(farms(), [tmp_path])


def test_a_pack_under_another_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_bytes(pack("expect_column_values_to_be_unique", "{column: id}"))
    with pytest.raises(CardError, match="the file says pack: mine"):
        load_packs([tmp_path])
