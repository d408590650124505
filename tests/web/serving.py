"""A real server over a small real workspace: uvicorn on a free port, in a thread of the tests or in its own process."""

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx

from curation.hosting import Hosted
from curation.web.app import application
from curation.web.book import Book
from curation.web.listening import listening_socket
from curation.web.people import Role
from curation.web.running import Server, configured
from curation.web.settings import Settings, settings_for
from curation.web.tokens import new_token
from curation.workspace import Workspace
from tests import small


@dataclass(frozen=True)
class Served:
    """A running server. Its clients are closed with it."""

    url: str
    hosted: Hosted
    book: Book
    settings: Settings
    ends: ExitStack

    def token(self, role: str, name: str, **more: Any) -> str:
        return new_token(self.book, role=Role(role), name=name, **more)[1]

    def stranger(self) -> httpx.Client:
        """A client without a token."""
        return self.ends.enter_context(httpx.Client(base_url=self.url, timeout=60, trust_env=False))

    def client(self, role: str, name: str, **more: Any) -> httpx.Client:
        """A client that sends a new token of this role; `more` as for `new_token`."""
        found = self.stranger()
        found.headers["Authorization"] = f"Bearer {self.token(role, name, **more)}"
        return found

    def browser(self, role: str, name: str, **more: Any) -> httpx.Client:
        """A client with a session: the cookie, and the CSRF token in each request."""
        found = self.stranger()
        begun = found.post("/session", headers={"Authorization": f"Bearer {self.token(role, name, **more)}"})
        found.headers.update({"X-CSRF-Token": begun.json()["csrf"], "Origin": self.url})
        return found


@contextmanager
def serving(root: Path, **changes: Any) -> Iterator[Served]:
    """Serves a workspace in a thread; `changes` are made to the settings."""
    with (
        ExitStack() as ends,
        Hosted(root) as hosted,
        closing(Book(hosted.places.book)) as book,
        closing(listening_socket("127.0.0.1", 0)) as bound,
    ):
        port = bound.getsockname()[1]
        settings = replace(settings_for("127.0.0.1", port), **changes)
        server = Server(configured(application(hosted, book, settings)))
        server.capture_signals = no_signals  # type: ignore[method-assign]  # they are the main thread's
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
        thread.start()
        try:
            with ends:
                yield Served(f"http://127.0.0.1:{port}", hosted, book, settings, ends)
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def no_signals() -> Iterator[None]:
    yield


@dataclass(frozen=True)
class Process:
    """`curate serve` in a process of its own."""

    url: str
    child: "subprocess.Popen[str]"

    def kill(self) -> None:
        self.child.kill()
        self.child.wait()


@contextmanager
def process(root: Path, *options: str, code: str | None = None) -> Iterator[Process]:
    """`curate serve` on a free port; killed at the end if it still runs. `code` runs in the place of `curate`."""
    begun = ["-m", "curation.cli.main"] if code is None else ["-c", code]
    command = [sys.executable, *begun, "serve", "--port", "0", "-w", str(root), *options]
    environment = os.environ | {"PYTHONPATH": str(small.ROOT)}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as child:
        try:
            assert child.stderr is not None
            told = re.fullmatch(r"listening on (http://\S+)\n", child.stderr.readline())
            assert told is not None
            yield Process(told[1], child)
        finally:
            child.kill()


def with_contributions(root: Path) -> Path:
    """Ann's fields, two of them copies and one with a line nobody can read, and bea's questions, one mislabelled."""
    workspace = Workspace(root)
    fields = [*small.plots(8, first=200), *small.plots(2), "{no JSON"]
    workspace.submit(small.write_jsonl(root / "ann.jsonl", fields), "plots", "ann")
    texts = small.honest(6)
    texts[0] = {**texts[0], "topic": "teeth"}
    workspace.submit(small.write_jsonl(root / "bea.jsonl", texts), "faq", "bea")
    return root


def records_of(workspace: Workspace, contributor: str) -> list[str]:
    with workspace.store() as store:
        sql = "SELECT record FROM records WHERE contributor = ? AND record IS NOT NULL ORDER BY seq, row_index"
        return [row["record"] for row in store.query(sql, [contributor])]
