"""Every route × role × method, as docs/api.md says it, answered before anything of the request is read."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi.routing import APIRoute

from curation.web.app import ROUTERS
from curation.web.people import Role
from curation.web.roles import RULES
from curation.web.settings import Rate
from tests import small
from tests.web.serving import Served, records_of, serving

PAGE = Path(__file__).parents[2] / "docs" / "api.md"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
ASKING = ("nobody", *Role)
# The page is the yardstick: (method, path) -> who.
TABLE = {
    (method, path): frozenset(who.split(", "))
    for method, path, who in re.findall(r"^\| ([A-Z]+) \| `(/\S*)` \| ([a-z, ]+) \|", PAGE.read_text(), re.MULTILINE)
}
PATHS = sorted({path for _, path in TABLE})
PAGES = {path for (_, path), rule in RULES.items() if rule.page}
UNLIMITED = Rate(per_second=1e6, burst=1e6)


@pytest.fixture(scope="module")
def server(contributed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    root = small.copy_of(contributed, tmp_path_factory.mktemp("served") / "ws")
    rates = dict.fromkeys(("read", "write", "heavy"), UNLIMITED)
    with serving(root, person_rates=rates, stranger_rate=UNLIMITED, datanet_rate=UNLIMITED, stream_seconds=0) as served:
        yield served


@pytest.fixture(scope="module")
def asking(server: Served) -> dict[str, httpx.Client]:
    people = {role.value: server.client(role.value, f"some-{role}") for role in Role}
    return {"nobody": server.stranger(), **people}


def test_the_page_has_every_rule_and_no_other() -> None:
    told = {
        route: frozenset({"everybody"} if rule.roles is None else {role.value for role in rule.roles})
        for route, rule in RULES.items()
    }
    assert told == TABLE


def test_the_page_names_every_document() -> None:
    sources = (Path(__file__).parents[2] / "curation" / "web").glob("*.py")
    schemas = {name for path in sources for name in re.findall(r"\"(curation\.[a-z-]+/\d+)\"", path.read_text())}
    assert "curation.records/1" in schemas
    assert [name for name in sorted(schemas) if f"`{name}`" not in PAGE.read_text()] == []


def test_the_document_has_every_route_and_no_other(server: Served) -> None:
    paths = server.stranger().get("/openapi.json").json()["paths"]
    described = {(method.upper(), path): route for path, routes in paths.items() for method, route in routes.items()}
    assert set(described) == set(TABLE)
    assert {route: frozenset(one["x-roles"]) for route, one in described.items()} == TABLE
    routes = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    served = {(method, route.path) for route in routes for method in route.methods or ()}
    assert served == set(TABLE)


@pytest.mark.parametrize("path", PATHS)
def test_who_may_do_what(path: str, asking: dict[str, httpx.Client]) -> None:
    # Nothing of the request is good: path, query, body, type and key are what must not be read first.
    address = re.sub(r"\{[a-z0-9]+\}", "NO~such", path) + "?limit=nonsense&offset=-1"
    headers = {"Content-Type": "text/nonsense", "Idempotency-Key": "no key"}
    for method in METHODS:
        for who in ASKING:
            if (method, path) == ("DELETE", "/session") and who != "nobody":
                continue  # asked below: it would end what is asked with
            got = asking[who].request(method, address, headers=headers, content=b"" if method == "HEAD" else b"\xff{")
            allowed = TABLE.get((method, path))
            told = f"{method} {path} by {who}: {got.status_code}"
            if allowed is None:
                assert got.status_code == 405, told
                assert set(got.headers["Allow"].split(", ")) == {m for m, p in TABLE if p == path}
            elif "everybody" in allowed or who in allowed:
                assert got.status_code not in {401, 403, 405, 500}, told
            elif who != "nobody":
                assert got.status_code == 403, told
            elif path in PAGES:
                assert (got.status_code, got.headers["Location"]) == (303, "/signin")
            else:
                assert (got.status_code, got.headers["WWW-Authenticate"]) == (401, "Bearer"), told


@pytest.mark.parametrize("role", Role)
def test_everybody_can_end_their_session(role: Role, server: Served) -> None:
    browser = server.browser(role.value, f"some-{role}")
    assert browser.get("/session").json()["role"] == role
    assert browser.delete("/session").status_code == 204
    assert browser.get("/session").status_code == 401


def test_what_stands_nowhere_is_not_there(asking: dict[str, httpx.Client]) -> None:
    for path in ("/docs", "/redoc", "/api", "/api/records/", "/static", "/static/../app.py", "/.curation/salt"):
        for who in ASKING:
            got = asking[who].get(path)
            assert (got.status_code, got.headers["Content-Type"]) == (404, "application/problem+json")


def test_a_contributor_sees_their_own_alone(server: Served) -> None:
    anns, beas = records_of(server.hosted, "ann"), records_of(server.hosted, "bea")
    ann = server.client("contributor", "ann")
    assert {row["record"] for row in ann.get("/api/records?limit=200").json()["records"]} == set(anns)
    assert ann.get("/api/records?contributor=bea").json()["records"] == []
    assert {row["contributor"] for row in ann.get("/api/contributions").json()["contributions"]} == {"ann"}
    for status in ann.get("/api/datanets").json()["datanets"]:
        assert {row["contributor"] for row in status["contributions"]} <= {"ann"}
    for part in ("", "/findings", "/decisions"):
        assert ann.get(f"/api/records/{anns[0]}{part}").status_code == 200
        assert ann.get(f"/api/records/{beas[0]}{part}").status_code == 404
    assert ann.get("/api/statements/ann").status_code == 200
    assert ann.get("/api/statements/bea").status_code == 404
    # The same answer as for what does not exist at all.
    assert ann.get(f"/api/records/{beas[0]}").json() == ann.get(f"/api/records/{'0' * 32}").json()


def test_identities_count_as_oneself(server: Served) -> None:
    both = server.client("contributor", "ann", identities=["bea"])
    assert {row["contributor"] for row in both.get("/api/records?limit=200").json()["records"]} == {"ann", "bea"}
    assert both.get("/api/statements/bea").status_code == 200


def test_a_token_is_about_its_datanets(server: Served) -> None:
    curator = server.client("curator", "amina", datanets=["faq"])
    assert [one["datanet"] for one in curator.get("/api/datanets").json()["datanets"]] == ["faq"]
    assert {row["datanet"] for row in curator.get("/api/records?limit=200").json()["records"]} == {"faq"}
    assert curator.get("/api/records?datanet=plots").json()["records"] == []
    assert curator.get("/api/datanets/plots").status_code == 404
    assert curator.get(f"/api/records/{records_of(server.hosted, 'ann')[0]}").status_code == 404
    assert curator.get(f"/api/records/{records_of(server.hosted, 'bea')[0]}").status_code == 200
    body = {"upload": "0" * 64, "file_name": "a.jsonl"}
    assert curator.post("/api/datanets/plots/check", json=body).status_code == 404
    figures = curator.get("/api/figures").json()
    assert [one["datanet"] for one in figures["datanets"]] == ["faq"]


def test_nobody_appeals_for_another_or_takes_their_records_back(server: Served) -> None:
    record = records_of(server.hosted, "bea")[0]
    for client, status in ((server.client("contributor", "ann"), 404), (server.client("owner", "owner"), 403)):
        key = {"Idempotency-Key": "a"}
        assert client.post(f"/api/records/{record}/appeal", json={"reason": "x"}, headers=key).status_code == status
        assert client.post(f"/api/records/{record}/withdraw", headers=key).status_code == status
    body = {"upload": "0" * 64, "file_name": "a.jsonl", "contributor": "bea"}
    ann = server.client("contributor", "ann")
    assert ann.post("/api/datanets/faq/check", json=body).status_code == 403
    assert server.hosted.state().appeals == ()
