"""Train a model on what a datanet accepted, each record by its weight and novelty, and freeze what it rests on."""

from collections.abc import Mapping
from dataclasses import dataclass

from curation.datanet.canonical import canonical_bytes
from curation.errors import UsageError
from curation.evidence.known import Known
from curation.ground import Ground
from curation.ledger.money_facts import ModelTrained
from curation.ledger.money_files import MemberLine, write_members
from curation.novelty_now import standings_now
from curation.rewards.evaluation import Evaluation
from curation.rewards.membership import members_of
from curation.rewards.model import Settings, TrainingSet, fit, model_id, save_model
from curation.rewards.terms import terms_of
from curation.setting import Setting
from curation.writing import Writing


@dataclass(frozen=True, kw_only=True)
class Trained:
    """A model: its id, how many records it was fitted on, what it was measured at, and whether it is `new`."""

    model: str
    datanet: str
    kind: str
    trained: int
    evaluation: Evaluation
    new: bool


class Training(Writing):
    """A workspace in which models can be trained."""

    def train(self, datanet: str) -> Trained:
        """A model on the accepted records of a datanet; raises `UsageError` when there is nothing to train on."""
        setting = self.setting(datanet)
        with self._writing():
            state = self.state()
            ground = self.ground(setting, state)
            if ground.reference is None:
                raise UsageError(f"{datanet} has no reference yet: `curate import` or `curate refresh` first")
            from curation.ledger.questions import partners  # noqa: PLC0415  (a check needs no DuckDB)

            with self.store() as store:
                near = partners(store, datanet)
            terms = terms_of(setting.datanet)
            members = members_of(standings_now(ground, near), terms)
            known = ground.past.relabelled(self.labels(state))
            training = _training_set(ground, known, members)
            if not len(training.ids):
                raise UsageError(f"{datanet} has no accepted record to train on")
            settings = Settings()
            name = model_id(setting.card, training, settings)
            before = state.model(datanet)
            self._say(f"training on {len(training.ids)} records")
            evaluation = self._evaluated(ground, known, training, settings)
            told = Trained(
                model=name,
                datanet=datanet,
                kind="similarity" if training.labels is None else "heads",
                trained=len(training.ids),
                evaluation=evaluation,
                new=before is None or before.fact.model != name,
            )
            if told.new:
                fitted = fit(training, settings)
                manifest = self.shelf.put_model(datanet, name, lambda folder: save_model(fitted, folder))
                self._append(self._fact(told, setting, ground, members, manifest))
                self._follow()
        return told

    def _fact(
        self, told: Trained, setting: Setting, ground: Ground, members: tuple[MemberLine, ...], files: Mapping[str, str]
    ) -> ModelTrained:
        assert ground.reference is not None, "nothing is trained without a reference"
        manifest = {"schema": "curation.model-files/1", "files": dict(files)}
        return ModelTrained(
            model=told.model,
            datanet=told.datanet,
            kind="heads" if told.kind == "heads" else "similarity",
            reference=ground.reference.version,
            card=self.objects.put(setting.card),
            records=self.objects.put(write_members(members)),
            terms=self.objects.put(terms_of(setting.datanet).written()),
            manifest=self.objects.put(canonical_bytes(manifest)),
            evaluation=self.objects.put(canonical_bytes(told.evaluation.told())),
            trained=told.trained,
        )

    def _evaluated(self, ground: Ground, known: Known, training: TrainingSet, settings: Settings) -> Evaluation:
        raise NotImplementedError


def _training_set(ground: Ground, known: Known, members: tuple[MemberLine, ...]) -> TrainingSet:
    raise NotImplementedError
