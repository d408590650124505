"""Claims for made-up contributors, one JSON object a line: the dump as text, the root, and a proof for each value."""

import hashlib
import json

from curation.rewards.claims import claims, dump, proof, root

SIZES = (1, 2, 3, 6, 17, 64, 500)


def made_up(what: str, bits: int) -> int:
    """A number of so many bits, the same each time."""
    return int.from_bytes(hashlib.sha256(what.encode()).digest(), "big") >> (256 - bits)


def main() -> None:
    """Writes the samples to standard output."""
    for size in SIZES:
        amounts = {
            f"0x{made_up(f'address {size} {index}', 160):040x}": made_up(f"amount {size} {index}", 1 + index % 256)
            for index in range(size)
        }
        made = claims(amounts)
        sample = {
            "dump": json.dumps(dump(made), separators=(",", ":")),
            "root": root(made),
            "proofs": [proof(made, address) for address, _ in made.amounts],
        }
        print(json.dumps(sample))  # noqa: T201  (the test reads it)


if __name__ == "__main__":
    main()
