"""A report as one HTML page that needs nothing else: no script, no address; for paper and phone, light and dark."""

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

from curation.audit.figure import Figure
from curation.formats.plots import plot_of
from curation.formats.report_parts import SIZES, headline, rows, rows_left, unit_of
from curation.formats.templates import environment_of, our_own
from curation.formats.text import snippet
from curation.reporting import Report

BYTES_MAX: Final = 1_000_000


@dataclass(frozen=True)
class _Told:
    """A figure as the template wants it."""

    figure: Figure
    large: str
    small: str
    unit: str
    rows: list[tuple[tuple[str, ...], str, str, str]]
    left: int
    plot: Any


def report_html(report: Report, *, texts: bool = True) -> str:
    """The page, at most 1,000,000 bytes of UTF-8 however much there is to tell: examples are shortened, then left out.

    Without `texts` no text of any record is in it; labels are.
    """
    template = environment_of("curation.formats").get_template("report.html")
    style = files("curation.formats").joinpath("templates", "report.css").read_text(encoding="utf-8")
    told = [_told(figure) for figure in report.figures]
    # Masking looks through each text; shorter ones are cut from what it gave.
    masked = lru_cache(maxsize=None)(lambda text: snippet(text, SIZES[0].text))
    page = ""
    for size in SIZES:

        def cut(text: str, length: int = size.text) -> str:
            whole = masked(text)
            return whole if len(whole) <= length else whole[: length - 1] + "…"

        page = template.render(
            report=report, figures=told, style=our_own(style), cut=cut, examples_max=size.examples, texts=texts
        )
        if len(page.encode()) <= BYTES_MAX:
            break
    return page


def _told(figure: Figure) -> _Told:
    plot, (large, small) = plot_of(figure), headline(figure)
    return _Told(
        figure=figure,
        large=large,
        small=small,
        unit=unit_of(figure),
        rows=list(rows(figure)),
        left=rows_left(figure),
        # Its labels are escaped by the library that wrote it.
        plot=None if plot is None else our_own(plot),
    )
