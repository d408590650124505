"""That a record is in the journal, shown without the rest of it: its lines, and the audit path of each to one root.

A record's id is the digest of where it came from (datanet, contributor, file, place in the file), and the line of its
contribution has the first three; so the line and the place prove the id, and the path proves the line.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from curation.datanet.record import record_id
from curation.ledger.facts import ContributionSubmitted, WordUndone, fact_of
from curation.ledger.journal import GENESIS, Event, written
from curation.ledger.tree import Tree


@dataclass(frozen=True, kw_only=True)
class Included:
    """One journal line, its text, and the hashes that lead from it to the root, lowest first."""

    seq: int
    type: str
    line: str
    path: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Proof:
    """A record's place in the journal as it was `size` lines long: its contribution's line, and each later word.

    `index` is the record's place in its file, from 0. The last of `lines` is the journal's last one, whose hash is
    `head`: so head and root are of the same journal.
    """

    record: str
    index: int
    size: int
    head: str
    root: str
    lines: tuple[Included, ...]


@dataclass(frozen=True, kw_only=True)
class Rooted:
    """How long the journal is, the hash of its last line, and the root over all lines (RFC 9162)."""

    size: int
    head: str
    root: str


class Prover:
    """Keeps the journal's tree; what was hashed once is not hashed again. Used by many threads."""

    def __init__(self) -> None:
        self._tree = Tree()
        self._one = threading.Lock()

    def rooted(self, events: Sequence[Event]) -> Rooted:
        """Head and root of a journal that is that of the last call, or a longer one, or a beginning of it."""
        size = len(events)
        with self._one:
            self._grow(events)
            root = self._tree.root(size)
        return Rooted(size=size, head=events[-1].hash if events else GENESIS, root=root.hex())

    def proof(self, events: Sequence[Event], record: str, seq: int, index: int) -> Proof:
        """The proof for the record at `index` of the contribution of journal line `seq`."""
        fact = fact_of(events[seq - 1])
        assert isinstance(fact, ContributionSubmitted), "the line of a contribution"
        assert record_id(fact.datanet, fact.contributor, fact.file, index) == record, "the record's own place"
        now = self.rooted(events)
        wanted = sorted({seq, *_words(events[seq:], record), len(events)})
        with self._one:
            lines = tuple(self._included(events[one - 1], len(events)) for one in wanted)
        return Proof(record=record, index=index, size=now.size, head=now.head, root=now.root, lines=lines)

    def _included(self, event: Event, size: int) -> Included:
        path = self._tree.path(event.seq - 1, size)
        return Included(
            seq=event.seq, type=event.type, line=written(event).decode(), path=tuple(one.hex() for one in path)
        )

    def _grow(self, events: Sequence[Event]) -> None:
        for event in events[len(self._tree) :]:
            self._tree.append(written(event))


def _words(later: Sequence[Event], record: str) -> set[int]:
    """The lines that name a record, and those that undo one of them."""
    named = {event.seq for event in later if event.body.get("record") == record}
    undone = (event for event in later if event.type == WordUndone.TYPE)
    return named | {event.seq for event in undone if event.body.get("word") in named}
