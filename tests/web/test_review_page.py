"""The review page in a real browser: by keyboard alone, two curators, a server that dies, hostile texts, axe-core."""

import json
import os
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from curation.review.book import lease_key
from curation.review.choice import Choice
from curation.web.book import Book as Tokens
from curation.workspace import Workspace
from tests import small
from tests.web import chromium
from tests.web.curating import Elsewhere, Page
from tests.web.serving import Served, process, records_of, serving

pytestmark = chromium.WANTED
HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    '"><svg onload=alert(1)>',
    "{{ 7*7 }} ${7*7}",
    "javascript:alert(1)",
    "\u202egnp.exe\u202c and \u200bhidden",
    "' onmouseover='alert(1)",
)
# The same questions again, put by others: enough for all who look at them here.
OPENINGS = (
    "",
    "My daughter, who is nine years old, would like to know: ",
    "Asked at our village clinic last week: ",
    "I am seventy and live alone. ",
    "Please answer in simple words, English is my third language. ",
)


@pytest.fixture(scope="module")
def queued(contributed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a long queue: mislabelled questions, and hostile texts. Only for copying."""
    root = small.copy_of(contributed, tmp_path_factory.mktemp("queued") / "ws")
    # Nothing is shown twice: who sees what is under test here.
    card = root / "datanets" / "faq" / "datanet.yaml"
    card.write_text(card.read_text().replace("{reference_min: 40}", "{reference_min: 40, several_share: 0}"))
    workspace = Workspace(root)
    wrong = [{**row, "topic": "teeth"} for row in small.honest(30) if row["topic"] != "teeth"]
    rows = [{**row, "question": f"{opening}{row['question']}"} for opening in OPENINGS for row in wrong]
    workspace.submit(small.write_jsonl(root / "wrong.jsonl", rows), "faq", "cid")
    hostile = [{"question": f"Why does my heart {text} beat?", "topic": "feet"} for text in HOSTILE]
    workspace.submit(small.write_jsonl(root / "hostile.jsonl", hostile), "faq", "eve")
    return root


@pytest.fixture(scope="module")
def desk(queued: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server that several curators come to."""
    with serving(small.copy_of(queued, tmp_path_factory.mktemp("desk") / "ws")) as served:
        yield served


def test_a_session_by_keyboard_alone(browser: Any, desk: Served) -> None:
    amina = Page(browser, desk, "amina")
    before = desk.hosted.state().seq
    first = amina.shown()
    amina.press("a")
    second = amina.after(first)
    amina.press("x", "1")
    third = amina.after(second)
    amina.press("r")
    amina.page.wait_for_selector("#relabels[open]")
    amina.press("Tab", "Enter")
    fourth = amina.after(third)
    amina.press("Space")
    fifth = amina.after(fourth)
    state = desk.hosted.state()
    assert {one: state.decisions[one].fact.decision for one in (first, second, third)} == {
        first: "accept",
        second: "reject",
        third: "relabel",
    }
    assert fourth not in state.decisions
    # Undo brings the last word's record back to the screen.
    amina.press("Backspace")
    assert amina.after(fifth) == third
    assert third not in desk.hosted.state().decisions
    amina.press("j", "j", "k", "?")
    assert amina.page.is_visible("#help")
    amina.press("Escape")
    assert amina.page.is_hidden("#help")
    assert {one.by for one in (word.fact for word in desk.hosted.state().words.values())} == {"amina"}
    assert desk.hosted.state().seq == before + 4
    assert amina.wrong == []
    amina.leave()


def test_the_last_word_is_vouched_for_and_the_curators_own_page(browser: Any, desk: Served) -> None:
    from axe_playwright_python.sync_playwright import Axe

    yara = Page(browser, desk, "yara", bypass_csp=True)
    yara.press("n")
    yara.page.wait_for_function(
        "() => document.getElementById('said').textContent.includes('word about a record first')"
    )
    first = yara.shown()
    yara.press("a")
    yara.after(first)
    yara.press("n")
    yara.page.wait_for_selector("#vouches[open]")
    yara.page.keyboard.type("it stands in the leaflet")
    yara.press("Enter")
    yara.page.wait_for_function("() => document.getElementById('said').textContent.includes('vouch for it')")
    assert [(one.gold.record, one.gold.by) for one in desk.hosted.nominated()] == [(first, ("yara",))]
    yara.page.click("nav >> text=How you do")
    yara.page.wait_for_selector("#figures")
    assert "no gold answered yet" in yara.page.inner_text("main")
    found = Axe().run(yara.page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in {"serious", "critical"}] == []
    assert yara.wrong == []
    yara.leave()


def test_a_word_whose_answer_is_lost_is_sent_again_under_the_same_key(browser: Any, desk: Served) -> None:
    hana = Page(browser, desk, "hana")
    keys: list[str] = []

    def lossy(route: Any) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) == 1:
            route.fetch()  # it is heard, and the answer gets lost
            route.abort()
        else:
            route.continue_()

    hana.page.route("**/decision", lossy)

    def said() -> int:  # of what somebody decided before, a word is an opinion
        state = desk.hosted.state()
        return len(state.rulings) + len(state.opinions)

    first, before = hana.shown(), said()
    hana.press("a")
    hana.after(first)
    assert len(keys) == 2
    assert keys[0] == keys[1]
    assert said() == before + 1
    hana.leave()


def test_two_curators_never_see_the_same(browser: Any, desk: Served) -> None:
    one, other = Page(browser, desk, "bilal"), Page(browser, desk, "carla")
    seen: dict[str, list[str]] = {"one": [one.shown()], "other": [other.shown()]}
    for _ in range(3):
        one.press("a")
        other.press("a")
        seen["one"].append(one.after(seen["one"][-1]))
        seen["other"].append(other.after(seen["other"][-1]))
    assert set(seen["one"]).isdisjoint(seen["other"])
    assert one.wrong == other.wrong == []
    one.leave()
    other.leave()


def test_many_at_once_with_one_undo(browser: Any, desk: Served) -> None:
    dana = Page(browser, desk, "dana")
    before = desk.hosted.state().words
    dana.page.fill("[name=contributor]", "cid")
    dana.page.press("[name=contributor]", "Enter")
    dana.page.wait_for_selector("#actions:not([aria-busy])")
    dana.page.click("#many")
    dana.page.wait_for_selector("#bulk[open]")
    assert "records wait there" in dana.page.inner_text("#bulk-count")
    dana.page.fill("#bulk-reason", "spam")
    dana.page.click("#bulk button[value=reject]")
    dana.page.wait_for_function("() => /decided;|refused|wait/.test(document.getElementById('said').textContent)")
    assert "decided;" in dana.page.inner_text("#said")
    assert len(desk.hosted.state().words) > len(before)
    dana.page.wait_for_selector("#actions:not([aria-busy])")
    dana.page.click("[data-act=undo]")
    dana.page.wait_for_function("() => document.getElementById('said').textContent.includes('ndone')")
    assert desk.hosted.state().words == before
    assert dana.wrong == []
    dana.leave()


def test_hostile_texts_are_only_ever_read(browser: Any, desk: Served) -> None:
    emil = Page(browser, desk, "emil")
    records = records_of(desk.hosted, "eve")
    assert len(records) == len(HOSTILE)
    for record in records:
        emil.page.evaluate(
            "async (record) => { const answer = await fetch('/review/' + record);"
            " document.getElementById('sheet').innerHTML = await answer.text(); }",
            record,
        )
        assert "heart" in emil.page.inner_text("blockquote")
        assert emil.page.query_selector("img, #sheet script, blockquote svg") is None
        assert "\u202e" not in emil.page.content()
    assert emil.wrong == []
    emil.leave()


@pytest.mark.parametrize("context", [{}, {"color_scheme": "dark", "viewport": {"width": 360, "height": 740}}])
def test_no_serious_problem_for_a_screen_reader_and_nothing_beside_the_screen(
    browser: Any, desk: Served, context: dict[str, Any]
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    flora = Page(browser, desk, "flora", bypass_csp=True, **context)
    found = Axe().run(flora.page).response["violations"]
    serious = [one["id"] for one in found if one["impact"] in {"serious", "critical"}]
    assert serious == [], json.dumps([one["nodes"][0]["html"] for one in found])
    # On a phone the record comes first, and what chooses among records when it is asked for.
    assert (flora.page.get_attribute("#which", "open") is None) == bool(context)
    width = flora.page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert width[0] <= width[1]
    flora.leave()


def test_whoever_leaves_holds_nothing(browser: Any, desk: Served) -> None:
    def held() -> frozenset[str]:
        now = int(time.time())
        contents = desk.hosted.book.with_others("nobody", now=now)
        leases = [desk.hosted.book.lease(one, now=now) for one in contents]
        return frozenset(one.record for one in leases if one is not None and one.curator == "gita")

    gita = Page(browser, desk, "gita")
    assert gita.shown() in held()
    gita.leave()
    deadline = time.monotonic() + 30
    while held() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert held() == set()


def test_a_lease_that_ran_out_is_anothers_and_the_late_word_changes_nothing(browser: Any, desk: Served) -> None:
    ines, jonas = Page(browser, desk, "ines"), Page(browser, desk, "jonas")
    late = ines.shown()
    with sqlite3.connect(desk.hosted.book.path) as db:
        db.execute("UPDATE leases SET until = 1 WHERE curator = 'ines'")
    db.close()
    one = next(one for one in desk.hosted.queue(Choice(), curator="jonas") if one.record == late)
    pair, now = (lease_key(one.datanet, one.content), late), int(time.time())
    desk.hosted.book.take("jonas", [pair], seen=desk.hosted.state().seq, now=now, count=1)
    before = desk.hosted.state().seq
    ines.press("a")
    assert ines.after(late) != late
    assert "looked at by jonas" in ines.page.inner_text("#said")
    assert desk.hosted.state().seq == before
    ines.leave()
    jonas.leave()


def test_a_server_that_is_killed_mid_session_loses_nothing(browser: Any, queued: Path, tmp_path: Path) -> None:
    root = small.copy_of(queued, tmp_path / "ws")
    tokens = Tokens(Workspace(root).places.book)
    with process(root) as first:
        kofi = Page(browser, Elsewhere(first.url, tokens), "kofi")
        one = kofi.shown()
        kofi.press("a")
        other = kofi.after(one)
        first.kill()
    kofi.press("a")  # nobody hears it
    with process(root, "--port", first.url.rpartition(":")[2]):
        # It is sent again by itself for some seconds, and by whoever presses again; the key stays the same.
        deadline = time.monotonic() + 60
        while kofi.record() == other and time.monotonic() < deadline:
            kofi.page.wait_for_timeout(500)
            if kofi.page.query_selector("#actions[aria-busy]") is None and kofi.record() == other:
                kofi.press("a")
        kofi.after(other)
        said = [word.fact.record for word in Workspace(root).state().rulings]
        assert sorted(said) == sorted([one, other])
        kofi.press("Backspace")
        assert kofi.after(kofi.shown()) == other
    kofi.context.close()
    tokens.close()
    assert [word.fact.record for word in Workspace(root).state().rulings] == [one]


def test_a_record_that_waits_is_decided_in_every_way_twenty_times(browser: Any, queued: Path, tmp_path: Path) -> None:
    """Long, and so for make check-full; the same ways once each are in the first test."""
    if not os.environ.get("CURATION_FULL"):
        pytest.skip("make check-full has the patience")
    with serving(small.copy_of(queued, tmp_path / "ws")) as desk:
        lena = Page(browser, desk, "lena")
        ways = {"accept": "a", "reject": "x1", "relabel": "r", "skip": " "}
        done: dict[str, list[str]] = {way: [] for way in ways}
        for _ in range(20):
            for way, keys in ways.items():
                record = lena.shown()
                for key in keys:
                    lena.press("Space" if key == " " else key)
                if way == "relabel":
                    lena.page.wait_for_selector("#relabels[open]")
                    lena.press("Tab", "Enter")
                lena.after(record)
                done[way].append(record)
        decisions = desk.hosted.state().decisions
        for way in ("accept", "reject", "relabel"):
            assert {decisions[one].fact.decision for one in done[way]} == {way}
        assert not set(done["skip"]) & set(decisions)
        for way in ("relabel", "reject", "accept") * 20:
            before = lena.shown()
            lena.press("Backspace")
            assert lena.after(before) == done[way].pop()
        assert {word.fact.by for word in desk.hosted.state().words.values()}.isdisjoint({"lena"})
        assert lena.wrong == []
        lena.leave()


@pytest.mark.parametrize(
    ("name", "context"),
    [
        ("review-label.png", {"viewport": {"width": 1100, "height": 1000}}),
        ("review-phone.png", {"color_scheme": "dark", "viewport": {"width": 390, "height": 1100}}),
    ],
)
def test_the_manual_shows_the_page(browser: Any, desk: Served, name: str, context: dict[str, Any]) -> None:
    """RENEW_DOCS=1 takes the manual's pictures anew; else they must be there, of this size, and shown in the manual."""
    miriam = Page(browser, desk, "miriam", **context)
    if miriam.page.is_visible("#which summary"):
        miriam.page.click("#which summary")
    miriam.page.fill("[name=check]", "label-noise")
    miriam.page.fill("[name=contributor]", "cid")
    miriam.page.press("[name=contributor]", "Enter")
    miriam.page.wait_for_selector("#actions:not([aria-busy])")
    # A record that this curator does not see blind shows what there is to decide by.
    while miriam.page.query_selector(".bars") is None:
        record = miriam.shown()
        miriam.press("Space")
        miriam.after(record)
    miriam.page.wait_for_load_state("networkidle")
    picture = miriam.page.screenshot()
    miriam.leave()
    path = small.ROOT / "docs" / "images" / name
    if os.environ.get("RENEW_DOCS"):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(picture)
    assert f"(images/{name})" in (small.ROOT / "docs" / "review.md").read_text(encoding="utf-8")
    # Width and height stand after the first chunk's name (PNG, third edition, 11.2.1); letters differ by machine.
    assert path.read_bytes()[16:24] == picture[16:24]
