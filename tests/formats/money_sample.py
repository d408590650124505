"""Money as the formats have to show it: every number given, hostile text wherever text from outside can stand."""

from typing import Literal

from curation.audit.cells import LeakOf
from curation.audit.leak import Leak
from curation.audit.statements import Payouts, Settled, Statement
from curation.auditing import Audit, Drawn
from curation.ledger.money_files import DrawnLine, EpochFile, HitLine, HitsFile, MoveLine, SettledInference
from curation.rewards.books import Books
from curation.serving import Behind, Served
from tests.formats.hostile import HOSTILE, IDS

OPEN = 10**18


def served() -> tuple[Served, ...]:
    one = Served(key="q-1", seq=21, model=IDS[0], label=HOSTILE, records=2, new=True)
    return (one, Served(key="q-2", seq=22, model=IDS[0], label=None, records=16, new=False))


def behind() -> tuple[Behind, ...]:
    return (
        Behind(record=IDS[1], contributor="ann", text=HOSTILE, weight=0.9, novelty=0.375, share=0.75),
        Behind(record=IDS[2], contributor="b" * 63, text="x" * 300, weight=None, novelty=1.0, share=0.25),
    )


def settled() -> Settled:
    pool, paid = 7 * OPEN // 10, OPEN // 3
    moves = [("credit", "data-pool", "escrow:ann", paid, 1), ("vest", "escrow:bea", "vested:bea", 1, 0)]
    lines = [
        {"what": what, "source": source, "target": target, "units": str(units), "record": IDS[1], "epoch": epoch}
        for what, source, target, units, epoch in moves
    ]
    epoch = EpochFile(
        epoch=2,
        through=24,
        inferences=[SettledInference(seq=21, fee=str(OPEN), pool=str(pool), paid=str(paid))],
        records=[],
        moves=[MoveLine.model_validate(line) for line in lines],
    )
    return Settled(epoch=epoch, books=Books())


def nothing_settled() -> Settled:
    return Settled(epoch=None, books=Books())


def payouts() -> Payouts:
    ann = Statement(contributor="ann", credited=OPEN + 1, escrow=1, vested=OPEN, forfeited=0)
    bea = Statement(contributor="b" * 63, credited=10**6 * OPEN, escrow=0, vested=0, forfeited=10**6 * OPEN)
    return Payouts(pool=1_000_002 * OPEN, reserve=OPEN - 1, contributors=(ann, bea), by_epoch=((1, (ann, bea)),))


def drawn() -> Drawn:
    hits = HitsFile(
        epochs=[1],
        hits=[
            HitLine(sort="money", number=0, record=IDS[1], epoch=1),
            HitLine(sort="floor", number=0, record=IDS[2]),
        ],
        records=[DrawnLine(record=IDS[1], probability=1), DrawnLine(record=IDS[2], probability=1_000_000)],
    )
    return Drawn(draw=3, through=24, commitment="9" * 64, hits=hits)


STATUSES: tuple[Literal["open", "doubted", "good", "bad"], ...] = ("open", "doubted", "good", "bad")


def audits() -> tuple[Audit, ...]:
    return tuple(
        Audit(record=record, draw=3, probability=0.25, status=status, text=HOSTILE)
        for record, status in zip(IDS, STATUSES, strict=False)
    )


def leaks() -> tuple[LeakOf, ...]:
    some = Leak(money=OPEN, low=OPEN // 100, estimate=OPEN // 20, high=OPEN // 5, hits=40, undecided=1)
    unknown = Leak(money=OPEN, low=0, estimate=None, high=OPEN, hits=0, undecided=0)
    nothing = Leak(money=0, low=0, estimate=0, high=0, hits=0, undecided=0)
    return (
        LeakOf(datanet=None, epoch=None, leak=some),
        LeakOf(datanet="questions", epoch=None, leak=unknown),
        LeakOf(datanet="questions", epoch=2, leak=nothing),
    )
