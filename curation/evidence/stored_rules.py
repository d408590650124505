"""Rules read back from the file that was kept beside a result: as much of each as judging and weighing need.

What a rule says to people (message, fix, why) is not kept there; it moves no verdict and no weight.
"""

import json
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError, model_validator

from curation.errors import CardError
from curation.evidence.rule_packs import EVIDENCE_LEAST, Rule
from curation.evidence.rule_types import kwargs_problem, type_problem
from curation.finding import Severity


class _StoredRule(BaseModel):
    """One rule as the setting of a datanet writes it down: arguments and evidence are texts of JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,63}/[a-z0-9-]{1,63}$")]
    type: str
    kwargs: str
    severity: Severity
    evidence: Annotated[float, Field(ge=EVIDENCE_LEAST, le=0, allow_inf_nan=False)]
    field: str | None

    @property
    def arguments(self) -> dict[str, Any]:
        read: dict[str, Any] = json.loads(self.kwargs)
        return read

    @model_validator(mode="after")
    def _is_judgeable(self) -> Self:
        """Whoever forges the file must not get an expectation judged that no pack could state."""
        if not isinstance(self.arguments, dict):
            raise ValueError("`kwargs` is no object")  # noqa: TRY004  (pydantic takes a ValueError for an answer)
        problem = type_problem(self.type) or kwargs_problem(self.type, self.arguments)
        if problem:
            raise ValueError(problem)
        return self


_RULES: TypeAdapter[list[_StoredRule]] = TypeAdapter(list[_StoredRule])


def read_rules(data: bytes) -> tuple[Rule, ...]:
    """The rules in the bytes that `Setting.rules_bytes` wrote; raises `CardError` when they cannot be judged by."""
    try:
        stored = _RULES.validate_json(data)
    except ValidationError as error:
        problem = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(map(str, problem["loc"])) or "file"
        raise CardError(f"stored rules: {place}: {problem['msg']}") from None
    except RecursionError:
        raise CardError("stored rules: an argument is nested too deeply") from None
    return tuple(judgeable(one.code, one.type, one.arguments, one.severity, one.evidence, one.field) for one in stored)


def judgeable(  # noqa: PLR0913, PLR0917  (the parts of a rule that judging and weighing need, in the order of the file)
    code: str,
    kind: str,
    kwargs: dict[str, Any],
    severity: Severity = Severity.INFO,
    evidence: float = 0.0,
    field: str | None = None,
) -> Rule:
    """A rule without what it says to people; judging alone needs only its code, type and arguments."""
    return Rule(
        code=code,
        pack=code.partition("/")[0],
        type=kind,
        kwargs=kwargs,
        severity=severity,
        message="",
        evidence=evidence,
        fix="",
        why="",
        passes=(),
        fails=(),
        field=field,
    )
