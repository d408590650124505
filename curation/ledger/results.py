"""What inspection left behind, as files: one line a row of verdicts and integers, one line a finding.

Units: ppm are millionths, ppb thousand-millionths, micro millionths of a natural log-odd. Rounded once, by the
writer; whoever reads them later reads the same integers.
"""

from collections.abc import Iterable
from typing import Annotated, Any, Literal, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from curation.datanet.canonical import canonical_bytes
from curation.errors import JournalBroken
from curation.ledger.fact import Digest, Name, ShortId
from curation.ledger.facts import first_problem

Inspected: TypeAlias = Literal["accept", "review", "reject", "unchecked"]
Ppm: TypeAlias = Annotated[int, Field(ge=0, le=1_000_000)]
Ppb: TypeAlias = Annotated[int, Field(ge=0, le=1_000_000_000)]
Micro: TypeAlias = Annotated[int, Field(ge=-(2**53), le=2**53)]
Place: TypeAlias = Annotated[int, Field(ge=0)]


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True)


class EvidenceOf(_Line):
    """The terms that add up to the weight, in micro log-odds."""

    prior: Micro
    rules: Micro
    strangeness: Micro
    label_noise: Annotated[Micro, Field(alias="label-noise")]


class ResultLine(_Line):
    """One row of a contribution as inspection left it. `content` is the salted digest of what the record says.

    `otherwise` and `otherwise_novelty` stand where there was an exact-duplicate finding: what it would be without.
    Rows that could not be read have no record, content, weight, novelty, evidence or scores.
    """

    record: ShortId | None
    row: Place
    line: Place
    content: Digest | None
    verdict: Inspected
    weight: Ppm | None
    novelty: Ppm | None
    evidence: EvidenceOf | None
    scores: dict[str, Ppb]
    p: dict[str, Ppb]
    otherwise: Inspected | None = None
    otherwise_novelty: Ppm | None = None


class RelatedLine(_Line):
    """Another record a finding rests on."""

    record: ShortId
    contributor: Name
    line: Place
    similarity: Ppm


class FindingLine(_Line):
    """One finding, about the row `row` of the contribution."""

    row: Place
    check: str
    field: str | None
    severity: Literal["critical", "hold", "warning", "info", "insufficient"]
    message: str
    evidence: Micro
    p: Ppb | None
    suggested: str | None
    fix: str
    related: list[RelatedLine]


class ReasonFile(_Line):
    """Why a person decided as they did, and the right label when they said so."""

    reason: str
    label: str | None = None


class NameFile(_Line):
    """What a contributor is called in public."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=80)]


LineT = TypeVar("LineT", ResultLine, FindingLine)


def read_result(data: bytes) -> tuple[ResultLine, ...]:
    """The lines of a result file, one a row from row 0 on; raises `JournalBroken` naming the line."""
    lines = _read(data, ResultLine, "result")
    for number, line in enumerate(lines):
        if line.row != number:
            raise JournalBroken(f"result line {number + 1} is about row {line.row}, row {number} wanted")
    return lines


def read_findings(data: bytes) -> tuple[FindingLine, ...]:
    """The lines of a findings file; raises `JournalBroken` naming the line."""
    return _read(data, FindingLine, "findings")


def read_reason(data: bytes) -> ReasonFile:
    """The reason of a decision; raises `JournalBroken` when the file says something else."""
    try:
        return ReasonFile.model_validate_json(data)
    except ValidationError as error:
        raise JournalBroken(f"reason file: {first_problem(error)}") from None


def read_name(data: bytes) -> str:
    """A contributor's public name; raises `JournalBroken` when the file says something else."""
    try:
        return NameFile.model_validate_json(data).name
    except ValidationError as error:
        raise JournalBroken(f"name file: {first_problem(error)}") from None


def write_lines(lines: Iterable[ResultLine | FindingLine]) -> bytes:
    """The file of these lines: canonical JSON, one object a line, so that the same inspection has the same digest."""
    return b"".join(canonical_bytes(_told(line)) + b"\n" for line in lines)


def write_reason(reason: ReasonFile) -> bytes:
    """The file of a reason."""
    return canonical_bytes(reason.model_dump())


def write_name(name: str) -> bytes:
    """The file of a public name; raises pydantic's `ValidationError` for one that is empty or over 80 characters."""
    return canonical_bytes(NameFile(name=name).model_dump())


def _told(line: ResultLine | FindingLine) -> dict[str, Any]:
    told = line.model_dump(by_alias=True)
    for name in ("otherwise", "otherwise_novelty"):
        if told.get(name, 0) is None:
            del told[name]
    return told


def _read(data: bytes, line_type: type[LineT], what: str) -> tuple[LineT, ...]:
    if data and not data.endswith(b"\n"):
        raise JournalBroken(f"{what} file: its last line has no end")
    found: list[LineT] = []
    for number, line in enumerate(data.split(b"\n")[:-1], start=1):
        try:
            found.append(line_type.model_validate_json(line))
        except ValidationError as error:
            raise JournalBroken(f"{what} line {number}: {first_problem(error)}") from None
    return tuple(found)
