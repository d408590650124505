"""The engine's real parts set up small: cards, contributions, references, and the evidence that they give together."""

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from curation.checks import all_checks
from curation.datanet.canonical import Value, canonical_bytes, digest
from curation.datanet.card import Datanet, Role, load_card
from curation.datanet.record import Contribution, Record, Unreadable, record_id
from curation.evidence.evidence import Evidence
from curation.evidence.features import TableFeatures
from curation.evidence.known import Known, joined, known_of
from curation.evidence.reference import Reference
from curation.evidence.rule_packs import Rule
from curation.evidence.rule_results import RuleResult
from curation.finding import Opinion, Severity
from curation.fitting import distinct, fit_reference
from tests.one_encoder import one_encoder

ROOT = Path(__file__).parents[1]
Vectors = NDArray[np.float32]


class Encodes(Protocol):
    """Texts to unit vectors: the one verb of the port."""

    def __call__(self, texts: Sequence[str], /) -> Vectors: ...


class Asked(Protocol):
    """The evidence about these rows beside the example datanet."""

    def __call__(
        self, rows: Sequence[Mapping[str, Value] | None], results: Sequence[RuleResult] = ..., /
    ) -> Evidence: ...


def a_card(task: str = "labelled-text", **changes: Any) -> Datanet:
    fields: dict[str, list[dict[str, Any]]] = {
        "text": [{"name": "text", "role": "text", "required": True}],
        "labelled-text": [{"name": "text", "role": "text", "required": True}, {"name": "label", "role": "label"}],
        "instruction": [{"name": "question", "role": "prompt"}, {"name": "answer", "role": "response"}],
        "table": [
            {"name": "crop", "role": "feature"},
            {"name": "area", "type": "number", "role": "feature", "unit": "ha"},
            {"name": "yield", "type": "number", "role": "feature", "unit": "t"},
            {"name": "sown", "type": "date", "role": "feature"},
        ],
    }
    card = {
        "schema": "curation.datanet/1",
        "name": "demo-net",
        "title": "A demonstration",
        "licence": "CC0-1.0",
        "languages": ["en"],
        "task": task,
        "fields": [{"name": "id", "role": "id"}, *fields[task]],
    }
    return Datanet.model_validate(card | changes)


def a_contribution(
    datanet: Datanet, rows: Sequence[Mapping[str, Value] | None], contributor: str = "ada"
) -> Contribution:
    """A contribution of these rows, read; None stands for a row that nobody could read."""
    written = [None if row is None else dict(row) for row in rows]
    file_digest = digest(canonical_bytes(written))
    read: list[Record | Unreadable] = []
    for index, row in enumerate(written):
        if row is None:
            problem = "a trailing comma, strict JSON wanted"
            read.append(Unreadable(index=index, line=index + 1, column=9, code="json-syntax", message=problem))
            continue
        values = {name: value for name, value in row.items() if value is not None}
        content = {name: value for name, value in values.items() if name != datanet.name_of(Role.ID)}
        name = record_id(datanet.name, contributor, file_digest, index)
        read.append(Record(id=name, index=index, line=index + 1, values=values, content=content))
    return Contribution(
        datanet=datanet.name, contributor=contributor, file_name="rows", file_digest=file_digest, rows=tuple(read)
    )


def labelled(texts: Sequence[str], label: str = "a") -> list[dict[str, Value]]:
    return [{"text": text, "label": label} for text in texts]


def records_of(
    datanet: Datanet, rows: Sequence[Mapping[str, Value]], vectors: Vectors | None = None, contributor: str = "owner"
) -> Known:
    """Rows as known records; without vectors they all point the same way, so that words alone tell them apart."""
    known = known_of(a_contribution(datanet, rows, contributor).records, datanet, contributor)
    return known.with_vectors(np.ones((len(rows), 1), dtype=np.float32) if vectors is None else vectors)


def nobody(like: Known) -> Known:
    return joined([], table=like.table).with_vectors(like.vectors[:0])


def evidence_about(
    contribution: Contribution,
    datanet: Datanet,
    reference: Reference,
    vectors: Vectors,
    *,
    earlier: Known | None = None,
    results: Sequence[RuleResult] = (),
    serves: Sequence[str] = ("en",),
) -> Evidence:
    subjects = known_of(contribution.records, datanet, contribution.contributor).with_vectors(vectors)
    own = np.array([reference.row_of_id.get(one, -1) for one in subjects.ids], dtype=np.int64)
    return Evidence(
        contribution=contribution,
        datanet=datanet,
        subjects=subjects,
        reference=reference,
        earlier=reference.members if earlier is None else earlier,
        own=own.reshape(len(subjects)),
        rule_results=results,
        self_checked=False,
        encoder_languages=frozenset(serves),
    )


def judged_by(name: str, evidence: Evidence) -> Opinion:
    """What the check of this name says."""
    (check,) = (one for one in all_checks() if one.name == name)
    assert check.applies(evidence.datanet)
    return check.judge(evidence)


def a_rule(severity: Severity, evidence: float = 0.0, code: str = "demo/too-short") -> Rule:
    return Rule(
        code=code,
        pack="demo",
        type="expect_column_value_lengths_to_be_between",
        kwargs={"column": "text", "min_value": 3},
        severity=severity,
        message="`{field}` is too short",
        evidence=evidence,
        fix="write more",
        why="",
        passes=(),
        fails=(),
        field="text",
    )


def clusters(count: int, classes: int, *, seed: int = 7, spread: float = 0.35) -> tuple[Vectors, list[str]]:
    """Unit vectors (count · classes, 16) around one direction a class, and their labels."""
    chance = np.random.default_rng(seed)
    centres = np.eye(16)[:classes]
    points = np.repeat(centres, count, axis=0) + spread * chance.normal(size=(count * classes, 16)) / 4
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    return points.astype(np.float32), [f"class-{code}" for code in np.repeat(np.arange(classes), count)]


def cluster_rows(labels: Sequence[str], *, start: int = 0) -> list[dict[str, Value]]:
    """One row a label, whose words no other row has and no language either: only their vectors tell about these."""
    return [
        {"text": " ".join(f"{start + place:05d}{word}" for word in range(6)), "label": label}
        for place, label in enumerate(labels)
    ]


def cluster_reference(
    count: int = 40, classes: int = 3, *, datanet: Datanet | None = None, relabel: Mapping[int, str] | None = None
) -> Reference:
    """A reference of numbers instead of texts: `count` members in each of `classes` clusters."""
    datanet = datanet or a_card()
    vectors, labels = clusters(count, classes)
    for row, label in (relabel or {}).items():
        labels[row] = label
    members = records_of(datanet, cluster_rows(labels), vectors)
    return fit_reference(members, datanet, b"card", "numbers", None)


def in_the_middle(
    reference: Reference,
    rows: Sequence[Mapping[str, Value] | None],
    *,
    code: int = 0,
    datanet: Datanet | None = None,
    results: Sequence[RuleResult] = (),
    serves: Sequence[str] = ("en",),
) -> Evidence:
    """A stranger's records in the middle of one cluster of a `cluster_reference`: words and labels tell them apart."""
    datanet = datanet or a_card()
    contribution = a_contribution(datanet, rows)
    vectors = np.repeat(np.eye(16, dtype=np.float32)[[code]], len(contribution.records), axis=0)
    return evidence_about(contribution, datanet, reference, vectors, results=results, serves=serves)


def text_reference(
    datanet: Datanet, rows: Sequence[Mapping[str, Value]], encode: Encodes, features: TableFeatures | None = None
) -> Reference:
    known = records_of(datanet, rows)
    members = known.with_vectors(encode(known.texts) if features is None else features.vectors(list(rows)))
    return fit_reference(distinct(members, datanet), datanet, b"card", "encoder", features)


@lru_cache(maxsize=1)
def medical_card() -> Datanet:
    return load_card(ROOT / "datanets" / "medical-questions")[0]


@lru_cache(maxsize=1)
def medical_rows() -> tuple[Mapping[str, Value], ...]:
    path = ROOT / "datanets" / "medical-questions" / "trusted" / "records.jsonl"
    return tuple(json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())


@lru_cache(maxsize=1)
def medical_reference(cache: Path) -> Reference:
    """The example datanet's reference, fitted once a process."""
    return text_reference(medical_card(), medical_rows(), one_encoder(cache).encode)


def medical_evidence(
    cache: Path, rows: Sequence[Mapping[str, Value] | None], results: Sequence[RuleResult] = ()
) -> Evidence:
    """A stranger's questions beside the example datanet."""
    contribution = a_contribution(medical_card(), rows)
    vectors = one_encoder(cache).encode([str(record.values["question"]) for record in contribution.records])
    return evidence_about(contribution, medical_card(), medical_reference(cache), vectors, results=results)
