"""What was submitted to a datanet and still stands, without opening the store."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from curation.calibration import AuditSample, audited_of
from curation.evidence.evidence import Barred
from curation.evidence.known import Known, joined
from curation.finding import Related
from curation.ledger.shelf import Shelf, Shelved
from curation.ledger.standing import Ruling, Standing, standings
from curation.ledger.state import State, Submission, place_of
from curation.quality import Audited
from curation.setting import Setting
from curation.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """What people said of a record that was drawn at random, and the probability it was drawn with, in millionths."""

    good: bool
    ppm: int


@dataclass(frozen=True, kw_only=True)
class Past:
    """What was submitted to a datanet and still stands, in journal order.

    `known` are all readable records of all contributions in the order of who was first, `standings` what became of
    each, `imported` which belong to imports, `places` (n,) the journal line that each holds its place by, `seqs` (n,)
    that of its submission; all of the same length. `rulings` holds the latest decision about each record, `audits` the
    latest about each that was drawn at random.
    """

    known: Known
    standings: tuple[Standing, ...]
    imported: NDArray[np.bool_]
    places: NDArray[np.int64]
    seqs: NDArray[np.int64]
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

    def earlier(self, before: int | None = None) -> Known:
        """The records that a new one may repeat: all that are neither rejected nor withdrawn.

        `before` is the place of the new one, where it committed to its contents earlier than it shows them.
        """
        gone = (Verdict.REJECT, Verdict.WITHDRAWN)
        standing = [row for row, one in enumerate(self.standings) if one.verdict not in gone]
        return self.known.taken(standing if before is None else [row for row in standing if self.places[row] < before])

    def members(self, labels: Mapping[int, str]) -> Known:
        """The records that the next reference is made of: imported ones not rejected, and those people accepted.

        `labels` as for `relabelled`.
        """
        chosen = []
        for row, one in enumerate(self.standings):
            trusted = one.ruling is not None and one.verdict is Verdict.ACCEPT
            gone = one.verdict in (Verdict.REJECT, Verdict.WITHDRAWN)
            if not gone and (self.imported[row] or trusted):
                chosen.append(row)
        return self.relabelled(labels).taken(chosen)

    def relabelled(self, labels: Mapping[int, str]) -> Known:
        """All records, with the labels that curators set.

        `labels` holds, by the journal line of a decision, the label that it set: like the decision itself it covers
        all identical content.
        """
        found = {
            one.record: labels[one.ruling.seq]
            for one in self.standings
            if one.ruling is not None and one.ruling.seq in labels
        }
        return self.known.relabelled(found) if found else self.known

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
    lines: list[tuple[int, int]] = []
    for submission in state.of_datanet(setting.datanet.name):
        kept = shelf.get(submission.fact.contribution, setting.datanet.name, setting.encoder_key)
        parts.append(kept or shelved(submission, setting))
        imported += [submission.fact.kind == "import"] * len(parts[-1].known)
        lines += [(place_of(submission), submission.seq)] * len(parts[-1].known)
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
        places=np.array([place for place, _ in lines], dtype=np.int64),
        seqs=np.array([seq for _, seq in lines], dtype=np.int64),
        rulings=rulings,
        audits={
            # A label that had to be changed was wrong, and so was the record as it came.
            record: Drawn(good=entry.fact.decision == "accept", ppm=entry.fact.drawn_ppm)
            for record, entry in state.audits.items()
            if entry.fact.drawn_ppm is not None
        },
    )
