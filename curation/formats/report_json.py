"""A report as one JSON document (`curation.report/1`): what the pages tell, and what they have no room for."""

from typing import Any, Final

from curation.audit.examples import Example
from curation.formats.figures import figure_document
from curation.formats.text import snippet
from curation.reporting import Report

SCHEMA: Final = "curation.report/1"
TEXT_SHOWN: Final = 300


def report_document(report: Report, *, texts: bool = True) -> dict[str, Any]:
    """The document as plain values; without `texts` no text of any record is in it; labels are."""
    return {
        "schema": SCHEMA,
        "datanet": report.datanet,
        "since": report.since,
        "verdict": report.verdict,
        "figures": [figure_document(one) for one in report.figures],
        "examples": [
            {"check": kind.code, "rows": kind.rows, "examples": [_example(one, texts=texts) for one in kind.examples]}
            for kind in report.examples
        ],
        "changes": [vars(one) for one in report.changes],
        "next": [vars(one) for one in report.steps],
        "basis": {
            "command": report.basis.command,
            "seq": report.basis.seq,
            "head": report.basis.head,
            "code": report.basis.code,
            "versions": dict(report.basis.versions),
            "datanets": [vars(one) for one in report.basis.datanets],
        },
    }


def _example(one: Example, *, texts: bool) -> dict[str, Any]:
    told = vars(one)
    for name in ("message", "text", "partner_text"):
        told = told | {name: snippet(told[name], TEXT_SHOWN) if texts and told[name] is not None else None}
    return told
