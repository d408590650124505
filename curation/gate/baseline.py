"""Findings that the base puts up with, so that old debt does not block: by record content and check.

A baseline moves no verdict: the records stay rejected or under review. They only no longer fail the gate.
"""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import TypeAlias

from pydantic import BaseModel, ConfigDict, ValidationError

from curation.datanet.canonical import canonical_bytes
from curation.errors import CardError
from curation.ledger.fact import Digest, Name
from curation.ledger.facts import first_problem

BASELINE_FILE = "baseline.jsonl"

# (datanet, content digest, check)
Tolerated: TypeAlias = AbstractSet[tuple[str, str, str]]


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    datanet: Name
    content: Digest
    check: str


def read_baseline(data: bytes) -> Tolerated:
    """The findings of a baseline; raises `CardError` naming the line that is none."""
    found = set()
    for number, line in enumerate(data.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            one = _Line.model_validate_json(line)
        except ValidationError as error:
            raise CardError(f"{BASELINE_FILE}:{number}: {first_problem(error)}") from None
        found.add((one.datanet, one.content, one.check))
    return frozenset(found)


def baseline_lines(found: Iterable[tuple[str, str, str]]) -> list[str]:
    """The lines of a baseline, sorted, each once."""
    return [
        canonical_bytes({"datanet": datanet, "content": content, "check": check}).decode() + "\n"
        for datanet, content, check in sorted(set(found))
    ]
