"""The lock of a workspace: one writer at a time, readers need none.

The operating system drops it when the process that holds it dies, however it dies.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from curation.errors import UsageError
from curation.ledger.places import Places


@contextmanager
def workspace_lock(state_dir: Path, timeout_seconds: float = 30.0) -> Iterator[None]:
    """Holds the workspace for writing; creates `state_dir` when missing.

    Not reentrant: a second one in the same process waits like any other. Raises `UsageError` after `timeout_seconds`.
    """
    state_dir.mkdir(parents=True, exist_ok=True)
    lock = FileLock(Places(state_dir=state_dir).lock)
    try:
        lock.acquire(timeout=timeout_seconds)
    except Timeout:
        raise UsageError(
            f"another process is writing to this workspace: waited {timeout_seconds:g} s for its lock; try again later"
        ) from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def store_lock(store: Path, timeout_seconds: float) -> Iterator[None]:
    """Holds the right to open or replace the store's file, so that two processes never build it at once.

    Raises `UsageError` after `timeout_seconds`.
    """
    lock = FileLock(store.with_name(store.name + ".lock"))
    try:
        lock.acquire(timeout=timeout_seconds)
    except Timeout:
        raise UsageError(f"another process is opening or rebuilding the store: waited {timeout_seconds:g} s") from None
    try:
        yield
    finally:
        lock.release()
