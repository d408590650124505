"""The outermost door: known hosts alone, security headers on every answer, and a failure that tells nothing."""

import logging
from collections.abc import MutableMapping
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from curation.web.problems import Problem, answer_of
from curation.web.settings import Settings

_LOG = logging.getLogger("curation.web")
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    # What may be kept says so itself.
    "cache-control": "no-store",
}


class Guard:
    """Stands around everything else."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        """`settings` names the hosts."""
        self._app, self._settings = app, settings
        self._headers = dict(HEADERS)
        if settings.https:
            self._headers["strict-transport-security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers; a failure inside becomes a problem, unless the answer has begun."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        begun = False

        async def guarded(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                message["headers"] = self._with_headers(message)
            await send(message)

        if header(scope, b"host").lower() not in self._settings.hosts:
            told = Problem(421, "this server answers to other names; see `curate serve --origin`", kind="host")
            await answer_of(told)(scope, receive, guarded)
            return
        try:
            await self._app(scope, receive, guarded)
        except Exception as error:  # noqa: BLE001  (whatever it is, its text may quote a record)
            _LOG.error("a request failed: %s", type(error).__name__)
            if not begun:
                await answer_of(Problem(500, "the server failed; it was not you"))(scope, receive, guarded)

    def _with_headers(self, message: MutableMapping[str, Any]) -> list[tuple[bytes, bytes]]:
        told = [(name.lower(), value) for name, value in message.get("headers", [])]
        names = {name for name, _ in told}
        return told + [
            (name.encode(), value.encode()) for name, value in self._headers.items() if name.encode() not in names
        ]


def header(scope: Scope, name: bytes) -> str:
    """A header's value, empty when it is missing or stands there twice: two proxies would read two values."""
    found = [value for key, value in scope["headers"] if key == name]
    return str(found[0].decode("latin-1")) if len(found) == 1 else ""
