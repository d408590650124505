"""Real output against the JSON Schemas that scripts are promised, with unreadable lines, copies and no reference."""

import copy
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from curation.formats import document, jsonl
from curation.formats.figures import figures_document
from curation.formats.report_json import report_document
from tests.formats import datasets_sample, report_sample

if TYPE_CHECKING:
    from curation.reporting import Report
    from curation.workspace import Checked, Workspace

SCHEMAS = Path(__file__).parents[1] / "docs" / "schemas"
DATANETS = Path(__file__).parents[1] / "datanets"
CONTRIBUTIONS = sorted(DATANETS.glob("*/contributions/*/*"))


def validator(name: str) -> Draft202012Validator:
    schema = json.loads((SCHEMAS / name).read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


RECORD = validator("curation.record-1.json")
CHECK = validator("curation.check-1.json")


def records_of(checked: "Checked") -> list[dict[str, Any]]:
    return [json.loads(line) for line in jsonl.lines(checked.inspection)]


def document_of(checked: "Checked") -> dict[str, Any]:
    written: dict[str, Any] = json.loads(document.written(document.check_document(checked)))
    return written


def assert_valid(checked: "Checked") -> None:
    problems = [
        (record["line"], error.json_path, error.message)
        for record in records_of(checked)
        for error in RECORD.iter_errors(record)
    ]
    problems += [(0, error.json_path, error.message) for error in CHECK.iter_errors(document_of(checked))]
    assert problems == []


@pytest.fixture(scope="module")
def copy_shop(examples: "Workspace") -> "Checked":
    file = DATANETS / "medical-questions" / "contributions" / "copy-shop" / "dump.jsonl"
    return examples.check(file, "medical-questions")


@pytest.mark.parametrize("file", CONTRIBUTIONS, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_every_example_contribution_gives_valid_output(file: Path, examples: "Workspace") -> None:
    checked = examples.check(file, file.relative_to(DATANETS).parts[0])
    assert len(records_of(checked)) == document_of(checked)["records"] > 0
    assert_valid(checked)


def test_unreadable_lines_are_among_what_was_validated(copy_shop: "Checked") -> None:
    assert document_of(copy_shop)["unreadable"] > 0
    assert any(record["record"] is None for record in records_of(copy_shop))


def test_without_a_reference_the_output_is_valid_too(unimported: "Workspace", tmp_path: Path) -> None:
    lines = (DATANETS / "medical-questions" / "trusted" / "records.jsonl").read_text(encoding="utf-8").splitlines()
    file = tmp_path / "first.jsonl"
    file.write_text("\n".join([*lines[:12], "{", ""]), encoding="utf-8")
    checked = unimported.check(file, "medical-questions")
    assert document_of(checked)["reference"] == {"version": None, "members": 0}
    assert_valid(checked)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("verdict", "fine"),
        ("weight", 1.5),
        ("weight", None),
        ("line", 0),
        ("record", "x"),
        ("scores", {"outlier": -0.1}),
        ("surprise", 1),
        ("findings", [{"check": "outlier"}]),
    ],
)
def test_the_schema_refuses_what_the_contract_does(key: str, value: Any, copy_shop: "Checked") -> None:
    good = next(record for record in records_of(copy_shop) if record["record"] is not None)
    assert RECORD.is_valid(good)
    assert not RECORD.is_valid({**copy.deepcopy(good), key: value})


def test_an_unreadable_record_has_no_weight(copy_shop: "Checked") -> None:
    unread = next(record for record in records_of(copy_shop) if record["record"] is None)
    assert not RECORD.is_valid({**unread, "weight": 0.5})
    assert not RECORD.is_valid({**unread, "verdict": "review"})


FIGURES = validator("curation.figures-1.json")
REPORT = validator("curation.report-1.json")


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> tuple["Report", ...]:
    """Of one datanet and of all, with changes and without, and of a ledger in which nothing was submitted."""
    ledger = report_sample.sample_ledger(tmp_path_factory.mktemp("report"))
    told = [report_sample.told(ledger, name, since) for name, since in (("questions", 5), (None, None), (None, 0))]
    return (*told, report_sample.told(datasets_sample.nothing(tmp_path_factory.mktemp("nothing"))))


@pytest.mark.parametrize("texts", [True, False])
def test_every_report_is_valid_with_texts_and_without(reports: tuple["Report", ...], *, texts: bool) -> None:
    for report in reports:
        made = json.loads(document.written(report_document(report, texts=texts)))
        assert [(error.json_path, error.message) for error in REPORT.iter_errors(made)] == []


def test_figures_alone_are_valid_too(reports: tuple["Report", ...]) -> None:
    for report in reports:
        made = figures_document(report.datanet, report.basis.seq, report.basis.head, report.figures)
        made = json.loads(document.written(made))
        assert [(error.json_path, error.message) for error in FIGURES.iter_errors(made)] == []


def test_a_figure_is_the_same_in_both() -> None:
    schemas = [json.loads((SCHEMAS / f"curation.{name}-1.json").read_text()) for name in ("figures", "report")]
    assert [schemas[0]["$defs"][name] == schemas[1]["$defs"][name] for name in schemas[0]["$defs"]] == [True] * 4


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("schema",), "curation.report/2"),
        (("surprise",), 1),
        (("figures", 0, "value"), "0.5"),
        (("figures", 1, "value"), 0.5),
        (("figures", 1, "parts", 0, "value"), 5),
        (("figures", 0, "counted"), -1),
        (("figures", 0, "parts", 0, "of"), []),
        (("examples", 0, "examples", 0, "record"), "x"),
        (("examples", 0, "examples", 0, "weight"), 2),
        (("basis", "head"), "x"),
        (("basis", "at"), "2026-11-28"),
        (("next", 0), "curate settle"),
    ],
)
def test_the_schema_of_reports_refuses_what_the_contract_does(
    place: tuple[Any, ...], value: Any, reports: tuple["Report", ...]
) -> None:
    made = json.loads(document.written(report_document(reports[0])))
    assert REPORT.is_valid(made)
    inner = made
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    assert not REPORT.is_valid(made)
