"""The store as a server keeps it: open for as long as the server runs, used by one thread at a time."""

import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress

from curation.errors import EngineFailed, WorkspaceBusy
from curation.ledger.duck import DuckError, Snapshot, damage_told
from curation.ledger.store import Store
from curation.ledger.tables import Rows

# Whoever has the store is done long before.
LENDING_SECONDS = 300.0
# So long those who read are let finish, before the file is taken from them for another process.
READING_SECONDS = 2.0


class Door:
    """A re-entrant lock that lets threads in in the order they came, and knows whether the one that asks holds it.

    Python's own lets in whoever happens to run: where fifty wait, somebody waits for fifty others, and again.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[tuple[int, threading.Lock]] = deque()
        self._holder: int | None = None
        self._depth = 0

    @property
    def is_mine(self) -> bool:
        """Whether this thread holds it."""
        return self._holder == threading.get_ident()

    @property
    def waiting(self) -> int:
        """How many threads wait for it."""
        return len(self._waiting)

    def acquire(self, timeout_seconds: float = 30.0) -> int:
        """Waits for it; returns how many times this thread holds it now. Raises `WorkspaceBusy` after the timeout."""
        me, turn = threading.get_ident(), threading.Lock()
        with self._guard:
            if self._holder in {None, me}:
                self._holder = me
                self._depth += 1
                return self._depth
            turn.acquire()
            self._waiting.append((me, turn))
        if not turn.acquire(timeout=timeout_seconds):
            with self._guard:
                if self._holder != me:  # it may have come in the last moment
                    self._waiting.remove((me, turn))
                    raise WorkspaceBusy(f"others are at work here: waited {timeout_seconds:g} s; try again later")
        return self._depth

    def release(self) -> None:
        """Gives it to the next, when this thread has released it as often as it took it."""
        with self._guard:
            self._depth -= 1
            if self._depth:
                return
            self._holder = None
            if self._waiting:
                self._holder, turn = self._waiting.popleft()
                self._depth = 1
                turn.release()


class KeptStore(Store):
    """A store that closing does not close: it only lets the next thread have it."""

    # Small questions by many people: handing one from thread to thread takes as long as answering it.
    threads = 1
    door: Door | None = None

    def close(self) -> None:
        """Lets the next thread have it; while it is being opened, lets go of the file."""
        if self.door is None:
            super().close()
        else:
            self.door.release()

    def let_go(self) -> None:
        """Really closes the file."""
        super().close()

    def snapshot(self) -> tuple[Store, Snapshot]:
        """What it holds now, as a store of its own that is read while others have this one; and what it rests on."""
        try:
            taken = self._duck.snapshot()
        except DuckError as error:
            raise damage_told(error) from error
        return Store.of_duck(taken, self._journal, self._objects, self._read_rows), taken


class Keeper:
    """Owns the store of a workspace: opens it when first asked, and gives it to one thread at a time."""

    def __init__(self, opened: Callable[[], KeptStore]) -> None:
        """`opened` opens the store anew, caught up with the journal."""
        self._opened = opened
        self._kept: KeptStore | None = None
        self._snapshots: set[Snapshot] = set()
        self._read = threading.Condition()
        self._is_closed = False
        self.door = Door()
        # The rows of what the journal has and the store may not have yet, by contribution, so that whoever comes first
        # need not read the file.
        self.at_hand: dict[str, Rows] = {}

    def held(self, rows: Mapping[str, Rows] | None = None) -> KeptStore:
        """The store, caught up, for this thread until it closes it. One that broke is opened, or built, once more."""
        self.door.acquire()
        try:
            try:
                store = self._store()
                at_hand = {**self.at_hand, **(rows or {})}
                store.follow(at_hand)
                for one in at_hand:
                    self.at_hand.pop(one, None)
            except EngineFailed:
                self._drop()
                store = self._store()
        except BaseException:
            self.door.release()
            raise
        return store

    @contextmanager
    def snapshot(self) -> Iterator[Store]:
        """The store as it stands now, caught up; others go on working with theirs while it is read.

        Whoever reads it for long may hear `StoreBusy` in the middle, when another process wants the file.
        """
        with ExitStack() as reading:
            with self.held() as kept:
                store = reading.enter_context(self.as_it_stands(kept))
            yield store

    @contextmanager
    def as_it_stands(self, kept: KeptStore) -> Iterator[Store]:
        """The same of the store that this thread holds, at the line that it has reached."""
        store, taken = kept.snapshot()
        with self._read:
            self._snapshots.add(taken)
        try:
            yield store
        finally:
            # With the lock: what is being closed cannot be ended at the same time.
            with self._read:
                self._snapshots.discard(taken)
                self._read.notify_all()
                taken.close()

    def let_go(self) -> None:
        """Closes the file; no thread gets the store until it is taken back, by the thread that let it go."""
        self.door.acquire(LENDING_SECONDS)
        # The file is another's to open when nobody reads it here any more. All wait for it: reading can begin again.
        with self._read:
            if not self._read.wait_for(lambda: not self._snapshots, READING_SECONDS):
                for one in self._snapshots:
                    one.end()
            self._read.wait_for(lambda: not self._snapshots, LENDING_SECONDS)
        self._drop()

    def take_back(self) -> None:
        """Opens it again when it can be, within seconds; if not, whoever asks next tries and hears why."""
        try:
            with suppress(Exception):
                self._store()
        finally:
            self.door.release()

    def close(self) -> None:
        """Closes the file for good: whoever is still at work hears so, and opens it for nobody."""
        self._is_closed = True
        self.let_go()
        self.door.release()

    def _store(self) -> KeptStore:
        if self._is_closed:
            raise EngineFailed("the server has closed its store")
        if self._kept is None:
            self._kept = self._opened()
            self._kept.door = self.door
        return self._kept

    def _drop(self) -> None:
        kept, self._kept = self._kept, None
        if kept is not None:
            with suppress(Exception):  # a broken file is let go of too
                kept.let_go()
