"""What records earned as the base has it: the folder of `curate export --public`, where maintainers keep it in Git."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from curation.datanet.canonical import digest
from curation.errors import CurationError
from curation.gate.git import REGULAR, Entry
from curation.ledger.money_files import RangesFile

_JOURNAL: Final = "public/journal.jsonl"
_OBJECTS: Final = "public/objects"
# What no branch may write unasked: it would tell people of money that nobody got.
PUBLISHED: Final = ("public",)
_JOURNAL_BYTES_MAX: Final = 64_000_000
_RANGES_BYTES_MAX: Final = 1_000_000


class Published:
    """What each epoch of the published journal paid, newest first; may be asked again and again, and is read once."""

    def __init__(self, tree: Mapping[str, Entry], blob: Callable[[Entry], bytes]) -> None:
        """Nothing is read before it is asked for."""
        self._read: list[tuple[int, RangesFile]] = []
        self._more = published_ranges(tree, blob)

    def __iter__(self) -> Iterator[tuple[int, RangesFile]]:
        yield from self._read
        for one in self._more:
            self._read.append(one)
            yield one


def published_ranges(tree: Mapping[str, Entry], blob: Callable[[Entry], bytes]) -> Iterator[tuple[int, RangesFile]]:
    """What each epoch of the published journal paid, newest first.

    Nothing depends on it but a line that tells people what to expect, so what cannot be read is passed over.
    """
    journal = tree.get(_JOURNAL)
    if journal is None or journal.mode != REGULAR or journal.size > _JOURNAL_BYTES_MAX:
        return
    for line in reversed(blob(journal).splitlines()):
        if b'"epoch.settled"' not in line:
            continue
        told = _settled(line)
        if told is None:
            continue
        epoch, name = told
        entry = tree.get(f"{_OBJECTS}/{name}")
        if entry is None or entry.mode != REGULAR or entry.size > _RANGES_BYTES_MAX:
            continue
        data = blob(entry)
        try:
            ranges = RangesFile.read(data)
        except CurationError:
            continue
        if digest(data) == name:
            yield epoch, ranges


def _settled(line: bytes) -> tuple[int, str] | None:
    """Number and ranges of an epoch that a journal line tells of."""
    try:
        told: Any = json.loads(line)
        if told["type"] != "epoch.settled":
            return None
        epoch, name = told["body"]["epoch"], told["body"]["ranges"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return None
    return (epoch, name) if isinstance(epoch, int) and isinstance(name, str) else None
