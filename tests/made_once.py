"""What takes long to make is made by one process of a test run, while the others wait; each works on a copy."""

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest


def shared_by_all(factory: pytest.TempPathFactory) -> Path:
    """The folder of this test run, whichever of its processes asks."""
    base = factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A folder that one process of the test run makes, while the others wait."""
    shared = shared_by_all(factory)
    folder = shared / name
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            # A process that fails half-way leaves nothing that looks made.
            shutil.rmtree(shared / f"{name}.unfinished", ignore_errors=True)
            make(shared / f"{name}.unfinished")
            (shared / f"{name}.unfinished").rename(folder)
    return folder


def copied(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A copy, this process's own, of a workspace that is made once for all: what it reads it also opens and locks."""
    return shutil.copytree(once(factory, name, make), factory.mktemp(name) / "ws", symlinks=True)
