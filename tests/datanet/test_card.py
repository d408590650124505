"""A card says what a datanet is, and a card that cannot be meant is refused with its line."""

from decimal import Decimal
from pathlib import Path

import pytest

from curation.datanet.card import Datanet, FieldType, Role, Task, load_card, read_card
from curation.errors import CardError

CARD = """\
schema: curation.datanet/1
name: crop-records
title: Harvests
licence: CC0-1.0
languages: [en]
task: table
fields:
  - {name: id, role: id}
  - {name: crop, role: feature, allowed: [maize, wheat]}
  - {name: area, type: number, role: feature, range: [0.05, 50], unit: ha}
  - {name: sown, type: date, role: feature}
  - {name: note}
"""
EXAMPLES = Path(__file__).parents[2] / "datanets"


def changed(old: str, new: str) -> bytes:
    assert old in CARD
    return CARD.replace(old, new).encode()


def test_a_card_is_read() -> None:
    card = read_card(CARD.encode(), "card")
    area = card.field("area")
    assert area is not None
    assert (card.task, area.type, area.unit) == (Task.TABLE, FieldType.NUMBER, "ha")
    assert area.range == (Decimal("0.05"), Decimal(50))
    assert [field.name for field in card.with_role(Role.FEATURE)] == ["crop", "area", "sown"]
    assert card.name_of(Role.ID) == "id"
    assert card.name_of(Role.LABEL) is None
    assert card.field("nothing") is None
    assert card.owner == "owner"


def test_the_defaults_are_those_of_the_design_but_for_the_ramp() -> None:
    policy = read_card(CARD.encode(), "card").policy
    assert policy.prior_good / (policy.prior_good + policy.prior_bad) == 0.9
    assert policy.purity == 0.97
    assert policy.novelty_ramp == (0.66, 0.8)
    assert policy.review_below == 0.5
    assert policy.review_share_max == 0.2
    assert policy.rejected_share_max == 0.0


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("name: crop-records", "name: Crop Records", "card:2: name"),
        ("licence: CC0-1.0", "license: CC0-1.0", "card:4: license: unknown key"),
        ("languages: [en]", "languages: []", "card:5: languages"),
        ("languages: [en]", "languages: [English]", r"card:5: languages\.0"),
        ("task: table", "task: tabel", "card:6: task"),
        ("task: table", "task: text", "the task text wants a field with the role text"),
        ("  - {name: note}", "  - {name: crop}", "a field name stands twice"),
        ("  - {name: note}", "  - {name: note, role: id}", "at most one field with the role id"),
        ("  - {name: note}", "  - {name: note, typ: text}", r"card:12: fields\.4\.typ: unknown key"),
        ("[0.05, 50]", "[50, 0.05]", "runs backwards"),
        ("type: date, role", "type: date, range: [0, 1], role", "`range` is for integer and number fields"),
        ("type: number, role", "type: number, allowed: [a], role", "`allowed` is for text fields"),
        ("  - {name: note}", "  - {name: n, type: integer, role: label}", "the role label wants a text field"),
        ("schema: curation.datanet/1", "schema: curation.datanet/2", "card:1: schema"),
        ("task: table", "task: table\npolicy: {novelty_ramp: [0.8, 0.6]}", "novelty_ramp must rise"),
        ("task: table", "task: table\npolicy: {alpha: 0}", r"policy\.alpha"),
        ("task: table", "task: table\npolicy: {purity: 1.0}", r"policy\.purity"),
        ("task: table", "task: table\nencoder: {path: models/x}", "go together"),
        ("task: table", "task: table\nrules: [../../etc]", r"rules\.0"),
    ],
)
def test_what_cannot_be_meant_is_refused(old: str, new: str, said: str) -> None:
    with pytest.raises(CardError, match=said):
        read_card(changed(old, new), "card")


def test_a_table_row_reads_as_its_features() -> None:
    card = read_card(CARD.encode(), "card")
    assert card.text_of({"id": "1", "crop": "maize", "area": Decimal("2.50"), "note": "n"}) == "crop maize\narea 2.50"


def test_an_instruction_reads_as_prompt_and_response() -> None:
    card = Datanet.model_validate(
        {
            "schema": "curation.datanet/1",
            "name": "faq",
            "title": "t",
            "licence": "CC0-1.0",
            "languages": ["en"],
            "task": "instruction",
            "fields": [{"name": "a", "role": "response"}, {"name": "q", "role": "prompt"}, {"name": "s"}],
        }
    )
    assert card.text_of({"a": "Yes.", "q": "Is it?", "s": "web"}) == "Is it?\nYes."
    assert card.text_of({"a": "Yes."}) == "Yes."


@pytest.mark.parametrize("name", ["medical-questions", "legal-clauses", "crop-records"])
def test_the_examples_have_cards(name: str) -> None:
    card, data = load_card(EXAMPLES / name)
    assert card.name == name
    assert read_card(data, "card") == card


def test_a_card_stands_in_a_folder_of_its_name(tmp_path: Path) -> None:
    folder = tmp_path / "other-net"
    folder.mkdir()
    with pytest.raises(CardError, match=r"datanets/other-net/datanet\.yaml: cannot be read"):
        load_card(folder)
    (folder / "datanet.yaml").write_text(CARD, encoding="utf-8")
    with pytest.raises(CardError, match="the card says name: crop-records, the folder is 'other-net'") as refused:
        load_card(folder)
    assert str(tmp_path) not in str(refused.value)
