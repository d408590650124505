"""Every rule that ships: its examples are run, its words are complete, its patterns let honest text through."""

import itertools
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from curation.evidence.great_expectations import judge
from curation.evidence.patterns import compiled
from curation.evidence.personal_data import find_personal_data
from curation.evidence.rule_message import rule_message
from curation.evidence.rule_packs import PackRule, Rule, load_packs, pack_rules
from curation.evidence.rule_types import COLUMN_KWARGS
from curation.finding import Severity

if TYPE_CHECKING:
    from curation.datanet.canonical import Value

RULES = Path(__file__).parents[2] / "rules"
SHIPPED = pack_rules([RULES])


Positions: TypeAlias = dict[str, tuple[int, ...]]


def renamed(code: str, value: Any) -> Any:
    return [renamed(code, item) for item in value] if isinstance(value, list | tuple) else f"{code} {value}"


@pytest.fixture(scope="module")
def judged() -> Positions:
    """All examples in one judgement: each rule has columns of its own, passing rows first."""
    rules: list[Rule] = []
    columns: dict[str, list[Value]] = {}
    length = max(len(rule.passes) + len(rule.fails) for rule in SHIPPED)
    for rule in SHIPPED:
        (made,) = rule.on(rule.example_fields())
        named = {key: renamed(rule.code, made.kwargs[key]) for key in COLUMN_KWARGS if key in made.kwargs}
        rules.append(replace(made, kwargs={**made.kwargs, **named}))
        rows = (*rule.passes, *rule.fails)
        for field in rule.example_fields():
            column = [row.get(field.name) for row in rows]
            columns[renamed(rule.code, field.name)] = [*column, *[None] * (length - len(rows))]
    return {result.rule.code: result.positions for result in judge(rules, columns, length)}


def test_the_five_packs_ship() -> None:
    names = [pack.name for pack in load_packs([RULES])]
    assert names == ["instruction", "labelled-text", "personal-data", "table", "text"]


@pytest.mark.parametrize("rule", SHIPPED, ids=lambda rule: rule.code)
def test_its_examples_tell_right_from_wrong(rule: PackRule, judged: Positions) -> None:
    assert rule.passes
    assert rule.fails
    assert judged[rule.code] == tuple(range(len(rule.passes), len(rule.passes) + len(rule.fails)))


@pytest.mark.parametrize("rule", SHIPPED, ids=lambda rule: rule.code)
def test_its_message_is_one_plain_line_without_gaps(rule: PackRule) -> None:
    (made,) = rule.on(rule.example_fields())
    said = rule_message(made, rule.fails[-1].get(made.field or ""))
    assert "wanted" in said
    assert "{" not in said
    assert "''" not in said
    assert said.isprintable()


def test_only_what_cannot_be_used_at_all_is_critical() -> None:
    critical = {rule.code for rule in SHIPPED if rule.severity is Severity.CRITICAL}
    assert critical == {
        "text/empty",
        "labelled-text/empty-label",
        "labelled-text/unknown-label",
        "instruction/empty-prompt",
        "instruction/empty-response",
        "table/value-not-allowed",
        "table/out-of-range",
    }


def test_an_instruction_to_a_grader_moves_nothing() -> None:
    (rule,) = [rule for rule in SHIPPED if rule.code == "text/grader-instruction"]
    assert (rule.severity, rule.evidence) == (Severity.INFO, 0)


def test_no_private_value_is_shown_beyond_two_characters() -> None:
    for rule in SHIPPED:
        if rule.pack == "personal-data":
            (made,) = rule.on(rule.example_fields())
            text = str(rule.fails[0]["text"])
            (span,) = find_personal_data(text)
            said = rule_message(made, text)
            assert f" {text[span.start : span.start + 2]}•••:" in said
            assert text[span.start : span.start + 3] not in said


INNOCENT = (
    "İstanbul'da kahve; Ärzte, naïve, œuvre, Łódź, Þór, Đà Nẵng.",
    "Пациент принял таблетку. Ο ασθενής πήρε το χάπι.",
    "क्\u200dया यह सुरक्षित है? می\u200cرود. নিরাপদ কি? CD\u200cها",
    "👨\u200d👩\u200d👧 🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "葛\U000e0100城 ᠮᠣᠩ\u180bᠭᠣᠯ ⠓⠊\u2800⠞⠓⠑⠗⠑ ខ្ញុំឈឺ",
    "1\ufe0f⃣ ❤\ufe0f ©\ufe0f x² ≤ 5 μm, kΩ, NFκB, PPARγ, α-helix",
    "Le prix est de 5 000 € — « très bien » ; it’s 3 < 4 and a<b, R&D.",
    "See section 10.2.3.4 of ISO 27001:2022, DOI 10.1000/182, ISBN 978-3-16-148410-0.",
    "UUID 123e4567-e89b-12d3-a456-426614174000, sha 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08.",
    "Between 12:30 and 14:45 on 31.12.2023 the count was 1,234,567.89 (p = 0.0345, 95% CI 1.02-3.45).",
    "Rate your pain from 1 to 10 and follow the previous instructions of your doctor.",
)


def test_honest_text_of_many_scripts_passes_every_rule() -> None:
    rules = [
        made
        for rule in SHIPPED
        if rule.pack in ("text", "personal-data") and "text" in {*rule.for_each, *rule.passes[0]}
        for made in rule.on(rule.example_fields())
    ]
    results = judge(rules, {"text": INNOCENT}, len(INNOCENT))
    assert [(result.rule.code, INNOCENT[at]) for result in results for at in result.positions] == []


@pytest.mark.parametrize(
    "char",
    "\u00ad\u115f\u17b4\u17b5\u180b\u180e\u180f\u200b\u2060\u2800\u3164\ufeff\uffa0\U000e0100\U000e01ef",
    ids=ascii,
)
def test_what_nobody_sees_in_a_word_is_found(char: str) -> None:
    (rule,) = [rule for rule in SHIPPED if rule.code == "text/invisible-characters"]
    patterns = [compiled(pattern) for pattern in rule.kwargs["regex_list"]]
    for text in (f"car{char}diologist", f"сер{char}дце", f"250{char} mg", f"{char}Ask"):
        assert any(pattern.matches(text) for pattern in patterns), ascii(text)


def test_codes_are_unique() -> None:
    codes = [rule.code for rule in SHIPPED]
    assert not [one for one, other in itertools.combinations(codes, 2) if one == other]
