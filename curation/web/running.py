"""A server from its first to its last second: opens the workspace, listens, stops cleanly when told to."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import uvicorn

from curation.datanet.shown import shown
from curation.errors import UsageError
from curation.hosting import Hosted
from curation.opened import Say, silent
from curation.web.app import application
from curation.web.book import Book
from curation.web.settings import settings_for

SHUTDOWN_SECONDS = 10
STOPPING = (signal.SIGINT, signal.SIGTERM)


class Server(uvicorn.Server):
    """A server that stops when told to, and does not tell the signal on: stopping is what was asked for."""

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
    with Hosted(root, say=say) as workspace, closing(Book(workspace.places.book)) as book:
        bound = uvicorn.Config(lambda: None, host=host, port=port, log_config=None)
        try:
            socket = bound.bind_socket()
        except SystemExit:
            raise UsageError(f"{shown(host)}:{port} cannot be listened on: taken, or not of this machine") from None
        with closing(socket):
            taken = socket.getsockname()[1]
            settings = settings_for(host, taken, origin)
            shown_host = f"[{host}]" if ":" in host else host
            listening(f"http://{shown_host}:{taken}")
            server = Server(configured(application(workspace, book, settings)))
            server.run(sockets=[socket])
    sys.stderr.flush()


def configured(app: object) -> uvicorn.Config:
    """How uvicorn runs the application: no access log, no names of libraries, patient with what is in work."""
    return uvicorn.Config(
        app,  # type: ignore[arg-type]  # an ASGI application, as its own types say less precisely
        access_log=False,
        log_level="warning",
        server_header=False,
        proxy_headers=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        timeout_keep_alive=20,
        h11_max_incomplete_event_size=32_768,
    )
