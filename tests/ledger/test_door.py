"""A lock that lets threads in in the order they came."""

import threading
import time

import pytest

from curation.errors import WorkspaceBusy
from curation.ledger.kept import Door


def test_whoever_came_first_is_let_in_first() -> None:
    door, order, threads = Door(), list[int](), []
    door.acquire()
    for number in range(8):

        def enter(number: int = number) -> None:
            door.acquire()
            order.append(number)
            door.release()

        threads.append(threading.Thread(target=enter))
        threads[-1].start()
        while door.waiting <= number:
            time.sleep(0.001)
    # Who comes back at once has to wait behind them all.
    door.release()
    door.acquire()
    assert order == list(range(8))
    door.release()
    for thread in threads:
        thread.join()


def test_it_is_re_entrant_and_knows_whose_it_is() -> None:
    door = Door()
    mine = [door.is_mine]
    assert [door.acquire(), door.acquire()] == [1, 2]
    door.release()
    mine.append(door.is_mine)
    door.release()
    assert [*mine, door.is_mine] == [False, True, False]


def test_nobody_is_two_and_whoever_gives_up_is_passed_over() -> None:
    """Many threads, most with little patience, some coming in twice: one is inside at a time, and nobody is lost."""
    door, inside, most, gave_up = Door(), [0], [0], [0]

    def work(number: int) -> None:
        for turn in range(60):
            try:
                door.acquire(0.0005 if number % 2 else 10)
            except WorkspaceBusy:
                gave_up[0] += 1
                continue
            inside[0] += 1
            most[0] = max(most[0], inside[0])
            if turn % 3 == 0:
                door.acquire()
                door.release()
            time.sleep(0.0005)
            inside[0] -= 1
            door.release()

    threads = [threading.Thread(target=work, args=[number]) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most[0] == 1
    assert gave_up[0] > 0
    assert door.waiting == 0
    assert door.acquire(0) == 1


def test_whoever_waits_too_long_hears_so() -> None:
    door = Door()
    door.acquire()
    heard = list[str]()

    def wait() -> None:
        with pytest.raises(WorkspaceBusy) as busy:
            door.acquire(0.01)
        heard.append(str(busy.value))

    thread = threading.Thread(target=wait)
    thread.start()
    thread.join()
    assert heard == ["others are at work here: waited 0.01 s; try again later"]
    door.release()
