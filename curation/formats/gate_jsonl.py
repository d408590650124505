"""One line per record that a gate run looked at, then one per refusal: `curation.gate-record/1`, `-refusal/1`."""

import json
from collections.abc import Iterator
from typing import Any

from curation.formats import jsonl
from curation.formats.document import unordered
from curation.gate.result import GateResult

SCHEMA = "curation.gate-record/1"
REFUSAL_SCHEMA = "curation.gate-refusal/1"


def lines(result: GateResult) -> Iterator[str]:
    """Files in the order in which they were judged, rows in file order; then what was refused."""
    for file in result.files:
        for row in file.checked.inspection.rows:
            told = {**jsonl.record(row), "schema": SCHEMA, "path": file.path, "datanet": file.datanet}
            yield _line({**told, "tolerated": sorted(check for at, check in file.tolerated if at == row.row)})
    for one in result.refusals:
        told = {"schema": REFUSAL_SCHEMA, "path": one.path, "code": one.code}
        yield _line({**told, "message": one.message, "fix": one.fix})


def _line(told: dict[str, Any]) -> str:
    return unordered(json.dumps(told, ensure_ascii=True, allow_nan=False, separators=(",", ":"))) + "\n"
