"""Gold over HTTP looks like everything else, and everybody hears of their own figures alone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from curation.hosting import Hosted
from curation.review.second import Kind, kind_of
from curation.review.worth import is_hidden
from curation.reviewing import HIDDEN_SHARE
from tests import small
from tests.review.several import prepare
from tests.web.serving import Served, serving


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, encoder_cache: Path) -> Iterator[Served]:
    imported = small.imported(tmp_path_factory, encoder_cache)
    with serving(prepare(small.copy_of(imported, tmp_path_factory.mktemp("several") / "ws"), 6)) as served:
        yield served


def named(hosted: Hosted, kind: Kind, records: list[str]) -> str:
    """A curator whose first look is of this kind, and to whom the engine's opinion of these records is shown."""
    salt = (hosted.places.state_dir / "salt").read_bytes()
    return next(
        name
        for n in range(10_000)
        if kind_of(salt, name := f"cur-{n}", 0) is kind
        and not any(is_hidden(name, record, HIDDEN_SHARE) for record in records)
    )


def shape(value: Any) -> Any:
    """Keys and types, all the way down; of a list those of its first item."""
    match value:
        case dict():
            return {key: shape(one) for key, one in value.items()}
        case list():
            return [shape(one) for one in value[:1]]
    return type(value).__name__


def test_a_look_at_gold_is_like_any_other(server: Served) -> None:
    hosted = server.hosted
    waits = [one.record for one in hosted.queue(small_choice())]
    gold, shared = sorted(waits)[:2]
    for record in (gold, shared):
        hosted.decide(record, "relabel", by="amina", reason="so", label="skin")
    hosted.nominate(gold, by="nora", reason="beyond doubt")
    answers = {}
    for kind, wanted in ((Kind.FIRST, None), (Kind.SHARED, shared), (Kind.GOLD, gold)):
        name = named(hosted, kind, waits)
        client = server.client("curator", name)
        told = client.post("/api/queue/next", json={}).raise_for_status()
        (one,) = told.json()["records"]
        record = one["record"]
        assert wanted in (None, record)
        page = client.get(f"/review/{record}").raise_for_status()
        held = client.post(f"/api/records/{record}/lease").raise_for_status()
        word = {"decision": "accept", "reason": "right", "seen": one["seen"]}
        said = client.post(f"/api/records/{record}/decision", json=word, headers={"Idempotency-Key": "w"})
        again = client.post(f"/api/records/{record}/decision", json=word, headers={"Idempotency-Key": "w"})
        assert again.json() == said.json()
        undone = client.post(f"/api/words/{said.json()['line']}/undo", headers={"Idempotency-Key": "u"})
        parts = [told, held, said, undone]
        answers[kind] = [(part.status_code, sorted(part.headers), shape(part.json())) for part in parts]
        # What was decided stands nowhere, on the page neither.
        assert "amina" not in told.text + page.text
        assert one["label"] == "teeth"
        assert one["explanation"]["decisions"] == []
        assert one["explanation"]["record"]["why"] == "inspected"
    assert answers[Kind.GOLD] == answers[Kind.SHARED] == answers[Kind.FIRST]


def small_choice() -> Any:
    from curation.review.choice import Choice

    return Choice(datanet="faq", contributor="ann")


def test_a_curator_hears_of_themselves_and_leads_of_everybody(server: Served) -> None:
    (record, *_) = [one.record for one in server.hosted.queue(small_choice())]
    for by in ("amina", "bilal"):
        server.hosted.decide(record, "accept", by=by, reason="so", label=None)

    def told(role: str, name: str, **more: Any) -> list[dict[str, Any]]:
        answer = server.client(role, name, **more).get("/api/curators").raise_for_status().json()
        assert answer["schema"] == "curation.curators/1"
        found: list[dict[str, Any]] = answer["curators"]
        return found

    assert [(one["curator"], one["missed"]) for one in told("curator", "bilal")] == [("bilal", [])]
    assert told("curator", "nobody") == []
    for role in ("owner", "auditor"):
        everybody = told(role, "lead")
        assert {"amina", "bilal"} <= {one["curator"] for one in everybody}
        assert {one["missed"] is None for one in everybody} == {True}
        assert told(role, "lead", datanets=["plots"]) == []
    assert server.client("contributor", "ann").get("/api/curators").status_code == 403
