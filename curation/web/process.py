"""The process itself: alive, ready, what it serves, and its own files."""

import copy
from functools import lru_cache
from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, Path, Request
from starlette.responses import Response

from curation.errors import CurationError
from curation.ledger.duck import DuckError
from curation.web import pages, problems
from curation.web.answers import written
from curation.web.asked import ServiceNow
from curation.web.problems import Problem
from curation.web.roles import RULES

router = APIRouter(tags=["process"])
_FILES = pages.static_files()


@router.get("/health")
async def health() -> dict[str, str]:
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
async def openapi(request: Request) -> Response:
    """This document."""
    return Response(_document(request.app), media_type="application/json")


@lru_cache(maxsize=1)
def _document(app: FastAPI) -> bytes:
    """The OpenAPI document, with the shape of a problem, and beside each route who may ask for it."""
    told: dict[str, Any] = copy.deepcopy(app.openapi())
    parts = told.setdefault("components", {})
    parts.setdefault("schemas", {})["Problem"] = problems.SCHEMA
    parts["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    for (method, path), rule in RULES.items():
        route = told["paths"][path][method.lower()]
        route["security"] = [] if rule.roles is None else [{"token": []}]
        route["x-roles"] = ["everybody"] if rule.roles is None else sorted(rule.roles)
    return written(told)


@router.get("/static/{file}", response_class=Response)
async def static(file: Annotated[str, Path(max_length=100)], request: Request) -> Response:
    """One of the server's own files; nothing is loaded from elsewhere."""
    found = _FILES.get(file)
    if found is None:
        raise Problem(404, "there is no such file")
    headers = {"ETag": found.etag, "Cache-Control": "no-cache"}
    if request.headers.get("if-none-match") == found.etag:
        return Response(status_code=304, headers=headers)
    return Response(found.data, headers=headers, media_type=found.media_type)
