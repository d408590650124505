"""What every verb that writes has in common: one writer at a time, files before the journal line, then the store."""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

from curation.errors import CurationError
from curation.ledger.durable import write_file
from curation.ledger.facts import Fact, record_fact
from curation.ledger.journal import Event
from curation.ledger.lock import workspace_lock
from curation.ledger.rows import Row
from curation.opened import Opened


class Writing(Opened):
    """An opened workspace that can be written to, by one process at a time."""

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with workspace_lock(self.places.state_dir):
            yield

    def _append(self, fact: Fact) -> Event:
        return record_fact(self.journal, fact, self._clock())

    def _follow(self, rows: Mapping[str, tuple[Row, ...]] | None = None) -> None:
        """Lets the store follow the journal.

        What is journalled has happened, so nothing that fails here may say otherwise: the store is derived, and the
        next command that opens it catches up.
        """
        from curation.ledger.duck import DuckError  # noqa: PLC0415  (a check needs no DuckDB)

        with suppress(CurationError, DuckError, OSError):
            self.store(rows).close()

    def _salt(self) -> bytes:
        """What makes the journal's content digests unguessable; made once, kept beside the journal, never exported."""
        path = self.places.state_dir / "salt"
        if not path.exists():
            write_file(path, secrets.token_bytes(32))
        return path.read_bytes()
