"""A datanet as its owner set it up: card, rules and encoder. Nothing about what was submitted."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from curation.datanet.canonical import canonical_bytes
from curation.datanet.card import Datanet, EncoderChoice, Task, load_card
from curation.errors import UsageError
from curation.evidence.encoder import Encoder
from curation.evidence.features import TableFeatures
from curation.evidence.judging import JudgeBeside
from curation.evidence.known import Known
from curation.evidence.pairs import joined_halves
from curation.evidence.rule_packs import Rule, load_rules


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
