"""What a gate run came to, as one value: every output format is made from it and from nothing else."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from curation.datanet.record import Unreadable
from curation.finding import Finding, Severity
from curation.gate.refusals import Refusal
from curation.inspection import Judged
from curation.opened import Checked
from curation.verdict import Verdict

# What decides whether a file fails, where the caller wanted nothing else.
CARD = "the card"
WORST_FIRST = (Verdict.REJECT, Verdict.REVIEW, Verdict.UNCHECKED, Verdict.ACCEPT)
_GRAVEST_FIRST = (Severity.CRITICAL, Severity.HOLD, Severity.INSUFFICIENT, Severity.WARNING, Severity.INFO)


class Answer(StrEnum):
    """The one word: *nothing* when no contribution was there to check, which is no pass."""

    PASS = "pass"  # noqa: S105  (a verdict, no password)
    FAIL = "fail"
    NOTHING = "nothing"


@dataclass(frozen=True, kw_only=True)
class JudgedFile:
    """One offered file, judged. `reasons` say why it fails, and `failing` are the rows that are part of one of them.

    A row that is not accepted and not failing is put up with. `tolerated` are the (row, check) of the base's baseline.
    `blob` is the id of its bytes in Git.
    """

    path: str
    blob: str
    checked: Checked
    reasons: tuple[str, ...]
    failing: AbstractSet[int] = frozenset()
    tolerated: AbstractSet[tuple[int, str]] = frozenset()

    @property
    def datanet(self) -> str:
        """The datanet it is for."""
        return self.checked.contribution.datanet

    @cached_property
    def credit(self) -> float:
        """What its accepted records may earn of a full share each: the sum of m(weight) · novelty."""
        low, high = self.checked.setting.datanet.policy.weight_ramp
        return sum(
            min(max((row.weight - low) / (high - low), 0.0), 1.0) * row.novelty
            for row in self.checked.inspection.rows
            if row.verdict is Verdict.ACCEPT and row.weight is not None and row.novelty is not None
        )


@dataclass(frozen=True, kw_only=True)
class Standings:
    """How a datanet stands: records, those accepted, and the mean weight of all that have one."""

    records: int
    accepted: int
    weight_mean: float | None


@dataclass(frozen=True, kw_only=True)
class Change:
    """What merging the branch would change about a datanet."""

    datanet: str
    before: Standings
    after: Standings


@dataclass(frozen=True, kw_only=True)
class Remark:
    """One finding about one row of one file, or one refusal (then `judged` is None and `line` 1)."""

    path: str
    line: int
    column: int | None
    check: str
    severity: Severity
    message: str
    fix: str
    field: str | None = None
    judged: Judged | None = None
    text: str = ""
    tolerated: bool = False

    @property
    def fails(self) -> bool:
        """Whether this alone keeps the record, or the branch, from being accepted."""
        return self.severity in (Severity.CRITICAL, Severity.HOLD) and not self.tolerated

    @property
    def order(self) -> tuple[int, int, float, str, int, str]:
        """Worst first: by verdict, how grave the finding is, weight, place."""
        verdict = -1 if self.judged is None else WORST_FIRST.index(self.judged.verdict)
        weight = -1.0 if self.judged is None or self.judged.weight is None else self.judged.weight
        return verdict, _GRAVEST_FIRST.index(self.severity), weight, self.path, self.line, self.check


@dataclass(frozen=True, kw_only=True)
class GateResult:
    """A whole run. `base` and `head` are ids of commits (`head` of a tree where what is staged was judged).

    `reasons` say why it fails; empty when it passes. `notes` are what a reader must know to read the answer rightly.
    `others` counts changed paths that are no business of the gate. All paths are from the top of the repository, where
    `workspace` is the folder that was judged (empty: the top itself).
    """

    base: str
    head: str
    author: str | None
    fail_on: str
    files: tuple[JudgedFile, ...]
    refusals: tuple[Refusal, ...]
    reasons: tuple[str, ...]
    notes: tuple[str, ...]
    changes: tuple[Change, ...] = ()
    others: int = 0
    allow_empty: bool = False
    workspace: str = ""

    @property
    def answer(self) -> Answer:
        """The one word."""
        if self.reasons:
            return Answer.FAIL
        return Answer.PASS if self.files else Answer.NOTHING

    @property
    def exit_code(self) -> int:
        """0 pass, 1 not. Nothing checked is no pass, unless the caller allowed it."""
        return 0 if self.answer is Answer.PASS or (self.answer is Answer.NOTHING and self.allow_empty) else 1

    @property
    def records(self) -> int:
        """How many rows were looked at, unreadable ones too."""
        return sum(len(one.checked.inspection.rows) for one in self.files)

    @property
    def verdicts(self) -> Mapping[str, int]:
        """How many rows got each verdict."""
        found = {verdict.value: 0 for verdict in WORST_FIRST[::-1]}
        for one in self.files:
            for verdict, count in one.checked.outcome.verdicts.items():
                found[verdict] += count
        return found

    @cached_property
    def remarks(self) -> tuple[Remark, ...]:
        """Every finding and refusal, worst first; always in the same order."""
        refusals = [
            Remark(
                path=one.path,
                line=1,
                column=None,
                check=f"gate/{one.code}",
                severity=Severity.CRITICAL,
                message=one.message,
                fix=one.fix,
            )
            for one in self.refusals
        ]
        return tuple(sorted([*refusals, *(r for one in self.files for r in _remarks(one))], key=lambda r: r.order))


def _remarks(file: JudgedFile) -> list[Remark]:
    contribution = file.checked.contribution
    texts = dict(zip((record.id for record in contribution.records), file.checked.evidence.subjects.texts, strict=True))
    return [
        _remark(file, row, finding, texts.get(row.record or "", ""))
        for row in file.checked.inspection.rows
        for finding in row.findings
    ]


def _remark(file: JudgedFile, row: Judged, finding: Finding, text: str) -> Remark:
    there = file.checked.contribution.rows[row.row]
    return Remark(
        path=file.path,
        line=row.line,
        column=there.column if isinstance(there, Unreadable) else None,
        check=finding.check,
        severity=finding.severity,
        message=finding.message,
        fix=finding.fix,
        field=finding.field,
        judged=row,
        text=text,
        tolerated=(row.row, finding.check) in file.tolerated,
    )
