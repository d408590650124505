"""What people's words about records do to money, one after the other: who has to agree first, and what moves."""

from collections.abc import Sequence

from curation.errors import UsageError
from curation.ledger.money_files import MoveLine
from curation.rewards.books import Books
from curation.rewards.consequences import found_bad, found_good
from curation.rewards.treasury import Treasury


class Money:
    """The money side of the words that one curator says in one go."""

    def __init__(self, treasury: Treasury, by: str) -> None:
        """`by` is the curator."""
        self._treasury = treasury
        self._by = by
        self._books: Books | None = None
        self._doubted: set[str] = set()
        self._said: list[tuple[str, str, Sequence[MoveLine]]] = []

    @property
    def books(self) -> Books:
        """The books as the words so far leave them; empty, and not read, before anything was settled."""
        if self._books is None:
            self._books = self._treasury.books() if self._treasury.state.epochs else Books()
        return self._books

    def needs_second(self, alike: Sequence[str]) -> bool:
        """Whether a bad word about these records, which share a content, has to wait for another curator's.

        Raises `UsageError` when this curator's own word is the one that waits.
        """
        if not any(lot.credited for one in alike for _, lot in self.books.of_record(one)):
            return False
        state = self._treasury.state
        waiting = {
            entry.fact.by
            for entry in state.doubts
            if entry.fact.record in alike
            and not any(said in alike for said, _, _ in self._said)
            and all(one not in state.decisions or state.decisions[one].seq < entry.seq for one in alike)
        }
        if waiting - {self._by}:
            return False
        if waiting or alike[0] in self._doubted:
            raise UsageError(
                f"{self._by} called record {alike[0]} bad before; it was paid for, so another curator has to agree"
            )
        self._doubted.update(alike)
        return True

    def moved(self, decision: str, alike: Sequence[str], *, drawn: bool) -> list[MoveLine]:
        """The moves that follow from a word that holds, already entered in the books."""
        moves = self._good(alike) if decision != "reject" else []
        for record in alike if decision == "reject" else ():
            found = self._bad(record, drawn=drawn)
            self.books.enter(found)
            moves += found
        self._said.append((alike[0], decision, moves))
        return moves

    def _bad(self, record: str, *, drawn: bool) -> list[MoveLine]:
        terms = self._treasury.terms_now.get(self._treasury.datanets.get(record, ""))
        return [] if terms is None else found_bad(record, self.books, terms, drawn=drawn)

    def _good(self, alike: Sequence[str]) -> list[MoveLine]:
        """A good word moves money only where there is something to put right: a dispute, or earlier bad words."""
        said = {record for record, _, _ in self._said}
        disputed = any(one in self._treasury.state.disputed and one not in said for one in alike)
        overturned = self._overturned(alike)
        if not (overturned or disputed):
            return []
        moves: list[MoveLine] = []
        taken = [move for before in overturned for move in before]
        owners = {one.record: one.contributor for told in self._treasury.epochs for one in told.records}
        for record in alike:
            wanted = self._treasury.at_full_weight(record) if record in owners else {}
            found = found_good(record, owners.get(record, ""), self.books, taken, wanted)
            self.books.enter(found)
            moves += found
            taken = []
        return moves

    def _overturned(self, alike: Sequence[str]) -> list[Sequence[MoveLine]]:
        """What each bad word about a content moved that no good word about it has put right yet, in order."""
        words: list[tuple[str, str, Sequence[MoveLine]]] = [
            (entry.fact.record, entry.fact.decision, self._treasury.decision_moves.get(entry.seq, ()))
            for entry in self._treasury.state.rulings
            if entry.fact.record in alike
        ]
        found: list[Sequence[MoveLine]] = []
        for _, decision, moves in [*words, *(one for one in self._said if one[0] in alike)]:
            found = [*found, moves] if decision == "reject" else []
        return found
