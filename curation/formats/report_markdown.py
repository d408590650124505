"""A report as Markdown, for a pull request or a dataset card: no link, image, tag or mention in it, and no plots."""

import re
from collections.abc import Iterator
from typing import Final

from curation.audit.examples import Example, Kind
from curation.audit.figure import Figure
from curation.formats.inert import code, inert
from curation.formats.report_parts import headline, rows, rows_left
from curation.formats.text import snippet
from curation.reporting import Report

# A comment beneath a pull request has to end.
EXAMPLES_SHOWN: Final = 3
TEXT_SHOWN: Final = 160
_HEX: Final = re.compile(r"[0-9a-f]+")
# Definitions are ours, and may hold what Markdown obeys in names of functions.
_WIDE: Final = 1000


def report_markdown(report: Report, *, texts: bool = True) -> Iterator[str]:
    """Lines without newlines; without `texts` no text of any record is in them; labels are."""
    yield f"# Quality of {code(report.subject)}"
    yield ""
    yield inert(report.verdict, _WIDE * 4)
    yield from figures_markdown(report)
    if report.examples:
        yield from ("", "## Examples", "")
        for kind in report.examples:
            yield from _kind(kind, texts=texts)
    if report.since is not None:
        yield from (
            "",
            f"## What changed since journal line {report.since}",
            "",
            "| what | then | now |",
            "|---|---|---|",
        )
        yield from (f"| {one.what} | {inert(one.then or '')} | {inert(one.now)} |" for one in report.changes)
    yield from ("", "## What to do next", "")
    yield from (f"- `{one.command}`: {inert(one.why)}" for one in report.steps)
    yield from ("", "## How to make it again", "")
    yield from basis_markdown(report)


def figures_markdown(report: Report) -> Iterator[str]:
    """Each figure under a heading of the second level, with its interval, definition, method and parts."""
    for figure in report.figures:
        yield from _figure(figure)


def _figure(figure: Figure) -> Iterator[str]:
    yield from ("", f"## {figure.title}", "", inert(figure.says, _WIDE), "")
    large, small = headline(figure)
    yield f"**{large}**{f' ({small})' if small else ''}"
    yield from ("", f"Definition: {inert(figure.definition, _WIDE)}", "", f"Method: {inert(figure.method, _WIDE)}")
    told = list(rows(figure))
    if told:
        yield ""
        yield f"| {' | '.join(map(inert, figure.by))} | value | 95 % interval | looked at |"
        yield f"|{'---|' * (len(figure.by) + 3)}"
        for names, value, ends, looked in told:
            yield f"| {' | '.join(_name(one) for one in names)} | {value} | {ends} | {looked} |"
    if rows_left(figure):
        yield from ("", f"{rows_left(figure):,} more are in the JSON or were too many to tell.")


def _name(name: str) -> str:
    return inert(name, 60) if name else "(none)"


def _kind(kind: Kind, *, texts: bool) -> Iterator[str]:
    yield f"{code(kind.code)}, {kind.rows:,} rows"
    yield ""
    yield from (f"- {_example(one, texts=texts)}" for one in kind.examples[:EXAMPLES_SHOWN])
    yield ""


def _example(one: Example, *, texts: bool) -> str:
    what = f"line {one.line}" if one.record is None else f"record {_digest(one.record[:12])}"
    weight = "" if one.weight is None else f", weight {one.weight:.3f}"
    told = f"{what} of {inert(one.contributor)} in {inert(one.datanet)}: {one.verdict}{weight}"
    if not texts:
        return told
    said = f"“{inert(snippet(one.text, TEXT_SHOWN), TEXT_SHOWN)}” " if one.text else ""
    return f"{told}. {said}{inert(snippet(one.message, TEXT_SHOWN), TEXT_SHOWN)}"


def _digest(value: str | None) -> str:
    """A digest as it is, which no platform takes for a commit between backticks."""
    return "none" if value is None else f"`{value}`" if _HEX.fullmatch(value) else code(value)


def basis_markdown(report: Report) -> Iterator[str]:
    """What it takes to make the same again, as a list."""
    basis = report.basis
    yield f"- `{basis.command}`"
    yield f"- journal line {basis.seq}, hash {_digest(basis.head)}"
    yield f"- code {_digest(basis.code)}"
    for one in basis.datanets:
        digests = ((name, getattr(one, name)) for name in ("card", "rules", "reference"))
        yield f"- {code(one.datanet)}: " + ", ".join(f"{name} {_digest(value)}" for name, value in digests)
    yield "- " + ", ".join(f"{name} {value}" for name, value in basis.versions)
