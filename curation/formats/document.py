"""One JSON document about a whole check (`curation.check/1`, schema in docs/schemas)."""

import json
from importlib.metadata import version
from typing import Any

from curation import __version__
from curation.datanet.canonical import digest
from curation.datanet.shown import ORDER
from curation.rewards.preview import Earnings
from curation.workspace import Checked

SCHEMA = "curation.check/1"

LIBRARIES = ("great-expectations", "sentence-transformers", "faiss-cpu", "cleanlab", "duckdb")


def check_document(checked: Checked) -> dict[str, Any]:
    """The document as plain values; no clock, no path of this machine."""
    outcome, earnings = checked.outcome, checked.earnings
    told: dict[str, Any] = {} if earnings is None else {"earnings": earnings_document(earnings)}
    return {
        "schema": SCHEMA,
        "datanet": checked.setting.datanet.name,
        "card": digest(checked.setting.card),
        "rules": digest(checked.setting.rules_bytes),
        "reference": {"version": checked.inspection.reference, "members": checked.reference_members},
        "contribution": {
            "id": checked.contribution.id,
            "contributor": checked.contribution.contributor,
            "file": checked.contribution.file_name,
            "file_digest": checked.contribution.file_digest,
            "ignored_fields": list(checked.contribution.ignored_fields),
        },
        "stored": checked.stored,
        "records": outcome.records,
        "unreadable": outcome.unreadable,
        "earlier": checked.earlier,
        "verdicts": dict(outcome.verdicts),
        "weight_mean": outcome.weight_mean,
        "novelty_mean": outcome.novelty_mean,
        "policy": {"met": outcome.met, "reasons": list(outcome.reasons)},
        "insufficient": dict(outcome.insufficient),
        "languages_unserved": list(checked.setting.unserved_languages),
        "versions": {"curation": __version__, **{name: version(name) for name in LIBRARIES}},
    } | told


def earnings_document(found: Earnings) -> dict[str, Any]:
    """Base units as decimal strings, as they do not fit into a JSON number."""
    return {"epoch": found.epoch, "records": found.records, "low": str(found.low), "high": str(found.high)}


def written(document: dict[str, Any]) -> str:
    """A document as text: indented, ASCII, with a newline; the same values give the same bytes."""
    return unordered(json.dumps(document, indent=2, ensure_ascii=True, allow_nan=False)) + "\n"


def unordered(text: str) -> str:
    """JSON that means the same and holds no order that a build log obeys in the middle of a line (`##[`)."""
    return ORDER.sub(r"\1\\u005b", text)
