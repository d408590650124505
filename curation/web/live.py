"""What everybody may see, worked out at most once a journal line, and no oftener than it takes to work out.

Pages that many look at would otherwise cost the curators their server: one thread at a time works, and whoever asks
meanwhile gets what was true a moment before, with the journal line that it is of.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

from curation.audit.asked import Asked
from curation.audit.contributors import Given, given
from curation.audit.epochs import Epoch, Paid, epochs, most_paid
from curation.audit.figure import Figure
from curation.audit.hushed import hushed
from curation.audit.statements import Statement
from curation.datanet.card import Datanet, Role
from curation.errors import CurationError
from curation.hosting import Hosted
from curation.overview import Glance, Told, glances, told_of
from curation.proving import Proof, Prover, Rooted
from curation.rewards.treasury import Treasury
from curation.settling import payouts_of

T = TypeVar("T")
# Of the time that passes at most half is spent on working out one and the same thing again.
REST: Final = 1.0
CONTRIBUTORS_MAX: Final = 100
PAID_MAX: Final = 50


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


class Live:
    """The public part of one server."""

    def __init__(self, hosted: Hosted, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` counts seconds."""
        self._hosted, self._clock = hosted, clock
        self._working = threading.Lock()
        self._kept: dict[tuple[str, object], _Kept] = {}
        self._prover = Prover()

    def glances(self) -> tuple[int, tuple[Glance, ...]]:
        """All datanets at a glance, and the journal line they are of."""
        return self._told(("glances", None), lambda asked: tuple(glances(asked)))

    def figures(self, datanet: str | None) -> Told:
        """Every figure of a datanet, None: of all; labels that no card names are left out."""
        told = self._told(("figures", datanet), lambda asked: told_of(asked.of(datanet)))[1]
        cards = self._cards(datanet)
        if cards and all(card.public_texts for card in cards):
            return told
        named = (field.allowed or () for card in cards for field in card.with_role(Role.LABEL))
        public = frozenset(label for labels in named for label in labels)
        return replace(told, figures=tuple(hushed(one, public) for one in told.figures))

    def figure(self, datanet: str | None, name: str) -> tuple[Told, Figure | None]:
        """One of them by its name, None when there is none of this name."""
        told = self.figures(datanet)
        return told, next((one for one in told.figures if one.name == name), None)

    def money(self) -> tuple[int, Money]:
        """Statements and epochs, and the journal line they are of."""
        return self._told(("money", None), _money)

    def contributors(self, datanet: str) -> tuple[int, tuple[Given, ...]]:
        """The largest givers of a datanet."""
        return self._told(
            ("contributors", datanet), lambda asked: tuple(given(asked.of(datanet), count=CONTRIBUTORS_MAX))
        )

    def given(self, contributor: str) -> tuple[Given, ...]:
        """What one contributor gave, by datanet; small enough to be asked for each time."""
        with self._hosted.snapshot() as (store, state):
            return tuple(given(Asked(store, Treasury(state, self._hosted.objects)), contributor))

    def most_paid(self, epoch: int) -> tuple[Paid, ...]:
        """Who was paid most in an epoch."""
        with self._hosted.snapshot() as (store, state):
            return most_paid(Asked(store, Treasury(state, self._hosted.objects)), epoch, PAID_MAX)

    def rooted(self) -> Rooted:
        """Length, head and root of the journal."""
        return self._prover.rooted(self._hosted.journal.read())

    def proof(self, record: str, seq: int, index: int) -> Proof:
        """That a record is in the journal."""
        return self._prover.proof(self._hosted.journal.read(), record, seq, index)

    def card(self, datanet: str) -> Datanet | None:
        """A datanet's card, None when it has no readable one any more."""
        try:
            return self._hosted.datanet(datanet)
        except CurationError:
            return None

    def _cards(self, datanet: str | None) -> list[Datanet]:
        names = self._hosted.datanets() if datanet is None else (datanet,)
        return [card for card in map(self.card, names) if card is not None]

    def _told(self, key: tuple[str, object], made: Callable[[Asked], T]) -> tuple[int, T]:
        kept = self._kept.get(key)
        if kept is not None and self._is_good(kept):
            return kept.seq, kept.value
        if not self._working.acquire(blocking=kept is None):
            assert kept is not None, "who has nothing waits"
            return kept.seq, kept.value
        try:
            kept = self._kept.get(key)
            if kept is None or not self._is_good(kept):
                begun = self._clock()
                with self._hosted.snapshot() as (store, state):
                    value = made(Asked(store, Treasury(state, self._hosted.objects)))
                now = self._clock()
                kept = self._kept[key] = _Kept(value=value, seq=state.seq, at=now, took=now - begun)
            return kept.seq, kept.value
        finally:
            self._working.release()

    def _is_good(self, kept: _Kept) -> bool:
        if kept.seq == len(self._hosted.journal.read()):
            return True
        return self._clock() - kept.at < kept.took * REST


def _money(asked: Asked) -> Money:
    return Money(
        statements={one.contributor: one for one in payouts_of(asked.treasury).contributors}, epochs=epochs(asked)
    )
