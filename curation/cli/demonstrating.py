"""`curate demo`: the example workspace, worked through."""

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from curation.cli.options import Shape, ShapeOption, put, put_json, put_text, say
from curation.cli.reporting import written


def add_to(app: typer.Typer) -> None:
    """Adds this verb."""
    app.command(name="demo")(demo)


def demo(
    into: Annotated[
        Path | None, typer.Option(help="Work there and leave the workspace; default: a temporary folder.")
    ] = None,
    shape: ShapeOption = Shape.TEXT,
) -> None:
    """Work through the example datanets: import, submit, hold the result to what was planted, and report on it.

    \b
    Examples:
      curate demo
      curate demo --into playground

    \b
    Exit codes: 0 done, whatever was found, 2 usage, 3 an engine failed.
    """
    if into is not None:
        _run(into, shape)
        return
    with tempfile.TemporaryDirectory(prefix="curate-demo-") as folder:
        _run(Path(folder), shape, temporary=True)


def _run(into: Path, shape: Shape, *, temporary: bool = False) -> None:
    from curation.demo import prepare, work_through  # noqa: PLC0415  (not for --help)
    from curation.demo_money import pay_out  # noqa: PLC0415  (likewise)
    from curation.formats.demonstration import (  # noqa: PLC0415  (likewise)
        closing_text,
        datanet_text,
        demonstration_document,
    )
    from curation.reporting import report as reported  # noqa: PLC0415  (likewise)
    from curation.workspace import Workspace  # noqa: PLC0415  (likewise)

    prepare(into)
    results = []
    for name, planted in work_through(into, say):
        results.append((name, planted))
        if shape is Shape.TEXT:
            put_text(datanet_text(name, planted))
    paid = pay_out(into, results, say)
    # A temporary workspace is gone when this is read; what was found out in it is not.
    report = (Path(tempfile.mkdtemp(prefix="curate-demo-report-")) if temporary else into) / "report.html"
    put(written(reported(Workspace(into, say=say)), report.suffix), report)
    if shape is Shape.JSON:
        put_json(demonstration_document(results, paid, report.absolute()))
        return
    put_text(closing_text(results, paid, None if temporary else into, report.absolute()))
