"""A store that is missing, damaged, another's or left half-way by a killed process is built anew; nobody notices."""

import random
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from curation.datanet.canonical import digest
from curation.errors import JournalBroken
from curation.ledger.duck import Duck, DuckError
from curation.ledger.rows import Row
from curation.ledger.state import Submission
from curation.ledger.store import Store
from tests.ledger.ledger_sample import fill
from tests.ledger.rebuilt import memory

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
