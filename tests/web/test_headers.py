"""What every answer carries, whatever it answers; which hosts are answered; and that errors are problems."""

import json
import logging
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from curation.errors import (
    CardError,
    CurationError,
    EngineFailed,
    FileRefused,
    JournalBroken,
    UsageError,
    WorkspaceBusy,
)
from curation.ledger.duck import StoreBusy
from curation.web.guard import CONTENT_SECURITY_POLICY
from curation.web.problems import Problem, answer_of, problem_of
from curation.web.roles import RULES
from curation.web.settings import settings_for
from tests import small
from tests.web.serving import Served, records_of, serving

WANTED = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def carries(got: httpx.Response) -> None:
    assert {name: got.headers.get(name) for name in WANTED} == WANTED
    assert got.headers["Cache-Control"] in {"no-store", "no-cache"}
    assert "Access-Control-Allow-Origin" not in got.headers
    assert "server" not in got.headers
    if got.status_code >= 400 and got.request.method != "HEAD":
        assert got.headers["Content-Type"] == "application/problem+json"
        told = got.json()
        assert told["status"] == got.status_code
        assert {"type", "title", "status", "detail"} <= set(told)
        assert "Traceback" not in got.text


def test_every_route_and_every_error_carries_them(server: Served) -> None:
    owner, stranger = server.client("owner", "owner"), server.stranger()
    seen = set()
    for method, path in RULES:
        address = path.replace("{file}", "curate.css").replace("{name}", "faq").replace("{contributor}", "ann")
        address = (
            address.replace("{epoch}", "1")
            .replace("{sha256}", "0" * 64)
            .replace("{record}", records_of(server.hosted, "ann")[0])
        )
        if (method, path) == ("DELETE", "/session"):
            continue
        for client in (owner, stranger):
            got = client.request(method, address)
            carries(got)
            seen.add(got.status_code)
    for got in (
        owner.get("/nothing"),
        owner.patch("/api/records"),
        owner.get("/api/records?limit=many"),
        owner.get("/", headers={"Host": "evil.example"}),
        owner.post("/api/datanets/faq/check", content=b"{", headers={"Content-Type": "application/json"}),
        owner.post("/api/datanets/faq/check", content=b"[" * 100_000, headers={"Content-Type": "application/json"}),
        owner.post("/api/datanets/faq/check", content=b"[" * 300_000, headers={"Content-Type": "application/json"}),
        owner.post("/api/datanets/faq/check", json={"upload": "0" * 64, "file_name": "a.jsonl"}),
    ):
        carries(got)
        seen.add(got.status_code)
    assert {200, 303, 401, 404, 405, 413, 415, 421, 422} <= seen


def test_what_is_no_http_carries_them_too(server: Served) -> None:
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname or "", address.port or 0)) as connection:
        connection.sendall(b"\x16\x03\x01 hello\r\n\r\n")
        told = b"".join(iter(lambda: connection.recv(4096), b"")).decode()
    assert told.startswith("HTTP/1.1 400 ")
    assert f"content-security-policy: {CONTENT_SECURITY_POLICY}\r\n" in told


class Broken(RuntimeError):
    """Something nobody thought of, with a record's text in it."""


def test_a_failure_tells_nothing(
    contributed: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(small.copy_of(contributed, tmp_path / "ws")) as served:

        def fails(_: object) -> None:
            raise Broken("the patient's name is Zebulon")

        monkeypatch.setattr(served.hosted, "status", fails)
        with caplog.at_level(logging.DEBUG):
            got = served.client("owner", "owner").get("/api/figures")
        carries(got)
        assert (got.status_code, "Zebulon" in got.text, "Broken" in got.text) == (500, False, False)
        assert "Zebulon" not in caplog.text
        assert "a request failed: Broken" in caplog.text
        assert served.stranger().get("/ready").status_code == 200


def test_no_token_and_no_record_stands_in_a_log(server: Served, caplog: pytest.LogCaptureFixture) -> None:
    token = server.token("contributor", "ann")
    with caplog.at_level(logging.DEBUG, logger="curation"):
        for path in ("/mine", "/api/records", "/api/records/x", f"/{token}"):
            server.stranger().get(path, headers={"Authorization": f"Bearer {token}"})
    assert token not in caplog.text
    assert "maize" not in caplog.text


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (UsageError("x"), 422),
        (FileRefused("zip", "x"), 422),
        (WorkspaceBusy("x"), 503),
        (StoreBusy("x"), 503),
        (CardError("/home/me/datanets/a/datanet.yaml line 3"), 500),
        (EngineFailed("x"), 500),
        (JournalBroken("x"), 500),
    ],
)
def test_every_error_of_the_engine_is_a_problem(error: CurationError, status: int) -> None:
    problem = problem_of(error)
    assert problem.status == status
    assert ("Retry-After" in problem.headers) == (status == 503)
    assert "/home" not in problem.detail


def test_a_detail_holds_nothing_hidden_and_nobodys_address() -> None:
    told = json.loads(bytes(answer_of(Problem(409, "by \u202eeve@example.com\x1b[1m")).body))
    assert told["detail"] == "by ⟨U+202E⟩ev•••⟨U+001B⟩[1m"


def test_only_known_hosts_are_answered(server: Served) -> None:
    client, port = server.stranger(), urlsplit(server.url).port
    for host in (f"127.0.0.1:{port}", f"localhost:{port}", f"LOCALHOST:{port}", f"[::1]:{port}"):
        assert client.get("/health", headers={"Host": host}).status_code == 200
    for host in ("evil.example", f"evil.example:{port}", "127.0.0.1:1", f"127.0.0.1:{port}.evil.example", ""):
        assert client.get("/health", headers={"Host": host}).status_code == 421


def test_the_hosts_of_a_server() -> None:
    assert settings_for("0.0.0.0", 8000).hosts == {"127.0.0.1:8000", "localhost:8000", "[::1]:8000"}  # noqa: S104
    proxied = settings_for("127.0.0.1", 8000, "https://Review.example.org")
    assert ("review.example.org" in proxied.hosts, proxied.https, proxied.cookie) == (True, True, "__Host-curate")
    assert "https://review.example.org" in proxied.origins
    for wrong in ("review.example.org", "ftp://a.org", "https://", "https://a.org/path", "https://me@a.org"):
        with pytest.raises(UsageError, match="origin"):
            settings_for("127.0.0.1", 8000, wrong)


@pytest.fixture(scope="module")
def proxied(contributed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(small.copy_of(contributed, tmp_path_factory.mktemp("proxied") / "ws"), https=True) as served:
        yield served


def test_behind_https_the_cookie_is_for_https_alone(proxied: Served) -> None:
    token = {"Authorization": f"Bearer {proxied.token('contributor', 'ann')}"}
    got = proxied.stranger().post("/session", headers=token)
    assert got.headers["Set-Cookie"].startswith("__Host-curate=")
    assert "; Secure" in got.headers["Set-Cookie"]
    assert got.headers["Strict-Transport-Security"]
    assert proxied.stranger().post("/session", headers=token | {"Origin": proxied.url}).status_code == 403


def test_own_files_are_the_ones_that_ship(server: Served) -> None:
    client = server.stranger()
    for name, kind in (
        ("curate.css", "text/css"),
        ("curate.js", "text/javascript"),
        ("htmx.min.js", "text/javascript"),
    ):
        got = client.get(f"/static/{name}")
        assert (got.status_code, got.headers["Content-Type"].partition(";")[0]) == (200, kind)
        assert client.get(f"/static/{name}", headers={"If-None-Match": got.headers["ETag"]}).status_code == 304
    for name in ("htmx.LICENSE", "%2e%2e%2fapp.py", "app.py"):
        assert client.get(f"/static/{name}").status_code == 404
