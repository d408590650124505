"""What a reference learns from audits: its purity, and a calibration from what it says of the audited records itself.

Not from what stood in the results of their time: those were other references' words, under other parameters.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from curation.calibration import AuditSample, Seen, audited_purity, learn, priors_of
from curation.checks import checks_for
from curation.datanet.card import Policy
from curation.datanet.record import Record
from curation.evidence.evidence import Evidence
from curation.evidence.reference import Calibration
from curation.finding import Term
from curation.quality import MICRO, strangeness


def purity_of(members: Evidence, audits: AuditSample) -> tuple[Policy, NDArray[np.int64]]:
    """The policy with the purity that audits of imported records found, and the rows of the members it is said of."""
    policy = members.datanet.policy
    everyone = np.arange(len(members))
    imported = np.array(audits.imported, dtype=np.bool_)
    purity = audited_purity(policy, audits.is_good[imported], audits.drawn_with[imported])
    # Of the audited the good ones stayed and the bad ones left; the share found is that of the others.
    audited = set(audits.known.ids)
    others = np.array([row for row, one in enumerate(members.subjects.ids) if one not in audited], dtype=np.int64)
    if purity == policy.purity or not len(others):
        return policy, everyone
    return policy.model_copy(update={"purity": purity}), others


def learned(members: Evidence, audits: AuditSample) -> Calibration:
    """The calibration of the reference that `members` are the evidence of, after these audits."""
    default = members.reference.calibration
    if not audits.is_enough:
        return default
    seen = _seen(_evidence_about(members, audits), audits)
    found = learn(seen, default)
    return replace(
        default,
        beta_rules=found.beta_rules,
        beta_strangeness=found.beta_strangeness,
        beta_label=found.beta_label,
        label_intercept=found.intercept,
        label_least=found.least,
        audits=len(audits),
    )


def _evidence_about(members: Evidence, audits: AuditSample) -> Evidence:
    """The audited records as a contribution to this reference: its members out of sample, like strangers."""
    known, reference = audits.known, members.reference
    records = []
    for row, record in enumerate(known.ids):
        content = known.values(row)
        records.append(Record(id=record, index=row, line=known.lines[row], values=content, content=content))
    return replace(
        members,
        contribution=replace(members.contribution, rows=tuple(records)),
        subjects=known,
        own=np.array([reference.row_of_id.get(one, -1) for one in known.ids], dtype=np.int64),
        encoder_languages=frozenset(members.datanet.encoder.languages),
    )


def _seen(evidence: Evidence, audits: AuditSample) -> Seen:
    checks = [check for check in checks_for(evidence.datanet) if check.term in (Term.STRANGENESS, Term.LABEL_NOISE)]
    opinions = [(check.term, check.judge(evidence)) for check in checks]
    p = [one.p for term, one in opinions if term is Term.STRANGENESS and one.p is not None]
    label = np.zeros(len(evidence))
    for _, one in opinions:
        label = label if one.log_odds is None else label + one.log_odds
    strange = strangeness(p, len(evidence))
    return Seen(
        prior=priors_of(evidence.datanet.policy, evidence.subjects.contributors, audits),
        evidence=np.column_stack([np.array(audits.rules) / MICRO, strange, label]),
        # What could not be judged stands at nought exactly, without an intercept.
        judged=label != 0,
        good=audits.is_good,
        drawn_with=audits.drawn_with,
    )
