"""Paths that merging could carry elsewhere: the base and an older branch disagree about where a file or folder lies.

Git guesses renames when it merges: what one side changed about a path that the other has no longer is carried to where
that went (merge-ort; directory-rename-detection), which may be a place where something decides. No diff shows it.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence

from curation.gate.git import Entry
from curation.gate.refusals import Refusal, refused

Tree = Mapping[str, Entry]


def moved_paths(base: Tree, common: Sequence[Tree], head: Tree) -> list[Refusal]:
    """A refusal for each path that one side changed and whose file, or a folder of it, the other has no longer.

    A rename needs its source gone, so nothing is carried otherwise. Most of what is refused git would not merge either.
    """
    was = set().union(*common)
    found = {}
    for mine, other, said in (
        (head, base, "the branch changes it, and the base has moved or deleted it since"),
        (base, head, "the branch moves or deletes it, and the base has changed it since"),
    ):
        lost = _folders(was) - _folders(other)
        for path in {*mine, *was}:
            here, there = mine.get(path), other.get(path)
            if here == there or all(here == one.get(path) for one in common):
                continue
            if (path in was and there is None) or not lost.isdisjoint(_above(path)):
                found[path] = said
    return [refused("moved-path", path, said) for path, said in sorted(found.items())]


def _folders(paths: Collection[str]) -> set[str]:
    return {folder for path in paths for folder in _above(path)}


def _above(path: str) -> Iterator[str]:
    """The folders that a path lies in."""
    while "/" in path:
        path = path.rsplit("/", 1)[0]
        yield path
