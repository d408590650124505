"""`curate decide`, `withdraw`, `refresh`, `contributor`: what people say about records, references and themselves."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from curation.cli.options import DatanetOption, Shape, ShapeOption, WorkspaceOption, open_workspace, put_json, put_text
from curation.cli.said import word_text
from curation.errors import UsageError

RecordArgument = Annotated[str, typer.Argument(help="The record's id, or its first digits.", show_default=False)]


class Decision(StrEnum):
    """What a curator can say of a record."""

    ACCEPT = "accept"
    REJECT = "reject"
    RELABEL = "relabel"


def add_to(app: typer.Typer) -> None:
    """Adds these verbs."""
    app.command(name="decide")(decide)
    app.command(name="withdraw")(withdraw)
    app.command(name="refresh")(refresh)
    contributors = typer.Typer(help="Who contributes.", no_args_is_help=True, rich_markup_mode=None)
    contributors.command(name="add")(add)
    contributors.command(name="list")(list_)
    app.add_typer(contributors, name="contributor")


def decide(
    *,
    by: Annotated[str, typer.Option(help="The curator who decides.")],
    record: Annotated[str | None, typer.Argument(help="The record's id, or its first digits.")] = None,
    decision: Annotated[Decision | None, typer.Argument(help="What becomes of it.")] = None,
    reason: Annotated[str | None, typer.Option(help="Why, in a sentence.")] = None,
    label: Annotated[str | None, typer.Option(help="The right label, with `relabel`.")] = None,
    drawn_with: Annotated[
        float | None, typer.Option(help="An audit: the probability, 0 to 1, with which this record was drawn.")
    ] = None,
    source: Annotated[
        Path | None, typer.Option("--from", help="Many decisions at once: a file with a JSON object a line.")
    ] = None,
    shape: ShapeOption = Shape.TEXT,
    workspace: WorkspaceOption = None,
) -> None:
    """Decide about a record, and with it about all identical content.

    \b
    Examples:
      curate decide 3f2a91c0 accept --by curator-amina --reason "rare, but right"
      curate decide 3f2a91c0 reject --by curator-amina --reason "invented dosage"
      curate decide 3f2a91c0 relabel --label skin --by curator-amina --reason "it is about a rash"
      curate decide 3f2a91c0 accept --drawn-with 0.02 --by curator-amina --reason "audited: right"
      curate decide --from decisions.jsonl --by curator-amina

    \b
    Exit codes: 0 decided, 2 usage.
    """
    if source is not None:
        if record is not None or label is not None:
            raise UsageError("`--from` has records, decisions and labels in its lines; `--by`, `--reason` beside it")
        _decide_all(source, by=by, reason=reason, drawn_with=drawn_with, shape=shape, workspace=workspace)
        return
    if record is None or decision is None:
        raise UsageError("a record and a decision (accept, reject, relabel) wanted, or `--from FILE`")
    said = open_workspace(workspace).decide(
        record, decision.value, by=by, reason=reason or "", label=label, drawn_with=drawn_with
    )
    if shape is Shape.JSON:
        put_json({"schema": "curation.decision/1", **vars(said), "by": by})
    else:
        put_text([word_text(said, said.decision, by)])


def _decide_all(
    source: Path,
    *,
    by: str,
    reason: str | None,
    drawn_with: float | None,
    shape: Shape,
    workspace: Path | None,
) -> None:
    from curation.cli.deciding import read_words  # noqa: PLC0415  (pydantic is not for --help)

    words = list(read_words(source, reason=reason, drawn_with=drawn_with))
    decided = open_workspace(workspace).decide_all(words, by=by)
    if shape is Shape.JSON:
        put_json({"schema": "curation.decisions/1", "by": by, "decisions": [vars(said) for said in decided]})
    else:
        put_text(word_text(said, said.decision, by) for said in decided)


def withdraw(record: RecordArgument, shape: ShapeOption = Shape.TEXT, workspace: WorkspaceOption = None) -> None:
    """Take a record back: it neither trains nor earns from here on.

    \b
    Examples:
      curate withdraw 3f2a91c0

    \b
    Exit codes: 0 withdrawn, 2 usage.
    """
    withdrawn = open_workspace(workspace).withdraw(record)
    if shape is Shape.JSON:
        put_json({"schema": "curation.withdrawal/1", "record": withdrawn})
    else:
        put_text([f"record {withdrawn}: withdrawn"])


def refresh(datanet: DatanetOption, shape: ShapeOption = Shape.TEXT, workspace: WorkspaceOption = None) -> None:
    """Make a new reference version of imported records and those that people accepted.

    \b
    Examples:
      curate refresh --datanet medical-questions

    \b
    Exit codes: 0 done, 2 usage, 3 an engine failed.
    """
    version, members, is_new = open_workspace(workspace).refresh(datanet)
    if shape is Shape.JSON:
        put_json(
            {"schema": "curation.refresh/1", "datanet": datanet, "version": version, "members": members, "new": is_new}
        )
    else:
        put_text([f"reference {version} of {datanet}: {members} records, {'new' if is_new else 'unchanged'}"])


def add(
    contributor: Annotated[str, typer.Argument(help="The contributor's id.", show_default=False)],
    name: Annotated[str | None, typer.Option(help="Public name; at first the id.")] = None,
    address: Annotated[str | None, typer.Option(help="Where payouts go: 0x and 40 hexadecimal digits.")] = None,
    public_key: Annotated[str | None, typer.Option(help="A public key.")] = None,
    shape: ShapeOption = Shape.TEXT,
    workspace: WorkspaceOption = None,
) -> None:
    """Make a contributor known, or say anew what is known of one: what is not given stays as it was.

    \b
    Examples:
      curate contributor add clinic-lahore --name "Clinic, Lahore"
      curate contributor add farm-punjab --address 0x52908400098527886E0F7030069857D2E4169EE7

    \b
    Exit codes: 0 done, 2 usage.
    """
    known = open_workspace(workspace).register(contributor, name=name, address=address, public_key=public_key)
    if shape is Shape.JSON:
        put_json({"schema": "curation.contributor/1", **vars(known)})
    else:
        put_text([f"contributor {contributor} is known"])


def list_(shape: ShapeOption = Shape.TEXT, workspace: WorkspaceOption = None) -> None:
    """List the contributors that are known.

    \b
    Examples:
      curate contributor list --format json

    \b
    Exit codes: 0 done, 2 usage.
    """
    from curation.datanet.shown import shown  # noqa: PLC0415  (not for --help)

    found = open_workspace(workspace).contributors()
    if shape is Shape.JSON:
        put_json({"schema": "curation.contributors/1", "contributors": [vars(one) for one in found]})
        return
    put_text(f"{one.contributor:<24} {shown(one.name)}{'  ' + one.address if one.address else ''}" for one in found)
