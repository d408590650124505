"""What a contribution is judged on: card, rules, reference and all that came earlier, without opening the store."""

import json
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from curation.calibration import AuditSample, audited_of
from curation.datanet.canonical import canonical_bytes
from curation.datanet.card import Datanet, EncoderChoice, Task, load_card
from curation.datanet.record import Contribution
from curation.errors import EngineFailed, UsageError
from curation.evidence.encoder import Encoder
from curation.evidence.evidence import Barred, Evidence
from curation.evidence.features import TableFeatures, fit_features
from curation.evidence.judging import JudgeBeside
from curation.evidence.known import Known, joined, known_of
from curation.evidence.language import prepare_identifier
from curation.evidence.pairs import joined_halves
from curation.evidence.reference import Reference
from curation.evidence.rule_packs import Rule, load_rules
from curation.evidence.rule_results import RuleResult
from curation.finding import Related
from curation.fitting import distinct, fit_reference
from curation.ledger.shelf import Shelf, Shelved
from curation.ledger.standing import Ruling, Standing, standings
from curation.ledger.state import State, Submission
from curation.quality import Audited
from curation.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A datanet as its owner set it up: card, rules and encoder. Nothing about what was submitted."""

    datanet: Datanet
    card: bytes
    rules: tuple[Rule, ...]
    load: Callable[[], Encoder]
    say: Callable[[str, int, int | None], None]
    beside: JudgeBeside | None = None

    def judged_beside(self) -> "Setting":
        """The same, with rules judged in a process of their own, which starts now."""
        return replace(self, beside=JudgeBeside()) if self.rules else self

    @cached_property
    def encoder(self) -> Encoder:
        """The card's encoder, loaded when first asked: a table never asks."""
        return self.load()

    @cached_property
    def encoder_key(self) -> str:
        """What made this datanet's vectors."""
        if self.table:
            return "features"
        # A pair's vector is made of two, so one that was made of its text in one piece is another's.
        return f"pairs/{self.encoder.digest}" if self.in_pairs else self.encoder.digest

    @property
    def table(self) -> bool:
        """Whether records are rows of a table, which have features instead of a text."""
        return self.datanet.task is Task.TABLE

    @property
    def in_pairs(self) -> bool:
        """Whether records are a prompt and its response, each with a vector of its own."""
        return self.datanet.task is Task.INSTRUCTION

    @property
    def unserved_languages(self) -> tuple[str, ...]:
        """The card's languages that its encoder does not serve: labels are not judged there."""
        served = self.datanet.encoder.languages
        return () if self.table else tuple(code for code in self.datanet.languages if code not in served)

    @property
    def rules_bytes(self) -> bytes:
        """The resolved rules as canonical JSON."""
        told = [
            {
                "code": rule.code,
                "type": rule.type,
                "kwargs": json.dumps(rule.kwargs, sort_keys=True, default=str),
                "severity": rule.severity.value,
                "evidence": repr(rule.evidence),
                "field": rule.field,
            }
            for rule in self.rules
        ]
        return canonical_bytes(told)

    def vectors(self, known: Known, features: TableFeatures | None) -> NDArray[np.float32]:
        """The vectors of these records, (n, d): of their texts, or of a table's rows by the reference's features."""
        if self.table:
            if features is None:
                return np.zeros((len(known), 1), dtype=np.float32)
            return features.vectors([known.values(row) for row in range(len(known))])
        if not len(known):
            return np.zeros((0, self.encoder.dimensions * (2 if self.in_pairs else 1)), dtype=np.float32)
        pairs = [known.halves(row) for row in range(len(known))] if self.in_pairs else None
        texts = known.texts if pairs is None else [half for side in zip(*pairs, strict=True) for half in side]
        vectors = self.encoder.encode(texts, on_progress=lambda done: self.say("encoding texts", done, len(texts)))
        if pairs is not None:
            vectors = joined_halves(vectors[: len(pairs)], vectors[len(pairs) :])
        if self.beside is not None and self.encoder_key:
            # One file is judged and no more: 130 MB are given back before what comes next takes as much. The key stays.
            vars(self).pop("encoder")
        return vectors


def load_setting(
    root: Path,
    name: str,
    rule_folders: Sequence[Path],
    load: Callable[[EncoderChoice], Encoder],
    *,
    on_progress: Callable[[str, int, int | None], None],
) -> Setting:
    """The setting of a datanet of this workspace, whose encoder `load` gives; raises `UsageError` or `CardError`."""
    folder = root / "datanets" / name
    if not folder.is_dir():
        raise UsageError(f"there is no datanet {name!r} in this workspace: datanets/{name}/ wanted")
    datanet, card = load_card(folder)
    return Setting(
        datanet=datanet,
        card=card,
        rules=load_rules(datanet, rule_folders),
        load=lambda: load(datanet.encoder),
        say=on_progress,
    )


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """What people said of a record that was drawn at random, and the probability it was drawn with, in millionths."""

    good: bool
    ppm: int


@dataclass(frozen=True, kw_only=True)
class Past:
    """What was submitted to a datanet and still stands, in journal order.

    `known` are all readable records of all contributions, `standings` what became of each, `imported` which belong to
    imports; all of the same length. `rulings` holds the latest decision about each record, `audits` the latest about
    each that was drawn at random.
    """

    known: Known
    standings: tuple[Standing, ...]
    imported: NDArray[np.bool_]
    rulings: Mapping[str, Ruling]
    audits: Mapping[str, Drawn] = field(default_factory=dict)

    def barred(self) -> dict[str, Barred]:
        """By content digest, what a person rejected: the latest decision about a content covers all identical ones."""
        latest: dict[str, tuple[Ruling, int]] = {}
        for row, (record, content) in enumerate(zip(self.known.ids, self.known.digests, strict=True)):
            ruling = self.rulings.get(record)
            if ruling is not None and (content not in latest or latest[content][0].seq < ruling.seq):
                latest[content] = (ruling, row)
        return {
            content: Barred(record=self._related(row), by=ruling.by)
            for content, (ruling, row) in latest.items()
            if ruling.decision == "reject"
        }

    def _related(self, row: int) -> Related:
        known = self.known
        return Related(
            record=known.ids[row],
            contributor=known.contributors[row],
            line=known.lines[row],
            similarity=1.0,
            text=known.texts[row],
        )

    def earlier(self) -> Known:
        """The records that a new one may repeat: all that are neither rejected nor withdrawn."""
        gone = (Verdict.REJECT, Verdict.WITHDRAWN)
        return self.known.taken([row for row, one in enumerate(self.standings) if one.verdict not in gone])

    def members(self, labels: Mapping[int, str]) -> Known:
        """The records that the next reference is made of: imported ones not rejected, and those people accepted.

        `labels` holds, by the journal line of a decision, the label that it set: like the decision itself it covers
        all identical content.
        """
        chosen = []
        relabelled = {}
        for row, one in enumerate(self.standings):
            trusted = one.ruling is not None and one.verdict is Verdict.ACCEPT
            gone = one.verdict in (Verdict.REJECT, Verdict.WITHDRAWN)
            if gone or not (self.imported[row] or trusted):
                continue
            chosen.append(row)
            if one.ruling is not None and one.ruling.seq in labels:
                relabelled[one.record] = labels[one.ruling.seq]
        return self.known.taken(chosen).relabelled(relabelled)

    def audited(self, contributor: str) -> Audited:
        """How many of a contributor's own records audits found good and bad."""
        own = [one for one, name in zip(self.known.ids, self.known.contributors, strict=True) if name == contributor]
        return audited_of(np.array([self.audits[one].good for one in own if one in self.audits], dtype=np.bool_))

    def audit_sample(self, rules: Mapping[str, int]) -> AuditSample:
        """The audits that a reference learns from: of records whose evidence of the rules is given, in micro."""
        rows = [row for row, one in enumerate(self.known.ids) if one in self.audits and one in rules]
        known = self.known.taken(rows)
        return AuditSample(
            known=known,
            good=tuple(self.audits[one].good for one in known.ids),
            drawn_ppm=tuple(self.audits[one].ppm for one in known.ids),
            rules=tuple(rules[one] for one in known.ids),
            imported=tuple(self.imported[rows].tolist()),
        )


def read_past(state: State, setting: Setting, shelf: Shelf, shelved: Callable[[Submission, Setting], Shelved]) -> Past:
    """The past of a datanet from the shelf; `shelved` makes a contribution's folder anew when it is missing."""
    parts: list[Shelved] = []
    imported: list[bool] = []
    for submission in state.of_datanet(setting.datanet.name):
        kept = shelf.get(submission.fact.contribution, setting.datanet.name, setting.encoder_key)
        parts.append(kept or shelved(submission, setting))
        imported += [submission.fact.kind == "import"] * len(parts[-1].known)
    rulings = {
        record: Ruling(seq=entry.seq, decision=entry.fact.decision, by=entry.fact.by)
        for record, entry in state.decisions.items()
    }
    known = [part.known for part in parts]
    if setting.table:
        # A row's vector follows from a reference's features and means nothing beside another reference's.
        known = [part.with_vectors(setting.vectors(part, None)) for part in known]
    return Past(
        known=joined(known, table=setting.table),
        standings=standings([one for part in parts for one in part.inspected], rulings, state.withdrawn),
        imported=np.array(imported, dtype=np.bool_),
        rulings=rulings,
        audits={
            # A label that had to be changed was wrong, and so was the record as it came.
            record: Drawn(good=entry.fact.decision == "accept", ppm=entry.fact.drawn_ppm)
            for record, entry in state.audits.items()
            if entry.fact.drawn_ppm is not None
        },
    )


@dataclass(frozen=True, kw_only=True)
class Ground:
    """A setting with a past and a reference: all that is needed to judge a contribution."""

    setting: Setting
    past: Past
    reference: Reference | None

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


def evidence_on(ground: Ground, contribution: Contribution) -> Evidence:
    """The evidence about a contribution: against the reference when there is enough of one, else against itself."""
    if ground.is_enough and ground.reference is not None:
        reference = ground.reference
        if reference.encoder != ground.setting.encoder_key:
            raise EngineFailed(
                f"the reference of {ground.setting.datanet.name} was made with another encoder than the card's; "
                "run `curate refresh`"
            )
        results = asked_of_rules(ground.setting, contribution)
        subjects = known_of(contribution.records, ground.setting.datanet, contribution.contributor)
        subjects = subjects.with_vectors(ground.setting.vectors(subjects, reference.features))
        if not ground.setting.table:
            prepare_identifier()
        return _evidence(ground, contribution, subjects, reference, results())
    return cross_fitted(ground, contribution, beside=(), self_checked=True)


def cross_fitted(
    ground: Ground,
    contribution: Contribution,
    *,
    beside: Sequence[Known],
    self_checked: bool,
    audits: AuditSample | None = None,
) -> Evidence:
    """The evidence about records that are themselves the reference, together with the members `beside` them."""
    setting = ground.setting
    asked = asked_of_rules(setting, contribution)
    subjects = known_of(contribution.records, setting.datanet, contribution.contributor)
    if not setting.table:
        subjects = subjects.with_vectors(setting.vectors(subjects, None))
    results = asked()
    parts = [*beside, _not_rejected(subjects, results, {*ground.past.earlier().digests, *ground.past.barred()})]
    features = None
    if setting.table:
        features = fit_features(setting.datanet, [part.values(row) for part in parts for row in range(len(part))])
        subjects = subjects.with_vectors(setting.vectors(subjects, features))
        parts = [part.with_vectors(setting.vectors(part, features)) for part in parts]
    members = distinct(joined(parts, table=setting.table), setting.datanet)
    drawn = _with_vectors(audits, setting, features)
    reference = fit_reference(members, setting.datanet, setting.card, setting.encoder_key, features, audits=drawn)
    return _evidence(ground, contribution, subjects, reference, results, self_checked=self_checked)


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
    earlier = ground.past.earlier()
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
