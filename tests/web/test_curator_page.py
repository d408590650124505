"""A curator's own page in a real browser: figures with enough behind them to be told, and gold that was missed."""

import json
import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from curation.ledger.opinion_facts import OPINION_UNDO_SECONDS
from curation.review.book import lease_key
from curation.review.choice import Choice
from tests import small
from tests.review.several import Clock, prepare
from tests.web import chromium
from tests.web.curating import Page
from tests.web.serving import Served, serving

pytestmark = chromium.WANTED
GOLD = 12
MISSED = 2
LOOK_SECONDS = 11
# What is wider inside than it is shown, and so beside the screen or cut off at an edge.
CUT_OFF = """() => [...document.querySelectorAll("*")]
    .filter(one => one.clientWidth > 1 && one.scrollWidth > one.clientWidth)
    .map(one => one.outerHTML.slice(0, 80))"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, encoder_cache: Path) -> Iterator[Served]:
    """A server where Hana and Bilal answered gold an hour ago, of which Hana missed some."""
    imported = small.imported(tmp_path_factory, encoder_cache)
    root = prepare(small.copy_of(imported, tmp_path_factory.mktemp("own") / "ws"), GOLD + 1)
    with serving(root) as served:
        _answer_gold(served, json.loads((root / "truth.json").read_text()))
        yield served


def _answer_gold(served: Served, truth: Mapping[str, str]) -> None:
    hosted, kept, clock = served.hosted, served.hosted._clock, Clock()
    clock.now = datetime.now(UTC) - timedelta(seconds=4 * OPINION_UNDO_SECONDS)
    hosted._clock = clock
    waiting = sorted(hosted.queue(Choice(datanet="faq", contributor="ann")), key=lambda one: one.record)
    for place, one in enumerate(waiting[:GOLD]):
        hosted.review(one.record, "relabel", by="amina", reason="another topic", label=truth[one.record])
        hosted.nominate(one.record, by="amina", reason="sure")
        key = lease_key(one.datanet, one.content), one.record
        for name in ("hana", "bilal"):
            hosted.book.take(name, [key], seen=hosted.state().seq, now=int(clock.now.timestamp()), count=1)
            clock.now += timedelta(seconds=LOOK_SECONDS)
            if name == "hana" and place < MISSED:
                hosted.review(one.record, "accept", by=name, reason="looked at and right")
            else:
                hosted.review(one.record, "relabel", by=name, reason="another topic", label=truth[one.record])
    hosted._clock = kept


def test_the_manual_shows_how_a_curator_does(browser: Any, desk: Served) -> None:
    """RENEW_DOCS=1 takes the manual's picture anew; else it must be there, of this size, and shown in the manual."""
    hana = Page(browser, desk, "hana", viewport={"width": 390, "height": 1150})
    hana.page.goto("/curator")
    hana.page.wait_for_load_state("networkidle")
    told = hana.page.inner_text("main")
    assert f"{GOLD - MISSED} of {GOLD} right" in told
    assert hana.page.evaluate(CUT_OFF) == []
    picture = hana.page.screenshot()
    assert hana.wrong == []
    hana.leave()
    path = small.ROOT / "docs" / "images" / "curator.png"
    if os.environ.get("RENEW_DOCS"):
        path.write_bytes(picture)
    assert "(images/curator.png)" in (small.ROOT / "docs" / "review.md").read_text(encoding="utf-8")
    # Width and height stand after the first chunk's name (PNG, third edition, 11.2.1); letters differ by machine.
    assert path.read_bytes()[16:24] == picture[16:24]
