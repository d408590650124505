"""The report's page in a real browser, opened as a file: nothing leaves it, nothing hostile wakes, axe-core, paper."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from curation.formats.report_html import report_html
from tests import small
from tests.formats import report_sample
from tests.web import chromium

pytestmark = chromium.WANTED
SHOWN = (
    {"viewport": {"width": 1100, "height": 900}},
    {"viewport": {"width": 1100, "height": 900}, "color_scheme": "dark"},
    {"viewport": {"width": 360, "height": 740}, "is_mobile": True},
)
ON_PAPER = "rgb(255, 255, 255)"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    told = report_sample.as_installed(report_sample.told(report_sample.sample_ledger(folder), "questions", 5))
    path = folder / "report.html"
    path.write_text(report_html(told), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    path = folder / "report.html"
    path.write_text(report_html(report_sample.told(report_sample.hostile_ledger(folder))), encoding="utf-8")
    return path


class _Opened:
    """A report opened as a file, which notes what must not happen."""

    def __init__(self, browser: Any, path: Path, **context: Any) -> None:
        self.page = browser.new_context(**context).new_page()
        self.wrong: list[str] = []
        self.page.on("dialog", self._dialog)
        self.page.on("console", lambda line: self.wrong.append(line.text))
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("request", lambda one: self._asked(one.url, path.as_uri()))
        self.page.goto(path.as_uri())
        # All that is folded away is looked at too.
        self.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")

    def _dialog(self, dialog: Any) -> None:
        self.wrong.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def _asked(self, url: str, own: str) -> None:
        if url != own:
            self.wrong.append(f"request to {url}")

    def close(self) -> None:
        self.page.context.close()


# All of them when there is time; otherwise the smallest, in which most can go wrong.
@pytest.mark.parametrize(
    "context",
    SHOWN if os.environ.get("CURATION_FULL") else SHOWN[-1:],
    ids=["light", "dark", "phone"] if os.environ.get("CURATION_FULL") else ["phone"],
)
def test_no_serious_problem_and_nothing_beside_the_screen(browser: Any, sample: Path, context: dict[str, Any]) -> None:
    from axe_playwright_python.sync_playwright import Axe

    opened = _Opened(browser, sample, bypass_csp=True, **context)
    found = Axe().run(opened.page).response["violations"]
    serious = [one["id"] for one in found if one["impact"] in {"serious", "critical"}]
    assert serious == [], json.dumps([one["nodes"][0]["html"] for one in found])
    width = opened.page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert width[0] <= width[1]
    assert opened.wrong == []
    opened.close()


def test_nothing_hostile_wakes_and_nothing_is_fetched(browser: Any, hostile: Path) -> None:
    opened = _Opened(browser, hostile)
    opened.page.wait_for_load_state("networkidle")
    said = opened.page.inner_text("body")
    assert "<b onmouseover=x>" in said
    assert "![x](http://evil.example/x.png)" in said
    assert opened.page.query_selector("img, script, iframe, object, embed, link, a, form, blockquote svg") is None
    # Whatever there is to point at is pointed at.
    for one in opened.page.query_selector_all("blockquote, summary, svg")[:60]:
        one.dispatch_event("mouseover")
        one.dispatch_event("click")
    assert opened.wrong == []
    opened.close()


def test_paper_is_white_whatever_the_screen_is_and_shows_every_plot(browser: Any, sample: Path) -> None:
    opened = _Opened(browser, sample, color_scheme="dark", viewport={"width": 700, "height": 1000})
    opened.page.emulate_media(media="print", color_scheme="light")
    ground, ink = opened.page.evaluate(
        "(() => { const style = getComputedStyle(document.body); return [style.backgroundColor, style.color]; })()"
    )
    assert ground in {ON_PAPER, "rgba(0, 0, 0, 0)"}
    assert max(map(int, ink.removeprefix("rgb(").rstrip(")").split(","))) < 80
    boxes = opened.page.evaluate(
        "[...document.querySelectorAll('section svg')].map(one => one.getBoundingClientRect().toJSON())"
    )
    assert len(boxes) >= 7
    assert all(box["width"] > 200 and box["right"] <= 700 for box in boxes)
    assert len(opened.page.pdf(format="A4")) > 10_000
    assert opened.wrong == []
    opened.close()


@pytest.mark.parametrize(
    ("name", "context", "of"),
    [
        ("report-top.png", {"viewport": {"width": 900, "height": 1000}}, None),
        ("report-dark.png", {"viewport": {"width": 900, "height": 1100}, "color_scheme": "dark"}, "drift"),
        ("report-phone.png", {"viewport": {"width": 390, "height": 900}}, "records-by-verdict"),
    ],
)
def test_the_manual_shows_the_report(
    browser: Any, sample: Path, name: str, context: dict[str, Any], of: str | None
) -> None:
    """RENEW_DOCS=1 takes the manual's pictures anew; else they must be there, of this size, and shown in the manual."""
    page = browser.new_context(**context).new_page()
    page.goto(sample.as_uri())
    if of is not None:
        page.evaluate("name => document.getElementById(name).scrollIntoView()", of)
    picture = page.screenshot()
    page.context.close()
    path = small.ROOT / "docs" / "images" / name
    if os.environ.get("RENEW_DOCS"):
        path.write_bytes(picture)
    assert f"(images/{name})" in (small.ROOT / "docs" / "report.md").read_text(encoding="utf-8")
    # Width and height stand after the first chunk's name (PNG, third edition, 11.2.1); letters differ by machine.
    assert path.read_bytes()[16:24] == picture[16:24]
