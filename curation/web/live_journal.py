"""The journal for people: its lines by what stands in them, each word of a line in its place."""

import threading
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


class Search:
    """The words of every line, put down once: a search then looks at text, and not into each line again."""

    def __init__(self) -> None:
        self._one = threading.Lock()
        # Of each line its words in small letters, a line end before each. No word has one in it.
        self._texts: list[str] = []

    def found(self, events: Sequence[Event], q: str, before: int) -> list[Event]:
        """The latest lines before `before` that have `q` as their number, or at the beginning of a word in them.

        `events` are those of the last call, more of them, or a beginning of them.
        """
        wanted, last = q.strip().lower(), min(before - 1, len(events))
        if not wanted:
            return list(reversed(events[max(0, last - LINES_SHOWN_MAX) : last]))
        with self._one:
            self._texts.extend(map(_text, events[len(self._texts) :]))
        number, beginning = int(wanted) if wanted.isdecimal() else None, f"\n{wanted}"
        if wanted.split() != [wanted]:
            return []
        places = (place for place in range(last - 1, -1, -1) if place + 1 == number or beginning in self._texts[place])
        return [events[place] for place in islice(places, LINES_SHOWN_MAX)]


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


def _text(event: Event) -> str:
    return "".join(f"\n{word}" for word in (event.type, event.hash, *_words(event.body))).lower()


def _words(item: Item) -> Iterator[str]:
    match item:
        case str():
            yield item
        case list() | tuple():
            for one in item:
                yield from _words(one)
        case dict():
            for one in item.values():
                yield from _words(one)


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
