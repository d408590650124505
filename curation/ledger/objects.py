"""Files stored under their digest: contribution files, cards, rules, results, findings, reasons.

A file is there whole or not at all, and its name says what its bytes must be.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from curation.datanet.canonical import digest
from curation.errors import JournalBroken
from curation.ledger.durable import sync, write_file

_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)


class Objects:
    """The folder `objects/ab/abcd…`; `ab` are the first two digits of the digest, so that no folder grows too long."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, data: bytes) -> str:
        """Stores the bytes and returns their SHA-256; when this returns they are on the disk.

        Again with the same bytes changes nothing, but a damaged file under that name is put right.
        """
        name = digest(data)
        if self._read(name) == data:
            return name
        path = self._path(name)
        if not path.parent.is_dir():
            path.parent.mkdir(parents=True, exist_ok=True)
            sync(self._folder)
        write_file(path, data)
        return name

    def get(self, name: str) -> bytes:
        """The bytes with this digest; raises `JournalBroken` when they are missing or not what the name says."""
        data = self._read(name)
        if data is None:
            raise JournalBroken(f"the file {name} that the journal names is missing")
        seen = digest(data)
        if seen != name:
            raise JournalBroken(f"the file {name} is damaged: its digest is {seen}")
        return data

    def has(self, name: str) -> bool:
        """Whether a file stands under this digest; `get` says whether it is sound."""
        return _DIGEST.fullmatch(name) is not None and self._path(name).is_file()

    def names(self) -> Iterator[str]:
        """The digests of all stored files, in order. Unfinished writes are not among them."""
        for path in sorted(self._folder.glob("??/*")):
            if _DIGEST.fullmatch(path.name) and path.name.startswith(path.parent.name) and path.is_file():
                yield path.name

    def path(self, name: str) -> Path:
        """Where the file of this digest stands, for a reader that wants a file and not bytes. Not verified."""
        return self._path(name)

    def _path(self, name: str) -> Path:
        if not _DIGEST.fullmatch(name):
            raise JournalBroken(f"{name[:80]!r} is no digest: 64 lower-case hexadecimal digits wanted")
        return self._folder / name[:2] / name

    def _read(self, name: str) -> bytes | None:
        try:
            return self._path(name).read_bytes()
        except FileNotFoundError:
            return None
