"""Checks that a record stands in a journal whose root or head you know: docs/live.md says what a proof has.

python verify_inclusion.py PROOF.json [--root HEX] [--head HEX]
Exit code 0: it does, 1: it does not, 2: unusable proof. Standard library only; nothing in the proof is run.

Whoever only knows the proof's own root and head learns that it fits itself. Compare both with what others saw: the
server shows one root to everybody, or it is found out by whoever compares. Where the record stands in its file, and
that nothing later was said of it, are the operator's words: the whole journal shows the second.
"""

import argparse
import json
import sys
from hashlib import sha256
from typing import Any

parser = argparse.ArgumentParser(description="Is a record in the journal?")
parser.add_argument("proof")
parser.add_argument("--root", help="the root that you know, of a journal as long as the proof's")
parser.add_argument("--head", help="the hash of the last line that you know, likewise")


def digest(value: Any) -> str:
    told = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(told.encode()).hexdigest()


def root_of(leaf: bytes, index: int, size: int, path: list[str]) -> str:
    """RFC 9162, section 2.1.3.2."""
    at, last, found = index, size - 1, sha256(b"\0" + leaf).digest()
    for one in (bytes.fromhex(step) for step in path):
        if at % 2 or at == last:
            found = sha256(b"\1" + one + found).digest()
            while at and not at % 2:
                at, last = at >> 1, last >> 1
        else:
            found = sha256(b"\1" + found + one).digest()
        at, last = at >> 1, last >> 1
    return "" if last else found.hex()


def problems(proof: dict[str, Any], root: str | None, head: str | None) -> list[str]:
    wrong = []
    lines = [(one, json.loads(one["line"])) for one in proof["lines"]]
    for one, told in lines:
        # 1. The line is under the root, at the place that its number says.
        if not 1 <= told["seq"] <= proof["size"] or one["seq"] != told["seq"]:
            wrong.append(f"line {one['seq']} is no line of {proof['size']}")
        elif root_of(one["line"].encode(), told["seq"] - 1, proof["size"], one["path"]) != proof["root"]:
            wrong.append(f"line {told['seq']} is not under the root")
        # 2. It says what its own hash says.
        if digest({key: value for key, value in told.items() if key != "hash"}) != told["hash"]:
            wrong.append(f"line {told['seq']} does not have the hash that it says")
    # 3. The first is of the contribution that the record is in: its id follows from that line.
    first, last = lines[0][1], lines[-1][1]
    body = first["body"]
    place = [body.get(name) for name in ("datanet", "contributor", "file")] + [proof["index"]]
    if first["type"] != "contribution.submitted" or not 0 <= proof["index"] < body["records"]:
        wrong.append("the first line is no contribution with so many records")
    elif digest(place)[:32] != proof["record"]:
        wrong.append("the record is not of this contribution")
    # 4. The last is the journal's last.
    if last["seq"] != proof["size"] or last["hash"] != proof["head"]:
        wrong.append("the last line is not the head")
    # 5. What you know.
    known = (("root", root), ("head", head))
    return wrong + [f"the {name} is another than {told}" for name, told in known if told not in {None, proof[name]}]


def main() -> int:
    asked = parser.parse_args()
    try:
        with open(asked.proof, encoding="utf-8") as file:  # noqa: PTH123  (one line that everybody reads)
            proof = json.load(file)
        wrong = problems(proof, asked.root, asked.head)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        print(f"no proof that can be read: {type(error).__name__}", file=sys.stderr)
        return 2
    for one in wrong:
        print(one)
    if not wrong:
        print(f"record {proof['record']} is in the journal of {proof['size']} lines with root {proof['root']}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
