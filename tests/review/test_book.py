"""Leases keep curators apart, run out, and survive whoever holds them."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from curation.review.book import HELD_MAX, KEPT_SECONDS_MAX, LEASE_SECONDS, SKIP_SECONDS, Book, Lease, Look

PAIRS = [(f"content-{n}", f"record-{n}") for n in range(40)]


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book(tmp_path / "state" / "review.sqlite")


def _look(curator: str, record: str, done: int, action: str = "skip") -> Look:
    told = {"curator": curator, "record": record, "sort": "review", "length": 9, "hidden": False, "since": done - 5}
    return Look.from_row(told | {"done": done, "action": action, "line": None, "note": None})


def test_a_record_is_with_one_curator_at_a_time(book: Book) -> None:
    (one,) = book.take("amina", PAIRS, seen=7, now=100, count=1)
    assert one == Lease(
        content="content-0", record="record-0", curator="amina", seen=7, since=100, until=100 + LEASE_SECONDS, first=100
    )
    (other,) = book.take("bilal", PAIRS, seen=7, now=101, count=1)
    assert other.record == "record-1"
    # Asking again gives the same record, not another one to hold as well; the look began when it began.
    (again,) = book.take("amina", PAIRS, seen=9, now=150, count=1)
    assert (again.record, again.since, again.seen) == ("record-0", 100, 9)
    assert book.lease("content-1", now=150) == other


def test_a_lease_runs_out_unless_it_is_renewed(book: Book) -> None:
    book.take("amina", PAIRS, seen=1, now=0, count=2)
    assert book.renew("amina", "record-0", now=LEASE_SECONDS - 1)
    later = LEASE_SECONDS + 1
    assert [one.record for one in book.take("bilal", PAIRS, seen=1, now=later, count=2)] == ["record-1", "record-2"]
    assert not book.renew("amina", "record-1", now=later)
    assert book.lease("content-0", now=2 * LEASE_SECONDS) is None


def test_a_finished_look_frees_the_record_and_is_kept(book: Book) -> None:
    book.take("amina", PAIRS, seen=1, now=0, count=1)
    look = _look("amina", "record-0", done=20)
    book.finish(look)
    assert book.lease("content-0", now=20) is None
    assert book.looks() == book.looks("amina") == [look]
    assert book.looks("bilal") == []
    assert book.put_by("amina", now=21) == {"record-0"}
    assert book.put_by("bilal", now=21) == set()
    assert book.put_by("amina", now=21 + SKIP_SECONDS) == set()
    book.finish(_look("amina", "record-0", done=30, action="flag"))
    assert book.put_by("amina", now=10 * SKIP_SECONDS) == {"record-0"}


def test_nobody_holds_more_than_eight_and_whoever_leaves_holds_nothing(book: Book) -> None:
    for n in range(5):
        book.take("amina", PAIRS[4 * n :], seen=1, now=n, count=4)
    held = book.with_others("bilal", now=5)
    assert held == {content for content, _ in PAIRS[12:20]}
    # What is asked for anew stays, however long ago it was taken first.
    book.take("amina", PAIRS[12:], seen=1, now=6, count=1)
    book.take("amina", PAIRS[20:], seen=1, now=7, count=4)
    assert book.with_others("bilal", now=7) == {content for content, _ in [PAIRS[12], *PAIRS[17:24]]}
    book.take("bilal", PAIRS, seen=1, now=8, count=1)
    assert book.release("amina", now=8) == HELD_MAX
    assert book.with_others("bilal", now=8) == set()
    assert book.with_others("amina", now=8) == {"content-0"}


@pytest.mark.parametrize("way", ["heartbeat", "next", "leave", "undo"])
def test_nobody_keeps_a_record_for_ever(book: Book, way: str) -> None:
    book.take("amina", PAIRS[:1], seen=1, now=0, count=1)
    for now in range(60, KEPT_SECONDS_MAX + 1, 60):
        assert book.take("bilal", PAIRS[:1], seen=1, now=now - 1, count=1) == []
        if way == "heartbeat":
            assert book.renew("amina", "record-0", now=now)
            continue
        if way == "leave":
            book.release("amina", now=now)
        if way == "undo":
            book.finish(_look("amina", "record-0", done=now, action="accept"))
        assert book.take("amina", PAIRS[:1], seen=1, now=now, count=1)
    # Who is alone with it may go on; who comes gets it, and keeps it.
    assert book.renew("amina", "record-0", now=KEPT_SECONDS_MAX)
    assert book.with_others("bilal", now=KEPT_SECONDS_MAX) == set()
    assert book.take("bilal", PAIRS[:1], seen=1, now=KEPT_SECONDS_MAX, count=1)
    assert not book.renew("amina", "record-0", now=KEPT_SECONDS_MAX + 1)
    assert book.take("amina", PAIRS[:1], seen=1, now=KEPT_SECONDS_MAX + 1, count=1) == []


def test_a_book_of_before_is_read(tmp_path: Path) -> None:
    book = Book(tmp_path / "review.sqlite")
    book.finish(_look("amina", "record-0", done=20))
    db = sqlite3.connect(book.path)
    db.executescript(
        "DROP TABLE leases; CREATE TABLE leases (content TEXT PRIMARY KEY, record TEXT, curator TEXT, seen INTEGER,"
        " since INTEGER, until INTEGER); PRAGMA user_version = 1;"
    )
    db.close()
    assert book.take("bilal", PAIRS, seen=1, now=30, count=1)[0].record == "record-0"
    assert len(book.looks()) == 1


def test_many_at_once_never_get_the_same(book: Book) -> None:
    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(lambda n: book.take(f"curator-{n}", PAIRS, seen=1, now=0, count=2), range(20)))
    records = [one.record for leases in got for one in leases]
    assert len(records) == len(set(records)) == 40
    assert Book(book.path).lease("content-3", now=1) is not None
