"""A small treasury without a workspace: one model, one settled epoch, and whatever people say afterwards."""

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from curation.ledger.facts import ContributorRegistered, Fact, RecordDecided
from curation.ledger.money_facts import AuditsDrawn, EpochSettled, InferenceServed, ModelTrained, RecordAppealed
from curation.ledger.money_files import (
    Attribution,
    DrawnLine,
    FeeShares,
    HitsFile,
    MemberLine,
    MovesFile,
    TermsFile,
    write_attribution,
    write_members,
)
from curation.ledger.objects import Objects
from curation.ledger.state import Entry, State
from curation.rewards.settlement import Conditions, Found, settled
from curation.rewards.treasury import Treasury
from curation.rewards.words import Money

MILLION = 1_000_000
NOTHING = "0" * 64
TERMS = TermsFile(
    fees=FeeShares(platform=100_000, model=100_000, stakers=100_000, data=700_000),
    weight_low=500_000,
    weight_high=800_000,
    prior_good=9 * MILLION,
    prior_bad=MILLION,
    vest_epochs=2,
    vest_audits=1,
    penalty_payouts=20,
    import_audits=0,
    audit_budget=0,
    burn_epochs=4,
)


def record(number: int) -> str:
    """The id of a made-up record."""
    return f"{number:032x}"


class MoneySample:
    """Records 0, 1, … of `whose` share the pool of 700 units of one inference equally, at full weight."""

    def __init__(self, folder: Path, whose: list[str]) -> None:
        self.objects = Objects(folder)
        self.state = State()
        members = [
            MemberLine(record(row), name, imported=False, training=MILLION, novelty=MILLION, partner=-1)
            for row, name in enumerate(whose)
        ]
        trained = ModelTrained(
            model=record(999),
            datanet="faq",
            kind="heads",
            reference=None,
            card=NOTHING,
            records=self.objects.put(write_members(members)),
            terms=self.objects.put(TERMS.written()),
            manifest=NOTHING,
            evaluation=NOTHING,
            trained=len(members),
        )
        self.add(models=trained)
        self._rows = tuple((row, 1000) for row in range(len(whose)))
        self.ask("k")
        self.settle(weights={record(row): MILLION for row in range(len(whose))})

    @property
    def treasury(self) -> Treasury:
        """What the sample says of money now."""
        return Treasury(self.state, self.objects)

    def ask(self, key: str) -> None:
        """One more inference that rests on all records alike."""
        served = InferenceServed(
            datanet="faq",
            model=record(999),
            key=key,
            body=NOTHING,
            fee="1000",
            answer=NOTHING,
            attribution=self.objects.put(write_attribution(Attribution(rows=self._rows))),
        )
        self.add(inferences=served)

    def add(self, **facts: Fact) -> None:
        """One more journal line; the name says which list of the state it stands in."""
        seq = self.state.seq + 1
        told: dict[str, Any] = {
            name: (*getattr(self.state, name), Entry(seq=seq, at=datetime(2026, 1, 1, tzinfo=UTC), fact=fact))
            for name, fact in facts.items()
        }
        self.state = replace(self.state, seq=seq, **told)

    def settle(
        self, weights: dict[str, int], *, audited: Collection[str] = (), relabelled: Collection[str] = ()
    ) -> None:
        """One epoch of what waits; `audited` contributors have enough audits, `relabelled` records a new label."""
        treasury = self.treasury
        owed = [treasury.owed(entry) for entry in self.state.unsettled]
        now = Conditions(
            weights=weights,
            decided=(),
            relabelled=dict.fromkeys(relabelled, self.state.seq),
            audits={("faq", name): Found(good=1) for name in audited},
            import_audits={},
            datanets=treasury.datanets,
            terms=treasury.terms_now,
            disputed=self.state.disputed,
            withdrawn=(),
        )
        number = len(self.state.epochs) + 1
        models = {one.model: treasury.model(one.model) for one in owed}
        told = settled(number, self.state.seq, owed, models, now, treasury.books())
        lines = self.objects.put(told.written())
        self.add(epochs=EpochSettled(epoch=number, through=self.state.seq, lines=lines, ranges=NOTHING))

    def vest(self, *contributors: str, number: int = 0) -> None:
        """Two more epochs, after which what these contributors' record earned vests."""
        for _ in range(2):
            self.settle(weights={record(number): MILLION}, audited=contributors)

    def register(self, contributor: str, address: str | None) -> None:
        """Somebody says where their money goes."""
        self.add(registrations=ContributorRegistered(contributor=contributor, name=NOTHING, address=address))

    def draw(self, *numbers: int) -> None:
        """A drawing that took these records."""
        taken = [DrawnLine(record=record(one), probability=1000) for one in numbers]
        hits = self.objects.put(HitsFile(epochs=[1], hits=[], records=taken).written())
        draw = len(self.state.draws) + 1
        self.add(
            draws=AuditsDrawn(draw=draw, through=3, commitment=NOTHING, beacon="a", budget=len(numbers), hits=hits)
        )

    def say(self, decision: str, *alike: int, drawn: bool = False) -> None:
        """A word that holds, about the first of these records, which share a content."""
        moves = Money(self.treasury, "amina").moved(
            decision, [record(one) for one in alike], drawn_ppm=1000 if drawn else None
        )
        told = RecordDecided.model_validate(
            {
                "record": record(alike[0]),
                "decision": decision,
                "by": "amina",
                "reason": NOTHING,
                "drawn_ppm": 1000 if drawn else None,
                "moves": self.objects.put(MovesFile(moves=moves).written()) if moves else None,
            }
        )
        self.add(rulings=told)

    def appeal(self, number: int) -> None:
        """Somebody disputes a record."""
        self.add(appeals=RecordAppealed(record=record(number), reason=NOTHING))

    def stands(self, number: int) -> tuple[int, int, int]:
        """Credited, escrow and forfeited of a record's payout in the first epoch."""
        lot = self.treasury.books().lots[record(number), 1]
        return lot.credited, lot.escrow, lot.forfeited
