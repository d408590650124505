"""The public pages in a real browser: they follow the journal, can be read without a script, and stay inert."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from curation.workspace import Workspace
from tests import small
from tests.published import Played
from tests.web import chromium
from tests.web.serving import Served, records_of, serving

pytestmark = chromium.WANTED
HOSTILE = (
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "{{ 7*7 }} ${7*7}",
    "\u202egnp.exe\u202c \u200bhidden",
)


@pytest.fixture(scope="module")
def shown(played_money: Played, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server over a workspace in which money moved and audits were drawn."""
    root = small.copy_of(played_money.workspace.root, tmp_path_factory.mktemp("shown") / "ws")
    with serving(root) as served:
        yield served


@pytest.fixture(scope="module")
def open_texts(contributed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server over a workspace whose questions are public, hostile ones and hostile labels among them."""
    root = small.copy_of(contributed, tmp_path_factory.mktemp("open") / "ws")
    card = root / "datanets" / "faq" / "datanet.yaml"
    card.write_text(card.read_text().replace("task: ", "public_texts: true\ntask: ", 1))
    rows = [{"question": f"Why does my heart {text} beat so fast?", "topic": "heart"} for text in HOSTILE]
    workspace = Workspace(root)
    workspace.submit(small.write_jsonl(root / "eve.jsonl", rows), "faq", "eve")
    for record in records_of(workspace, "eve"):
        workspace.decide(record, "accept", by="curator-one", reason="fine", label=None)
    with serving(root) as served:
        yield served


@contextmanager
def visiting(browser: Any, served: Served, **context: Any) -> Iterator[Any]:
    """A page of a visitor; nothing may pop up, fail, or be asked of another host."""
    opened = browser.new_context(base_url=served.url, **context)
    page = opened.new_page()
    page.set_default_timeout(60_000)
    wrong: list[str] = []

    def dismissed(dialog: Any) -> None:
        wrong.append(f"dialog {dialog.message}")
        dialog.dismiss()

    page.on("dialog", dismissed)
    page.on("console", lambda line: wrong.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda one: None if one.url.startswith(served.url) else wrong.append(one.url))
    yield page
    opened.close()
    assert wrong == []


def pages_of(served: Served) -> list[str]:
    with served.hosted.store() as store:
        row = store.query("SELECT record, datanet, contributor FROM payouts JOIN records USING (record, contributor)")[
            0
        ]
    return [
        "/live",
        "/live/definitions",
        f"/live/datanets/{row['datanet']}",
        f"/live/contributors/{row['contributor']}",
        "/live/epochs/1",
        "/live/journal?q=record.decided",
        f"/live/records/{row['record']}",
    ]


def test_a_submission_shows_within_two_seconds(
    browser: Any, contributed: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with (
        serving(small.copy_of(contributed, tmp_path_factory.mktemp("followed") / "ws")) as served,
        visiting(browser, served) as page,
    ):
        page.goto("/live/datanets/faq")
        page.click("#good-share summary")
        page.focus("#noise-by-kind summary")
        before = int(page.get_attribute("[data-seq]", "data-seq"))
        assert page.query_selector("text=zoe") is None
        file = small.write_jsonl(served.hosted.root / "zoe.jsonl", small.honest(4))
        served.hosted.submit(file, "faq", "zoe")
        # From the line of the journal on, as the judging before it takes what it takes.
        # Beside other tests a machine may be slow: the two seconds hold in `make check-full`, which runs it alone.
        patience = 2_000 if os.environ.get("CURATION_FULL") else 20_000
        page.wait_for_selector("a[href='/live/contributors/zoe']", timeout=patience)
        assert int(page.get_attribute("[data-seq]", "data-seq")) > before
        # What was open stays open, and who was somewhere stays there.
        assert page.get_attribute("#good-share details", "open") is not None
        assert page.evaluate("document.activeElement.closest('section').id") == "noise-by-kind"

        page.click("[data-pause]")
        paused = page.get_attribute("[data-seq]", "data-seq")
        served.hosted.submit(small.write_jsonl(served.hosted.root / "yan.jsonl", small.honest(2)), "faq", "yan")
        page.wait_for_timeout(2_000)
        assert page.get_attribute("[data-seq]", "data-seq") == paused
        page.click("[data-pause]")
        page.wait_for_selector("a[href='/live/contributors/yan']", timeout=2 * patience)


def test_who_reads_keeps_their_place_and_a_slow_server_is_asked_once_at_a_time(
    browser: Any, contributed: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with (
        serving(small.copy_of(contributed, tmp_path_factory.mktemp("kept") / "ws")) as served,
        visiting(browser, served, viewport={"width": 420, "height": 300}) as page,
    ):
        page.goto("/live/journal")
        page.evaluate("scrollTo(0, document.getElementById('line-4').offsetTop + 10)")
        top = "document.getElementById('line-4').getBoundingClientRect().top"
        before, count = page.evaluate(top), len(served.hosted.journal.read())
        served.hosted.register("zoe", name="Zoe")
        page.wait_for_selector(f"#line-{count + 1}", state="attached", timeout=4_000)
        assert abs(page.evaluate(top) - before) < 2

        # Each reading takes longer than a second, and lines go on coming.
        asked: list[str] = []
        open_now, most = 0, 0

        def slow(route: Any) -> None:
            nonlocal open_now, most
            asked.append(route.request.url)
            open_now += 1
            most = max(most, open_now)
            page.wait_for_timeout(1_500)
            open_now -= 1
            route.continue_()

        page.route("**/live/journal", slow)
        for number in range(4):
            served.hosted.register("zoe", name=f"Zoe {number}")
            page.wait_for_timeout(1_100)
        page.wait_for_selector(f"#line-{count + 5}", state="attached", timeout=20_000)
        assert most == 1


def test_a_stream_that_is_refused_is_asked_for_again_and_the_page_says_so(
    browser: Any, contributed: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = small.copy_of(contributed, tmp_path_factory.mktemp("refused") / "ws")
    with serving(root) as served:
        opened = browser.new_context(base_url=served.url)
        page = opened.new_page()
        refused: list[str] = []

        def refuse(route: Any) -> None:
            refused.append(route.request.url)
            route.fulfill(status=503) if len(refused) == 1 else route.continue_()

        page.route("**/live/events*", refuse)
        page.clock.install()
        page.goto("/live/journal")
        page.wait_for_function("() => document.querySelector('[data-state]').textContent.startsWith('Does not follow')")
        page.clock.fast_forward(31_000)
        with page.expect_response("**/live/journal"):
            pass
        page.wait_for_function("() => document.querySelector('[data-state]').textContent.startsWith('Follows')")
        assert len(refused) == 2
        opened.close()


def test_the_journal_is_searched_while_one_writes(browser: Any, shown: Served) -> None:
    with visiting(browser, shown) as page:
        page.goto("/live/journal")
        page.focus("#q")
        page.keyboard.type("audits.drawn", delay=20)
        page.wait_for_url("**/live/journal?q=audits.drawn")
        page.wait_for_function("() => document.querySelectorAll('.lines > li').length === 4")
        assert page.evaluate("document.activeElement.id") == "q"
        page.keyboard.press("Enter")
        page.keyboard.type("-nothing has this", delay=20)
        page.wait_for_selector("#found >> text=No line has that.")
        page.go_back()
        page.wait_for_selector(".lines")


def test_everything_can_be_read_without_a_script(browser: Any, shown: Served) -> None:
    with visiting(browser, shown, java_script_enabled=False) as page:
        page.goto("/")
        assert page.url.endswith("/live")
        page.click("table a >> nth=0")
        name = page.inner_text("h1")
        assert page.query_selector("#good-share svg.plot") is not None
        assert "95 %" in page.inner_text("#good-share")
        page.click("a[href='/live/epochs/1']")
        assert name in page.inner_text("table")
        page.goto("/live/journal?q=contribution.submitted")
        page.click(".lines dd a >> nth=0")
        assert page.query_selector("table") is not None


def test_no_serious_problem_for_a_screen_reader_on_any_page(browser: Any, shown: Served) -> None:
    from axe_playwright_python.sync_playwright import Axe

    every, phone = pages_of(shown), {"color_scheme": "dark", "viewport": {"width": 360, "height": 740}}
    contexts: list[tuple[dict[str, Any], list[str]]] = [(phone, every)]
    contexts += [({}, every)] if os.environ.get("CURATION_FULL") else []
    for context, addresses in contexts:
        with visiting(browser, shown, bypass_csp=True, **context) as page:
            for address in addresses:
                page.goto(address)
                found = Axe().run(page).response["violations"]
                serious = [one["id"] for one in found if one["impact"] in {"serious", "critical"}]
                assert serious == [], (address, json.dumps([one["nodes"][0]["html"] for one in found]))
                width = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
                assert width[0] <= width[1], address


def test_hostile_texts_are_only_ever_read(browser: Any, open_texts: Served) -> None:
    with visiting(browser, open_texts) as page:
        for record in records_of(open_texts.hosted, "eve"):
            page.goto(f"/live/records/{record}")
            assert "heart" in page.inner_text("blockquote")
            assert page.query_selector("main img, main script, blockquote svg") is None
        page.goto("/live/contributors/eve")
        page.goto("/live/journal?q=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E%22%27")
        assert page.input_value("#q") == "<img src=x onerror=alert(1)>\"'"
        page.goto("/live/datanets/faq?after=3.0")
        assert page.query_selector("main img, main script") is None
        assert "\u202e" not in page.content()


@pytest.mark.parametrize(
    ("name", "address", "context"),
    [
        ("live-glance.png", "/live", {"viewport": {"width": 1100, "height": 620}}),
        ("live-datanet.png", "/live/datanets/faq", {"viewport": {"width": 1100, "height": 1500}}),
        (
            "live-phone.png",
            "/live/datanets/faq",
            {"color_scheme": "dark", "viewport": {"width": 390, "height": 1100}},
        ),
    ],
)
def test_the_manual_shows_the_pages(
    browser: Any, shown: Served, name: str, address: str, context: dict[str, Any]
) -> None:
    """RENEW_DOCS=1 takes the manual's pictures anew; else they must be there, of this size, and shown in the manual."""
    with visiting(browser, shown, **context) as page:
        page.goto(address)
        picture = page.screenshot()
    path = small.ROOT / "docs" / "images" / name
    if os.environ.get("RENEW_DOCS"):
        path.write_bytes(picture)
    assert f"(images/{name})" in (small.ROOT / "docs" / "live.md").read_text(encoding="utf-8")
    # Width and height stand after the first chunk's name (PNG, third edition, 11.2.1); letters differ by machine.
    assert path.read_bytes()[16:24] == picture[16:24]
