"""The store has one owner at a time. A server that owns it lends it: it lets go of the file until the borrower is done.

Spoken over a Unix socket, which no other machine can reach, in a folder that only its user can enter. A borrower
connects, hears `lent`, opens the file, and closes the connection when it is done; the connection of one that dies is
closed by the operating system. The path of a socket may have 107 bytes and a workspace's may have more, so what stands
in the workspace is a link.
"""

import os
import shutil
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

from curation.errors import UsageError

_LENT = b"lent\n"
_FOLDER = "curate-serve-"
_STEP_SECONDS = 0.2
_PLACE_BYTES_MAX = 70


class Owner(Protocol):
    """Who owns the store. Both are called by the same thread, one after the other."""

    def let_go(self) -> None:
        """Closes the file and opens it for nobody until it is taken back."""

    def take_back(self) -> None:
        """Opens it again and catches up with the journal."""


class Lender:
    """Hears borrowers in a thread of its own and serves them one after the other."""

    def __init__(self, link: Path, owner: Owner) -> None:
        """Listens, and leaves a link to the socket at `link`. What a dead server left there is replaced."""
        self._link, self._owner = link, owner
        self._ends = threading.Event()
        self._folder = _private_folder()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        address = self._folder / "serve.sock"
        self._socket.bind(str(address))
        address.chmod(0o600)
        self._socket.listen(16)
        self._socket.settimeout(_STEP_SECONDS)
        _remove(link)
        link.symlink_to(address)
        self._thread = threading.Thread(target=self._run, name="lender", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Hears no more borrowers, and waits for none: one that has the store now goes on with it by itself."""
        self._ends.set()
        self._thread.join()
        self._socket.close()
        _remove(self._link)

    def _run(self) -> None:
        while not self._ends.is_set():
            try:
                connection, _ = self._socket.accept()
            except TimeoutError:
                continue
            # A loan that fails ends with its connection; the next borrower is heard all the same.
            with connection, suppress(UsageError):
                self._lend(connection)

    def _lend(self, connection: socket.socket) -> None:
        self._owner.let_go()
        try:
            with suppress(OSError):
                connection.settimeout(_STEP_SECONDS)
                connection.sendall(_LENT)
                while not self._ends.is_set():
                    with suppress(TimeoutError):
                        if not connection.recv(64):
                            break
        finally:
            self._owner.take_back()


@contextmanager
def borrowed(link: Path, heard: Callable[[], None], timeout_seconds: float = 60.0) -> Iterator[bool]:
    """Within it the store is this process's to open; yields whether a server lent it, who hears so by `heard`.

    Without a living server nothing is borrowed. Raises `UsageError` when one does not lend within the timeout.
    """
    connection = _connected(link, timeout_seconds)
    if connection is None:
        yield False
        return
    with connection:
        try:
            answer = connection.recv(len(_LENT))
        except TimeoutError:
            raise UsageError(f"the server did not lend its store within {timeout_seconds:g} s; try again") from None
        except OSError:
            answer = b""
        if answer:  # a server that died meanwhile has let go of it, too
            heard()
        yield bool(answer)


def _connected(link: Path, timeout_seconds: float) -> socket.socket | None:
    """A connection to the server behind a link, or None: no link, or that of a dead server."""
    try:
        address = link.readlink()
    except OSError:
        return None
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(timeout_seconds)
    try:
        connection.connect(str(address))
    except OSError:
        connection.close()
        return None
    return connection


def _private_folder() -> Path:
    """A new folder that only this user can enter, whose path is short enough for a socket's."""
    places = (os.environ.get("XDG_RUNTIME_DIR", ""), tempfile.gettempdir())
    short = (place for place in places if Path(place).is_dir() and len(os.fsencode(place)) <= _PLACE_BYTES_MAX)
    return Path(tempfile.mkdtemp(prefix=_FOLDER, dir=next(filter(None, short), "/tmp")))  # noqa: S108  (made by mkdtemp)


def _remove(link: Path) -> None:
    """Takes a link and the socket behind it away."""
    with suppress(OSError):
        folder = link.readlink().parent
        if folder.name.startswith(_FOLDER) and folder.stat().st_uid == os.geteuid():
            shutil.rmtree(folder)
    link.unlink(missing_ok=True)
