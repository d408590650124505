"""A value that no reference row has and that is one of their usual values but for a slip of the pen."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from curation.checks import Check, strangeness_count
from curation.datanet.canonical import Value
from curation.datanet.card import Datanet, FieldType, Role, Task
from curation.evidence.conformal import evidence_of, p_values
from curation.evidence.evidence import Evidence
from curation.evidence.known import Known
from curation.evidence.rule_message import value_shown
from curation.evidence.spelling import Spellings
from curation.finding import Finding, Floats, Opinion, Severity, Term

# The last bits of a logarithm must not decide between equals.
DECIMALS = 6

# A field with so many slips of its own is no field to judge by; a row is named only where so few are as odd.
NAMED_SHARE_MAX = 0.01


@dataclass(frozen=True, kw_only=True)
class Slip:
    """One cell: the usual value that it may have been meant to be, that value's count, and how odd such a cell is."""

    field: str
    seen: str
    usual: str
    count: int
    score: float


def slips(evidence: Evidence) -> list[list[Slip]]:
    """The slips of each subject, a member's own row left out.

    `score` is −log of how many values of the field look like slips, to one row. A field in which honest values are
    often a letter apart has many of them, and says nothing.
    """
    found: list[list[Slip]] = [[] for _ in range(len(evidence))]
    names = _fields(evidence.datanet)
    known = _columns(evidence.reference.members, names)
    given = _columns(evidence.subjects, names)
    for name in names:
        counts = Counter(str(value) for value in known[name] if value is not None)
        _slips_of(evidence, name, counts, given[name], found)
    return found


def _columns(rows: Known, names: Sequence[str]) -> dict[str, list[Value]]:
    columns: dict[str, list[Value]] = {name: [] for name in names}
    for row in range(len(rows)):
        values = rows.values(row)
        for name in names:
            columns[name].append(values.get(name))
    return columns


def _slips_of(
    evidence: Evidence, name: str, counts: Counter[str], values: Sequence[Value], found: list[list[Slip]]
) -> None:
    spellings, total = Spellings(counts), counts.total()
    told: dict[str, str | None] = {}
    for place, value in enumerate(values):
        own = bool(evidence.is_member[place])
        if value is None or counts[str(value)] > own:
            continue
        seen = str(value)
        usual = told[seen] if seen in told else told.setdefault(seen, spellings.usual_of(seen))
        if usual is None:
            continue
        share = (1 + max(spellings.slips - own, 0)) / (1 + total - own)
        if share <= NAMED_SHARE_MAX:
            score = round(-math.log(share), DECIMALS)
            found[place].append(Slip(field=name, seen=seen, usual=usual, count=counts[usual], score=score))


def _fields(datanet: Datanet) -> tuple[str, ...]:
    """Fields of names and codes. Where the card lists the values a rule rejects, and this says what was meant."""
    return tuple(field.name for field in datanet.with_role(Role.FEATURE) if field.type is FieldType.TEXT)


def nonconformity(evidence: Evidence) -> Floats:
    """The score of each subject's oddest slip, 0 without one, (n,)."""
    return _oddest(slips(evidence))


def _oddest(found: Sequence[Sequence[Slip]]) -> Floats:
    return np.array([max((slip.score for slip in row), default=0.0) for row in found], dtype=np.float64)


def judge(evidence: Evidence) -> Opinion:
    """Conformal p-values of all; a finding for each field with a slip as odd as one row in a hundred has."""
    reference = evidence.reference.nonconformity.get(CHECK.name)
    if reference is None or not len(reference):
        return Opinion(p=np.ones(len(evidence)))
    found = slips(evidence)
    p = p_values(_oddest(found), reference, evidence.is_member)
    most = min(NAMED_SHARE_MAX, evidence.datanet.policy.alpha / strangeness_count(evidence.datanet))
    findings = []
    for place in np.flatnonzero(p <= most).tolist():
        ranked = p_values(
            np.array([slip.score for slip in found[place]]), reference, evidence.is_member[[place] * len(found[place])]
        )
        odds = evidence_of(ranked)
        findings += [
            _finding(evidence, place, slip, float(ranked[at]), float(odds[at]))
            for at, slip in enumerate(found[place])
            if ranked[at] <= most
        ]
    return Opinion(findings=findings, p=p)


def _finding(evidence: Evidence, place: int, slip: Slip, p: float, odds: float) -> Finding:
    usual = value_shown(slip.usual)
    return Finding(
        row=int(evidence.rows[place]),
        check=CHECK.name,
        field=slip.field,
        severity=Severity.WARNING,
        message=f"`{slip.field}` is {value_shown(slip.seen)}, which no other row has; "
        f"{slip.count:,} of the reference have {usual}",
        fix=f"write {usual}, or leave it when it is another value and right",
        evidence=odds,
        p=p,
        # Nothing private is suggested: then it is not shown whole either.
        suggested=slip.usual if usual == f"'{slip.usual}'" else None,
    )


def _is_table(datanet: Datanet) -> bool:
    return datanet.task is Task.TABLE and bool(_fields(datanet))


CHECK = Check(name="misspelt-value", term=Term.STRANGENESS, judge=judge, applies=_is_table, nonconformity=nonconformity)
