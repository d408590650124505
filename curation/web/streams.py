"""How many listen at once: what everybody may listen to would otherwise be held open by one."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager


class Streams:
    """Those that listen, by the address they listen from."""

    def __init__(self, most: int, most_of_one: int) -> None:
        """`most` together, `most_of_one` from one address."""
        self._most, self._most_of_one = most, most_of_one
        self._open: Counter[str] = Counter()

    def is_full(self, address: str) -> bool:
        """Whether one more from this address is too many."""
        return self._open.total() >= self._most or self._open[address] >= self._most_of_one

    @contextmanager
    def one(self, address: str) -> Iterator[None]:
        """Within it one more listens."""
        self._open[address] += 1
        try:
            yield
        finally:
            self._open[address] -= 1
            if not self._open[address]:
                del self._open[address]
