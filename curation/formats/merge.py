"""What `curate merge` submitted and refused: for people, and as one document (`curation.merge/1`)."""

from collections.abc import Iterator
from typing import Any

from curation.datanet.shown import shown
from curation.formats.text import named
from curation.gate.merging import Merged, MergedFile

SCHEMA = "curation.merge/1"


def merge_document(merged: Merged) -> dict[str, Any]:
    """The document as plain values."""
    return {
        "schema": SCHEMA,
        "base": merged.base,
        "head": merged.head,
        "exit_code": merged.exit_code,
        "files": [
            {
                "path": one.path,
                "commit": one.commit,
                "contribution": one.submitted.contribution,
                "already": one.submitted.already,
                "policy_met": one.submitted.exit_code == 0,
            }
            for one in merged.files
        ],
        "refusals": [
            {"path": one.path, "code": one.code, "message": one.message, "fix": one.fix} for one in merged.refusals
        ],
        "notes": list(merged.notes),
    }


def merge_text(merged: Merged) -> Iterator[str]:
    """Lines without newlines."""
    for one in merged.files:
        yield f"{named(one.path)}: {_told(one)}"
    for refusal in merged.refusals:
        yield f"{named(refusal.path)}: refused, {refusal.code}: {shown(refusal.message, 300)}"
        yield f"    what would pass: {shown(refusal.fix, 300)}"
    for note in merged.notes:
        yield f"note: {shown(note, 300)}"
    done = sum(not one.submitted.already for one in merged.files)
    before = len(merged.files) - done
    yield f"{done} submitted, {before} had been before, {len(merged.refusals)} refused"


def _told(one: MergedFile) -> str:
    done = one.submitted
    which = f"contribution {done.contribution[:12]}, commit {one.commit[:12]}"
    if done.checked is None:
        return f"was submitted before: {which}"
    verdicts = ", ".join(f"{count} {verdict}" for verdict, count in done.checked.outcome.verdicts.items() if count)
    return f"submitted: {which}: {verdicts}"
