"""A gate run in the diagnostic format of reviewdog (`rdjson`): one diagnostic per finding."""

import json
from collections.abc import Iterator
from typing import Any

from curation.datanet.shown import shown
from curation.finding import Severity
from curation.formats.inert import inert
from curation.gate.result import Answer, GateResult, Remark


def lines(result: GateResult) -> Iterator[str]:
    """The document. Messages become comments beneath a pull request, so what is in them is made inert."""
    told = {
        "source": {"name": "curate gate"},
        "severity": "INFO" if result.answer is Answer.PASS else "ERROR",
        "diagnostics": [_diagnostic(one) for one in result.remarks],
    }
    yield json.dumps(told, indent=1, ensure_ascii=True, allow_nan=False) + "\n"


def _diagnostic(one: Remark) -> dict[str, Any]:
    start = {"line": one.line} if one.column is None else {"line": one.line, "column": one.column}
    return {
        "message": f"{inert(one.message, 400)}. What would pass: {inert(one.fix, 300)}",
        "location": {"path": shown(one.path, 400), "range": {"start": start}},
        "severity": _severity(one),
        "code": {"value": shown(one.check, 130)},
    }


def _severity(one: Remark) -> str:
    if one.fails:
        return "ERROR"
    return "INFO" if one.severity is Severity.INFO or one.tolerated else "WARNING"
