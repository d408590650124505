"""Signing in and out, and what a browser that was led astray cannot do."""

import sqlite3
from pathlib import Path

import pytest

from curation.web.book import Book
from curation.web.people import Role
from curation.web.tokens import new_token, person_of_cookie, person_of_token, revoke, start_session
from tests.web.serving import Served, records_of

FIELD = {"reason": "it is right"}


class Clock:
    """A clock that is put forward by hand."""

    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def book(tmp_path: Path, clock: Clock) -> Book:
    return Book(tmp_path / "serve.sqlite", clock)


def test_a_token_is_good_until_it_expires_or_is_revoked(book: Book, clock: Clock) -> None:
    row, token = new_token(book, role=Role.CURATOR, name="amina", identities=["ann"], datanets=["faq"], days=2)
    person = person_of_token(book, token)
    assert person is not None
    assert (person.role, person.names, person.datanets) == (Role.CURATOR, ("amina", "ann"), ("faq",))
    started = start_session(book, person, hours=1)
    assert person_of_cookie(book, started.cookie) is not None
    clock.now += 3600
    assert person_of_cookie(book, started.cookie) is None
    long = start_session(book, person, hours=1000)
    assert long.seconds == 2 * 86_400 - 3600
    revoke(book, row.token)
    assert person_of_token(book, token) is None
    assert person_of_cookie(book, long.cookie) is None
    _, other = new_token(book, role=Role.CURATOR, name="amina", days=1)
    clock.now += 86_400
    assert person_of_token(book, other) is None


@pytest.mark.parametrize("part", [0, 1, 2])
def test_a_token_that_differs_in_one_character_is_none(book: Book, part: int) -> None:
    _, token = new_token(book, role=Role.OWNER, name="owner")
    parts = token.split("_", 2)
    first = parts[part][0]
    parts[part] = ("b" if first == "a" else "a") + parts[part][1:]
    assert person_of_token(book, token) is not None
    assert person_of_token(book, "_".join(parts)) is None
    assert person_of_token(book, "") is None
    assert person_of_token(book, token + "\n") is None


def test_no_secret_stands_in_the_book(book: Book, tmp_path: Path) -> None:
    _, token = new_token(book, role=Role.OWNER, name="owner")
    person = person_of_token(book, token)
    assert person is not None
    started = start_session(book, person, hours=1)
    book.close()
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"owner" in kept
    for secret in (token.split("_", 2)[2], started.cookie.split("_", 1)[1], started.csrf):
        assert len(secret) >= 43
        assert secret.encode() not in kept
    assert (tmp_path / "serve.sqlite").stat().st_mode & 0o077 == 0


def test_the_book_is_one_that_survives_a_power_cut(tmp_path: Path) -> None:
    book = Book(tmp_path / "serve.sqlite")
    assert book._writer.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert book._writer.execute("PRAGMA synchronous").fetchone()[0] == 2
    with pytest.raises(sqlite3.IntegrityError):
        book._write("INSERT INTO tokens (token) VALUES ('a')")
    assert book.touch()


def test_the_cookie_is_for_this_server_alone(server: Served) -> None:
    client = server.stranger()
    got = client.post("/session", headers={"Authorization": f"Bearer {server.token('contributor', 'ann')}"})
    assert got.status_code == 201
    told = got.headers["Set-Cookie"].split("; ")
    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(told)
    assert client.get("/session").json()["name"] == "ann"
    # A session begets no session: the token itself is wanted.
    assert client.post("/session", headers={"X-CSRF-Token": got.json()["csrf"]}).status_code == 401


def test_a_writing_request_with_a_cookie_shows_where_it_comes_from(server: Served) -> None:
    browser = server.browser("contributor", "ann")
    address = f"/api/records/{records_of(server.hosted, 'ann')[0]}/appeal"
    wrong = [
        {"X-CSRF-Token": ""},
        {"X-CSRF-Token": "0" * 64},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": server.url.replace("http:", "https:")},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ]
    for number, headers in enumerate(wrong):
        got = browser.post(address, json=FIELD, headers={"Idempotency-Key": f"w{number}", **headers})
        assert (got.status_code, headers) == (403, headers)
    assert server.hosted.state().appeals == ()
    right = {"Idempotency-Key": "right", "Sec-Fetch-Site": "same-origin"}
    assert browser.post(address, json=FIELD, headers=right).status_code == 201


def test_the_token_of_one_session_is_none_of_another(server: Served) -> None:
    one, other = server.browser("contributor", "ann"), server.browser("contributor", "ann")
    assert one.delete("/session", headers={"X-CSRF-Token": other.headers["X-CSRF-Token"]}).status_code == 403
    assert one.delete("/session").status_code == 204
    assert other.get("/session").status_code == 200


def test_a_revoked_token_ends_its_sessions_at_once(server: Served) -> None:
    browser = server.browser("contributor", "zoe")
    (row,) = (row for row in server.book.tokens() if row.name == "zoe")
    assert browser.get("/mine").status_code == 200
    revoke(server.book, row.token)
    assert browser.get("/mine").status_code == 303


def test_pages_carry_the_sessions_token(server: Served) -> None:
    browser = server.browser("contributor", "ann")
    assert f'content="{browser.headers["X-CSRF-Token"]}"' in browser.get("/mine").text
    assert 'name="csrf-token" content=""' in server.stranger().get("/signin").text
