"""`curate report`: how much is quality and how much noise, and where the money went, on one page."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from curation.cli.options import WorkspaceOption, note, open_workspace, put, require_writable
from curation.datanet.shown import shown
from curation.errors import UsageError

if TYPE_CHECKING:
    from curation.reporting import Report

ENDINGS = (".html", ".md", ".json", ".csv")


def add_to(app: typer.Typer) -> None:
    """Adds this verb."""
    app.command(name="report")(report)


def report(
    datanet: Annotated[
        str | None, typer.Argument(help="The datanet's name; default: all of the workspace.", show_default=False)
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write there: .html, .md, .json or .csv; default: Markdown to stdout."),
    ] = None,
    since: Annotated[
        int | None, typer.Option(help="Journal line that changes count from; default: the epoch before the last.")
    ] = None,
    texts: Annotated[bool, typer.Option("--texts/--no-texts", help="Show the texts of example records.")] = True,  # noqa: FBT002  (an option)
    workspace: WorkspaceOption = None,
) -> None:
    """Tell how much is quality and how much is noise, and where the money went, with intervals.

    \b
    Examples:
      curate report
      curate report medical-questions --output report.html
      curate report --since 120 --output report.json
      curate report medical-questions --no-texts --output card.md

    \b
    Exit codes: 0 written, whatever it says, 2 usage, 3 a damaged journal.
    """
    ending = ".md" if output is None else output.suffix.lower()
    if output is not None and ending not in ENDINGS:
        raise UsageError(f"{shown(output.name)!r} ends in none of {', '.join(ENDINGS)}")
    require_writable(output)
    from curation.reporting import report as reported  # noqa: PLC0415  (not for --help)

    put(written(reported(open_workspace(workspace), datanet, since), ending, texts=texts), output)
    if output is not None:
        note(f"wrote {shown(output.name)}")


def written(told: "Report", ending: str, *, texts: bool = True) -> Iterable[str]:
    """A report as a file with this ending holds it."""
    if ending == ".html":
        from curation.formats.report_html import report_html  # noqa: PLC0415  (a second for the plots)

        return [report_html(told, texts=texts)]
    if ending == ".json":
        from curation.formats.document import written as document  # noqa: PLC0415  (not for --help)
        from curation.formats.report_json import report_document  # noqa: PLC0415  (likewise)

        return [document(report_document(told, texts=texts))]
    if ending == ".csv":
        from curation.formats.figures import figures_csv  # noqa: PLC0415  (likewise)

        return figures_csv(told.figures)
    from curation.formats.report_markdown import report_markdown  # noqa: PLC0415  (likewise)

    return (f"{line}\n" for line in report_markdown(told, texts=texts))
