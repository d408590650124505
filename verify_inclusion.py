"""Checks that a record stands in a journal whose root you know: docs/live.md says what a proof has.

python verify_inclusion.py PROOF.json [--root HEX] [--head HEX]
Exit code 0: it does, 1: it does not, 2: unusable proof. Standard library only; nothing in the proof is run.

Without --root it is only looked at whether the proof fits itself, which a made-up one may. Compare the root with what
others saw: the server shows one root to everybody, or it is found out by whoever compares. Where the record stands in
its file, and that nothing later was said of it, are the operator's words: the whole journal shows the second.
"""

import argparse
import json
import re
import sys
from hashlib import sha256
from typing import Any

parser = argparse.ArgumentParser(description="Is a record in the journal?")
parser.add_argument("proof")
parser.add_argument("--root", help="the root that you know, of a journal as long as the proof's")
parser.add_argument("--head", help="the hash of the last line that you know, likewise")


HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)


def canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(value: Any) -> str:
    return sha256(canonical(value).encode()).hexdigest()


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object in which no key stands twice: of two values each reader would take another one."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice")
    return found


def require_shape(proof: dict[str, Any]) -> None:
    """Raises `ValueError` unless numbers are whole, hashes are hashes, and lines are in order: `true` is no 1."""
    numbers = [proof["index"], proof["size"], *(one["seq"] for one in proof["lines"])]
    hashes = [proof["root"], proof["head"], *(step for one in proof["lines"] for step in one["path"])]
    if any(type(one) is not int or one < 0 for one in numbers) or not all(map(HASH.fullmatch, hashes)):
        raise ValueError("a number or a hash is none")
    if numbers[2:] != sorted(set(numbers[2:])) or proof["schema"] != "curation.proof/1":
        raise ValueError("lines are out of order, or this is no such proof")


def root_of(leaf: bytes, index: int, size: int, path: list[str]) -> str | None:
    """RFC 9162, section 2.1.3.2; None for a path of a wrong length."""
    at, last, found = index, size - 1, sha256(b"\0" + leaf).digest()
    for one in (bytes.fromhex(step) for step in path):
        if not last:
            return None
        if at % 2 or at == last:
            found = sha256(b"\1" + one + found).digest()
            while at and not at % 2:
                at, last = at >> 1, last >> 1
        else:
            found = sha256(b"\1" + found + one).digest()
        at, last = at >> 1, last >> 1
    return None if last else found.hex()


def problems(proof: dict[str, Any], root: str | None, head: str | None) -> list[str]:
    require_shape(proof)
    wrong = []
    lines = [(one, json.loads(one["line"], object_pairs_hook=once)) for one in proof["lines"]]
    named: set[int] = set()
    for at, (one, told) in enumerate(lines):
        seq, body = one["seq"], told["body"]
        # 1. The line is under the root, at the place that its number says.
        if not 1 <= seq <= proof["size"] or type(told["seq"]) is not int or told["seq"] != seq:
            wrong.append(f"line {seq} is no line of {proof['size']}")
        elif root_of(one["line"].encode(), seq - 1, proof["size"], one["path"]) != proof["root"]:
            wrong.append(f"line {seq} is not under the root")
        # 2. It says what its own hash says, in the one way in which it can be written.
        hashed = digest({key: value for key, value in told.items() if key != "hash"})
        if hashed != told["hash"] or canonical(told) != one["line"]:
            wrong.append(f"line {seq} does not have the hash that it says")
        # 3. Between the first and the last stand words about this record alone.
        if body.get("record") == proof["record"]:
            named.add(seq)
        elif 0 < at < len(lines) - 1 and not (told["type"] == "word.undone" and body.get("word") in named):
            wrong.append(f"line {seq} is not about the record")
    # 4. The first is of the contribution that the record is in: its id follows from that line.
    first, last = lines[0][1], lines[-1][1]
    body = first["body"]
    place = [body.get(name) for name in ("datanet", "contributor", "file")] + [proof["index"]]
    if first["type"] != "contribution.submitted" or not 0 <= proof["index"] < body["records"]:
        wrong.append("the first line is no contribution with so many records")
    elif digest(place)[:32] != proof["record"]:
        wrong.append("the record is not of this contribution")
    # 5. The last is the journal's last.
    if last["seq"] != proof["size"] or last["hash"] != proof["head"]:
        wrong.append("the last line is not the head")
    # 6. What you know.
    known = (("root", root), ("head", head))
    return wrong + [f"the {name} is another than {told}" for name, told in known if told not in {None, proof[name]}]


def main() -> int:
    asked = parser.parse_args()
    try:
        with open(asked.proof, encoding="utf-8") as file:  # noqa: PTH123  (one line that everybody reads)
            proof = json.load(file, object_pairs_hook=once)
        wrong = problems(proof, asked.root, asked.head)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        print(f"no proof that can be read: {type(error).__name__}", file=sys.stderr)
        return 2
    for one in wrong:
        print(one)
    if not wrong and asked.root is None:
        print(f"the proof fits itself. It shows nothing until you know of its root from others: {proof['root']}")
    elif not wrong:
        print(f"record {proof['record']} is in the journal of {proof['size']} lines with root {proof['root']}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
