"""What a branch would change, by comparing trees and nothing else: what it offers, and what it may not do.

Commits, renames and messages are the branch's own story; only what stands in its last tree would be merged. Paths are
from the top of the repository.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from curation.datanet.names import NAME
from curation.datanet.shown import shown
from curation.errors import FileRefused
from curation.gate.alike import folded
from curation.gate.git import PROGRAM, REGULAR, SUBMODULE, SYMLINK, Entry
from curation.gate.refusals import Refusal, refused
from curation.gate.watched import DATANETS, Watched
from curation.intake.kind import kind_of
from curation.opened import STATE_FOLDER

CONTRIBUTIONS = "contributions"
_PARTS = 5
_NAME_BYTES_MAX = 255
# Elsewhere it could stand where some file systems have a merged file: as `MERGED.jsonl/.gitkeep`.
_KEEPER = re.compile(rf"{DATANETS}/{NAME.pattern}/{CONTRIBUTIONS}/({NAME.pattern}/)?\.gitkeep", re.ASCII)
_ODD = {SYMLINK: "a symbolic link", SUBMODULE: "a submodule", PROGRAM: "a file marked as a program"}

Tree = Mapping[str, Entry]


@dataclass(frozen=True, kw_only=True)
class Offered:
    """One new contribution file of a branch."""

    path: str
    datanet: str
    contributor: str
    file_name: str
    entry: Entry


@dataclass(frozen=True, kw_only=True)
class Changes:
    """All that a branch changes: what it offers in its order, and what it may not do.

    `deciding` are paths that only an owner may touch; `others` counts paths that are no business of the gate.
    """

    offered: tuple[Offered, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    deciding: tuple[str, ...] = ()
    others: int = 0


@dataclass
class _Sorted:
    offered: list[Offered] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    deciding: list[str] = field(default_factory=list)
    others: int = 0


def changes_of(
    base: Tree, common: Sequence[Tree], head: Tree, places: Mapping[str, int], watched: Watched | None = None
) -> Changes:
    """What merging `head` into `base` would change; `common` are the trees of their best common commits.

    `places` is the order of the branch's commits by path; `watched` says what decides, by default for a workspace at
    the top.
    """
    watched = watched or Watched()
    found = _Sorted()
    for path in sorted({*base, *head}.union(*common)):
        here, there = head.get(path), base.get(path)
        # Of several common commits, an old one of the branch must not speak for what the base has had since.
        if _same(here, there) or all(_same(here, one.get(path)) for one in common):
            continue
        known = [one[path] for one in (base, *common) if path in one]
        _sort(found, path, here, watched, known)
    _refuse_alike(found, {*base, *head})
    found.offered.sort(key=lambda one: (places.get(one.path, len(places)), one.path))
    return Changes(
        offered=tuple(found.offered),
        refusals=tuple(found.refusals),
        deciding=tuple(found.deciding),
        others=found.others,
    )


def is_contribution(path: str) -> bool:
    """Whether a path of the workspace lies where contributions do."""
    parts = path.split("/")
    return parts[0] == DATANETS and len(parts) > 2 and parts[2] == CONTRIBUTIONS


def offered_at(path: str, entry: Entry, prefix: str = "") -> Offered | Refusal:
    """The contribution at a path, or why what is there is none. Nothing is read but its name, mode and size."""
    parts = path.removeprefix(prefix).split("/")
    if entry.mode != REGULAR:
        return refused("odd-mode", path, f"this is {_ODD.get(entry.mode, 'no regular file')}")
    if len(parts) != _PARTS:
        return refused("misplaced", path, f"{len(parts)} parts of a path were seen, {_PARTS} are wanted")
    _, datanet, _, contributor, name = parts
    for what, said in (("datanet", datanet), ("contributor", contributor)):
        if not NAME.fullmatch(said):
            return refused("misplaced", path, f"{shown(said, 80)!r} is no name of a {what}")
    if (problem := _name_problem(path, name)) is not None:
        return problem
    return Offered(path=path, datanet=datanet, contributor=contributor, file_name=name, entry=entry)


def _name_problem(path: str, name: str) -> Refusal | None:
    try:
        kind_of(name)
        length = len(name.encode())
    except FileRefused as error:
        return refused("unreadable-file", path, str(error))
    except UnicodeEncodeError:
        return refused("misplaced", path, "the file's name is no text in UTF-8")
    # Merged, it would keep people from checking out the base: Git stores what no file system, or not each, can hold.
    if length > _NAME_BYTES_MAX:
        return refused("misplaced", path, f"the file's name has {length} bytes, at most {_NAME_BYTES_MAX} are wanted")
    if "\\" in name:
        return refused("misplaced", path, "the file's name has a backslash, which parts folders on Windows")
    return None


def _sort(found: _Sorted, path: str, here: Entry | None, watched: Watched, known: Sequence[Entry]) -> None:
    """Puts a path that differs where it belongs; `known` is what the base and the common commits have there."""
    inner = watched.inner(path)
    if inner is not None and is_contribution(inner):
        is_kept = here is None or (_keeps_a_folder(inner, here) and _KEEPER.fullmatch(inner) is not None)
        if is_kept and all(_keeps_a_folder(inner, one) for one in known):
            found.others += 1
        elif here is None:
            found.refusals.append(refused("deleted-file", path, "a merged contribution is deleted"))
        elif known:
            found.refusals.append(refused("changed-file", path, "a merged contribution is changed"))
        else:
            one = offered_at(path, here, watched.prefix)
            if isinstance(one, Offered):
                found.offered.append(one)
            else:
                found.refusals.append(one)
    elif watched.is_state(path):
        found.refusals.append(refused("tracked-state", path, f"{STATE_FOLDER}/ is part of the branch"))
    elif watched.decides(path):
        found.deciding.append(path)
    else:
        found.others += 1


def _keeps_a_folder(path: str, entry: Entry) -> bool:
    """Whether it is the empty file by which people keep a folder in Git: nothing that could be a contribution."""
    return entry.mode == REGULAR and entry.size == 0 and path.endswith("/.gitkeep")


def _refuse_alike(found: _Sorted, paths: Collection[str]) -> None:
    """Refuses what is offered under a path that a file system takes for another one."""
    if not found.offered:
        return
    alike: dict[str, list[str]] = defaultdict(list)
    for path in sorted(paths):
        alike[folded(path)].append(path)
    for one in [*found.offered]:
        other = next((path for path in alike[folded(one.path)] if path != one.path), None)
        if other is not None:
            found.offered.remove(one)
            said = f"some file systems take {shown(other)!r} for the same file"
            found.refusals.append(refused("same-name", one.path, said))


def _same(one: Entry | None, other: Entry | None) -> bool:
    if one is None or other is None:
        return one is other
    return (one.mode, one.oid) == (other.mode, other.oid)
