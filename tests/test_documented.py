"""What exists is documented: commands, options, exit codes, schemas, keys of the card, rules."""

import importlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import typer.main
from pydantic import BaseModel
from typer.core import TyperCommand, TyperGroup, TyperOption

from curation.checks import all_checks
from curation.cli.main import app
from curation.datanet.card import CardField, Datanet, EncoderChoice, FieldType, Policy, Role, Task
from curation.datanet.pay_terms import Escrow, Fees
from curation.errors import CurationError
from curation.evidence.rule_fields import SELECTORS
from curation.evidence.rule_packs import PackRule, pack_rules
from curation.evidence.rule_types import RULE_TYPES
from curation.finding import Severity
from curation.verdict import Verdict

if TYPE_CHECKING:
    from curation.workspace import Workspace

ROOT = Path(__file__).parents[1]


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def section(text: str, heading: str) -> str:
    """What stands under a heading of the second level."""
    found = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE)
    return found.group(1) if found else ""


def commands_of(group: TyperGroup, name: str) -> Iterator[tuple[str, TyperCommand]]:
    for verb, inner in group.commands.items():
        if isinstance(inner, TyperGroup):
            yield from commands_of(inner, f"{name} {verb}")
        else:
            assert isinstance(inner, TyperCommand)
            yield f"{name} {verb}", inner


ROOT_COMMAND = typer.main.get_group(app)
COMMANDS = list(commands_of(ROOT_COMMAND, "curate"))
COMMAND_PAGE = page("docs/commands.md")
each_command = pytest.mark.parametrize(("name", "command"), COMMANDS, ids=[name for name, _ in COMMANDS])


def test_the_sections_are_the_commands() -> None:
    headings = re.findall(r"^## (curate .+)$", COMMAND_PAGE, re.MULTILINE)
    assert sorted(headings) == sorted(name for name, _ in COMMANDS)


@each_command
def test_a_command_has_its_options_exit_codes_and_schema_documented(name: str, command: TyperCommand) -> None:
    told = section(COMMAND_PAGE, name)
    shared = section(COMMAND_PAGE, "Options that many commands have")
    options = [option for one in command.params if isinstance(one, TyperOption) for option in one.opts]
    assert [option for option in options if f"`{option}`" not in told + shared] == []
    assert re.search(r"Exit codes: (0 |as for)", told)
    assert re.search(r"JSON:\s(`curation\.|as for)", told)


@each_command
def test_help_starts_with_examples_and_names_the_exit_codes(name: str, command: TyperCommand) -> None:
    _, examples, *rest = (command.help or "").split("\b\n")
    assert examples.startswith(f"Examples:\n  {name}")
    assert rest[-1].startswith("Exit codes: ")


def test_the_options_before_the_verb_are_documented() -> None:
    shared = section(COMMAND_PAGE, "Options that many commands have")
    options = [option for one in ROOT_COMMAND.params for option in one.opts]
    assert [option for option in options if f"`{option}`" not in shared] == []


def errors_of(kind: type[CurationError]) -> Iterator[type[CurationError]]:
    for inner in kind.__subclasses__():
        yield inner
        yield from errors_of(inner)


# The store's error is known once its module is, and which test came first must not decide what is tested.
importlib.import_module("curation.ledger.duck")


@pytest.mark.parametrize("error", sorted(set(errors_of(CurationError)), key=str))
def test_every_error_stands_beside_its_exit_code(error: type[CurationError]) -> None:
    row = next(line for line in section(COMMAND_PAGE, "Exit codes").splitlines() if f"`{error.__name__}`" in line)
    assert row.startswith(f"| {error.exit_code} |")


def test_every_schema_is_named() -> None:
    sources = [*(ROOT / "curation" / "cli").glob("*.py"), *(ROOT / "curation" / "formats").glob("*.py")]
    schemas = {name for path in sources for name in re.findall(r"\"(curation\.[a-z-]+/\d+)\"", path.read_text())}
    assert {"curation.check/1", "curation.record/1", "curation.status/1"} <= schemas
    assert [name for name in sorted(schemas) if f"`{name}`" not in COMMAND_PAGE] == []


CARD_PAGE = page("docs/card.md")


@pytest.mark.parametrize(
    ("heading", "model"),
    [
        ("The card", Datanet),
        ("A field", CardField),
        ("The encoder", EncoderChoice),
        ("The policy", Policy),
        ("The fees", Fees),
        ("The escrow", Escrow),
    ],
)
def test_every_key_of_the_card_is_documented(heading: str, model: type[BaseModel]) -> None:
    keys = [field.alias or name for name, field in model.model_fields.items()]
    told = re.findall(r"^\| `([a-z_0-9]+)` \|", section(CARD_PAGE, heading), re.MULTILINE)
    assert sorted(told) == sorted(keys)


@pytest.mark.parametrize(("heading", "model"), [("The policy", Policy), ("The fees", Fees), ("The escrow", Escrow)])
def test_the_defaults_of_the_card_are_as_documented(heading: str, model: type[BaseModel]) -> None:
    told = dict(re.findall(r"^\| `([a-z_]+)` \| ([^|]+) \|", section(CARD_PAGE, heading), re.MULTILINE))
    wanted = {name: field.default for name, field in model.model_fields.items()}
    shown = {
        name: ", ".join(f"{part:.10g}" for part in (value if isinstance(value, tuple) else (value,)))
        for name, value in wanted.items()
    }
    assert told == shown


@pytest.mark.parametrize("word", [*Task, *FieldType, *Role])
def test_every_word_of_the_card_is_explained(word: str) -> None:
    assert f"`{word}`" in CARD_PAGE


@pytest.mark.parametrize("word", [*Verdict, *Severity])
def test_every_verdict_and_severity_is_explained(word: str) -> None:
    assert f"`{word}`" in page("docs/concepts.md")


def test_every_check_is_listed_where_people_begin() -> None:
    told = page("docs/concepts.md")
    names = [check.name for check in all_checks() if check.name != "rules"]
    assert [name for name in names if f"[{name}](checks/{name}.md)" not in told] == []


def told_of(rule: PackRule) -> tuple[str, str, str]:
    return rule.code, rule.severity.value, f"{rule.evidence:g}"


def test_every_rule_that_ships_is_listed_with_what_it_does() -> None:
    rows = re.findall(r"^\| `([a-z-]+/[a-z0-9-]+)` \| ([a-z]+) \| (\S+) \|", page("docs/rules.md"), re.MULTILINE)
    assert sorted(rows) == sorted(map(told_of, pack_rules([ROOT / "rules"])))


@pytest.mark.parametrize("word", [*SELECTORS, *RULE_TYPES])
def test_everything_a_rule_can_say_is_documented(word: str) -> None:
    assert f"`{word}`" in page("docs/rules.md")


DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted(ROOT.glob("docs/**/*.md"))]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    text = re.sub(r"^```.*?^```$", "", path.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    targets = [link for link in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text) if "://" not in link]
    assert [link for link in targets if not (path.parent / link).exists()] == []


def test_everything_in_the_state_folder_is_explained(examples: "Workspace") -> None:
    told = re.findall(r"^\| `([a-z.]+)", section(page("docs/architecture.md"), "The workspace"), re.MULTILINE)
    kept = {path.name for path in (examples.root / ".curation").iterdir()}
    assert {"journal.jsonl", "objects", "references"} <= kept
    assert kept - set(told) == set()


def test_the_figures_of_the_demo_are_those_of_the_truth_files() -> None:
    lines = [line for path in ROOT.glob("datanets/*/truth.jsonl") for line in path.read_text().splitlines()]
    faults = [json.loads(line)["fault"] for line in lines]
    planted, honest = sum(fault is not None for fault in faults), faults.count(None)
    told = f"{planted} of {planted} planted faults found, 0 false alarms on {honest} honest records"
    assert told in page("README.md")
    contributions = len(list(ROOT.glob("datanets/*/contributions/*/*")))
    assert f"{contributions} contributions with planted faults" in page("README.md").replace("seven", "7")
