"""The figures as Markdown: what had to be reached, then everything."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from benchmarks.attacks.figures import Figures, Honest, Spread


@dataclass(frozen=True)
class _Wanted:
    """One line of the first table: a figure of one attacker, what it must be and should be at most."""

    told: str
    attacker: str
    figure: Callable[[Figures], tuple[Spread | None, Spread | None]]
    must: float
    aim: float


def _kept(one: Figures) -> tuple[Spread, Spread]:
    return one.kept, one.kept_at_rate


def _bad_kept(one: Figures) -> tuple[Spread | None, Spread | None]:
    return one.bad_kept, one.bad_kept_at_rate


_SHARE, _PART = "share of the pool", "part of their bad records' undefended pay kept"
_WANTED: Final = (
    _Wanted(f"exact copies: {_SHARE}", "exact copies", _kept, 0, 0),
    _Wanted(f"light copies, 1–3 edits: {_SHARE}", "light copies, 1–3 edits", _kept, 0.025, 0.015),
    _Wanted(f"off topic: {_SHARE}", "off topic", _kept, 0.005, 0.001),
    _Wanted(f"random flips: {_PART}", "half random labels", _bad_kept, 0.10, 0.03),
    _Wanted(f"flips to the most confused: {_PART}", "half most confused labels", _bad_kept, 0.40, 0.20),
    _Wanted(f"number and name changes: {_SHARE}", "numbers and names changed", _kept, 0.03, 0.01),
    _Wanted(f"padding: {_SHARE}", "padding", _kept, 0.03, 0.01),
    _Wanted(f'appended "2" or "not": {_SHARE}', 'appended "2" or "not"', _kept, 0.03, 0.01),
)
_HONEST_WANTED: Final = {"everybody": (0.88, 0.95), "rare": (0.75, 0.85)}


def tables(figures: Sequence[Figures], honest: Sequence[Honest]) -> str:
    """All of them, a datanet after the other."""
    datanets = list(dict.fromkeys(one.datanet for one in figures))
    lines = [
        "| datanet | figure | share undefended | measured | one record in twenty audited | must | aim | reached |",
        "|---|---|---:|---:|---:|---:|---:|---|",
    ]
    for datanet in datanets:
        lines += _wanted(datanet, figures) + _honest_wanted(datanet, honest)
    for datanet in datanets:
        lines += ["", *_everything(datanet, [one for one in figures if one.datanet == datanet])]
    lines += ["", *_honest([one for one in honest if one.datanet in datanets])]
    return "\n".join(lines) + "\n"


def _wanted(datanet: str, figures: Sequence[Figures]) -> list[str]:
    lines = []
    for wanted in _WANTED:
        found = next((one for one in figures if (one.datanet, one.attacker) == (datanet, wanted.attacker)), None)
        value, at_rate = (None, None) if found is None else wanted.figure(found)
        if found is None or value is None or at_rate is None:
            continue
        lines.append(
            f"| {datanet} | {wanted.told} | {found.undefended:.1%} | {_percent(value)} | {_percent(at_rate)} | "
            f"≤ {wanted.must:.1%} | ≤ {wanted.aim:.1%} | {_reached(value.value, wanted.must, wanted.aim, most=True)} |"
        )
    return lines


def _honest_wanted(datanet: str, honest: Sequence[Honest]) -> list[str]:
    lines = []
    for one in honest:
        if one.datanet == datanet and one.contributor in _HONEST_WANTED:
            must, aim = _HONEST_WANTED[one.contributor]
            told = "honest kept" if one.contributor == "everybody" else "honest with rare classes kept"
            lines.append(
                f"| {datanet} | {told} | 100 % | {one.kept:.1%} ({one.low:.1%}–{one.high:.1%}) | – | ≥ {must:.0%} | "
                f"≥ {aim:.0%} | {_reached(one.kept, must, aim, most=False)} |"
            )
    return lines


def _reached(value: float, must: float, aim: float, *, most: bool) -> str:
    sign = 1 if most else -1
    # What rounds away is no breach.
    if sign * value <= sign * aim + 5e-6:
        return "aim"
    return "must" if sign * value <= sign * must + 5e-6 else "**no**"


def _everything(datanet: str, figures: Sequence[Figures]) -> list[str]:
    heading = (
        f"| {datanet}: attacker | records | undefended | paid | kept after audits | of the whole pool: undefended, kept"
        " | pay by an honest record's: undefended, defended | return | honest lose: undefended, defended"
        " | bad records' undefended pay: paid, kept | verdicts |"
    )
    lines = [heading, "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---|"]
    for one in figures:
        if one.attacker == "nobody":
            continue
        bad = "–" if one.bad_paid is None or one.bad_kept is None else f"{one.bad_paid:.1%}, {_percent(one.bad_kept)}"
        robbed = "" if one.robbed_keeps is None else f"<br>the robbed keeps {one.robbed_keeps:.0%}"
        verdicts = ", ".join(f"{count} {name}" for name, count in one.verdicts.items())
        lines.append(
            f"| {one.attacker}{robbed} | {one.records} | {one.undefended:.1%} | {one.paid:.2%} | "
            f"{_percent(one.kept)} | "
            f"{one.pool_undefended:.1%}, {one.pool_kept:.2%} | {one.gain_undefended:.2f}, {one.gain:.2f} | "
            f"{one.roi.value:+.2f} ({one.roi.low:+.2f} to {one.roi.high:+.2f}) | "
            f"{one.honest_lost_undefended:.1%}, {one.honest_lost:.1%} | {bad} | {verdicts} |"
        )
    return lines


def _honest(honest: Sequence[Honest]) -> list[str]:
    lines = ["| datanet | honest contributor | kept of undefended pay (both splits) |", "|---|---|---:|"]
    return lines + [
        f"| {one.datanet} | {one.contributor} | {one.kept:.1%} ({one.low:.1%}–{one.high:.1%}) |" for one in honest
    ]


def _percent(value: Spread | float) -> str:
    if isinstance(value, float | int):
        return f"{value:.2%}"
    return f"{value.value:.2%} ({value.low:.2%}–{value.high:.2%})"
