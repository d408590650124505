"""Answers of curators to the question what a record is: opinions and gold, as files and as values."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from curation.datanet.canonical import canonical_bytes
from curation.errors import JournalBroken
from curation.ledger.fact import ShortId
from curation.ledger.facts import first_problem

Decision: TypeAlias = Literal["accept", "reject", "relabel"]
Saying: TypeAlias = tuple[Decision, str | None]


class AnswerFile(BaseModel):
    """What a curator says of a record, and why. `salt` makes the file's digest unguessable: there are few answers."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    record: ShortId
    decision: Decision
    label: str | None = None
    reason: str
    salt: Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]

    @property
    def said(self) -> Saying:
        """What two answers have to share to be the same: reasons may differ."""
        return self.decision, self.label


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What somebody said of a record at journal line `seq`: a decision or, when `is_opinion`, an opinion."""

    record: str
    by: str
    said: Saying
    seq: int
    at: datetime
    is_opinion: bool


@dataclass(frozen=True, kw_only=True)
class Gold:
    """A record that curators are measured by, what is right about it, and whoever vouched for that.

    `name` is the digest of the latest nomination, `lines` has the line of each that is in `by`.
    """

    record: str
    said: Saying
    name: str
    by: tuple[str, ...]
    lines: tuple[int, ...]
    is_disputed: bool

    def measures(self, answer: Answer) -> bool:
        """Whether this answer tells of who gave it: gold it was by then, and they had not vouched for it themselves."""
        own = any(by == answer.by and line < answer.seq for by, line in zip(self.by, self.lines, strict=True))
        return answer.record == self.record and self.lines[0] < answer.seq and not own


def read_answer(data: bytes) -> AnswerFile:
    """The answer in an object; raises `JournalBroken` when the file says something else."""
    try:
        return AnswerFile.model_validate_json(data)
    except ValidationError as error:
        raise JournalBroken(f"answer file: {first_problem(error)}") from None


def write_answer(answer: AnswerFile) -> bytes:
    """The file of an answer."""
    return canonical_bytes(answer.model_dump())
