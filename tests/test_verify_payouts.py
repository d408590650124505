"""Two verifiers, ours and the outsider's two scripts: both agree with what was done, and notice changed bytes."""

import json
import random
import shutil
from hashlib import sha256
from pathlib import Path
from types import ModuleType

import pytest

from curation.workspace import Workspace
from tests import money_world, small
from tests.published import SCRIPTS, VERIFIERS, Played, noticed, verifier


@pytest.fixture
def export(played_money: Played, tmp_path: Path) -> Path:
    return shutil.copytree(played_money.export, tmp_path / "export")


def test_both_agree_and_say_what_they_compared(played_money: Played, capsys: pytest.CaptureFixture[str]) -> None:
    head = json.loads((played_money.export / "journal.jsonl").read_bytes().splitlines()[9])["hash"]
    assert verifier.main([str(played_money.export), "--head", head]) == 0
    sums = compared_of(capsys.readouterr().out, other="decisions")
    assert sums["journal lines"] == played_money.workspace.state().seq
    assert (sums["epochs"], sums["known heads"]) == (4, 1)
    assert min(sums.values()) > 0
    assert VERIFIERS["decisions"].main([str(played_money.export)]) == 0
    words = compared_of(capsys.readouterr().out, other="payouts")
    assert words["journal lines"] == sums["journal lines"]
    assert (words["draws"], words["hits"]) == (4, 114)
    assert words["decisions"] == len(played_money.workspace.state().rulings)
    assert min(words.values()) > 0

    found = played_money.workspace.verify(head=head)
    assert found.problems == ()
    compared = {one.what: one.count for one in found.compared}
    assert compared["epochs recomputed"] == len(played_money.workspace.state().epochs) == 4
    assert compared["decisions recomputed"] == len(played_money.workspace.state().rulings)
    assert compared["draws recomputed"] == 4


def compared_of(said: str, *, other: str) -> dict[str, int]:
    """How much of what a script says that it compared; it agrees, and names what the other one compares."""
    *lines, verdict = said.splitlines()
    assert verdict == "all agrees"
    assert any(line.startswith(f"By verify_{other}.py: ") for line in lines)
    ends = " compared"
    return {line[10:].removesuffix(ends): int(line[:8]) for line in lines if line.endswith(ends)}


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
def test_each_script_is_one_short_file_of_the_standard_library(script: Path, played_money: Played) -> None:
    import ast
    import subprocess
    import sys

    text = script.read_text(encoding="utf-8")
    assert text.count("\n") < 300
    tree = ast.parse(text)
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in imported} <= set(sys.stdlib_module_names)
    # -I: neither this folder nor what is installed; it has to run anywhere.
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(script), str(played_money.export)], capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_an_address_that_was_exchanged_moves_the_claims(
    played_money: Played, export: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    forged = played_money.forgery()
    forged.of("contributor.registered", address=money_world.ADDRESSES["bea"])[0]["body"]["address"] = "0x" + "1" * 40
    forged.into_export(export)
    assert verifier.main([str(export)]) == 1
    said = capsys.readouterr().out
    assert "DIFFERS   claims.json" in said


@pytest.mark.parametrize("units", ["9" * 4000, "9" * 5000, "-1", "1e9", "", "0x10"])
def test_a_fee_beyond_all_sums_keeps_nobody_waiting(
    units: str, played_money: Played, export: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    forged = played_money.forgery()
    forged.of("inference.served")[0]["body"]["fee"] = units
    forged.into_export(export)
    assert noticed(export) == {"payouts", "decisions"}
    assert "Traceback" not in capsys.readouterr().out


DOCUMENTS = ("export.json", "payouts.json", "leak.json", "claims.json")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_byte_of_the_documents_counts(name: str, export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    seeded = random.Random(7)  # noqa: S311 - chooses what to damage
    good = (export / name).read_bytes()
    for place in seeded.sample(range(len(good)), 8):
        bad = bytearray(good)
        bad[place] = ord("7") if bad[place] != ord("7") else ord("8")
        (export / name).write_bytes(bad)
        assert verifier.main([str(export)]) == 1
        assert f"DIFFERS   {name}" in capsys.readouterr().out
    (export / name).unlink()
    assert verifier.main([str(export)]) == (2 if name == "export.json" else 1)


def test_every_journal_line_and_object_is_held_by_its_digest(
    played_money: Played, export: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seeded = random.Random(8)  # noqa: S311 - chooses what to damage
    root = small.copy_of(played_money.workspace.root, tmp_path / "ws")
    public = seeded.sample(sorted((export / "objects").iterdir()), 6)
    pairs = [(path, root / ".curation" / "objects" / path.name[:2] / path.name) for path in public]
    for path, kept in [(export / "journal.jsonl", root / ".curation" / "journal.jsonl"), *pairs]:
        good = path.read_bytes()
        bad = bytearray(good)
        bad[seeded.randrange(len(bad) - 1)] ^= 1
        path.write_bytes(bad)
        kept.write_bytes(bad)
        assert noticed(export) == {"payouts", "decisions"}, path
        assert Workspace(root).verify().problems != (), path
        path.write_bytes(good)
        kept.write_bytes(good)
    capsys.readouterr()
    assert noticed(export) == set()
    assert Workspace(root).verify().problems == ()


def test_an_object_under_another_name_is_missed(export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = max((export / "objects").iterdir(), key=lambda one: one.stat().st_size)
    data = path.read_bytes() + b"\n"
    path.unlink()
    (export / "objects" / sha256(data).hexdigest()).write_bytes(data)
    assert noticed(export) == {"payouts", "decisions"}
    assert capsys.readouterr().out.count("cannot be computed") > 1


def test_dropped_and_exchanged_lines_break_the_chain(
    played_money: Played, export: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = small.copy_of(played_money.workspace.root, tmp_path / "ws")
    lines = (export / "journal.jsonl").read_bytes().splitlines(keepends=True)
    for at in (0, 20, len(lines) - 2):
        for changed in (lines[:at] + lines[at + 1 :], [*lines[:at], lines[at + 1], lines[at], *lines[at + 2 :]]):
            (export / "journal.jsonl").write_bytes(b"".join(changed))
            (root / ".curation" / "journal.jsonl").write_bytes(b"".join(changed))
            assert noticed(export) == {"payouts", "decisions"}
            assert "journal lines: " in capsys.readouterr().out
            assert Workspace(root).verify().problems != ()


def test_only_a_known_head_tells_that_the_end_was_cut(
    played_money: Played, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = small.copy_of(played_money.workspace.root, tmp_path / "ws")
    journal = root / ".curation" / "journal.jsonl"
    journal.write_bytes(b"".join(journal.read_bytes().splitlines(keepends=True)[:-3]))
    (root / ".curation" / "store.duckdb").unlink()
    cut = Workspace(root)
    cut.export_public(tmp_path / "cut")
    assert verifier.main([str(tmp_path / "cut")]) == 0
    assert cut.verify().problems == ()
    head = played_money.workspace.state().head
    assert verifier.main([str(tmp_path / "cut"), "--head", head]) == 1
    assert "known heads" in capsys.readouterr().out
    assert any("known head" in one for one in cut.verify(head=head).problems)


@pytest.mark.parametrize("bytes_", [b"[" * 100_000, b"{}", b"\xff", b"1e999", b"NaN", b"", b"9" * 5000])
def test_hostile_objects_are_differences_and_nothing_worse(
    bytes_: bytes, played_money: Played, export: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for kind, key in (("contribution.submitted", "result"), ("epoch.settled", "lines"), ("audits.drawn", "hits")):
        forged = played_money.forgery()
        name = sha256(bytes_).hexdigest()
        forged.of(kind)[0]["body"][key] = name
        forged.changed[name] = bytes_
        forged.into_export(export)
        assert noticed(export) == {"payouts", "decisions"}
        assert "Traceback" not in capsys.readouterr().out


@pytest.mark.parametrize("script", VERIFIERS.values(), ids=VERIFIERS)
def test_a_folder_that_is_no_export_cannot_be_used(script: ModuleType, tmp_path: Path) -> None:
    assert script.main([]) == 2
    assert script.main([str(tmp_path)]) == 2
    assert script.main([str(tmp_path / "missing")]) == 2
    (tmp_path / "journal.jsonl").write_bytes(b"")
    assert script.main([str(tmp_path)]) == 2
