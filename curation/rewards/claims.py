"""Vested amounts as a Merkle tree, so that a contract that knows only the root can pay each claim.

The tree is OpenZeppelin's StandardMerkleTree (npm @openzeppelin/merkle-tree 1.0.8, format `standard-v1`) over (address,
uint256); docs/rewards-format.md, section "Claims", says it byte for byte.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from curation.datanet.shown import shown
from curation.errors import UsageError
from curation.rewards.keccak import keccak256

FORMAT = "standard-v1"
LEAF_ENCODING = ("address", "uint256")
AMOUNT_LIMIT = 2**256

_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Claims:
    """Cumulative amounts by lower-case address, in address order, and the tree over them.

    `tree` holds 2n − 1 hashes, the root first; `places[i]` is where the leaf of `amounts[i]` stands in it.
    """

    amounts: tuple[tuple[str, int], ...]
    tree: tuple[bytes, ...]
    places: tuple[int, ...]

    @cached_property
    def by_address(self) -> dict[str, int]:
        """Which entry of `amounts` each address has."""
        return {address: index for index, (address, _) in enumerate(self.amounts)}


def canonical_address(text: str) -> str:
    """An address in lower case.

    Raises `UsageError` for anything but 0x and 40 hexadecimal digits, and for mixed case that is not the address's
    EIP-55 checksum: then a letter is wrong, and the money would go to nobody.
    """
    if not _ADDRESS.fullmatch(text):
        raise UsageError(f"the address is {shown(text, 80)!r}, 0x and 40 hexadecimal digits wanted")
    lower = text.lower()
    if text != lower and text != shown_address(lower):
        raise UsageError(
            f"the address is {text}, which has a wrong checksum: {shown_address(lower)} or lower case wanted"
        )
    return lower


def shown_address(address: str) -> str:
    """A lower-case address with the capitals of its checksum (EIP-55)."""
    digits = address.removeprefix("0x")
    nibbles = keccak256(digits.encode("ascii")).hex()
    return "0x" + "".join(
        digit.upper() if int(nibble, 16) >= 8 else digit for digit, nibble in zip(digits, nibbles, strict=False)
    )


def claims(amounts: Mapping[str, int]) -> Claims:
    """The tree of these cumulative amounts in base units by address.

    Raises `UsageError` for a wrong address, for two spellings of one, and when there is none: a tree without leaves has
    no root (the npm package refuses it too).
    """
    if not amounts:
        raise UsageError("nobody who gave an address has a vested amount, and a tree of claims needs one at least")
    by_address: dict[str, int] = {}
    for given, amount in amounts.items():
        address = canonical_address(given)
        if address in by_address:
            raise UsageError(f"the address {shown_address(address)} is given twice, one sum for it wanted")
        if not 0 <= amount < AMOUNT_LIMIT:
            raise UsageError(f"{shown_address(address)} would have {amount} base units, 0 to 2**256 - 1 wanted")
        by_address[address] = amount
    ordered = tuple(sorted(by_address.items()))
    leaves = [leaf(address, amount) for address, amount in ordered]
    size = 2 * len(leaves) - 1
    tree, places = [b""] * size, [0] * len(leaves)
    # 1. The leaves, sorted, from the end of the array toward its front.
    for rank, index in enumerate(sorted(range(len(leaves)), key=leaves.__getitem__)):
        places[index] = size - 1 - rank
        tree[size - 1 - rank] = leaves[index]
    # 2. Each node before them from the two below it.
    for node in reversed(range(size - len(leaves))):
        tree[node] = _joined(tree[2 * node + 1], tree[2 * node + 2])
    return Claims(amounts=ordered, tree=tuple(tree), places=tuple(places))


def leaf(address: str, amount: int) -> bytes:
    """Keccak-256 twice over abi.encode(address, uint256): 64 bytes, both numbers big-endian in 32 of them.

    Twice, so that no leaf is the hash of 64 bytes that could stand for two nodes.
    """
    return keccak256(keccak256(int(address, 16).to_bytes(32, "big") + amount.to_bytes(32, "big")))


def root(made: Claims) -> str:
    """The root of the tree, 0x and 64 hexadecimal digits: what a contract is given."""
    return _hex(made.tree[0])


def proof(made: Claims, address: str) -> tuple[str, ...]:
    """The siblings from an address's leaf up to the root; raises `UsageError` for an address without a claim."""
    canonical = canonical_address(address)
    if canonical not in made.by_address:
        raise UsageError(f"{shown_address(canonical)} has no claim")
    place = made.places[made.by_address[canonical]]
    siblings = []
    while place:
        siblings.append(_hex(made.tree[place + 1 if place % 2 else place - 1]))
        place = (place - 1) // 2
    return tuple(siblings)


def verify_proof(root: str, address: str, amount: int, proof: Sequence[str]) -> bool:
    """Whether the proof leads from (address, amount) to the root, as the contract computes it."""
    node = leaf(canonical_address(address), amount)
    for sibling in proof:
        node = _joined(node, bytes.fromhex(sibling.removeprefix("0x")))
    return _hex(node) == root


def dump(made: Claims) -> dict[str, Any]:
    """The claims as `StandardMerkleTree.load` reads them, addresses in lower case, keys in the order of its own dump.

    `json.dumps` without blanks gives the bytes of `JSON.stringify(tree.dump())`; amounts are strings, since
    JavaScript's numbers end at 2**53.
    """
    return {
        "format": FORMAT,
        "leafEncoding": list(LEAF_ENCODING),
        "tree": [_hex(node) for node in made.tree],
        "values": [
            {"value": [address, str(amount)], "treeIndex": place}
            for (address, amount), place in zip(made.amounts, made.places, strict=True)
        ],
    }


def _joined(left: bytes, right: bytes) -> bytes:
    """The hash of two nodes, the smaller first: so a proof need not say which side a sibling is on."""
    return keccak256(min(left, right) + max(left, right))


def _hex(node: bytes) -> str:
    return "0x" + node.hex()
