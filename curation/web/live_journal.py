"""The journal for people: its lines by what stands in them, each word of a line in its place."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from curation.datanet.shown import shown
from curation.ledger.journal import Event, Item

LINES_SHOWN_MAX: Final = 50
_VALUE_MAX: Final = 80
# Where a word of a line leads to.
_PAGES: Final = {"record": "/live/records/", "datanet": "/live/datanets/", "contributor": "/live/contributors/"}


@dataclass(frozen=True, kw_only=True)
class Said:
    """One word of a line: its name, the word, and the page about it, if there is one."""

    name: str
    value: str
    page: str | None


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of the journal as it is shown."""

    seq: int
    at: str
    type: str
    hash: str
    words: tuple[Said, ...]


def found_lines(events: Sequence[Event], q: str, before: int) -> list[Event]:
    """The latest lines before `before` that have `q` as their number, or at the beginning of a word in them."""
    wanted = q.strip().lower()
    later = (event for event in reversed(events[: before - 1]) if not wanted or _has(event, wanted))
    return list(islice(later, LINES_SHOWN_MAX))


def shown_line(event: Event) -> Line:
    """A line for a page."""
    return Line(
        seq=event.seq,
        at=f"{event.at:%Y-%m-%d %H:%M:%S}",
        type=event.type,
        hash=event.hash,
        words=tuple(
            Said(name=name, value=shown(_told(value), _VALUE_MAX), page=_page(name, value))
            for name, value in event.body.items()
            if value is not None
        ),
    )


def _has(event: Event, wanted: str) -> bool:
    if wanted.isdigit() and event.seq == int(wanted):
        return True
    return event.type.startswith(wanted) or event.hash.startswith(wanted) or any(_begins(event.body, wanted))


def _begins(item: Item, wanted: str) -> Iterator[bool]:
    match item:
        case str():
            yield item.lower().startswith(wanted)
        case list() | tuple():
            for one in item:
                yield from _begins(one, wanted)
        case dict():
            for one in item.values():
                yield from _begins(one, wanted)


def _told(value: Item) -> str:
    match value:
        case list() | tuple():
            return ", ".join(_told(one) for one in value)
        case dict():
            return ", ".join(f"{name} {_told(one)}" for name, one in value.items())
    return str(value)


def _page(name: str, value: Item) -> str | None:
    beginning = _PAGES.get(name)
    return None if beginning is None or not isinstance(value, str) else beginning + value
