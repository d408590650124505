"""A curator at the review page in a real browser, at a server here or in a process of its own."""

from dataclasses import dataclass
from typing import Any, Protocol

from curation.web.book import Book as Tokens
from curation.web.people import Role
from curation.web.tokens import new_token


class Desk(Protocol):
    """Where one can sign in."""

    @property
    def url(self) -> str: ...
    def token(self, role: str, name: str) -> str: ...


@dataclass(frozen=True)
class Elsewhere:
    """A server in a process of its own."""

    url: str
    book: Tokens

    def token(self, role: str, name: str) -> str:
        return new_token(self.book, role=Role(role), name=name)[1]


class Page:
    """A signed-in page that notes what must not happen."""

    def __init__(self, browser: Any, desk: Desk, name: str, **context: Any) -> None:
        self.context = browser.new_context(base_url=desk.url, **context)
        self.page = self.context.new_page()
        self.page.set_default_timeout(60_000)
        self.wrong: list[str] = []
        self.page.on("dialog", self._dialog)
        self.page.on("console", lambda line: self.wrong.append(line.text) if line.type == "error" else None)
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("request", lambda one: None if one.url.startswith(desk.url) else self.wrong.append(one.url))
        self.page.goto("/signin")
        self.page.fill("#token", desk.token("curator", name))
        self.page.keyboard.press("Enter")
        self.page.wait_for_url("**/review")
        self.shown()

    def _dialog(self, dialog: Any) -> None:
        self.wrong.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def shown(self) -> str:
        self.page.wait_for_selector("[data-record]")
        return self.record()

    def record(self) -> str:
        return str(self.page.get_attribute("[data-record]", "data-record"))

    def after(self, record: str) -> str:
        """The record that is shown when this one is not any more."""
        self.page.wait_for_function(
            "before => ![null, before].includes(document.querySelector('[data-record]')?.dataset.record ?? null)"
            " && !document.querySelector('#actions[aria-busy]')",
            arg=record,
        )
        return self.shown()

    def leave(self) -> None:
        """Goes to another page, and closes the window."""
        self.page.wait_for_load_state("networkidle")  # what is fetched ahead is leased, too
        self.page.goto("/mine")
        self.context.close()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
