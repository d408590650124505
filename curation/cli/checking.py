"""`curate check`, `curate submit`, `curate import`: a file in, verdicts with reasons out."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from curation.cli.options import (
    CheckShape,
    CheckShapeOption,
    DatanetOption,
    OutputOption,
    WorkspaceOption,
    note,
    open_workspace,
    put,
    put_json,
    put_text,
    require_writable,
)

if TYPE_CHECKING:
    from curation.workspace import Checked, Submitted, Workspace

FileArgument = Annotated[Path, typer.Argument(help="JSON lines, CSV (both also .gz) or Parquet.", show_default=False)]


def add_to(app: typer.Typer) -> None:
    """Adds these verbs."""
    app.command(name="check")(check)
    app.command(name="submit")(submit)
    app.command(name="import")(import_)


def check(
    file: FileArgument,
    datanet: DatanetOption,
    contributor: Annotated[str, typer.Option(help="Whose file it would be.")] = "anonymous",
    shape: CheckShapeOption = CheckShape.TEXT,
    output: OutputOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Check a file without submitting it: a dry run that changes nothing.

    \b
    Examples:
      curate check new.jsonl --datanet medical-questions
      curate check new.csv --datanet crop-records --format jsonl | jq .verdict
      curate check new.jsonl --datanet medical-questions --format json --output check.json

    \b
    Exit codes: 0 the card's policy is met, 1 it is not, 2 usage or unreadable file,
    3 an engine failed and the check is incomplete.
    """
    require_writable(output)
    checked = open_workspace(workspace, beside=True).check(file, datanet, contributor)
    show(checked, shape, output)
    raise typer.Exit(checked.outcome.exit_code)


def submit(
    file: FileArgument,
    datanet: DatanetOption,
    contributor: Annotated[str, typer.Option(help="Who submits it; registered by the first submit.")],
    shape: CheckShapeOption = CheckShape.TEXT,
    output: OutputOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Submit a file: checked like `curate check`, journalled and stored, whatever the verdict.

    \b
    Examples:
      curate submit new.jsonl --datanet medical-questions --contributor clinic-lahore
      curate submit new.csv --datanet crop-records --contributor farm-punjab --format json

    The same bytes by the same contributor again change nothing and exit as they did first.

    \b
    Exit codes: 0 the card's policy is met, 1 it is not (the file is stored all the same), 2 usage or unreadable file,
    3 an engine failed; on 2 and 3 nothing is stored.
    """
    require_writable(output)
    opened = open_workspace(workspace, beside=True)
    submitted = opened.submit(file, datanet, contributor)
    _show_submitted(opened, submitted, shape, output)
    raise typer.Exit(submitted.exit_code)


def import_(
    file: FileArgument,
    datanet: DatanetOption,
    shape: CheckShapeOption = CheckShape.TEXT,
    output: OutputOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Import the owner's records: all but the rejected form the reference that others are judged by.

    \b
    Examples:
      curate import trusted.jsonl --datanet medical-questions
      curate import trusted.csv --datanet crop-records --format json

    \b
    Exit codes: 0 imported, whatever the verdicts, 2 usage or unreadable file, 3 an engine failed, nothing imported.
    """
    require_writable(output)
    opened = open_workspace(workspace, beside=True)
    submitted = opened.import_file(file, datanet)
    _show_submitted(opened, submitted, shape, output)


def show(checked: "Checked", shape: CheckShape, output: Path | None) -> None:
    """A check in the shape that was asked for."""
    from curation.formats import document, jsonl, text  # noqa: PLC0415  (not for --help)

    if shape is CheckShape.JSONL:
        put(jsonl.lines(checked.inspection, checked.earnings), output)
    elif shape is CheckShape.JSON:
        put([document.written(document.check_document(checked))], output)
    else:
        put_text(text.check_text(checked), output)


def _show_submitted(opened: "Workspace", submitted: "Submitted", shape: CheckShape, output: Path | None) -> None:
    if submitted.checked is not None:
        show(submitted.checked, shape, output)
        note(f"stored as contribution {submitted.contribution}")
        return
    said = f"already submitted at {submitted.first_at:%Y-%m-%dT%H:%M:%SZ} as contribution {submitted.contribution}"
    note(f"{said}; nothing changed")
    _show_again(opened, submitted, shape, output)


def _show_again(opened: "Workspace", submitted: "Submitted", shape: CheckShape, output: Path | None) -> None:
    """What a script gets that repeats a submission: the stored lines, or a document that says where they are."""
    from curation.formats import jsonl  # noqa: PLC0415  (not for --help)

    if shape is CheckShape.JSONL:
        put(jsonl.stored_lines(opened.stored_result(submitted.contribution)), output)
    elif shape is CheckShape.JSON:
        told = {"contribution": submitted.contribution, "at": f"{submitted.first_at:%Y-%m-%dT%H:%M:%SZ}"}
        put_json({"schema": "curation.already/1", **told, "exit_code": submitted.exit_code}, output)
    elif output is not None:
        put_text([f"already submitted as contribution {submitted.contribution}"], output)
