"""The books: every move of money, in order, and where each payout stands.

Each move takes from one account what it gives another, so all accounts together are always at zero; `fee` stands
below it by all the fees that were ever paid. A payout is one record's pay in one epoch: it begins in escrow, and
vests, is forfeited, or goes back. Vested money moves no more.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from curation.errors import JournalBroken
from curation.ledger.money_files import MoveLine

# A payout: record and epoch.
Payout: TypeAlias = tuple[str, int]

FEE, POOL, RESERVE, FORFEITED, AUDIT, BURNED = "fee", "data-pool", "reserve", "forfeited", "audit", "burned"
ESCROW, VESTED = "escrow", "vested"
_INTO_ESCROW = {"credit", "correct"}
_OUT_OF_ESCROW = {"vest", "forfeit", "penalty", "reverse"}


def account_of(kind: str, contributor: str) -> str:
    """The account of this kind that belongs to a contributor."""
    return f"{kind}:{contributor}"


@dataclass(kw_only=True)
class Lot:
    """Where one payout stands, in base units; `credited` is net of what went back."""

    contributor: str
    credited: int = 0
    escrow: int = 0
    vested: int = 0
    forfeited: int = 0


@dataclass(kw_only=True)
class Books:
    """Balances by account and payouts by record and epoch, after the moves that were entered."""

    # An account that never moved and one at zero are the same to a counter.
    balances: Counter[str] = field(default_factory=Counter)
    lots: dict[Payout, Lot] = field(default_factory=dict)
    reserved: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    _epochs: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    _payouts: dict[str, list[Payout]] = field(default_factory=lambda: defaultdict(list))

    def enter(self, moves: Iterable[MoveLine]) -> None:
        """Enters moves in order; raises `JournalBroken` for one that an account or a payout does not allow."""
        for move in moves:
            units = int(move.units)
            self.balances[move.source] -= units
            self.balances[move.target] += units
            if move.source != FEE and self.balances[move.source] < 0:
                raise JournalBroken(f"a move takes {units} from the account {move.source}, which has not that much")
            if move.what == "keep":
                self.reserved[move.epoch] += units
            if move.what == "reverse":
                # It came in after the latest epoch, and has to wait as long for an appeal.
                self.reserved[max(self.reserved, default=0)] += units
            if move.record is not None:
                self._enter_payout(move, units, (move.record, move.epoch))

    def _enter_payout(self, move: MoveLine, units: int, payout: Payout) -> None:
        contributor = (move.target if move.what in _INTO_ESCROW else move.source).partition(":")[2]
        lot = self.lots.get(payout)
        if lot is None:
            lot = self.lots[payout] = Lot(contributor=contributor)
            self._epochs[payout[0]].append(payout[1])
            self._payouts[contributor].append(payout)
        if lot.contributor != contributor:
            raise JournalBroken(f"a payout of record {payout[0]} moves from or to another's account")
        if move.what in _INTO_ESCROW:
            # What comes back from the forfeited was credited before.
            lot.credited += 0 if move.source == FORFEITED else units
            lot.forfeited -= units if move.source == FORFEITED else 0
            lot.escrow += units
        elif move.what in _OUT_OF_ESCROW:
            lot.escrow -= units
            lot.vested += units if move.what == "vest" else 0
            lot.forfeited += units if move.what in ("forfeit", "penalty") else 0
            lot.credited -= units if move.what == "reverse" else 0
        if min(lot.escrow, lot.forfeited) < 0:
            raise JournalBroken(f"a move takes more than its escrow from the payout of record {payout[0]}")

    def of_record(self, record: str) -> Iterator[tuple[int, Lot]]:
        """The payouts of a record by epoch, oldest first."""
        return ((epoch, self.lots[record, epoch]) for epoch in sorted(self._epochs.get(record, ())))

    def of_contributor(self, contributor: str) -> Iterator[tuple[Payout, Lot]]:
        """The payouts of a contributor, newest first, and within an epoch by record."""
        own = sorted(self._payouts.get(contributor, ()), key=lambda payout: (-payout[1], payout[0]))
        return ((payout, self.lots[payout]) for payout in own)

    @property
    def pool(self) -> int:
        """The data share of all settled fees."""
        return sum(lot.credited for lot in self.lots.values()) + self.reserve

    @property
    def reserve(self) -> int:
        """What the reserve was ever given, before it is spent."""
        return self.balances[RESERVE] + self.balances[AUDIT] + self.balances[BURNED]


def sums(books: Books) -> Mapping[str, tuple[int, int, int, int]]:
    """For each contributor who was ever credited: credited, escrow, vested, forfeited."""
    found: dict[str, list[int]] = {}
    for lot in books.lots.values():
        one = found.setdefault(lot.contributor, [0, 0, 0, 0])
        for place, units in enumerate((lot.credited, lot.escrow, lot.vested, lot.forfeited)):
            one[place] += units
    return {name: (one[0], one[1], one[2], one[3]) for name, one in sorted(found.items())}
