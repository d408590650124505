"""The card of a datanet: what it is about, which fields its records have, and what its owner wants checked."""

from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from curation.datanet.canonical import Value
from curation.datanet.names import NAME
from curation.datanet.pay_terms import Escrow, Fees
from curation.datanet.strict_yaml import read_yaml
from curation.errors import CardError

CARD_FILE = "datanet.yaml"


class Task(StrEnum):
    """What a datanet's records are for; decides which roles and checks apply."""

    TEXT = "text"
    LABELLED_TEXT = "labelled-text"
    INSTRUCTION = "instruction"
    TABLE = "table"


class FieldType(StrEnum):
    """What a value must be. Nothing is coerced: text in a number field is an error with a line, not a guess."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"


class Role(StrEnum):
    """What a field is for. `id`, `source` and `licence` describe a record and are no part of its text."""

    ID = "id"
    TEXT = "text"
    PROMPT = "prompt"
    RESPONSE = "response"
    LABEL = "label"
    FEATURE = "feature"
    SOURCE = "source"
    LICENCE = "licence"


ROLES_WANTED: dict[Task, tuple[Role, ...]] = {
    Task.TEXT: (Role.TEXT,),
    Task.LABELLED_TEXT: (Role.TEXT, Role.LABEL),
    Task.INSTRUCTION: (Role.PROMPT, Role.RESPONSE),
    Task.TABLE: (Role.FEATURE,),
}

_NUMERIC = (FieldType.INTEGER, FieldType.NUMBER)

_Name: TypeAlias = Annotated[str, StringConstraints(pattern=f"^{NAME.pattern}$")]
_Line: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=300)]
_Language: TypeAlias = Annotated[str, StringConstraints(pattern="^[a-z]{2,3}$")]


class Strict(BaseModel):
    """A part of a file that people write: unknown keys are refused, and nothing changes it afterwards."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class CardField(Strict):
    """One declared field. `range` is inclusive and for numbers; `unit` is told to people, never converted."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    type: FieldType = FieldType.TEXT
    role: Role | None = None
    required: bool = False
    allowed: tuple[str, ...] | None = None
    range: tuple[Decimal | None, Decimal | None] | None = None
    unit: str | None = None
    description: str | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.range is not None:
            low, high = self.range
            if self.type not in _NUMERIC:
                raise ValueError(f"`range` is for integer and number fields, {self.name!r} is {self.type}")
            if low is not None and high is not None and low > high:
                raise ValueError(f"`range` of {self.name!r} runs backwards: {low} to {high}")
        if self.allowed is not None and self.type is not FieldType.TEXT:
            raise ValueError(f"`allowed` is for text fields, {self.name!r} is {self.type}")
        if self.role in (Role.TEXT, Role.PROMPT, Role.RESPONSE, Role.LABEL) and self.type is not FieldType.TEXT:
            raise ValueError(f"the role {self.role} wants a text field, {self.name!r} is {self.type}")
        return self


_Share: TypeAlias = Annotated[float, Field(ge=0, le=1)]


class Policy(Strict):
    """What fails a check, and the constants of the weight.

    The start of `novelty_ramp` is .66: measured on banking questions, honest people then lose the .07 that are meant
    (docs/benchmarks.md).
    """

    rejected_share_max: _Share = 0.0
    review_share_max: _Share = 0.2
    unchecked_share_max: _Share = 1.0
    weight_mean_min: _Share = 0.0
    prior_good: Annotated[float, Field(gt=0)] = 9.0
    prior_bad: Annotated[float, Field(gt=0)] = 1.0
    purity: Annotated[float, Field(gt=0.5, lt=1)] = 0.97
    review_below: _Share = 0.5
    alpha: Annotated[float, Field(gt=0, lt=0.5)] = 0.05
    novelty_ramp: tuple[_Share, _Share] = (0.66, 0.8)
    weight_ramp: tuple[_Share, _Share] = (0.5, 0.8)
    reference_min: Annotated[int, Field(ge=20)] = 100
    class_min: Annotated[int, Field(ge=2)] = 5
    several_share: _Share = 0.1

    @model_validator(mode="after")
    def _ramps_rise(self) -> Self:
        for name in ("novelty_ramp", "weight_ramp"):
            low, high = getattr(self, name)
            if low >= high:
                raise ValueError(f"{name} must rise, {low} to {high} was seen")
        return self


class GatePolicy(Strict):
    """What fails the gate before a merge, beside the policy; read at the base, where no branch can loosen it.

    Sizes and counts are those of one branch. `rate_records_max` bounds what one contributor brings in `rate_days`.
    """

    fail_on: Literal["policy", "warning", "unchecked", "review", "reject", "never"] = "policy"
    unchecked_share_max: _Share = 0.2
    files_max: Annotated[int, Field(ge=1)] = 20
    records_max: Annotated[int, Field(ge=1)] = 20_000
    file_bytes_max: Annotated[int, Field(ge=1, le=2_000_000_000)] = 20_000_000
    rate_days: Annotated[int, Field(ge=1)] = 7
    rate_records_max: Annotated[int, Field(ge=1)] | None = None


class EncoderChoice(Strict):
    """Which sentence encoder: the default one, or a folder with a sentence-transformers model inside the workspace."""

    path: str | None = None
    sha256: Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")] | None = None
    languages: tuple[_Language, ...] = ("en",)

    @model_validator(mode="after")
    def _digest_with_path(self) -> Self:
        if (self.path is None) != (self.sha256 is None):
            raise ValueError("`path` and `sha256` (of its model.safetensors) go together")
        return self


class Datanet(Strict):
    """A community-owned dataset for one domain, as its card describes it.

    `public_texts`: whether everybody may read what its records say, or only how they stand.
    """

    schema_: Literal["curation.datanet/1"] = Field(alias="schema")
    name: _Name
    title: _Line
    licence: _Line
    owner: _Name = "owner"
    languages: Annotated[tuple[_Language, ...], Field(min_length=1)]
    task: Task
    fields: Annotated[tuple[CardField, ...], Field(min_length=1, max_length=500)]
    unknown_fields: Literal["reject", "ignore"] = "reject"
    public_texts: bool = False
    rules: tuple[_Name, ...] = ()
    encoder: EncoderChoice = EncoderChoice()
    policy: Policy = Policy()
    fees: Fees = Fees()
    escrow: Escrow = Escrow()
    gate: GatePolicy = GatePolicy()

    @model_validator(mode="after")
    def _roles_fit_the_task(self) -> Self:
        names = [field.name for field in self.fields]
        if len(set(names)) != len(names):
            raise ValueError("a field name stands twice")
        for role in ROLES_WANTED[self.task]:
            if not self.with_role(role):
                raise ValueError(f"the task {self.task} wants a field with the role {role}")
        for role in (Role.ID, Role.TEXT, Role.PROMPT, Role.RESPONSE, Role.LABEL):
            if len(self.with_role(role)) > 1:
                raise ValueError(f"at most one field with the role {role}")
        return self

    def with_role(self, role: Role) -> tuple[CardField, ...]:
        """The fields that have this role, in card order."""
        return tuple(field for field in self.fields if field.role is role)

    def name_of(self, role: Role) -> str | None:
        """The name of the one field with this role, or None."""
        found = self.with_role(role)
        return found[0].name if found else None

    def field(self, name: str) -> CardField | None:
        """The declared field of this name, or None."""
        return next((field for field in self.fields if field.name == name), None)

    def text_of(self, values: dict[str, Value]) -> str:
        """What a record says as one text: its text, prompt and response, or its features as `name value` lines."""
        roles = {Task.INSTRUCTION: (Role.PROMPT, Role.RESPONSE), Task.TABLE: (Role.FEATURE,)}.get(
            self.task, (Role.TEXT,)
        )
        parts = [field for role in roles for field in self.with_role(role) if values.get(field.name) is not None]
        if self.task is Task.TABLE:
            return "\n".join(f"{field.name} {values[field.name]}" for field in parts)
        return "\n".join(str(values[field.name]) for field in parts)


@lru_cache(maxsize=64)
def read_card(data: bytes, source: str) -> Datanet:
    """The card in these bytes; raises `CardError` with `source:line` and what was wanted there."""
    return read_yaml(data, source).validated(Datanet)


def load_card(folder: Path) -> tuple[Datanet, bytes]:
    """The card of a datanet folder and its bytes; raises `CardError` when missing, unreadable or under another name."""
    path = folder / CARD_FILE
    source = f"datanets/{folder.name}/{CARD_FILE}"
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CardError(f"{source}: cannot be read: {error.strerror}") from None
    datanet = read_card(data, source)
    if datanet.name != folder.name:
        raise CardError(f"{source}:1: the card says name: {datanet.name}, the folder is {folder.name!r}")
    return datanet, data
