"""Figures for machines: as JSON values, and as CSV that no spreadsheet takes for formulas."""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any, Final

from curation.audit.figure import OPEN, Figure, Number, Part
from curation.datanet.shown import shown

SCHEMA: Final = "curation.figures/1"
COLUMNS: Final = ("figure", "of", "value", "low", "high", "unit", "counted")
# What a spreadsheet takes for the beginning of a formula (OWASP, "CSV injection"); full-width ones some take likewise.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def figure_document(figure: Figure) -> dict[str, Any]:
    """One figure as plain values; amounts are decimal strings of base units."""
    return {
        "name": figure.name,
        "title": figure.title,
        "says": figure.says,
        "definition": figure.definition,
        "method": figure.method,
        "unit": figure.unit,
        **_numbers(figure, figure.unit),
        "by": list(figure.by),
        "parts": [{"of": list(part.of), **_numbers(part, figure.unit)} for part in figure.parts],
        "parts_left": figure.parts_left,
    }


def figures_document(datanet: str | None, seq: int, head: str, figures: Sequence[Figure]) -> dict[str, Any]:
    """`curation.figures/1`: all figures of a datanet (null: of all) as of journal line `seq` with hash `head`."""
    told = [figure_document(one) for one in figures]
    return {"schema": SCHEMA, "datanet": datanet, "seq": seq, "head": head, "figures": told}


def _numbers(one: Figure | Part, unit: str) -> dict[str, Any]:
    values = {name: _exact(getattr(one, name), unit) for name in ("value", "low", "high")}
    return {**values, "counted": one.counted}


def _exact(value: Number, unit: str) -> str | Number:
    """Base units do not fit into a JSON number that every reader keeps whole."""
    return str(value) if unit == OPEN and value is not None else value


def figures_csv(figures: Sequence[Figure]) -> Iterator[str]:
    """One line a figure and one for each of its parts, beneath a line of column names (RFC 4180).

    `of` joins the names of a part; it is empty for the figure itself.
    """
    yield _line(COLUMNS)
    for figure in figures:
        yield _line([figure.name, "", *_cells(figure, figure.unit)])
        for part in figure.parts:
            yield _line([figure.name, " / ".join(part.of), *_cells(part, figure.unit)])


def _cells(one: Figure | Part, unit: str) -> list[str]:
    numbers = _numbers(one, unit)
    told = ["" if numbers[name] is None else str(numbers[name]) for name in ("value", "low", "high", "counted")]
    return [*told[:3], unit, told[3]]


def _line(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow([cell_of(one) for one in cells])
    return out.getvalue()


def cell_of(text: str) -> str:
    """A cell that a spreadsheet shows and never works out: an apostrophe stands before what would begin a formula.

    What is hidden stands as ⟨U+XXXX⟩. A number stays a number, also a negative one.
    """
    visible = shown(text, len(text) + 1)
    if _is_number(visible):
        return visible
    return f"'{visible}" if visible.lstrip(" \u00a0").startswith(_FORMULA) or text.startswith(_FORMULA) else visible


def _is_number(text: str) -> bool:
    whole = text.removeprefix("-").replace(".", "", 1)
    return whole.isascii() and whole.isdigit()
