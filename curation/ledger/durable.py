"""Bytes that are on the disk before we say so: written whole, synced, and the folder that names them synced too."""

import os
import threading
from pathlib import Path


def write_all(descriptor: int, data: bytes) -> None:
    """Writes every byte; raises `OSError` when the disk does not take them."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def sync(path: Path) -> None:
    """Makes what a file says, or the names in a folder, survive a power cut: a file whose name is lost is lost."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_file(path: Path, data: bytes) -> None:
    """Puts a file in place whole or not at all: temporary name beside it, sync, rename, sync of the folder."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    try:
        write_all(descriptor, data)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    temporary.replace(path)
    sync(path.parent)
