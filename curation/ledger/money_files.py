"""The objects that money rests on: who is in a model, on what terms, what an inference rests on, what an epoch moved.

Integers and ids only. Amounts of money are decimal strings of base units. Written canonically, so that the same
content has the same digest; read strictly.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from curation.datanet.canonical import plain_bytes
from curation.errors import JournalBroken
from curation.ledger.fact import Name, ShortId
from curation.ledger.facts import first_problem
from curation.ledger.money_facts import Units

Share: TypeAlias = Annotated[int, Field(ge=0, le=1_000_000)]
Number: TypeAlias = Annotated[int, Field(ge=0)]
# Account names: one word, or a word and a contributor.
Account: TypeAlias = Annotated[str, Field(pattern=r"^[a-z-]+(:[a-z0-9][a-z0-9-]{1,62})?$")]


class MemberLine(NamedTuple):
    """One record of a model, in the order of who was first.

    `training` is the weight it trained with, 0 for one that earns nothing; `novelty` the part of it that counts, both
    in millionths; `partner` the row, always an earlier one, that it partly repeats, −1 for none: told, and paid
    nothing. `imported` marks the owner's records.
    """

    record: str
    contributor: str
    imported: bool
    training: int
    novelty: int
    partner: int


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True)

    WHAT: ClassVar[str]

    def written(self) -> bytes:
        """The bytes of this file; none has a number but integers, or a key beyond ASCII."""
        return plain_bytes(self.model_dump(by_alias=True))

    @classmethod
    @lru_cache(maxsize=64)  # a recount looks at the same epochs again for every decision
    def read(cls, data: bytes) -> Self:
        """The file of these bytes; raises `JournalBroken` when they say something else."""
        try:
            return cls.model_validate_json(data)
        except ValidationError as error:
            raise JournalBroken(f"{cls.WHAT}: {first_problem(error)}") from None


class FeeShares(BaseModel):
    """How a fee is split, in millionths that sum to a million."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    platform: Share
    model: Share
    stakers: Share
    data: Share


class TermsFile(_File):
    """What a model's inferences are paid by, as its card said when it was trained."""

    WHAT: ClassVar[str] = "terms file"
    schema_: Annotated[Literal["curation.terms/1"], Field(alias="schema")] = "curation.terms/1"
    fees: FeeShares
    weight_low: Share
    weight_high: Share
    prior_good: Number
    prior_bad: Number
    vest_epochs: Number
    vest_audits: Number
    penalty_payouts: Number
    import_audits: Number
    audit_budget: Share
    burn_epochs: Number


class AnswerFile(_File):
    """What an inference said: a label with its logit in millionths, or nothing but what lies nearest."""

    WHAT: ClassVar[str] = "answer file"
    schema_: Annotated[Literal["curation.answer/1"], Field(alias="schema")] = "curation.answer/1"
    label: str | None
    logit: int | None


class SettledInference(_File):
    """One inference of an epoch: its journal line, its fee's data share, what was paid of that to contributors."""

    WHAT: ClassVar[str] = "settled inference"
    seq: Number
    fee: Units
    pool: Units
    paid: Units


class SettledRecord(_File):
    """One record that an epoch's inferences rest on: the weight that held (0 when it may not be paid), its pay."""

    WHAT: ClassVar[str] = "settled record"
    record: ShortId
    contributor: Name
    datanet: Name
    weight: Share
    pay: Units


class MoveLine(_File):
    """Money that goes from one account to another; `record` says of whose payout it is, `epoch` of which epoch."""

    WHAT: ClassVar[str] = "move"
    what: Literal["fee", "credit", "keep", "vest", "forfeit", "penalty", "reverse", "correct", "audit", "burn"]
    source: Account
    target: Account
    units: Units
    record: ShortId | None = None
    epoch: Number


class EpochFile(_File):
    """All that one settlement says."""

    WHAT: ClassVar[str] = "epoch file"
    schema_: Annotated[Literal["curation.epoch/2"], Field(alias="schema")] = "curation.epoch/2"
    epoch: Number
    through: Number
    inferences: list[SettledInference]
    records: list[SettledRecord]
    moves: list[MoveLine]


class Range(BaseModel):
    """What a record of full weight, wholly new, was attributed in an epoch: one in ten got less than `low`.

    Half got less than `median`, nine in ten less than `high`; base units, over so many `records` of the models asked.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    low: Units
    median: Units
    high: Units
    records: Number


class RangesFile(_File):
    """What records earned in an epoch, by datanet."""

    WHAT: ClassVar[str] = "ranges file"
    schema_: Annotated[Literal["curation.ranges/1"], Field(alias="schema")] = "curation.ranges/1"
    datanets: dict[Name, Range]


class MovesFile(_File):
    """The money that one decision moved."""

    WHAT: ClassVar[str] = "moves file"
    schema_: Annotated[Literal["curation.moves/1"], Field(alias="schema")] = "curation.moves/1"
    moves: list[MoveLine]


class HitLine(_File):
    """One draw of an audit: its sort and number, the record, and of a draw of money the epoch whose pay it fell on."""

    WHAT: ClassVar[str] = "hit"
    sort: Literal["money", "floor", "waiting"]
    number: Number
    record: ShortId
    epoch: Number | None = None


class DrawnLine(_File):
    """A record that was drawn, and the probability of that in millionths."""

    WHAT: ClassVar[str] = "drawn record"
    record: ShortId
    probability: Annotated[int, Field(ge=1, le=1_000_000)]


class HitsFile(_File):
    """All that one draw of audits took: every hit, and each record once; `epochs` are those whose money it was."""

    WHAT: ClassVar[str] = "hits file"
    schema_: Annotated[Literal["curation.hits/2"], Field(alias="schema")] = "curation.hits/2"
    epochs: list[Number]
    hits: list[HitLine]
    records: list[DrawnLine]


class ContentsFile(_File):
    """The salted digests of contents that somebody committed to."""

    WHAT: ClassVar[str] = "contents file"
    schema_: Annotated[Literal["curation.contents/1"], Field(alias="schema")] = "curation.contents/1"
    contents: list[Annotated[str, Field(pattern="^[0-9a-f]{64}$")]]


@dataclass(frozen=True, kw_only=True)
class Attribution:
    """What an inference rests on: rows of its model and integers, largest first."""

    rows: tuple[tuple[int, int], ...]

    @property
    def total(self) -> int:
        """Z of the formula."""
        return sum(amount for _, amount in self.rows)


def write_members(members: Sequence[MemberLine]) -> bytes:
    """The file of a model's records: one JSON array a line, as there may be very many."""
    return b"".join(plain_bytes(list(member)) + b"\n" for member in members)


@lru_cache(maxsize=16)
def read_members(data: bytes) -> tuple[MemberLine, ...]:
    """A model's records; raises `JournalBroken` naming the line."""
    found = []
    for number, line in enumerate(data.splitlines()):
        told = _parsed(line, f"model records line {number + 1}")
        if not (isinstance(told, list) and len(told) == len(_MEMBER) and _is_member(told, number)):
            raise JournalBroken(f"model records line {number + 1}: it is not a record of a model")
        found.append(MemberLine(*told))
    return tuple(found)


def write_attribution(attribution: Attribution) -> bytes:
    """The file of an attribution."""
    return plain_bytes({"schema": "curation.attribution/1", "rows": [list(row) for row in attribution.rows]})


def read_attribution(data: bytes) -> Attribution:
    """An attribution; raises `JournalBroken` when the file says something else."""
    match _parsed(data, "attribution file"):
        case {"schema": "curation.attribution/1", "rows": list(rows)} if all(map(_is_share, rows)):
            return Attribution(rows=tuple(map(tuple, rows)))
    raise JournalBroken("attribution file: rows of a place and a positive amount wanted")


_MEMBER = (str, str, bool, int, int, int)


def _parsed(data: bytes, what: str) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        raise JournalBroken(f"{what}: not readable as JSON") from None


# Half a million of these are read for a settlement of a thousand inferences: exact types, and no `match`.
def _is_member(told: list[object], row: int) -> bool:
    _, _, _, training, novelty, partner = told
    return (
        all(type(one) is kind for one, kind in zip(told, _MEMBER, strict=True))
        and 0 <= training <= 1_000_000  # type: ignore[operator]  # (all are integers by now)
        and 0 <= novelty <= 1_000_000  # type: ignore[operator]  # (as above)
        and -1 <= partner < row  # type: ignore[operator]  # (as above)
    )


def _is_share(told: object) -> bool:
    if type(told) is not list or len(told) != 2:
        return False
    row, amount = told
    return type(row) is int and type(amount) is int and row >= 0 and amount > 0
