"""A workspace in the one process that owns its store: open for days, used by many threads, lent to the command line.

Two locks, always taken in this order: the writer's, then the store's. Whoever holds the store may not begin to write.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

from curation.lasting import Lasting
from curation.ledger.kept import Door, Keeper, KeptStore
from curation.ledger.lending import Lender
from curation.ledger.lock import server_lock
from curation.ledger.rows import Row
from curation.ledger.state import State, replay
from curation.ledger.store import Store
from curation.opened import ANONYMOUS, Checked, Say, silent
from curation.submitting import Prepared
from curation.workspace import Submitted

T = TypeVar("T")


class Judge(Protocol):
    """Judges contributions in a process of its own. One file at a time."""

    def check(self, file: Path, datanet: str, contributor: str, records_max: int) -> dict[str, Any]:
        """What `Opened.check` finds, as the document `curation.checked/1`."""
        ...

    def prepare(self, file: Path, datanet: str, contributor: str) -> Prepared:
        """As for `Workspace`. It is forgotten when the next file comes."""
        ...


class Hosted(Lasting):
    """A workspace as a server has it. Within `with`, the store is its own and the command line borrows it."""

    def __init__(
        self,
        root: Path,
        *,
        say: Say = silent,
        clock: Callable[[], datetime] | None = None,
        judge: Judge | None = None,
    ) -> None:
        """As for `Opened`; nothing is opened yet. Without a `judge` contributions are judged in this process."""
        super().__init__(root, say=say, clock=clock)
        self._keeper = Keeper(self._store_opened)
        self._writers = Door()
        # Whether this writer has journalled anything: the store follows when the writer is done, or somebody asks it.
        self._is_ahead = False
        self._judging = threading.RLock()
        self._judge = judge
        self._open = ExitStack()

    def __enter__(self) -> Self:
        """Opens the store; raises `UsageError` when another server has it, `JournalBroken` for a damaged journal."""
        with ExitStack() as opening:
            opening.enter_context(server_lock(self.places.state_dir))
            opening.callback(self._keeper.close)
            self.store().close()
            opening.enter_context(self.book.kept_open())
            opening.callback(Lender(self.places.lending, self._keeper).close)
            self._open = opening.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def store(self, rows: Mapping[str, tuple[Row, ...]] | None = None) -> Store:
        """The store, caught up, for this thread alone until it closes it; it stays open behind that. Re-entrant."""
        return self._keeper.held(rows)

    @contextmanager
    def snapshot(self) -> Iterator[tuple[Store, State]]:
        """The store and the journal's state at one and the same line, to read from for as long as it takes.

        Nobody waits for whoever reads it, and nothing that happens meanwhile is in it.
        """
        with self._keeper.snapshot() as store:
            seq = store.position()[0]
            state = self.state()
            yield store, state if state.seq == seq else replay(self.journal.read()[:seq])

    def _in_one_turn(self) -> AbstractContextManager[object]:
        return self.store()

    @contextmanager
    def _reading(self, first: Callable[[Store], T]) -> Iterator[tuple[Store, T]]:
        """As for `Reviewing`, from a snapshot: nobody waits for whoever looks at one record."""
        with ExitStack() as reading:
            with self._keeper.held() as kept:
                found = first(kept)
                taken = reading.enter_context(self._keeper.as_it_stands(kept))
            yield taken, found

    @contextmanager
    def judging(self) -> Iterator[Judge | None]:
        """Within it no other file is judged; the judge, or None when this process judges. Re-entrant."""
        with self._judging:
            yield self._judge

    def check(self, file: Path, datanet: str, contributor: str = ANONYMOUS) -> Checked:
        """As for `Opened`, in this process; one file at a time, since the rules' engine has no locks of its own."""
        with self._judging:
            return super().check(file, datanet, contributor)

    def submit(self, file: Path, datanet: str, contributor: str, *, commit: str | None = None) -> Submitted:
        """As for `Workspace`; one file at a time is judged."""
        with self._judging:
            return super().submit(file, datanet, contributor, commit=commit)

    def prepare(self, file: Path, datanet: str, contributor: str) -> Prepared:
        """As for `Workspace`, by the judge where there is one."""
        if self._judge is None:
            return super().prepare(file, datanet, contributor)
        return self._judge.prepare(file, datanet, contributor)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One writer at a time, in this process and outside of it. Re-entrant, unlike the lock on the disk."""
        assert self._writers.is_mine or not self._keeper.door.is_mine, "the store is held: close it, then write"
        depth = self._writers.acquire()
        follows = False
        try:
            if depth > 1:
                yield
            else:
                with super()._writing():
                    yield
        finally:
            if depth == 1:
                follows, self._is_ahead = self._is_ahead, False
            self._writers.release()
        if follows:
            super()._follow()

    def _follow(self, rows: Mapping[str, tuple[Row, ...]] | None = None) -> None:
        """As for `Writing`, behind the lock: who writes next need not wait until the store has followed."""
        self._keeper.at_hand |= rows or {}
        if self._writers.is_mine:
            self._is_ahead = True
        else:
            super()._follow()

    def _store_opened(self) -> KeptStore:
        return KeptStore.open(self.places.store, self.journal, self.objects, self.read_rows)
