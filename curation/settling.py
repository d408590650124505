"""Settle what inferences owe, and say where everybody's money stands."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from curation.audit.statements import Payouts, Settled, Statement
from curation.errors import UsageError
from curation.ledger.money_facts import EpochSettled
from curation.ledger.state import State
from curation.rewards.books import Books, sums
from curation.rewards.ranges import ranges
from curation.rewards.settlement import Conditions, settled
from curation.rewards.treasury import Earned, Treasury
from curation.writing import Writing

if TYPE_CHECKING:
    from curation.ledger.owned import Owned
    from curation.ledger.store import Store


class Settling(Writing):
    """A workspace in which money moves."""

    def treasury(self, state: State | None = None) -> Treasury:
        """What the journal and its files say of money."""
        return Treasury(self.state() if state is None else state, self.objects)

    def settle(self, through: int | None = None) -> Settled:
        """Pays every inference up to journal line `through` (default: all) that was not paid before.

        When there is none nothing changes. Raises `UsageError` for a line that the journal has not.
        """
        with self._writing():
            state = self.state()
            last = state.seq if through is None else through
            if not 0 <= last <= state.seq:
                raise UsageError(f"the journal has {state.seq} lines, --through {last} is none of them")
            treasury = self.treasury(state)
            books = treasury.books()
            waiting = [entry for entry in state.unsettled if entry.seq <= last]
            if not waiting:
                return Settled(epoch=None, books=books)
            self._say(f"settling {len(waiting)} inferences")
            with self.store() as store:
                now = conditions(treasury, store)
            owed = [treasury.owed(entry) for entry in waiting]
            models = {one.model: treasury.model(one.model) for one in owed}
            number = len(state.epochs) + 1
            epoch = settled(number, last, owed, models, now, books)
            told = self.objects.put(ranges(owed, models).written())
            lines = self.objects.put(epoch.written())
            self._append(EpochSettled(epoch=number, through=last, lines=lines, ranges=told))
            self._follow()
        return Settled(epoch=epoch, books=books)

    def earned(self, record: str) -> tuple[Earned, ...]:
        """What a record, by its whole id, earned by each settled inference."""
        return tuple(self.treasury().paid_by(record))

    def payouts(self, contributor: str | None = None) -> Payouts:
        """Everybody's statement, or one contributor's; raises `UsageError` for one who is not known."""
        state = self.state()
        if contributor is not None and contributor not in state.contributors:
            raise UsageError(f"there is no contributor {contributor!r}")
        return payouts_of(self.treasury(state), contributor)


def payouts_of(treasury: Treasury, contributor: str | None = None) -> Payouts:
    """Everybody's statement, or one contributor's."""
    books = treasury.books()
    epochs = sorted({epoch for _, epoch in books.lots})
    return Payouts(
        pool=books.pool,
        reserve=books.reserve,
        contributors=_statements(books, contributor),
        by_epoch=tuple((epoch, _statements(_of_epoch(books, epoch), contributor)) for epoch in epochs),
    )


def conditions(treasury: Treasury, store: "Store") -> Conditions:
    """What the journal and the store say now of weights, audits and disputes."""
    from curation.ledger.questions import accepted_now, owned, withdrawn_in_good_standing  # noqa: PLC0415  (a check needs no DuckDB)

    records, accepted = owned(store, treasury.state.seq), accepted_now(store)
    return Conditions(
        weights={one.record: one.weight for one in accepted},
        decided={one.record for one in accepted if one.decided},
        relabelled={one.record: one.relabelled for one in accepted if one.relabelled is not None},
        audits=treasury.audits({one.record: (one.datanet, one.contributor) for one in records if one.judged}),
        import_audits=_import_audits(treasury, records),
        datanets=treasury.datanets,
        terms=treasury.terms_now,
        disputed=treasury.state.disputed,
        withdrawn=withdrawn_in_good_standing(store),
    )


def _import_audits(treasury: Treasury, records: "Sequence[Owned]") -> Counter[str]:
    return Counter(one.datanet for one in records if one.imported and one.judged and one.record in treasury.audited)


def _of_epoch(books: Books, epoch: int) -> Books:
    return Books(lots={payout: lot for payout, lot in books.lots.items() if payout[1] == epoch})


def _statements(books: Books, contributor: str | None) -> tuple[Statement, ...]:
    return tuple(
        Statement(contributor=name, credited=credited, escrow=escrow, vested=vested, forfeited=forfeited)
        for name, (credited, escrow, vested, forfeited) in sums(books).items()
        if contributor in (None, name)
    )
