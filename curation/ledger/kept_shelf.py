"""The shelf as a long-lived process reads it: what it has read and checked once it does not read again."""

from collections import Counter
from dataclasses import dataclass, field

from curation.evidence.reference import Reference
from curation.ledger.shelf import Shelf, Shelved

# A record's columns and vector take some three kilobytes. What finds no room any more is read each time, as elsewhere:
# all of a datanet's contributions are asked for one after the other, so making room would only drop the next one.
RECORDS_MAX = 100_000


@dataclass(frozen=True)
class KeptShelf(Shelf):
    """A shelf whose contributions and current references stay in memory, up to `records_max` records of contributions.

    Damage done to files after they were read is not noticed. For one thread at a time.
    """

    records_max: int = RECORDS_MAX
    _contributions: dict[str, tuple[str, Shelved]] = field(default_factory=dict, repr=False)
    _references: dict[str, Reference] = field(default_factory=dict, repr=False)
    _count: Counter[str] = field(default_factory=Counter, repr=False)

    def put(self, contribution: str, shelved: Shelved, encoder: str) -> None:
        """As for `Shelf`."""
        self._drop(contribution)
        super().put(contribution, shelved, encoder)

    def get(self, contribution: str, datanet: str, encoder: str) -> Shelved | None:
        """As for `Shelf`."""
        kept = self._contributions.get(contribution)
        if kept is not None and kept[0] == encoder:
            return kept[1]
        self._drop(contribution)
        found = super().get(contribution, datanet, encoder)
        if found is not None and len(self) + len(found.known) <= self.records_max:
            self._contributions[contribution] = encoder, found
            self._count["records"] += len(found.known)
        return found

    def reference(self, datanet: str, version: str) -> Reference:
        """As for `Shelf`; the version asked for last stays."""
        kept = self._references.get(datanet)
        if kept is None or kept.version != version:
            kept = self._references[datanet] = super().reference(datanet, version)
        return kept

    def __len__(self) -> int:
        """How many records are kept."""
        return self._count["records"]

    def _drop(self, contribution: str) -> None:
        kept = self._contributions.pop(contribution, None)
        if kept is not None:
            self._count["records"] -= len(kept[1].known)
