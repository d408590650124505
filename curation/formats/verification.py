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
        "compared": {one.what: one.count for one in found.compared},
        "recomputed": None if computed is None else _recomputed(computed),
        "problems": problems,
        "notes": list(found.notes),
        "agrees": not problems,
    }


def verification_text(found: Verification, computed: Recomputed | None) -> Iterator[str]:
    """Lines without newlines."""
    for one in found.compared:
        yield f"{one.count:>10}  {one.what} compared"
    if computed is not None:
        yield f"{computed.records} of {computed.records_all} records computed again"
        yield f"{computed.references} of {computed.references_all} reference versions fitted again"
        if computed.models_all:
            yield f"{computed.models} of {computed.models_all} models' records, weights and novelty computed again"
    for said in found.notes:
        yield f"note: {shown(said, 500)}"
    problems = _problems(found, computed)
    for said in problems:
        yield f"PROBLEM: {shown(said, 500)}"
    yield f"journal head {found.head} at line {found.seq}"
    yield f"{len(problems)} problems" if problems else "all agrees"


def _recomputed(computed: Recomputed) -> dict[str, int]:
    return {
        "records": computed.records,
        "records_all": computed.records_all,
        "references": computed.references,
        "references_all": computed.references_all,
        "models": computed.models,
        "models_all": computed.models_all,
    }


def _problems(found: Verification, computed: Recomputed | None) -> list[str]:
    return [*found.problems, *(computed.problems if computed is not None else ())]
