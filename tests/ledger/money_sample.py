"""Money in a small ledger: a commitment, a model, inferences, an epoch, audits, a doubt and an appeal, all computed.

What an epoch or a decision moves is what the engine makes of these events; only the weights are given.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from curation.datanet.canonical import digest
from curation.ledger.facts import RecordDecided
from curation.ledger.money_facts import (
    AuditsDrawn,
    ContentsCommitted,
    EpochSettled,
    InferenceServed,
    ModelTrained,
    RecordAppealed,
    RecordDoubted,
)
from curation.ledger.money_files import (
    AnswerFile,
    Attribution,
    ContentsFile,
    DrawnLine,
    FeeShares,
    HitLine,
    HitsFile,
    MemberLine,
    MovesFile,
    TermsFile,
    write_attribution,
    write_members,
)
from curation.ledger.results import ReasonFile, write_reason
from curation.ledger.state import replay
from curation.rewards.ranges import ranges
from curation.rewards.settlement import Conditions, Found, settled
from curation.rewards.treasury import Treasury
from curation.rewards.words import Money

if TYPE_CHECKING:
    from tests.ledger.ledger_sample import Ledger

DATANET = "questions"
MODEL = "0" * 31 + "1"
OPEN = 10**18
TERMS = TermsFile(
    fees=FeeShares(platform=50_000, model=150_000, stakers=100_000, data=700_000),
    weight_low=500_000,
    weight_high=800_000,
    vest_epochs=1,
    vest_audits=1,
    penalty_payouts=2,
    import_audits=1,
    audit_budget=20_000,
    burn_epochs=1,
    prior_good=9_000_000,
    prior_bad=1_000_000,
)


@dataclass(frozen=True, kw_only=True)
class Cash:
    """The money side of a ledger under test."""

    ledger: "Ledger"

    @property
    def treasury(self) -> Treasury:
        return Treasury(replay(self.ledger.journal.read()), self.ledger.objects)

    def reason(self, text: str) -> str:
        return self.ledger.objects.put(write_reason(ReasonFile(reason=text)))

    def commit(self, contributor: str, contents: Sequence[str]) -> None:
        told = self.ledger.objects.put(ContentsFile(contents=sorted(contents)).written())
        count = len(contents)
        self.ledger.happened(ContentsCommitted(datanet=DATANET, contributor=contributor, contents=told, records=count))

    def train(self, members: Sequence[MemberLine], model: str = MODEL, terms: TermsFile = TERMS) -> None:
        put = self.ledger.objects.put
        self.ledger.happened(
            ModelTrained(
                model=model,
                datanet=DATANET,
                kind="similarity",
                reference="1",
                card=put(b"card"),
                records=put(write_members(members)),
                terms=put(terms.written()),
                manifest=put(b"{}"),
                evaluation=put(b"{}"),
                trained=sum(1 for one in members if one.training),
            )
        )

    def infer(self, key: str, fee: int, rows: Sequence[tuple[int, int]], model: str = MODEL) -> None:
        put = self.ledger.objects.put
        self.ledger.happened(
            InferenceServed(
                datanet=DATANET,
                model=model,
                key=key,
                body=digest(key.encode()),
                fee=str(fee),
                answer=put(AnswerFile(label=None, logit=None).written()),
                attribution=put(write_attribution(Attribution(rows=tuple(rows)))),
            )
        )

    def settle(self, weights: Mapping[str, int], audits: Mapping[tuple[str, str], Found] | None = None) -> None:
        treasury = self.treasury
        state = treasury.state
        owed = [treasury.owed(entry) for entry in state.unsettled]
        models = {one.model: treasury.model(one.model) for one in owed}
        now = Conditions(
            weights=weights,
            decided={record for record, entry in state.decisions.items() if entry.fact.decision != "reject"},
            relabelled={},
            withdrawn=state.withdrawn,
            audits=audits or {},
            import_audits={DATANET: 1},
            datanets=treasury.datanets,
            terms=treasury.terms_now,
            disputed=state.disputed,
        )
        number = len(state.epochs) + 1
        told = settled(number, state.seq, owed, models, now, treasury.books())
        lines = self.ledger.objects.put(told.written())
        earned = self.ledger.objects.put(ranges(owed, models).written())
        self.ledger.happened(EpochSettled(epoch=number, through=state.seq, lines=lines, ranges=earned))

    def draw(self, records: Sequence[str]) -> None:
        state = self.treasury.state
        hits = HitsFile(
            epochs=[1],
            hits=[HitLine(sort="floor", number=number, record=record) for number, record in enumerate(records)]
            + [HitLine(sort="money", number=0, record=records[0], epoch=1)],
            records=[DrawnLine(record=record, probability=250_000) for record in records],
        )
        self.ledger.happened(
            AuditsDrawn(
                draw=len(state.draws) + 1,
                through=state.seq,
                commitment=state.head,
                beacon="ab" * 16,
                budget=len(records) + 1,
                hits=self.ledger.objects.put(hits.written()),
            )
        )

    def doubt(self, record: str, by: str, drawn_ppm: int | None = None) -> None:
        self.ledger.happened(RecordDoubted(record=record, by=by, reason=self.reason("it's “bad”"), drawn_ppm=drawn_ppm))

    def appeal(self, record: str) -> None:
        self.ledger.happened(RecordAppealed(record=record, reason=self.reason("it's “good”")))

    def decide(
        self, record: str, decision: str, by: str, drawn_ppm: int | None = None, *, alike: Sequence[str] = ()
    ) -> None:
        """A word that holds, with the money that follows from it; `alike` are the records of its content."""
        if drawn_ppm is not None and record not in self.treasury.drawn:
            self.draw([record])
        moves = Money(self.treasury, by).moved(decision, alike or [record], drawn_ppm=drawn_ppm)
        told = {"record": record, "decision": decision, "by": by, "reason": self.reason("seen"), "drawn_ppm": drawn_ppm}
        told["moves"] = self.ledger.objects.put(MovesFile(moves=moves).written()) if moves else None
        self.ledger.happened(RecordDecided.model_validate(told))


def add_money(ledger: "Ledger", owned: Sequence[str], clinic: str) -> None:
    """Two epochs: the owner's second and third record and the clinic's earn, then a bad audit and an appeal."""
    cash = Cash(ledger=ledger)
    cash.commit("clinic", ["d" * 64])
    members = [
        MemberLine(owned[1], "owner", True, 1_000_000, 1_000_000, -1),
        MemberLine(owned[2], "owner", True, 1_000_000, 1_000_000, -1),
        MemberLine(clinic, "clinic", False, 750_000, 750_000, 1),
    ]
    weights = {owned[1]: 900_000, owned[2]: 900_000, clinic: 900_000}
    cash.train(members)
    cash.infer("q-1", OPEN, [(2, 10**9), (0, 5 * 10**8)])
    cash.infer("q-2", OPEN // 4, [(1, 10**9)])
    cash.settle(weights)
    cash.draw([clinic, owned[1]])
    cash.doubt(clinic, "cy", 250_000)
    cash.decide(clinic, "reject", "di", 250_000)
    cash.infer("q-3", OPEN, [(2, 10**9), (1, 10**9)])
    cash.appeal(owned[2])
    cash.settle({**weights, clinic: 0}, {(DATANET, "owner"): Found(good=1)})
