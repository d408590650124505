"""The tables hold what happened, follow it line by line, and belong to one process at a time."""

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from curation.errors import JournalBroken, UsageError
from curation.ledger.places import Places
from curation.ledger.rows import Row, rows_of
from curation.ledger.state import Submission
from curation.ledger.store import Store, StoreBusy
from tests.ledger.ledger_sample import CARD, CLINIC, TABLES, Ledger, fill, read_file
from tests.ledger.rebuilt import memory


def current(store: Store) -> list[tuple[str, str, str]]:
    rows = store.query("SELECT contributor, verdict, why FROM current_records ORDER BY seq, row_index")
    return [(row["contributor"], row["verdict"], row["why"]) for row in rows]


def test_the_tables_hold_what_happened(tmp_path: Path) -> None:
    with fill(tmp_path).store() as store:
        assert set(store.fingerprints()) == TABLES
        assert current(store) == [
            ("owner", "accept", "decided"),
            ("owner", "accept", "inspected"),
            ("owner", "accept", "inspected"),
            ("owner", "accept", "decided"),
            ("clinic", "withdrawn", "withdrawn"),
            ("clinic", "reject", "inspected"),
            ("clinic", "reject", "decided"),
            ("copy-shop", "accept", "decided"),
            ("copy-shop", "accept", "succeeded"),
            ("copy-shop", "review", "inspected"),
        ]
        (relabelled,) = store.query("SELECT * FROM current_records WHERE given_label <> label")
        assert (relabelled["given_label"], relabelled["label"], relabelled["decided_by"]) == ("skin", "heart", "cy")
        assert relabelled["reason"] == "it's “relabel”"
        asked = "SELECT content->>'$.topic' AS topic FROM records WHERE row_index = 0 ORDER BY seq"
        assert [row["topic"] for row in store.query(asked)] == ["heart", "pregnancy", "heart"]
        (when,) = store.query("SELECT min(submitted_at)::VARCHAR AS first, max(reference) AS r FROM contributions")
        assert when == {"first": "2026-11-23 10:01:00", "r": "1"}


def test_counts_keep_unreadable_rows_in_the_denominator(tmp_path: Path) -> None:
    with fill(tmp_path).store() as store:
        counts = store.counts("questions")
        assert (counts.rows, counts.unreadable) == (10, 1)
        assert counts.verdicts == {"accept": 6, "reject": 2, "review": 1, "withdrawn": 1}
        weights = [1, 0.9, 0.9, 1, 0, 1, 0.9, 0.3]
        assert counts.weight_mean == pytest.approx(sum(weights) / len(weights))
        assert counts.novelty_mean == pytest.approx(7 / 8)
        empty = store.counts("answers")
        assert (empty.rows, empty.weight_mean) == (0, None)


def test_a_record_is_found_by_the_beginning_of_its_id(tmp_path: Path) -> None:
    ledger = fill(tmp_path)
    clinic = read_file(ledger.objects.get(ledger.submissions()[1].fact.file), "questions", "clinic")
    wanted = clinic.records[1]
    with ledger.store() as store:
        for length in (12, 32):
            found = store.record(wanted.id[:length])
            assert (found.record, found.line, found.text) == (wanted.id, 3, "Sugar of 15 after fasting")
        for prefix in ("abc", "", "zzzz", "%%%%", "____", "'; DROP TABLE records"):
            with pytest.raises(UsageError):
                store.record(prefix)


def test_an_ambiguous_beginning_names_the_candidates(tmp_path: Path) -> None:
    ledger = fill(tmp_path)
    ids = sorted(row.id for row in ledger.submit("many", [(f"q {n}", "heart") for n in range(1500)]).records)
    shared = next(one[:4] for one, other in pairwise(ids) if one[:4] == other[:4])
    with ledger.store() as store, pytest.raises(UsageError, match=f"several.*{shared}"):
        store.record(shared)


def test_following_step_by_step_gives_the_tables_of_a_rebuild(tmp_path: Path) -> None:
    ledger = fill(tmp_path)
    events = ledger.journal.read()
    lines = ledger.places.journal.read_bytes().splitlines(keepends=True)
    steps = Ledger(places=Places(state_dir=tmp_path / "steps"))
    steps.places.state_dir.mkdir()
    steps.places.objects.symlink_to(ledger.places.objects)
    with steps.store() as store:
        for event, line in zip(events, lines, strict=True):
            with steps.places.journal.open("ab") as journal:
                journal.write(line)
            assert store.follow() == 1
            assert store.position() == (event.seq, event.hash)
            assert store.fingerprints() == memory(steps)
        store.rebuild()
        rebuilt = store.fingerprints()
    assert rebuilt == memory(ledger)
    assert rebuilt["records"][0] == 10


def test_an_open_store_follows_and_needs_no_file_for_rows_at_hand(tmp_path: Path) -> None:
    ledger = fill(tmp_path)
    asked: list[str] = []

    def counted(submission: Submission, /) -> tuple[Row, ...]:
        asked.append(submission.fact.contributor)
        return tuple(ledger.read_rows(submission))

    with Store.open(ledger.places.store, ledger.journal, ledger.objects, counted) as store:
        assert asked == ["owner", "clinic", "copy-shop"]
        late = ledger.submit("late", [("Knees ache in rain", "heart")])
        assert store.follow({late.id: rows_of(late, ledger.card)}) == 1
        assert store.follow() == 0
        assert asked == ["owner", "clinic", "copy-shop"]
        assert store.record(late.records[0].id).text == "Knees ache in rain"
        assert store.fingerprints() == memory(ledger)
    later = ledger.submit("late", [("Elbows ache in rain", "heart")])
    at_hand = {later.id: rows_of(later, ledger.card)}
    with Store.open(ledger.places.store, ledger.journal, ledger.objects, counted, rows=at_hand) as store:
        assert store.record(later.records[0].id).text == "Elbows ache in rain"
    assert len(asked) == 3


def test_an_event_that_cannot_be_applied_leaves_the_store_where_it_was(tmp_path: Path) -> None:
    ledger = fill(tmp_path)
    with ledger.store() as store:
        before, position = store.fingerprints(), store.position()
        ledger.submit("late", [("Knees ache in rain", "heart")])
        ledger.objects.path(ledger.submissions()[-1].fact.findings).write_bytes(b"x")
        with pytest.raises(JournalBroken, match="damaged"):
            store.follow()
        assert (store.fingerprints(), store.position()) == (before, position)


def test_a_second_store_in_the_same_process_waits_for_the_first(tmp_path: Path) -> None:
    ledger = fill(tmp_path)
    with ledger.store() as store:
        with pytest.raises(StoreBusy):
            ledger.store()
        assert store.counts("questions").rows == 10
    with ledger.store() as store:
        assert store.counts("questions").rows == 10


def test_another_process_is_told_that_the_store_is_taken(tmp_path: Path) -> None:
    ledger = fill(tmp_path)
    ledger.store().close()
    holder = "import sys, duckdb; c = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", holder, str(ledger.places.store)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        with pytest.raises(StoreBusy, match="in use"):
            ledger.store()
        assert memory(ledger)["records"][0] == 10
        process.kill()
    with ledger.store() as store:
        assert store.counts("questions").rows == 10


def test_rows_of_an_unreadable_line_hold_nothing(tmp_path: Path) -> None:
    ledger = Ledger(places=Places(state_dir=tmp_path))
    rows = rows_of(ledger.submit("clinic", CLINIC), ledger.card)
    assert rows[1] == Row(record=None, index=1, line=2)
    assert (rows[0].text, rows[0].label) == (CLINIC[0][0] if CLINIC[0] else None, "pregnancy")
    assert rows[0].content == '{"text":"Can I swim while pregnant?","topic":"pregnancy"}'
    assert b"labelled-text" in CARD
