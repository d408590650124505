"""`curate review`: the curators' queue on the command line, with the same leases as everywhere."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from curation.cli.choosing import DatanetFilter, Filters, with_filters
from curation.cli.measuring import curators, dispute, gold, nominate
from curation.cli.options import Shape, ShapeOption, WorkspaceOption, note, open_workspace, put_json, put_text
from curation.cli.said import word_text

RecordArgument = Annotated[str, typer.Argument(help="The record's id, or its first digits.", show_default=False)]
ByOption = Annotated[str, typer.Option(help="The curator who looks.")]
ReasonOption = Annotated[str, typer.Option(help="Why, in a sentence.")]


def add_to(app: typer.Typer) -> None:
    """Adds these verbs."""
    review = typer.Typer(help="The curators' queue.", no_args_is_help=True, rich_markup_mode=None)
    for verb in (next_, list_, accept, reject, relabel, skip, flag, flags, undo, curators, gold, nominate, dispute):
        review.command(name=verb.__name__.rstrip("_"))(verb)
    app.add_typer(review, name="review")


@with_filters
def next_(
    *,
    by: ByOption,
    filters: Filters,
    shape: ShapeOption = Shape.TEXT,
    workspace: WorkspaceOption = None,
) -> None:
    """Show the record whose decision is worth most now, and hold it for five minutes.

    \b
    Examples:
      curate review next --by curator-amina
      curate review next --by curator-amina --datanet medical-questions --check label-noise

    \b
    Exit codes: 0 shown, or nothing waits; 2 usage.
    """
    from curation.formats.review import leased_document, sheet_text  # noqa: PLC0415  (not for --help)

    opened = open_workspace(workspace)
    found = opened.next(filters.choice, by=by)
    if shape is Shape.JSON:
        sheets = [(one, opened.sheet(one.waiting.record, names=(by,))) for one in found]
        put_json({"schema": "curation.review/1", "records": [leased_document(one, sheet) for one, sheet in sheets]})
        return
    if not found:
        note("nothing waits here")
    for one in found:
        put_text(sheet_text(one, opened.sheet(one.waiting.record, names=(by,))))


@with_filters
def list_(
    *,
    by: Annotated[str | None, typer.Option(help="In the order of this curator, without their own records.")] = None,
    filters: Filters,
    shape: ShapeOption = Shape.TEXT,
    workspace: WorkspaceOption = None,
) -> None:
    """List what waits, worth most first: pay that a decision moves, in typical records' pay a minute.

    \b
    Examples:
      curate review list
      curate review list --datanet medical-questions --sort review --format json

    \b
    Exit codes: 0 listed, 2 usage.
    """
    from curation.formats.review import waiting_document, waiting_text  # noqa: PLC0415  (not for --help)

    found = open_workspace(workspace).queue(filters.choice, curator=by)
    if shape is Shape.JSON:
        put_json({"schema": "curation.queue/1", "waiting": [waiting_document(one) for one in found]})
    else:
        put_text(waiting_text(found))


def accept(
    record: RecordArgument,
    by: ByOption,
    reason: ReasonOption = "looked at and right",
    shape: ShapeOption = Shape.TEXT,
    workspace: WorkspaceOption = None,
) -> None:
    """Accept the record: it trains and earns in full.

    \b
    Examples:
      curate review accept 3f2a91c0 --by curator-amina

    \b
    Exit codes: 0 decided; 2 usage, or somebody else has it or decided meanwhile.
    """
    _decide(record, "accept", by, reason, None, shape, workspace)


def reject(
    record: RecordArgument,
    by: ByOption,
    reason: ReasonOption,
    shape: ShapeOption = Shape.TEXT,
    workspace: WorkspaceOption = None,
) -> None:
    """Reject the record: it neither trains nor earns.

    \b
    Examples:
      curate review reject 3f2a91c0 --by curator-amina --reason "invented dosage"

    \b
    Exit codes: 0 decided; 2 usage, or somebody else has it or decided meanwhile.
    """
    _decide(record, "reject", by, reason, None, shape, workspace)


def relabel(
    record: RecordArgument,
    by: ByOption,
    label: Annotated[str, typer.Option(help="The right label.")],
    reason: ReasonOption = "another label is right",
    shape: ShapeOption = Shape.TEXT,
    workspace: WorkspaceOption = None,
) -> None:
    """Accept the record under another label.

    \b
    Examples:
      curate review relabel 3f2a91c0 --label skin --by curator-amina

    \b
    Exit codes: 0 decided; 2 usage, or somebody else has it or decided meanwhile.
    """
    _decide(record, "relabel", by, reason, label, shape, workspace)


def skip(
    record: RecordArgument, by: ByOption, shape: ShapeOption = Shape.TEXT, workspace: WorkspaceOption = None
) -> None:
    """Leave the record to somebody else: it comes back to you after a day.

    \b
    Examples:
      curate review skip 3f2a91c0 --by curator-amina

    \b
    Exit codes: 0 done, 2 usage.
    """
    done = open_workspace(workspace).put_by(record, by=by, action="skip")
    if shape is Shape.JSON:
        put_json({"schema": "curation.put-by/1", "record": done})
    else:
        put_text([f"record {done}: left to others"])


def flag(
    record: RecordArgument,
    by: ByOption,
    reason: ReasonOption,
    shape: ShapeOption = Shape.TEXT,
    workspace: WorkspaceOption = None,
) -> None:
    """Ask the owner to look at the record, and leave it to somebody else.

    \b
    Examples:
      curate review flag 3f2a91c0 --by curator-amina --reason "this names a patient"

    \b
    Exit codes: 0 done, 2 usage.
    """
    done = open_workspace(workspace).put_by(record, by=by, action="flag", note=reason)
    if shape is Shape.JSON:
        put_json({"schema": "curation.put-by/1", "record": done})
    else:
        put_text([f"record {done}: flagged for the owner"])


def flags(datanet: DatanetFilter = None, shape: ShapeOption = Shape.TEXT, workspace: WorkspaceOption = None) -> None:
    """List what curators flagged for the owner, and nobody decided about since.

    \b
    Examples:
      curate review flags

    \b
    Exit codes: 0 listed, 2 usage.
    """
    from curation.formats.review import flags_document, flags_text  # noqa: PLC0415  (not for --help)

    opened = open_workspace(workspace)
    found = opened.flags(() if datanet is None else (opened.datanet(datanet).name,))
    if shape is Shape.JSON:
        put_json(flags_document(found))
    else:
        put_text(flags_text(found))


def undo(
    by: ByOption,
    line: Annotated[int | None, typer.Option(help="The journal line of the word; default: your last.")] = None,
    shape: ShapeOption = Shape.TEXT,
    workspace: WorkspaceOption = None,
) -> None:
    """Take your word back, while nothing rests on it: no model, epoch or drawing since, and no money moved.

    \b
    Examples:
      curate review undo --by curator-amina
      curate review undo --line 41 --by curator-amina

    \b
    Exit codes: 0 undone; 2 usage, or it cannot be undone any more.
    """
    opened = open_workspace(workspace)
    undone = opened.undo(opened.last_word(by) if line is None else line, by=by)
    if shape is Shape.JSON:
        put_json({"schema": "curation.undone/1", **vars(undone), "by": by})
    else:
        put_text([f"record {undone.record}: {undone.decision} of journal line {undone.line} undone"])


def _decide(
    record: str,
    decision: Literal["accept", "reject", "relabel"],
    by: str,
    reason: str,
    label: str | None,
    shape: Shape,
    workspace: Path | None,
) -> None:
    said = open_workspace(workspace).review(record, decision, by=by, reason=reason, label=label)
    if shape is Shape.JSON:
        put_json({"schema": "curation.decision/1", **vars(said), "by": by})
    else:
        put_text([word_text(said, said.decision, by)])
