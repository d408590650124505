import random
import shutil
from pathlib import Path

import pytest

from curation.ledger.duck import Duck
from curation.ledger.facts import ReferenceFitted
from curation.ledger.journal import GENESIS
from curation.ledger.places import Places
from curation.ledger.state import replay
from curation.ledger.verify import Verification, verify
from tests.ledger.ledger_sample import TABLES, Ledger, fill


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    ledger = fill(tmp_path_factory.mktemp("sample"))
    ledger.store().close()
    return ledger


@pytest.fixture
def ledger(sample: Ledger, tmp_path: Path) -> Ledger:
    state = tmp_path / "state"
    shutil.copytree(sample.places.state_dir, state)
    return Ledger(places=Places(state_dir=state))


def checked(ledger: Ledger, head: str | None = None) -> Verification:
    return verify(ledger.places.state_dir, ledger.read_rows, head=head)


def test_a_sound_ledger_agrees_and_says_what_was_compared(ledger: Ledger) -> None:
    found = checked(ledger)
    assert (found.problems, found.notes, found.agrees) == ((), (), True)
    counts = {one.what: one.count for one in found.compared}
    assert counts["journal lines"] == found.seq == len(ledger.journal.read())
    assert counts["contributions"] == 3
    assert counts["result lines"] == 10
    assert counts["decisions, withdrawals and disputes"] == 7
    assert counts["contributors registered"] == 2
    assert counts["store tables"] == len(TABLES)
    assert counts["files named by the journal"] == counts["files under their digest"]
    assert checked(ledger, head=found.head).agrees


def test_an_empty_place_agrees(tmp_path: Path) -> None:
    found = verify(tmp_path / "none", Ledger(places=Places(state_dir=tmp_path)).read_rows)
    assert (found.agrees, found.seq, found.head) == (True, 0, GENESIS)
    assert not (tmp_path / "none").exists()


def test_a_changed_byte_of_any_file_is_noticed(ledger: Ledger) -> None:
    seeded = random.Random(3)  # noqa: S311 - chooses what to damage
    files = [ledger.places.journal, *(ledger.objects.path(name) for name in ledger.objects.names())]
    for path in files:
        good = path.read_bytes()
        bad = bytearray(good)
        bad[seeded.randrange(len(bad))] ^= 1 << seeded.randrange(8)
        path.write_bytes(bad)
        assert not checked(ledger).agrees, path
        path.write_bytes(good)
    assert checked(ledger).agrees


def test_the_reason_of_a_decision_since_overruled_is_wanted_too(ledger: Ledger) -> None:
    overruled = replay(ledger.journal.read()).rulings[1]
    ledger.objects.path(overruled.fact.reason).unlink()
    (problem, *_) = checked(ledger).problems
    assert f"journal line {overruled.seq}" in problem


def test_a_public_name_is_an_object_that_is_wanted_and_read(ledger: Ledger) -> None:
    clinic = replay(ledger.journal.read()).contributors["clinic"]
    path = ledger.objects.path(clinic.fact.name)
    assert path.read_text(encoding="utf-8") == '{"name":"Klinik Çınar"}'
    assert "Klinik" not in ledger.places.journal.read_text(encoding="utf-8")
    path.unlink()
    assert (
        f"the name of contributor.registered in journal line {clinic.seq} ({clinic.fact.name}) is missing"
        in checked(ledger).problems
    )
    ledger.happened(clinic.fact.model_copy(update={"name": ledger.objects.put(b'{"name":""}')}))
    assert any("name file: name" in problem for problem in checked(ledger).problems)


def test_a_missing_file_is_named_by_what_it_was(ledger: Ledger) -> None:
    fact = ledger.submissions()[0].fact
    ledger.objects.path(fact.rules).unlink()
    assert any(f"{fact.rules}) is missing" in problem for problem in checked(ledger).problems)


def test_a_cut_journal_is_noticed_by_a_known_head_and_by_the_store(ledger: Ledger) -> None:
    head = checked(ledger).head
    lines = ledger.places.journal.read_bytes().splitlines(keepends=True)
    ledger.places.journal.write_bytes(b"".join(lines[:-1]))
    assert any("followed" in problem for problem in checked(ledger).problems)
    ledger.places.store.unlink()
    assert checked(ledger).agrees
    assert any("known head" in problem for problem in checked(ledger, head).problems)


def test_dropped_and_moved_lines_are_noticed(ledger: Ledger) -> None:
    lines = ledger.places.journal.read_bytes().splitlines(keepends=True)
    for changed in (lines[:2] + lines[3:], [*lines[:3], lines[4], lines[3], *lines[5:]]):
        ledger.places.journal.write_bytes(b"".join(changed))
        assert any("journal line" in problem for problem in checked(ledger).problems)


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("weights", "UPDATE weights SET weight_ppm = weight_ppm + 1 WHERE row_index = 0"),
        ("verdicts", "UPDATE verdicts SET verdict = 'accept' WHERE verdict = 'review'"),
        ("findings", "DELETE FROM findings WHERE finding = 0"),
        ("records", "INSERT INTO records SELECT * FROM records LIMIT 1"),
        ("contributors", "UPDATE contributors SET address = NULL"),
        ("scores", "DROP TABLE scores"),
    ],
)
def test_a_changed_table_is_named(ledger: Ledger, table: str, change: str) -> None:
    duck = Duck(ledger.places.store)
    duck.execute(change)
    duck.close()
    found = checked(ledger)
    assert len(found.problems) == 1
    assert f"table {table} differs" in found.problems[0]


def test_a_store_that_lags_is_compared_as_far_as_it_goes(ledger: Ledger) -> None:
    ledger.submit("late", [("Knees ache in rain", "heart")])
    found = checked(ledger)
    assert found.agrees
    assert any("lags" in note for note in found.notes)


def test_no_store_is_a_note_and_a_ruined_one_a_problem(ledger: Ledger) -> None:
    ledger.places.store.write_bytes(b"ruined" * 5000)
    assert any("cannot be opened" in problem for problem in checked(ledger).problems)
    ledger.places.store.unlink()
    found = checked(ledger)
    assert found.agrees
    assert any("no store" in note for note in found.notes)
    assert not ledger.places.store.exists()


def test_a_torn_write_and_unnamed_files_are_notes(ledger: Ledger) -> None:
    with ledger.places.journal.open("ab") as journal:
        journal.write(b'{"at":"2026')
    ledger.objects.put(b"nobody names me")
    found = checked(ledger)
    assert found.agrees
    assert len(found.notes) == 2


def test_what_points_nowhere_is_noticed(ledger: Ledger) -> None:
    ledger.withdraw("0" * 32)
    ledger.happened(ReferenceFitted(datanet="questions", version="2", members=1, manifest="0" * 64))
    problems = checked(ledger).problems
    assert any("no contribution has the record" in problem for problem in problems)
    assert any("manifest of reference.fitted in journal line" in problem for problem in problems)


def test_a_result_of_another_contribution_is_noticed(ledger: Ledger) -> None:
    one, two = ledger.submissions()[1:]
    swapped = one.fact.model_copy(update={"result": two.fact.result, "contribution": "0" * 32, "file": two.fact.file})
    ledger.happened(swapped)
    problems = checked(ledger).problems
    assert any("the contribution's id is not" in problem for problem in problems)
    assert any("names the record" in problem for problem in problems)
