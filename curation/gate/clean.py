"""Whether the folder holds the cards and rules of a commit and no others: they judge what a merge submits."""

from collections.abc import Iterator
from pathlib import Path

from curation.datanet.card import CARD_FILE
from curation.datanet.shown import shown
from curation.errors import UsageError
from curation.gate.changes import Tree
from curation.gate.git import Repository
from curation.gate.watched import DATANETS

_RULES = "rules"


def require_clean(root: Path, repository: Repository, tree: Tree) -> None:
    """Raises `UsageError` naming the first file that differs; `tree` has the commit's paths from the workspace on."""
    for path in _deciding(tree):
        there = root / path
        if not there.is_file() or there.read_bytes() != repository.blob(tree[path]):
            raise UsageError(f"{shown(path)} in the folder is not that of the commit: commit or restore it first")
    # A pack that is in no commit would be taken all the same, and before one that ships with the engine.
    folder = root / _RULES
    for there in sorted(folder.iterdir()) if folder.is_dir() else ():
        path = f"{_RULES}/{there.name}"
        if there.suffix.lower() == ".yaml" and path not in tree:
            raise UsageError(f"{shown(path)} in the folder is part of no commit: commit it or take it away first")


def _deciding(tree: Tree) -> Iterator[str]:
    for path in tree:
        parts = path.split("/")
        is_card = len(parts) == 3 and parts[0] == DATANETS and parts[2] == CARD_FILE
        if is_card or (len(parts) == 2 and parts[0] == _RULES):
            yield path
