"""One process owns the store, many threads use it, commands borrow it, and whoever dies stands in nobody's way."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from curation.datanet.card import EncoderChoice
from curation.errors import EngineFailed, JournalBroken, UsageError, WorkspaceBusy
from curation.evidence.encoder import Encoder
from curation.hosting import Hosted
from curation.ledger.facts import RecordDecided
from curation.ledger.growing import GrowingJournal
from curation.ledger.journal import Journal
from curation.ledger.lending import borrowed
from curation.ledger.results import ReasonFile, write_reason
from curation.ledger.state import replay
from curation.ledger.store import Store
from curation.workspace import Workspace
from tests import small

BORROWER = """
import sys
from pathlib import Path
from curation.workspace import Workspace
store = Workspace(Path(sys.argv[1])).store()
print("mine", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def hosted(root: Path) -> Iterator[Hosted]:
    with Hosted(root) as opened:
        yield opened


def ignored() -> None:
    """Hears that a store was lent, and does nothing about it."""


def records(workspace: Workspace, count: int, first: int = 0) -> list[str]:
    with workspace.store() as store:
        rows = store.query("SELECT record FROM records ORDER BY seq, row_index LIMIT ? OFFSET ?", [count, first])
    return [row["record"] for row in rows]


def test_a_command_borrows_the_store_and_the_server_follows(hosted: Hosted) -> None:
    (record,) = records(hosted, 1)
    heard: list[str] = []
    command = Workspace(hosted.root, lent=lambda: heard.append("lent"))
    command.decide(record, "reject", by="amina", reason="checked", label=None)
    assert "lent" in heard
    assert hosted.explain(record).record.verdict == "reject"
    hosted.decide(record, "accept", by="bayo", reason="checked again", label=None)
    assert command.explain(record).record.verdict == "accept"
    assert command.verify().problems == ()


def test_while_it_is_lent_the_server_waits(hosted: Hosted) -> None:
    with ThreadPoolExecutor(1) as pool:
        with borrowed(hosted.places.lending, ignored) as lent:
            assert lent
            asked = pool.submit(hosted.status, "faq")
            time.sleep(0.2)
            assert not asked.done()
            # The file is free: another process may open it.
            opened = Store.open(hosted.places.store, hosted.journal, hosted.objects, hosted.read_rows)
            assert opened.counts("faq").rows == 60
            opened.close()
        assert asked.result()[0].counts.rows == 60


def test_a_borrower_that_is_killed_gives_it_back(hosted: Hosted) -> None:
    command = [sys.executable, "-c", BORROWER, str(hosted.root)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as borrower:
        assert borrower.stdout is not None
        assert borrower.stdout.readline() == "mine\n"
        borrower.send_signal(signal.SIGKILL)
    assert hosted.status("faq")[0].counts.rows == 60


def test_a_server_that_stops_waits_for_no_borrower(root: Path) -> None:
    command = [sys.executable, "-c", BORROWER, str(root)]
    with Hosted(root) as hosted:
        borrower = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert borrower.stdout is not None
        assert borrower.stdout.readline() == "mine\n"
        before = time.monotonic()
    assert time.monotonic() - before < 30
    with borrower:
        borrower.communicate("", timeout=30)
    assert borrower.returncode == 0
    assert Workspace(root).status("faq") == Workspace(hosted.root).status("faq")


def test_what_a_dead_server_left_stands_in_nobodys_way(root: Path) -> None:
    killed = """
import os, sys
from pathlib import Path
from curation.hosting import Hosted
with Hosted(Path(sys.argv[1])):
    os.kill(os.getpid(), 9)
"""
    subprocess.run([sys.executable, "-c", killed, str(root)], check=False)
    link = root / ".curation" / "serve.sock"
    left = link.readlink()
    assert left.is_socket()
    assert left.parent.stat().st_mode & 0o077 == 0
    with borrowed(link, ignored) as lent:
        assert not lent
    assert Workspace(root).status("faq")[0].counts.rows == 60
    with Hosted(root) as opened:
        assert not left.exists()
        assert link.readlink().stat().st_mode & 0o077 == 0
        assert Workspace(root).status("faq") == opened.status("faq")
    assert not link.is_symlink()


@pytest.mark.parametrize("place", ["is nowhere", "d" * 100])
def test_a_place_that_is_none_or_too_long_for_a_socket_is_not_taken(
    root: Path, tmp_path: Path, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ("d" * 100)).mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / place))
    with Hosted(root), borrowed(root / ".curation" / "serve.sock", ignored) as lent:
        assert lent


def test_one_server_is_enough(hosted: Hosted) -> None:
    with pytest.raises(WorkspaceBusy, match="another server"):
        Hosted(hosted.root).__enter__()
    assert hosted.status("faq")[0].counts.rows == 60


def test_the_state_is_the_journals(hosted: Hosted) -> None:
    (record,) = records(hosted, 1)
    before = hosted.state()
    Workspace(hosted.root).register("zoe")
    hosted.decide(record, "accept", by="amina", reason="checked", label=None)
    assert hosted.state() == replay(Journal(hosted.places.journal).read())
    assert hosted.state().seq == before.seq + 2
    assert hosted.state() is hosted.state()


def test_many_threads_decide_each_record_once(hosted: Hosted) -> None:
    chosen = records(hosted, 24)

    def decide(record: str) -> str:
        hosted.decide(record, "accept", by="amina", reason="checked", label=None)
        return hosted.explain(record).record.why

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(decide, chosen)) == ["decided"] * 24
    assert sorted(entry.fact.record for entry in hosted.state().rulings) == sorted(chosen)
    assert Workspace(hosted.root).verify().problems == ()


def test_nobody_begins_to_write_while_holding_the_store(hosted: Hosted) -> None:
    (record,) = records(hosted, 1)
    with hosted.store(), pytest.raises(AssertionError, match="store is held"):
        hosted.decide(record, "accept", by="amina", reason="checked", label=None)
    assert hosted.state().rulings == ()


def test_a_store_that_breaks_is_made_again(hosted: Hosted) -> None:
    with hosted.store() as store:
        store._duck.execute("DROP TABLE meta")
    assert hosted.status("faq")[0].counts.rows == 60


class Waiting:
    """The real encoder, which begins when it is told to."""

    def __init__(self, real: Encoder) -> None:
        self._real = real
        self.asked, self.may = threading.Event(), threading.Event()

    @property
    def digest(self) -> str:
        return self._real.digest

    @property
    def dimensions(self) -> int:
        return self._real.dimensions

    @property
    def languages(self) -> tuple[str, ...]:
        return self._real.languages

    def encode(self, texts: Sequence[str], *, on_progress: Callable[[int], None] | None = None) -> NDArray[np.float32]:
        self.asked.set()
        assert self.may.wait(60)
        return self._real.encode(texts, on_progress=on_progress)


class Slow(Hosted):
    """A server whose encoder waits."""

    waiting: Waiting | None = None

    def encoder(self, choice: EncoderChoice) -> Encoder:
        if self.waiting is None:
            self.waiting = Waiting(super().encoder(choice))
        return self.waiting


def test_a_decision_never_waits_for_the_encoder(root: Path) -> None:
    file = small.write_jsonl(root / "new.jsonl", small.honest(4))
    with Slow(root) as hosted, ThreadPoolExecutor(1) as pool:
        waiting = hosted.encoder(hosted.datanet("faq").encoder)
        assert isinstance(waiting, Waiting)
        submitted = pool.submit(hosted.submit, file, "faq", "ann")
        assert waiting.asked.wait(60)
        (record,) = records(hosted, 1)
        hosted.decide(record, "accept", by="amina", reason="checked", label=None)
        assert not submitted.done()
        waiting.may.set()
        assert submitted.result().exit_code == 0
        assert [entry.seq for entry in hosted.state().rulings] < [hosted.state().contributions[-1].seq]


def test_a_growing_journal_reads_what_was_appended_and_notices_a_cut(root: Path) -> None:
    path = root / ".curation" / "journal.jsonl"
    growing = GrowingJournal(path)
    before = growing.read()
    assert before == Journal(path).read()
    Workspace(root).register("zoe")
    assert growing.read() == Journal(path).read()
    assert growing.read()[: len(before)] == before
    whole = path.read_bytes()
    path.write_bytes(whole[:-10])
    with pytest.raises(JournalBroken, match="cut"):
        growing.read()
    path.unlink()
    with pytest.raises(JournalBroken, match="gone"):
        growing.read()
    assert GrowingJournal(path).read() == ()


def test_a_sheet_is_of_one_journal_line(hosted: Hosted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is decided while it is put together is in none of its parts: or it would tell what it has to hide."""
    hosted.submit(small.write_jsonl(tmp_path / "one.jsonl", [{**small.honest(1)[0], "topic": "teeth"}]), "faq", "dan")
    with hosted.store() as store:
        record = store.query("SELECT record FROM records WHERE contributor = 'dan'")[0]["record"]
    shown = hosted._shown

    def overtaken(*asked: Any) -> Any:
        found = shown(*asked)
        reason = hosted.objects.put(write_reason(ReasonFile(reason="fine", label=None)))
        hosted._append(RecordDecided(record=record, decision="accept", by="zoe", reason=reason))
        return found

    monkeypatch.setattr(hosted, "_shown", overtaken)
    sheet = hosted.sheet(record, names=["amina"])
    assert sheet.waiting is not None
    assert sheet.explanation.decisions == []
    assert sheet.explanation.record.decided_by is None
    monkeypatch.undo()
    assert hosted.sheet(record).explanation.record.decided_by == "zoe"


def test_a_copy_that_comes_in_before_the_word_counts(
    hosted: Hosted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whose a content is, is asked before the lock is taken: what comes in between is not overlooked."""
    rows: list[small.Row] = [{**small.honest(1)[0], "topic": "teeth"}]
    hosted.submit(small.write_jsonl(tmp_path / "one.jsonl", rows), "faq", "dan")
    with hosted.store() as store:
        record = store.query("SELECT record FROM records WHERE contributor = 'dan'")[0]["record"]
    asked = hosted._groups
    files = [("two.jsonl", small.honest(3)[2:]), ("three.jsonl", rows)]

    def overtaken(words: Any) -> Any:
        found = asked(words)
        if files:
            name, more = files.pop(0)
            hosted.submit(small.write_jsonl(tmp_path / name, more), "faq", "eve")
        return found

    monkeypatch.setattr(hosted, "_groups", overtaken)
    # Another content comes in: nothing changes. The same one does: it is eve's own now.
    said = hosted.decide(record, "accept", by="eve", reason="so", label=None)
    assert said.also == ()
    with pytest.raises(UsageError, match="eve's own content"):
        hosted.decide(record, "accept", by="eve", reason="so", label=None)


def test_a_server_that_closed_opens_its_store_for_nobody(root: Path) -> None:
    with Hosted(root) as hosted:
        assert hosted.status("faq")[0].counts.rows == 60
    with pytest.raises(EngineFailed, match="closed its store"):
        hosted.status("faq")
    assert Workspace(root).status("faq")[0].counts.rows == 60
