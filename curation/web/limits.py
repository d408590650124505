"""Token buckets: how much anybody may ask for at once and over time."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable

from curation.web.settings import Rate

# Whoever was forgotten has a full bucket again, so this only bounds memory.
BUCKETS_MAX = 20_000


class Buckets:
    """One bucket for each name that was asked for."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` counts seconds."""
        self._clock = clock
        self._left: OrderedDict[tuple[str, ...], tuple[float, float]] = OrderedDict()

    def take(self, name: tuple[str, ...], rate: Rate) -> int | None:
        """Takes one from a bucket; None, or when it is empty in how many seconds there will be one."""
        now = self._clock()
        left, at = self._left.get(name, (rate.burst, now))
        left = min(rate.burst, left + (now - at) * rate.per_second)
        taken = left >= 1
        self._left[name] = (left - taken, now)
        self._left.move_to_end(name)
        if len(self._left) > BUCKETS_MAX:
            self._left.popitem(last=False)
        return None if taken else max(1, math.ceil((1 - left) / rate.per_second))
