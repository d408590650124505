"""`curate new`: what is written from a sample loads, and the sample itself passes the rules inferred from it."""

import csv
from pathlib import Path
from typing import Any

import pytest

from curation.cli import datanets as command
from curation.creating import create_datanet, default_task
from curation.datanet.card import Role, Task, load_card
from curation.errors import CurationError, FileRefused, UsageError
from curation.evidence.rule_packs import load_rules
from curation.shared import shared_folder
from curation.workspace import Workspace
from tests import small

LABELLED = [{"key": row["id"], "text": row["question"], "topic": row["topic"]} for row in small.trusted()]
TUTOR = [
    {
        "instruction": f"Say when {row['topic']} trouble needs a doctor: {row['question']}",
        "output": f"See one when {number} days have passed without relief.",
    }
    for number, row in enumerate(small.trusted())
]
SAMPLES: list[tuple[Task, dict[Role, str], list[dict[str, Any]]]] = [
    (Task.LABELLED_TEXT, {Role.TEXT: "text", Role.LABEL: "topic", Role.ID: "key"}, LABELLED),
    (Task.TEXT, {Role.TEXT: "text"}, [{"text": row["text"], "source": "https://example.org/faq"} for row in LABELLED]),
    (Task.INSTRUCTION, {Role.PROMPT: "instruction", Role.RESPONSE: "output"}, TUTOR),
    (Task.TABLE, {}, [dict(row) for row in small.plots(60)]),
]


def written(path: Path, rows: list[dict[str, Any]]) -> Path:
    if path.suffix == ".jsonl":
        return small.write_jsonl(path, rows)
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.mark.parametrize("ending", [".jsonl", ".csv"])
@pytest.mark.parametrize("given", SAMPLES, ids=lambda given: str(given[0]))
def test_a_new_datanet_takes_its_own_sample(
    tmp_path: Path,
    encoder_cache: Path,
    given: tuple[Task, dict[Role, str], list[dict[str, Any]]],
    ending: str,
) -> None:
    task, roles, rows = given
    sample = written(tmp_path / f"sample{ending}", rows)
    root = tmp_path / "ws"
    card_path, rules_path = create_datanet(root, "fresh", sample, None if roles else task, roles)
    assert [path.relative_to(root).as_posix() for path in (card_path, rules_path)] == [
        "datanets/fresh/datanet.yaml",
        "rules/fresh.yaml",
    ]
    datanet, _ = load_card(card_path.parent)
    assert datanet.task is task
    for role, column in roles.items():
        assert datanet.name_of(role) == column
    rules = load_rules(datanet, [root / "rules", shared_folder("rules")])
    assert any(rule.code.startswith("fresh/") for rule in rules) or task is not Task.TABLE
    # A person is to read it, so it says what it rests on.
    assert card_path.read_text(encoding="utf-8").count("#") > 3

    (root / ".curation").mkdir()
    (root / ".curation" / "cache").symlink_to(encoder_cache, target_is_directory=True)
    workspace = Workspace(root)
    imported = workspace.import_file(sample, "fresh").checked
    assert imported is not None
    said = [
        one for row in imported.inspection.rows for one in row.findings if "/" in one.check or one.check == "unreadable"
    ]
    assert said == []
    assert imported.outcome.verdicts["reject"] == 0
    assert imported.outcome.records == 60


def test_the_task_follows_from_the_columns_named() -> None:
    assert default_task({Role.TEXT: "t", Role.LABEL: "l"}) is Task.LABELLED_TEXT
    assert default_task({Role.PROMPT: "p", Role.RESPONSE: "r"}) is Task.INSTRUCTION
    assert default_task({Role.TEXT: "t"}) is Task.TEXT
    assert default_task({}) is Task.TEXT


def test_the_command_knows_every_task() -> None:
    # The command line has its own list, so that --help need not load the card's.
    assert [task.value for task in command.TaskName] == [task.value for task in Task]


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    sample = written(tmp_path / "sample.jsonl", LABELLED)
    roles = {Role.TEXT: "text", Role.LABEL: "topic"}
    for there in ("datanets/fresh/datanet.yaml", "rules/fresh.yaml"):
        root = tmp_path / Path(there).parts[0]
        (root / there).parent.mkdir(parents=True)
        (root / there).write_text("mine\n")
        with pytest.raises(UsageError, match=f"{there} is there already and is not overwritten"):
            create_datanet(root, "fresh", sample, None, roles)
        assert [path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()] == [there]
        assert (root / there).read_text() == "mine\n"


def test_what_cannot_be_used_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    good = written(tmp_path / "good.jsonl", LABELLED)
    empty = tmp_path / "empty.csv"
    empty.write_text("a,b\n")
    hostile = written(tmp_path / "hostile.jsonl", [{"\x1b[31m\u202e": "x", "text": "y"}] * 3)
    root = tmp_path / "ws"
    (root / "datanets").mkdir(parents=True)
    wrong: list[tuple[type[CurationError], tuple[Any, ...]]] = [
        (UsageError, ("Bad Name", good, None, {})),
        (UsageError, ("../fresh", good, None, {})),
        (UsageError, ("text", good, None, {Role.TEXT: "text"})),  # the name of a shipped pack
        (UsageError, ("fresh", good, None, {Role.TEXT: "nothing"})),
        (UsageError, ("fresh", hostile, None, {Role.TEXT: "nothing"})),
        (UsageError, ("fresh", tmp_path / "missing.jsonl", None, {})),
        (FileRefused, ("fresh", empty, None, {})),
    ]
    for error, arguments in wrong:
        with pytest.raises(error) as raised:
            create_datanet(root, *arguments)
        assert not {"\x1b", "\u202e"} & set(str(raised.value))
        assert str(tmp_path) not in str(raised.value)
    assert [path for path in root.rglob("*") if path.is_file()] == []


def test_a_folder_that_cannot_be_written_to_is_said(tmp_path: Path) -> None:
    sample = written(tmp_path / "sample.jsonl", LABELLED)
    root = tmp_path / "ws"
    root.mkdir()
    (root / "rules").write_text("in the way")
    with pytest.raises(UsageError, match=r"rules/fresh.yaml cannot be written: ") as raised:
        create_datanet(root, "fresh", sample, None, {Role.TEXT: "text"})
    assert str(tmp_path) not in str(raised.value)


def test_names_that_yaml_and_terminals_would_obey_are_only_names(tmp_path: Path) -> None:
    column = "a: &b *c # {d} \u202e\x1b[2J"
    rows = [{"text": row["text"], column: f"v{number % 3}"} for number, row in enumerate(LABELLED)]
    sample = written(tmp_path / "sample.jsonl", rows)
    card_path, rules_path = create_datanet(tmp_path, "fresh", sample, None, {Role.TEXT: "text"})
    datanet, _ = load_card(card_path.parent)
    assert [field.name for field in datanet.fields] == ["text", column]
    for path in (card_path, rules_path):
        assert not {"\x1b", "\u202e"} & set(path.read_text(encoding="utf-8"))
