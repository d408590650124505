"""`curate train`, `infer`, `attribute`, `settle`, `payouts`: from accepted records to amounts."""

from pathlib import Path
from typing import Annotated

import typer

from curation.cli.options import (
    OutputOption,
    Shape,
    ShapeOption,
    WorkspaceOption,
    open_workspace,
    put_json,
    put_text,
    require_writable,
)
from curation.errors import UsageError

NameArgument = Annotated[str, typer.Argument(help="The datanet's name.", show_default=False)]


def add_to(app: typer.Typer) -> None:
    """Adds these verbs."""
    app.command(name="train")(train)
    app.command(name="infer")(infer)
    app.command(name="attribute")(attribute)
    app.command(name="settle")(settle)
    app.command(name="payouts")(payouts)


def train(
    name: NameArgument,
    *,
    measured: Annotated[
        bool, typer.Option(help="Also measure it beside trainings without weights, and on everything submitted.")
    ] = True,
    shape: ShapeOption = Shape.TEXT,
    workspace: WorkspaceOption = None,
) -> None:
    """Train a model on a datanet's accepted records, each by its weight and novelty.

    \b
    Examples:
      curate train medical-questions
      curate train medical-questions --no-measured --format json

    \b
    Exit codes: 0 trained, 2 usage or nothing to train on, 3 an engine failed.
    """
    from curation.formats.models import trained_document, trained_text  # noqa: PLC0415  (not for --help)

    told = open_workspace(workspace).train(name, measured=measured)
    if shape is Shape.JSON:
        put_json(trained_document(told))
    else:
        put_text(trained_text(told))


def infer(
    name: NameArgument,
    fee: Annotated[str, typer.Option(help="What each inference pays, in OPEN: 0.25.")],
    text: Annotated[str | None, typer.Option(help="What is asked.")] = None,
    key: Annotated[str | None, typer.Option(help="The payer's key of this inference, used once.")] = None,
    file: Annotated[
        Path | None, typer.Option(help='Many: JSON lines of {"key", "text"}, or of "key" and the fields of a table.')
    ] = None,
    model: Annotated[str, typer.Option(help="The model's id, or its first digits; default the newest.")] = "",
    shape: ShapeOption = Shape.TEXT,
    workspace: WorkspaceOption = None,
) -> None:
    """Ask a model: the answer, the records it rests on, and the fee that is owed for it, journalled.

    \b
    Examples:
      curate infer medical-questions --text "Why do my gums bleed?" --key q-1 --fee 0.25
      curate infer crop-records --file fields.jsonl --fee 1 --format json

    The same key with the same question and fee again has no second effect.

    \b
    Exit codes: 0 served, 2 usage, a key that stands for something else, or an unreadable line: nothing was served;
    3 an engine failed.
    """
    from curation.formats.money import served_document, served_text  # noqa: PLC0415  (not for --help)
    from curation.rewards.amounts import units_of  # noqa: PLC0415  (likewise)

    if (text is None) == (file is None) or (text is None) != (key is None):
        raise UsageError("`--text` and `--key` wanted, or `--file`")
    opened = open_workspace(workspace)
    units = units_of(fee)
    if file is not None:
        questions = opened.read_questions(file, name)
    else:
        questions = (opened.question(name, text or "", key or ""),)
    served = opened.infer(name, questions, units, model)
    if shape is Shape.JSON:
        put_json(served_document(served))
    else:
        put_text(served_text(served))


def attribute(
    key: Annotated[str, typer.Argument(help="The key of an inference.", show_default=False)],
    shape: ShapeOption = Shape.TEXT,
    workspace: WorkspaceOption = None,
) -> None:
    """Show the records that an inference rests on: text, contributor, weight, novelty, share.

    \b
    Examples:
      curate attribute q-1
      curate attribute q-1 --format json

    \b
    Exit codes: 0 shown, 2 no such inference.
    """
    from curation.formats.money import behind_document, behind_text  # noqa: PLC0415  (not for --help)

    served, behind = open_workspace(workspace).attribute(key)
    if shape is Shape.JSON:
        put_json(behind_document(served, behind))
    else:
        put_text(behind_text(served, behind))


def settle(
    through: Annotated[int | None, typer.Option(help="Only inferences up to this journal line.")] = None,
    shape: ShapeOption = Shape.TEXT,
    workspace: WorkspaceOption = None,
) -> None:
    """Pay every inference that was not paid yet: one epoch. Again with nothing new changes nothing.

    \b
    Examples:
      curate settle
      curate settle --through 120 --format json

    \b
    Exit codes: 0 settled, or nothing to settle, 2 usage, 3 a damaged journal.
    """
    from curation.formats.money import settled_document, settled_text  # noqa: PLC0415  (not for --help)

    told = open_workspace(workspace).settle(through)
    if shape is Shape.JSON:
        put_json(settled_document(told))
    else:
        put_text(settled_text(told))


def payouts(
    contributor: Annotated[str | None, typer.Argument(help="A contributor; default: all.", show_default=False)] = None,
    shape: ShapeOption = Shape.TEXT,
    output: OutputOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Show where everybody's money stands: credited, in escrow, vested, forfeited, by epoch.

    \b
    Examples:
      curate payouts
      curate payouts clinic-lahore
      curate payouts --format json --output payouts.json

    \b
    Exit codes: 0 shown, 2 no such contributor, 3 a damaged journal.
    """
    from curation.audit.statements import payouts_document  # noqa: PLC0415  (not for --help)
    from curation.formats.money import payouts_text  # noqa: PLC0415  (not for --help)

    require_writable(output)
    told = open_workspace(workspace).payouts(contributor)
    if shape is Shape.JSON:
        put_json(payouts_document(told), output)
    else:
        put_text(payouts_text(told), output)
