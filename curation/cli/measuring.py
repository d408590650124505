"""`curate review curators|gold|nominate|dispute`: how curators do, and what they are measured by."""

from typing import Annotated

import typer

from curation.cli.options import Shape, ShapeOption, WorkspaceOption, open_workspace, put_json, put_text

RecordArgument = Annotated[str, typer.Argument(help="The record's id, or its first digits.", show_default=False)]
CuratorArgument = Annotated[
    str | None, typer.Argument(help="Only this one, with the gold that they missed.", show_default=False)
]


def curators(
    name: CuratorArgument = None,
    datanet: Annotated[
        str | None, typer.Option("--datanet", "-d", help="Only looks at records of this datanet.")
    ] = None,
    shape: ShapeOption = Shape.TEXT,
    workspace: WorkspaceOption = None,
) -> None:
    """Show how curators do: looks, seconds, agreement with each other, accuracy on gold with its interval.

    Nothing follows from these figures by itself, and gold tells nothing of whoever answered fewer than ten.

    \b
    Examples:
      curate review curators
      curate review curators curator-amina --format json

    \b
    Exit codes: 0 shown, 2 usage.
    """
    from curation.errors import UsageError  # noqa: PLC0415  (not for --help)
    from curation.formats.curators import curators_document, curators_text  # noqa: PLC0415

    opened = open_workspace(workspace)
    datanets = () if datanet is None else (opened.datanet(datanet).name,)
    found = [one for one in opened.curators(datanets) if name in (None, one.curator)]
    if name is not None and not found:
        raise UsageError(f"{name!r} has said nothing of any record here")
    if shape is Shape.JSON:
        put_json(curators_document(found, missed_of=name))
    else:
        put_text(curators_text(found, missed_of=name))


def gold(shape: ShapeOption = Shape.TEXT, workspace: WorkspaceOption = None) -> None:
    """List the records that curators are measured by, and how they were answered. Not for curators' eyes.

    \b
    Examples:
      curate review gold

    \b
    Exit codes: 0 listed, 2 usage.
    """
    from curation.formats.curators import gold_document, gold_text  # noqa: PLC0415  (not for --help)

    found = open_workspace(workspace).nominated()
    if shape is Shape.JSON:
        put_json(gold_document(found))
    else:
        put_text(gold_text(found))


def nominate(
    record: RecordArgument,
    by: Annotated[str, typer.Option(help="The curator who vouches for it.")],
    reason: Annotated[str, typer.Option(help="Why it is beyond doubt, in a sentence.")],
    shape: ShapeOption = Shape.TEXT,
    workspace: WorkspaceOption = None,
) -> None:
    """Vouch that what was decided of a record is right beyond doubt: other curators are measured by it.

    \b
    Examples:
      curate review nominate 3f2a91c0 --by curator-amina --reason "the dose stands in the leaflet"

    \b
    Exit codes: 0 nominated, 2 usage: nobody decided about it, or it is your own.
    """
    from curation.formats.curators import nomination_document  # noqa: PLC0415  (not for --help)

    found = open_workspace(workspace).nominate(record, by=by, reason=reason)
    if shape is Shape.JSON:
        put_json(nomination_document(found, by))
    else:
        put_text([f"record {found.record}: gold, vouched for by {by}"])


def dispute(
    record: RecordArgument,
    by: Annotated[str, typer.Option(help="Who disputes it: who nominated it, or answered it.")],
    reason: Annotated[str, typer.Option(help="Why it is not right, or not sure.")],
    shape: ShapeOption = Shape.TEXT,
    workspace: WorkspaceOption = None,
) -> None:
    """Dispute gold: it counts for nobody until another curator vouches for it.

    \b
    Examples:
      curate review dispute 3f2a91c0 --by curator-bilal --reason "both labels can be meant"

    \b
    Exit codes: 0 disputed, 2 usage: it is no gold that you know of.
    """
    from curation.formats.curators import dispute_document  # noqa: PLC0415  (not for --help)

    found = open_workspace(workspace).dispute(record, by=by, reason=reason)
    if shape is Shape.JSON:
        put_json(dispute_document(found, by))
    else:
        put_text([f"record {found.record}: disputed, it counts for nobody until another vouches for it"])
