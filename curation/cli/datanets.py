"""`curate new`: a datanet from a sample."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from curation.cli.options import Chosen, Shape, ShapeOption, WorkspaceOption, put_json, put_text


class TaskName(StrEnum):
    """What a datanet's records are for."""

    TEXT = "text"
    LABELLED_TEXT = "labelled-text"
    INSTRUCTION = "instruction"
    TABLE = "table"


def add_to(app: typer.Typer) -> None:
    """Adds this verb."""
    app.command(name="new")(new)


def new(
    name: Annotated[str, typer.Argument(help="The datanet's name: a-z, 0-9 and '-'.", show_default=False)],
    sample: Annotated[Path, typer.Option("--from", help="A sample of its records.")],
    task: Annotated[TaskName | None, typer.Option(help="Default: by the columns named.")] = None,
    text: Annotated[str | None, typer.Option(help="The column with the text.")] = None,
    label: Annotated[str | None, typer.Option(help="The column with the label.")] = None,
    prompt: Annotated[str | None, typer.Option(help="The column with the prompt.")] = None,
    response: Annotated[str | None, typer.Option(help="The column with the response.")] = None,
    id_: Annotated[str | None, typer.Option("--id", help="The column with the record's own id.")] = None,
    shape: ShapeOption = Shape.TEXT,
    workspace: WorkspaceOption = None,
) -> None:
    """Make a datanet from a sample: a commented card and a first rule suite, for a person to edit.

    \b
    Examples:
      curate new faq --from faq.jsonl --text question --label topic --id key
      curate new tutor --from tutor.jsonl --prompt instruction --response output
      curate new harvest --from harvest.csv --task table

    The task is labelled-text with --label, instruction with --prompt, else text. Nothing is overwritten.

    \b
    Exit codes: 0 written, 2 usage or unreadable sample.
    """
    from curation.creating import create_datanet  # noqa: PLC0415  (not for --help)
    from curation.datanet.card import Role, Task  # noqa: PLC0415  (likewise)

    columns = {Role.TEXT: text, Role.LABEL: label, Role.PROMPT: prompt, Role.RESPONSE: response, Role.ID: id_}
    roles = {role: column for role, column in columns.items() if column is not None}
    root = (workspace or Chosen.workspace or _nearest()).resolve()
    card, rules = create_datanet(root, name, sample, Task(task.value) if task else None, roles)
    written = [str(path.relative_to(root)) for path in (card, rules)]
    if shape is Shape.JSON:
        put_json({"schema": "curation.new/1", "datanet": name, "card": written[0], "rules": written[1]})
    else:
        put_text(
            [
                f"wrote {written[0]} and {written[1]}: read and edit both",
                f"then: curate import FILE --datanet {name}",
            ]
        )


def _nearest() -> Path:
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if (folder / "datanets").is_dir()), here)
