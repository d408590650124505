"""The journal's lines as they are written, told to everybody who listens (server-sent events).

Each stream looks at the length of one file, four times a second; only when it grew is anything read.
"""

import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Annotated, Final

import anyio
import anyio.to_thread
from fastapi import APIRouter, Header, Query, Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from curation.errors import JournalBroken
from curation.ledger.journal import Event
from curation.web.asked import Service, ServiceNow
from curation.web.problems import Problem, answer_of

router = APIRouter(tags=["live"])

STEP_SECONDS: Final = 0.25
# Something is said so often, that proxies and readers know that it still stands.
QUIET_SECONDS: Final = 15.0
LINES_AT_ONCE_MAX: Final = 500


@router.get("/live/events", response_class=StreamingResponse)
async def events(
    request: Request,
    service: ServiceNow,
    *,
    after: Annotated[
        int | None, Query(ge=0, le=10**12, description="Lines behind this one; default: new ones.")
    ] = None,
    last_event_id: Annotated[str | None, Header(max_length=20)] = None,
) -> Response:
    """An event `line` for each journal line: its number as id, and number, type and hash as data."""
    address = request.client.host if request.client else "unknown"
    last = int(last_event_id) if last_event_id and last_event_id.isascii() and last_event_id.isdigit() else after
    return _Stream(service, address, last)


class _Stream(StreamingResponse):
    """One that listens; whether there is room is asked in the moment in which it begins to count."""

    def __init__(self, service: Service, address: str, last: int | None) -> None:
        told = _told(service, last)
        super().__init__(told, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})
        self._service, self._address = service, address

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        streams = self._service.streams
        if streams.is_full(self._address):
            full = Problem(503, "too many listen already", headers={"Retry-After": "30"})
            await answer_of(full)(scope, receive, send)
            return
        with streams.one(self._address):
            await super().__call__(scope, receive, send)


async def _told(service: Service, after: int | None) -> AsyncIterator[bytes]:
    journal, path = service.hosted.journal, service.hosted.places.journal
    seen, size, quiet = after, -1, 0.0
    ends = anyio.current_time() + service.settings.stream_seconds
    yield b"retry: 2000\n\n"
    while not service.ending.is_set() and anyio.current_time() < ends:
        lines: Sequence[Event] = ()
        if (now := _size(path)) != size:
            try:
                lines = await anyio.to_thread.run_sync(journal.read)
            except JournalBroken:
                return
            size, seen = now, len(lines) if seen is None else min(seen, len(lines))
        while seen is not None and seen < len(lines) and not service.ending.is_set():
            chosen = lines[seen : seen + LINES_AT_ONCE_MAX]
            yield b"".join(map(_event, chosen))
            seen, quiet = seen + len(chosen), 0.0
        if quiet >= QUIET_SECONDS:
            yield b": nothing new\n\n"
            quiet = 0.0
        await anyio.sleep(STEP_SECONDS)
        quiet += STEP_SECONDS


def _event(event: Event) -> bytes:
    told = json.dumps({"seq": event.seq, "type": event.type, "hash": event.hash}, separators=(",", ":"))
    return f"id: {event.seq}\nevent: line\ndata: {told}\n\n".encode()


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
