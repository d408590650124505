"""One line per input row, in order: the contract for scripts (`curation.record/1`, schema in docs/schemas)."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from curation.finding import Finding
from curation.inspection import Inspection, Judged
from curation.ledger.inspected import BILLION
from curation.ledger.results import FindingLine, ResultLine
from curation.opened import StoredResult
from curation.quality import MICRO
from curation.rewards.preview import Earnings

SCHEMA = "curation.record/1"


def lines(inspection: Inspection, earnings: Earnings | None = None) -> Iterator[str]:
    """The lines, each with its newline. Scores are neither clipped nor rounded; one result has one form.

    `earnings` stand in them where an epoch has paid the datanet: base units as decimal strings.
    """
    for row in inspection.rows:
        told = record(row)
        if earnings is not None and row.record is not None:
            low, high = earnings.by_record[row.record]
            told["earnings"] = {"epoch": earnings.epoch, "low": str(low), "high": str(high)}
        yield json.dumps(told, ensure_ascii=True, allow_nan=False, separators=(",", ":")) + "\n"


def stored_lines(result: StoredResult) -> Iterator[str]:
    """The same lines from what was stored: numbers as they were rounded then, to millionths and (scores, p) finer."""
    said: dict[int, list[FindingLine]] = {}
    for one in result.findings:
        said.setdefault(one.row, []).append(one)
    for line in result.lines:
        told = _stored_record(line, said.get(line.row, ()), result.digests.get(line.row))
        yield json.dumps(told, ensure_ascii=True, allow_nan=False, separators=(",", ":")) + "\n"


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


def _stored_record(line: ResultLine, findings: Sequence[FindingLine], content: str | None) -> dict[str, Any]:
    evidence = {} if line.evidence is None else line.evidence.model_dump(by_alias=True)
    return {
        "schema": SCHEMA,
        "line": line.line,
        "record": line.record,
        "digest": content,
        "verdict": line.verdict,
        "weight": _share(line.weight, MICRO),
        "novelty": _share(line.novelty, MICRO),
        "evidence": _shares(evidence, MICRO),
        "scores": _shares(dict(sorted(line.scores.items())), BILLION),
        "findings": [_stored_finding(one) for one in findings],
    }


def _stored_finding(one: FindingLine) -> dict[str, Any]:
    told = one.model_dump(exclude={"row"})
    told |= {"evidence": one.evidence / MICRO, "p": _share(one.p, BILLION)}
    told["related"] = [{**related, "similarity": related["similarity"] / MICRO} for related in told["related"]]
    return told


def _share(parts: int | None, whole: int) -> float | None:
    return None if parts is None else parts / whole


def _shares(parts: Mapping[str, int], whole: int) -> dict[str, float]:
    return {name: value / whole for name, value in parts.items()}
