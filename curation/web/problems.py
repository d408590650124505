"""Errors as problem details (RFC 9457): type, title, status, detail; no stack trace, no record text unmasked."""

import json
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from curation.datanet.shown import shown
from curation.errors import (
    CardError,
    CurationError,
    EngineFailed,
    FileRefused,
    JournalBroken,
    UsageError,
    WorkspaceBusy,
)

MEDIA_TYPE = "application/problem+json"
BUSY_SECONDS = 5
_DETAIL_MAX = 2000
_ERRORS_MAX = 20

TITLES: Mapping[int, str] = {
    400: "The request cannot be understood",
    401: "A token or a session is wanted",
    403: "This is not yours to do",
    404: "There is no such thing here",
    405: "This cannot be done with it",
    409: "It stands against what is there",
    413: "Too large",
    415: "Another content type is wanted",
    421: "This host is not served here",
    422: "What was sent cannot be used",
    429: "Too many requests",
    500: "The server failed",
    503: "Not now",
}
# What every route may answer, for the OpenAPI document.
RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {"description": title, "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    for status, title in TITLES.items()
}
SCHEMA: dict[str, Any] = {
    "title": "Problem",
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
    },
}


class Problem(Exception):
    """Something the caller has to know; `kind` is stable, `more` are further members of the answer."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        kind: str | None = None,
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.kind = status, detail, kind
        self.headers, self.more = dict(headers or {}), dict(more or {})


def answer_of(problem: Problem) -> Response:
    """A problem as it is sent."""
    from curation.evidence.personal_data import masked  # noqa: PLC0415  (90 ms that a server may take when it needs them)

    told = {
        "type": "about:blank" if problem.kind is None else f"urn:curation:{problem.kind}",
        "title": TITLES.get(problem.status, "The request failed"),
        "status": problem.status,
        "detail": shown(masked(problem.detail), _DETAIL_MAX),
        **problem.more,
    }
    return Response(json.dumps(told), problem.status, problem.headers, MEDIA_TYPE)


def problem_of(error: CurationError) -> Problem:
    """What an error of the engine is to whoever asked."""
    match error:
        case WorkspaceBusy():
            return Problem(503, str(error), kind="busy", headers={"Retry-After": str(BUSY_SECONDS)})
        case FileRefused():
            return Problem(422, str(error), kind="file-refused", more={"code": error.code})
        case UsageError():
            return Problem(422, str(error), kind="unusable")
        case CardError():
            return Problem(500, "the card or the rules of this datanet cannot be used", kind="card")
        case EngineFailed() | JournalBroken():
            return Problem(500, str(error), kind="engine")
    return Problem(500, "the engine failed", kind="engine")


def unusable(problems: RequestValidationError) -> Problem:
    """Which field, what kind of thing was seen, what was wanted; never the value, which may be anybody's."""
    errors = [
        {
            "field": shown(".".join(map(str, error["loc"])), 200),
            "seen": "missing" if error["type"] == "missing" else _kind(error.get("input")),
            "wanted": shown(str(error["msg"]).removeprefix("Input should be "), 200),
        }
        for error in problems.errors()[:_ERRORS_MAX]
    ]
    told = "; ".join(f"`{one['field']}` is {one['seen']}, wanted: {one['wanted']}" for one in errors)
    return Problem(422, told, kind="unusable", more={"errors": errors})


def _kind(value: object) -> str:
    names = {
        bool: "true or false",
        int: "a number",
        float: "a number",
        str: "a text",
        list: "a list",
        dict: "an object",
    }
    return "null" if value is None else names.get(type(value), "something else")


def add_to(app: FastAPI) -> None:
    """Every error of the application becomes a problem."""

    async def problem(_: Request, error: Exception) -> Response:
        assert isinstance(error, Problem)
        return answer_of(error)

    async def engine(_: Request, error: Exception) -> Response:
        assert isinstance(error, CurationError)
        return answer_of(problem_of(error))

    async def validation(_: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return answer_of(unusable(error))

    async def http(_: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return answer_of(Problem(error.status_code, str(error.detail), headers=error.headers))

    app.add_exception_handler(Problem, problem)
    app.add_exception_handler(CurationError, engine)
    app.add_exception_handler(RequestValidationError, validation)
    app.add_exception_handler(HTTPException, http)
