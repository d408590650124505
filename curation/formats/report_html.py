"""A report as one HTML page that needs nothing else: no script, no address; for paper and phone, light and dark."""

from functools import lru_cache
from importlib.resources import files
from typing import Final

from curation.formats.figure_html import figure_html
from curation.formats.report_parts import SIZES
from curation.formats.templates import environment_of, our_own
from curation.formats.text import snippet
from curation.reporting import Report

BYTES_MAX: Final = 1_000_000


def report_html(report: Report, *, texts: bool = True) -> str:
    """The page, at most 1,000,000 bytes of UTF-8 however much there is to tell: examples are shortened, then left out.

    Without `texts` no text of any record is in it; labels are.
    """
    template = environment_of("curation.formats").get_template("report.html")
    folder = files("curation.formats").joinpath("templates")
    style = "".join(folder.joinpath(name).read_text(encoding="utf-8") for name in ("report.css", "figure.css"))
    told = [figure_html(figure) for figure in report.figures]
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
