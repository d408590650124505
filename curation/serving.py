"""Answer inferences: predict, find the records that an answer rests on, and write down what is owed for it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from curation.datanet.canonical import canonical_bytes, digest
from curation.datanet.card import CardField, Datanet, Role, Task
from curation.datanet.record import Record
from curation.datanet.shown import shown
from curation.errors import EngineFailed, UsageError
from curation.evidence.pairs import joined_halves
from curation.intake.reading import read_contribution
from curation.ledger.inspected import salted
from curation.ledger.money_facts import InferenceServed, ModelTrained
from curation.ledger.money_files import AnswerFile, Attribution, read_attribution, write_attribution
from curation.ledger.state import Entry, State
from curation.rewards.model import Answer, load_model
from curation.rewards.treasury import Treasury
from curation.setting import Setting
from curation.writing import Writing

# What a payer may call an inference: one word, which the journal can hold.
_KEY = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:/+=@-]{0,199}", re.ASCII)
_KEY_FIELD = CardField(name="key", role=Role.ID, required=True)


@dataclass(frozen=True, kw_only=True)
class Question:
    """What somebody asks of a model: a text, or the fields of a table's row. `key` names the inference for ever."""

    key: str
    content: bytes
    values: dict[str, object]
    text: str


@dataclass(frozen=True, kw_only=True)
class Served:
    """An inference and its answer; `new` says whether anything happened, or it had been served before."""

    key: str
    seq: int
    model: str
    label: str | None
    records: int
    new: bool


@dataclass(frozen=True, kw_only=True)
class Behind:
    """One record behind an inference. `share` of what the inference rests on, in 0..1, before copies pass theirs on."""

    record: str
    contributor: str
    text: str
    weight: float | None
    novelty: float
    share: float


class Serving(Writing):
    """A workspace whose models can be asked."""

    def read_questions(self, file: Path, datanet: str) -> tuple[Question, ...]:
        """The questions of a JSON lines file; raises `UsageError` naming the first line that is none."""
        card = _question_card(self.datanet(datanet))
        read = read_contribution(file, datanet=card, contributor="payer")
        broken = next((row for row in read.rows if not isinstance(row, Record)), None)
        if broken is not None:
            raise UsageError(f"{shown(file.name)}:{broken.line}: {broken.message}; nothing was served")
        return tuple(_question(row, card) for row in read.records)

    def question(self, datanet: str, text: str, key: str) -> Question:
        """One question in words; raises `UsageError` for a table, whose questions have fields."""
        card = _question_card(self.datanet(datanet))
        if card.task is Task.TABLE:
            raise UsageError(f"{datanet} is a table: its questions have fields, `--file` wanted")
        content = {"text": text}
        return Question(key=checked_key(key), content=canonical_bytes(content), values=dict(content), text=text)

    def infer(self, datanet: str, questions: Sequence[Question], fee: int, model: str = "") -> tuple[Served, ...]:
        """Answers each question and journals it, at a fee of so many base units each.

        A key that was served before with the same question and fee has no second effect; with another it raises
        `UsageError`, and then nothing is served. `model` begins the id of a model; default the newest.
        """
        setting = self.setting(datanet)
        trained = self._model_named(self.state(), datanet, model)
        if not questions:
            raise UsageError("no question at all: nothing was served")
        self._say(f"answering {len(questions)} questions")
        answers = self._answers(setting, trained, questions)
        served: list[Served] = []
        with self._writing():
            state = self.state()
            known = dict(state.inference_of_key)
            bodies = [self._body(datanet, one, fee) for one in questions]
            _refuse_others(questions, bodies, {key: entry.fact.body for key, entry in known.items()})
            for question, body, answer in zip(questions, bodies, answers, strict=True):
                before = known.get(question.key)
                if before is not None:
                    served.append(self._served(before, new=False))
                    continue
                entry = self._serve(trained, question.key, body, fee, answer)
                known[question.key] = entry
                served.append(self._served(entry, new=True))
            self._follow()
        return tuple(served)

    def attribute(self, key: str) -> tuple[Served, tuple[Behind, ...]]:
        """The records behind an inference, the largest share first; raises `UsageError` for an unknown key."""
        state = self.state()
        entry = state.inference_of_key.get(key)
        if entry is None:
            raise UsageError(f"no inference has the key {shown(key, 60)!r}")
        treasury = Treasury(state, self.objects)
        members = treasury.model(entry.fact.model).members
        found = read_attribution(self.objects.get(entry.fact.attribution))
        with self.store() as store:
            wanted = [members[row].record for row, _ in found.rows]
            said = {
                row["record"]: row
                for row in store.query(
                    "SELECT record, text, weight FROM current_records WHERE record IN (SELECT unnest(?::VARCHAR[]))",
                    [wanted],
                )
            }
        behind = tuple(
            Behind(
                record=members[row].record,
                contributor=members[row].contributor,
                text=said[members[row].record]["text"],
                weight=said[members[row].record]["weight"],
                novelty=members[row].novelty / 1_000_000,
                share=amount / found.total,
            )
            for row, amount in found.rows
        )
        return self._served(entry, new=False), behind

    def _model_named(self, state: State, datanet: str, beginning: str) -> ModelTrained:
        entry = state.model(datanet, beginning)
        if entry is None:
            wanted = f"a model whose id begins with {shown(beginning, 40)!r}" if beginning else "a model"
            raise UsageError(f"{datanet} has not {wanted}: `curate train {datanet}` first")
        return entry.fact

    def _answers(self, setting: Setting, trained: ModelTrained, questions: Sequence[Question]) -> tuple[Answer, ...]:
        folder = self.shelf.model(trained.datanet, trained.model)
        if not folder.is_dir():
            raise EngineFailed(f"the files of model {trained.model[:12]} are missing: `curate train {trained.datanet}`")
        model = load_model(folder)
        if not setting.table and model.settings.encoder != setting.encoder_key:
            told = f"model {trained.model[:12]} was trained with another encoder than the card's"
            raise UsageError(f"{told}: `curate train {trained.datanet}`")
        return model.answer(self._vectors(setting, trained, questions))

    def _vectors(self, setting: Setting, trained: ModelTrained, questions: Sequence[Question]) -> NDArray[np.float32]:
        if setting.table:
            assert trained.reference is not None, "a table's model has the reference that its features come from"
            features = self.shelf.reference(trained.datanet, trained.reference).features
            assert features is not None, "a table's reference has features"
            return features.vectors([dict(one.values) for one in questions])  # type: ignore[arg-type]  # read by card
        vectors = setting.encoder.encode([one.text for one in questions])
        # A prompt is asked: the side of the response is left open, and says nothing.
        return joined_halves(vectors, np.zeros_like(vectors)) if setting.in_pairs else vectors

    def _body(self, datanet: str, question: Question, fee: int) -> str:
        told = digest(canonical_bytes(["curation.question/1", datanet, str(fee), question.content.decode()]))
        return salted(self._salt(), told)

    def _serve(self, trained: ModelTrained, key: str, body: str, fee: int, answer: Answer) -> Entry[InferenceServed]:
        fact = InferenceServed(
            datanet=trained.datanet,
            model=trained.model,
            key=key,
            body=body,
            fee=str(fee),
            answer=self.objects.put(AnswerFile(label=answer.label, logit=answer.logit_micro).written()),
            attribution=self.objects.put(write_attribution(Attribution(rows=answer.attribution))),
        )
        event = self._append(fact)
        return Entry(seq=event.seq, at=event.at, fact=fact)

    def _served(self, entry: Entry[InferenceServed], *, new: bool) -> Served:
        fact = entry.fact
        return Served(
            key=fact.key,
            seq=entry.seq,
            model=fact.model,
            label=AnswerFile.read(self.objects.get(fact.answer)).label,
            records=len(read_attribution(self.objects.get(fact.attribution)).rows),
            new=new,
        )


def checked_key(key: str) -> str:
    """The key itself; raises `UsageError` for what the journal cannot hold: it takes one word, no sentence."""
    if not _KEY.fullmatch(key):
        raise UsageError(f"the key {shown(key, 60)!r} cannot be used: one word of letters, digits and _.:/+=@- wanted")
    return key


def _refuse_others(questions: Sequence[Question], bodies: Sequence[str], known: dict[str, str]) -> None:
    """Raises `UsageError` for a key that stands for two different questions, before anything is served."""
    for question, body in zip(questions, bodies, strict=True):
        if known.setdefault(question.key, body) != body:
            raise UsageError(
                f"the key {shown(question.key, 60)!r} was used for another question or fee; nothing was served"
            )


def _question_card(datanet: Datanet) -> Datanet:
    """What a question to this datanet looks like: a key beside a text, or beside the fields of a row."""
    if datanet.task is Task.TABLE:
        fields = (_KEY_FIELD, *datanet.with_role(Role.FEATURE))
        return datanet.model_copy(update={"fields": fields, "unknown_fields": "reject"})
    fields = (_KEY_FIELD, CardField(name="text", role=Role.TEXT, required=True))
    return datanet.model_copy(update={"fields": fields, "task": Task.TEXT, "unknown_fields": "reject"})


def _question(row: Record, card: Datanet) -> Question:
    values = dict(row.values)
    key = checked_key(str(values.pop("key")))
    return Question(key=key, content=canonical_bytes(row.content), values=dict(values), text=card.text_of(values))
