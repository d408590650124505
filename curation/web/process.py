"""The process itself: alive, ready, what it serves, and its own files."""

import copy
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from curation.errors import CurationError
from curation.ledger.duck import DuckError
from curation.web import pages, problems
from curation.web.answers import answer
from curation.web.asked import ServiceNow
from curation.web.problems import Problem

router = APIRouter(tags=["process"])
_FILES = pages.static_files()


@router.get("/health")
def health() -> dict[str, str]:
    """The process lives."""
    return {"status": "alive"}


@router.get("/ready")
def ready(service: ServiceNow) -> dict[str, str]:
    """Store and book can be written and read; 503 when not."""
    try:
        with service.hosted.store() as store:
            fine = store.touch()
        fine = service.book.touch() and fine
    except (CurationError, DuckError, OSError) as error:
        raise Problem(503, f"not ready: {type(error).__name__}", headers={"Retry-After": "5"}) from None
    if not fine:
        raise Problem(503, "not ready: what was written cannot be read", headers={"Retry-After": "5"})
    return {"status": "ready"}


@router.get("/openapi.json")
def openapi(request: Request) -> Response:
    """This document."""
    return answer(document(request.app))


def document(app: Any) -> dict[str, Any]:
    """The OpenAPI document, with the shape of a problem."""
    told: dict[str, Any] = copy.deepcopy(app.openapi())
    told.setdefault("components", {}).setdefault("schemas", {})["Problem"] = problems.SCHEMA
    return told


@router.get("/static/{file}", response_class=Response)
def static(file: Annotated[str, Path(max_length=100)], request: Request) -> Response:
    """One of the server's own files; nothing is loaded from elsewhere."""
    found = _FILES.get(file)
    if found is None:
        raise Problem(404, "there is no such file")
    headers = {"ETag": found.etag, "Cache-Control": "no-cache"}
    if request.headers.get("if-none-match") == found.etag:
        return Response(status_code=304, headers=headers)
    return Response(found.data, headers=headers, media_type=found.media_type)
