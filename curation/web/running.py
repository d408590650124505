"""A server from its first to its last second: opens the workspace, listens, stops cleanly when told to."""

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from curation.hosting import Hosted
from curation.opened import Say, silent
from curation.web.apart import JudgeApart
from curation.web.app import application
from curation.web.book import Book
from curation.web.guard import HEADERS
from curation.web.listening import listening_socket
from curation.web.settings import settings_for

SHUTDOWN_SECONDS = 10
# How long a thread that judges a file may keep the interpreter from one that answers a curator; Python's own is 5 ms,
# and an answer takes some thirty turns.
SWITCH_SECONDS = 0.0005
STOPPING = (signal.SIGINT, signal.SIGTERM)


class Spoken(H11Protocol):
    """HTTP/1.1; what cannot be read as such is told so under the same headers as everything else."""

    def send_400_response(self, msg: str) -> None:
        """Says that this is no HTTP, and hangs up."""
        del msg  # it is the parser's
        headers = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
        headers += [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
        for event in (
            h11.Response(status_code=400, headers=headers, reason=b"Bad Request"),
            h11.Data(data=b"this is no HTTP request"),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()


class Server(uvicorn.Server):
    """A server that stops when told to, and does not tell the signal on: stopping is what was asked for."""

    heard: Callable[[], None] | None = None

    async def startup(self, sockets: Any = None) -> None:
        """Listens, and says so: from here on it answers, and stops when told to."""
        await super().startup(sockets)
        if self.heard is not None:
            self.heard()

    async def shutdown(self, sockets: Any = None) -> None:
        """Tells those that listen to the journal that it ends; then waits for what is in work."""
        self.config.app.state.service.ending.set()  # type: ignore[union-attr]  # the application, not its name
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Within it the signals end the server."""
        before = {one: signal.signal(one, self.handle_exit) for one in STOPPING}
        try:
            yield
        finally:
            for one, handler in before.items():
                signal.signal(one, handler)


def run(  # noqa: PLR0913  (the command's options)
    root: Path,
    *,
    host: str,
    port: int,
    origin: str | None,
    listening: Callable[[str], None],
    say: Say = silent,
) -> None:
    """Serves a workspace until SIGINT or SIGTERM; `listening` hears the address.

    Raises `UsageError` for an address that cannot be listened on, and when another server has the workspace.
    """
    with (
        closing(JudgeApart(root)) as judge,
        Hosted(root, say=say, judge=judge) as workspace,
        closing(Book(workspace.places.book)) as book,
        closing(listening_socket(host, port)) as bound,
    ):
        taken = bound.getsockname()[1]
        settings = settings_for(host, taken, origin)
        server = Server(configured(application(workspace, book, settings)))
        shown_host = f"[{host}]" if ":" in host else host
        server.heard = lambda: listening(f"http://{shown_host}:{taken}")
        sys.setswitchinterval(SWITCH_SECONDS)
        warming = threading.Thread(target=_warm, args=[workspace], name="warming")
        warming.start()
        try:
            server.run(sockets=[bound])
        finally:
            warming.join()


def _warm(workspace: Hosted) -> None:
    """Who comes first need not wait for all that is read once; whatever is wrong is said to whoever asks for it."""
    with suppress(Exception):
        workspace.look_ahead()


def configured(app: object) -> uvicorn.Config:
    """How uvicorn runs the application: no access log, no names of libraries, patient with what is in work."""
    return uvicorn.Config(
        app,  # type: ignore[arg-type]  # an ASGI application, as its own types say less precisely
        access_log=False,
        log_level="warning",
        server_header=False,
        proxy_headers=False,
        lifespan="off",
        http=Spoken,
        ws="none",
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        timeout_keep_alive=20,
        h11_max_incomplete_event_size=32_768,
    )
