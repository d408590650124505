"""The journal's Merkle tree against RFC 9162's own recursive definition."""

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from curation.ledger.tree import Tree, root_of

LEAVES = st.lists(st.binary(max_size=4), min_size=1, max_size=70)


def head(leaves: list[bytes]) -> bytes:
    """MTH of section 2.1.1, as it is written there."""
    if not leaves:
        return sha256().digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + head(leaves[:split]) + head(leaves[split:])).digest()


def grown(leaves: list[bytes]) -> Tree:
    tree = Tree()
    for one in leaves:
        tree.append(one)
    return tree


def test_nothing_has_the_hash_of_nothing() -> None:
    assert Tree().root() == sha256().digest()


@given(LEAVES, st.data())
def test_root_and_path_are_those_of_the_rfc_at_every_size(leaves: list[bytes], data: st.DataObject) -> None:
    tree = grown(leaves)
    size = data.draw(st.integers(1, len(leaves)))
    index = data.draw(st.integers(0, size - 1))
    assert tree.root(size) == head(leaves[:size])
    assert root_of(leaves[index], index, size, tree.path(index, size)) == tree.root(size)


@given(LEAVES, st.data())
def test_another_leaf_place_size_or_path_leads_elsewhere(leaves: list[bytes], data: st.DataObject) -> None:
    tree, size = grown(leaves), len(leaves)
    index = data.draw(st.integers(0, size - 1))
    path, root = tree.path(index), tree.root()
    assert root_of(leaves[index] + b"!", index, size, path) != root
    assert root_of(leaves[index], index, size, [*path, b"\0" * 32]) != root
    if path:
        place = data.draw(st.integers(0, len(path) - 1))
        changed = [*path[:place], bytes([path[place][0] ^ 1]) + path[place][1:], *path[place + 1 :]]
        assert root_of(leaves[index], index, size, changed) != root
        assert root_of(leaves[index], index, size, path[:-1]) != root
    assert root_of(leaves[index], size, size, path) is None
