"""What is inferred from a sample is read back, accepts the sample, and says what it rests on."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from curation.datanet.canonical import Value
from curation.datanet.card import Datanet, FieldType, Role, Task, read_card
from curation.errors import UsageError
from curation.evidence.great_expectations import judge
from curation.evidence.infer_rules import infer_card_and_rules
from curation.evidence.rule_message import rule_message
from curation.evidence.rule_packs import Rule, load_rules, read_pack
from curation.intake.reading import Sample
from curation.intake.typed import Problem, Typing

RULES = Path(__file__).parents[2] / "rules"


def sample(rows: list[dict[str, Value]], format_: str = "jsonl") -> Sample:
    columns = tuple(dict.fromkeys(name for row in rows for name in row))
    return Sample(format=format_, columns=columns, rows=tuple(rows))


def inferred(given: Sample, task: Task, roles: dict[Role, str] | None = None) -> tuple[Datanet, tuple[Rule, ...]]:
    card, pack = infer_card_and_rules(given, name="farms", task=task, roles=roles or {})
    datanet = read_card(card.encode(), "card")
    rules = tuple(made for rule in read_pack(pack.encode(), "pack").rules for made in rule.on(datanet.fields))
    return datanet, rules


def failures(given: Sample, datanet: Datanet, rules: tuple[Rule, ...]) -> list[Any]:
    """What the card or the inferred rules have against the sample itself."""
    typing = Typing(datanet, cells_are_text=given.format == "csv")
    typed = [typing.applied(row) for row in given.rows]
    problems: list[Any] = [row for row in typed if isinstance(row, Problem)]
    rows = [row for row in typed if not isinstance(row, Problem)]
    columns = {field.name: [row.get(field.name) for row in rows] for field in datanet.fields}
    return problems + [(r.rule.code, r.positions) for r in judge(rules, columns, len(rows)) if r.positions]


CROPS = ("maize", "rice", "wheat")
HARVEST = sample(
    [
        {
            "id": f"cr-{n:04}",
            "crop": CROPS[n % 3],
            "zip": f"{n * 7:05}",
            "area": f"{n * 37 % 100 / 4}",
            "rain": None if n == 3 else str(300 + n * 37 % 100),
            "wet": "true" if n % 2 else "false",
            "sown": f"2024-03-{n % 28 + 1:02}",
            "size": "1e5",
        }
        for n in range(100)
    ],
    "csv",
)


def test_types_roles_and_gaps_of_a_table() -> None:
    datanet, _ = inferred(HARVEST, Task.TABLE)
    seen = {field.name: (field.type, field.role, field.required) for field in datanet.fields}
    assert seen == {
        "id": (FieldType.TEXT, Role.ID, True),
        "crop": (FieldType.TEXT, Role.FEATURE, True),
        "zip": (FieldType.TEXT, Role.FEATURE, True),
        "area": (FieldType.NUMBER, Role.FEATURE, True),
        "rain": (FieldType.INTEGER, Role.FEATURE, False),
        "wet": (FieldType.BOOLEAN, Role.FEATURE, True),
        "sown": (FieldType.DATE, Role.FEATURE, True),
        "size": (FieldType.TEXT, Role.FEATURE, True),
    }


def test_rules_of_a_table_are_wider_than_the_sample_and_say_what_they_rest_on() -> None:
    datanet, rules = inferred(HARVEST, Task.TABLE)
    by_code = {rule.code: rule for rule in rules}
    assert dict(by_code["farms/crop-values"].kwargs) == {"column": "crop", "value_set": ["maize", "rice", "wheat"]}
    assert dict(by_code["farms/rain-range"].kwargs) == {"column": "rain", "min_value": 250, "max_value": 450}
    assert dict(by_code["farms/zip-shape"].kwargs) == {"column": "zip", "regex": "^[0-9]{5}$"}
    assert "all 99 sampled values; 99 distinct" in by_code["farms/rain-range"].why
    assert {rule.severity for rule in rules} == {"warning"}
    assert failures(HARVEST, datanet, rules) == []


VISITS = sample(
    [
        {
            "ward": f"W{n * 7 % 23:02}",
            "house": f"H{n * 7 % 23 % 5}",
            "floor": str(n * 7 % 23 % 4),
            "dose": "none" if n % 5 == 0 else f"{n * 13 % 97 + 1} mg",
            "state": "open",
        }
        for n in range(300)
    ],
    "csv",
)


def test_what_follows_from_another_column_is_a_rule_that_says_what_was_wanted() -> None:
    datanet, rules = inferred(VISITS, Task.TABLE)
    by_code = {rule.code: rule for rule in rules}
    follows = by_code["farms/house-follows"]
    assert (follows.kwargs["column_A"], follows.field) == ("ward", "house")
    assert "277 rows had a 'ward' that an earlier row had, and each the same 'house' again" in follows.why
    assert by_code["farms/floor-follows"].kwargs["value_pairs_set"][0] == ["W00", 0]
    rows = [
        {"ward": "W07", "house": "H2"},
        {"ward": "W07", "house": "H3"},
        {"ward": "new", "house": "H3"},
        {"ward": "W07"},
    ]
    columns = {name: [row.get(name) for row in rows] for name in ("ward", "house")}
    (result,) = judge([follows], columns, len(rows))
    assert result.positions == (1,)
    assert rule_message(follows, "H3", rows[1]) == "`house` is 'H3' where `ward` is 'W07': 'H2' wanted"
    assert failures(VISITS, datanet, rules) == []


def test_several_shapes_and_a_constant_are_rules_too() -> None:
    _, rules = inferred(VISITS, Task.TABLE)
    by_code = {rule.code: rule for rule in rules}
    assert by_code["farms/dose-shape"].kwargs["regex_list"] == ["^[0-9]+ mg$", "^none$"]
    assert "the shape of 99 mg or none was wanted" in by_code["farms/dose-shape"].message
    assert by_code["farms/state-values"].kwargs["value_set"] == ["open"]


def test_words_alone_are_no_shape() -> None:
    rows: list[dict[str, Value]] = [
        {"who": f"{'abcdefghijklm'[n % 13] * 3} {'nopqrstuvwx'[n % 11] * 4}", "n": n} for n in range(143)
    ]
    _, rules = inferred(sample(rows), Task.TABLE)
    assert [rule.code for rule in rules if rule.code.startswith("farms/who")] == []


def test_column_names_in_comments_cannot_break_out() -> None:
    name = "a\n- code: x\u2028{field}"
    rows = [{name: row["ward"], "house": row["house"]} for row in VISITS.rows]
    datanet, rules = inferred(sample(rows, "csv"), Task.TABLE)
    (follows,) = [rule for rule in rules if rule.code.endswith("-follows")]
    assert follows.kwargs["column_A"] == name
    assert failures(sample(rows, "csv"), datanet, rules) == []


def test_labels_are_listed_only_where_a_new_one_is_improbable() -> None:
    rows: list[dict[str, Value]] = [{"id": n, "question": f"Why {n}?", "topic": CROPS[n % 3]} for n in range(90)]
    datanet, rules = inferred(sample(rows), Task.LABELLED_TEXT, {Role.LABEL: "topic"})
    (label,) = datanet.with_role(Role.LABEL)
    assert label.allowed == ("maize", "rice", "wheat")
    assert datanet.name_of(Role.TEXT) == "question"
    assert [rule.code for rule in rules] == ["farms/id-unique", "farms/question-length"]
    rows += [{"id": 100 + n, "question": "Why?", "topic": f"rare {n}"} for n in range(5)]
    datanet, _ = inferred(sample(rows), Task.LABELLED_TEXT, {Role.LABEL: "topic"})
    assert datanet.with_role(Role.LABEL)[0].allowed is None


def test_a_sorted_file_gives_no_lists_and_no_ranges() -> None:
    rows: list[dict[str, Value]] = [{"text": "Why?", "n": n, "topic": f"topic {n // 30}"} for n in range(120)]
    datanet, rules = inferred(sample(rows), Task.LABELLED_TEXT, {Role.LABEL: "topic"})
    assert datanet.with_role(Role.LABEL)[0].allowed is None
    assert [rule.code for rule in rules] == ["farms/text-length"]


def test_what_keeps_a_column_from_being_numbers_is_said() -> None:
    rows: list[dict[str, Value]] = [{"text": "a", "mass": "NA" if n == 7 else str(n)} for n in range(40)]
    card, _ = infer_card_and_rules(sample(rows, "csv"), name="farms", task=Task.TEXT, roles={})
    assert '# Most values look like numbers; text because of "NA"' in card


def test_it_works_with_the_shipped_packs(tmp_path: Path) -> None:
    card, pack = infer_card_and_rules(HARVEST, name="farms", task=Task.TABLE, roles={})
    (tmp_path / "farms.yaml").write_text(pack, encoding="utf-8")
    rules = load_rules(read_card(card.encode(), "card"), [tmp_path, RULES])
    assert {rule.pack for rule in rules} == {"table", "personal-data", "farms"}


def test_columns_that_were_left_out_do_not_reject_their_rows() -> None:
    nested = Sample(format="jsonl", columns=("text",), rows=({"text": "a"},), nested=("tags",))
    datanet, _ = inferred(nested, Task.TEXT)
    assert datanet.unknown_fields == "ignore"


def test_values_of_several_types_are_said() -> None:
    mixed = sample([{"text": "a", "n": 1}, {"text": "b", "n": "one"}])
    card, _ = infer_card_and_rules(mixed, name="farms", task=Task.TEXT, roles={})
    assert "Values of several types were seen" in card


@pytest.mark.parametrize(
    ("rows", "task", "roles", "said"),
    [
        ([], Task.TEXT, {}, "no readable row"),
        ([{"a": "x"}], Task.TEXT, {Role.TEXT: "b"}, "no column 'b' for the text; there are a"),
        ([{"a": "x"}], Task.LABELLED_TEXT, {Role.TEXT: "a"}, "no column looks like the label; name it with --label"),
        ([{"a": "x"}], Task.LABELLED_TEXT, {Role.TEXT: "a", Role.LABEL: "a"}, "given two roles"),
        ([{"a": "x", "b": 1}], Task.LABELLED_TEXT, {Role.LABEL: "b"}, "text in every row was wanted"),
        ([{"a" * 300: "x"}], Task.TEXT, {}, "cannot be used: 1 to 200 characters"),
        ([{"id": "x"}], Task.TABLE, {}, "a table wants a column"),
    ],
)
def test_what_cannot_be_inferred_is_said(
    rows: list[dict[str, Value]], task: Task, roles: dict[Role, str], said: str
) -> None:
    with pytest.raises(UsageError) as refused:
        infer_card_and_rules(sample(rows), name="farms", task=task, roles=roles)
    assert said in str(refused.value)


def test_the_name_of_a_shipped_pack_is_not_taken() -> None:
    with pytest.raises(UsageError, match="shipped rule pack"):
        infer_card_and_rules(HARVEST, name="text", task=Task.TABLE, roles={})


names = st.text(min_size=1, max_size=12).filter(lambda name: not any(0xD800 <= ord(c) < 0xE000 for c in name))
texts = st.text(max_size=20).filter(lambda text: not any(0xD800 <= ord(c) < 0xE000 for c in text))
cells = st.one_of(
    st.just(st.integers(-(10**12), 10**12).map(str)),
    st.just(st.decimals(-(10**6), 10**6, places=3).map(lambda number: f"{number:f}")),
    st.just(st.sampled_from(["true", "false"])),
    st.just(st.dates().map(str)),
    st.just(st.sampled_from(["a", "b", "no", "1e5", "00123", "null", "- x: {y}"])),
    st.just(st.from_regex(r"\A[A-Z]{2}-[0-9]{1,4}\Z")),
    st.just(texts.filter(bool)),
)
values = st.one_of(
    st.just(st.integers(-(2**63), 2**63 - 1)),
    st.just(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9)),
    st.just(st.booleans()),
    st.just(texts),
)


@st.composite
def samples(draw: st.DrawFn) -> Sample:
    format_ = draw(st.sampled_from(["csv", "jsonl"]))
    kinds = draw(st.dictionaries(names, cells if format_ == "csv" else values, min_size=1, max_size=3))
    count = draw(st.sampled_from([1, 2, 40]))
    few = draw(st.booleans())
    columns: dict[str, list[Any]] = {}
    for name, kind in kinds.items():
        pool = draw(
            st.lists(st.one_of(st.none(), kind) if draw(st.booleans()) else kind, min_size=1, max_size=3 if few else 40)
        )
        columns[name] = [pool[n % len(pool)] for n in range(count)]
    rows = tuple({name: column[n] for name, column in columns.items()} for n in range(count))
    return Sample(format=format_, columns=tuple(columns), rows=rows)


@given(samples())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_it_accepts_the_sample_it_was_inferred_from(given: Sample) -> None:
    if {name.lower() for name in given.columns} <= {"id", "source", "url", "licence", "license"}:
        return
    datanet, rules = inferred(given, Task.TABLE)
    assert [field.name for field in datanet.fields] == list(given.columns)
    assert failures(given, datanet, rules) == []


def test_extreme_numbers_stay_within_their_own_range() -> None:
    rows: list[dict[str, Value]] = [
        {"a": Decimal(n).scaleb(-300), "b": Decimal(n), "c": -n} for n in [*range(40), *range(40)]
    ]
    datanet, rules = inferred(sample(rows), Task.TABLE)
    assert len(rules) == 3
    assert failures(sample(rows), datanet, rules) == []
