"""A rule pack is a Great Expectations suite that people can read: one YAML file of rules that judge records one by one.

A rule says what must hold (an expectation), for which fields (a selector, or real names), what follows when it does not
(severity, evidence in natural log-odds), and what a person should know (message, fix, why, an example of each kind).
Nothing of Great Expectations is imported here; `curation.evidence.great_expectations` judges.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from curation.datanet.canonical import Value
from curation.datanet.card import CardField, Datanet, Role
from curation.datanet.names import NAME
from curation.datanet.shown import shown
from curation.datanet.strict_yaml import Located, read_yaml
from curation.errors import CardError
from curation.evidence.rule_fields import SELECTORS, instances
from curation.evidence.rule_message import placeholder_problem
from curation.evidence.rule_types import COLUMN_KWARGS, is_variable, kwargs_problem, type_problem
from curation.finding import Severity

EVIDENCE_LEAST: Final = -20.0
_ROLES: Final = frozenset(role.value for role in Role)

_Name: TypeAlias = Annotated[str, StringConstraints(pattern=f"^{NAME.pattern}$")]
_Line: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=300)]
_Prose: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=4000, strip_whitespace=True)]
_Scalar: TypeAlias = str | int | float | bool | None
_Rows: TypeAlias = dict[str, _Scalar] | list[dict[str, _Scalar]]
Row: TypeAlias = Mapping[str, Value]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One expectation about one datanet's records, ready to be judged.

    `code` is `<pack>/<rule>`; `field` the field it speaks of (None when it is about several); `kwargs` name real
    fields; `evidence` is in natural log-odds, 0 or less; `wanted` says what would pass, where the expectation tells.
    """

    code: str
    pack: str
    type: str
    kwargs: Mapping[str, Any]
    severity: Severity
    message: str
    evidence: float
    fix: str
    why: str
    passes: tuple[Row, ...]
    fails: tuple[Row, ...]
    field: str | None
    wanted: str = ""


@dataclass(frozen=True, kw_only=True)
class PackRule:
    """One rule as its pack states it, before any card: for the catalogue, the manual pages and their tests.

    `passes` and `fails` are example rows; together they pass, or every row of them fails. `place` is `source:line`.
    """

    code: str
    pack: str
    place: str
    type: str
    for_each: tuple[str, ...]
    kwargs: Mapping[str, Any]
    severity: Severity
    message: str
    evidence: float
    fix: str
    why: str
    passes: tuple[Row, ...]
    fails: tuple[Row, ...]
    example: Mapping[str, Any]

    def on(self, fields: Sequence[CardField], card: str = "the card") -> tuple[Rule, ...]:
        """The rule for each field it selects; raises `CardError` when it names a field that is not there or not fit."""
        made = instances(self.type, self.kwargs, self.for_each, fields)
        if isinstance(made, str):
            raise CardError(f"{self.place}: {self.code}: {made} (fields of {card})")
        return tuple(
            Rule(
                code=self.code,
                pack=self.pack,
                type=self.type,
                kwargs=instance.kwargs,
                severity=self.severity,
                message=self.message,
                evidence=self.evidence,
                fix=self.fix,
                why=self.why,
                passes=self.passes,
                fails=self.fails,
                field=instance.field,
                wanted=instance.wanted,
            )
            for instance in made
        )

    def example_fields(self) -> tuple[CardField, ...]:
        """The fields of a card on which the examples can be judged."""
        names = dict.fromkeys(name for row in (*self.passes, *self.fails) for name in row)
        return tuple(self._example_field(name) for name in names)

    def _example_field(self, name: str) -> CardField:
        stated = dict(self.example) if self.example.get("name", name) == name and self.example else {}
        stated.setdefault("role", name if name in _ROLES else None)
        if "type" not in stated:
            values = [row[name] for row in (*self.passes, *self.fails) if row.get(name) is not None]
            stated["type"] = _type_of(values[0] if values else "")
        return CardField.model_validate({**stated, "name": name})


@dataclass(frozen=True, kw_only=True)
class Pack:
    """One pack: its name, what it is for in a line, and its rules in file order."""

    name: str
    title: str
    rules: tuple[PackRule, ...]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)


class _Meta(_Strict):
    message: _Line
    evidence: Annotated[float, Field(ge=EVIDENCE_LEAST, le=0)] = 0.0
    fix: _Line
    why: _Prose
    passes: _Rows | None = None
    fails: _Rows | None = None
    example: dict[str, Any] = Field(default_factory=dict)


class _StatedRule(_Strict):
    code: _Name
    type: str
    for_each: str | Annotated[list[str], Field(min_length=1)] | None = None
    kwargs: dict[str, Any]
    severity: Literal["critical", "warning", "info"]
    meta: _Meta

    @property
    def selectors(self) -> tuple[str, ...]:
        if self.for_each is None:
            return ()
        return (self.for_each,) if isinstance(self.for_each, str) else tuple(self.for_each)

    @model_validator(mode="after")
    def _is_judgeable(self) -> Self:
        problem = type_problem(self.type) or kwargs_problem(self.type, self.kwargs) or self._selection_problem()
        problem = problem or placeholder_problem(self.meta.message, self.type)
        if problem:
            raise ValueError(problem)
        if self.severity == "warning" and self.meta.evidence == 0:
            raise ValueError("a warning wants `evidence` below 0 (natural log-odds), or it would change nothing")
        if self.severity == "info" and self.meta.evidence != 0:
            raise ValueError("info moves nothing: its `evidence` must be 0")
        if self.selectors and self.meta.passes is not None:
            self._read_example()
        return self

    def _selection_problem(self) -> str | None:
        for selector in self.selectors:
            if selector not in SELECTORS:
                return f"`for_each: {selector}` is not known; wanted: {', '.join(SELECTORS)}"
        columns = [self.kwargs[key] for key in COLUMN_KWARGS if isinstance(self.kwargs.get(key), str)]
        if self.selectors and not any(is_variable(column) for column in columns):
            return "a rule with `for_each` wants $field (or $prompt, $response, …) where a field is named"
        return None

    def _read_example(self) -> None:
        for name in self.meta.example:
            if name not in CardField.model_fields:
                raise ValueError(f"example: {name}: not a key of a field")


class _StatedPack(_Strict):
    schema_: Literal["curation.rules/1"] = Field(alias="schema")
    pack: _Name
    title: _Line
    rules: Annotated[list[_StatedRule], Field(max_length=500)]

    @model_validator(mode="after")
    def _codes_differ(self) -> Self:
        codes = [rule.code for rule in self.rules]
        twice = next((code for code in codes if codes.count(code) > 1), None)
        if twice:
            raise ValueError(f"the code {twice} stands twice")
        return self


def read_pack(data: bytes, source: str) -> Pack:
    """The pack in these bytes; raises `CardError` with `source:line` and what was wanted there."""
    located = read_yaml(data, source)
    stated = located.validated(_StatedPack)
    rules = tuple(_pack_rule(stated.pack, rule, located, index) for index, rule in enumerate(stated.rules))
    return Pack(name=stated.pack, title=stated.title, rules=rules)


def load_rules(datanet: Datanet, folders: Sequence[Path]) -> tuple[Rule, ...]:
    """The rules of every pack that the card names, in its order; the first folder that has `<pack>.yaml` wins.

    Raises `CardError` when a pack is missing or unreadable, or names a field the card has not.
    """
    rules: list[Rule] = []
    for name in datanet.rules:
        path = next((folder / f"{name}.yaml" for folder in folders if (folder / f"{name}.yaml").is_file()), None)
        if path is None:
            raise CardError(f"the card of {datanet.name} names the rule pack {name!r}: rules/{name}.yaml is not there")
        for rule in _load(path).rules:
            rules.extend(rule.on(datanet.fields, datanet.name))
    return tuple(rules)


def load_packs(folders: Sequence[Path]) -> tuple[Pack, ...]:
    """Every pack in the folders by name, an earlier folder shadowing a later one; raises `CardError`."""
    paths: dict[str, Path] = {}
    for folder in folders:
        for path in sorted(folder.glob("*.yaml")):
            paths.setdefault(path.stem, path)
    return tuple(_load(paths[name]) for name in sorted(paths))


def pack_rules(folders: Sequence[Path]) -> tuple[PackRule, ...]:
    """Every rule of every pack in the folders, for the catalogue; raises `CardError`."""
    return tuple(rule for pack in load_packs(folders) for rule in pack.rules)


def _load(path: Path) -> Pack:
    source = f"rules/{shown(path.name)}"
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CardError(f"{source}: cannot be read: {error.strerror}") from None
    pack = read_pack(data, source)
    if pack.name != path.stem:
        raise CardError(f"{source}:1: the file says pack: {pack.name}, its name {shown(path.stem)!r}")
    return pack


def _pack_rule(pack: str, stated: _StatedRule, located: Located, index: int) -> PackRule:
    return PackRule(
        code=f"{pack}/{stated.code}",
        pack=pack,
        place=f"{located.source}:{located.lines.get(('rules', index), 1)}",
        type=stated.type,
        for_each=stated.selectors,
        kwargs=stated.kwargs,
        severity=Severity(stated.severity),
        message=stated.meta.message,
        evidence=stated.meta.evidence,
        fix=stated.meta.fix,
        why=stated.meta.why,
        passes=_rows(stated.meta.passes),
        fails=_rows(stated.meta.fails),
        example=stated.meta.example,
    )


def _rows(stated: _Rows | None) -> tuple[Row, ...]:
    rows = [] if stated is None else stated if isinstance(stated, list) else [stated]
    return tuple({name: _value(value) for name, value in row.items()} for row in rows)


def _value(value: _Scalar) -> Value:
    return Decimal(str(value)) if isinstance(value, float) else value


def _type_of(value: Value) -> str:
    match value:
        case bool():
            return "boolean"
        case int():
            return "integer"
        case Decimal():
            return "number"
    return "text"
