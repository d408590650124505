"""The journal: the append-only, hash-chained list of everything that happened, and the only truth.

One canonical JSON object a line. Each carries the hash of the one before and its own, which is the SHA-256 of its
canonical bytes without `hash`, so that no line can be changed, dropped, added or moved unseen; only a cut at the end
needs a head that someone outside remembers. A line is on the disk before anything is called done.
"""

import hashlib
import json
import os
import re
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias

from curation.datanet.canonical import canonical_bytes, digest
from curation.errors import EngineFailed, JournalBroken
from curation.ledger.durable import sync, write_all, write_file

SCHEMA = "curation.journal/1"
GENESIS = "0" * 64

Item: TypeAlias = "str | int | bool | Sequence[Item] | Mapping[str, Item] | None"
Body: TypeAlias = Mapping[str, Item]

_KEYS = {"schema", "seq", "at", "type", "body", "prev", "hash"}
_AT = "%Y-%m-%dT%H:%M:%SZ"
_TYPE = re.compile(r"[a-z][a-z-]*\.[a-z][a-z-]*", re.ASCII)
# Digests, names, versions, addresses, keys: one word each. No blank means no sentence, and so no record text.
_TOKEN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:/+=@-]{0,199}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Event:
    """One line of the journal. `seq` counts from 1; `at` is UTC to the second; `hash` is the next one's `prev`."""

    seq: int
    at: datetime
    type: str
    body: Body
    prev: str
    hash: str


class Journal:
    """The journal in one file. Readers need no lock; whoever appends must hold the workspace lock.

    Every read checks the whole chain: what this object has checked before is compared by digest, the rest is parsed.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._threads = threading.RLock()
        self._events: list[Event] = []
        self._length = 0
        self._seen = hashlib.sha256()

    def read(self) -> tuple[Event, ...]:
        """All events in order; none when there is no file yet.

        Raises `JournalBroken` naming the line. An unterminated last line is a write that never finished: not there.
        """
        with self._threads:
            try:
                data = self._path.read_bytes()
            except FileNotFoundError:
                data = b""
            if hashlib.sha256(data[: self._length]).digest() != self._seen.digest():
                Journal._parsed(data, ())  # names the damaged line, if one is damaged
                raise JournalBroken(
                    f"the journal was cut or rewritten: its first {len(self._events)} lines were others"
                )
            self._take(data[self._length :])
            return tuple(self._events)

    @property
    def torn_bytes(self) -> int:
        """How many bytes stand behind the last finished line: a write that a crash cut short. 0 is the usual state."""
        try:
            return max(0, self._path.stat().st_size - self._length)
        except FileNotFoundError:
            return 0

    def append(self, kind: str, body: Body, at: datetime) -> Event:
        """Writes one event and syncs it; when this returns it has happened.

        `body` holds digests, names and integers. Raises `ValueError` for anything else (a float, a text with blanks),
        `JournalBroken` when the chain is damaged, `EngineFailed` when the disk refuses; then nothing has happened.
        """
        if not _TYPE.fullmatch(kind):
            raise ValueError(f"event type {kind!r}: lower-case words as in 'record.decided' wanted")
        if at.tzinfo is None:
            raise ValueError("the time of an event needs a time zone")
        _check_item("body", body)
        with self._threads:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            try:
                descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
            except OSError as error:
                raise EngineFailed(f"the journal cannot be opened for writing: {error.strerror}") from None
            try:
                return self._append(descriptor, kind, body, at)
            finally:
                os.close(descriptor)

    def _append(self, descriptor: int, kind: str, body: Body, at: datetime) -> Event:
        # 1. Catch up with what other processes wrote, and set aside what one of them left unfinished.
        torn = self._catch_up(descriptor)
        if torn:
            write_file(self._torn_path(), torn)
            os.ftruncate(descriptor, self._length)
        # 2. Chain the new event to the last.
        prev = self._events[-1].hash if self._events else GENESIS
        stamp = at.astimezone(UTC).strftime(_AT)
        told: dict[str, Any] = {"schema": SCHEMA, "seq": len(self._events) + 1, "at": stamp, "type": kind}
        told |= {"body": body, "prev": prev}
        told["hash"] = digest(canonical_bytes(told))
        line = canonical_bytes(told) + b"\n"
        # 3. Write, sync, and for the first line sync its folder; an event that failed must not be found later.
        try:
            write_all(descriptor, line)
            os.fsync(descriptor)
            if self._length == 0:
                sync(self._path.parent)
        except OSError as error:
            with suppress(OSError):
                os.ftruncate(descriptor, self._length)
            raise EngineFailed(f"the journal could not be written, nothing was done: {error.strerror}") from None
        self._take(line)
        return self._events[-1]

    def _catch_up(self, descriptor: int) -> bytes:
        """Takes the lines behind those known; returns the torn bytes behind the last."""
        size = os.fstat(descriptor).st_size
        if size < self._length:
            raise JournalBroken(f"the journal was cut: {size} bytes, {self._length} were there")
        data = b""
        while len(data) < size - self._length:
            data += os.pread(descriptor, size - self._length - len(data), self._length + len(data))
        return data[self._take(data) :]

    def _take(self, data: bytes) -> int:
        """Checks and keeps the finished lines of `data`, which follow those known; returns their length in bytes."""
        events = Journal._parsed(data, self._events)
        taken = data.rfind(b"\n") + 1
        self._events.extend(events)
        self._length += taken
        self._seen.update(data[:taken])
        return taken

    @staticmethod
    def _parsed(data: bytes, before: Sequence[Event]) -> list[Event]:
        events: list[Event] = []
        last = before[-1] if before else None
        *lines, tail = data.split(b"\n")
        for number, line in enumerate(lines, start=len(before) + 1):
            last = _event(line, number, last)
            events.append(last)
        # A torn write is a part of a line. A whole line with another byte for its end is damage.
        if len(tail) > 1 and _is_event(tail[:-1], len(before) + len(lines) + 1, last):
            raise _broken(len(before) + len(lines) + 1, "its line end is damaged")
        return events

    def _torn_path(self) -> Path:
        number = 1
        while (path := self._path.with_name(f"{self._path.stem}.torn-{number}")).exists():
            number += 1
        return path


def written(event: Event) -> bytes:
    """An event as its line of the journal says it, without the line's end."""
    told: dict[str, Any] = {"schema": SCHEMA, "seq": event.seq, "at": event.at.strftime(_AT), "type": event.type}
    return canonical_bytes(told | {"body": event.body, "prev": event.prev, "hash": event.hash})


def _event(line: bytes, number: int, last: Event | None) -> Event:
    """The event on this line, which follows `last`; raises `JournalBroken`."""
    told = _parsed_line(line, number)
    if told["schema"] != SCHEMA:
        raise _broken(number, f"its schema is not {SCHEMA}")
    if type(told["seq"]) is not int or told["seq"] != number:
        raise _broken(number, "its seq is another: a line was dropped, added or moved")
    if told["prev"] != (last.hash if last else GENESIS):
        raise _broken(number, "its prev is not the hash of the line before")
    if digest(canonical_bytes({key: value for key, value in told.items() if key != "hash"})) != told["hash"]:
        raise _broken(number, "its hash does not fit what it says")
    if canonical_bytes(told) != line:
        raise _broken(number, "it is not written canonically")
    try:
        at = datetime.strptime(told["at"], _AT).replace(tzinfo=UTC)
    except (ValueError, TypeError):
        raise _broken(number, "its time is not readable") from None
    if not isinstance(told["body"], dict) or not isinstance(told["type"], str):
        raise _broken(number, "type and body are not a word and an object")
    return Event(
        seq=number, at=at, type=told["type"], body=told["body"], prev=told["prev"], hash=told["hash"]
    )  # fmt: skip


def _parsed_line(line: bytes, number: int) -> dict[str, Any]:
    try:
        told = json.loads(line.decode("utf-8"), parse_float=_no_float, parse_constant=_no_float)
    except (ValueError, RecursionError):
        raise _broken(number, "it is not readable as JSON of integers and words") from None
    if not isinstance(told, dict) or set(told) != _KEYS:
        raise _broken(number, f"it does not have the keys {', '.join(sorted(_KEYS))}")
    return told


def _is_event(line: bytes, number: int, last: Event | None) -> bool:
    try:
        _event(line, number, last)
    except JournalBroken:
        return False
    return True


def _no_float(text: str) -> None:
    raise ValueError(text)


def _broken(number: int, why: str) -> JournalBroken:
    return JournalBroken(f"journal line {number}: {why}")


def _check_item(place: str, item: object) -> None:
    match item:
        case None | bool() | int():
            return
        case str():
            if not _TOKEN.fullmatch(item):
                raise ValueError(f"{place}: the journal takes digests, names and integers, not text")
        case Mapping():
            for key, value in item.items():
                if not isinstance(key, str) or not _TOKEN.fullmatch(key):
                    raise ValueError(f"{place}: a key of a journal body is one word")
                _check_item(f"{place}.{key}", value)
        case list() | tuple():  # not every sequence: bytes are one too
            for value in item:
                _check_item(place, value)
        case _:
            raise ValueError(f"{place}: the journal takes no {type(item).__name__}, only digests, names and integers")
