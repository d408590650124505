"""Train a model on what a datanet accepted, each record by its weight and novelty, and freeze what it rests on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from curation.datanet.canonical import canonical_bytes
from curation.errors import UsageError
from curation.evidence.known import Known
from curation.ground import Ground
from curation.ledger.money_facts import ModelTrained
from curation.ledger.money_files import MemberLine, write_members
from curation.novelty_now import standings_now
from curation.rewards.membership import members_of
from curation.rewards.model import Model, Settings, TrainingSet, fit, model_id, save_model
from curation.rewards.terms import terms_of
from curation.setting import Setting
from curation.writing import Writing


@dataclass(frozen=True, kw_only=True)
class Trained:
    """A model: its id, how many records it was fitted on, and whether it is `new`."""

    model: str
    datanet: str
    kind: Literal["heads", "similarity"]
    trained: int
    new: bool


class Training(Writing):
    """A workspace in which models can be trained."""

    def train(self, datanet: str) -> Trained:
        """A model on the accepted records of a datanet; raises `UsageError` when there is nothing to train on."""
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
            training = _training_set(ground, ground.past.relabelled(self.labels(state)), members)
            settings = Settings(encoder=ground.reference.version if setting.table else setting.encoder_key)
            name = model_id(setting.card, training, settings)
            self._say(f"training on {sum(map(bool, training.weights))} records")
            fitted = fit(training, settings)
            before = state.model(datanet)
            new = before is None or before.fact.model != name
            if new or not self.shelf.model(datanet, name).is_dir():
                files = self.shelf.put_model(datanet, name, lambda folder: save_model(fitted, folder))
                if new:
                    self._append(self._fact(name, fitted, setting, ground, members, files))
                    self._follow()
        trained = sum(map(bool, training.weights))
        return Trained(model=name, datanet=datanet, kind=fitted.kind, trained=trained, new=new)

    def _fact(  # noqa: PLR0913, PLR0917  (what a model follows from)
        self,
        name: str,
        fitted: Model,
        setting: Setting,
        ground: Ground,
        members: Sequence[MemberLine],
        files: Mapping[str, str],
    ) -> ModelTrained:
        assert ground.reference is not None, "nothing is trained without a reference"
        return ModelTrained(
            model=name,
            datanet=setting.datanet.name,
            kind=fitted.kind,
            reference=ground.reference.version,
            card=self.objects.put(setting.card),
            records=self.objects.put(write_members(members)),
            terms=self.objects.put(terms_of(setting.datanet).written()),
            manifest=self.objects.put(canonical_bytes({"schema": "curation.model-files/1", "files": dict(files)})),
            evaluation=self.objects.put(b"{}"),
            trained=sum(1 for one in members if one.training),
        )


def _training_set(ground: Ground, known: Known, members: Sequence[MemberLine]) -> TrainingSet:
    """The members' vectors, labels and weights, in the members' order."""
    setting = ground.setting
    row_of = {record: row for row, record in enumerate(known.ids)}
    rows = np.array([row_of[one.record] for one in members], dtype=np.int64)
    if not len(rows):
        raise UsageError(f"{setting.datanet.name} has no accepted record to train on")
    taken = known.taken(rows)
    vectors = taken.vectors
    if setting.table and ground.reference is not None:
        vectors = setting.vectors(taken, ground.reference.features)
    labelled = all(label is not None for label in taken.labels)
    return TrainingSet(
        ids=taken.ids,
        vectors=vectors,
        labels=tuple(label or "" for label in taken.labels) if labelled else None,
        weights=tuple(one.training for one in members),
        table=setting.table,
    )
