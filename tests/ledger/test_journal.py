import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from curation.datanet.canonical import canonical_bytes, digest
from curation.errors import EngineFailed, JournalBroken
from curation.ledger.journal import GENESIS, Journal

AT = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)

WRITER = """
import sys
from datetime import datetime, timezone
from pathlib import Path
from curation.ledger.journal import Journal
journal = Journal(Path(sys.argv[1]))
while True:
    event = journal.append("test.counted", {"n": 1}, datetime.now(timezone.utc))
    print(event.seq, event.hash, flush=True)
"""


def filled(path: Path, count: int = 4) -> bytes:
    journal = Journal(path)
    for number in range(count):
        journal.append("test.counted", {"n": number, "of": "ab" * 16, "at": ["x", None, True]}, AT)
    return path.read_bytes()


def test_a_line_is_canonical_json_chained_to_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "state" / "journal.jsonl"
    events = [Journal(path).append("test.counted", {"n": number}, AT) for number in range(3)]
    lines = path.read_bytes().splitlines()
    told = [json.loads(line) for line in lines]
    assert [one["seq"] for one in told] == [1, 2, 3]
    assert [one["prev"] for one in told] == [GENESIS, told[0]["hash"], told[1]["hash"]]
    for line, one in zip(lines, told, strict=True):
        assert canonical_bytes(one) == line
        assert one["at"] == "2026-11-23T10:00:00Z"
        assert one["schema"] == "curation.journal/1"
        assert one.pop("hash") == digest(canonical_bytes(one))
    assert Journal(path).read() == tuple(events)


def test_no_file_is_an_empty_journal(tmp_path: Path) -> None:
    assert Journal(tmp_path / "journal.jsonl").read() == ()


def test_any_changed_byte_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    good = filled(path, 3)
    seeded = random.Random(7)  # noqa: S311 - chooses what to damage
    for place in range(len(good)):
        bad = bytearray(good)
        bad[place] ^= seeded.randrange(1, 256)
        path.write_bytes(bad)
        with pytest.raises(JournalBroken, match=f"line {good[:place].count(10) + 1}"):
            Journal(path).read()


def test_dropped_moved_repeated_and_foreign_lines_are_noticed(tmp_path: Path) -> None:
    path, other = tmp_path / "journal.jsonl", tmp_path / "other.jsonl"
    lines = filled(path).splitlines(keepends=True)
    Journal(other).append("test.counted", {"n": 99}, AT)
    for changed, named in (
        (lines[1:], 1),
        (lines[:1] + lines[2:], 2),
        ([lines[0], lines[2], lines[1], lines[3]], 2),
        ([*lines, lines[3]], 5),
        ([other.read_bytes(), *lines[1:]], 2),
        ([*lines[:2], b"\n", *lines[2:]], 3),
    ):
        path.write_bytes(b"".join(changed))
        with pytest.raises(JournalBroken, match=f"journal line {named}: "):
            Journal(path).read()


@pytest.mark.parametrize(
    "bad", [b"[]", b"1", b"{}", b"\xff", b"[" * 50_000, b"1" * 6000, b'{"seq":1.5}', b'{"seq":NaN}']
)
def test_a_line_of_something_else_is_said_to_be_broken(tmp_path: Path, bad: bytes) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_bytes(filled(path, 1) + bad + b"\n")
    with pytest.raises(JournalBroken, match="journal line 2: "):
        Journal(path).read()


def test_a_reader_that_saw_more_notices_a_cut_and_a_rewritten_journal(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    good = filled(path, 3)
    reader, writer = Journal(path), Journal(path)
    assert len(reader.read()) == len(writer.read()) == 3
    path.write_bytes(good[: good.rindex(b"\n", 0, -1) + 1])
    with pytest.raises(JournalBroken, match="cut or rewritten"):
        reader.read()
    with pytest.raises(JournalBroken, match="cut"):
        writer.append("test.counted", {}, AT)


def test_every_torn_last_line_is_ignored_then_set_aside_by_the_next_append(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    good = filled(path, 2)
    start = good.index(b"\n") + 1
    for cut in (start + 1, start + 40, len(good) - 1):
        path.write_bytes(good[:cut])
        assert [event.seq for event in Journal(path).read()] == [1]
    torn = path.read_bytes()[start:]
    journal = Journal(path)
    journal.read()
    assert journal.torn_bytes == len(torn)
    assert journal.append("test.counted", {"n": 5}, AT).seq == 2
    assert (tmp_path / "journal.torn-1").read_bytes() == torn
    assert [event.body for event in Journal(path).read()][-1] == {"n": 5}
    path.write_bytes(path.read_bytes() + b"{")
    assert journal.append("test.counted", {"n": 6}, AT).seq == 3
    assert (tmp_path / "journal.torn-2").read_bytes() == b"{"
    assert len(Journal(path).read()) == 3


@pytest.mark.parametrize(
    "body",
    [
        {"weight": 0.5},
        {"amount": Decimal(1)},
        {"note": "free text"},
        {"note": "x" * 201},
        {"note": ""},
        {"note": "línea"},
        {"a b": 1},
        {"deep": [{"x": 1.0}]},
        {"raw": b"x"},
        {"name": "The Owner"},
        {"name": ""},
    ],
)
def test_text_and_floats_are_refused_and_nothing_is_written(tmp_path: Path, body: dict[str, str]) -> None:
    path = tmp_path / "journal.jsonl"
    with pytest.raises(ValueError, match="journal"):
        Journal(path).append("test.counted", body, AT)
    assert not path.exists()


def test_a_time_without_zone_and_an_odd_type_are_refused(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.jsonl")
    with pytest.raises(ValueError, match="time zone"):
        journal.append("test.counted", {}, AT.replace(tzinfo=None))
    with pytest.raises(ValueError, match="event type"):
        journal.append("Counted!", {}, AT)


def test_a_journal_that_cannot_be_written_is_an_engine_failure(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    path.mkdir()
    with pytest.raises(EngineFailed, match="cannot be opened"):
        Journal(path).append("test.counted", {}, AT)


def test_two_writers_in_turn_and_a_reader_see_one_chain(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    one, two, reader = Journal(path), Journal(path), Journal(path)
    for number in range(6):
        assert (one, two)[number % 2].append("test.counted", {"n": number}, AT).seq == number + 1
        assert len(reader.read()) == number + 1


def test_readers_work_while_another_thread_appends(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    journal = Journal(path)
    writer = threading.Thread(target=lambda: [journal.append("test.counted", {"n": n}, AT) for n in range(60)])
    writer.start()
    seen = []
    while writer.is_alive():
        seen.append(len(Journal(path).read()))
    writer.join()
    assert seen == sorted(seen)
    assert len(Journal(path).read()) == 60


def test_what_was_acknowledged_survives_kill_nine(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    seeded = random.Random(1)  # noqa: S311 - chooses when to kill
    acknowledged: dict[int, str] = {}
    for _ in range(12):
        process = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        said = [process.stdout.readline()]
        time.sleep(seeded.random() * 0.1)
        os.kill(process.pid, signal.SIGKILL)
        said += process.stdout.readlines()
        process.wait()
        process.stdout.close()
        acknowledged |= {int(line.split()[0]): line.split()[1] for line in said if line.endswith("\n")}
        found = {event.seq: event.hash for event in Journal(path).read()}
        assert acknowledged.items() <= found.items()
    assert len(acknowledged) >= 12
