"""What a contribution is judged on: a setting, its past, its reference, and the evidence that follows."""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

import numpy as np

from curation.calibration import AuditSample
from curation.datanet.record import Contribution
from curation.errors import EngineFailed
from curation.evidence.evidence import Evidence
from curation.evidence.features import TableFeatures, fit_features
from curation.evidence.known import Known, joined, known_of
from curation.evidence.language import prepare_identifier
from curation.evidence.reference import Reference
from curation.evidence.rule_results import RuleResult
from curation.fitting import distinct, fit_reference
from curation.past import Past
from curation.setting import Setting


@dataclass(frozen=True, kw_only=True)
class Ground:
    """A setting with a past and a reference: all that is needed to judge a contribution.

    `place` is the contribution's in the order of who was first, None for one that comes after all others.
    """

    setting: Setting
    past: Past
    reference: Reference | None
    place: int | None = None

    @property
    def is_enough(self) -> bool:
        """Whether the reference is large enough to judge others by."""
        return self.reference is not None and len(self.reference) >= self.setting.datanet.policy.reference_min


def asked_of_rules(setting: Setting, contribution: Contribution) -> Callable[[], tuple[RuleResult, ...]]:
    """What the rules say about the readable records, to be asked for when it is needed: it may be worked on meanwhile.

    Raises `EngineFailed` when asked and a rule could not be judged.
    """
    records = contribution.records
    if not records or not setting.rules:
        return tuple
    columns = {field.name: [record.values.get(field.name) for record in records] for field in setting.datanet.fields}
    if setting.beside is not None:
        return setting.beside.ask(setting.rules, columns, len(records)).results
    from curation.evidence.great_expectations import judge  # noqa: PLC0415  (2.7 s, and only judging needs it)

    return lambda: judge(setting.rules, columns, len(records))


@dataclass(frozen=True, kw_only=True)
class Subjects:
    """A contribution's records by column, and what the rules say of them.

    Those of texts have their vectors, which no reference changes; rows of a table get theirs beside a reference.
    """

    known: Known
    results: tuple[RuleResult, ...]


def subjects_of(setting: Setting, contribution: Contribution) -> Subjects:
    """What takes longest about a contribution and rests on nothing that others submit; raises `EngineFailed`."""
    asked = asked_of_rules(setting, contribution)
    known = known_of(contribution.records, setting.datanet, contribution.contributor)
    if not setting.table:
        known = known.with_vectors(setting.vectors(known, None))
        prepare_identifier()
    return Subjects(known=known, results=asked())


def evidence_on(ground: Ground, contribution: Contribution, subjects: Subjects | None = None) -> Evidence:
    """The evidence about a contribution: against the reference when there is enough of one, else against itself.

    `subjects` are those of `subjects_of`, where they were made beforehand.
    """
    if ground.is_enough and ground.reference is not None:
        reference = ground.reference
        if reference.encoder != ground.setting.encoder_key:
            raise EngineFailed(
                f"the reference of {ground.setting.datanet.name} was made with another encoder than the card's; "
                "run `curate refresh`"
            )
        given = subjects or subjects_of(ground.setting, contribution)
        known = given.known
        if ground.setting.table:
            known = known.with_vectors(ground.setting.vectors(known, reference.features))
        return _evidence(ground, contribution, known, reference, given.results)
    return cross_fitted(ground, contribution, beside=(), self_checked=True, subjects=subjects)


def cross_fitted(  # noqa: PLR0913  (as for `evidence_on`, and who else is in the reference)
    ground: Ground,
    contribution: Contribution,
    *,
    beside: Sequence[Known],
    self_checked: bool,
    audits: AuditSample | None = None,
    subjects: Subjects | None = None,
) -> Evidence:
    """The evidence about records that are themselves the reference, together with the members `beside` them."""
    setting = ground.setting
    given = subjects or subjects_of(setting, contribution)
    known, results = given.known, given.results
    parts = [
        *beside,
        _not_rejected(known, results, {*ground.past.earlier(ground.place).digests, *ground.past.barred()}),
    ]
    features = None
    if setting.table:
        features = fit_features(setting.datanet, [part.values(row) for part in parts for row in range(len(part))])
        known = known.with_vectors(setting.vectors(known, features))
        parts = [part.with_vectors(setting.vectors(part, features)) for part in parts]
    members = distinct(joined(parts, table=setting.table), setting.datanet)
    drawn = _with_vectors(audits, setting, features)
    reference = fit_reference(members, setting.datanet, setting.card, setting.encoder_key, features, audits=drawn)
    return _evidence(ground, contribution, known, reference, results, self_checked=self_checked)


def refitted(setting: Setting, members: Known, audits: AuditSample | None = None) -> Reference:
    """A new reference from these members, calibrated by these audits."""
    features = None
    if setting.table:
        features = fit_features(setting.datanet, [members.values(row) for row in range(len(members))])
        members = members.with_vectors(setting.vectors(members, features))
    kept = distinct(members, setting.datanet)
    drawn = _with_vectors(audits, setting, features)
    return fit_reference(kept, setting.datanet, setting.card, setting.encoder_key, features, audits=drawn)


def _with_vectors(audits: AuditSample | None, setting: Setting, features: TableFeatures | None) -> AuditSample | None:
    """The audits with vectors of this reference's kind; those of a text are the same beside every reference."""
    if audits is None or not setting.table:
        return audits
    return replace(audits, known=audits.known.with_vectors(setting.vectors(audits.known, features)))


def _evidence(  # noqa: PLR0913  (the parts of one Evidence, put together in one place)
    ground: Ground,
    contribution: Contribution,
    subjects: Known,
    reference: Reference,
    results: Sequence[RuleResult],
    *,
    self_checked: bool = False,
) -> Evidence:
    earlier = ground.past.earlier(ground.place)
    if ground.setting.table or not len(earlier):
        earlier = earlier.with_vectors(ground.setting.vectors(earlier, reference.features))
    own = np.array([reference.row_of_id.get(record, -1) for record in subjects.ids], dtype=np.int64)
    return Evidence(
        contribution=contribution,
        datanet=ground.setting.datanet,
        subjects=subjects,
        reference=reference,
        earlier=earlier,
        own=own.reshape(len(subjects)),
        rule_results=results,
        self_checked=self_checked,
        encoder_languages=frozenset(ground.setting.datanet.encoder.languages),
        barred=ground.past.barred(),
    )


def _not_rejected(subjects: Known, results: Sequence[RuleResult], known: AbstractSet[str]) -> Known:
    """The subjects that no critical rule rejects and whose content is not `known`: what a reference may be made of."""
    rejected = {place for result in results if result.rule.severity == "critical" for place in result.positions}
    seen = set(known)
    kept = []
    for place, content in enumerate(subjects.digests):
        if place not in rejected and content not in seen:
            seen.add(content)
            kept.append(place)
    return subjects.taken(kept)
