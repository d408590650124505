"""The server's judge: another process says and writes what this one would, and takes nothing with it when it dies."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest

from curation.errors import EngineFailed, FileRefused, UsageError
from curation.hosting import Hosted
from curation.ledger.facts import ContributionSubmitted
from curation.web import apart
from curation.web.apart import JudgeApart, checked_document
from curation.web.book import Book
from curation.web.people import Role
from curation.web.tokens import new_token
from curation.workspace import Workspace
from tests import small
from tests.web.serving import process


@pytest.fixture(scope="module")
def judge(contributed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[JudgeApart]:
    root = small.copy_of(contributed, tmp_path_factory.mktemp("apart") / "ws")
    with closing(JudgeApart(root)) as judge:
        yield judge


@pytest.fixture
def hosted(judge: JudgeApart) -> Iterator[Hosted]:
    with Hosted(judge.root, judge=judge) as hosted:
        yield hosted


def facts(workspace: Workspace) -> list[ContributionSubmitted]:
    return [one.fact for one in workspace.state().contributions]


def rows_of_file(number: int) -> list[small.Row]:
    """Honest questions, two of them mislabelled, one a copy of a trusted one, and a line nobody can read."""
    rows = [dict(row) for row in small.honest(30)[10 + number : 18 + number]]
    rows[0]["topic"] = rows[1]["topic"] = "teeth"
    return [*rows, small.trusted()[number], "{no JSON"]  # type: ignore[list-item]  # it stands as it is


def test_it_finds_and_writes_what_this_process_would(hosted: Hosted, tmp_path: Path) -> None:
    """Everything that the journal line names, so all digests of results, is the same."""
    alone = Workspace(small.copy_of(hosted.root, tmp_path / "alone"))
    file = small.write_jsonl(tmp_path / "cyd.jsonl", rows_of_file(0))
    with hosted.judging() as judge:
        assert judge is not None
        told = judge.check(file, "faq", "cyd", 3)
    assert told == checked_document(alone.check(file, "faq", "cyd"), 3)
    assert len(told["records"]) == 3
    before = len(facts(hosted))
    said, alone_said = hosted.submit(file, "faq", "cyd"), alone.submit(file, "faq", "cyd")
    assert (said.contribution, said.exit_code) == (alone_said.contribution, alone_said.exit_code)
    assert said.checked is None
    assert facts(hosted) == facts(alone)
    assert len(facts(hosted)) == before + 1
    assert [one.counts for one in hosted.status("faq")] == [one.counts for one in alone.status("faq")]
    again = hosted.submit(file, "faq", "cyd")
    assert again.already
    assert (again.first_at, len(facts(hosted))) == (said.first_at, before + 1)
    assert hosted.verify().problems == ()


def test_it_knows_what_happened_since_it_began(hosted: Hosted, tmp_path: Path) -> None:
    """What came in and what people said since, in this process, counts for the next file."""
    first = small.write_jsonl(
        tmp_path / "one.jsonl", [{"question": "Why do my ankles swell at night?", "topic": "heart"}]
    )
    hosted.submit(first, "faq", "dan")
    with hosted.store() as store:
        (record,) = store.query("SELECT record FROM current_records WHERE contributor = 'dan'")
    copy = small.write_jsonl(
        tmp_path / "two.jsonl", [{"question": "Why do my ankles swell at night?", "topic": "heart"}]
    )
    with hosted.judging() as judge:
        assert judge is not None
        told = judge.check(copy, "faq", "eve", 1)
        assert fix_of_copy(told) == "leave it out: it is already in the datanet"
        hosted.decide(record["record"], "reject", by="amina", reason="nonsense", label=None)
        told = judge.check(copy, "faq", "eve", 1)
    assert fix_of_copy(told) == "leave the record out: it has been decided"


def test_what_cannot_be_judged_is_raised_here(hosted: Hosted, tmp_path: Path) -> None:
    before = hosted.state().head
    picture = tmp_path / "records.jsonl"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    with pytest.raises(FileRefused) as refused:
        hosted.submit(picture, "faq", "cyd")
    with pytest.raises(FileRefused) as alone:
        Workspace(hosted.root).check(picture, "faq", "cyd")
    assert (str(refused.value), refused.value.code) == (str(alone.value), alone.value.code)
    with pytest.raises(UsageError, match="there is no datanet 'nowhere'"):
        hosted.submit(picture, "nowhere", "cyd")
    with pytest.raises(UsageError, match="cannot be read"):
        hosted.submit(tmp_path / "gone.jsonl", "faq", "cyd")
    assert hosted.state().head == before


def test_a_fault_of_the_engine_ends_one_file(judge: JudgeApart, tmp_path: Path) -> None:
    file = small.write_jsonl(tmp_path / "ida.jsonl", rows_of_file(5))
    assert judge.check(file, "faq", "ida", 0)["records"] == []
    begun = judge.process
    with pytest.raises(EngineFailed, match=r"judging broke \(TypeError\)"):
        judge.check(file, "faq", "ida", "all")  # type: ignore[arg-type]  # a fault
    assert judge.check(file, "faq", "ida", 0)["records"] == []
    assert judge.process == begun


def test_one_that_is_killed_takes_nothing_along(
    hosted: Hosted, judge: JudgeApart, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between both steps, while the journal is locked for it: nothing is stored, and the next file gets a new one."""
    file = small.write_jsonl(tmp_path / "fay.jsonl", rows_of_file(2))
    before = hosted.state().head
    prepare = hosted.prepare

    def killed(*asked: Any) -> Any:
        prepared = prepare(*asked)
        child = judge.process
        assert child is not None
        os.kill(child, signal.SIGKILL)
        while judge.process is not None:
            time.sleep(0.01)
        return prepared

    monkeypatch.setattr(hosted, "prepare", killed)
    with pytest.raises(EngineFailed, match="nothing was stored"):
        hosted.submit(file, "faq", "fay")
    assert hosted.state().head == before
    monkeypatch.undo()
    assert not hosted.submit(file, "faq", "fay").already


def test_a_journal_that_is_not_the_servers_is_not_judged_by(hosted: Hosted, judge: JudgeApart, tmp_path: Path) -> None:
    file = small.write_jsonl(tmp_path / "gus.jsonl", rows_of_file(3))
    prepared = judge.prepare(file, "faq", "gus")
    with pytest.raises(EngineFailed, match="another journal"):
        judge.ready(prepared.file_digest, "0" * 64, None)
    with pytest.raises(EngineFailed, match="lost the file"):
        judge.ready(prepared.file_digest, hosted.state().head, None)


def test_closed_it_does_not_begin_again(judge: JudgeApart, tmp_path: Path) -> None:
    """A thread that is still at work when the server stops opens nothing that nobody would close."""
    file = small.write_jsonl(tmp_path / "ian.jsonl", rows_of_file(6))
    closed = JudgeApart(judge.root)
    closed.close()
    with pytest.raises(EngineFailed, match="is stopping"):
        closed.prepare(file, "faq", "ian")
    assert closed.process is None


def test_one_that_hangs_is_ended(judge: JudgeApart, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = small.write_jsonl(tmp_path / "jo.jsonl", rows_of_file(7))
    with closing(JudgeApart(judge.root)) as hanging:
        prepared = hanging.prepare(file, "faq", "jo")
        child = hanging.process
        assert child is not None
        os.kill(child, signal.SIGSTOP)
        monkeypatch.setattr(hanging, "_seconds_max", 0.2)
        with pytest.raises(EngineFailed, match="nothing was stored"):
            hanging.ready(prepared.file_digest, "0" * 64, None)
        assert hanging.process is None


def test_a_long_files_rows_are_read_by_the_store(hosted: Hosted, tmp_path: Path) -> None:
    rows = [{"question": f"How much of it is {number} drops?", "topic": "skin"} for number in range(apart.ROWS_MAX + 1)]
    said = hosted.submit(small.write_jsonl(tmp_path / "kim.jsonl", rows), "faq", "kim")
    with hosted.store() as store:
        (found,) = store.query("SELECT count(text) AS n FROM records WHERE contribution = ?", [said.contribution])
    assert found["n"] == len(rows)


def test_it_ends_with_the_server(contributed: Path, tmp_path: Path) -> None:
    """The real command, killed while the judge lives: nothing stays behind."""
    root = small.copy_of(contributed, tmp_path / "ws")
    data = small.write_jsonl(tmp_path / "hal.jsonl", rows_of_file(4)).read_bytes()
    sha = sha256(data).hexdigest()
    with process(root) as served:
        with closing(Book(Workspace(root).places.book)) as book:
            token = new_token(book, role=Role("contributor"), name="hal")[1]
        with httpx.Client(base_url=served.url, timeout=60, headers={"Authorization": f"Bearer {token}"}) as hal:
            stream = {"Content-Type": "application/octet-stream"}
            assert hal.put(f"/api/uploads/{sha}", content=data, headers=stream).status_code == 201
            sent = {"upload": sha, "file_name": "hal.jsonl"}
            told = hal.post("/api/datanets/faq/check", json=sent)
            assert told.json()["schema"] == "curation.checked/1"
            told = hal.post("/api/datanets/faq/contributions", json=sent, headers={"Idempotency-Key": "one"})
            assert told.json()["schema"] == "curation.submission/1", told.text
        (child,) = judges_of(served.child.pid)
        served.kill()
    until = time.monotonic() + 20
    while Path(f"/proc/{child}").exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert not Path(f"/proc/{child}").exists()


def fix_of_copy(told: dict[str, Any]) -> str:
    """What would pass, as said of a record that is an exact copy."""
    (found,) = (one["fix"] for one in told["records"][0]["findings"] if one["check"] == "exact-duplicate")
    return str(found)


def judges_of(server: int) -> list[int]:
    """The processes that this one began and that judge."""
    children = " ".join(
        path.read_text(encoding="ascii") for path in Path(f"/proc/{server}/task").glob("*/children")
    ).split()
    return [int(one) for one in children if apart.__name__ in Path(f"/proc/{one}/cmdline").read_text(encoding="utf-8")]
