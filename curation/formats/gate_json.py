"""One JSON document about a whole gate run (`curation.gate/1`, schema in docs/schemas)."""

from collections.abc import Iterator
from typing import Any

from curation.datanet.canonical import digest
from curation.formats.document import earnings_document, written
from curation.gate.result import Change, GateResult, JudgedFile, Remark, Standings

SCHEMA = "curation.gate/1"


def lines(result: GateResult) -> Iterator[str]:
    """The document; no clock, no path of this machine, so the same run gives the same bytes."""
    yield written(gate_document(result))


def gate_document(result: GateResult) -> dict[str, Any]:
    """The document as plain values. A path that is no text has its bytes as lone surrogates, escaped."""
    return {
        "schema": SCHEMA,
        "answer": result.answer.value,
        "exit_code": result.exit_code,
        "base": result.base,
        "head": result.head,
        "author": result.author,
        "fail_on": result.fail_on,
        "reasons": list(result.reasons),
        "notes": list(result.notes),
        "records": result.records,
        "verdicts": dict(result.verdicts),
        "changes": [_change(one) for one in result.changes],
        "other_paths": result.others,
        "files": [_file(one) for one in result.files],
        "findings": [_remark(one) for one in result.remarks],
    }


def _change(one: Change) -> dict[str, Any]:
    return {"datanet": one.datanet, "before": _standings(one.before), "after": _standings(one.after)}


def _standings(one: Standings) -> dict[str, Any]:
    return {"records": one.records, "accepted": one.accepted, "weight_mean": one.weight_mean}


def _file(one: JudgedFile) -> dict[str, Any]:
    checked, contribution = one.checked, one.checked.contribution
    told = {
        "path": one.path,
        "blob": one.blob,
        "file_digest": contribution.file_digest,
        "datanet": one.datanet,
        "contributor": contribution.contributor,
        "contribution": contribution.id,
        "card": digest(checked.setting.card),
        "rules": digest(checked.setting.rules_bytes),
        "reference": {"version": checked.inspection.reference, "members": checked.reference_members},
        "earlier": checked.earlier,
        "records": checked.outcome.records,
        "unreadable": checked.outcome.unreadable,
        "verdicts": dict(checked.outcome.verdicts),
        "weight_mean": checked.outcome.weight_mean,
        "novelty_mean": checked.outcome.novelty_mean,
        "credit": round(one.credit, 6),
        "insufficient": dict(checked.outcome.insufficient),
        "ignored_fields": list(contribution.ignored_fields),
        "reasons": list(one.reasons),
    }
    if checked.earnings is not None:
        told["earnings"] = earnings_document(checked.earnings)
    return told


def _remark(one: Remark) -> dict[str, Any]:
    row = one.judged
    return {
        "path": one.path,
        "line": one.line,
        "column": one.column,
        "check": one.check,
        "severity": one.severity.value,
        "field": one.field,
        "message": one.message,
        "fix": one.fix,
        "tolerated": one.tolerated,
        "record": None if row is None else row.record,
        "verdict": None if row is None else row.verdict.value,
        "weight": None if row is None else row.weight,
        "novelty": None if row is None else row.novelty,
    }
