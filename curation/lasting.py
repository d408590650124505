"""A workspace in a process that stays for days: what was read once is not read again."""

import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from curation.ledger.growing import GrowingJournal
from curation.ledger.state import State, replay
from curation.opened import Say, silent
from curation.workspace import Workspace


class Lasting(Workspace):
    """A workspace that stays open; any number of threads may read its journal."""

    def __init__(self, root: Path, *, say: Say = silent, clock: Callable[[], datetime] | None = None) -> None:
        """As for `Opened`; nothing is opened yet."""
        super().__init__(root, say=say, clock=clock)
        self.journal = GrowingJournal(self.places.journal)
        self._folding = threading.Lock()
        self._folded = State()

    def state(self) -> State:
        """All that the journal says now; what was folded before is not folded again."""
        events = self.journal.read()
        with self._folding:
            if len(events) > self._folded.seq:
                self._folded = replay(events[self._folded.seq :], self._folded)
            return self._folded
