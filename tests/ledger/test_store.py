import random
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest

from curation.datanet.canonical import digest
from curation.errors import JournalBroken, UsageError
from curation.ledger.duck import Duck, DuckError
from curation.ledger.places import Places
from curation.ledger.rows import Row, rows_of
from curation.ledger.state import Submission
from curation.ledger.store import Store, StoreBusy
from tests.ledger.ledger_sample import CARD, CLINIC, TABLES, Ledger, fill, read_file

SUBMITTER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from curation.ledger.places import Places
from tests.ledger.ledger_sample import Ledger
ledger = Ledger(places=Places(state_dir=Path(sys.argv[2])))
with ledger.store() as store:
    for number in range(1000):
        ledger.submit(f"killed-{sys.argv[3]}-{number}", [("How often to see the dentist?", "teeth")])
        store.follow()
        print("followed", flush=True)
"""


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


def memory(ledger: Ledger) -> dict[str, tuple[int, str]]:
    with Store.in_memory(ledger.journal, ledger.objects, ledger.read_rows) as store:
        return store.fingerprints()


def test_deleted_damaged_foreign_and_advanced_stores_are_built_anew(tmp_path: Path) -> None:
    ledger = fill(tmp_path)
    path = ledger.places.store
    with ledger.store() as store:
        wanted = store.fingerprints()
    good = path.read_bytes()

    def emptied() -> None:
        path.unlink()
        Duck(path).close()

    def advanced() -> None:
        duck = Duck(path)
        duck.execute("UPDATE meta SET seq = seq + 1")
        duck.close()

    def of_another_journal() -> None:
        duck = Duck(path)
        duck.execute("UPDATE meta SET head = ?", ["f" * 64])
        duck.close()

    def of_another_schema() -> None:
        duck = Duck(path)
        duck.execute("UPDATE meta SET schema_version = 'old'")
        duck.execute("DROP TABLE scores")
        duck.close()

    for spoil in (
        path.unlink,
        lambda: path.write_bytes(b""),
        lambda: path.write_bytes(b"not a database at all" * 500),
        lambda: path.write_bytes(good[:9000]),
        lambda: path.write_bytes(good[:20] + b"\xff" * 5000 + good[5020:]),
        emptied,
        advanced,
        of_another_journal,
        of_another_schema,
    ):
        path.write_bytes(good)
        spoil()
        with ledger.store() as store:
            assert store.fingerprints() == wanted
    assert sorted(one.name for one in tmp_path.glob("store*")) == ["store.duckdb", "store.duckdb.lock"]


def test_damage_that_shows_only_in_a_query_leads_to_a_rebuild(tmp_path: Path) -> None:
    ledger = fill(tmp_path)
    path = ledger.places.store
    ledger.submit("many", [(f"question {n} {digest(str(n).encode()) * 4}", "heart") for n in range(3000)])
    asked = "SELECT md5(string_agg(text, '|' ORDER BY seq, row_index)) AS m FROM records"
    with ledger.store() as store:
        wanted = store.query(asked)
    good = path.read_bytes()
    late = 0
    for start in range(20_000, len(good), 262_144):  # one place in each block
        path.write_bytes(good[:start] + b"\xaa" * 64 + good[start + 64 :])
        late += is_found_late(path, asked)
        with ledger.store() as store:
            assert store.query(asked) == wanted
    assert late


def is_found_late(path: Path, asked: str) -> bool:
    """Whether the file opens all the same and fails only when it is asked."""
    try:
        with closing(Duck(path)) as duck:
            duck.rows("SELECT seq FROM meta")
            with pytest.raises(DuckError):
                duck.ask(asked)
            return True
    except (DuckError, pytest.fail.Exception):
        return False


def test_a_half_built_store_of_a_killed_process_is_swept_away(tmp_path: Path) -> None:
    ledger = fill(tmp_path)
    stray = tmp_path / "store.duckdb.new-1"
    stray.write_bytes(b"half")
    with ledger.store() as store:
        assert store.counts("questions").rows == 10
    assert not stray.exists()


def test_a_store_cannot_be_built_from_damaged_or_other_files(tmp_path: Path) -> None:
    ledger = fill(tmp_path)
    fact = ledger.submissions()[1].fact

    def other_rows(submission: Submission, /) -> tuple[Row, ...]:
        return tuple(ledger.read_rows(submission))[:-1]

    with pytest.raises(JournalBroken, match="reads as other rows"):
        Store.open(ledger.places.store, ledger.journal, ledger.objects, other_rows)
    ledger.objects.path(fact.result).unlink()
    with pytest.raises(JournalBroken, match="missing"):
        ledger.store()
    assert not ledger.places.store.exists()


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


def test_a_store_killed_while_it_follows_is_whole_again(tmp_path: Path) -> None:
    ledger = fill(tmp_path)
    seeded = random.Random(5)  # noqa: S311 - chooses when to kill
    for turn in range(3):
        command = [sys.executable, "-c", SUBMITTER, str(Path(__file__).parent), str(tmp_path), str(turn)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "followed\n"
            time.sleep(seeded.random() * 0.2)
            process.kill()
        with ledger.store() as store:
            assert store.fingerprints() == memory(ledger)
            assert store.counts("questions").rows > 10 + turn


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


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM records",
        "SELECT 1; DROP TABLE records",
        "COPY records TO 'out.csv'",
        "SET memory_limit = '9GB'",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "INSTALL httpfs",
        "ATTACH 'other.duckdb'",
        "SELECT nothing FROM records",
        "EXPLAIN ANALYZE DELETE FROM records",
        "SELEC",
        "",
    ],
)
def test_a_query_only_reads_and_only_this(tmp_path: Path, sql: str) -> None:
    with fill(tmp_path).store() as store:
        before = store.fingerprints()
        with pytest.raises(UsageError):
            store.query(sql)
        assert store.fingerprints() == before


# Each is one SELECT, so it is the database itself that has to refuse: no file is read, none written, nothing reached.
REACHING_OUT = (
    "SELECT * FROM read_csv('{file}')",
    "SELECT * FROM read_csv_auto(['{file}', '{file}'])",
    "SELECT * FROM read_text('{file}')",
    "SELECT * FROM read_blob('{file}')",
    "SELECT * FROM read_json('{file}')",
    "SELECT * FROM read_json_objects('{file}')",
    "SELECT * FROM read_ndjson_auto('{file}')",
    "SELECT * FROM read_parquet('{file}')",
    "SELECT * FROM parquet_metadata('{file}')",
    "SELECT * FROM parquet_schema('{file}')",
    "SELECT * FROM sniff_csv('{file}')",
    "SELECT * FROM glob('{folder}/*')",
    "SELECT * FROM '{file}'",
    "SELECT * FROM read_csv('http://127.0.0.1:9/a.csv')",
    "SELECT * FROM 'https://127.0.0.1:9/a.parquet'",
    "SELECT * FROM read_parquet('s3://bucket/a.parquet')",
    "SELECT * FROM sqlite_scan('{file}', 'a')",
    "SELECT * FROM postgres_scan('host=127.0.0.1', 'public', 'a')",
    "SELECT * FROM st_read('{file}')",
    "SELECT * FROM query('SELECT * FROM read_text(''{file}'')')",
    "SELECT * FROM query_table('{file}')",
    "SELECT * FROM records WHERE text IN (SELECT content FROM read_text('{file}'))",
    "SELECT (SELECT max(content) FROM read_text('{file}'))",
    "SELECT getenv('HOME')",
    "FROM duckdb_secrets() SELECT 1/0 FROM read_text('{file}')",
)
ORDERS = (
    "COPY (SELECT 1) TO '{folder}/out.csv'",
    "COPY records FROM '{file}'",
    "EXPORT DATABASE '{folder}/out'",
    "IMPORT DATABASE '{folder}'",
    "ATTACH '{folder}/other.duckdb'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "LOAD '{file}'",
    "CREATE SECRET (TYPE s3, KEY_ID 'a', SECRET 'b')",
    "CREATE TABLE a AS SELECT * FROM read_text('{file}')",
    "SET enable_external_access = true",
    "RESET lock_configuration",
    "PRAGMA enable_logging",
    "CALL enable_profiling()",
    "PREPARE a AS SELECT * FROM read_text('{file}')",
    "VACUUM",
    "CHECKPOINT",
    "PIVOT records ON label USING count(*)",
)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with fill(tmp_path_factory.mktemp("filled")).store() as store:
        yield store


@pytest.mark.parametrize("sql", [*REACHING_OUT, *ORDERS])
def test_no_file_is_reached_and_no_network(
    tmp_path: Path, sql: str, filled: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "beside"
    folder.mkdir()
    file = folder / "secret.txt"
    file.write_text("a secret word\n")
    monkeypatch.setenv("HOME", "/home/secret")
    with pytest.raises(UsageError) as told:
        filled.query(sql.format(file=file, folder=folder))
    assert "secret word" not in str(told.value)
    assert "/home/secret" not in str(told.value)
    assert filled.counts("questions").rows > 0
    assert [path.name for path in folder.iterdir()] == ["secret.txt"]


def test_a_query_takes_parameters_and_hostile_text_stays_text(tmp_path: Path) -> None:
    ledger = fill(tmp_path)
    said = "Robert'); DROP TABLE records;-- \u202e <script> \U0001f600 =HYPERLINK()"
    ledger.submit("bobby", [(said, "heart")])
    with ledger.store() as store:
        (row,) = store.query("SELECT text FROM records WHERE text = ?", [said])
        assert row == {"text": said}


def test_rows_of_an_unreadable_line_hold_nothing(tmp_path: Path) -> None:
    ledger = Ledger(places=Places(state_dir=tmp_path))
    rows = rows_of(ledger.submit("clinic", CLINIC), ledger.card)
    assert rows[1] == Row(record=None, index=1, line=2)
    assert (rows[0].text, rows[0].label) == (CLINIC[0][0] if CLINIC[0] else None, "pregnancy")
    assert rows[0].content == '{"text":"Can I swim while pregnant?","topic":"pregnancy"}'
    assert b"labelled-text" in CARD


def test_the_page_of_queries_runs(tmp_path: Path) -> None:
    page = Path(__file__).parents[2] / "docs" / "sql.md"
    queries = re.findall(r"```sql\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    assert len(queries) >= 10
    with fill(tmp_path).store() as store:
        for query in queries:
            assert store.query(query), query
