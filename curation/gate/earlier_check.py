"""What a gate run wrote about a branch, held against what came in. It may come from anywhere: it only refuses more."""

import json
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from curation.datanet.canonical import digest
from curation.datanet.shown import shown
from curation.errors import UsageError
from curation.gate.changes import Offered
from curation.gate.git import Repository
from curation.gate.refusals import Refusal, refused
from curation.gate.result import CARD, Answer, JudgedFile
from curation.ledger.fact import Digest
from curation.ledger.facts import first_problem

CHECKED_BYTES_MAX = 500_000_000


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)


class _Reference(_Part):
    version: str | None


class _File(_Part):
    path: str
    blob: Annotated[str, StringConstraints(pattern="^[0-9a-f]{40}([0-9a-f]{24})?$")]
    card: Digest
    rules: Digest
    reference: _Reference


class EarlierCheck(_Part):
    """The parts of `curation.gate/1` that a merge compares."""

    schema_: Annotated[str, StringConstraints(pattern=r"^curation\.gate/1$")]
    answer: Literal["pass", "fail", "nothing"]
    base: Annotated[str, StringConstraints(pattern="^[0-9a-f]{40}([0-9a-f]{24})?$")]
    head: Annotated[str, StringConstraints(pattern="^[0-9a-f]{40}([0-9a-f]{24})?$")]
    author: str | None
    fail_on: str
    files: list[_File]

    @cached_property
    def by_path(self) -> Mapping[str, _File]:
        """What it says of each file."""
        return {told.path: told for told in self.files}

    def against(self, one: Offered, *, is_ours: bool) -> Refusal | None:
        """Why a file that came in is not as it was checked; `is_ours`: the check's base is part of the base."""
        if self.answer != Answer.PASS.value:
            return refused("not-passed", one.path, f"the gate's answer was {self.answer!r}, 'pass' wanted")
        if not is_ours:
            said = f"the check was against {self.base[:12]}, which is no part of this base"
            return refused("not-as-checked", one.path, said)
        told = self.by_path.get(one.path)
        if told is None:
            return refused("not-as-checked", one.path, "the gate did not check this file")
        if told.blob != one.entry.oid:
            return refused("not-as-checked", one.path, "the file changed between check and merge")
        return None

    def against_ground(self, judged: JudgedFile) -> Refusal | None:
        """Why a file was checked by something else than it is judged by now."""
        differing = [*_differing(self.by_path[judged.path], judged)]
        if not differing:
            return None
        return refused("not-as-checked", judged.path, f"between check and merge changed: {', '.join(differing)}")

    def notes(self, repository: Repository, before: str, after: str, came_in: AbstractSet[str]) -> Iterator[str]:
        """What a reader must know of how the check and the merge differ, where that refuses nothing."""
        if self.fail_on != CARD:
            yield f"the gate's answer is by --fail-on {shown(self.fail_on, 40)} and not by what the cards say"
        if self.base != before:
            yield f"checked against {self.base[:12]}; judged again by {before[:12]}, the base as it was before"
        if not repository.is_part(self.head, after):
            yield f"{self.head[:12]}, which was checked, is itself no part of the base: bytes of files are compared"
        missing = [path for path in self.by_path if path not in came_in]
        if missing:
            yield f"{len(missing)} files that were checked did not come in, {shown(missing[0])} first"


def _differing(told: _File, judged: JudgedFile) -> Iterator[str]:
    """What a verdict rests on, by name, where it is another than at the check."""
    setting = judged.checked.setting
    if told.card != digest(setting.card):
        yield "the card"
    if told.rules != digest(setting.rules_bytes):
        yield "the rules"
    if told.reference.version != judged.checked.inspection.reference:
        yield "the reference"


def read_check(path: Path) -> EarlierCheck:
    """The document of a gate run; raises `UsageError` for what is none."""
    said = shown(path.name)
    try:
        if path.stat().st_size > CHECKED_BYTES_MAX:
            raise UsageError(f"{said!r}: at most {CHECKED_BYTES_MAX} bytes wanted")
        told = json.loads(path.read_bytes())
    except OSError as error:
        raise UsageError(f"{said!r} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise UsageError(f"{said!r} is no JSON: the document of `curate gate --output json=…` wanted") from None
    try:
        return EarlierCheck.model_validate({**told, "schema_": told.get("schema")} if isinstance(told, dict) else told)
    except ValidationError as error:
        raise UsageError(f"{said!r}: {first_problem(error)}") from None
