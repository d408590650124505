"""`curate audit draw|list|decide|leak`, `curate appeal`: random audits, and disputes."""

from enum import StrEnum
from typing import Annotated

import typer

from curation.cli.options import Shape, ShapeOption, WorkspaceOption, open_workspace, put_json, put_text
from curation.cli.said import word_text

RecordArgument = Annotated[str, typer.Argument(help="The record's id, or its first digits.", show_default=False)]


class Verdict(StrEnum):
    """What an audit finds."""

    GOOD = "good"
    BAD = "bad"


def add_to(app: typer.Typer) -> None:
    """Adds these verbs."""
    audit = typer.Typer(help="Random audits.", no_args_is_help=True, rich_markup_mode=None)
    audit.command(name="draw")(draw)
    audit.command(name="list")(list_)
    audit.command(name="decide")(decide)
    audit.command(name="leak")(leak)
    app.add_typer(audit, name="audit")
    app.command(name="appeal")(appeal)


def draw(
    budget: Annotated[int, typer.Option(help="How many draws; one record may be drawn more than once.")],
    beacon: Annotated[str, typer.Option(help="A public random number in hexadecimal, newer than the last epoch.")],
    shape: ShapeOption = Shape.TEXT,
    workspace: WorkspaceOption = None,
) -> None:
    """Draw records to audit from all that was ever submitted: mostly by money, some whatever they earned.

    The money of an epoch is drawn from once, so draw enough. A draw without a new epoch only finds further records to
    look at, and is refused while records that were drawn are undecided: it narrows no leak.

    \b
    Examples:
      curate audit draw --budget 200 --beacon 8f3c1d0a5b7e9f2468ace02468ace024
      curate audit draw --budget 20 --beacon 8f3c1d0a5b7e9f24 --format json

    \b
    Exit codes: 0 drawn, 2 usage, a beacon that was used before, or no new epoch while drawn records are undecided.
    """
    from curation.formats.money import drawn_document, drawn_text  # noqa: PLC0415  (not for --help)

    told = open_workspace(workspace).draw_audits(budget, beacon)
    if shape is Shape.JSON:
        put_json(drawn_document(told))
    else:
        put_text(drawn_text(told))


def list_(shape: ShapeOption = Shape.TEXT, workspace: WorkspaceOption = None) -> None:
    """List the drawn records and where their audits stand: open, doubted, good, bad.

    \b
    Examples:
      curate audit list
      curate audit list --format json

    \b
    Exit codes: 0 shown, 2 usage.
    """
    from curation.formats.money import audits_document, audits_text  # noqa: PLC0415  (not for --help)

    found = open_workspace(workspace).drawn()
    if shape is Shape.JSON:
        put_json(audits_document(found))
    else:
        put_text(audits_text(found))


def decide(
    record: RecordArgument,
    verdict: Annotated[Verdict, typer.Argument(help="What the audit found.")],
    by: Annotated[str, typer.Option(help="The curator who decides.")],
    reason: Annotated[str, typer.Option(help="Why, in a sentence.")] = "audited",
    shape: ShapeOption = Shape.TEXT,
    workspace: WorkspaceOption = None,
) -> None:
    """Say what an audit found. A bad record that was paid for takes two curators.

    \b
    Examples:
      curate audit decide 3f2a91c0 good --by curator-amina
      curate audit decide 3f2a91c0 bad --by curator-amina --reason "invented dosage"
      curate audit decide 3f2a91c0 bad --by curator-bayo --reason "invented dosage, I agree"

    \b
    Exit codes: 0 decided, or noted until a second curator agrees, 2 usage, or a record that was not drawn.
    """
    said = open_workspace(workspace).decide_audit(record, verdict.value, by=by, reason=reason)
    if shape is Shape.JSON:
        outcome = {
            "record": said.record,
            "verdict": verdict.value,
            "by": by,
            "doubted": said.doubted,
            "also": said.also,
        }
        put_json({"schema": "curation.audit/1", **outcome})
    else:
        put_text([word_text(said, verdict.value, by)])


def leak(shape: ShapeOption = Shape.TEXT, workspace: WorkspaceOption = None) -> None:
    """Say how much money went to bad data, by datanet and epoch, with 95 % intervals.

    \b
    Examples:
      curate audit leak
      curate audit leak --format json

    \b
    Exit codes: 0 shown, 2 usage, 3 a damaged journal.
    """
    from curation.audit.statements import leaks_document  # noqa: PLC0415  (not for --help)
    from curation.formats.money import leaks_text  # noqa: PLC0415  (not for --help)

    found = open_workspace(workspace).leaks()
    if shape is Shape.JSON:
        put_json(leaks_document(found))
    else:
        put_text(leaks_text(found))


def appeal(
    record: RecordArgument,
    reason: Annotated[str, typer.Option(help="Why, in a sentence.")],
    shape: ShapeOption = Shape.TEXT,
    workspace: WorkspaceOption = None,
) -> None:
    """Dispute where a record stands. Its money does not vest before the next decision, which puts things right.

    \b
    Examples:
      curate appeal 3f2a91c0 --reason "the dosage is that of the leaflet of 2025"

    \b
    Exit codes: 0 noted, 2 usage, or disputed already.
    """
    disputed = open_workspace(workspace).appeal(record, reason=reason)
    if shape is Shape.JSON:
        put_json({"schema": "curation.appeal/1", "record": disputed})
    else:
        put_text([f"record {disputed}: disputed until it is decided about"])
