"""A gate run as SARIF 2.1.0 (OASIS): one result per finding, one rule per check with its manual page as help."""

import json
import os
import string
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from curation import __version__
from curation.catalogue import Page, pages
from curation.datanet.canonical import canonical_bytes, digest
from curation.finding import Severity
from curation.formats.inert import inert
from curation.gate.refusals import FIXES
from curation.gate.result import GateResult, Remark
from curation.shared import shared_folder

VERSION = "2.1.0"
SCHEMA_ADDRESS = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
# GitHub shows 5 000 results of a run and refuses files with more than 25 000.
RESULTS_MAX = 5_000
_PLAIN = frozenset((string.ascii_letters + string.digits + "-._~/").encode())


def lines(result: GateResult) -> Iterator[str]:
    """The log. Worst results first, so that those left out are the mildest; a notification says how many."""
    kept = result.remarks[:RESULTS_MAX]
    codes = sorted({one.check for one in kept})
    places = {code: place for place, code in enumerate(codes)}
    known = {page.code: page for page in pages([shared_folder("rules")])}
    run = {
        "tool": {
            "driver": {
                "name": "curate",
                "version": __version__,
                "semanticVersion": __version__,
                "rules": [_rule(code, known, kept) for code in codes],
            }
        },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The top of the repository."}}},
        "automationDetails": {"id": "curate-gate/"},
        "invocations": [_invocation(result, len(kept))],
        "properties": {"answer": result.answer.value, "base": result.base, "head": result.head},
        "results": [_result(one, places) for one in kept],
    }
    log = {"$schema": SCHEMA_ADDRESS, "version": VERSION, "runs": [run]}
    yield json.dumps(log, indent=1, ensure_ascii=True, allow_nan=False) + "\n"


def _invocation(result: GateResult, kept: int) -> dict[str, Any]:
    told: dict[str, Any] = {"executionSuccessful": True, "exitCode": result.exit_code}
    notes = [{"level": "note", "message": {"text": inert(note, 400)}} for note in result.notes]
    if kept < len(result.remarks):
        left = f"{len(result.remarks) - kept} of {len(result.remarks)} findings were left out, the mildest ones"
        notes.insert(0, {"level": "warning", "message": {"text": left}})
    return {**told, "toolExecutionNotifications": notes}


def _rule(code: str, known: Mapping[str, Page], kept: Sequence[Remark]) -> dict[str, Any]:
    """A rule with help; one of the datanet's own packs has no page here and is explained by what would pass."""
    page = known.get(code)
    if page is None:
        fix = FIXES.get(code.removeprefix("gate/"), "")
        title = fix or next(inert(one.fix, 300) for one in kept if one.check == code)
        title = f"What would pass: {title}"
        text = title
    else:
        title, text = page.title, page.text
    return {
        "id": inert(code, 130),
        "shortDescription": {"text": title},
        "fullDescription": {"text": title},
        "help": {"text": text, "markdown": text},
        "defaultConfiguration": {"level": "warning"},
    }


def _result(one: Remark, places: Mapping[str, int]) -> dict[str, Any]:
    region = {"startLine": max(one.line, 1)}
    if one.column is not None:
        region["startColumn"] = one.column
    told = {
        "ruleId": inert(one.check, 130),
        "ruleIndex": places[one.check],
        "level": _level(one),
        "message": {"text": f"{inert(one.message, 400)}. What would pass: {inert(one.fix, 300)}"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": _address(one.path), "uriBaseId": "%SRCROOT%"},
                    "region": region,
                }
            }
        ],
        "partialFingerprints": {"contentAndCheck/v1": _fingerprint(one)},
    }
    if one.tolerated:
        told["baselineState"] = "unchanged"
        told["suppressions"] = [{"kind": "external", "justification": "in the baseline"}]
    return told


def _address(path: str) -> str:
    """A path as a relative reference (RFC 3986): every byte that is not plain stands as its number."""
    return "".join(chr(byte) if byte in _PLAIN else f"%{byte:02X}" for byte in os.fsencode(path))


def _level(one: Remark) -> str:
    if one.fails:
        return "error"
    return "note" if one.severity is Severity.INFO or one.tolerated else "warning"


def _fingerprint(one: Remark) -> str:
    """The same for the same content and check wherever it stands, so that a moved record is not a new finding."""
    content = None if one.judged is None else one.judged.digest
    name = os.fsencode(one.path).hex()
    place = [name, one.line] if content is None else [content]
    return digest(canonical_bytes([one.check, *place]))
