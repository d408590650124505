"""The lock of a workspace: one writer at a time, readers need none.

The operating system drops it when the process that holds it dies, however it dies.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from curation.errors import WorkspaceBusy
from curation.ledger.places import Places


@contextmanager
def workspace_lock(state_dir: Path, timeout_seconds: float = 30.0) -> Iterator[None]:
    """Holds the workspace for writing; creates `state_dir` when missing.

    Not reentrant: a second one in this process waits like any other. Raises `WorkspaceBusy` after `timeout_seconds`.
    """
    state_dir.mkdir(parents=True, exist_ok=True)
    lock = FileLock(Places(state_dir=state_dir).lock)
    try:
        lock.acquire(timeout=timeout_seconds)
    except Timeout:
        raise WorkspaceBusy(
            f"another process is writing to this workspace: waited {timeout_seconds:g} s for its lock; try again later"
        ) from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def store_lock(store: Path, timeout_seconds: float) -> Iterator[None]:
    """Holds the right to open or replace the store's file, so that two processes never build it at once.

    Raises `WorkspaceBusy` after `timeout_seconds`.
    """
    lock = FileLock(store.with_name(store.name + ".lock"))
    try:
        lock.acquire(timeout=timeout_seconds)
    except Timeout:
        raise WorkspaceBusy(
            f"another process is opening or rebuilding the store: waited {timeout_seconds:g} s"
        ) from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def server_lock(state_dir: Path) -> Iterator[None]:
    """Holds the right to be the server of a workspace; raises `WorkspaceBusy` at once when another process has it."""
    state_dir.mkdir(parents=True, exist_ok=True)
    # Taken by one thread and given back by another, when the server is closed.
    lock = FileLock(state_dir / "serve.lock", thread_local=False)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise WorkspaceBusy("another server has this workspace open; one is enough") from None
    try:
        yield
    finally:
        lock.release()
