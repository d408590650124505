"""One line per input row, in order: the contract for scripts (`curation.record/1`, schema in docs/schemas)."""

import json
from collections.abc import Iterator
from typing import Any

from curation.finding import Finding
from curation.inspection import Inspection, Judged

SCHEMA = "curation.record/1"


def lines(inspection: Inspection) -> Iterator[str]:
    """The lines, each with its newline. Scores are neither clipped nor rounded; one result has one form."""
    for row in inspection.rows:
        yield json.dumps(record(row), ensure_ascii=True, allow_nan=False, separators=(",", ":")) + "\n"


def record(row: Judged) -> dict[str, Any]:
    """One row as plain values."""
    return {
        "schema": SCHEMA,
        "line": row.line,
        "record": row.record,
        "digest": row.digest,
        "verdict": row.verdict.value,
        "weight": row.weight,
        "novelty": row.novelty,
        "evidence": dict(row.evidence),
        "scores": dict(sorted(row.scores.items())),
        "findings": [finding(one) for one in row.findings],
    }


def finding(one: Finding) -> dict[str, Any]:
    """One finding as plain values."""
    return {
        "check": one.check,
        "field": one.field,
        "severity": one.severity.value,
        "message": one.message,
        "evidence": one.evidence,
        "p": one.p,
        "suggested": one.suggested,
        "fix": one.fix,
        "related": [
            {
                "record": other.record,
                "contributor": other.contributor,
                "line": other.line,
                "similarity": other.similarity,
            }
            for other in one.related
        ],
    }
