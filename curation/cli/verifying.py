"""`curate verify` and `curate rebuild`: journal, files and store against each other."""

from typing import Annotated

import typer

from curation.cli.options import Shape, ShapeOption, WorkspaceOption, open_workspace, put_json, put_text


def add_to(app: typer.Typer) -> None:
    """Adds these verbs."""
    app.command(name="verify")(verify)
    app.command(name="rebuild")(rebuild)


def verify(
    again: Annotated[bool, typer.Option("--recompute", help="Compute every weight again and compare.")] = False,  # noqa: FBT002
    head: Annotated[str | None, typer.Option(help="A head noted down earlier: a cut end is noticed.")] = None,
    shape: ShapeOption = Shape.TEXT,
    workspace: WorkspaceOption = None,
) -> None:
    """Compare journal, files and store; say what was compared, and how many.

    \b
    Examples:
      curate verify
      curate verify --recompute
      curate verify --head 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08

    \b
    Exit codes: 0 all agrees, 1 something does not, 2 usage.
    """
    from curation.formats.verification import (  # noqa: PLC0415  (not for --help)
        verification_document,
        verification_text,
    )
    from curation.recompute import recompute  # noqa: PLC0415  (likewise)

    opened = open_workspace(workspace)
    found = opened.verify(head=head)
    computed = recompute(opened) if again and found.agrees else None
    document = verification_document(found, computed)
    if shape is Shape.JSON:
        put_json(document)
    else:
        put_text(verification_text(found, computed))
    raise typer.Exit(0 if document["agrees"] else 1)


def rebuild(shape: ShapeOption = Shape.TEXT, workspace: WorkspaceOption = None) -> None:
    """Make the store anew from the journal and the files; results are copied, nothing is inferred.

    \b
    Examples:
      curate rebuild

    \b
    Exit codes: 0 done, 2 usage, 3 a damaged journal.
    """
    tables = open_workspace(workspace).rebuild()
    if shape is Shape.JSON:
        put_json({"schema": "curation.rebuild/1", "tables": {name: count for name, (count, _) in tables.items()}})
    else:
        put_text(f"{count:>10}  {name}" for name, (count, _) in tables.items())
