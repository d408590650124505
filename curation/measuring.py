"""What curators are told of themselves and each other: agreement, accuracy on gold, seconds."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from curation.audit.curators import Curator, GoldAnswer, curators
from curation.errors import EngineFailed
from curation.evidence.cleanlab import annotator_quality
from curation.evidence.heads import softmax
from curation.evidence.reference import Reference
from curation.finding import Floats
from curation.ledger.answers import Answer, Saying
from curation.ledger.state import State
from curation.review.second import ANSWERS_WANTED
from curation.reviewing_many import ReviewingMany

if TYPE_CHECKING:  # the store brings DuckDB, which a check does not need
    from curation.ledger.store import Store

# So many records with two labels or more tell people apart; with fewer, plain agreement has to do.
LABELLED_MIN = 10
# No label is quite impossible, one that the reference has not seen neither.
PROBABILITY_MIN = 1e-4

_OF = "SELECT record, datanet, contribution, label FROM records WHERE record IN (SELECT unnest($1::VARCHAR[]))"
_Rows = Mapping[str, Mapping[str, str | None]]


class Measuring(ReviewingMany):
    """A workspace that tells how its curators do."""

    def curators(self, datanets: Sequence[str] = ()) -> tuple[Curator, ...]:
        """Everybody who said a word about a record of these datanets (empty: all), by name, in figures.

        Opinions count once they cannot be taken back any more. Agreement and accuracy are of those that were asked
        for: whoever looks up what was decided, and says the same unasked, is not the better for it.
        """
        state = self.state()
        opinions = [one for one in self.opinions(state) if self.is_settled(one)]
        said = {(one.fact.record, one.fact.by, one.seq) for one in state.words.values()}
        said |= {(one.record, one.by, one.seq) for one in opinions}
        with self.store() as store:
            rows = _rows(store, {record for record, _, _ in said}, datanets)
        sure = {record: one for record, one in self.gold(state).items() if record in rows and not one.is_disputed}
        gold: defaultdict[str, list[GoldAnswer]] = defaultdict(list)
        looks = self.book.looks()
        # A word without a lease, or about many, is no look that was asked for.
        asked = {look.line for look in looks if look.line is not None and look.done > look.since}
        unknowing = [one for one in opinions if one.seq in asked]
        for given in unknowing:
            one = sure.get(given.record)
            if one is not None and one.measures(given):
                gold[given.by].append(GoldAnswer(record=one.record, said=given.said, right=one.said))
        seconds: defaultdict[str, list[int]] = defaultdict(list)
        accepted: defaultdict[tuple[str, bool], list[bool]] = defaultdict(list)
        # Of opinions those that count elsewhere too, or what is counted earlier here would tell which were opinions.
        counted = {line for _, _, line in said}
        for look in looks:
            if look.line in asked and look.record in rows:
                seconds[look.curator].append(look.done - look.since)
                if look.line in counted:
                    accepted[look.curator, look.hidden].append(look.action != "reject")
        answers = self._independent(state, unknowing, rows)
        return curators(
            Counter(by for record, by, _ in said if record in rows),
            answers,
            gold,
            seconds,
            self._qualities(state, answers, rows),
            accepted,
        )

    def _independent(self, state: State, opinions: Sequence[Answer], rows: _Rows) -> dict[str, dict[str, Saying]]:
        """What people said without knowing of each other, by record and curator.

        Opinions, and decisions while too few had said something for that to be shown; none that answers a dispute.
        """
        about = {one.record for one in opinions if one.record in rows}
        told = [one for one in opinions if one.record in about]
        told += [self.decided(entry) for entry in state.rulings if entry.fact.record in about]
        disputes = [(entry.fact.record, entry.seq) for entry in state.doubts]
        disputes += [(entry.fact.record, entry.seq) for entry in state.appeals]
        disputed = dict(sorted(disputes, key=lambda one: -one[1]))
        found: dict[str, dict[str, Saying]] = {}
        for one in sorted(told, key=lambda one: one.seq):
            said = found.setdefault(one.record, {})
            if one.is_opinion or (len(said) < ANSWERS_WANTED and one.seq < disputed.get(one.record, one.seq + 1)):
                said.setdefault(one.by, one.said)
        return found

    def _qualities(self, state: State, answers: Mapping[str, Mapping[str, Saying]], rows: _Rows) -> dict[str, float]:
        """The quality of those who gave labels in a datanet with enough of them; the mean over such datanets."""
        found: defaultdict[str, list[tuple[float, int]]] = defaultdict(list)
        for name in sorted({str(rows[record]["datanet"]) for record in answers}):
            labels = {
                record: given
                for record, told in sorted(answers.items())
                if rows[record]["datanet"] == name and len(given := _labels(told, rows[record]["label"])) > 1
            }
            probabilities = self._probabilities(state, name, labels, rows) if len(labels) >= LABELLED_MIN else {}
            known = {record: labels[record] for record in probabilities}
            if len(known) >= LABELLED_MIN:
                for curator, quality, count in _by_labels(known, probabilities):
                    found[curator].append((quality, count))
        return {
            curator: sum(quality * count for quality, count in told) / sum(count for _, count in told)
            for curator, told in found.items()
        }

    def _probabilities(
        self, state: State, name: str, records: Collection[str], rows: _Rows
    ) -> dict[str, dict[str, float]]:
        """How likely each label is, by the head of the reference that judged the record when it was new."""
        by_contribution: defaultdict[str, list[str]] = defaultdict(list)
        for record in records:
            by_contribution[str(rows[record]["contribution"])].append(record)
        found: dict[str, dict[str, float]] = {}
        references: dict[str, Reference] = {}
        for contribution, own in by_contribution.items():
            submission = state.contribution_with_id(contribution)
            version = None if submission is None else submission.fact.reference
            known = self._columns(state, contribution)
            if version is None or known is None:
                continue
            if version not in references:
                try:
                    references[version] = self.shelf.reference(name, version)
                except EngineFailed:  # a version whose files are gone: its records are left to plain agreement
                    continue
            reference = references[version]
            if reference.heads is not None:
                places = [known.ids.index(record) for record in own]
                likely = softmax(reference.heads.logits(known.vectors[places]))
                for record, row in zip(own, likely.tolist(), strict=True):
                    found[record] = dict(zip(reference.classes, row, strict=True))
        return {record: found[record] for record in sorted(found)}


def _rows(store: "Store", records: Collection[str], datanets: Sequence[str]) -> dict[str, dict[str, str | None]]:
    found = store.query(_OF, [sorted(records)])
    return {row["record"]: row for row in found if not datanets or row["datanet"] in datanets}


def _labels(told: Mapping[str, Saying], given: str | None) -> dict[str, str]:
    """The label that each curator says is right; who rejects a record says none."""
    said = {by: given if decision == "accept" else label for by, (decision, label) in told.items()}
    return {by: label for by, label in said.items() if label is not None}


def _by_labels(
    labels: Mapping[str, Mapping[str, str]], probabilities: Mapping[str, Mapping[str, float]]
) -> list[tuple[str, float, int]]:
    """Each curator's quality and how many labels it rests on; without those it cannot be told of."""
    names = sorted({by for told in labels.values() for by in told})
    classes = sorted({label for told in labels.values() for label in told.values()}.union(*probabilities.values()))
    codes: Floats = np.full((len(labels), len(names)), np.nan)
    likely: Floats = np.full((len(labels), len(classes)), PROBABILITY_MIN)
    for row, (record, told) in enumerate(labels.items()):
        for by, label in told.items():
            codes[row, names.index(by)] = classes.index(label)
        for label, probability in probabilities[record].items():
            likely[row, classes.index(label)] += probability
    found = annotator_quality(codes, likely / likely.sum(axis=1, keepdims=True))
    counts = (~np.isnan(codes)).sum(axis=0)
    told_of = zip(names, found.tolist(), counts.tolist(), strict=True)
    return [(name, quality, count) for name, quality, count in told_of if not np.isnan(quality)]
