"""What people's words about records do to money, one after the other: who has to agree first, and what moves."""

from collections.abc import Sequence
from functools import cached_property
from itertools import takewhile
from typing import NamedTuple

from curation.errors import UsageError
from curation.ledger.money_files import MoveLine
from curation.rewards.books import Books
from curation.rewards.consequences import found_bad, found_good
from curation.rewards.treasury import Treasury


class _Told(NamedTuple):
    """A word that holds: about which record, what it said, whether of a draw, what it moved."""

    record: str
    decision: str
    drawn: bool
    moves: Sequence[MoveLine]


class Money:
    """The money side of the words that one curator says in one go."""

    def __init__(self, treasury: Treasury, by: str, also: Sequence[str] = ()) -> None:
        """`by` is the curator, `also` are further names of theirs: nobody is their own second."""
        self._treasury = treasury
        self._by = by
        self._theirs = {by, *also}
        self._books: Books | None = None
        # Of this go: the records that were called bad and wait for another curator; those that a decision was about.
        self._called: set[str] = set()
        self._decided: set[str] = set()

    @property
    def books(self) -> Books:
        """The books as the words so far leave them; empty, and not read, before anything was settled."""
        if self._books is None:
            self._books = self._treasury.books() if self._treasury.state.epochs else Books()
        return self._books

    def needs_second(self, alike: Sequence[str]) -> bool:
        """Whether a bad word about these records, which share a content, has to wait for another curator's.

        Raises `UsageError` when this curator's own word is the one that waits. Several records of one content may be
        called bad in one go: that is one doubt, told of each.
        """
        if not any(lot.credited for one in alike for _, lot in self.books.of_record(one)):
            return False
        if any(one.drawn for one in self._since_accepted(alike) if one.decision == "reject"):
            return False  # two agreed already, and there is nothing left to take
        state = self._treasury.state
        waiting = {
            entry.fact.by
            for entry in state.doubts
            if entry.fact.record in alike
            and all(one not in state.decisions or state.decisions[one].seq < entry.seq for one in alike)
        }
        if not self._decided.isdisjoint(alike):
            waiting = set()  # a word of this go was the second one, and used up the first
        if waiting - self._theirs:
            return False
        if waiting or alike[0] in self._called:
            raise UsageError(
                f"{self._by} called record {alike[0]} bad before; it was paid for, so another curator has to agree"
            )
        self._called.add(alike[0])
        return True

    def moved(self, decision: str, alike: Sequence[str], *, drawn_ppm: int | None) -> list[MoveLine]:
        """The moves that follow from a word that holds, already entered in the books.

        A word is about a content, so what follows from it depends on the words about any record of that content: those
        since the last `accept`. Only once is a penalty taken for it, and only once is something given back.
        """
        since = self._since_accepted(alike)
        self._decided.update(alike)
        drawn = self._treasury.is_audit(alike[0], drawn_ppm, self._treasury.state.seq + 1)
        moves: list[MoveLine] = []
        if decision == "reject":
            penal = drawn and not any(one.drawn for one in since if one.decision == "reject")
            for record in alike:
                moves += self._bad(record, drawn=drawn, penal=penal)
        elif decision == "accept":
            overturned = [one for one in since if one.decision == "reject"]
            taken = [move for one in overturned for move in one.moves]
            for record in alike:
                found = self._good(record, taken, overturns=bool(overturned))
                moves, taken = moves + found, [] if found else taken
        # A record that was relabelled was wrong as it came: nothing is given back for it.
        self._words.append(_Told(alike[0], decision, drawn, moves))
        return moves

    @cached_property
    def _words(self) -> list[_Told]:
        """All words that hold, in order; those of this go are added as they are said."""
        moves = self._treasury.decision_moves
        return [
            _Told(
                one.fact.record,
                one.fact.decision,
                self._treasury.is_audit(one.fact.record, one.fact.drawn_ppm, one.seq),
                moves.get(one.seq, ()),
            )
            for one in self._treasury.state.rulings
        ]

    def _since_accepted(self, alike: Sequence[str]) -> list[_Told]:
        """The words about these records since the last that was `accept`, oldest first."""
        if not self._treasury.state.epochs:
            return []  # nothing was paid yet, so nothing moves
        about = (one for one in reversed(self._words) if one.record in alike)
        return list(takewhile(lambda one: one.decision != "accept", about))[::-1]

    def _bad(self, record: str, *, drawn: bool, penal: bool) -> list[MoveLine]:
        terms = self._treasury.terms_now.get(self._treasury.datanets.get(record, ""))
        moves = [] if terms is None else found_bad(record, self.books, terms, drawn=drawn, penal=penal)
        self.books.enter(moves)
        return moves

    def _good(self, record: str, taken: Sequence[MoveLine], *, overturns: bool) -> list[MoveLine]:
        """A good word moves money only where there is something to put right: a dispute, or an earlier bad word."""
        contributor = next(
            (one.contributor for told in self._treasury.epochs for one in told.records if one.record == record), None
        )
        if contributor is None or not (overturns or record in self._treasury.state.disputed):
            return []
        moves = found_good(record, contributor, self.books, taken, self._treasury.at_full_weight(record))
        self.books.enter(moves)
        return moves
