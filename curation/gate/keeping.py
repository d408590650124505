"""What the gate keeps of a base and under which names: all that a kept verdict rests on is part of its name."""

import hashlib
import shutil
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version as version_of
from pathlib import Path

from curation.datanet.canonical import canonical_bytes, digest
from curation.gate.changes import Offered

_LIBRARIES = ("numpy", "scikit-learn", "faiss-cpu", "onnxruntime", "great-expectations", "rensa")
_KEPT_STATES = 3


def chain(key: str, merged: Iterable[Offered]) -> list[str]:
    """A digest for each merged file, of all that its verdicts rest on: the state, the files before it, itself."""
    places = []
    for one in merged:
        key = digest(canonical_bytes([key, one.contributor, one.file_name, one.entry.oid]))
        places.append(key)
    return places


@cache
def engine() -> str:
    """A digest of the code and the libraries that judge: what another version made is not read."""
    seen = hashlib.sha256()
    package = Path(__file__).parents[1]
    for path in sorted(package.rglob("*.py")):
        seen.update(f"{path.relative_to(package)}\n".encode())
        seen.update(path.read_bytes())
    for name in _LIBRARIES:
        seen.update(f"{name} {version_of(name)}\n".encode())
    return seen.hexdigest()


def prune(states: Path, used: Path) -> None:
    """Keeps the states used last, or a cache would grow with every change of a card."""
    others = sorted((one for one in states.iterdir() if one != used), key=lambda one: one.stat().st_mtime)
    for old in others[: max(0, len(others) - _KEPT_STATES + 1)]:
        shutil.rmtree(old, ignore_errors=True)
