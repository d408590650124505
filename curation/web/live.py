"""What everybody may see, worked out at most once a journal line, and no oftener than it takes to work out.

Pages that many look at would otherwise cost the curators their server: one thread at a time works, and whoever asks
meanwhile gets what was true a moment before, with the journal line that it is of.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

from curation.audit.asked import Asked
from curation.audit.contributors import Given, given
from curation.audit.epochs import Epoch, Paid, epochs, most_paid
from curation.audit.hushed import hushed
from curation.audit.statements import Statement
from curation.datanet.card import Datanet, Role
from curation.errors import CurationError, WorkspaceBusy
from curation.formats.figure_html import FigureHtml, figure_html
from curation.hosting import Hosted
from curation.overview import Glance, Told, glances, told_of
from curation.proving import Proof, Prover, Rooted
from curation.rewards.treasury import Treasury
from curation.settling import payouts_of
from curation.web.live_journal import Search

T = TypeVar("T")
# Of the time that passes at most half is spent on working out one and the same thing again.
REST: Final = 1.0
CONTRIBUTORS_MAX: Final = 100
PAID_MAX: Final = 50
# The server has forty threads for all that it does.
WAITING_MAX: Final = 8


@dataclass(frozen=True, kw_only=True)
class _Kept:
    value: Any
    seq: int
    at: float
    took: float


@dataclass(frozen=True, kw_only=True)
class Money:
    """Everybody's statement by name, and all epochs, the latest first."""

    statements: dict[str, Statement]
    epochs: tuple[Epoch, ...]


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A datanet's figures, each as a page shows it."""

    told: Told
    figures: tuple[FigureHtml, ...]


class Live:
    """The public part of one server."""

    def __init__(self, hosted: Hosted, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` counts seconds."""
        self._hosted, self._clock = hosted, clock
        self._working = threading.Lock()
        self._places = threading.Semaphore(WAITING_MAX)
        self._kept: dict[tuple[str, object], _Kept] = {}
        self._drawn: dict[str, Drawn] = {}
        self._prover = Prover()
        self.search = Search()

    def glances(self) -> tuple[int, tuple[Glance, ...]]:
        """All datanets at a glance, and the journal line they are of."""
        return self._told(("glances", None), lambda asked: tuple(glances(asked)))

    def figures(self, datanet: str | None) -> Told:
        """Every figure of a datanet, None: of all; labels that no card names are left out."""
        told = self._told(("figures", datanet), lambda asked: told_of(asked.of(datanet)))[1]
        cards = [self.card(name) for name in self._names(datanet)]
        # Of a datanet whose card is gone, or cannot be read, nobody has said that its texts are public.
        if all(card is not None and card.public_texts for card in cards):
            return told
        fields = (field for card in cards if card is not None for field in card.with_role(Role.LABEL))
        public = frozenset(label for field in fields for label in field.allowed or ())
        return replace(told, figures=tuple(hushed(one, public) for one in told.figures))

    def drawn(self, datanet: str) -> Drawn:
        """The same of one datanet with its plots, which cost more than the figures: drawn once, for everybody."""
        told, kept = self.figures(datanet), self._drawn.get(datanet)
        if kept is not None and kept.told == told:
            return kept
        with self._turn(must=kept is None) as is_mine:
            if is_mine:
                kept = Drawn(told=told, figures=tuple(map(figure_html, told.figures)))
                self._drawn[datanet] = kept
        assert kept is not None, "who has nothing waits"
        return kept

    def money(self) -> tuple[int, Money]:
        """Statements and epochs, and the journal line they are of."""
        return self._told(("money", None), _money)

    def contributors(self, datanet: str) -> tuple[int, tuple[Given, ...]]:
        """The largest givers of a datanet."""
        return self._told(
            ("contributors", datanet), lambda asked: tuple(given(asked.of(datanet), count=CONTRIBUTORS_MAX))
        )

    @contextmanager
    def reading(self) -> Iterator[tuple[Asked, int]]:
        """The store for one page, small enough to be asked for each time, and the journal line that it is of."""
        with self._hosted.snapshot() as (store, state):
            yield Asked(store, Treasury(state, self._hosted.objects)), state.seq

    def most_paid(self, epoch: int) -> tuple[Paid, ...]:
        """Who was paid most in an epoch."""
        with self.reading() as (asked, _):
            return most_paid(asked, epoch, PAID_MAX)

    def rooted(self) -> Rooted:
        """Length, head and root of the journal."""
        return self._prover.rooted(self._hosted.journal.read())

    def proof(self, record: str, seq: int, index: int, size: int) -> Proof:
        """That a record is in the journal as it was `size` lines long."""
        return self._prover.proof(self._hosted.journal.read()[:size], record, seq, index)

    def card(self, datanet: str) -> Datanet | None:
        """A datanet's card, None when it has no readable one any more."""
        try:
            return self._hosted.datanet(datanet)
        except CurationError:
            return None

    def _names(self, datanet: str | None) -> Iterable[str]:
        """The datanet asked about, or all that have a card or were ever contributed to."""
        if datanet is not None:
            return (datanet,)
        return {*self._hosted.datanets(), *(one.fact.datanet for one in self._hosted.state().contributions)}

    def _told(self, key: tuple[str, object], made: Callable[[Asked], T]) -> tuple[int, T]:
        kept = self._kept.get(key)
        if kept is not None and self._is_good(kept):
            return kept.seq, kept.value
        with self._turn(must=kept is None) as is_mine:
            if is_mine:
                kept = self._kept.get(key)
                if kept is None or not self._is_good(kept):
                    kept = self._kept[key] = self._made(made, kept)
        assert kept is not None, "who has nothing waits"
        return kept.seq, kept.value

    def _made(self, made: Callable[[Asked], object], before: _Kept | None) -> _Kept:
        begun = self._clock()
        try:
            with self.reading() as (asked, seq):
                value = made(asked)
        except WorkspaceBusy:
            # The store is lent to the command line: what was true a moment before is better than nothing.
            if before is None:
                raise
            return before
        now = self._clock()
        return _Kept(value=value, seq=seq, at=now, took=now - begun)

    @contextmanager
    def _turn(self, *, must: bool) -> Iterator[bool]:
        """Within it this thread is the one that works; False where another does and this one need not.

        Raises `WorkspaceBusy` when too many wait already: each holds one of the threads that curators need as well.
        """
        if not self._working.acquire(blocking=False):
            if not must:
                yield False
                return
            self._wait()
        try:
            yield True
        finally:
            self._working.release()

    def _wait(self) -> None:
        if not self._places.acquire(blocking=False):
            raise WorkspaceBusy("this is being worked out for the first time; come again in a few seconds")
        try:
            self._working.acquire()
        finally:
            self._places.release()

    def _is_good(self, kept: _Kept) -> bool:
        if kept.seq == len(self._hosted.journal.read()):
            return True
        return self._clock() - kept.at < kept.took * REST


def _money(asked: Asked) -> Money:
    return Money(
        statements={one.contributor: one for one in payouts_of(asked.treasury).contributors}, epochs=epochs(asked)
    )
