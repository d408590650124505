"""A datanet with its owner, eight honest people and real questions: who brings what, split anew by each seed."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

from benchmarks.attacks.item import Hand, Row, Shape, chance, hand
from benchmarks.attacks.rewriting import texting

_BANKING: Final = """\
schema: curation.datanet/1
name: banking77
title: Questions to an online bank by intent
licence: CC-BY-4.0
languages: [en]
task: labelled-text
fields:
  - {name: id, role: id, required: true}
  - {name: text, role: text, required: true}
  - {name: label, role: label, required: true}
"""
_MEDQUAD: Final = """\
schema: curation.datanet/1
name: medquad
title: Medical questions and answers
licence: CC-BY-4.0
languages: [en]
task: instruction
fields:
  - {name: id, role: id, required: true}
  - {name: question, role: prompt, required: true}
  - {name: answer, role: response, required: true}
"""
# Long answers cost the encoder most of a run.
_ANSWER_LETTERS: Final = (40, 600)
_STYLE_SOURCES: Final = ("NIHSeniorHealth", "MPlusHealthTopics")
_RARE_TYPES: Final = ("research", "outlook", "susceptibility")


@dataclass(frozen=True, kw_only=True)
class Size:
    """How much of everything: records imported, of each kind of contributor, of an attack; questions a period."""

    classes: int
    imported: int
    large: int
    steady: int
    newcomer: int
    rare: int
    small: int
    attack: int
    questions: int
    audits: int
    reviews: int
    rare_imported: int = 6


LARGE: Final = Size(
    classes=77, imported=1600, large=300, steady=160, newcomer=120, rare=80, small=40, attack=160, questions=300,
    audits=100, reviews=60,
)  # fmt: skip
USUAL: Final = Size(
    classes=16, imported=440, large=100, steady=60, newcomer=50, rare=30, small=18, attack=60, questions=100,
    audits=100, reviews=25,
)  # fmt: skip
SMALL: Final = Size(
    classes=10, imported=220, large=60, steady=30, newcomer=24, rare=16, small=10, attack=30, questions=40,
    audits=100, reviews=12,
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class World:
    """Everything that is there before an attacker comes.

    `honest` are whole contributors; the newcomer brings everything in the second period, the others half in each.
    `unseen` are good records that nobody submits, for attackers who begin honestly; `foreign` are of another subject.
    """

    name: str
    seed: int
    card: str
    shape: Shape
    size: Size
    imported: tuple[Row, ...]
    honest: Mapping[str, Hand]
    unseen: tuple[Row, ...]
    foreign: tuple[Row, ...]
    questions: tuple[str, ...]

    @property
    def others(self) -> tuple[Row, ...]:
        """Every record that somebody else brings, imported or submitted."""
        return (*self.imported, *(item.row for one in self.honest.values() for item in one.items))


def world_of(name: str, data: Path, seed: int, size: Size) -> World:
    """The world of one datanet and seed."""
    return {"banking77": _banking, "medquad": _medquad}[name](data, seed, size)


def _rows(data: Path, name: str) -> list[Row]:
    with (data / name / "data.jsonl").open(encoding="utf-8") as stream:
        return [json.loads(line) for line in stream]


def _banking(data: Path, seed: int, size: Size) -> World:
    draw = chance("banking77", seed)
    rows = _rows(data, "banking77")
    labels = sorted({row["label"] for row in rows})
    kept = set(draw.sample(labels, size.classes))
    rows = [row for row in rows if row["label"] in kept]
    by_label: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row["split"] == "train":
            by_label[row["label"]].append({"text": row["text"], "label": row["label"]})
    enough = sorted(label for label, of in by_label.items() if len(of) >= 40)
    rare = set(draw.sample(enough, max(3, size.classes // 10)))
    scarce, plenty = _pools([by_label[one] for one in sorted(by_label)], lambda row: row["label"] in rare, draw)
    foreign = [
        {"text": row["text"], "label": draw.choice(labels_kept)}
        for labels_kept in [sorted(kept)]
        for row in _rows(data, "clinc150_oos")
        if row["domain"] not in ("banking", "credit_cards", None)
    ]
    asked = [row["text"] for row in rows if row["split"] == "test"]
    return _world(
        "banking77", seed, _BANKING, Shape(texts=("text",), asked="text", answer="label"), size,
        scarce, plenty, None, foreign, asked, draw,
    )  # fmt: skip


def _medquad(data: Path, seed: int, size: Size) -> World:
    draw = chance("medquad", seed)
    low, high = _ANSWER_LETTERS
    rows = [row for row in _rows(data, "medquad") if row["answer"] and low <= len(row["answer"]) <= high]
    draw.shuffle(rows)
    # One template fills a third of the source: as many of it as of the others.
    seen: dict[str, int] = defaultdict(int)
    spread = []
    for row in rows:
        seen[row["question_type"]] += 1
        if seen[row["question_type"]] <= len(rows) // 6:
            spread.append(row)
    asked = [row["question"] for row in spread[: size.questions * 2]]
    rest = spread[size.questions * 2 :]

    def plain(row: Row) -> Row:
        return {"question": row["question"], "answer": row["answer"]}

    style = [plain(row) for row in rest if row["source"] in _STYLE_SOURCES]
    usual = [row for row in rest if row["source"] not in _STYLE_SOURCES]
    scarce = [plain(row) for row in usual if row["question_type"] in _RARE_TYPES]
    plenty = [plain(row) for row in usual if row["question_type"] not in _RARE_TYPES]
    foreign = [
        {"question": row["instruction"], "answer": row["response"]}
        for row in _rows(data, "halueval_general")
        if row["instruction"] and row["response"] and low <= len(row["response"]) <= high
    ]
    return _world(
        "medquad", seed, _MEDQUAD, Shape(texts=("question", "answer"), asked="question", answer="answer"), size,
        scarce, plenty, style, foreign, asked, draw,
    )  # fmt: skip


def _pools(groups: Sequence[list[Row]], is_rare: object, draw: Random) -> tuple[list[Row], list[Row]]:
    scarce: list[Row] = []
    plenty: list[Row] = []
    for group in groups:
        (scarce if is_rare(group[0]) else plenty).extend(group)  # type: ignore[operator]
    draw.shuffle(scarce)
    draw.shuffle(plenty)
    return scarce, plenty


def _world(  # noqa: PLR0913, PLR0917  (the parts of a world)
    name: str,
    seed: int,
    card: str,
    shape: Shape,
    size: Size,
    scarce: list[Row],
    plenty: list[Row],
    style: list[Row] | None,
    foreign: list[Row],
    asked: list[str],
    draw: Random,
) -> World:
    """Deals the records out: a few of the rare classes and the rest of the others to the owner, then to each person."""
    per_class: dict[str, int] = defaultdict(int)
    scarce_imported: list[Row] = []
    scarce_left: list[Row] = []
    for row in scarce:
        per_class[row[shape.answer]] += 1
        few = per_class[row[shape.answer]] <= size.rare_imported if len(shape.texts) == 1 else len(scarce_imported) < 20
        (scarce_imported if few else scarce_left).append(row)
    left = iter(plenty)

    def taken(count: int) -> list[Row]:
        return [next(left) for _ in range(count)]

    imported = [*scarce_imported, *taken(size.imported - len(scarce_imported))]
    draw.shuffle(imported)
    other = [shape.edited(row, texting) for row in taken(size.steady)] if style is None else style[: size.steady]
    honest = {
        "large": taken(size.large),
        "steady-one": taken(size.steady),
        "steady-two": taken(size.steady),
        "style": other,
        "newcomer": taken(size.newcomer),
        "rare": scarce_left[: size.rare],
        "small": taken(size.small),
    }
    draw.shuffle(foreign)
    draw.shuffle(asked)
    return World(
        name=name,
        seed=seed,
        card=card,
        shape=shape,
        size=size,
        imported=tuple({**row} for row in imported),
        honest={who: hand(who, rows) for who, rows in honest.items()},
        unseen=tuple(left),
        foreign=tuple(foreign),
        questions=tuple(asked),
    )
