"""The journal as a Merkle tree (RFC 9162, section 2.1): that a line is in it can be shown without the other lines.

A leaf is a journal line's canonical bytes. The chain of hashes says the same to whoever reads all lines; this says it
of one line with as many hashes as the journal's length has binary digits.
"""

from collections.abc import Sequence
from hashlib import sha256

EMPTY = sha256(b"").digest()


def leaf(data: bytes) -> bytes:
    """The hash of a leaf."""
    return sha256(b"\0" + data).digest()


def joined(left: bytes, right: bytes) -> bytes:
    """The hash of a node above two others."""
    return sha256(b"\1" + left + right).digest()


class Tree:
    """A tree that grows by leaves; what was hashed once is not hashed again."""

    def __init__(self) -> None:
        # For each height the hashes of the full subtrees of that height, from the left.
        self._levels: list[list[bytes]] = [[]]

    def __len__(self) -> int:
        """How many leaves there are."""
        return len(self._levels[0])

    def append(self, data: bytes) -> None:
        """Adds a leaf with these bytes on the right."""
        self._levels[0].append(leaf(data))
        height = 0
        while len(self._levels[height]) % 2 == 0:
            if height + 1 == len(self._levels):
                self._levels.append([])
            self._levels[height + 1].append(joined(*self._levels[height][-2:]))
            height += 1

    def root(self, size: int | None = None) -> bytes:
        """The tree's hash over its first `size` leaves, default all."""
        return self._over(0, len(self) if size is None else size)

    def path(self, index: int, size: int | None = None) -> list[bytes]:
        """The audit path of leaf `index` in the tree of the first `size` leaves, lowest first (RFC 9162, 2.1.3.1)."""
        begin, end = 0, len(self) if size is None else size
        assert 0 <= index < end <= len(self), "a leaf of the tree"
        path = []
        while end - begin > 1:
            middle = begin + _split(end - begin)
            if index < middle:
                path.append(self._over(middle, end))
                end = middle
            else:
                path.append(self._over(begin, middle))
                begin = middle
        return path[::-1]

    def _over(self, begin: int, end: int) -> bytes:
        """The hash of the leaves from `begin` to `end`; `begin` is a multiple of every power of two that is needed."""
        count = end - begin
        if not count:
            return EMPTY
        height = count.bit_length() - 1
        if count == 1 << height:
            return self._levels[height][begin >> height]
        middle = begin + _split(count)
        return joined(self._over(begin, middle), self._over(middle, end))


def root_of(data: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root that an audit path leads to from these leaf bytes; None for a path of a wrong length.

    RFC 9162, section 2.1.3.2.
    """
    if not 0 <= index < size:
        return None
    at, last, found = index, size - 1, leaf(data)
    for one in path:
        if not last:
            return None
        if at % 2 or at == last:
            found = joined(one, found)
            while not at % 2 and at:
                at, last = at >> 1, last >> 1
        else:
            found = joined(found, one)
        at, last = at >> 1, last >> 1
    return None if last else found


def _split(count: int) -> int:
    """The largest power of two below `count`."""
    return 1 << (count - 1).bit_length() - 1
