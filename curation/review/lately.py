"""What was asked for lately, kept as far as there is room: what was asked for longest ago goes first."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Lately(Generic[K, V]):
    """Safe from several threads. `size` tells how much of the `room` a value takes; the last one is always kept."""

    def __init__(self, *, room: int, size: Callable[[V], int] = lambda _: 1) -> None:
        self._room, self._size = room, size
        self._kept: OrderedDict[K, V] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: K, make: Callable[[], V]) -> V:
        """What is kept under the key, or is made now. Who asks for the same meanwhile makes it too."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        made = make()
        with self._lock:
            self._kept[key] = made
            self._kept.move_to_end(key)
            while len(self._kept) > 1 and sum(map(self._size, self._kept.values())) > self._room:
                self._kept.popitem(last=False)
        return made

    def __len__(self) -> int:
        """How many are kept."""
        return len(self._kept)
