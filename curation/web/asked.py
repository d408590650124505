"""What a route is given: the person who asks, the workspace, idempotency, the heavy lane, the page templates."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

import anyio
from fastapi import Depends, Request
from fastapi.templating import Jinja2Templates
from starlette.responses import Response

from curation.hosting import Hosted
from curation.web.book import Book
from curation.web.live import Live
from curation.web.people import Person
from curation.web.problems import Problem
from curation.web.settings import Settings
from curation.web.streams import Streams
from curation.web.uploads import Uploads

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Service:
    """All that the routes of one server share. `run` names this run of the process.

    `ending` is set when the server stops: who listens is then told no more.
    """

    hosted: Hosted
    book: Book
    settings: Settings
    run: str
    templates: Jinja2Templates
    heavy: anyio.CapacityLimiter
    uploads: Uploads
    live: Live
    streams: Streams
    ending: threading.Event


def service(request: Request) -> Service:
    """The server's own."""
    found = request.app.state.service
    assert isinstance(found, Service)
    return found


def hosted(request: Request) -> Hosted:
    """The workspace."""
    return service(request).hosted


def person(request: Request) -> Person:
    """Who asks; the door in `access.py` has let them in."""
    found = getattr(request.state, "person", None)
    if not isinstance(found, Person):
        raise Problem(401, "a token or a session is wanted", headers={"WWW-Authenticate": "Bearer"})
    return found


ServiceNow = Annotated[Service, Depends(service)]
WorkspaceNow = Annotated[Hosted, Depends(hosted)]
PersonNow = Annotated[Person, Depends(person)]


async def heavily(service: Service, work: Callable[[], T]) -> T:
    """Work that takes seconds, on threads of its own, so that decisions never wait behind it."""
    return await anyio.to_thread.run_sync(work, limiter=service.heavy)


def page(request: Request, name: str, **told: Any) -> Response:
    """A page from `templates/`; who is signed in and the session's CSRF token are there under `person` and `csrf`."""
    shared = {"person": getattr(request.state, "person", None), "csrf": getattr(request.state, "csrf", "")}
    return service(request).templates.TemplateResponse(request, name, shared | told)
