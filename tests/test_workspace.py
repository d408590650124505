"""The verbs of a workspace: what they store, what they leave alone, and what follows from what people say."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from curation.errors import CurationError, EngineFailed, FileRefused, UsageError
from curation.ledger.lock import workspace_lock
from curation.verdict import Verdict
from curation.workspace import Workspace
from tests import small
from tests.small import records_of

# Checking and submitting


def test_check_changes_nothing_and_needs_no_lock(workspace: Workspace, tmp_path: Path) -> None:
    file = small.write_jsonl(tmp_path / "new.jsonl", small.honest())
    before = small.state_digest(workspace.root)
    with workspace_lock(workspace.places.state_dir):
        checked = workspace.check(file, "faq", "ann")
    assert checked.outcome.verdicts["accept"] == 9
    assert not checked.stored
    assert small.state_digest(workspace.root) == before


def test_check_needs_no_state_at_all(tmp_path: Path) -> None:
    (tmp_path / "datanets" / "plots").mkdir(parents=True)
    (tmp_path / "datanets" / "plots" / "datanet.yaml").write_text(small.PLOTS)
    checked = Workspace(tmp_path).check(small.write_jsonl(tmp_path / "new.jsonl", small.plots(5)), "plots")
    assert checked.outcome.verdicts["unchecked"] == 5
    assert checked.outcome.exit_code == 0
    assert not (tmp_path / ".curation").exists()


def test_submit_stores_what_check_says(workspace: Workspace, tmp_path: Path) -> None:
    file = small.write_jsonl(tmp_path / "new.jsonl", [*small.honest(3), '{"question": 1}'])
    checked = workspace.check(file, "faq", "ann")
    submitted = workspace.submit(file, "faq", "ann")
    assert submitted.checked is not None
    assert submitted.checked.inspection == checked.inspection
    assert submitted.exit_code == checked.outcome.exit_code == 1
    status = workspace.status("faq")[0]
    assert [(one["contributor"], one["row_count"], one["rejected"]) for one in status.contributions] == [
        ("owner", 60, 0),
        ("ann", 4, 1),
    ]
    assert status.counts.unreadable == 1
    assert "ann" in workspace.state().contributors
    assert workspace.verify().agrees


@pytest.mark.parametrize(("rows", "code"), [(3, 0), (4, 1)])
def test_a_repeated_submit_changes_nothing_and_exits_as_at_first(
    workspace: Workspace, tmp_path: Path, rows: int, code: int
) -> None:
    file = small.write_jsonl(tmp_path / "new.jsonl", [*small.honest(3), "not json"][:rows])
    first = workspace.submit(file, "faq", "ann")
    before = small.state_digest(workspace.root)
    again = Workspace(workspace.root).submit(file, "faq", "ann")
    assert (again.already, again.contribution, again.exit_code) == (True, first.contribution, code)
    assert again.first_at == first.first_at
    assert small.state_digest(workspace.root) == before


def test_the_same_bytes_by_another_contributor_are_copies(workspace: Workspace, tmp_path: Path) -> None:
    file = small.write_jsonl(tmp_path / "new.jsonl", small.honest(3))
    workspace.submit(file, "faq", "ann")
    second = workspace.submit(file, "faq", "bea")
    assert second.checked is not None
    assert {row.verdict for row in second.checked.inspection.rows} == {Verdict.REJECT}
    assert {row.novelty for row in second.checked.inspection.rows} == {0.0}


def test_nothing_is_stored_when_the_call_is_wrong(workspace: Workspace, tmp_path: Path) -> None:
    good = small.write_jsonl(tmp_path / "good.jsonl", small.honest(2))
    header = tmp_path / "header.csv"
    header.write_text("id,question,topic\n")
    empty = tmp_path / "empty.jsonl"
    empty.write_bytes(b"")
    folder = tmp_path / "folder.jsonl"
    folder.mkdir()
    wrong: list[tuple[type[CurationError], Callable[[], object]]] = [
        (UsageError, lambda: workspace.submit(tmp_path / "missing.jsonl", "faq", "ann")),
        (UsageError, lambda: workspace.submit(folder, "faq", "ann")),
        (UsageError, lambda: workspace.submit(good, "nobody", "ann")),
        (UsageError, lambda: workspace.submit(good, "../faq", "ann")),
        (UsageError, lambda: workspace.submit(good, "faq", "Ann <b>")),
        (FileRefused, lambda: workspace.submit(header, "faq", "ann")),
        (FileRefused, lambda: workspace.submit(empty, "faq", "ann")),
        (FileRefused, lambda: workspace.import_file(empty, "faq")),
        (UsageError, lambda: workspace.decide("ffff0000", "accept", by="amina", reason="x", label=None)),
        (UsageError, lambda: workspace.withdraw("ffff0000")),
        (UsageError, lambda: workspace.register("ann", name="A\u202enn")),
        (UsageError, lambda: workspace.register("ann", name="Ann", address="two words")),
        (UsageError, lambda: workspace.register("ann", address="0x52908400098527886E0F7030069857d2E4169EE7")),
        (UsageError, lambda: workspace.register("ann", name="")),
        (UsageError, lambda: workspace.register("ann", name="a" * 81)),
    ]
    before = small.state_digest(workspace.root)
    for error, call in wrong:
        with pytest.raises(error) as raised:
            call()
        assert raised.value.exit_code == 2
        assert str(tmp_path) not in str(raised.value)
    assert small.state_digest(workspace.root) == before


def test_a_store_that_cannot_follow_undoes_nothing(workspace: Workspace, tmp_path: Path) -> None:
    # The journal line is written by then: an exit code 2 would say that nothing was stored.
    workspace.places.store.unlink()
    (workspace.places.store / "in-the-way").mkdir(parents=True)
    submitted = workspace.submit(small.write_jsonl(tmp_path / "new.jsonl", small.honest(2)), "faq", "ann")
    assert submitted.exit_code == 0
    assert len(workspace.state().of_datanet("faq")) == 2
    shutil.rmtree(workspace.places.store)
    assert workspace.status("faq")[0].counts.rows == 62


def test_a_file_name_that_is_no_text_is_stored(workspace: Workspace, tmp_path: Path) -> None:
    file = small.write_jsonl(tmp_path / "b\udcffd.jsonl", small.honest(2))
    assert workspace.submit(file, "faq", "ann").exit_code == 0


def test_two_submit_at_once_while_others_check(workspace: Workspace, tmp_path: Path) -> None:
    files = [
        small.write_jsonl(tmp_path / f"{name}.jsonl", small.plots(7, first)) for name, first in (("a", 100), ("b", 200))
    ]
    command = [
        sys.executable,
        "-m",
        "curation.cli.main",
        "submit",
        "--workspace",
        str(workspace.root),
        "--datanet",
        "plots",
    ]
    probe = small.write_jsonl(tmp_path / "probe.jsonl", small.plots(3, 300))
    running = [
        subprocess.Popen([*command, str(file), "--contributor", file.stem * 3], cwd=small.ROOT, stdout=subprocess.PIPE)
        for file in files
    ]
    seen = []
    while any(one.poll() is None for one in running):
        seen.append(workspace.check(probe, "plots").earlier)
    for one in running:
        one.communicate()
    assert [one.returncode for one in running] == [0, 0]
    assert set(seen) <= {60, 67, 74}
    assert seen == sorted(seen)
    assert sorted(one.fact.contributor for one in workspace.state().of_datanet("plots")) == ["aaa", "bbb", "owner"]
    assert workspace.check(probe, "plots").earlier == 74
    assert workspace.verify().agrees


# Importing


def test_an_import_says_ordinary_verdicts_and_leaves_out_the_rejected(workspace: Workspace, tmp_path: Path) -> None:
    fresh, copied = small.honest(4), small.trusted()[:2]
    file = small.write_jsonl(tmp_path / "more.jsonl", [*fresh, *copied, "{"])
    imported = workspace.import_file(file, "faq")
    assert imported.exit_code == 0
    assert imported.checked is not None
    assert [row.verdict.value for row in imported.checked.inspection.rows] == ["accept"] * 4 + ["reject"] * 3
    assert len(imported.checked.evidence.reference) == 64
    assert workspace.refresh("faq")[1:] == (64, False)
    kept = workspace.root / "datanets" / "faq" / "trusted"
    assert sorted(path.name for path in kept.iterdir()) == ["more.jsonl", "trusted.jsonl"]


def test_a_table_imported_twice_with_new_categories_can_be_judged(workspace: Workspace, tmp_path: Path) -> None:
    # Each import has features, and so vectors, of its own length.
    rows = [{**row, "crop": f"crop-{number}"} for number, row in enumerate(small.plots(20, 400))]
    workspace.import_file(small.write_jsonl(tmp_path / "more.jsonl", rows), "plots")
    file = small.write_jsonl(tmp_path / "new.jsonl", small.plots(5, 500))
    first = workspace.check(file, "plots").inspection
    assert workspace.refresh("plots")[2] is False
    shutil.rmtree(next((workspace.places.state_dir / "index").iterdir()))
    assert Workspace(workspace.root).check(file, "plots").inspection == first


def test_an_import_cut_short_behind_its_line_is_completed_by_the_next(workspace: Workspace, tmp_path: Path) -> None:
    file = small.write_jsonl(tmp_path / "more.jsonl", small.honest(4))
    workspace.import_file(file, "faq")
    lines = workspace.places.journal.read_bytes().splitlines(keepends=True)
    assert b"reference.fitted" in lines[-1]
    workspace.places.journal.write_bytes(b"".join(lines[:-1]))
    cut = Workspace(workspace.root)
    assert cut.check(file, "faq").reference_members == 60
    assert cut.import_file(file, "faq").already
    assert cut.check(file, "faq").reference_members == 64
    assert cut.verify().agrees


def test_an_import_of_what_was_submitted_in_the_owners_name_is_refused(workspace: Workspace, tmp_path: Path) -> None:
    file = small.write_jsonl(tmp_path / "new.jsonl", small.honest(2))
    workspace.submit(file, "faq", "owner")
    with pytest.raises(UsageError, match="submitted under the owner's name"):
        workspace.import_file(file, "faq")


# What people say


def test_a_rebuilt_store_has_the_same_tables(workspace: Workspace, tmp_path: Path) -> None:
    (record, *_) = records_of(workspace, small.write_jsonl(tmp_path / "a.jsonl", small.honest(3)), "faq", "ann")
    workspace.submit(small.write_jsonl(tmp_path / "b.jsonl", [*small.honest(3), "{"]), "faq", "bea")
    workspace.decide(record, "reject", by="amina", reason="wrong", label=None)
    with workspace.store() as store:
        before = store.fingerprints()
    workspace.places.store.unlink()
    assert Workspace(workspace.root).rebuild() == before
    assert workspace.rebuild() == before
    assert before["records"][0] == 60 + 60 + 3 + 4


def test_the_index_is_a_cache(workspace: Workspace, tmp_path: Path) -> None:
    workspace.submit(small.write_jsonl(tmp_path / "a.jsonl", small.honest(6)), "faq", "ann")
    file = small.write_jsonl(tmp_path / "b.jsonl", [*small.honest(9)[4:], small.trusted()[0]])
    first = workspace.check(file, "faq")
    version = workspace.refresh("faq")
    shutil.rmtree(workspace.places.state_dir / "index")
    again = Workspace(workspace.root)
    second = again.check(file, "faq")
    assert second.earlier == first.earlier == 66
    for one, other in zip(first.inspection.rows, second.inspection.rows, strict=True):
        assert (one.verdict, one.findings) == (other.verdict, other.findings)
        assert one.weight == pytest.approx(other.weight, abs=1e-5)
        assert one.scores == pytest.approx(other.scores, abs=1e-5)
    assert again.refresh("faq") == version
    assert again.verify().agrees


def test_a_damaged_reference_fails_the_engine_until_it_is_made_anew(workspace: Workspace, tmp_path: Path) -> None:
    file = small.write_jsonl(tmp_path / "a.jsonl", small.honest(3))
    first = workspace.check(file, "faq").inspection
    folder = workspace.places.state_dir / "references" / "faq" / str(first.reference)
    (folder / "reference.safetensors").write_bytes(b"damaged")
    before = small.state_digest(workspace.root)
    with pytest.raises(EngineFailed, match="curate refresh"):
        workspace.submit(file, "faq", "ann")
    assert small.state_digest(workspace.root) == before
    assert [said for said in workspace.verify().problems if "reference.safetensors is missing or changed" in said]
    assert workspace.refresh("faq")[2] is False
    assert workspace.check(file, "faq").inspection == first
    assert workspace.verify().agrees


def test_times_come_from_the_clock_that_is_given(root: Path, tmp_path: Path) -> None:
    then = datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC)
    workspace = Workspace(root, clock=lambda: then)
    assert workspace.submit(small.write_jsonl(tmp_path / "a.jsonl", small.honest(1)), "faq", "ann").first_at == then


def test_the_journal_holds_no_text(workspace: Workspace, tmp_path: Path) -> None:
    (record,) = records_of(workspace, small.write_jsonl(tmp_path / "secret.jsonl", small.honest(1)), "faq", "ann")
    workspace.decide(record, "relabel", by="amina", reason="a long-winded reason", label="skin")
    journal = workspace.places.journal.read_text(encoding="utf-8")
    for text in ("secret.jsonl", "long-winded", "skin", *small.honest(1)[0]["question"].split()[:3]):
        assert text not in {word for line in journal.splitlines() for word in json.loads(line)["body"].values()}
        assert "long-winded" not in journal


# A record's weight is its own


def test_a_record_is_judged_alone_as_among_a_thousand_others(workspace: Workspace, tmp_path: Path) -> None:
    mine = [*small.honest(4)[1:], {**small.honest(1)[0], "topic": "teeth"}, small.trusted()[3]]
    nouns = ("tax", "bridge", "violin", "parliament", "satellite", "harbour", "bakery", "novel", "referee", "glacier")
    others = [
        {
            "id": f"o-{n}",
            "question": f"Who paid for {nouns[n % 10]} number {n} of {nouns[n // 100]} {n // 10}?",
            "topic": "skin",
        }
        for n in range(1000)
    ]
    alone = workspace.check(small.write_jsonl(tmp_path / "alone.jsonl", mine), "faq").inspection.rows
    crowd = [*others[:500], *mine, *others[500:]]
    among = workspace.check(small.write_jsonl(tmp_path / "among.jsonl", crowd), "faq").inspection.rows[500:505]
    assert [row.verdict.value for row in alone][3:] == ["review", "reject"]
    for one, other in zip(alone, among, strict=True):
        assert one.verdict == other.verdict
        assert one.weight == pytest.approx(other.weight, abs=0.001)
        assert one.novelty == pytest.approx(other.novelty, abs=0.001)


def test_a_workspace_is_found_upward(root: Path, tmp_path: Path) -> None:
    assert Workspace.find(root / "datanets" / "faq").root == root
    with pytest.raises(UsageError, match="no workspace here or above") as raised:
        Workspace.find(tmp_path)
    assert str(tmp_path) not in str(raised.value)
    with pytest.raises(UsageError, match="'faq' is no workspace"):
        Workspace(root / "datanets" / "faq")
