"""A gate run as annotations of GitHub: at most ten errors and ten warnings, alike findings in one, nothing injected.

A runner obeys lines that begin with `::`. Values are escaped as its own toolkit does, after what is done to all text.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from curation.datanet.shown import shown
from curation.finding import Severity
from curation.gate.result import Answer, GateResult, Remark

EACH_MAX = 10


def lines(result: GateResult) -> Iterator[str]:
    """Annotations worst first, then one notice that says how many of how many findings they tell."""
    told = [one for one in result.remarks if one.severity is not Severity.INFO]
    errors = _grouped([one for one in told if one.fails])
    warnings = _grouped([one for one in told if not one.fails])
    yield from _answer(result)
    room = EACH_MAX - (result.answer is not Answer.PASS)
    shown_of = 0
    for kind, groups, most in (("error", errors, room), ("warning", warnings, EACH_MAX)):
        for group in groups[:most]:
            shown_of += len(group)
            yield _annotation(kind, group)
    count = f"{shown_of} of {len(told)} shown; {result.records} records scanned"
    yield _order("notice", {"title": "curate gate"}, f"{count}: {result.answer.value}")


def _answer(result: GateResult) -> Iterator[str]:
    if result.answer is Answer.PASS:
        return
    reasons = "; ".join(shown(one, 200) for one in result.reasons[:3]) or "no contribution: nothing was checked"
    more = f"; and {len(result.reasons) - 3} more" if len(result.reasons) > 3 else ""
    yield _order("error", {"title": f"curate gate: {result.answer.value}"}, reasons + more)


def _grouped(told: Sequence[Remark]) -> list[list[Remark]]:
    """Findings of one check in one file together, in the order of the worst of each."""
    groups: dict[tuple[str, str], list[Remark]] = defaultdict(list)
    for one in told:
        groups[one.check, one.path].append(one)
    return list(groups.values())


def _annotation(kind: str, group: Sequence[Remark]) -> str:
    worst = group[0]
    place = {"file": shown(worst.path, 400), "line": str(worst.line)}
    if worst.column is not None:
        place["col"] = str(worst.column)
    more = "" if len(group) == 1 else f" (and {len(group) - 1} more records of this file)"
    said = f"{shown(worst.message, 400)}{more}. What would pass: {shown(worst.fix, 200)}"
    return _order(kind, {**place, "title": shown(worst.check, 130)}, said)


def _order(kind: str, properties: Mapping[str, str], message: str) -> str:
    told = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{kind} {told}::{_data(message)}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
