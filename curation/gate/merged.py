"""The contributions that a base has: what counts as submitted, in the order in which it came in."""

from collections.abc import Mapping
from dataclasses import replace

from curation.datanet.shown import shown
from curation.gate.changes import Offered, is_contribution, offered_at
from curation.gate.git import PROGRAM, REGULAR, Entry, Landing, Repository
from curation.gate.refusals import Refusal


def as_regular(entry: Entry) -> Entry:
    """The same for a file that is marked as a program, as some file systems mark all.

    A branch may bring none, but what the base has is there however its mode came about.
    """
    return replace(entry, mode=REGULAR) if entry.mode == PROGRAM else entry


def merged_in(
    repository: Repository, commit: str, tree: Mapping[str, Entry], landings: Mapping[str, Landing]
) -> tuple[tuple[Offered, ...], list[str]]:
    """The merged contributions of all datanets, and what must be told of those that are left out.

    `tree` has the commit's paths from the workspace on, `landings` says when each came in. Copies of what is left
    out are not found, so that is told.
    """
    prefix = repository.prefix
    files = [(path, entry) for path, entry in tree.items() if is_contribution(path) and not _is_empty(entry)]
    found = [offered_at(f"{prefix}{path}", as_regular(entry), prefix) for path, entry in files]
    places, late = repository.last_changes(commit), len(tree)

    def came_in(one: Offered) -> tuple[int, int, str]:
        place = landings[one.path].place if one.path in landings else late
        return place, places.get(one.path, late), one.path

    notes = []
    if left := [one for one in found if isinstance(one, Refusal)]:
        count = "1 file" if len(left) == 1 else f"{len(left)} files"
        told = f"{count} among the merged contributions cannot be read, and copies of their records are not found"
        notes.append(f"{told}; {shown(left[0].path)}: {left[0].message}")
    return tuple(sorted((one for one in found if isinstance(one, Offered)), key=came_in)), notes


def _is_empty(entry: Entry) -> bool:
    return entry.mode == REGULAR and not entry.size
