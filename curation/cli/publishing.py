"""`curate commit`, `claims`, `export`: be first without showing, and let outsiders check, collect and train."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from curation.cli.options import (
    DatanetOption,
    Shape,
    ShapeOption,
    WorkspaceOption,
    note,
    open_workspace,
    put_json,
    put_text,
    require_writable,
)
from curation.errors import UsageError


def add_to(app: typer.Typer) -> None:
    """Adds these verbs."""
    app.command(name="commit")(commit)
    app.command(name="claims")(claims)
    app.command(name="export")(export)


def commit(
    file: Annotated[Path, typer.Argument(help="JSON lines, CSV (both also .gz) or Parquet.", show_default=False)],
    datanet: DatanetOption,
    contributor: Annotated[str, typer.Option(help="Who has these contents.")],
    shape: ShapeOption = Shape.TEXT,
    workspace: WorkspaceOption = None,
) -> None:
    """Journal salted digests of a file's records, so that a later submit of them takes this place in the order.

    \b
    Examples:
      curate commit new.jsonl --datanet medical-questions --contributor clinic-lahore

    \b
    Exit codes: 0 committed, or committed before, 2 usage or unreadable file.
    """
    told = open_workspace(workspace).commit(file, datanet, contributor)
    if shape is Shape.JSON:
        put_json({"schema": "curation.commitment/1", **vars(told)})
    else:
        again = "" if told.new else ", as before"
        put_text([f"committed to {told.records} records at journal line {told.seq}{again}"])


def claims(
    output: Annotated[Path, typer.Option("--output", "-o", help="Where the tree is written.")],
    shape: ShapeOption = Shape.TEXT,
    workspace: WorkspaceOption = None,
) -> None:
    """Write the vested amounts as a Merkle tree that a contract can pay from (OpenZeppelin StandardMerkleTree).

    \b
    Examples:
      curate claims --output claims.json

    \b
    Exit codes: 0 written, 2 usage, or nobody with an address has a vested amount.
    """
    from curation.rewards.claims import dump, root  # noqa: PLC0415  (not for --help)

    require_writable(output)
    told = open_workspace(workspace).claims()
    put_json(dump(told.claims), output)
    for contributor in told.without:
        note(f"{contributor} has vested money and no address: `curate contributor add {contributor} --address 0x…`")
    if shape is Shape.JSON:
        put_json({"schema": "curation.claims/1", "root": root(told.claims), "claims": len(told.claims.amounts)})
    else:
        put_text([f"{len(told.claims.amounts)} claims, root {root(told.claims)}"])


class ExportShape(StrEnum):
    """What is exported, and how a public export tells of itself."""

    TEXT = "text"
    JSON = "json"
    HUGGINGFACE = "huggingface"


def export(
    datanet: Annotated[
        str | None, typer.Argument(help="The datanet's name, with --format huggingface.", show_default=False)
    ] = None,
    public: Annotated[
        Path | None, typer.Option(help="A new or empty folder for all that outsiders need, without a text.")
    ] = None,
    shape: Annotated[
        ExportShape,
        typer.Option("--format", help="huggingface: a data set of one datanet; else text or json of --public."),
    ] = ExportShape.TEXT,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A new or empty folder, with --format huggingface.")
    ] = None,
    private: Annotated[  # noqa: FBT002  (an option)
        bool, typer.Option("--private", help="Write texts that the card does not make public; with huggingface.")
    ] = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Write what outsiders need to recompute every payout, with no word of any record; or a data set for training.

    \b
    Examples:
      curate export --public published
      python verify_payouts.py published --head 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
      python verify_decisions.py published
      curate export medical-questions --format huggingface --output medical-questions-hf

    \b
    Exit codes: 0 written, 2 usage, or texts that are not public, 3 a damaged journal.
    """
    if shape is ExportShape.HUGGINGFACE:
        if datanet is None or output is None or public is not None:
            raise UsageError("--format huggingface wants DATANET and --output FOLDER, and no --public")
        _export_dataset(datanet, output, workspace, private=private)
        return
    if public is None or datanet is not None or output is not None or private:
        raise UsageError("either --public FOLDER alone, or DATANET --format huggingface --output FOLDER wanted")
    told = open_workspace(workspace).export_public(public)
    if shape is ExportShape.JSON:
        put_json({"schema": "curation.exported/1", **vars(told)})
    else:
        put_text([f"wrote the journal's {told.seq} lines and {told.objects} objects; head {told.head}"])


def _export_dataset(datanet: str, folder: Path, workspace: Path | None, *, private: bool) -> None:
    from curation.exporting import exported  # noqa: PLC0415  (not for --help)
    from curation.formats.huggingface import require_empty, write_folder  # noqa: PLC0415  (likewise)

    require_empty(folder)
    with exported(open_workspace(workspace), datanet, private=private) as told:
        written = write_folder(told, folder)
    put_text(
        [
            f"wrote {written.accepted} accepted records and {written.weighed} weights of {datanet}"
            f" as of journal line {written.seq}" + ("; a private copy" if private else "")
        ]
    )
