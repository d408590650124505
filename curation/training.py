"""Train a model on what a datanet accepted, each record by its weight and novelty, and freeze what it rests on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from curation.datanet.canonical import Json, canonical_bytes
from curation.errors import UsageError
from curation.evidence.known import Known
from curation.ground import Ground
from curation.ledger.money_facts import ModelTrained
from curation.ledger.money_files import MemberLine, write_members
from curation.novelty_now import standings_now
from curation.rewards.evaluation import Evaluation, Submitted, evaluate
from curation.rewards.membership import members_of
from curation.rewards.model import Settings, TrainingSet, fit, model_id, save_model
from curation.rewards.terms import terms_of
from curation.setting import Setting
from curation.verdict import Verdict
from curation.writing import Writing


@dataclass(frozen=True, kw_only=True)
class Trained:
    """A model: its id, how many records it was fitted on, whether it is `new`, and what it is worth, when measured."""

    model: str
    datanet: str
    kind: Literal["heads", "similarity"]
    trained: int
    new: bool
    evaluation: Evaluation | None


@dataclass(frozen=True, kw_only=True)
class Frozen:
    """What the journal says of a model beside its setting."""

    name: str
    kind: Literal["heads", "similarity"]
    members: Sequence[MemberLine]
    files: Mapping[str, str]
    evaluation: Evaluation | None


class Training(Writing):
    """A workspace in which models can be trained."""

    def train(self, datanet: str, *, measured: bool = True) -> Trained:
        """A model on the accepted records of a datanet; raises `UsageError` when there is nothing to train on.

        `measured`: also fit it on a part, with weights, without, and on everything submitted, and compare on the rest.
        """
        from curation.ledger.questions import partners  # noqa: PLC0415  (a check needs no DuckDB)

        setting = self.setting(datanet)
        with self._writing():
            state = self.state()
            ground = self.ground(setting, state)
            if ground.reference is None:
                raise UsageError(f"{datanet} has no reference yet: `curate import` or `curate refresh` first")
            with self.store() as store:
                near = partners(store, datanet)
            members = members_of(standings_now(ground, near), terms_of(setting.datanet))
            known = _known(ground, self.labels(state))
            training = _training_set(setting, known, members)
            settings = Settings(encoder=ground.reference.version if setting.table else setting.encoder_key)
            name = model_id(setting.card, training, settings, write_members(members))
            self._say(f"training on {sum(map(bool, training.weights))} records")
            fitted = fit(training, settings)
            evaluation = evaluate(_submitted(ground, known, members), settings) if measured else None
            before = state.model(datanet)
            new = before is None or before.fact.model != name
            if new or not self.shelf.model(datanet, name).is_dir():
                files = self.shelf.put_model(datanet, name, lambda folder: save_model(fitted, folder))
                if new:
                    frozen = Frozen(name=name, kind=fitted.kind, members=members, files=files, evaluation=evaluation)
                    self._append(self._fact(frozen, setting, ground.reference.version))
                    self._follow()
        trained = sum(map(bool, training.weights))
        return Trained(model=name, datanet=datanet, kind=fitted.kind, trained=trained, new=new, evaluation=evaluation)

    def _fact(self, frozen: Frozen, setting: Setting, reference: str) -> ModelTrained:
        evaluation = {} if frozen.evaluation is None else frozen.evaluation.told()
        manifest: dict[str, Json] = {"schema": "curation.model-files/1", "files": dict(frozen.files)}
        return ModelTrained(
            model=frozen.name,
            datanet=setting.datanet.name,
            kind=frozen.kind,
            reference=reference,
            card=self.objects.put(setting.card),
            records=self.objects.put(write_members(frozen.members)),
            terms=self.objects.put(terms_of(setting.datanet).written()),
            manifest=self.objects.put(canonical_bytes(manifest)),
            evaluation=self.objects.put(canonical_bytes(evaluation)),
            trained=sum(1 for one in frozen.members if one.training),
        )


def _known(ground: Ground, labels: Mapping[int, str]) -> Known:
    """All records with the labels that hold now and the vectors that a model is fitted on."""
    known = ground.past.relabelled(labels)
    if ground.setting.table and ground.reference is not None:
        return known.with_vectors(ground.setting.vectors(known, ground.reference.features))
    return known


def _labels(known: Known) -> tuple[str, ...] | None:
    labels = tuple(label for label in known.labels if label is not None)
    return labels if len(labels) == len(known) else None


def _training_set(setting: Setting, known: Known, members: Sequence[MemberLine]) -> TrainingSet:
    """The members' vectors, labels and weights, in the members' order."""
    if not members:
        raise UsageError(f"{setting.datanet.name} has no accepted record to train on")
    row_of = {record: row for row, record in enumerate(known.ids)}
    taken = known.taken([row_of[one.record] for one in members])
    return TrainingSet(
        ids=taken.ids,
        vectors=taken.vectors,
        labels=_labels(taken),
        weights=tuple(one.training for one in members),
        novelty=tuple(one.novelty for one in members),
        table=setting.table,
    )


def _submitted(ground: Ground, known: Known, members: Sequence[MemberLine]) -> Submitted:
    """Everything that was submitted and could be read, with the weights that the model trains with."""
    training = {one.record: one.training for one in members}
    trusted = [
        one.verdict is Verdict.ACCEPT and (bool(imported) or one.ruling is not None)
        for one, imported in zip(ground.past.standings, ground.past.imported, strict=True)
    ]
    return Submitted(
        digests=known.digests,
        vectors=known.vectors,
        labels=known.labels if any(label is not None for label in known.labels) else None,
        weights=tuple(training.get(record, 0) for record in known.ids),
        trusted=np.array(trusted, dtype=np.bool_),
        table=ground.setting.table,
        pairs=ground.setting.in_pairs,
    )
