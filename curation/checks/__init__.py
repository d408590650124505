"""One file per check: evidence in, findings out. A file here with a `CHECK` is a check; there is no second list."""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from curation.datanet.card import Datanet, Role, Task
from curation.evidence.conformal import evidence_of, p_values
from curation.evidence.evidence import Evidence
from curation.finding import Finding, Floats, Opinion, Related, Severity, Term


@dataclass(frozen=True, kw_only=True)
class Check:
    """What can be wrong with a record. `name` names the flaw; its manual page is `docs/checks/<name>.md`.

    Checks that judge by rank also give a `nonconformity` (n,), high is unusual, whose leave-one-out values on the
    reference are kept for them, and the `measures` it is built from, whose medians and spreads are kept too. One that
    knows its own share of errors says by `refined_p` what the p-values are in the light of it, given those by rank.
    """

    name: str
    term: Term
    judge: Callable[[Evidence], Opinion]
    applies: Callable[[Datanet], bool] = lambda _: True
    nonconformity: Callable[[Evidence], Floats] | None = None
    measures: Callable[[Evidence], Mapping[str, Floats]] | None = None
    refined_p: Callable[[Evidence, Floats], Floats] | None = None


@lru_cache(maxsize=1)
def all_checks() -> tuple[Check, ...]:
    """Every check in this folder, by name."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    modules = [importlib.import_module(f"{__name__}.{name}") for name in names]
    found = [module.CHECK for module in modules if isinstance(getattr(module, "CHECK", None), Check)]
    return tuple(sorted(found, key=lambda check: check.name))


def checks_for(datanet: Datanet) -> tuple[Check, ...]:
    """The checks that apply to a datanet's task, by name."""
    return tuple(check for check in all_checks() if check.applies(datanet))


def strangeness_count(datanet: Datanet) -> int:
    """How many strangeness checks a datanet has: the K that a finding has to make up for: K · p ≤ α."""
    return sum(check.term is Term.STRANGENESS for check in checks_for(datanet))


def has_text(datanet: Datanet) -> bool:
    """Whether records say something in words: by nature the rows of a table are alike and differ in values alone."""
    return datanet.task is not Task.TABLE


def conformal_opinion(
    evidence: Evidence, name: str, nonconformity: Floats, scores: Floats | None, said: Callable[[int], tuple[str, str]]
) -> Opinion:
    """The opinion of a strangeness check: p-values for all, findings where K · p ≤ the card's α.

    `said(place)` gives message and fix for one subject.
    """
    return strange_opinion(evidence, name, rank_p(evidence, name, nonconformity), scores, said)


def rank_p(evidence: Evidence, name: str, nonconformity: Floats) -> Floats:
    """Conformal p-values, (n,); 1 for all where the reference has nothing to rank among."""
    reference = evidence.reference.nonconformity.get(name)
    if reference is None or not len(reference):
        return np.ones(len(evidence))
    return p_values(nonconformity, reference, evidence.is_member)


def strange_opinion(
    evidence: Evidence, name: str, p: Floats, scores: Floats | None, said: Callable[[int], tuple[str, str]]
) -> Opinion:
    """As `conformal_opinion`, of p-values that are there already."""
    flagged = np.flatnonzero(p * strangeness_count(evidence.datanet) <= evidence.datanet.policy.alpha)
    odds = evidence_of(p)
    findings = []
    for place in flagged.tolist():
        message, fix = said(place)
        findings.append(
            Finding(
                row=int(evidence.rows[place]),
                check=name,
                severity=Severity.WARNING,
                message=message,
                fix=fix,
                evidence=float(odds[place]),
                p=float(p[place]),
                related=nearest_members(evidence, place) if name in ("outlier", "hub") else (),
            )
        )
    return Opinion(findings=findings, scores=scores, p=p)


def nearest_members(evidence: Evidence, place: int, count: int = 3) -> tuple[Related, ...]:
    """The nearest reference records of one subject, for people to compare with."""
    near = evidence.neighbours
    members = evidence.reference.members
    return tuple(
        Related(
            record=members.ids[row],
            contributor=members.contributors[row],
            line=members.lines[row],
            similarity=float(similarity),
            text=members.texts[row],
        )
        for row, similarity in zip(
            near.rows[place, :count].tolist(), near.similarity[place, :count].tolist(), strict=True
        )
        if row >= 0
    )


def related_other(evidence: Evidence, row: int, similarity: float) -> Related:
    """A row of `evidence.others` as a related record."""
    others = evidence.others
    return Related(
        record=others.ids[row],
        contributor=others.contributors[row],
        line=others.lines[row],
        similarity=similarity,
        text=others.texts[row],
    )


def named(partner: Related) -> str:
    """A related record as messages name it."""
    return f"record {partner.record[:12]} by {partner.contributor} (line {partner.line} there)"


def held(evidence: Evidence, check: str, place: int, said: tuple[str, str], partner: Related | None = None) -> Finding:
    """That one subject waits for a curator because of what it is alike to; `said` is message and fix."""
    message, fix = said
    return Finding(
        row=int(evidence.rows[place]),
        check=check,
        severity=Severity.HOLD,
        message=message,
        fix=fix,
        related=() if partner is None else (partner,),
    )


def insufficient(evidence: Evidence, check: str, role: Role, place: int, why: str) -> Finding:
    """That a check has too little to judge one subject by, in the field of this role; `why` is the message."""
    return Finding(
        row=int(evidence.rows[place]),
        check=check,
        severity=Severity.INSUFFICIENT,
        field=evidence.datanet.name_of(role),
        message=why,
        fix="a curator decides",
    )
