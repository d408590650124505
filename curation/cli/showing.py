"""`curate status`, `curate explain`, `curate checks`: what is known, and every number behind it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from curation.cli.options import Chosen, Shape, ShapeOption, WorkspaceOption, open_workspace, put_json, put_text
from curation.datanet.shown import shown

if TYPE_CHECKING:
    from curation.catalogue import Page


def add_to(app: typer.Typer) -> None:
    """Adds these verbs."""
    app.command(name="status")(status)
    app.command(name="explain")(explain)
    app.command(name="checks")(checks)


def status(
    name: Annotated[str | None, typer.Argument(help="A datanet; default: all.", show_default=False)] = None,
    shape: ShapeOption = Shape.TEXT,
    workspace: WorkspaceOption = None,
) -> None:
    """Show how the datanets stand: records by verdict, contributions, reference.

    \b
    Examples:
      curate status
      curate status medical-questions --format json

    \b
    Exit codes: 0 shown, 2 usage.
    """
    from curation.formats.status import status_document, status_text  # noqa: PLC0415  (not for --help)

    found = open_workspace(workspace).status(name)
    if shape is Shape.JSON:
        put_json(status_document(found))
    else:
        put_text(status_text(found))


def explain(
    record: Annotated[str, typer.Argument(help="The record's id, or its first digits.", show_default=False)],
    shape: ShapeOption = Shape.TEXT,
    workspace: WorkspaceOption = None,
) -> None:
    """Show every number behind a record's weight: evidence, value, threshold, partner, what would pass.

    \b
    Examples:
      curate explain 3f2a91c0
      curate explain 3f2a91c0 --format json

    \b
    Exit codes: 0 shown, 2 no such record.
    """
    from curation.formats.explanation import explanation_document, explanation_text  # noqa: PLC0415  (not for --help)

    opened = open_workspace(workspace)
    found = opened.explain(record)
    policy = opened.stored_card(found.card).policy
    earned = opened.earned(found.record.record)
    if shape is Shape.JSON:
        put_json(explanation_document(found, policy, earned))
    else:
        put_text(explanation_text(found, policy, earned))


def checks(
    code: Annotated[str | None, typer.Argument(help="A check or rule.", show_default=False)] = None,
    shape: ShapeOption = Shape.TEXT,
    workspace: WorkspaceOption = None,
) -> None:
    """List the checks and rules, or show the manual page of one.

    \b
    Examples:
      curate checks
      curate checks near-duplicate
      curate checks text/markup --format json

    \b
    Exit codes: 0 shown, 2 no such check.
    """
    from curation.catalogue import page, pages  # noqa: PLC0415  (not for --help)

    folders = _rule_folders(workspace)
    found: list[Page] = pages(folders) if code is None else [page(code, folders)]
    if shape is Shape.JSON:
        put_json({"schema": "curation.checks/1", "checks": [vars(one) for one in found]})
    elif code is None:
        put_text(f"{one.code:<34} {one.kind:<6} {shown(one.title, 200)}" for one in found)
    else:
        put_text(shown(line, 1000) for line in found[0].text.rstrip("\n").split("\n"))


def _rule_folders(workspace: Path | None) -> tuple[Path, ...]:
    from curation.errors import UsageError  # noqa: PLC0415  (not for --help)
    from curation.shared import shared_folder  # noqa: PLC0415  (likewise)

    try:
        return open_workspace(workspace).rule_folders
    except UsageError:
        # The catalogue can be read anywhere; a workspace only adds its own packs.
        if workspace is not None or Chosen.workspace is not None:
            raise
        return (shared_folder("rules"),)
