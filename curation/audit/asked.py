"""What figures are worked out from: the store's tables and the books, of all datanets or one, up to a journal line."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from curation.audit.cells import LeakOf, leaks
from curation.ledger.store import Store
from curation.rewards.treasury import Treasury

# How many parts of a breakdown are told: the largest. Reports stay small however many contributors there are.
PARTS_MAX = 20


@dataclass(frozen=True)
class Asked:
    """The datanet asked about, None for all; `treasury` is of the journal up to the line that the store reaches."""

    store: Store
    treasury: Treasury
    datanet: str | None = None

    @property
    def through(self) -> int:
        """The journal line up to which everything is told."""
        return self.treasury.state.seq

    @property
    def whole(self) -> str:
        """What is asked about, in words."""
        return self.datanet or "all datanets"

    def of(self, datanet: str | None) -> "Asked":
        """The same of another datanet."""
        other = replace(self, datanet=datanet)
        if "leaks" in self.__dict__:  # worked out once for all of them
            other.__dict__["leaks"] = self.leaks
        return other

    def rows(self, sql: str, *more: object) -> list[dict[str, Any]]:
        """The answer to a query in which `$1` is the datanet (NULL for all) and `$2` on are `more`."""
        return self.store.query(sql, [self.datanet, *more])

    def row(self, sql: str, *more: object) -> dict[str, Any]:
        """The one row of such an answer."""
        return self.rows(sql, *more)[0]

    @cached_property
    def leaks(self) -> Sequence[LeakOf]:
        """The leak of everything, of each datanet and of each of its epochs; worked out once."""
        return leaks(self.treasury)
