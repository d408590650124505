"""How a reference is made: members in, everything that a check needs from them out. Costly, and done once a version."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from curation.calibration import AuditSample
from curation.checks import Check, checks_for, label_noise, mismatched_response, slot_variation
from curation.datanet.card import Datanet, Role, Task
from curation.datanet.record import Contribution
from curation.evidence.cleanlab import noise_by_class
from curation.evidence.conformal import p_values
from curation.evidence.evidence import NEIGHBOURS, Evidence
from curation.evidence.features import TableFeatures
from curation.evidence.heads import Heads, cross_fitted_logits, fit_heads, folds_of
from curation.evidence.known import Known, joined
from curation.evidence.letters import fit_letters
from curation.evidence.matches import Kind, matches_of, proposed_rows, vocabulary_of
from curation.evidence.pairs import PairIndex, fit_pairs, halves
from curation.evidence.reference import Calibration, Reference, version_of
from curation.finding import Floats, Term
from curation.learning import learned, purity_of
from curation.quality import label_offset, strangeness, vouched

RADIUS_NEIGHBOUR = 10
NOISE_CLASS_MIN = 5


def distinct(members: Known, datanet: Datanet) -> Known:
    """The members without copies of earlier members: a twin would make everything beside it look ordinary.

    Only a direct match with a kept member drops a record: no transitive closure.
    """
    if not len(members):
        return members
    _, high = datanet.policy.novelty_ramp
    nobody = joined([], table=members.table).with_vectors(members.vectors[:0])
    none_excluded = np.zeros(len(members), dtype=np.bool_)
    proposed = proposed_rows(members, nobody, none_excluded)
    matches = matches_of(members, members, proposed, vocabulary_of(members))
    dropped: set[int] = set()
    for row, found in enumerate(matches):
        for match in found:
            same_label = members.labels[match.row] == members.labels[row]
            if match.kind is Kind.COPY and match.similarity >= high and same_label and match.row not in dropped:
                dropped.add(row)
                break
    return members.taken([row for row in range(len(members)) if row not in dropped])


def fit_reference(  # noqa: PLR0913  (all that a version is made of, and it says so)
    members: Known,
    datanet: Datanet,
    card: bytes,
    encoder: str,
    features: TableFeatures | None,
    *,
    audits: AuditSample | None = None,
) -> Reference:
    """The reference that these members give. `members` have vectors and are de-duplicated already.

    `audits` are records drawn at random and decided about, with vectors, whether they are members or not.
    """
    classes, codes = _classes(members, datanet)
    # As objects: an array of text is as wide as its longest label, and a label may be long.
    labels = np.array([label or "" for label in members.labels], dtype=object)
    heads, logits = _heads(members, labels, classes)
    near = members.index.nearest(members.vectors, NEIGHBOURS, np.arange(len(members)))
    unfinished = Reference(
        version=version_of(card, members, encoder, () if audits is None else audits.told),
        members=members,
        classes=classes,
        class_counts={name: int((codes == code).sum()) for code, name in enumerate(classes)},
        heads=heads,
        logits=logits,
        pairs=fit_pairs(PairIndex(*halves(members.vectors)), members.digests) if _in_pairs(datanet) else None,
        features=features,
        letters=None if members.table else fit_letters(members.texts),
        vocabulary=vocabulary_of(members),
        noise={},
        scales={},
        nonconformity={},
        fact_similarity=np.zeros(0),
        radius=near.similarity[:, RADIUS_NEIGHBOUR - 1].astype(np.float64),
        calibration=Calibration(),
        encoder=encoder,
    )
    calibrated = _calibrated(unfinished, datanet, codes, audits)
    if audits is None:
        return calibrated
    return replace(calibrated, calibration=learned(_self_evidence(calibrated, datanet), audits))


def _in_pairs(datanet: Datanet) -> bool:
    return datanet.task is Task.INSTRUCTION


def _classes(members: Known, datanet: Datanet) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    if datanet.name_of(Role.LABEL) is None:
        return (), np.zeros(len(members), dtype=np.int64)
    classes = tuple(sorted({label for label in members.labels if label is not None}))
    places = {name: place for place, name in enumerate(classes)}
    return classes, np.array([places.get(label or "", -1) for label in members.labels], dtype=np.int64)


def _heads(members: Known, labels: NDArray[Any], classes: tuple[str, ...]) -> tuple[Heads | None, Floats]:
    labelled = labels != ""
    if len(classes) < 2:
        return None, np.zeros((len(members), 0))
    folds = folds_of(list(members.digests))
    logits = np.zeros((len(members), len(classes)))
    logits[labelled] = cross_fitted_logits(members.vectors[labelled], labels[labelled], classes, folds[labelled])
    return fit_heads(members.vectors[labelled], labels[labelled], classes), logits


def _calibrated(
    reference: Reference, datanet: Datanet, codes: NDArray[np.int64], audits: AuditSample | None
) -> Reference:
    """Leave-one-out scores of every member, and the offset that they call for. The order of the steps matters."""
    # 1. Each measure's middle and spread, which the strangeness scores are counted in.
    measured = _self_evidence(reference, datanet)
    checks = checks_for(datanet)
    scales = {
        f"{check.name}/{name}": _middle_and_spread(values)
        for check in checks
        if check.measures is not None
        for name, values in check.measures(measured).items()
    }
    # 2. The leave-one-out scores themselves, sorted, as the yardstick of p-values.
    scaled = replace(measured, reference=replace(reference, scales=scales))
    scores = {check.name: check.nonconformity(scaled) for check in checks if check.nonconformity is not None}
    finished = replace(
        reference,
        scales=scales,
        nonconformity={name: np.sort(values) for name, values in scores.items()},
        fact_similarity=np.sort(_fact_similarity(scaled)),
    )
    # 3. The offsets of the checks that state log-odds, which need the members' own strangeness.
    stated = [odds for odds in (mismatched_response.pair_log_odds(scaled), _label_log_odds(scaled)) if odds is not None]
    if not stated:
        return finished
    p = [
        _members_p(check, scaled, scores[check.name])
        for check in checks
        if check.term is Term.STRANGENESS and check.name in scores
    ]
    strange = strangeness(p, len(reference))
    other = Calibration().beta_strangeness * strange
    policy, rows = (datanet.policy, np.arange(len(reference))) if audits is None else purity_of(scaled, audits)
    offsets = []
    for odds in stated:
        # One after the other: of two the second centres what the first has left.
        offsets.append(label_offset(policy, odds[rows], other[rows], strange[rows]))
        other = other + vouched(odds - offsets[-1], strange)
    return replace(
        finished,
        calibration=Calibration(label_offset=offsets[-1], pair_offset=sum(offsets[:-1], 0.0)),
        noise={} if reference.heads is None else _noise(codes, label_noise.probabilities(scaled), reference),
    )


def _label_log_odds(members: Evidence) -> Floats | None:
    """The log-odds of the members' labels, (n,), before the offset; None where there are not two classes."""
    if members.reference.heads is None:
        return None
    given = np.clip(label_noise.given_share(members), label_noise.SHARE_MIN, 1 - label_noise.SHARE_MIN)
    return np.log(given / (1 - given))


def _members_p(check: Check, members: Evidence, scores: Floats) -> Floats:
    """A strangeness check's p-values of the reference's own members, (n,)."""
    p = p_values(scores, np.sort(scores), members.is_member)
    return p if check.refined_p is None else check.refined_p(members, p)


def _noise(codes: NDArray[np.int64], shares: Floats, reference: Reference) -> Mapping[str, float]:
    """The share of wrong labels by class, of classes with enough members to say so."""
    known = [code for code, name in enumerate(reference.classes) if reference.class_counts[name] >= NOISE_CLASS_MIN]
    rows = np.isin(codes, known)
    if len(known) < 2:
        return {}
    places = {code: place for place, code in enumerate(known)}
    kept = shares[rows][:, known]
    return noise_by_class(
        np.array([places[code] for code in codes[rows].tolist()], dtype=np.int64),
        kept / kept.sum(axis=1, keepdims=True),
        tuple(reference.classes[code] for code in known),
    )


def _self_evidence(reference: Reference, datanet: Datanet) -> Evidence:
    members = reference.members
    nobody = joined([], table=members.table).with_vectors(members.vectors[:0])
    empty = Contribution(datanet=datanet.name, contributor="-", file_name="", file_digest="", rows=())
    return Evidence(
        contribution=empty,
        datanet=datanet,
        subjects=members,
        reference=reference,
        earlier=nobody,
        own=np.arange(len(members)),
        rule_results=(),
        self_checked=False,
        encoder_languages=frozenset(datanet.languages),
    )


def _middle_and_spread(values: Floats) -> tuple[float, float]:
    middle = float(np.median(values)) if len(values) else 0.0
    spread = 1.4826 * float(np.median(np.abs(values - middle))) if len(values) else 0.0
    return middle, spread or (float(values.std()) if len(values) else 0.0) or 1.0


def _fact_similarity(evidence: Evidence) -> Floats:
    """Each member's closest substitution twin among all others, (n,): matches look back only, so both ends are told."""
    similarity, closest = slot_variation.fact_similarity(evidence, of_others_only=False)
    for place, match in closest.items():
        similarity[match.row] = max(similarity[match.row], similarity[place])
    return similarity
