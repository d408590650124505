"""A figure as a page shows it: for the macro of `templates/figure.html`, in reports and on live pages."""

import threading
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from curation.audit.figure import Figure
from curation.formats.plots import plot_of
from curation.formats.report_parts import headline, rows, rows_left, unit_of
from curation.formats.templates import our_own

# The library draws by settings that all its threads share.
_DRAWING = threading.Lock()


@dataclass(frozen=True)
class FigureHtml:
    """A figure, what is told of it in large letters and in small ones, its unit, its table's rows, and its plot."""

    figure: Figure
    large: str
    small: str
    unit: str
    rows: list[tuple[tuple[str, ...], str, str, str]]
    left: int
    plot: Any


def figure_html(figure: Figure) -> FigureHtml:
    """The figure for a page; `left` counts the rows that have no room there."""
    (large, small), plot = headline(figure), _plot(figure)
    return FigureHtml(
        figure=figure,
        large=large,
        small=small,
        unit=unit_of(figure),
        rows=list(rows(figure)),
        left=rows_left(figure),
        # Its labels are escaped by the library that wrote it.
        plot=None if plot is None else our_own(plot),
    )


@lru_cache(maxsize=200)
def _plot(figure: Figure) -> str | None:
    """A figure that did not change has the same plot: pages that follow the journal draw only what did."""
    with _DRAWING:
        return plot_of(figure)
