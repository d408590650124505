"""Files on their way in: written part by part under the digest they shall have, and whole only when they have it.

What there is stands on the disk and nowhere else: a file that grows, or one that is whole.
"""

import hashlib
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from curation.ledger.durable import sync

_BLOCK_BYTES = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How many bytes there are, and whether that is all."""

    bytes: int
    complete: bool


class Uploads:
    """The folder of uploads; each belongs to one name, so that nobody submits what another sent."""

    def __init__(self, folder: Path) -> None:
        """`folder` is made, for its user alone, when the first upload comes."""
        self._folder = folder
        self._busy: set[Path] = set()
        self._lock = threading.Lock()

    def progress(self, name: str, sha256: str) -> Progress | None:
        """How far an upload is, or None when nothing of it is there."""
        for path, complete in ((self._whole(name, sha256), True), (self._part(name, sha256), False)):
            if path.exists():
                return Progress(bytes=path.stat().st_size, complete=complete)
        return None

    def kept_bytes(self, name: str) -> int:
        """How much this name has here."""
        return sum(path.stat().st_size for path in self._folder.glob(f"{name}@*"))

    @contextmanager
    def taken(self, name: str, sha256: str) -> Iterator[Path | None]:
        """Within it nobody else writes this upload; its growing file, or None when somebody does already."""
        part = self._part(name, sha256)
        with self._lock:
            free = part not in self._busy
            self._busy.add(part)
        if not free:
            yield None
            return
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            yield part
        finally:
            with self._lock:
                self._busy.discard(part)

    def append(self, part: Path, data: bytes) -> None:
        """Writes a block at the end."""
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "ab") as stream:
            stream.write(data)

    def finish(self, name: str, sha256: str) -> bool:
        """Makes a growing file the whole one when its digest is as told; else throws it away and says False."""
        part = self._part(name, sha256)
        part.touch(mode=0o600)
        seen = hashlib.sha256()
        with part.open("rb") as stream:
            while block := stream.read(_BLOCK_BYTES):
                seen.update(block)
        if seen.hexdigest() != sha256:
            part.unlink(missing_ok=True)
            return False
        sync(part)
        part.replace(self._whole(name, sha256))
        sync(self._folder)
        return True

    @contextmanager
    def named(self, name: str, sha256: str, file_name: str) -> Iterator[Path | None]:
        """A whole upload under a file name for as long as it is read, or None when there is none."""
        whole = self._whole(name, sha256)
        if not whole.exists():
            yield None
            return
        with tempfile.TemporaryDirectory(prefix="read-", dir=self._folder) as folder:
            linked = Path(folder) / file_name
            os.link(whole, linked)
            yield linked

    def drop_before(self, seconds_ago: float) -> None:
        """Throws away what nobody wrote to for so long."""
        oldest = time.time() - seconds_ago
        for path in self._folder.glob("*"):
            with suppress(FileNotFoundError):  # somebody else was faster
                if path.stat().st_mtime >= oldest:
                    continue
                if path.is_dir():  # a server died while it was read
                    shutil.rmtree(path)
                else:
                    path.unlink()

    def _whole(self, name: str, sha256: str) -> Path:
        return self._folder / f"{name}@{sha256}"

    def _part(self, name: str, sha256: str) -> Path:
        return self._folder / f"{name}@{sha256}.part"
