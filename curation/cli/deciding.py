"""Many decisions from one file: a JSON object a line, read strictly, nothing decided unless every line can be read."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from curation.datanet.shown import shown
from curation.errors import UsageError
from curation.ledger.facts import first_problem
from curation.workspace import Word

LINE_MAX = 100_000


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    record: str
    decision: Literal["accept", "reject", "relabel"]
    reason: str | None = None
    label: str | None = None
    drawn_with: Annotated[float, Field(gt=0, le=1)] | None = None


def read_words(path: Path, *, reason: str | None, drawn_with: float | None) -> Iterator[Word]:
    """The decisions of a file; what a line does not say of reason and draw is that of the command.

    Raises `UsageError` naming the first line that cannot be read.
    """
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise UsageError(f"{shown(path.name)!r} cannot be read: {error.strerror}") from None
    for number, data in enumerate(lines, start=1):
        if not data.strip():
            continue
        try:
            line = _Line.model_validate(_object(data))
        except ValidationError as error:
            raise UsageError(f"{shown(path.name)} line {number}: {first_problem(error)}") from None
        except (ValueError, RecursionError):
            raise UsageError(f"{shown(path.name)} line {number}: no JSON object with each key once") from None
        yield Word(
            record=line.record,
            decision=line.decision,
            reason=line.reason or reason or "",
            label=line.label,
            drawn_with=line.drawn_with or drawn_with,
        )


def _object(data: bytes) -> dict[str, Any]:
    if len(data) > LINE_MAX:
        raise ValueError("too long")
    told = json.loads(data, object_pairs_hook=_once)
    if not isinstance(told, dict):
        raise ValueError("no object")  # noqa: TRY004  (of a line, not of an argument)
    return told


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    told = dict(pairs)
    if len(told) < len(pairs):
        raise ValueError("a key twice")
    return told
