"""A folder that `datasets.load_dataset` reads as it is: Parquet, per-record weights beside it, and the data set's card.

The same journal line and code give the same bytes: rows by id, fixed settings of the writer, no clock.
"""

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from curation.datanet.shown import shown
from curation.errors import UsageError
from curation.exporting import Exported
from curation.formats.dataset_card import Written, dataset_card
from curation.formats.dataset_columns import columns_of, id_column, schema_of, table_of
from curation.ledger.durable import sync, write_file

DATA: Final = "data/train-00000-of-00001.parquet"
WEIGHTS: Final = "weights.parquet"
# Without data the folder cannot be loaded, so it comes last: what was interrupted never looks complete.
_IN_ORDER: Final = (WEIGHTS, "README.md", "data")
_UNFINISHED: Final = ".unfinished"
_WEIGHED: Final = (
    ("verdict", pa.string()),
    ("why", pa.string()),
    ("in_data", pa.bool_()),
    ("weight_ppm", pa.int64()),
    ("novelty_ppm", pa.int64()),
    ("contributor", pa.string()),
    ("imported", pa.bool_()),
    ("label_before", pa.string()),
    ("reference", pa.string()),
    ("contribution", pa.string()),
    ("journal_line", pa.int64()),
    ("decision_line", pa.int64()),
)


@dataclass(frozen=True, kw_only=True)
class FolderWritten:
    """How many accepted records, how many weights, and up to which journal line."""

    accepted: int
    weighed: int
    seq: int


def require_empty(folder: Path) -> None:
    """Raises `UsageError` unless the folder is empty or not there yet."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{shown(folder.name)!r} is no empty folder: a new or empty one wanted")


def write_folder(told: Exported, folder: Path) -> FolderWritten:
    """Writes the data set into a new or empty folder, whole or not at all.

    Raises `UsageError` for any other folder, and when no record is accepted.
    """
    require_empty(folder)
    is_new = not folder.exists()
    unfinished = folder / _UNFINISHED
    try:
        (unfinished / "data").mkdir(parents=True)
        written = _write(told, unfinished)
        for name in _IN_ORDER:
            (unfinished / name).rename(folder / name)
        sync(folder)
        unfinished.rmdir()
    except OSError as error:
        _take_back(folder, is_new=is_new)
        raise UsageError(f"{shown(folder.name)!r} cannot be written: {error.strerror}") from None
    except BaseException:
        _take_back(folder, is_new=is_new)
        raise
    return FolderWritten(accepted=written.accepted, weighed=written.weighed, seq=told.report.basis.seq)


def _take_back(folder: Path, *, is_new: bool) -> None:
    """The folder as it was: what stands in it is ours, since it was empty."""
    if not folder.is_dir():
        return
    for name in (*_IN_ORDER, _UNFINISHED):
        path = folder / name
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    if is_new:
        folder.rmdir()


def _write(told: Exported, folder: Path) -> Written:
    key = id_column(told.datanet)
    columns = columns_of(told.datanet, told.accepted())
    tables = (table_of(key, columns, piece) for piece in told.accepted())
    accepted = _parquet(folder / DATA, schema_of(key, columns), tables)
    if not accepted:
        # `load_dataset` knows no split without rows: the folder could not be loaded.
        raise UsageError(f"no record of {told.datanet.name} is accepted yet: there is nothing to export")
    schema = pa.schema([(key, pa.string()), *_WEIGHED])
    pieces = ([{key: row.pop("record"), **row} for row in piece] for piece in told.weighed())
    weighed = _parquet(folder / WEIGHTS, schema, (pa.Table.from_pylist(piece, schema) for piece in pieces))
    digests = {name: _digest(folder / name) for name in (DATA, WEIGHTS)}
    written = Written(key=key, columns=columns, accepted=accepted, weighed=weighed, digests=digests)
    write_file(folder / "README.md", "".join(f"{line}\n" for line in dataset_card(told, written)).encode())
    return written


def _parquet(path: Path, schema: Any, tables: Iterable[Any]) -> int:
    """Writes tables, a row group each, and syncs them; returns how many rows there are."""
    rows = 0
    with pq.ParquetWriter(path, schema, compression="zstd", compression_level=3, version="2.6") as writer:
        for table in tables:
            writer.write_table(table, row_group_size=max(1, len(table)))
            rows += len(table)
    sync(path)
    sync(path.parent)
    return rows


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()
