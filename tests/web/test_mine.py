"""The contributor's page says what became of each record, why, what would pass, and where the money stands."""

import re
from pathlib import Path
from typing import Any

import pytest

from curation.workspace import Workspace
from tests import money, small
from tests.web.serving import Served, records_of, serving


def test_what_became_of_each_record_and_why(server: Served) -> None:
    page = server.browser("contributor", "ann").get("/mine").text
    assert len(re.findall(r'<article class="record"', page)) == len(records_of(server.hosted, "ann")) == 10
    assert page.count('class="verdict reject"') == 2
    assert "<strong>exact-duplicate</strong>" in page
    assert "What would pass: " in page
    assert "The same content was there before: record <code>" in page
    # The line that nobody could read is counted, in the contribution's row.
    assert "<td>11</td>" in page
    (unread,) = re.findall(r"<li>Line (\d+) of .*?</li>", page)
    assert unread == "11"
    assert "bea" not in page


def test_a_filter_and_pages(server: Served) -> None:
    browser = server.browser("contributor", "ann")
    rejected = browser.get("/mine?verdict=reject").text
    assert (rejected.count('class="record"'), rejected.count('aria-current="page"')) == (2, 1)
    assert "None." in browser.get("/mine?verdict=withdrawn").text
    assert browser.get("/mine?verdict=splendid").status_code == 422
    assert browser.get("/mine?after=nowhere").status_code == 422


def test_lists_come_a_page_at_a_time_and_miss_nothing(server: Served) -> None:
    client = server.client("owner", "owner")
    for path, name in (("/api/records", "records"), ("/api/contributions", "contributions")):
        found: list[dict[str, Any]] = []
        after: str | None = "0.0"
        while after is not None:
            told = client.get(path, params={"limit": 7 if name == "records" else 1, "after": after}).json()
            found += told[name]
            after = told["next"]
        key = "record" if name == "records" else "contribution"
        whole = client.get(path, params={"limit": 200}).json()[name]
        assert [one[key] for one in found] == [one[key] for one in whole]
        assert len({one[key] for one in found}) == len(found) > 3


def test_a_decision_and_an_appeal_show(server: Served) -> None:
    record = records_of(server.hosted, "bea")[1]
    server.hosted.decide(record, "reject", by="amina", reason="it is no question", label=None)
    browser = server.browser("contributor", "bea")
    page = browser.get("/mine").text
    assert "“<bdi>it is no question</bdi>”" in page
    assert f'data-api="/api/records/{record}/appeal"' in page
    got = browser.post(
        f"/api/records/{record}/appeal", json={"reason": "it is one"}, headers={"Idempotency-Key": "bea"}
    )
    assert got.status_code == 201
    page = browser.get("/mine").text
    assert "It is disputed, and waits for a curator." in page
    assert f'data-api="/api/records/{record}/appeal"' not in page


def test_nothing_of_ones_own(server: Served) -> None:
    page = server.browser("curator", "amina").get("/mine").text
    assert "Nothing yet." in page
    assert "Nothing was settled for you yet." in page


@pytest.fixture
def paid(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = small.copy_of(money.template(tmp_path_factory.mktemp("money")), tmp_path / "ws")
    workspace = Workspace(root)
    workspace.infer(money.NAME, money.questions(workspace, 101, 111), money.FEE)
    workspace.settle()
    return root


def test_statements_are_those_of_the_books(paid: Path) -> None:
    with serving(paid) as served:
        ann = served.client("contributor", "ann")
        told = ann.get("/api/statements/ann").json()
        (mine,) = told["contributors"]
        assert int(mine["credited"]) == sum(int(mine[part]) for part in ("escrow", "vested", "forfeited")) > 0
        page = served.browser("contributor", "ann", identities=["bea"]).get("/mine").text
        assert '<th scope="row">ann</th>' in page
        assert '<th scope="row">bea</th>' in page
        earned = [ann.get(f"/api/records/{one}").json()["payouts"] for one in records_of(served.hosted, "ann")]
        assert sum(int(one["units"]) for payouts in earned for one in payouts) == int(mine["credited"])
        everybody = served.client("auditor", "ada")
        assert everybody.get("/api/statements/bea").json()["contributors"]
        assert everybody.get("/api/statements/nobody").status_code == 404
        figures = everybody.get("/api/figures").json()
        assert {one["datanet"] for one in figures["leak"]} >= {None, money.NAME}
        assert all("contributions" not in one for one in figures["datanets"])
        hosted = served.client("auditor", "abe", datanets=[money.NAME]).get("/api/figures").json()
        assert {one["datanet"] for one in hosted["leak"]} == {money.NAME}
