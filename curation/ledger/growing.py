"""The journal as a long-lived process reads it: what it has checked once it does not read again."""

from curation.errors import JournalBroken
from curation.ledger.journal import Event, Journal


class GrowingJournal(Journal):
    """A journal of which only what was appended is read. A cut is noticed; a rewritten line only by `curate verify`."""

    _told: tuple[Event, ...] = ()

    def read(self) -> tuple[Event, ...]:
        """All events in order; raises `JournalBroken` when the file became shorter or its new lines are damaged."""
        with self._threads:
            try:
                with self._path.open("rb") as stream:
                    size = stream.seek(0, 2)
                    if size < self._length:
                        raise JournalBroken(f"the journal was cut: {size} bytes, {self._length} were there")
                    stream.seek(self._length)
                    self._take(stream.read())
            except FileNotFoundError:
                if self._length:
                    raise JournalBroken("the journal is gone") from None
            if len(self._told) != len(self._events):
                self._told = tuple(self._events)
            return self._told
