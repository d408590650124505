"""To vouch and to dispute over HTTP: what it tells, to whom, and that nobody learns by it what is gold."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from curation.ledger.opinion_facts import OPINION_UNDO_SECONDS
from curation.review.book import lease_key
from curation.review.choice import Choice
from curation.review.second import Kind
from tests import small
from tests.review.several import prepare
from tests.web.serving import Served, serving
from tests.web.test_curators_api import named


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, encoder_cache: Path) -> Iterator[Served]:
    imported = small.imported(tmp_path_factory, encoder_cache)
    root = prepare(small.copy_of(imported, tmp_path_factory.mktemp("several") / "ws"), 9)
    with serving(root) as served:
        yield served


@pytest.fixture(scope="module")
def decided(server: Served) -> list[str]:
    records = sorted(one.record for one in server.hosted.queue(Choice(datanet="faq", contributor="ann")))
    for record in records:
        server.hosted.decide(record, "relabel", by="amina", reason="so", label="skin")
    return records


def _opinion_long_ago(server: Served, record: str, by: str) -> None:
    clock = server.hosted._clock
    past = datetime.fromtimestamp(clock().timestamp() - OPINION_UNDO_SECONDS - 5, tz=UTC)
    server.hosted._clock = lambda: past
    with server.hosted.store() as store:
        (row,) = store.query("SELECT content_digest FROM records WHERE record = $1", [record])
    key, now = lease_key("faq", row["content_digest"]), int(past.timestamp())
    server.hosted.book.take(by, [(key, record)], seen=server.hosted.state().seq, now=now, count=1)
    try:
        server.hosted.review(record, "accept", by=by, reason="right", seen=server.hosted.state().seq)
    finally:
        server.hosted._clock = clock


def test_who_vouches_for_what_others_vouch_for_hears_the_same(server: Served, decided: list[str]) -> None:
    gold, other = decided[:2]
    told = {}
    for name, record in (("nora", gold), ("omar", gold), ("petra", other)):
        client = server.client("curator", name)
        why = {"reason": "it is in the leaflet"}
        said = client.post(f"/api/records/{record}/nominate", json=why, headers={"Idempotency-Key": "n"})
        again = client.post(f"/api/records/{record}/nominate", json=why, headers={"Idempotency-Key": "n"})
        assert (said.status_code, again.json()) == (201, said.json())
        assert said.json().keys() == {"schema", "record", "gold", "by"}
        told[name] = (said.status_code, said.json()["schema"], said.json()["by"] == name)
    assert len(set(told.values())) == 1
    twice = server.client("curator", "nora").post(
        f"/api/records/{gold}/nominate", json={"reason": "sure"}, headers={"Idempotency-Key": "m"}
    )
    assert (twice.status_code, "already" in twice.json()["detail"]) == (422, True)
    listed = server.client("auditor", "audrey").get("/api/gold").raise_for_status().json()
    assert [(one["record"], one["by"]) for one in listed["gold"]] == [(gold, ["nora", "omar"]), (other, ["petra"])]
    assert server.client("owner", "lead", datanets=["plots"]).get("/api/gold").json()["gold"] == []
    assert server.client("curator", "nora").get("/api/gold").status_code == 403


def test_nobody_vouches_for_their_own_or_right_after_a_look(server: Served, decided: list[str]) -> None:
    record = decided[2]
    key = {"Idempotency-Key": "n"}
    own = server.client("curator", "quinn", identities=["ann"])
    assert own.post(f"/api/records/{record}/nominate", json={"reason": "mine"}, headers=key).status_code == 403
    elsewhere = server.client("curator", "rosa", datanets=["plots"])
    assert elsewhere.post(f"/api/records/{record}/nominate", json={"reason": "x"}, headers=key).status_code == 404
    assert elsewhere.post(f"/api/records/{record}/dispute", json={"reason": "x"}, headers=key).status_code == 404
    # An opinion can still be taken back: whether it is what was decided is not to be found out so.
    server.hosted.review(record, "accept", by="sven", reason="right", seen=server.hosted.state().seq)
    early = server.client("curator", "sven").post(
        f"/api/records/{record}/nominate", json={"reason": "sure"}, headers=key
    )
    assert (early.status_code, "vouch later" in early.json()["detail"]) == (422, True)


def test_missed_gold_is_on_the_page_and_can_be_disputed(server: Served, decided: list[str]) -> None:
    record = decided[3]
    server.hosted.nominate(record, by="nora", reason="sure")
    tess, uma = server.client("curator", "tess"), server.client("curator", "uma")
    assert "You have said nothing" in tess.get("/curator").text
    _opinion_long_ago(server, record, "tess")
    page = tess.get("/curator").text
    assert f"/api/records/{record}/dispute" in page
    assert "0 of 1 right" in page
    assert "relabel as <bdi>skin</bdi>" in page
    assert record not in uma.get("/curator").text
    why, key = {"reason": "both can be meant"}, {"Idempotency-Key": "d"}
    for client, answer in ((uma, 422), (tess, 201), (tess, 201)):
        got = client.post(f"/api/records/{record}/dispute", json=why, headers=key)
        assert got.status_code == answer, got.text
    assert got.headers["Idempotency-Replayed"] == "true"
    assert record not in tess.get("/curator").text
    (one,) = (one for one in server.hosted.nominated() if one.gold.record == record)
    assert one.gold.is_disputed


def test_who_reads_gold_is_shown_none(server: Served, decided: list[str]) -> None:
    hosted = server.hosted
    for record in decided[5:]:
        hosted.nominate(record, by="nora", reason="sure")
    gold = {one.gold.record for one in hosted.nominated()}
    name = named(hosted, Kind.GOLD, decided)
    choice = Choice(datanet="faq")
    met = [
        {one.waiting.record for one in hosted.next(choice, by=name, count=1, knows_gold=knows)}
        for knows in (False, True)
    ]
    assert met[0] <= gold
    assert met[0]
    assert met[1].isdisjoint(gold)


def test_a_word_half_done_is_found_again(server: Served, decided: list[str]) -> None:
    hosted, record = server.hosted, decided[4]
    line = hosted.state().seq
    assert hosted.vouched_since(line, record, "xena") is None
    found = hosted.nominate(record, by="xena", reason="sure")
    assert hosted.vouched_since(line, record, "xena") == found
    assert hosted.vouched_since(hosted.state().seq, record, "xena") is None
    hosted.dispute(record, by="xena", reason="no, after all")
    disputed = hosted.disputed_since(line, record, "xena")
    assert disputed is not None
    assert disputed.is_disputed


def test_what_is_flagged_reaches_the_owner_until_somebody_decides(server: Served) -> None:
    record = server.hosted.submit(
        small.write_jsonl(server.hosted.root / "flag.jsonl", [{**small.honest(30)[28], "topic": "teeth"}]), "faq", "bea"
    )
    assert record.checked is not None
    (row,) = record.checked.inspection.rows
    told = {"reason": "it names <b>a patient</b>"}
    key = {"Idempotency-Key": "f"}
    server.client("curator", "yara").post(f"/api/records/{row.record}/flag", json=told, headers=key).raise_for_status()
    owner = server.client("owner", "lead")

    def flagged(**more: list[str]) -> list[str]:
        return [one["record"] for one in server.client("auditor", "audrey", **more).get("/api/flags").json()["flags"]]

    assert (flagged(), flagged(datanets=["plots"])) == ([row.record], [])
    assert "it names &lt;b&gt;a patient" in owner.get("/curator").text
    assert "Flagged for you" not in server.client("curator", "yara").get("/curator").text
    assert server.client("curator", "yara").get("/api/flags").status_code == 403
    time.sleep(1.1)  # within one second nobody knows which came first
    server.hosted.decide(str(row.record), "reject", by="lead", reason="personal data", label=None)
    assert flagged() == []
