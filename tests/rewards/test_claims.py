"""Claims: the bytes that npm's @openzeppelin/merkle-tree 1.0.8 gives, and no proof for what is not claimed.

merkle_tree_vectors.json holds what the package gave for made-up values: its root, JSON.stringify(tree.dump()), proofs.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.errors import UsageError
from curation.rewards.claims import canonical_address, claims, dump, proof, root, shown_address, verify_proof
from curation.rewards.keccak import keccak256
from tests.rewards.format_page import block

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "merkle_tree_vectors.json").read_text(encoding="utf-8")
)
each_vector = pytest.mark.parametrize("vector", VECTORS, ids=[vector["name"] for vector in VECTORS])
ADDRESSES = st.integers(0, 2**160 - 1).map("0x{:040x}".format)
AMOUNTS = st.dictionaries(ADDRESSES, st.integers(0, 2**256 - 1), min_size=1, max_size=20)
# The addresses of EIP-55's own examples.
CHECKED = [
    "0x52908400098527886E0F7030069857D2E4169EE7",
    "0x8617E340B3D01FA5F11F306F4090FD50E238070D",
    "0xde709f2102306220921060314715629080e2fb77",
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
    "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
    "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
]


def amounts_of(vector: dict[str, Any]) -> dict[str, int]:
    return {address: int(amount) for address, amount in vector["values"]}


@each_vector
def test_the_document_is_the_packages_byte_for_byte(vector: dict[str, Any]) -> None:
    made = claims(amounts_of(vector))
    assert json.dumps(dump(made), separators=(",", ":")) == vector["dump"]
    assert root(made) == vector["root"]


@each_vector
def test_the_proofs_are_the_packages(vector: dict[str, Any]) -> None:
    made = claims(amounts_of(vector))
    for (address, amount), wanted in zip(vector["values"], vector["proofs"], strict=True):
        assert proof(made, address) == tuple(wanted)
        assert verify_proof(vector["root"], address, int(amount), wanted)


@given(AMOUNTS)
def test_every_proof_verifies_and_none_for_another_amount_or_address(amounts: dict[str, int]) -> None:
    made = claims(amounts)
    for address, amount in amounts.items():
        shown = proof(made, address)
        assert verify_proof(root(made), address, amount, shown)
        assert not verify_proof(root(made), address, amount ^ 1, shown)
        other = f"0x{int(address, 16) ^ 1:040x}"
        assert not verify_proof(root(made), other, amount, shown)


@given(AMOUNTS, st.randoms(use_true_random=False))
def test_the_order_and_spelling_given_do_not_matter(amounts: dict[str, int], random: Any) -> None:
    items = list(amounts.items())
    random.shuffle(items)
    assert dump(claims({shown_address(address): amount for address, amount in items})) == dump(claims(amounts))


@given(AMOUNTS.filter(lambda amounts: len(amounts) < 6))
def test_an_outsider_makes_the_same_tree_from_the_page(amounts: dict[str, int]) -> None:
    assert block("claims")["tree"](amounts) == list(claims(amounts).tree)


@given(st.binary(max_size=300))
def test_keccak_is_the_one_of_the_page_and_not_sha3(data: bytes) -> None:
    assert keccak256(data) == block("claims")["keccak256"](data)
    assert keccak256(data) != hashlib.sha3_256(data).digest()


def test_keccak_of_nothing() -> None:
    assert keccak256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"


@pytest.mark.parametrize("address", CHECKED)
def test_addresses_are_shown_with_their_checksum(address: str) -> None:
    assert shown_address(address.lower()) == address
    assert canonical_address(address) == canonical_address(address.lower()) == address.lower()


@pytest.mark.parametrize("address", [CHECKED[3].replace("5aA", "5aa"), "0x" + CHECKED[3][2:].upper()])
def test_a_wrong_checksum_is_refused_and_the_right_one_named(address: str) -> None:
    with pytest.raises(UsageError, match=f"wrong checksum: {CHECKED[3]} or lower case wanted"):
        canonical_address(address)


@pytest.mark.parametrize(
    "text", ["", "0x", "0x" + "0" * 39, "0x" + "0" * 41, "0" * 42, "0X" + "0" * 40, "0x" + "g" * 40]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="0x and 40 hexadecimal digits wanted"):
        canonical_address(text)


def test_without_claims_there_is_no_tree() -> None:
    with pytest.raises(UsageError, match="needs one at least"):
        claims({})


def test_one_address_has_one_claim_of_at_most_256_bits() -> None:
    with pytest.raises(UsageError, match=f"{CHECKED[3]} is given twice"):
        claims({CHECKED[3]: 1, CHECKED[3].lower(): 2})
    for amount in (-1, 2**256):
        with pytest.raises(UsageError, match=r"0 to 2\*\*256 - 1 wanted"):
            claims({CHECKED[3]: amount})


def test_who_has_no_claim_has_no_proof() -> None:
    with pytest.raises(UsageError, match=f"{CHECKED[4]} has no claim"):
        proof(claims({CHECKED[3]: 1}), CHECKED[4])


def test_an_inner_node_passes_for_no_claim() -> None:
    made = claims(dict.fromkeys(CHECKED[:4], 5))
    inner = made.tree[1]
    assert not verify_proof("0x" + inner.hex(), CHECKED[0], 5, [])
    assert all(keccak256(inner) != leaf for leaf in made.tree[3:])
