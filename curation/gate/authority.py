"""Who may bring what: paths that decide need an owner's name, and a contributor's folder needs the contributor."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from curation.datanet.shown import shown
from curation.gate.base import Base
from curation.gate.changes import Changes, Offered
from curation.gate.people import MAP_FILE, own_name
from curation.gate.refusals import Refusal, refused
from curation.gate.watched import DATANETS

NO_MAP = f"the base has no {MAP_FILE}: whose a file is, is only what its folder claims"
NO_AUTHOR = "no author was given: whose a file is, is only what its folder claims"


@dataclass(frozen=True, kw_only=True)
class Allowed:
    """What the author may bring (`offered`), what they may not, and what has to be said about it."""

    offered: tuple[Offered, ...]
    refusals: tuple[Refusal, ...]
    notes: tuple[str, ...]


def allowed(changes: Changes, base: Base, author: str | None) -> Allowed:
    """Holds the changes to the map of the base. What the branch says of itself is not asked."""
    names = frozenset() if base.people is None or author is None else base.people.names_of(author)
    refusals = [*changes.refusals]
    notes = []
    if base.people is None:
        notes.append(NO_MAP)
    elif author is None:
        notes.append(NO_AUTHOR)
    for path in changes.deciding:
        owners = _owners_of(path, base)
        if (owners and owners <= names) or (base.people is not None and names & set(base.people.maintainers)):
            notes.append(f"{shown(path)} decides about contributions; changed by its owner, in force once merged")
        else:
            wanted = ", ".join(sorted(owners)) or "a maintainer"
            refusals.append(refused("owner-only", path, f"only {wanted} may change what decides about contributions"))
    offered: list[Offered] = []
    for one in changes.offered:
        problem = _problem(one, base, names, author)
        if problem is None:
            offered.append(one)
            notes += _newcomer(one, base, author)
        else:
            refusals.append(problem)
    return Allowed(offered=tuple(offered), refusals=tuple(refusals), notes=tuple(dict.fromkeys(notes)))


def _owners_of(path: str, base: Base) -> frozenset[str]:
    """Whose name a change of this path needs: the datanet's owner, or all of them where it concerns all."""
    parts = path.removeprefix(base.repository.prefix).split("/")
    if path.startswith(base.repository.prefix) and parts[0] == DATANETS and len(parts) > 2 and parts[1] in base.cards:
        return frozenset({base.cards[parts[1]].owner})
    return frozenset(card.owner for card in base.cards.values())


def _problem(one: Offered, base: Base, names: Collection[str], author: str | None) -> Refusal | None:
    card = base.cards.get(one.datanet)
    if card is None:
        return refused("unknown-datanet", one.path, f"the base has no datanet {one.datanet!r}")
    if one.entry.size > card.gate.file_bytes_max:
        limit = card.gate.file_bytes_max
        return refused("too-large", one.path, f"{one.entry.size} bytes were seen, at most {limit} are wanted")
    if base.people is None or author is None or one.contributor in names:
        return None
    return refused("foreign-folder", one.path, said) if (said := _not_theirs(one, base, names, author)) else None


def _not_theirs(one: Offered, base: Base, names: Collection[str], author: str) -> str | None:
    """Why a folder is not the author's, who does not speak for its contributor by the map; None where it is."""
    who = shown(author, 80)
    if names:
        return f"the author {who!r} is {', '.join(sorted(names))}, not {one.contributor}"
    # One name for each account: with a new one in each branch, no limit for a contributor would hold anybody.
    own = own_name(author)
    if base.people is None or base.people.knows(own) or any(card.owner == own for card in base.cards.values()):
        return f"{MAP_FILE} does not know the author {who!r}, and the name {own} is somebody else's"
    if one.contributor != own:
        return f"{MAP_FILE} does not know the author {who!r}, whose folder is {own}, not {one.contributor}"
    return None


def _newcomer(one: Offered, base: Base, author: str | None) -> Iterator[str]:
    if base.people is not None and author is not None and not base.people.names_of(author):
        who = f"{one.contributor} is not in {MAP_FILE}: the name stands for the account {shown(author, 80)}"
        yield f"{who}, until the map gives it to somebody"
