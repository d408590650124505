"""What reading a file may cost: memory, processor time, decoded size, and the size of any one thing in it.

The promise is that no hostile file costs its reader more than 2 s and 300 MB, while an honest file of
1 GB and a million records passes. Memory is therefore capped flat and time by size.
"""

import contextlib
import resource
from typing import Final

FILE_MAX_BYTES: Final = 2_000_000_000
RECORD_MAX_BYTES: Final = 1_000_000
RECORDS_MAX: Final = 2_000_000
# They make no record and cost time all the same.
BLANK_LINES_MAX: Final = 500_000
COLUMNS_MAX: Final = 2_000
DEPTH_MAX: Final = 32

# Text compresses 3 to 20 times, repetitive tables 40; a bomb 1,000 times and more. Small files may do what they like:
# below the floor even a bomb is harmless, and a short file of equal rows is honest though it shrinks to nothing.
DECODED_RATIO_MAX: Final = 100
DECODED_FLOOR_BYTES: Final = 8_000_000

_MB: Final = 1_000_000
_SECONDS_LEAST: Final = 10
_BYTES_PER_SECOND: Final = 1 * _MB  # a fifth of what the slowest reader does
_WALL_PER_CPU: Final = 3
# At the soft limit SIGXCPU says why the child ends; at the hard limit it is only killed.
_CPU_GRACE: Final = 2

# Address space of the readers of text: a bare interpreter takes 20 MB, the worst line of 1 MB about 100 MB.
_TEXT_ADDRESS_BYTES: Final = 300 * _MB
# pyarrow maps 300 MB before it reads anything, most of it code and reserved heaps that are never touched, so address
# space says little about memory there. What bounds it is the data segment (anonymous memory counts since Linux 4.7):
# 150 MB after import, of which 110 MB are resident.
_PARQUET_ADDRESS_BYTES: Final = 900 * _MB
_PARQUET_DATA_BYTES: Final = 330 * _MB
_OPEN_FILES: Final = 64


def decoded_max(stored: int) -> int:
    """How many bytes `stored` compressed bytes may decode to."""
    return min(FILE_MAX_BYTES, max(DECODED_FLOOR_BYTES, DECODED_RATIO_MAX * stored))


def cpu_seconds(stored: int, *, compressed: bool) -> int:
    """Processor seconds that reading a file of `stored` bytes may take: ten, and one for each (decoded) megabyte."""
    decoded = decoded_max(stored) if compressed else stored
    return _SECONDS_LEAST + decoded // _BYTES_PER_SECOND


def wall_seconds(stored: int, *, compressed: bool) -> int:
    """Seconds by the clock that reading may take, on a machine busy with other things."""
    return _WALL_PER_CPU * cpu_seconds(stored, compressed=compressed)


def confine(stored: int, *, compressed: bool, parquet: bool) -> None:
    """Limits this process for good: memory, processor time, open files, no files written, no core dump."""
    seconds = cpu_seconds(stored, compressed=compressed)
    _lower(resource.RLIMIT_CPU, seconds, grace=_CPU_GRACE)
    _lower(resource.RLIMIT_FSIZE, 0)
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_NOFILE, _OPEN_FILES)
    _lower(resource.RLIMIT_AS, _PARQUET_ADDRESS_BYTES if parquet else _TEXT_ADDRESS_BYTES)
    if parquet:
        _lower(resource.RLIMIT_DATA, _PARQUET_DATA_BYTES)


def _lower(kind: int, limit: int, grace: int = 0) -> None:
    _, hard = resource.getrlimit(kind)
    if hard != resource.RLIM_INFINITY:
        limit = min(limit, hard - grace)
    # macOS knows some of these kinds by name only; the limits on decoded size and on the clock hold there all the same.
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(kind, (limit, limit + grace))
