"""Runs the reading child on an open file and passes on what it tells, whatever becomes of the child.

The child starts in isolated mode with an empty environment, so that neither the folder it is started in nor a variable
decides what code it runs, and with the package it belongs to, so that parent and child are one version.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from curation.errors import FileRefused
from curation.intake.kind import Format, Kind
from curation.intake.limits import wall_seconds
from curation.intake.wire import Broken, Told, heard

# The folder is taken off the path again: it may hold other packages, and none may hide one of the standard library.
_BOOT: Final = (
    "import sys; sys.path.insert(0, sys.argv[1]); import curation; del sys.path[0]; "
    "from curation.intake.child import main; main(sys.argv[2])"
)
_ROOT: Final = Path(__file__).resolve().parents[2]
# pyarrow's other allocators reserve address space by the gigabyte.
_ENVIRONMENT: Final = {"ARROW_DEFAULT_MEMORY_POOL": "system", "MALLOC_ARENA_MAX": "1", "OMP_NUM_THREADS": "1"}
_SIGXCPU: Final = -24
_LINE_MAX_BYTES: Final = 64_000_000


def read_in_child(descriptor: int, kind: Kind) -> Iterator[Told]:
    """What the child tells of the file open at `descriptor`, from its start. May be left before its end.

    Raises:
        FileRefused: the child's own refusals; reader-too-slow; reader-died, when it ended without a whole message.
    """
    os.lseek(descriptor, 0, os.SEEK_SET)
    seconds = wall_seconds(os.fstat(descriptor).st_size, compressed=kind.compressed)
    expired = threading.Event()
    with _child(descriptor, kind) as child:

        def stop() -> None:
            expired.set()
            child.kill()

        timer = threading.Timer(seconds, stop)
        timer.daemon = True
        timer.start()
        try:
            yield from heard(_lines(child.stdout))
        except Broken:
            code = child.wait()
            if expired.is_set() or code == _SIGXCPU:
                raise FileRefused("reader-too-slow", f"the file took over {seconds} s to read", "Split it") from None
            hint = "It needs more memory than a contribution may, or is damaged"
            raise FileRefused("reader-died", "the file made its reader stop", hint) from None
        finally:
            timer.cancel()


@contextmanager
def _child(descriptor: int, kind: Kind) -> Iterator[subprocess.Popen[bytes]]:
    # Site packages cost start-up time and only Parquet needs one.
    flags = ["-I"] if kind.format is Format.PARQUET else ["-I", "-S"]
    name = f".{kind.format}{'.gz' if kind.gzipped else ''}"
    command = [sys.executable, *flags, "-c", _BOOT, str(_ROOT), name]
    child = subprocess.Popen(  # noqa: S603 - our own interpreter and code, no argument from outside
        command, stdin=descriptor, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=_ENVIRONMENT
    )
    try:
        yield child
    finally:
        child.kill()
        assert child.stdout is not None  # asked for above
        child.stdout.close()
        child.wait()


def _lines(output: IO[bytes] | None) -> Iterator[bytes]:
    assert output is not None  # asked for above
    while line := output.readline(_LINE_MAX_BYTES):
        yield line
