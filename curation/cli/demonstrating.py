"""`curate demo`: the example workspace, worked through."""

import shlex
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from curation.cli.options import Shape, ShapeOption, put_json, put_text, say
from curation.datanet.shown import shown

if TYPE_CHECKING:
    from curation.demo import Planted


def add_to(app: typer.Typer) -> None:
    """Adds this verb."""
    app.command(name="demo")(demo)


def demo(
    into: Annotated[
        Path | None, typer.Option(help="Work there and leave the workspace; default: a temporary folder.")
    ] = None,
    shape: ShapeOption = Shape.TEXT,
) -> None:
    """Work through the example datanets: import, submit, and hold the result to what was planted.

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

    prepare(into)
    results = list(work_through(into, say))
    if shape is Shape.JSON:
        put_json({"schema": "curation.demo/1", "datanets": [_json(name, planted) for name, planted in results]})
        return
    for name, planted in results:
        put_text(_text(name, planted))
    put_text(_next(None if temporary else into, results))


def _json(name: str, planted: "list[Planted]") -> dict[str, Any]:
    return {
        "datanet": name,
        "records": [
            {
                "file": one.file,
                "line": one.line,
                "fault": one.fault,
                "verdict": one.judged.verdict.value,
                "weight": one.judged.weight,
                "novelty": one.judged.novelty,
                "found": list(one.found),
                "as_it_should": one.as_it_should,
            }
            for one in planted
        ],
    }


def _text(name: str, planted: "list[Planted]") -> Iterator[str]:
    faulty = [one for one in planted if one.fault is not None]
    honest = [one for one in planted if one.fault is None]
    yield f"{name}: {len(planted)} contributed records, {len(faulty)} with a planted fault"
    for one in sorted(faulty, key=lambda one: (one.fault or "", one.file, one.line)):
        mark = "found " if one.as_it_should else "MISSED"
        weight = "      " if one.judged.weight is None else f"w {one.judged.weight:.2f}"
        fresh = "      " if one.judged.novelty is None else f"ν {one.judged.novelty:.2f}"
        told = ", ".join(sorted({f.check for f in one.judged.findings})) or "nothing"
        yield f"  {mark} {one.fault:<19} {one.judged.verdict.value:<9} {weight}  {fresh}  {told}"
    alarms = [one for one in honest if not one.as_it_should]
    yield f"  {len(honest) - len(alarms)} of {len(honest)} honest records accepted without a remark"
    for one in alarms:
        yield f"  FALSE ALARM {one.file}:{one.line} {one.judged.verdict.value}: {', '.join(one.found)}"
    yield ""


def _next(into: Path | None, results: "list[tuple[str, list[Planted]]]") -> Iterator[str]:
    every = [one for _, planted in results for one in planted]
    counts = Counter((one.fault is not None, one.as_it_should) for one in every)
    yield (
        f"{counts[True, True]} of {counts[True, True] + counts[True, False]} planted faults found, "
        f"{counts[False, False]} false alarms on {counts[False, True] + counts[False, False]} honest records"
    )
    yield ""
    yield "What to do next:"
    if into is None:
        yield "  curate demo --into playground      the same, and the workspace stays"
        yield "  cd playground"
    else:
        yield f"  cd {shlex.quote(shown(str(into)))}"
    yield "  curate status                      how the three datanets stand"
    yield "  curate checks near-duplicate       the manual page of a check"
    yield "  curate verify --recompute          journal, files, store and every weight, again"
    yield "  curate new faq --from YOUR.jsonl --text question --label topic"
