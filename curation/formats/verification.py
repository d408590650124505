"""What a verification compared and what does not agree: for people, and as one document (`curation.verification/1`)."""

from collections.abc import Iterator
from typing import Any

from curation.datanet.shown import shown
from curation.ledger.verify import Verification
from curation.recompute import Recomputed

SCHEMA = "curation.verification/1"


def verification_document(found: Verification, computed: Recomputed | None) -> dict[str, Any]:
    """The document as plain values; `computed` when everything was computed again too."""
    problems = _problems(found, computed)
    return {
        "schema": SCHEMA,
        "head": found.head,
        "seq": found.seq,
        "compared": _compared(found, computed),
        "problems": problems,
        "notes": _notes(found, computed),
        "agrees": not problems,
    }


def verification_text(found: Verification, computed: Recomputed | None) -> Iterator[str]:
    """Lines without newlines."""
    for what, count in _compared(found, computed).items():
        yield f"{count:>10}  {what} compared"
    for said in _notes(found, computed):
        yield f"note: {shown(said, 500)}"
    problems = _problems(found, computed)
    for said in problems:
        yield f"PROBLEM: {shown(said, 500)}"
    yield f"journal head {found.head} at line {found.seq}"
    yield f"{len(problems)} problems" if problems else "all agrees"


def _compared(found: Verification, computed: Recomputed | None) -> dict[str, int]:
    compared = {one.what: one.count for one in found.compared}
    if computed is not None:
        compared["records computed again"] = computed.records
        compared["references fitted again"] = computed.references
    return compared


def _problems(found: Verification, computed: Recomputed | None) -> list[str]:
    return [*found.problems, *(computed.problems if computed is not None else ())]


def _notes(found: Verification, computed: Recomputed | None) -> list[str]:
    return [*found.notes, *(computed.notes if computed is not None else ())]
