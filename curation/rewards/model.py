"""A model of a datanet: fitted on weighted records, it answers a question and says which records the answer rests on.

With labels it predicts one, and a record's part is its influence on that (influence.py). Without labels it shows what
lies nearest, and a record's part is its share of the similarity (retrieval.py).

On disk it is one safetensors file with its numbers and one JSON file with the rest and the digests of both, read with
numpy alone: answering needs none of the libraries that training does.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from curation.datanet.canonical import Json, canonical_bytes, digest
from curation.errors import EngineFailed, UsageError
from curation.evidence.reference import read_arrays
from curation.rewards.influence import Influence, influence_of
from curation.rewards.one_vs_rest import OneVsRest, codes_of, fit_one_vs_rest
from curation.rewards.quantised import quantised
from curation.rewards.retrieval import Retrieval

# Part of every model's id: a change of this code's meaning makes new models.
ENGINE: Final = "1"
MILLION: Final = 1_000_000

_JSON_FILE: Final = "model.json"
_ARRAYS_FILE: Final = "model.safetensors"
_SCHEMA: Final = "curation.model/1"


@dataclass(frozen=True, kw_only=True)
class TrainingSet:
    """n records in the order of who was first: `vectors` (n, d), `weights` in millionths, `labels` where there are any.

    `novelty`, in millionths, says how new each is; None: all wholly.

    A record without weight trains nothing and attracts nothing; it is here to keep its row. `table` says that the
    vectors are features of a table's rows, which lie near by their distance and not by their angle.
    """

    ids: tuple[str, ...]
    vectors: NDArray[np.float32]
    labels: tuple[str, ...] | None
    weights: tuple[int, ...]
    novelty: tuple[int, ...] | None = None
    table: bool = False

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How a model is made. `ridge` is λ as a decimal, .2 for the reasons in docs/benchmarks.md.

    `kept` is the most records that an influence names, `nearest` how many a retrieval shows. `encoder` says what made
    the vectors: the encoder's digest, or the reference that a table's features come from.
    """

    ridge: str = "0.2"
    kept: int = 256
    nearest: int = 16
    encoder: str = ""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a model says to one question, and on which records that rests.

    `label` is the predicted class and `logit_micro` its log-odds against the rest in millionths; None where nothing is
    predicted. `attribution` are rows of the training set with integers, the largest (10**9) first; empty where no
    record spoke for the answer.
    """

    label: str | None
    logit_micro: int | None
    attribution: tuple[tuple[int, int], ...]


@dataclass(frozen=True, kw_only=True)
class Predictor:
    """Heads, and what each record did to them."""

    heads: OneVsRest
    influence: Influence


@dataclass(frozen=True, kw_only=True)
class Model:
    """A fitted model; `ids` are the records of its training set, whose rows its answers name."""

    ids: tuple[str, ...]
    settings: Settings
    rests_on: Predictor | Retrieval

    @cached_property
    def kind(self) -> Literal["heads", "similarity"]:
        """What its attribution is: influence on trained heads, or similarity alone."""
        return "heads" if isinstance(self.rests_on, Predictor) else "similarity"

    def answer(self, vectors: NDArray[np.float32]) -> tuple[Answer, ...]:
        """An answer to each question, given as `vectors` (q, d). No answer depends on the other questions."""
        if isinstance(self.rests_on, Retrieval):
            return tuple(self._shown(self.rests_on, vector) for vector in vectors)
        return tuple(self._predicted(self.rests_on, vector) for vector in vectors)

    def _predicted(self, predictor: Predictor, vector: NDArray[np.float32]) -> Answer:
        logits = predictor.heads.logits(vector[None, :])[0]
        place = int(logits.argmax())
        rows, effects = predictor.influence.strongest(vector, place, self.settings.kept)
        return Answer(
            label=predictor.heads.classes[place],
            logit_micro=round(float(logits[place]) * MILLION),
            attribution=quantised(rows, effects),
        )

    def _shown(self, retrieval: Retrieval, vector: NDArray[np.float32]) -> Answer:
        rows, similarity = retrieval.nearest(vector, self.settings.nearest)
        return Answer(label=None, logit_micro=None, attribution=quantised(rows, similarity))


def fit(training: TrainingSet, settings: Settings) -> Model:
    """A model of the records that have a weight.

    Raises `UsageError` when none has, `EngineFailed` when the fit does not come to its end.
    """
    weights = np.array(training.weights, dtype=np.float64) / MILLION
    novelty = np.array(training.novelty or (MILLION,) * len(training), dtype=np.float64) / MILLION
    rows = np.flatnonzero(weights > 0)
    if not len(rows):
        raise UsageError("no record has a weight to train with")
    if training.labels is None:
        vectors = np.ascontiguousarray(training.vectors[rows])
        near = Retrieval(rows=rows, vectors=vectors, table=training.table, novelty=novelty[rows])
        return Model(ids=training.ids, settings=settings, rests_on=near)
    # By id, so that sums of floating-point numbers do not depend on the order in which the records are given.
    rows = np.array(sorted(rows.tolist(), key=lambda row: training.ids[row]), dtype=np.int64)
    vectors, counted = np.ascontiguousarray(training.vectors[rows]), weights[rows]
    labels = [training.labels[row] for row in rows]
    heads = fit_one_vs_rest(vectors, labels, counted, float(Decimal(settings.ridge)))
    influence = influence_of(heads, vectors, codes_of(labels, heads.classes), counted, rows, novelty[rows])
    return Model(ids=training.ids, settings=settings, rests_on=Predictor(heads=heads, influence=influence))


def model_id(card: bytes, training: TrainingSet, settings: Settings, frozen: bytes = b"") -> str:
    """32 hexadecimal digits for a card, records with labels and weights, and settings; never for numbers computed.

    The order of the records counts: the rows of an attribution are places in it. `frozen` is the file of what else the
    model freezes, whose each record is and what it repeats: two models that pay differently are not one.
    """
    labels: Sequence[str | None] = training.labels or (None,) * len(training)
    told: list[Json] = [ENGINE, digest(card), asdict(settings), training.table, training.labels is not None]
    told.append(digest(frozen))
    begun = hashlib.sha256(canonical_bytes(told))
    for record in zip(training.ids, labels, training.weights, strict=True):
        begun.update(b"\n" + canonical_bytes(list(record)))
    return begun.hexdigest()[:32]


def save_model(model: Model, folder: Path) -> None:
    """Writes both files into an existing folder; the same model gives the same bytes."""
    from safetensors.numpy import save  # noqa: PLC0415  (only writing needs it)

    arrays: dict[str, Any] = {name: getattr(_numbers(model), name) for name in ("rows", "vectors", "novelty")}
    described: dict[str, Json] = {"schema": _SCHEMA, "kind": model.kind, "ids": list(model.ids)}
    described["settings"] = asdict(model.settings)
    if isinstance(model.rests_on, Predictor):
        heads, influence = model.rests_on.heads, model.rests_on.influence
        arrays |= {"coefficients": heads.coefficients, "inverses": influence.inverses, "pulls": influence.pulls}
        described |= {"classes": list(heads.classes), "table": False}
    else:
        described |= {"classes": [], "table": model.rests_on.table}
    data = save({name: np.ascontiguousarray(array) for name, array in arrays.items()})
    described["arrays"] = digest(data)
    described["digest"] = digest(canonical_bytes(described))
    (folder / _ARRAYS_FILE).write_bytes(data)
    (folder / _JSON_FILE).write_bytes(canonical_bytes(described))


def load_model(folder: Path) -> Model:
    """The model in a folder; raises `EngineFailed` when its files are damaged or do not belong together."""
    try:
        described = json.loads((folder / _JSON_FILE).read_bytes())
        wanted = described.pop("digest")
        if digest(canonical_bytes(described)) != wanted:
            raise EngineFailed(f"model {folder.name}: its description does not match its digest; run `curate train`")
        arrays = read_arrays(folder / _ARRAYS_FILE, described["arrays"])
        if arrays is None:
            raise EngineFailed(f"model {folder.name}: the arrays do not match their digest; run `curate train`")
        return _put_together(described, arrays)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise EngineFailed(f"model {folder.name} cannot be read: {type(error).__name__}; run `curate train`") from None


def _numbers(model: Model) -> Influence | Retrieval:
    return model.rests_on.influence if isinstance(model.rests_on, Predictor) else model.rests_on


def _put_together(described: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Model:
    """The model of its two files' contents; raises `KeyError` or `TypeError` when a part is missing."""
    if described["schema"] != _SCHEMA:
        raise ValueError(described["schema"])
    settings = Settings(**described["settings"])
    rests_on: Predictor | Retrieval
    if described["kind"] == "similarity":
        rests_on = Retrieval(
            rows=arrays["rows"], vectors=arrays["vectors"], table=described["table"], novelty=arrays["novelty"]
        )
    else:
        heads = OneVsRest(
            classes=tuple(described["classes"]), coefficients=arrays["coefficients"], ridge=float(settings.ridge)
        )
        influence = Influence(
            rows=arrays["rows"],
            vectors=arrays["vectors"],
            inverses=arrays["inverses"],
            pulls=arrays["pulls"],
            novelty=arrays["novelty"],
        )
        rests_on = Predictor(heads=heads, influence=influence)
    return Model(ids=tuple(described["ids"]), settings=settings, rests_on=rests_on)
