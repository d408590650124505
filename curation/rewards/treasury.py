"""What the journal and its files say of money: books, epochs, models, audits. Reads, moves nothing."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from curation.errors import JournalBroken, UsageError
from curation.ledger.money_facts import InferenceServed, ModelTrained
from curation.ledger.money_files import (
    EpochFile,
    HitsFile,
    MemberLine,
    MoveLine,
    MovesFile,
    TermsFile,
    read_attribution,
    read_members,
)
from curation.ledger.objects import Objects
from curation.ledger.state import Entry, State
from curation.rewards.books import Books
from curation.rewards.formula import MILLION, credit_share, effective, pay
from curation.rewards.settlement import Found, Model, Owed


@dataclass(frozen=True, kw_only=True)
class Earned:
    """What one record earned by one inference: `units = pool · share · novelty · credit`, rounded down.

    `pool` and `units` are base units, the others shares; `credit` is m(weight).
    """

    epoch: int
    inference: int
    pool: int
    share: float
    novelty: float
    weight: float
    credit: float
    units: int


@dataclass(frozen=True)
class Treasury:
    """Everything about money as the journal's `state` has it; files are read once, when first asked for."""

    state: State
    objects: Objects

    @cached_property
    def epochs(self) -> tuple[EpochFile, ...]:
        """What each epoch settled, in order."""
        return tuple(EpochFile.read(self.objects.get(entry.fact.lines)) for entry in self.state.epochs)

    @cached_property
    def decision_moves(self) -> Mapping[int, tuple[MoveLine, ...]]:
        """The money that decisions moved, by their journal line."""
        return {
            entry.seq: tuple(MovesFile.read(self.objects.get(entry.fact.moves)).moves)
            for entry in self.state.rulings
            if entry.fact.moves is not None
        }

    @cached_property
    def in_order(self) -> tuple[tuple[int, tuple[MoveLine, ...]], ...]:
        """Every journal line that moved money, in order, and its moves."""
        settled = {entry.seq: tuple(told.moves) for entry, told in zip(self.state.epochs, self.epochs, strict=True)}
        return tuple(sorted((settled | dict(self.decision_moves)).items()))

    def books(self, through: int | None = None) -> Books:
        """The books after journal line `through`, default the last; each call gives new ones, to be written on."""
        books = Books()
        for seq, moves in self.in_order:
            if through is None or seq <= through:
                books.enter(moves)
        return books

    @cached_property
    def _models(self) -> dict[str, Model]:
        return {}

    def model(self, model: str) -> Model:
        """What a model froze; raises `JournalBroken` when no event trained it."""
        found = self._models.get(model)
        if found is None:
            entry = self._trained.get(model)
            if entry is None:
                raise JournalBroken(f"an inference names the model {model}, which was never trained")
            members, terms = self.members(entry.fact), self.terms(entry.fact)
            found = self._models[model] = Model(members=members, terms=terms, seq=entry.seq)
        return found

    @cached_property
    def _trained(self) -> Mapping[str, Entry[ModelTrained]]:
        return {entry.fact.model: entry for entry in self.state.models}

    def members(self, fact: ModelTrained) -> tuple[MemberLine, ...]:
        """The records of a model."""
        return read_members(self.objects.get(fact.records))

    def terms(self, fact: ModelTrained) -> TermsFile:
        """The terms of a model."""
        return TermsFile.read(self.objects.get(fact.terms))

    @cached_property
    def terms_now(self) -> Mapping[str, TermsFile]:
        """The terms of each datanet's newest model."""
        return {entry.fact.datanet: self.terms(entry.fact) for entry in self.state.models}

    def owed(self, entry: Entry[InferenceServed]) -> Owed:
        """An inference as a settlement wants it."""
        fact = entry.fact
        attribution = read_attribution(self.objects.get(fact.attribution))
        count = len(self.model(fact.model).members)
        if any(row >= count for row, _ in attribution.rows):
            raise JournalBroken(f"journal line {entry.seq}: its attribution names a row that its model has not")
        return Owed(
            seq=entry.seq, datanet=fact.datanet, model=fact.model, fee=int(fact.fee), attribution=attribution
        )  # fmt: skip

    @cached_property
    def datanets(self) -> Mapping[str, str]:
        """The datanet of each record that an epoch rested on."""
        return {one.record: one.datanet for epoch in self.epochs for one in epoch.records}

    @cached_property
    def hits(self) -> tuple[HitsFile, ...]:
        """What each draw of audits took, in order."""
        return tuple(HitsFile.read(self.objects.get(entry.fact.hits)) for entry in self.state.draws)

    @cached_property
    def drawn(self) -> Mapping[str, int]:
        """The probability, in millionths, with which each drawn record was drawn; of several draws the latest."""
        return {one.record: one.probability for hits in self.hits for one in hits.records}

    def is_audit(self, record: str, drawn_ppm: int | None, seq: int) -> bool:
        """Whether a word at this journal line is an audit's: about a drawn record, not one somebody chose."""
        return drawn_ppm is not None and self._first_drawn.get(record, seq) < seq

    @cached_property
    def _first_drawn(self) -> Mapping[str, int]:
        taken = zip(reversed(self.state.draws), reversed(self.hits), strict=True)
        return {one.record: entry.seq for entry, hits in taken for one in hits.records}

    @cached_property
    def audited(self) -> Mapping[str, bool]:
        """Whether each audited record is good, by record: an appeal that succeeds puts right what the audit found."""
        audited = (
            entry.fact.record
            for entry in self.state.rulings
            if self.is_audit(entry.fact.record, entry.fact.drawn_ppm, entry.seq)
        )
        return {record: self.state.decisions[record].fact.decision == "accept" for record in audited}

    def audits(self, owners: Mapping[str, tuple[str, str]]) -> Mapping[tuple[str, str], Found]:
        """What the random audits found, by datanet and contributor; `owners` says whose each record is that counts."""
        good, bad = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
        for record, is_good in self.audited.items():
            if record in owners:
                (good if is_good else bad)[owners[record]] += 1
        return {owner: Found(good[owner], bad[owner]) for owner in good.keys() | bad.keys()}

    def at_full_weight(self, record: str) -> Mapping[int, int]:
        """What each epoch would have paid a record at full weight, in base units.

        Nothing where an appeal has nothing to put right: the owner's imports wait for audits and not for people, and
        who took a record back asked for no more.
        """
        found: dict[int, int] = {}
        if record in self.state.withdrawn or record in self._imported:
            return found
        for told in self.epochs:
            if record in {one.record for one in told.records}:
                found[told.epoch] = sum(units for _, units in self._paid_in(told, record, MILLION))
        return found

    @cached_property
    def _imported(self) -> frozenset[str]:
        models = (self.model(name) for name in self._trained)
        return frozenset(member.record for model in models for member in model.members if member.imported)

    def paid_by(self, record: str) -> Iterator[Earned]:
        """Each settled inference that a record was reached by, in order, and what it earned by it."""
        for told in self.epochs:
            weight = next((one.weight for one in told.records if one.record == record), None)
            if weight is None:
                continue
            pools = {one.seq: int(one.pool) for one in told.inferences}
            for owed, units in self._paid_in(told, record, weight):
                model = self.model(owed.model)
                row = self._row_of(owed.model)[record]
                amount = dict(owed.attribution.rows).get(row, 0)
                total = sum(effective(owed.attribution, model.members).values())
                if amount and total:
                    part, whole = credit_share(weight, model.terms)
                    yield Earned(
                        epoch=told.epoch,
                        inference=owed.seq,
                        pool=pools[owed.seq],
                        share=amount * MILLION / total,
                        novelty=model.members[row].novelty / MILLION,
                        weight=weight / MILLION,
                        credit=part / whole,
                        units=units,
                    )

    def _paid_in(self, told: EpochFile, record: str, weight: int) -> Iterator[tuple[Owed, int]]:
        wanted = {one.seq: int(one.pool) for one in told.inferences}
        for entry in self.state.inferences:
            if entry.seq not in wanted:
                continue
            owed, model = self.owed(entry), self.model(entry.fact.model)
            row = self._row_of(entry.fact.model).get(record)
            if row is not None:
                by_row = pay(wanted[entry.seq], owed.attribution, model.members, {row: weight}, model.terms).by_row
                yield owed, by_row.get(row, 0)

    @cached_property
    def _rows(self) -> dict[str, dict[str, int]]:
        return {}

    def _row_of(self, model: str) -> dict[str, int]:
        found = self._rows.get(model)
        if found is None:
            members = self.model(model).members
            found = self._rows[model] = {one.record: row for row, one in enumerate(members)}
        return found


def terms_wanted(treasury: Treasury, datanet: str) -> TermsFile:
    """The terms that hold in a datanet; raises `UsageError` when it has no model yet."""
    found = treasury.terms_now.get(datanet)
    if found is None:
        raise UsageError(f"{datanet} has no model yet: `curate train {datanet}` first")
    return found
