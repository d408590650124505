"""Whoever asks too much is told when to come again; others do not notice."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.web.limits import Buckets
from curation.web.settings import Rate
from tests import small
from tests.web.serving import Served, serving

FEW = Rate(per_second=0.001, burst=3)
MANY = Rate(per_second=1000, burst=1000)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@given(
    rate=st.builds(Rate, per_second=st.floats(0.01, 100), burst=st.floats(1, 100)),
    waits=st.lists(st.floats(0, 10), min_size=1, max_size=60),
)
def test_no_more_than_the_burst_and_the_rate(rate: Rate, waits: list[float]) -> None:
    clock = Clock()
    buckets, taken = Buckets(clock), 0
    for wait in waits:
        clock.now += wait
        told = buckets.take(("a",), rate)
        taken += told is None
        assert taken <= rate.burst + rate.per_second * clock.now + 1e-6
        if told is not None:
            # Who waits as long as told is answered.
            later = Buckets(clock)
            later._left = buckets._left.copy()
            clock.now += told + 1e-6
            assert later.take(("a",), rate) is None
            clock.now -= told + 1e-6


@pytest.fixture(scope="module")
def server(contributed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    root = small.copy_of(contributed, tmp_path_factory.mktemp("served") / "ws")
    rates = {"read": FEW, "write": FEW, "heavy": MANY}
    with serving(root, person_rates=rates, datanet_rate=FEW, stranger_rate=FEW) as served:
        yield served


def test_each_token_has_its_own_bucket(server: Served) -> None:
    one, other = server.client("auditor", "ada"), server.client("auditor", "ada")
    assert [one.get("/api/datanets").status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = one.get("/api/datanets")
    assert (int(refused.headers["Retry-After"]) > 0, refused.json()["status"]) == (True, 429)
    assert other.get("/api/datanets").status_code == 200
    # Reading and writing are counted apart.
    assert one.delete("/session").status_code == 204


def test_a_datanet_has_a_bucket_that_all_share(server: Served) -> None:
    body = {"upload": "0" * 64, "file_name": "a.jsonl"}
    people = [server.client("contributor", f"flood-{number}") for number in range(4)]
    got = [one.post("/api/datanets/faq/check", json=body).status_code for one in people]
    assert got == [404, 404, 404, 429]
    assert people[0].post("/api/datanets/plots/check", json=body).status_code == 404


def test_strangers_are_counted_by_their_address(server: Served) -> None:
    guesses = [server.stranger().get("/api/datanets", headers={"Authorization": "Bearer x"}) for _ in range(4)]
    assert [one.status_code for one in guesses] == [401, 401, 401, 429]
    assert server.stranger().get("/health").status_code == 429
