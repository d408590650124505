"""The queue over HTTP: leases, words, undo, many at once; nothing done twice and nothing of one's own."""

from collections.abc import Iterator

import httpx
import pytest

from tests.web.serving import Served, records_of


def _key(value: str) -> dict[str, str]:
    return {"Idempotency-Key": value}


@pytest.fixture
def curator(server: Served) -> httpx.Client:
    return server.client("curator", "amina")


@pytest.fixture
def held(server: Served, curator: httpx.Client) -> Iterator[str]:
    """A record that waits, leased to amina; whatever was said of it is undone behind the test."""
    record = curator.post("/api/queue/next", json={}).raise_for_status().json()["records"][0]["record"]
    yield record
    state = server.hosted.state()
    for line, word in sorted(state.words.items(), reverse=True):
        server.hosted.undo(line, by=word.fact.by)


def test_what_waits_is_told_worth_most_first(curator: httpx.Client) -> None:
    told = curator.get("/api/queue").raise_for_status().json()
    assert told["total"] == len(told["waiting"]) > 0
    assert {one["verdict"] for one in told["waiting"]} <= {"review", "unchecked", "accept"}
    assert curator.get("/api/queue?datanet=faq&contributor=bea").json()["total"] <= told["total"]
    assert curator.get("/api/queue?datanet=nothing").status_code == 404
    assert curator.get("/api/queue?sort=later").status_code == 422


def test_a_record_is_with_one_curator_at_a_time(server: Served, curator: httpx.Client, held: str) -> None:
    other = server.client("curator", "bilal")
    seen = [one["record"] for one in other.post("/api/queue/next", json={"count": 1}).json()["records"]]
    assert held not in seen
    assert curator.post(f"/api/records/{held}/lease").status_code == 200
    assert other.post(f"/api/records/{held}/lease").json()["type"] == "urn:curation:lease"
    refused = other.post(
        f"/api/records/{held}/decision", json={"decision": "accept", "reason": "quick"}, headers=_key("b1")
    )
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:curation:stale")
    assert server.hosted.state().words == {}


def test_a_word_is_said_once_and_taken_back_once(server: Served, curator: httpx.Client, held: str) -> None:
    url, word = f"/api/records/{held}/decision", {"decision": "reject", "reason": "wrong"}
    said = curator.post(url, json=word, headers=_key("w1"))
    assert (said.status_code, said.json()["record"]) == (201, held)
    again = curator.post(url, json=word, headers=_key("w1"))
    assert (again.json(), again.headers["Idempotency-Replayed"]) == (said.json(), "true")
    assert curator.post(url, json=word | {"reason": "other"}, headers=_key("w1")).status_code == 409
    assert curator.post(url, json=word).status_code == 422
    assert len(server.hosted.state().rulings) == 1
    assert held not in {one["record"] for one in curator.get("/api/queue").json()["waiting"]}
    line = said.json()["line"]
    assert server.client("curator", "bilal").post(f"/api/words/{line}/undo", headers=_key("u0")).status_code == 422
    undone = curator.post(f"/api/words/{line}/undo", headers=_key("u1")).raise_for_status().json()
    assert undone["undone"][0]["record"] == held
    # It is on their screen again, so it is nobody else's.
    assert undone["held"]
    others = server.client("curator", "bilal").post("/api/queue/next", json={"count": 4}).raise_for_status().json()
    assert held not in {one["record"] for one in others["records"]}
    assert curator.post(f"/api/records/{held}/lease").status_code == 200
    assert curator.post(f"/api/words/{line}/undo", headers=_key("u1")).json() == undone
    assert curator.post(f"/api/words/{line}/undo", headers=_key("u2")).status_code == 422
    assert held in {one["record"] for one in curator.get("/api/queue").json()["waiting"]}


def test_a_stale_word_changes_nothing(server: Served, curator: httpx.Client, held: str) -> None:
    seen = server.hosted.state().seq
    server.hosted.decide(held, "accept", by="bilal", reason="seen it", label=None)
    late = curator.post(
        f"/api/records/{held}/decision",
        json={"decision": "reject", "reason": "wrong", "seen": seen},
        headers=_key("late"),
    )
    assert (late.status_code, late.json()["type"]) == (409, "urn:curation:stale")
    assert "bilal" in late.json()["detail"]
    assert server.hosted.state().decisions[held].fact.decision == "accept"


def test_to_accept_what_was_relabelled_brings_the_given_label_back(server: Served, curator: httpx.Client) -> None:
    """As the page says beside the label."""
    server.hosted.leave(by="bilal")
    record = curator.get("/api/queue?datanet=faq&label=teeth").json()["waiting"][0]["record"]
    url, labels = f"/api/records/{record}/decision", []
    beside = "given as <bdi>teeth</bdi>, which to accept brings back"
    for decision, label in (("relabel", "skin"), ("accept", None)):
        word = {"decision": decision, "reason": "looked at again", "label": label}
        curator.post(url, json=word, headers=_key(f"back-{decision}")).raise_for_status()
        labels.append(curator.get(f"/api/records/{record}").json()["record"]["label"])
        assert (beside in curator.get(f"/review/{record}").text) == (decision == "relabel")
    assert labels == ["skin", "teeth"]
    server.hosted.undo_all(list(server.hosted.state().words), by="amina")


def test_nobody_decides_about_their_own(server: Served) -> None:
    mine = server.client("curator", "amina", identities=["bea", "ann"])
    assert mine.get("/api/queue?contributor=bea").json()["total"] == 0
    (record, *_) = records_of(server.hosted, "bea")
    for path, body in (("decision", {"decision": "accept", "reason": "mine"}), ("flag", {"reason": "mine"})):
        assert mine.post(f"/api/records/{record}/{path}", json=body, headers=_key(path)).status_code == 403
    assert mine.post(f"/api/records/{record}/skip", headers=_key("s")).status_code == 403
    assert mine.get(f"/review/{record}").status_code == 403
    elsewhere = server.client("curator", "amina", datanets=["plots"])
    assert {one["datanet"] for one in elsewhere.get("/api/queue").json()["waiting"]} <= {"plots"}
    assert elsewhere.get("/api/queue?datanet=faq").status_code == 404
    assert elsewhere.get(f"/review/{record}").status_code == 404


def test_many_at_once_are_seen_first_and_undone_together(server: Served, curator: httpx.Client) -> None:
    seen = curator.get("/api/queue/bulk").raise_for_status().json()
    assert seen["count"] >= 1
    assert all(one["text"] for one in seen["examples"])
    word = {"decision": "reject", "reason": "all wrong", "seen": seen["seen"]}
    other = curator.post("/api/queue/bulk", json=word | {"seen": "0" * 64}, headers=_key("m0"))
    assert (other.status_code, server.hosted.state().words) == (409, {})
    done = curator.post("/api/queue/bulk", json=word, headers=_key("m1")).raise_for_status().json()
    assert curator.get("/api/queue/bulk").json()["count"] == 0
    curator.post("/api/words/undo", json={"lines": done["lines"]}, headers=_key("m2")).raise_for_status()
    assert curator.get("/api/queue/bulk").json()["count"] == seen["count"]
    assert server.hosted.state().words == {}


def test_the_page_of_a_record_has_what_was_found_and_shows_nothing_raw(server: Served, curator: httpx.Client) -> None:
    record = curator.get("/api/queue?datanet=faq").json()["waiting"][0]["record"]
    for name in ("amina", "bilal", "carla", "dana", "emil"):
        told = server.client("curator", name).get(f"/review/{record}")
        assert told.status_code == 200
        assert "<script" not in told.text
    assert any(
        "Likely labels" in server.client("curator", name).get(f"/review/{record}").text
        for name in ("fay", "gil", "hana")
    )
