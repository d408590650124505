"""The same key does the same thing once, whatever happens in between."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from curation.errors import UsageError
from curation.web.idempotency import Once
from curation.web.problems import Problem
from tests import small
from tests.web.serving import Served, process, records_of, serving

_KEYS = count()


@pytest.fixture
def once(server: Served) -> Once:
    from curation.web.asked import Service

    service = Service(
        hosted=server.hosted,
        book=server.book,
        settings=server.settings,
        run="this run",
        templates=None,  # type: ignore[arg-type]  # no page is made
        heavy=None,  # type: ignore[arg-type]  # nothing heavy is done
        uploads=None,  # type: ignore[arg-type]  # nothing is uploaded
        live=None,  # type: ignore[arg-type]  # nobody looks
        streams=None,  # type: ignore[arg-type]  # nobody listens
        ending=threading.Event(),
    )
    # Of no object's address: the next one may have the same.
    return Once(service=service, token="a", key=f"key-{next(_KEYS)}", request="request")


class Counted:
    """Work that counts how often it was done."""

    def __init__(self, error: Exception | None = None) -> None:
        self.times, self._error = 0, error

    def __call__(self) -> dict[str, Any]:
        self.times += 1
        if self._error is not None:
            raise self._error
        return {"times": self.times}


def again(once: Once, **changes: str) -> Once:
    told = {"token": once.token, "key": once.key, "request": once.request} | changes
    return Once(service=once.service, **told)


def test_again_gives_the_same_answer(once: Once) -> None:
    work = Counted()
    first = once(work, status=201)
    second = again(once)(work, status=201)
    assert (first.body, first.status_code) == (second.body, second.status_code) == (b'{"times":1}', 201)
    assert (work.times, second.headers["Idempotency-Replayed"]) == (1, "true")


def test_another_request_under_the_key_is_refused(once: Once) -> None:
    work = Counted()
    once(work)
    with pytest.raises(Problem) as told:
        again(once, request="another")(work)
    assert (told.value.status, told.value.kind, work.times) == (409, "key-reused", 1)
    again(once, token="b")(work)
    assert work.times == 2


@pytest.mark.parametrize("error", [UsageError("no"), Problem(404, "none")])
def test_what_was_refused_used_no_key_up(once: Once, error: Exception) -> None:
    with pytest.raises(type(error)):
        once(Counted(error))
    assert once(Counted()).body == b'{"times":1}'


def test_two_at_once_do_it_once(once: Once) -> None:
    begun, may = threading.Event(), threading.Event()

    def slow() -> dict[str, Any]:
        begun.set()
        assert may.wait(10)
        return {}

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(once, slow)
        assert begun.wait(10)
        with pytest.raises(Problem) as told:
            again(once)(Counted(), found=lambda _: {"found": True})
        may.set()
        assert first.result().body == b"{}"
    assert (told.value.status, told.value.kind, told.value.headers["Retry-After"]) == (409, "key-busy", "1")


@pytest.mark.parametrize(("found", "times"), [({"found": 1}, 0), (None, 1)])
def test_a_request_that_died_is_looked_for_before_it_is_done(once: Once, found: Any, times: int) -> None:
    work = Counted()
    line = server_line(once)
    once.service.book.begin_key(once.token, once.key, request=once.request, run="a dead run", line=line)
    heard: list[int] = []

    def look(at: int) -> Any:
        heard.append(at)
        return found

    answer = once(work, found=look)
    assert (work.times, heard) == (times, [line])
    assert again(once)(work, found=look).body == answer.body
    assert work.times == times


def test_what_failed_in_an_unknown_way_is_looked_for_too(once: Once) -> None:
    with pytest.raises(RuntimeError):
        once(Counted(RuntimeError("lost power")))
    assert again(once)(Counted(), found=lambda _: {"found": 1}).body == b'{"found":1}'


def test_without_anything_to_look_in_it_is_not_done_a_second_time(once: Once) -> None:
    once.service.book.begin_key(once.token, once.key, request=once.request, run="a dead run", line=0)
    work = Counted()
    with pytest.raises(Problem) as told:
        once(work)
    assert (told.value.kind, work.times) == ("key-unknown", 0)


def server_line(once: Once) -> int:
    return once.service.hosted.state().seq


def test_a_key_is_wanted_where_the_journal_is_written(server: Served) -> None:
    ann = server.client("contributor", "ann")
    record = records_of(server.hosted, "ann")[1]
    for path, body in (
        (f"/api/records/{record}/appeal", {"reason": "x"}),
        (f"/api/records/{record}/withdraw", None),
        ("/api/datanets/plots/contributions", {"upload": "0" * 64, "file_name": "a.jsonl"}),
    ):
        for key in ({}, {"Idempotency-Key": ""}, {"Idempotency-Key": "two words"}, {"Idempotency-Key": "x" * 201}):
            got = ann.post(path, json=body, headers=key)
            assert (got.status_code, "Idempotency-Key" in got.json()["detail"]) == (422, True)
    key = {"Idempotency-Key": "one"}
    first = ann.post(f"/api/records/{record}/appeal", json={"reason": "x"}, headers=key)
    assert first.status_code == 201
    second = ann.post(f"/api/records/{record}/appeal", json={"reason": "x"}, headers=key)
    assert (second.content, second.headers["Idempotency-Replayed"]) == (first.content, "true")
    assert ann.post(f"/api/records/{record}/appeal", json={"reason": "y"}, headers=key).status_code == 409
    assert ann.post(f"/api/records/{record}/withdraw", headers=key).status_code == 409
    other = ann.post(f"/api/records/{record}/appeal", json={"reason": "x"}, headers={"Idempotency-Key": "two"})
    assert (other.status_code, len(server.hosted.state().appeals)) == (422, 1)


def test_many_at_once_lose_nothing_and_double_nothing(server: Served) -> None:
    chosen = records_of(server.hosted, "bea")
    clients = [server.client("contributor", "bea") for _ in range(4)]
    token = clients[0].headers["Authorization"]
    for client in clients:
        client.headers["Authorization"] = token  # one person, in four places at once

    def take_back(client: httpx.Client) -> list[int]:
        got = []
        for record in chosen:
            headers = {"Idempotency-Key": f"back-{record}"}
            while (answer := client.post(f"/api/records/{record}/withdraw", headers=headers)).status_code == 409:
                assert answer.json()["type"] == "urn:curation:key-busy"
                time.sleep(0.02)
            got.append(answer.status_code)
        return got

    with ThreadPoolExecutor(4) as pool:
        assert [code for codes in pool.map(take_back, clients) for code in codes] == [200] * 4 * len(chosen)
    kinds = [event.type for event in server.hosted.journal.read()]
    assert kinds.count("record.withdrawn") == len(chosen) == len(server.hosted.state().withdrawn)


# The journal line is on the disk, and then the server is gone before it can answer.
DYING = """
import os, sys
from curation.writing import Writing
def die(self, rows=None):
    os.kill(os.getpid(), 9)
Writing._follow = die
sys.argv = ["curate", *sys.argv[1:]]
from curation.cli.main import main
main()
"""


def test_a_server_that_is_killed_behind_the_journal_line_does_nothing_twice(contributed: Path, tmp_path: Path) -> None:
    root = small.copy_of(contributed, tmp_path / "ws")
    with serving(root) as made:
        token = made.token("contributor", "ann")
        record, other = records_of(made.hosted, "ann")[:2]
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "once"}
    address = f"/api/records/{record}/appeal"

    with process(root, code=DYING) as dying:
        with pytest.raises(httpx.HTTPError):
            httpx.post(dying.url + address, json={"reason": "x"}, headers=headers, trust_env=False)
        assert dying.child.wait(30) == -9
    with process(root) as living:
        again = httpx.post(living.url + address, json={"reason": "x"}, headers=headers, trust_env=False)
        assert (again.status_code, again.json()["record"]) == (201, record)
        third = httpx.post(living.url + address, json={"reason": "x"}, headers=headers, trust_env=False)
        assert third.headers["Idempotency-Replayed"] == "true"
        new = {**headers, "Idempotency-Key": "another"}
        assert httpx.post(f"{living.url}/api/records/{other}/withdraw", headers=new, trust_env=False).status_code == 200
        living.child.terminate()
        assert living.child.wait(30) == 0
    with serving(root) as served:
        state = served.hosted.state()
        assert [entry.fact.record for entry in state.appeals] == [record]
        assert list(state.withdrawn) == [other]
        assert served.hosted.verify().problems == ()
