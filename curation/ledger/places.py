"""Where the ledger's files stand inside a workspace's state folder."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Places:
    """The state folder (`.curation/` of a workspace) and what lies in it. Nothing is created by naming it."""

    state_dir: Path

    @property
    def journal(self) -> Path:
        """The hash-chained list of everything that happened: the truth."""
        return self.state_dir / "journal.jsonl"

    @property
    def objects(self) -> Path:
        """The folder of files under their digest."""
        return self.state_dir / "objects"

    @property
    def store(self) -> Path:
        """The DuckDB file that answers questions; may be deleted at any time."""
        return self.state_dir / "store.duckdb"

    @property
    def lock(self) -> Path:
        """The file whose lock a writer holds."""
        return self.state_dir / "workspace.lock"

    @property
    def lending(self) -> Path:
        """A link to the socket of the server that owns the store, while one runs."""
        return self.state_dir / "serve.sock"

    @property
    def book(self) -> Path:
        """What the web service keeps for itself: tokens, sessions, idempotency keys."""
        return self.state_dir / "serve.sqlite"

    @property
    def uploads(self) -> Path:
        """The folder of files on their way in over the web."""
        return self.state_dir / "uploads"
