"""The label is probably not the one that the text calls for.

States log-odds directly: the given label against the likeliest other, by a classifier and a vote of neighbours that
have not seen the record.
"""

import numpy as np
from numpy.typing import NDArray

from curation.checks import Check, insufficient, nearest_members
from curation.datanet.card import Datanet, Role
from curation.evidence.evidence import Evidence
from curation.evidence.heads import softmax
from curation.finding import Finding, Floats, Opinion, Severity, Term

# A class of few members could never win a vote of fifty: on it vote as many as it has.
VOTERS_SHARE = 1.0
VOTERS_MIN = 3

# Where the log-odds stop: no text makes its label surer than one in ten thousand.
SHARE_MIN = 1e-4


def probabilities(evidence: Evidence) -> Floats:
    """Out-of-sample probability of each class, (n, C): the mean of classifier and class-adaptive neighbour vote."""
    return (softmax(evidence.logits) + _vote(evidence)) / 2


def _vote(evidence: Evidence) -> Floats:
    near = evidence.neighbours
    codes = evidence.reference.label_codes
    labels = np.where(near.rows >= 0, codes[near.rows], -1)
    size = labels.shape[1]
    classes = len(evidence.reference.classes)
    shares = np.zeros((len(evidence), classes))
    for code, name in enumerate(evidence.reference.classes):
        voters = int(np.clip(evidence.reference.class_counts[name] * VOTERS_SHARE, VOTERS_MIN, size))
        shares[:, code] = (labels[:, :voters] == code).mean(axis=1)
    shares += 1 / (2 * size * classes)
    normalised: Floats = shares / shares.sum(axis=1, keepdims=True)
    return normalised


def given_probability(evidence: Evidence) -> Floats:
    """The probability of the label that each record was given, (n,); of a class nobody knows, the least there is."""
    return _given(probabilities(evidence), _given_codes(evidence))


def _given(shares: Floats, codes: NDArray[np.int64]) -> Floats:
    return np.where(codes >= 0, shares[np.arange(len(codes)), codes], SHARE_MIN / 10)


def given_share(evidence: Evidence) -> Floats:
    """How sure the given label is, (n,), in (0, 1): the mean of two log-odds, as a probability.

    Against all other labels together, and against the likeliest of them. How the others share out what is left says
    little about the given one, but not nothing: with both, flipped banking labels and human errors (hint3) are told
    apart better than with either.
    """
    return _sureness(probabilities(evidence), _given_codes(evidence))


def _sureness(shares: Floats, codes: NDArray[np.int64]) -> Floats:
    given, others = _given(shares, codes), shares.copy()
    others[np.flatnonzero(codes >= 0), codes[codes >= 0]] = 0.0
    likeliest = np.maximum(others.max(axis=1), SHARE_MIN / 10)
    odds = given / np.sqrt(np.maximum(1.0 - given, SHARE_MIN / 10) * likeliest)
    share: Floats = odds / (1.0 + odds)
    return share


def _given_codes(evidence: Evidence) -> NDArray[np.int64]:
    places = {name: place for place, name in enumerate(evidence.reference.classes)}
    return np.array([places.get(label or "", -1) for label in evidence.subjects.labels], dtype=np.int64)


def judge(evidence: Evidence) -> Opinion:
    """Log-odds of every label; a finding where the weight suffers, with the likelier label and its neighbours."""
    if evidence.reference.heads is None:
        return _insufficient_everywhere(evidence)
    shares, codes = probabilities(evidence), _given_codes(evidence)
    probability, given = _given(shares, codes), _sureness(shares, codes)
    clipped = np.clip(given, SHARE_MIN, 1 - SHARE_MIN)
    odds = np.log(clipped / (1 - clipped)) - evidence.reference.calibration.label_offset
    findings: list[Finding] = []
    for place, label in enumerate(evidence.subjects.labels):
        count = evidence.reference.class_counts.get(label or "", 0)
        if evidence.rejected_by_rule[place]:
            continue
        if count < evidence.datanet.policy.class_min or evidence.unserved[place]:
            findings.append(_insufficient(evidence, place, count))
            odds[place] = 0.0
        elif odds[place] < 0 and probability[place] < shares[place].max():
            findings.append(_suspect(evidence, place, shares[place], float(odds[place]), float(probability[place])))
    return Opinion(findings=findings, scores=given, log_odds=odds)


def _suspect(evidence: Evidence, place: int, shares: Floats, odds: float, given: float) -> Finding:
    likely = evidence.reference.classes[int(shares.argmax())]
    label = evidence.subjects.labels[place]
    noise = evidence.reference.noise.get(label or "", 0.0)
    return Finding(
        row=int(evidence.rows[place]),
        check=CHECK.name,
        severity=Severity.WARNING,
        field=evidence.datanet.name_of(Role.LABEL),
        message=f"the label {label!r} has probability {given:.2f}, {likely!r} has {shares.max():.2f} "
        f"({noise:.0%} of the reference's {label!r} labels look wrong)",
        fix=f"use {likely!r}, or say in the text what makes it {label!r}",
        evidence=odds,
        suggested=likely,
        related=nearest_members(evidence, place),
    )


def _insufficient(evidence: Evidence, place: int, count: int) -> Finding:
    wanted = evidence.datanet.policy.class_min
    label = evidence.subjects.labels[place]
    why = (
        f"the reference has {count} records labelled {label!r}, {wanted} wanted"
        if count < wanted
        else "the encoder does not serve the language of this record"
    )
    return insufficient(evidence, CHECK.name, Role.LABEL, place, f"the label cannot be judged: {why}")


def _insufficient_everywhere(evidence: Evidence) -> Opinion:
    findings = [
        _insufficient(evidence, place, evidence.reference.class_counts.get(label or "", 0))
        for place, label in enumerate(evidence.subjects.labels)
        if not evidence.rejected_by_rule[place]
    ]
    half = np.full(len(evidence), 0.5)
    return Opinion(findings=findings, scores=half, log_odds=np.zeros(len(evidence)))


def _has_labels(datanet: Datanet) -> bool:
    return datanet.name_of(Role.LABEL) is not None


CHECK = Check(name="label-noise", term=Term.LABEL_NOISE, judge=judge, applies=_has_labels)
