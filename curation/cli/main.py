"""The command `curate`: its verbs, and the one place where errors become messages and exit codes."""

import os
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from curation import __version__
from curation.cli import (
    auditing,
    checking,
    datanets,
    demonstrating,
    gating,
    hosting,
    paying,
    people,
    publishing,
    reporting,
    reviewing,
    showing,
    verifying,
)
from curation.cli.options import Chosen, hush
from curation.datanet.shown import shown
from curation.errors import CurationError

app = typer.Typer(
    name="curate",
    no_args_is_help=True,
    add_completion=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _version(wanted: bool) -> None:  # noqa: FBT001  (typer passes the option's value)
    if wanted:
        typer.echo(f"curate {__version__}")
        raise typer.Exit


@app.callback()
def chosen(
    workspace: Annotated[
        Path | None,
        typer.Option("--workspace", "-w", help="The workspace; default: the nearest folder upward with datanets/."),
    ] = None,
    _: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which version.")] = False,  # noqa: FBT002
) -> None:
    """What a contribution to a community dataset is worth, and why.

    \b
    Examples:
      curate demo                                         see it work on the example datanets
      curate new faq --from faq.jsonl --text question --label topic
      curate import faq.jsonl --datanet faq               the owner's records become the reference
      curate check new.jsonl --datanet faq                a dry run: what is wrong, and what would pass
      curate submit new.jsonl --datanet faq --contributor ada

    \b
    Exit codes: 0 clean, 1 findings at the gate, 2 usage or unreadable input, 3 the check is incomplete.
    """
    Chosen.workspace = workspace


for part in (
    datanets,
    checking,
    gating,
    people,
    reviewing,
    showing,
    paying,
    auditing,
    reporting,
    publishing,
    verifying,
    hosting,
    demonstrating,
):
    part.add_to(app)


def main() -> NoReturn:
    """Runs the command line and leaves with its exit code; no stack trace unless CURATION_TRACE is set."""
    code = 0
    try:
        app(prog_name="curate")
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else 0 if left.code is None else 2
    except CurationError as error:
        code = _told(f"curate: {error}", error.exit_code, error)
    except KeyboardInterrupt:
        code = _told("curate: interrupted", 130, None)
    except Exception as error:  # noqa: BLE001  (an unknown failure is an engine failure, never a pass)
        code = _told(f"curate: an engine failed: {type(error).__name__} (set CURATION_TRACE=1 for details)", 3, error)
    hush()
    sys.exit(code)


def _told(message: str, code: int, error: BaseException | None) -> int:
    hush()
    if error is not None and os.environ.get("CURATION_TRACE"):
        import traceback  # noqa: PLC0415  (only where somebody asks)

        traceback.print_exception(error)
    # A message may quote names and values; on one line and without anything hidden it is only ever read.
    print(shown(message, 4000), file=sys.stderr)  # noqa: T201  (this is where the command line speaks)
    return code


if __name__ == "__main__":
    main()
