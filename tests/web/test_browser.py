"""Signing in and one's own page in a real Chromium: by keyboard, on a phone, in the dark, nothing from elsewhere."""

from typing import Any

import pytest

from tests.web import chromium
from tests.web.serving import Served, records_of

pytestmark = chromium.WANTED
PHONE = {"width": 360, "height": 740}


class Visit:
    """A browser's page that notes whatever a page should not do."""

    def __init__(self, browser: Any, server: Served, **context: Any) -> None:
        self.page = browser.new_context(base_url=server.url, **context).new_page()
        self.page.set_default_timeout(20_000)
        self.wrong: list[str] = []
        self.page.on("dialog", self._dialog)
        self.page.on("pageerror", lambda error: self.wrong.append(f"error {error}"))
        self.page.on("console", self._console)
        self.page.on("request", lambda asked: self._asked(asked.url, server.url))
        self.page.goto("/signin")

    def _dialog(self, dialog: Any) -> None:
        self.wrong.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def _console(self, message: Any) -> None:
        if message.type in {"error", "warning"} and "401" not in message.text:
            self.wrong.append(f"console {message.text}")

    def _asked(self, url: str, own: str) -> None:
        if not url.startswith(own + "/"):
            self.wrong.append(f"request to {url}")

    def sign_in(self, token: str) -> None:
        """By keyboard alone."""
        # To the content, the name of the house, the open figures, the journal, this page itself; then the field.
        for _ in range(6):
            self.page.keyboard.press("Tab")
        self.page.keyboard.type(token)
        self.page.keyboard.press("Enter")

    def problems(self) -> list[str]:
        """What axe finds serious or critical."""
        from axe_playwright_python.sync_playwright import Axe

        found = Axe().run(self.page).response["violations"]
        return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found if one["impact"] in {"serious", "critical"}]


def test_from_the_token_to_an_appeal_by_keyboard_alone(browser: Any, server: Served) -> None:
    visit = Visit(browser, server)
    page = visit.page
    visit.sign_in("no token at all")
    page.get_by_role("alert").filter(has_text="token").wait_for()
    assert page.url.endswith("/signin")
    page.keyboard.type(server.token("contributor", "bea"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/mine")
    assert page.get_by_role("heading", level=1).inner_text() == "My records"
    assert visit.problems() == []

    record = records_of(server.hosted, "bea")[0]
    page.locator(f"article[aria-labelledby='r-{record}'] summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("<script>alert(1)</script> it is about teeth")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("Done. It waits for a curator now.").wait_for()
    assert [entry.fact.record for entry in server.hosted.state().appeals] == [record]

    page.get_by_role("button", name="Sign out").press("Enter")
    page.wait_for_url("**/signin")
    assert page.goto("/mine").url.endswith("/signin")
    assert visit.wrong == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_and_in_the_dark(browser: Any, server: Served, scheme: str) -> None:
    visit = Visit(browser, server, color_scheme=scheme, viewport=PHONE)
    assert visit.problems() == []
    visit.sign_in(server.token("contributor", "ann"))
    visit.page.wait_for_url("**/mine")
    assert visit.problems() == []
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    ground = visit.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (ground == "rgb(21, 23, 26)") == (scheme == "dark")
    assert visit.wrong == []


def test_the_policy_stops_what_is_put_into_a_page(browser: Any, server: Served) -> None:
    visit = Visit(browser, server)
    visit.page.evaluate(
        """() => {
            window.ran = [];
            const script = document.createElement('script'); script.textContent = 'window.ran.push(1)';
            const image = document.createElement('img'); image.src = 'https://elsewhere.invalid/a.png';
            document.body.append(script, image);
        }"""
    )
    visit.page.wait_for_timeout(200)
    assert visit.page.evaluate("window.ran") == []
    assert len([one for one in visit.wrong if "Content Security Policy" in one]) >= 2
