"""Plots as SVG to stand in a page: the only module that knows matplotlib, which carries its own font.

They hold no clock, no random id, no address and no script, and take their colours from the page, so that they can be
read in light, in dark and on paper. Colours are Okabe and Ito's (2008), told apart by the colour-blind too.
"""

import io
import logging
import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, TypeAlias

from curation.audit.figure import OPEN, SHARE, Figure, Part
from curation.datanet.shown import shown

# Wide enough for a phone held upright, so that the letters are as large there as those of the page.
WIDTH_INCHES: Final = 4.7
NAME_MAX: Final = 28
ROWS_MAX: Final = 16

# What is drawn in these is shown in the page's own colours: text, soft text, and six of Okabe and Ito's.
_TEXT, _SOFT = "#010101", "#020202"
_PALETTE: Final = {
    _TEXT: "var(--text)",
    _SOFT: "var(--soft)",
    "#000011": "var(--blue)",
    "#000012": "var(--orange)",
    "#000013": "var(--green)",
    "#000014": "var(--vermillion)",
    "#000015": "var(--sky)",
    "#000016": "var(--purple)",
}
_BLUE, _ORANGE, _GREEN, _RED, _SKY, _PURPLE = list(_PALETTE)[2:]
_OF_VERDICT: Final = {
    "accept": _GREEN,
    "review": _ORANGE,
    "unchecked": _SKY,
    "reject": _RED,
    "withdrawn": _PURPLE,
}
_LINES: Final = (_BLUE, _ORANGE, _GREEN, _RED, _SKY, _PURPLE)

# Every id but those that something in the plot refers to.
_TAG: Final = re.compile(r"<(?:g|path|use|text) [^>]*>")
_ID: Final = re.compile(r' id="(?![mp][0-9a-f]{10}")[^"]*"')
# The page's own font is taken, and a style becomes attributes: a page may forbid styles that stand in elements.
# Only tags are looked into: a label may say anything.
_STYLED: Final = re.compile(r"<[a-z]+ [^>]*>")
_ATTRIBUTE: Final = re.compile(r'style="([^"]*)"')
_FONT: Final = re.compile(r"; font-family: [^;\"]*|font: ([0-9.]+px)[^;\"]*")
_HEADER: Final = re.compile(r"^.*?(?=<svg )", re.DOTALL)
_STYLE: Final = re.compile(r"\s*<defs>\s*<style.*?</style>\s*</defs>", re.DOTALL)
_SIZE: Final = re.compile(r'(<svg [^>]*?)width="[^"]*" height="[^"]*" ')

Axes: TypeAlias = Any
Draw: TypeAlias = Callable[[Axes, Figure], None]


def plot_of(figure: Figure) -> str | None:
    """The figure's picture as one `<svg>` element, or None where it has none or nothing to show."""
    draw = _DRAWN.get(figure.name)
    if draw is None or not figure.parts:
        return None
    heights = _height_inches(figure)
    with _canvas(figure.name, heights) as (made, axes):
        draw(axes, figure)
        out = io.StringIO()
        made.savefig(out, format="svg", transparent=True, metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
    return _fit_for_a_page(out.getvalue(), figure)


@contextmanager
def _canvas(salt: str, height_inches: float) -> Iterator[tuple[Any, Axes]]:
    """A figure with one pair of axes in our style; `salt` makes its ids others than those of any other plot."""
    # It keeps a list of fonts in the user's cache, and would say so where it cannot.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    import matplotlib as mpl  # noqa: PLC0415  (a second that only reports need)
    from matplotlib.figure import Figure as Canvas  # noqa: PLC0415  (likewise)

    style: Any = {
        "svg.fonttype": "none",
        "svg.hashsalt": salt,
        # A dollar in a label is a dollar.
        "text.parse_math": False,
        "font.size": 10,
        "text.color": _TEXT,
        "axes.labelcolor": _TEXT,
        "axes.edgecolor": _SOFT,
        "xtick.color": _SOFT,
        "ytick.color": _SOFT,
        "xtick.labelcolor": _TEXT,
        "ytick.labelcolor": _TEXT,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "legend.frameon": False,
        "axes.axisbelow": True,
    }
    with mpl.rc_context(), warnings.catch_warnings():
        # The page's font has the letters that ours lacks.
        warnings.simplefilter("ignore")
        # A `matplotlibrc` that lies about is nobody's business here.
        mpl.rcdefaults()
        mpl.rcParams.update(style)
        made = Canvas(figsize=(WIDTH_INCHES, height_inches), layout="constrained")
        yield made, made.subplots()


def _height_inches(figure: Figure) -> float:
    rows = min(len(figure.parts), ROWS_MAX)
    return 0.9 + 0.26 * rows if figure.name in _BY_ROW else 3.0


def _fit_for_a_page(svg: str, figure: Figure) -> str:
    told = _HEADER.sub("", svg, count=1)
    told = _STYLE.sub("", told, count=1)
    told = _TAG.sub(lambda found: _ID.sub("", found[0]), told)
    told = _STYLED.sub(lambda found: _ATTRIBUTE.sub(_as_attributes, found[0]), told)
    for drawn, shown_as in _PALETTE.items():
        told = told.replace(drawn, shown_as)
    told = re.sub(r"\s*\n\s*", " ", told)
    label = f'role="img" aria-label="Plot: {figure.title}. The same numbers are in the table." class="plot" '
    return _SIZE.sub(lambda found: found[1] + label, told, count=1).strip()


def _as_attributes(found: "re.Match[str]") -> str:
    parts = (one.partition(": ") for one in _FONT.sub(_size_alone, found[1]).split("; ") if one)
    return " ".join(f'{name}="{value}"' for name, _, value in parts)


def _size_alone(found: "re.Match[str]") -> str:
    return f"font-size: {found[1]}" if found[1] else ""


def _named(name: str) -> str:
    return shown(name, NAME_MAX) or "none"


def _intervals(axes: Axes, figure: Figure) -> None:
    """A dot and its interval for each part, a line each."""
    parts = figure.parts[:ROWS_MAX]
    scale = 1e18 if figure.unit == OPEN else 0.01 if figure.unit == SHARE else 1
    for place, part in enumerate(parts):
        if part.low is not None and part.high is not None:
            axes.plot([part.low / scale, part.high / scale], [place, place], color=_SOFT, linewidth=2)
        if part.value is not None:
            axes.plot([part.value / scale], [place], "o", color=_BLUE, markersize=6, clip_on=False)
    axes.set_yticks(range(len(parts)), [_row_name(figure, part) for part in parts])
    # Half a row of room: else the first and the last lie on the frame.
    axes.set_ylim(len(parts) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0, pad=8)
    axes.grid(axis="x", color=_SOFT, alpha=0.25, linewidth=0.6)
    if figure.unit == SHARE:
        axes.set_xlim(0, 100)
    else:
        axes.set_xlim(left=0)
    axes.set_xlabel(f"{_AXIS[figure.name]}, 95 % interval")


def _row_name(figure: Figure, part: Part) -> str:
    first, *rest = part.of
    if not rest or (figure.by[-1] == "epoch" and not rest[-1]):
        return _named(first)
    return f"{_named(first)}{', epoch ' if figure.by[-1] == 'epoch' else ': '}{_named(rest[-1])}"


def _over_time(axes: Axes, figure: Figure) -> None:
    """Bars, a stretch of time each, of the verdicts on top of each other."""
    periods = list(dict.fromkeys(part.of[0] for part in figure.parts))
    found = {part.of: int(part.value or 0) for part in figure.parts}
    below = [0] * len(periods)
    for verdict, colour in _OF_VERDICT.items():
        heights = [found.get((period, verdict), 0) for period in periods]
        if any(heights):
            axes.bar(range(len(periods)), heights, bottom=below, color=colour, label=verdict, width=0.8)
            below = [one + other for one, other in zip(below, heights, strict=True)]
    # Every name would run into the next.
    step = max(1, -(-len(periods) // 5))
    axes.set_xticks(range(0, len(periods), step), [one.removeprefix("lines ") for one in periods[::step]])
    axes.set_xlabel("month of submission (UTC)" if figure.by[0] == "month" else "journal line of submission")
    axes.set_ylabel("records")
    axes.locator_params(axis="y", integer=True)
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=5, columnspacing=1, handlelength=1)


def _bars(axes: Axes, figure: Figure) -> None:
    """A bar for each part, the first at the top."""
    parts = figure.parts[:ROWS_MAX]
    scale = 1e18 if figure.unit == OPEN else 0.01 if figure.unit == SHARE else 1
    # What is part of the bar above it is paler.
    colours = [_SKY if part.of[0].startswith("of ") else _BLUE for part in parts]
    axes.barh(range(len(parts)), [float(part.value or 0) / scale for part in parts], color=colours, height=0.7)
    axes.set_yticks(range(len(parts)), [_row_name(figure, part) for part in parts])
    axes.invert_yaxis()
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel(_AXIS[figure.name])


def _reliability(axes: Axes, figure: Figure) -> None:
    """Share good against mean weight, and the line on which a weight is a probability."""
    means = {part.of[0]: part.value for part in figure.parts if part.of[1] == "mean weight"}
    axes.plot([0, 1], [0, 1], color=_SOFT, linewidth=1, linestyle="--", label="a weight is a probability")
    for part in figure.parts:
        mean = means[part.of[0]]
        known = part.of[1] == "share good" and part.value is not None
        if known and part.low is not None and part.high is not None and mean is not None:
            axes.plot([mean, mean], [part.low, part.high], color=_SOFT, linewidth=2)
            axes.plot([mean], [part.value], "o", color=_BLUE, markersize=6, clip_on=False)
    axes.set_xlim(0, 1.02)
    axes.set_ylim(0, 1.02)
    axes.set_xlabel("mean weight in the bin")
    axes.set_ylabel("share good, 95 % interval")
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0))


def _cusum(axes: Axes, figure: Figure) -> None:
    """A line for each datanet, and the height of an alarm."""
    lines: dict[str, list[tuple[int, float]]] = {}
    for part in figure.parts:
        lines.setdefault(part.of[0], []).append((int(part.of[1]), float(part.value or 0)))
    highest = sorted(lines, key=lambda name: -max(value for _, value in lines[name]))[: len(_LINES)]
    for name, colour in zip(highest, _LINES, strict=False):
        axes.plot(*zip(*lines[name], strict=True), color=colour, label=_named(name), linewidth=1.6)
    axes.axhline(1, color=_TEXT, linestyle="--", linewidth=1)
    axes.set_ylim(bottom=0)
    axes.locator_params(axis="x", integer=True)
    axes.set_xlabel("submitted records, in journal order")
    axes.set_ylabel("CUSUM, alarm = 1")
    # One line is what the title speaks of.
    if len(lines) > 1:
        columns = 6 if sum(len(_named(name)) for name in highest) < NAME_MAX else 2
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=columns, columnspacing=1, handlelength=1)


_DRAWN: Final[Mapping[str, Draw]] = {
    "good-share": _intervals,
    "money-to-bad-data": _intervals,
    "records-by-verdict": _over_time,
    "noise-by-kind": _bars,
    "calibration": _reliability,
    "false-alarms": _intervals,
    "honest-loss": _intervals,
    "drift": _cusum,
    "where-the-money-is": _bars,
    "concentration": _bars,
}
_AXIS: Final[Mapping[str, str]] = {
    "good-share": "good records, %",
    "money-to-bad-data": "to bad data in OPEN",
    "noise-by-kind": "rows with this remark, %",
    "false-alarms": "held back, %",
    "honest-loss": "credit lost, %",
    "where-the-money-is": "OPEN",
    "concentration": "share of the credited money (0 to 1)",
}
_BY_ROW: Final = frozenset(_AXIS)
