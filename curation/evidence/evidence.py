"""What checks judge by: one contribution beside a reference and all that came earlier, each part computed once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from curation.datanet.card import Datanet, Task
from curation.datanet.record import Contribution
from curation.evidence.known import Known, columns_joined
from curation.evidence.language import foreignness
from curation.evidence.matches import Match, matches_of, proposed_rows
from curation.evidence.nearest import Nearest, nearest_before
from curation.evidence.reference import Reference
from curation.evidence.rule_results import RuleResult
from curation.finding import Floats, Related

NEIGHBOURS = 50


@dataclass(frozen=True)
class Language:
    """Of each record: `foreign` (n,) log-odds that the best language beats the card's, and that `best` language."""

    foreign: Floats
    best: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Barred:
    """A content that a person rejected: the record that was decided about, and who decided."""

    record: Related
    by: str


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """All that checks may know. Nothing here reads or writes; what is expensive is computed when first asked.

    `subjects` are the contribution's n readable records with vectors; `own` (n,) is each one's row among the
    reference's members, or −1; `earlier` came before and was not rejected; `rule_results` are the rules' verdicts by
    position among the subjects; `barred`, by content digest, is what people rejected. `self_checked` says that the
    reference was made of the contribution itself.
    """

    contribution: Contribution
    datanet: Datanet
    subjects: Known
    reference: Reference
    earlier: Known
    own: NDArray[np.int64]
    rule_results: Sequence[RuleResult]
    self_checked: bool
    encoder_languages: frozenset[str]
    barred: Mapping[str, Barred] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.subjects)

    @cached_property
    def rows(self) -> NDArray[np.int64]:
        """The index in the file of each subject, (n,)."""
        return np.array([record.index for record in self.contribution.records], dtype=np.int64)

    @property
    def has_text(self) -> bool:
        """Whether the records say something in words; the rows of a table do not."""
        return self.datanet.task is not Task.TABLE

    @cached_property
    def is_member(self) -> NDArray[np.bool_]:
        """Which subjects are members of the reference, (n,)."""
        member: NDArray[np.bool_] = self.own >= 0
        return member

    @cached_property
    def neighbours(self) -> Nearest:
        """The 50 nearest members of the reference, a subject's own row left out, (n, 50)."""
        return self.reference.members.index.nearest(self.subjects.vectors, NEIGHBOURS, self.own)

    @cached_property
    def logits(self) -> Floats:
        """The heads' logits, (n, C): cross-fitted for members, out of sample for all others anyway."""
        heads = self.reference.heads
        if heads is None:
            return np.zeros((len(self), 0))
        logits = heads.logits(self.subjects.vectors)
        logits[self.is_member] = self.reference.logits[self.own[self.is_member]]
        return logits

    @cached_property
    def rejected_by_rule(self) -> NDArray[np.bool_]:
        """Which subjects a critical rule rejects, (n,)."""
        mask = np.zeros(len(self), dtype=np.bool_)
        for result in self.rule_results:
            if result.rule.severity == "critical":
                mask[list(result.positions)] = True
        return mask

    @cached_property
    def others(self) -> Known:
        """What a subject may repeat, without vectors: the earlier records, then the subjects (those before)."""
        return columns_joined([self.earlier, self.subjects], table=self.subjects.table)

    @cached_property
    def matches(self) -> tuple[tuple[Match, ...], ...]:
        """The closest earlier records of each subject by words, at most five of each sort, rows into `others`."""
        proposed = proposed_rows(self.subjects, self.earlier, self.rejected_by_rule)
        return matches_of(self.subjects, self.others, proposed, self.reference.vocabulary, vectors_at=self._vectors_at)

    def _vectors_at(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """The vectors of rows of `others`, from where they lie: together they would be a second copy of the past."""
        first = len(self.earlier)
        found = np.empty((len(rows), self.subjects.vectors.shape[1]), dtype=np.float32)
        found[rows < first] = self.earlier.vectors[rows[rows < first]]
        found[rows >= first] = self.subjects.vectors[rows[rows >= first] - first]
        return found

    @cached_property
    def closest_meaning(self) -> tuple[NDArray[np.int64], Floats]:
        """The row among `others` nearest in meaning (−1: none) and its cosine, each (n,)."""
        near = self.earlier.index.nearest(self.subjects.vectors, 1)
        rows = near.rows[:, 0].copy()
        cosine = np.where(rows >= 0, near.similarity[:, 0], 0.0).astype(np.float64)
        here = self._before
        better = (here.rows[:, 0] >= 0) & (here.similarity[:, 0] > cosine)
        rows[better] = here.rows[better, 0] + len(self.earlier)
        return rows, np.where(better, here.similarity[:, 0], cosine).astype(np.float64)

    @cached_property
    def _before(self) -> Nearest:
        return nearest_before(self.subjects.vectors, 1, euclidean=self.subjects.table)

    @cached_property
    def language(self) -> Language:
        """The language of each record against the card's."""
        return Language(*foreignness(self.subjects.texts, self.datanet.languages))

    @cached_property
    def unserved(self) -> NDArray[np.bool_]:
        """Which records are in a language of the card that the encoder does not serve, (n,)."""
        served = self.encoder_languages
        if set(self.datanet.languages) <= served or not self.has_text:
            return np.zeros(len(self), dtype=np.bool_)
        wanted = set(self.datanet.languages) - served
        return np.array([best in wanted or not served & set(self.datanet.languages) for best in self.language.best])
