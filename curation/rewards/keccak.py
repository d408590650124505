"""Keccak-256 as Ethereum hashes with it: Keccak before it became SHA-3, whose padding differs (0x01, not 0x06).

So `hashlib.sha3_256` gives other digests, and the standard library has none that gives these.
"""


def keccak256(data: bytes) -> bytes:
    """The 32 bytes of Keccak[c = 512] with the original padding, as `keccak256` of Solidity."""
    from Crypto.Hash import keccak  # noqa: PLC0415  (only who deals with claims pays for the import)

    return keccak.new(data=data, digest_bits=256).digest()
