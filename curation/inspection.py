"""The engine on one screen: what is wrong with each record of a contribution, and what follows from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from curation.checks import Check, checks_for
from curation.datanet.record import Record, Unreadable
from curation.evidence.evidence import Evidence
from curation.finding import Finding, Floats, Opinion, Term
from curation.quality import NOBODY, Audited, novelty, prior_log_odds, strangeness, terms, verdict, weights
from curation.verdict import Verdict

EXACT = "exact-duplicate"

# Weights and novelty are integers in millionths wherever money depends on them.
DECIMALS = 6


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What came out for one row. An unreadable row has no record, digest, weight or novelty; it is rejected.

    `otherwise` and `otherwise_novelty` are what would have come out without an exact-duplicate finding: they count
    when the record that this one copies is withdrawn.
    """

    row: int
    line: int
    record: str | None
    digest: str | None
    verdict: Verdict
    otherwise: Verdict
    weight: float | None
    novelty: float | None
    otherwise_novelty: float | None
    evidence: Mapping[str, float]
    scores: Mapping[str, float]
    p: Mapping[str, float]
    findings: tuple[Finding, ...]

    @property
    def is_copy(self) -> bool:
        """Whether an earlier record has exactly this content."""
        return any(finding.check == EXACT for finding in self.findings)


@dataclass(frozen=True, kw_only=True)
class Inspection:
    """The result for a whole contribution, rows in file order; `reference` is the version it was judged by."""

    rows: tuple[Judged, ...]
    reference: str | None
    self_checked: bool


def inspect(evidence: Evidence, audited: Audited = NOBODY) -> Inspection:
    """What is wrong with each record, and what follows from it. Pure: reads nothing, writes nothing."""
    opinions = {check: check.judge(evidence) for check in checks_for(evidence.datanet)}
    findings = [finding for opinion in opinions.values() for finding in opinion.findings]
    parts = _parts(evidence, opinions, findings, audited)
    ramp = evidence.datanet.policy.novelty_ramp
    columns = _Columns(
        weight=weights(parts),
        novelty=novelty(_similarity(evidence, opinions, without_copies=False), ramp),
        novelty_uncopied=novelty(_similarity(evidence, opinions, without_copies=True), ramp),
        evidence=parts,
        scores={check.name: opinion.scores for check, opinion in opinions.items() if opinion.scores is not None},
        p={check.name: opinion.p for check, opinion in opinions.items() if opinion.p is not None},
    )
    return Inspection(
        rows=_judged_rows(evidence, columns, findings),
        reference=None if evidence.self_checked else evidence.reference.version,
        self_checked=evidence.self_checked,
    )


@dataclass(frozen=True, kw_only=True)
class _Columns:
    """All numbers about the readable records, each (n,)."""

    weight: Floats
    novelty: Floats
    novelty_uncopied: Floats
    evidence: Mapping[str, Floats]
    scores: Mapping[str, Floats]
    p: Mapping[str, Floats]


def _parts(
    evidence: Evidence, opinions: Mapping[Check, Opinion], findings: Sequence[Finding], audited: Audited
) -> Mapping[str, Floats]:
    rules = np.zeros(len(evidence.contribution.rows))
    for finding in findings:
        if "/" in finding.check:
            rules[finding.row] += finding.evidence
    p = [one.p for check, one in opinions.items() if check.term is Term.STRANGENESS and one.p is not None]
    # A response is to its prompt what a label is to its text; where a record has both, both are said in one number.
    label = [opinion.log_odds for opinion in opinions.values() if opinion.log_odds is not None]
    return terms(
        prior_log_odds(evidence.datanet.policy, audited),
        evidence.reference.calibration,
        rules[evidence.rows],
        strangeness(p, len(evidence)),
        np.sum(label, axis=0) if label else None,
    )


def _similarity(evidence: Evidence, opinions: Mapping[Check, Opinion], *, without_copies: bool) -> Floats:
    """How alike each record is to an earlier one; `without_copies` to one that it does not copy byte for byte."""
    similar: Floats = np.max([one.similarity for one in opinions.values() if one.similarity is not None], axis=0)
    copies = {finding.row for finding in _opinion_named(opinions, EXACT).findings}
    is_copy = np.isin(evidence.rows, list(copies))
    return similar if without_copies else np.where(is_copy, 1.0, similar)


def _opinion_named(opinions: Mapping[Check, Opinion], name: str) -> Opinion:
    """What the check of this name said; nothing when it does not apply."""
    return next((opinion for check, opinion in opinions.items() if check.name == name), Opinion())


def _judged_rows(evidence: Evidence, columns: _Columns, findings: Sequence[Finding]) -> tuple[Judged, ...]:
    by_row: dict[int, list[Finding]] = {}
    for finding in findings:
        by_row.setdefault(finding.row, []).append(finding)
    place = {row: place for place, row in enumerate(evidence.rows.tolist())}
    judged = []
    for row in evidence.contribution.rows:
        found = tuple(sorted(by_row.get(row.index, ()), key=lambda finding: (finding.check, finding.field or "")))
        if isinstance(row, Unreadable):
            judged.append(_unreadable(row, found))
        else:
            judged.append(_judged(evidence, columns, row, place[row.index], found))
    return tuple(judged)


def _judged(evidence: Evidence, columns: _Columns, row: Record, at: int, found: tuple[Finding, ...]) -> Judged:
    # Rounded once, here: what the journal holds is what decided.
    weight = round(float(columns.weight[at]), DECIMALS)
    policy = evidence.datanet.policy
    uncopied = [finding for finding in found if finding.check != EXACT]
    return Judged(
        row=row.index,
        line=row.line,
        record=row.id,
        digest=row.digest,
        verdict=verdict(found, weight, policy),
        otherwise=verdict(uncopied, weight, policy),
        weight=weight,
        novelty=round(float(columns.novelty[at]), DECIMALS),
        otherwise_novelty=round(float(columns.novelty_uncopied[at]), DECIMALS),
        evidence={name: float(values[at]) for name, values in columns.evidence.items()},
        scores={name: float(values[at]) for name, values in columns.scores.items()},
        p={name: float(values[at]) for name, values in columns.p.items()},
        findings=found,
    )


def _unreadable(row: Unreadable, found: tuple[Finding, ...]) -> Judged:
    return Judged(
        row=row.index,
        line=row.line,
        record=None,
        digest=None,
        verdict=Verdict.REJECT,
        otherwise=Verdict.REJECT,
        weight=None,
        novelty=None,
        otherwise_novelty=None,
        evidence={},
        scores={},
        p={},
        findings=found,
    )
