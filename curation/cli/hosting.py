"""`curate serve`, `curate token new|list|revoke`: the web service, and who may use it."""

from contextlib import closing
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from curation.cli.options import Shape, ShapeOption, WorkspaceOption, note, open_workspace, put_json, put_text, say

if TYPE_CHECKING:
    from curation.web.book import Book


class RoleChoice(StrEnum):
    """What a token is for."""

    CONTRIBUTOR = "contributor"
    CURATOR = "curator"
    OWNER = "owner"
    AUDITOR = "auditor"


def add_to(app: typer.Typer) -> None:
    """Adds these verbs."""
    app.command(name="serve")(serve)
    tokens = typer.Typer(help="Who may use the web service.", no_args_is_help=True, rich_markup_mode=None)
    tokens.command(name="new")(new)
    tokens.command(name="list")(list_)
    tokens.command(name="revoke")(revoke)
    app.add_typer(tokens, name="token")


def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 takes a free one.")] = 8000,
    origin: Annotated[
        str | None, typer.Option(help="What browsers call it behind a proxy: https://review.example.org")
    ] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Serve the workspace: API and pages, until interrupted. Other commands go on working beside it.

    \b
    Examples:
      curate serve
      curate serve --port 8080 --origin https://review.example.org

    \b
    Exit codes: 0 stopped as told, 2 usage: the address is taken, or another server has this workspace.
    """
    from curation.web.running import run  # noqa: PLC0415  (not for --help)

    root = open_workspace(workspace).root
    run(root, host=host, port=port, origin=origin, listening=lambda at: note(f"listening on {at}"), say=say)


def new(
    role: Annotated[RoleChoice, typer.Option(help="What the token is for.")],
    name: Annotated[str, typer.Option(help="Who holds it: a contributor's or curator's id.")],
    identity: Annotated[list[str] | None, typer.Option(help="Another id of the same person; may be repeated.")] = None,
    datanet: Annotated[
        list[str] | None, typer.Option("--datanet", "-d", help="Only this datanet; may be repeated; default: all.")
    ] = None,
    days: Annotated[int, typer.Option(help="How long it is good.")] = 90,
    shape: ShapeOption = Shape.TEXT,
    workspace: WorkspaceOption = None,
) -> None:
    """Make a token for the web service, and print it: this once, for only its digest is kept.

    \b
    Examples:
      curate token new --role curator --name curator-amina --identity clinic-lahore --datanet medical-questions
      curate token new --role contributor --name farm-punjab --days 30

    \b
    Exit codes: 0 made, 2 usage.
    """
    from curation.web.people import Role  # noqa: PLC0415  (not for --help)
    from curation.web.tokens import new_token  # noqa: PLC0415  (likewise)

    opened = open_workspace(workspace)
    for one in datanet or ():
        opened.datanet(one)
    with closing(_book(workspace)) as book:
        row, token = new_token(
            book, role=Role(role.value), name=name, identities=identity or (), datanets=datanet or (), days=days
        )
    if shape is Shape.JSON:
        put_json({"schema": "curation.token/1", "token": token, "id": row.token, "expires_at": row.expires_at})
    else:
        put_text([token])
        note(f"token {row.token}, {row.role} {row.name}, good for {days} days. It is shown this once")


def list_(shape: ShapeOption = Shape.TEXT, workspace: WorkspaceOption = None) -> None:
    """List the tokens: whose they are and until when, never what they are.

    \b
    Examples:
      curate token list
      curate token list --format json

    \b
    Exit codes: 0 shown, 2 usage.
    """
    from datetime import UTC, datetime  # noqa: PLC0415  (not for --help)

    with closing(_book(workspace)) as book:
        rows, now = book.tokens(), book.now
    told = [
        {
            "id": row.token,
            "role": row.role,
            "name": row.name,
            "identities": list(row.identities),
            "datanets": list(row.datanets),
            "expires_at": datetime.fromtimestamp(row.expires_at, UTC),
            "status": "revoked" if row.revoked_at is not None else "expired" if row.expires_at <= now else "good",
        }
        for row in rows
    ]
    if shape is Shape.JSON:
        put_json({"schema": "curation.tokens/1", "tokens": told})
    else:
        put_text(
            f"{row['id']}  {row['role']:<11} {row['name']:<24} {row['status']:<7} until {row['expires_at']:%Y-%m-%d}"
            for row in told
        )


def revoke(
    token: Annotated[str, typer.Argument(help="The token's id, as `curate token list` shows it.", show_default=False)],
    shape: ShapeOption = Shape.TEXT,
    workspace: WorkspaceOption = None,
) -> None:
    """Revoke a token, and end its sessions, at once.

    \b
    Examples:
      curate token revoke 3f2a91c05d6e7f80

    \b
    Exit codes: 0 revoked, 2 no such token.
    """
    from curation.web.tokens import revoke as revoked  # noqa: PLC0415  (not for --help)

    with closing(_book(workspace)) as book:
        revoked(book, token)
    if shape is Shape.JSON:
        put_json({"schema": "curation.token-revoked/1", "id": token})
    else:
        put_text([f"token {token}: revoked"])


def _book(workspace: Path | None) -> "Book":
    from curation.web.book import Book  # noqa: PLC0415  (not for --help)

    return Book(open_workspace(workspace).places.book)
