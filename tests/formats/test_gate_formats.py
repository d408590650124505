"""What every format makes of a hostile gate run: as in `tests/golden_gate/`, inert, within its readers' limits.

Renew the files as those of the other formats: `RENEW_GOLDEN=1 python -m pytest tests/formats`.
"""

import json
import os
import re
import unicodedata
import xml.etree.ElementTree as ET
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from markdown_it import MarkdownIt

from curation.datanet.card import GatePolicy
from curation.formats import gate_markdown, github, sarif
from curation.formats.gate_formats import GATE_FORMATS
from curation.formats.inert import code, inert
from curation.gate.policy import FAIL_ON
from tests.formats import hostile, hostile_gate

TESTS = Path(__file__).parents[1]
GOLDEN = TESTS / "golden_gate"
RUNS = {"fail": hostile_gate.result, "pass": hostile_gate.passing, "nothing": hostile_gate.nothing}
ENDINGS = {"text": "txt", "markdown": "md", "github": "txt", "junit": "xml", "baseline": "jsonl", "jsonl": "jsonl"}
NAMES = [f"{run}-{shape}.{ENDINGS.get(shape, 'json')}" for run in RUNS for shape in GATE_FORMATS]
HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
# What a platform, or its reader of comments, would obey. None of it may stand in a comment, not even in a code span.
OBEYED = re.compile(r"@\w|<[A-Za-z/!?]|!\[|\]\(|https?:|www\.|javascript:|##\[|^\s*::", re.MULTILINE)


@cache
def made(name: str) -> str:
    run, shape = name.split(".", maxsplit=1)[0].split("-", 1)
    return "".join(GATE_FORMATS[shape](RUNS[run]()))


@cache
def large(shape: str) -> str:
    return "".join(GATE_FORMATS[shape](_large()))


@cache
def _large() -> Any:
    return hostile_gate.large(10_000)


@pytest.mark.parametrize("name", NAMES)
def test_a_format_is_as_it_was(name: str) -> None:
    path = GOLDEN / name
    told = re.sub(r'"(version|semanticVersion)": "[^"]*",\n', r'"\1": "as installed",\n', made(name))
    if "sarif" in name:
        # The manual pages are not the format's business.
        told = re.sub(r'"(text|markdown)": "# [^\n]*"', r'"\1": "# the page"', told)
    if os.environ.get("RENEW_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(told.encode("utf-8"))
        pytest.fail(f"{name} was renewed: read the difference and run without RENEW_GOLDEN")
    assert told.encode() == path.read_bytes()


def test_no_golden_file_is_left_over() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_hidden_and_no_order_comes_through(name: str) -> None:
    told = made(name)
    assert {char for char in told if unicodedata.category(char) in HIDDEN} <= {"\n"}
    assert "##[" not in told
    orders = [line for line in told.split("\n") if line.lstrip().startswith("::")]
    if "github" not in name:
        assert orders == []
    if name.endswith((".json", ".jsonl")):
        assert told.isascii()


@pytest.mark.parametrize("shape", ["markdown", "rdjson", "sarif"])
def test_what_is_rendered_as_markdown_holds_nothing_that_is_obeyed(shape: str) -> None:
    told = made(f"fail-{shape}.{ENDINGS.get(shape, 'json')}")
    if shape == "sarif":
        results = json.loads(told)["runs"][0]["results"]
        told = "\n".join(one["message"]["text"] for one in results)
    elif shape == "rdjson":
        told = "\n".join(one["message"] for one in json.loads(told)["diagnostics"])
    assert "everyone" in told
    assert OBEYED.findall(told) == []


@pytest.mark.parametrize("run", RUNS)
def test_a_comment_renders_to_its_own_few_tags(run: str) -> None:
    html = MarkdownIt("gfm-like", {"linkify": False, "html": True}).render(made(f"{run}-markdown.md"))
    tags = set(re.findall(r"<\s*/?\s*([^\s>/]+)", html))
    assert tags <= {"h3", "p", "strong", "ul", "li", "table", "thead", "tbody", "tr", "th", "td", "code"}
    # Nor has one of them anything that leads somewhere.
    assert not re.search(r"<[^>]*(href|src|on[a-z]+)\s*=", html)
    rows = re.findall(r"<tr>.*?</tr>", html, re.DOTALL)
    # No record breaks out of its cell.
    assert {len(re.findall(r"<t[hd]", row)) for row in rows} <= {3, 4}


@pytest.mark.parametrize("char", [*"@<>&[]`*_~#|\\${}:", "\n", "\u202e", "\x1b"])
def test_a_character_that_is_obeyed_stands_as_another(char: str) -> None:
    assert char not in inert(f"a{char}b")
    assert char not in code(f"a{char}b") or char == "_"


def test_annotations_cannot_be_injected() -> None:
    lines = made("fail-github.txt").splitlines()
    assert all(re.match(r"::(error|warning|notice) [a-z]+=", line) for line in lines)
    for line in lines:
        head, _, data = line.removeprefix("::").partition("::")
        properties = head.split(" ", 1)[1].split(",")
        assert {one.split("=", 1)[0] for one in properties} <= {"file", "line", "col", "title"}
        assert not re.search(r"%(?!25|0D|0A|3A|2C)", data)


def test_a_pass_says_so_and_nothing_else_does() -> None:
    assert "### Data gate: pass" in made("pass-markdown.md")
    for run in ("fail", "nothing"):
        assert "pass" not in made(f"{run}-markdown.md").splitlines()[0]
        assert "::error " in made(f"{run}-github.txt")
        assert json.loads(made(f"{run}-json.json"))["exit_code"] == 1
        root = ET.fromstring(made(f"{run}-junit.xml"))  # noqa: S314  (our own)
        assert root.find("./testsuite[@name='gate']/testcase/failure") is not None


# Ten thousand findings


def test_a_large_run_stays_a_short_comment() -> None:
    told = large("markdown")
    assert len(told.encode()) < 4096
    assert OBEYED.findall(told) == []
    assert "more" in told


def test_a_large_run_annotates_twenty_places_and_counts_the_rest() -> None:
    lines = large("github").splitlines()
    kinds = [line.split(" ")[0] for line in lines]
    assert kinds.count("::error") == github.EACH_MAX
    assert kinds.count("::warning") == github.EACH_MAX
    assert kinds.count("::notice") == 1
    assert re.search(r"[0-9]+ of 7700 shown; 10000 records scanned", lines[-1])


def test_a_large_run_is_within_the_limits_of_sarif() -> None:
    run = json.loads(large("sarif"))["runs"][0]
    assert len(run["results"]) == sarif.RESULTS_MAX
    left = run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]
    assert left == "5200 of 10200 findings were left out, the mildest ones"
    levels = [one["level"] for one in run["results"]]
    assert levels[:200] == ["error"] * 200


def test_text_tells_the_worst_and_counts_the_rest() -> None:
    told = large("text")
    assert "… and 7600 more findings" in told
    assert "10000 records in 1 file scanned" in told


# Schemas


@pytest.mark.parametrize(
    ("name", "run"), [*((name, run) for name in ("sarif-2.1.0", "rdjson") for run in RUNS), ("sarif-2.1.0", "large")]
)
def test_a_format_is_as_its_schema_wants(name: str, run: str) -> None:
    shape = name.split("-", maxsplit=1)[0]
    schema = json.loads((TESTS / "schemas" / f"{name}.json").read_text())
    Draft202012Validator.check_schema(schema)
    told = json.loads(large(shape) if run == "large" else made(f"{run}-{shape}.json"))
    if run == "large":
        told["runs"][0]["results"] = told["runs"][0]["results"][::25]
    assert [error.json_path for error in Draft202012Validator(schema).iter_errors(told)] == []


@pytest.mark.parametrize("run", RUNS)
def test_the_own_documents_are_as_promised(run: str) -> None:
    schemas = {
        schema["properties"]["schema"]["const"]: Draft202012Validator(schema)
        for path in (TESTS.parent / "docs" / "schemas").glob("curation.gate*.json")
        for schema in [json.loads(path.read_text())]
    }
    documents = [json.loads(made(f"{run}-json.json"))]
    documents += [json.loads(line) for line in made(f"{run}-jsonl.jsonl").splitlines()]
    for told in documents:
        assert [error.json_path for error in schemas[told["schema"]].iter_errors(told)] == []


@pytest.mark.parametrize("run", RUNS)
def test_sarif_holds_together(run: str) -> None:
    (told,) = json.loads(made(f"{run}-sarif.json"))["runs"]
    rules = told["tool"]["driver"]["rules"]
    assert len({one["id"] for one in rules}) == len(rules)
    for one in told["results"]:
        assert rules[one["ruleIndex"]]["id"] == one["ruleId"]
        uri = one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert re.fullmatch(r"[A-Za-z0-9._/~%-]+", uri)
        assert not uri.startswith("/")
    assert all(one["help"]["text"] for one in rules)


@pytest.mark.parametrize("run", RUNS)
def test_junit_counts_what_it_holds(run: str) -> None:
    """As the common XML of JUnit has it; no schema of it is official."""
    root = ET.fromstring(made(f"{run}-junit.xml"))  # noqa: S314  (our own)
    assert root.tag == "testsuites"
    for suite in root:
        assert suite.tag == "testsuite"
        cases = list(suite)
        assert {case.tag for case in cases} <= {"testcase"}
        assert suite.get("tests") == str(len(cases))
        assert suite.get("failures") == str(len(suite.findall("testcase/failure")))
        assert suite.get("skipped") == str(len(suite.findall("testcase/skipped")))
    for what in ("tests", "failures", "skipped"):
        assert int(root.get(what, "")) == sum(int(suite.get(what, "")) for suite in root)


def test_no_record_text_that_is_private_is_shown_whole() -> None:
    told = made("fail-text.txt")
    assert hostile.SCRIPT not in made("fail-markdown.md")
    assert "“" in told


def test_the_words_of_fail_on_are_the_same_everywhere() -> None:
    from typing import get_args

    from curation.cli.gating import FailOn, GateShape

    assert tuple(FailOn) == FAIL_ON == get_args(GatePolicy.model_fields["fail_on"].annotation)
    assert tuple(GateShape) == tuple(GATE_FORMATS)


def test_the_comment_is_shortened_and_never_cut() -> None:
    assert large("markdown").endswith("`\n")
    assert len(gate_markdown._SIZES) > 1
