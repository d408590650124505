"""Two verifiers, one from the documentation alone: both agree with what was done, and both notice every forgery."""

import importlib.util
import json
import random
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from curation.workspace import Word, Workspace
from tests import money_world, small
from tests.forging import Forgery, Json

SCRIPT = Path(__file__).parents[1] / "verify_payouts.py"


def _script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("verify_payouts", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


verifier = _script()


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory, encoder_cache: Path) -> Workspace:
    """Only for reading."""
    return money_world.made(tmp_path_factory.mktemp("money") / "ws", encoder_cache)


@pytest.fixture(scope="module")
def published(played: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Only for reading."""
    folder = tmp_path_factory.mktemp("published") / "export"
    played.export_public(folder)
    return folder


@pytest.fixture
def export(published: Path, tmp_path: Path) -> Path:
    return shutil.copytree(published, tmp_path / "export")


def forgery(workspace: Workspace) -> Forgery:
    objects = {name: workspace.objects.get(name) for name in workspace.objects.names()}
    return Forgery(workspace.places.journal.read_bytes(), objects)


def test_everything_that_moves_money_happened(played: Workspace) -> None:
    forged = forgery(played)
    kinds = {line["type"] for line in forged.lines}
    assert {"contents.committed", "record.doubted", "record.appealed", "record.withdrawn", "audits.drawn"} <= kinds
    moved = {move["what"] for line in forged.of("epoch.settled") for move in forged.told(line, "lines")[0]["moves"]}
    decided = [line for line in forged.of("record.decided") if line["body"].get("moves")]
    moved |= {move["what"] for line in decided for move in forged.told(line, "moves")[0]["moves"]}
    assert moved == {
        *("fee", "credit", "keep", "audit", "burn", "vest"),
        *("forfeit", "penalty", "reverse", "correct"),
    }
    partners = [row[5] for line in forged.of("model.trained") for row in forged.told(line, "records")]
    assert max(partners) >= 0


def test_every_case_of_the_page_happened(played: Workspace, published: Path) -> None:
    forged = forgery(played)
    epochs = [forged.told(line, "lines")[0] for line in forged.of("epoch.settled")]
    inspected = {
        row["record"]: row for line in forged.of("contribution.submitted") for row in forged.told(line, "result")
    }
    decided = {line["body"]["record"] for line in forged.of("record.decided")}
    paid = {one["record"]: one["weight"] for told in epochs for one in told["records"]}
    free = [record for record in paid if record not in decided]
    assert any(0 < paid[record] < inspected[record]["weight"] for record in free), "a rate below a weight"

    relabelled = forged.of("record.decided", decision="relabel")
    assert relabelled
    assert all("moves" not in line["body"] for line in relabelled)
    assert {line["body"]["record"] for line in forged.of("record.doubted")} & {
        line["body"]["record"] for line in relabelled
    }
    assert any(paid[line["body"]["record"]] == 0 for line in relabelled), "known by its wrong label"

    gone = {line["body"]["record"]: line["seq"] for line in forged.of("record.withdrawn")}
    vested = [(line["seq"], one) for line, told in zip(forged.of("epoch.settled"), epochs, strict=True)
              for one in told["moves"] if one["what"] == "vest"]  # fmt: skip
    assert any(one["record"] in gone and seq > gone[one["record"]] for seq, one in vested)

    bad = [line["body"]["record"] for line in forged.of("record.decided", decision="reject")]
    assert any(inspected[record]["verdict"] == "reject" for record in bad), "an audit of a copy counts for nobody"
    claims = json.loads((published / "claims.json").read_bytes())
    addresses = {one["value"][0].lower() for one in claims["values"]}
    assert {money_world.ADDRESSES["bea"], money_world.LATER_ADDRESS} <= addresses, "what vested stays where it went"


def test_both_agree_and_say_what_they_compared(
    played: Workspace, published: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head = json.loads((published / "journal.jsonl").read_bytes().splitlines()[9])["hash"]
    assert verifier.main([str(published), "--head", head]) == 0
    said = capsys.readouterr().out.splitlines()
    counts = {line[10:].removesuffix(" compared"): int(line[:8]) for line in said[:-1]}
    assert said[-1] == "all agrees"
    assert counts["journal lines"] == played.state().seq
    assert counts["hits"] == 114
    assert counts["known heads"] == 1
    assert min(counts.values()) > 0

    found = played.verify(head=head)
    assert found.problems == ()
    compared = {one.what: one.count for one in found.compared}
    assert compared["epochs recomputed"] == len(played.state().epochs) == 4
    assert compared["decisions recomputed"] == len(played.state().rulings)
    assert compared["draws recomputed"] == 4


def test_the_script_is_one_file_of_the_standard_library(published: Path) -> None:
    import ast
    import subprocess
    import sys

    text = SCRIPT.read_text(encoding="utf-8")
    assert text.count("\n") < 400
    tree = ast.parse(text)
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in imported} <= set(sys.stdlib_module_names)
    # -I: neither this folder nor what is installed; it has to run anywhere.
    done = subprocess.run([sys.executable, "-I", "-S", str(SCRIPT), str(published)], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


# What a forger changes who then hashes objects and chain anew: only computing it again can tell.
Forge = Callable[[Forgery], None]
FORGED: dict[str, Forge] = {}
UNSEEN_BY_VERIFY: set[str] = set()


def forge(function: Forge) -> Forge:
    FORGED[getattr(function, "__name__", "")] = function
    return function


def paid_records(forged: Forgery) -> set[str]:
    return {
        one["record"]
        for line in forged.of("epoch.settled")
        for one in forged.told(line, "lines")[0]["records"]
        if one["pay"] != "0"
    }


def result_line(forged: Forgery, record: str) -> tuple[Json, int]:
    for line in forged.of("contribution.submitted"):
        for place, told in enumerate(forged.told(line, "result")):
            if told["record"] == record:
                return line, place
    raise AssertionError(record)


def change_result(forged: Forgery, **values: object) -> None:
    line, place = result_line(forged, min(paid_records(forged)))

    def edit(rows: list[Any]) -> None:
        rows[place] |= values

    forged.rewrite(line, "result", edit)


@forge
def weight(forged: Forgery) -> None:
    change_result(forged, weight=777_777)


@forge
def verdict(forged: Forgery) -> None:
    change_result(forged, verdict="review")


@forge
def content(forged: Forgery) -> None:
    """The copies that cay submitted first are copies no more."""
    line = next(one for one in forged.of("contribution.submitted", contributor="cay"))

    def edit(rows: list[Any]) -> None:
        for place, row in enumerate(rows[:5]):
            row |= {"content": f"{place:064x}", "verdict": "accept"}

    forged.rewrite(line, "result", edit)


@forge
def record_id(forged: Forgery) -> None:
    change_result(forged, record="0" * 32)


@forge
def fee(forged: Forgery) -> None:
    forged.of("inference.served")[0]["body"]["fee"] = "1000000000000000001"


@forge
def attributed_amount(forged: Forgery) -> None:
    def edit(told: list[Any]) -> None:
        told[0]["rows"][0][1] += 1_000_000

    forged.rewrite(forged.of("inference.served")[1], "attribution", edit)


@forge
def attributed_row(forged: Forgery) -> None:
    def edit(told: list[Any]) -> None:
        told[0]["rows"][0][0], told[0]["rows"][1][0] = told[0]["rows"][1][0], told[0]["rows"][0][0]

    forged.rewrite(forged.of("inference.served")[1], "attribution", edit)


def change_epoch(forged: Forgery, change: Callable[[Json], None]) -> None:
    def edit(told: list[Any]) -> None:
        change(told[0])

    forged.rewrite(forged.of("epoch.settled")[1], "lines", edit)


def first(told: Json, what: str) -> Json:
    return next(one for one in told["moves"] if one["what"] == what)


@forge
def credited_amount(forged: Forgery) -> None:
    """One unit more, taken from the reserve, in moves, pay and sums alike."""

    def change(told: Json) -> None:
        credit, keep = first(told, "credit"), first(told, "keep")
        credit["units"], keep["units"] = str(int(credit["units"]) + 1), str(int(keep["units"]) - 1)
        one = next(one for one in told["records"] if one["record"] == credit["record"])
        one["pay"] = credit["units"]
        told["inferences"][0]["paid"] = str(int(told["inferences"][0]["paid"]) + 1)

    change_epoch(forged, change)


@forge
def credited_person(forged: Forgery) -> None:
    def change(told: Json) -> None:
        credit = first(told, "credit")
        credit["target"] = "escrow:eve" if credit["target"] != "escrow:eve" else "escrow:dan"

    change_epoch(forged, change)


@forge
def settled_weight(forged: Forgery) -> None:
    def change(told: Json) -> None:
        told["records"][0]["weight"] = 123_456

    change_epoch(forged, change)


@forge
def vested_too_early(forged: Forgery) -> None:
    def change(told: Json) -> None:
        credit = first(told, "credit")
        who = credit["target"].removeprefix("escrow:")
        told["moves"].append(credit | {"what": "vest", "source": credit["target"], "target": f"vested:{who}"})

    change_epoch(forged, change)


@forge
def not_vested(forged: Forgery) -> None:
    def change(told: Json) -> None:
        told["moves"].remove(first(told, "vest"))

    change_epoch(forged, change)


@forge
def moves_in_another_order(forged: Forgery) -> None:
    def change(told: Json) -> None:
        told["moves"][-1], told["moves"][-2] = told["moves"][-2], told["moves"][-1]

    change_epoch(forged, change)


@forge
def settled_through(forged: Forgery) -> None:
    line = forged.of("epoch.settled")[1]
    line["body"]["through"] -= 1

    def change(told: Json) -> None:
        told["through"] -= 1

    change_epoch(forged, change)


def change_draw(forged: Forgery, change: Callable[[Json], None]) -> None:
    def edit(told: list[Any]) -> None:
        change(told[0])

    forged.rewrite(forged.of("audits.drawn")[0], "hits", edit)


@forge
def hit_record(forged: Forgery) -> None:
    def change(told: Json) -> None:
        told["hits"][0]["record"] = next(
            one["record"] for one in told["records"] if one["record"] != told["hits"][0]["record"]
        )

    change_draw(forged, change)


@forge
def hit_offset(forged: Forgery) -> None:
    def change(told: Json) -> None:
        told["hits"][0]["offset"] = str(int(told["hits"][0]["offset"]) + 1)

    change_draw(forged, change)


@forge
def probability(forged: Forgery) -> None:
    def change(told: Json) -> None:
        told["records"][0]["probability"] -= 1

    change_draw(forged, change)


@forge
def beacon(forged: Forgery) -> None:
    forged.of("audits.drawn")[0]["body"]["beacon"] = "12" * 16


@forge
def commitment(forged: Forgery) -> None:
    forged.of("audits.drawn")[0]["body"]["commitment"] = "1" * 64


def paid_decision(forged: Forgery, decision: str) -> Json:
    """A decision that moved money."""
    return next(line for line in forged.of("record.decided", decision=decision) if line["body"].get("moves"))


@forge
def decision_turned(forged: Forgery) -> None:
    paid_decision(forged, "reject")["body"]["decision"] = "accept"


@forge
def decision_without_its_moves(forged: Forgery) -> None:
    del paid_decision(forged, "reject")["body"]["moves"]


@forge
def decision_moved_less(forged: Forgery) -> None:
    def edit(told: list[Any]) -> None:
        told[0]["moves"][0]["units"] = str(int(told[0]["moves"][0]["units"]) - 1)

    forged.rewrite(paid_decision(forged, "reject"), "moves", edit)


@forge
def decision_no_audit(forged: Forgery) -> None:
    del next(
        line
        for line in forged.of("record.decided", decision="reject")
        if line["body"].get("moves") and line["body"].get("drawn_ppm")
    )["body"]["drawn_ppm"]


@forge
def one_curator_alone(forged: Forgery) -> None:
    doubted = forged.of("record.doubted")[0]
    decided = next(line for line in forged.of("record.decided", record=doubted["body"]["record"], decision="reject"))
    decided["body"]["by"] = doubted["body"]["by"]


@forge
def nobody_doubted(forged: Forgery) -> None:
    """The first curator's word about another record, which nobody says anything more about."""
    forged.of("record.doubted")[0]["body"]["record"] = forged.of("record.appealed")[-1]["body"]["record"]


@forge
def relabelled_by_one_alone(forged: Forgery) -> None:
    relabelled = forged.of("record.decided", decision="relabel")[0]["body"]["record"]
    forged.lines.remove(forged.of("record.doubted", record=relabelled)[0])


@forge
def doubted_before_the_latest_word(forged: Forgery) -> None:
    """The first curator's word was about what another word settled since."""
    for doubt in forged.of("record.doubted"):
        at = forged.lines.index(doubt)
        said = [
            line for line in forged.of("record.decided", record=doubt["body"]["record"]) if line["seq"] < doubt["seq"]
        ]
        if said:
            forged.lines.pop(at)
            forged.lines.insert(forged.lines.index(said[-1]), doubt)
            return
    raise AssertionError("nobody doubted what was decided before")


def change_member(forged: Forgery, place: int, value: object) -> None:
    line = forged.of("model.trained", datanet="plots")[0]
    rows = {row[0] for row in forged.told(line, "records")} & paid_records(forged)

    def edit(told: list[Any]) -> None:
        next(row for row in told if row[0] in rows)[place] = value

    forged.rewrite(line, "records", edit)


@forge
def member_contributor(forged: Forgery) -> None:
    change_member(forged, 1, "eve")


@forge
def member_imported(forged: Forgery) -> None:
    def edit(told: list[Any]) -> None:
        for row in told:
            row[2] = False

    forged.rewrite(forged.of("model.trained", datanet="plots")[0], "records", edit)


@forge
def member_training(forged: Forgery) -> None:
    change_member(forged, 3, 0)


@forge
def member_novelty(forged: Forgery) -> None:
    change_member(forged, 4, 500_000)


@forge
def member_order(forged: Forgery) -> None:
    def edit(told: list[Any]) -> None:
        told[0], told[1] = told[1], told[0]

    forged.rewrite(forged.of("model.trained", datanet="plots")[0], "records", edit)


@forge
def terms_of_fees(forged: Forgery) -> None:
    def edit(told: list[Any]) -> None:
        told[0]["fees"] |= {"platform": 60_000, "data": 690_000}

    forged.rewrite(forged.of("model.trained")[0], "terms", edit)


@forge
def terms_of_vesting(forged: Forgery) -> None:
    def edit(told: list[Any]) -> None:
        told[0]["vest_audits"] = 0

    for line in forged.of("model.trained"):
        forged.rewrite(line, "terms", edit)


@forge
def terms_of_the_penalty(forged: Forgery) -> None:
    def edit(told: list[Any]) -> None:
        told[0]["penalty_payouts"] = 0

    for line in forged.of("model.trained"):
        forged.rewrite(line, "terms", edit)


@forge
def terms_of_the_prior(forged: Forgery) -> None:
    def edit(told: list[Any]) -> None:
        told[0]["prior_bad"] += 1_000_000

    for line in forged.of("model.trained"):
        forged.rewrite(line, "terms", edit)


@forge
def terms_of_burning(forged: Forgery) -> None:
    def edit(told: list[Any]) -> None:
        told[0]["burn_epochs"] = 0

    for line in forged.of("model.trained"):
        forged.rewrite(line, "terms", edit)


@forge
def relabelled_and_paid(forged: Forgery) -> None:
    """The model that knows it by its wrong label would pay for it."""
    forged.of("record.decided", decision="relabel")[0]["body"]["decision"] = "accept"


@forge
def withdrawn_and_paid(forged: Forgery) -> None:
    forged.lines.remove(forged.of("record.withdrawn")[1])


@forge
def frame_of_a_draw(forged: Forgery) -> None:
    """Money that was drawn from before, where other money was not."""

    def edit(told: list[Any]) -> None:
        told[0]["epochs"] = [1]

    forged.rewrite(forged.of("audits.drawn")[1], "hits", edit)


@forge
def drawn_again_while_a_record_waits(forged: Forgery) -> None:
    last = forged.lines.index(forged.of("audits.drawn")[-1])
    while forged.lines[last - 1]["type"] != "audits.drawn":
        forged.lines.pop(last - 1)
        last -= 1


@forge
def order_of_lines(forged: Forgery) -> None:
    at = forged.lines.index(forged.of("inference.served")[0])
    forged.lines[at], forged.lines[at + 1] = forged.lines[at + 1], forged.lines[at]


@forge
def dropped_inference(forged: Forgery) -> None:
    forged.lines.remove(forged.of("inference.served")[0])


@forge
def dropped_decision(forged: Forgery) -> None:
    forged.lines.remove(paid_decision(forged, "reject"))


@forge
def dropped_audit(forged: Forgery) -> None:
    forged.lines.remove(next(line for line in forged.of("record.decided") if line["body"].get("drawn_ppm")))


@forge
def place_without_a_commitment(forged: Forgery) -> None:
    """Cay is given an earlier place than bea's commitment."""
    forged.of("contribution.submitted", contributor="cay")[0]["body"]["committed"] = 1


@pytest.mark.parametrize("name", FORGED)
def test_both_notice_what_only_computing_again_can_tell(
    name: str, played: Workspace, export: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    forged = forgery(played)
    FORGED[name](forged)
    forged.into_export(export)
    assert verifier.main([str(export)]) == 1
    said = capsys.readouterr().out
    assert "DIFFERS   line " in said
    assert "journal lines:" not in said, "the forged chain itself is whole"

    root = small.copy_of(played.root, tmp_path / "ws")
    forged.into_workspace(root)
    problems = Workspace(root).verify().problems
    assert problems != ()
    assert not any("does not follow" in one or "hash" in one for one in problems)


def test_an_address_that_was_exchanged_moves_the_claims(
    played: Workspace, export: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    forged = forgery(played)
    forged.of("contributor.registered", address=money_world.ADDRESSES["bea"])[0]["body"]["address"] = "0x" + "1" * 40
    forged.into_export(export)
    assert verifier.main([str(export)]) == 1
    said = capsys.readouterr().out
    assert "DIFFERS   claims.json" in said


@pytest.mark.parametrize("units", ["9" * 4000, "9" * 5000, "-1", "1e9", "", "0x10"])
def test_a_fee_beyond_all_sums_keeps_nobody_waiting(
    units: str, played: Workspace, export: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    forged = forgery(played)
    forged.of("inference.served")[0]["body"]["fee"] = units
    forged.into_export(export)
    assert verifier.main([str(export)]) == 1
    assert "cannot be computed" in capsys.readouterr().out


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
    played: Workspace, export: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seeded = random.Random(8)  # noqa: S311 - chooses what to damage
    root = small.copy_of(played.root, tmp_path / "ws")
    public = seeded.sample(sorted((export / "objects").iterdir()), 6)
    pairs = [(path, root / ".curation" / "objects" / path.name[:2] / path.name) for path in public]
    for path, kept in [(export / "journal.jsonl", root / ".curation" / "journal.jsonl"), *pairs]:
        good = path.read_bytes()
        bad = bytearray(good)
        bad[seeded.randrange(len(bad) - 1)] ^= 1
        path.write_bytes(bad)
        kept.write_bytes(bad)
        assert verifier.main([str(export)]) == 1, path
        assert Workspace(root).verify().problems != (), path
        path.write_bytes(good)
        kept.write_bytes(good)
    capsys.readouterr()
    assert verifier.main([str(export)]) == 0
    assert Workspace(root).verify().problems == ()


def test_an_object_under_another_name_is_missed(export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = max((export / "objects").iterdir(), key=lambda one: one.stat().st_size)
    data = path.read_bytes() + b"\n"
    path.unlink()
    (export / "objects" / sha256(data).hexdigest()).write_bytes(data)
    assert verifier.main([str(export)]) == 1
    assert "cannot be computed" in capsys.readouterr().out


def test_dropped_and_exchanged_lines_break_the_chain(
    played: Workspace, export: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = small.copy_of(played.root, tmp_path / "ws")
    lines = (export / "journal.jsonl").read_bytes().splitlines(keepends=True)
    for at in (0, 20, len(lines) - 2):
        for changed in (lines[:at] + lines[at + 1 :], [*lines[:at], lines[at + 1], lines[at], *lines[at + 2 :]]):
            (export / "journal.jsonl").write_bytes(b"".join(changed))
            (root / ".curation" / "journal.jsonl").write_bytes(b"".join(changed))
            assert verifier.main([str(export)]) == 1
            assert "journal lines: " in capsys.readouterr().out
            assert Workspace(root).verify().problems != ()


def test_only_a_known_head_tells_that_the_end_was_cut(
    played: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = small.copy_of(played.root, tmp_path / "ws")
    journal = root / ".curation" / "journal.jsonl"
    journal.write_bytes(b"".join(journal.read_bytes().splitlines(keepends=True)[:-3]))
    (root / ".curation" / "store.duckdb").unlink()
    cut = Workspace(root)
    cut.export_public(tmp_path / "cut")
    assert verifier.main([str(tmp_path / "cut")]) == 0
    assert cut.verify().problems == ()
    head = played.state().head
    assert verifier.main([str(tmp_path / "cut"), "--head", head]) == 1
    assert "known heads" in capsys.readouterr().out
    assert any("known head" in one for one in cut.verify(head=head).problems)


@pytest.mark.parametrize("bytes_", [b"[" * 100_000, b"{}", b"\xff", b"1e999", b"NaN", b"", b"9" * 5000])
def test_hostile_objects_are_differences_and_nothing_worse(
    bytes_: bytes, played: Workspace, export: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for kind, key in (("contribution.submitted", "result"), ("epoch.settled", "lines"), ("audits.drawn", "hits")):
        forged = forgery(played)
        name = sha256(bytes_).hexdigest()
        forged.of(kind)[0]["body"][key] = name
        forged.changed[name] = bytes_
        forged.into_export(export)
        assert verifier.main([str(export)]) == 1
        assert "Traceback" not in capsys.readouterr().out


def test_a_folder_that_is_no_export_cannot_be_used(tmp_path: Path) -> None:
    assert verifier.main([str(tmp_path)]) == 2
    assert verifier.main([str(tmp_path / "missing")]) == 2
    (tmp_path / "journal.jsonl").write_bytes(b"")
    assert verifier.main([str(tmp_path)]) == 2


@pytest.fixture(scope="module")
def paid_anew(played: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """One more epoch, so that there is money in escrow. Only for reading."""
    workspace = Workspace(small.copy_of(played.root, tmp_path_factory.mktemp("anew") / "ws"))
    money_world.ask(workspace, "now", 3)
    workspace.settle()
    return workspace


def paid_pair(workspace: Workspace) -> tuple[str, str]:
    """A record of bea's with money in escrow, and cay's copy of it."""
    forged = forgery(workspace)
    ids = {
        who: [row["record"] for row in forged.told(forged.of("contribution.submitted", contributor=who)[0], "result")]
        for who in ("bea", "cay")
    }
    escrow = {record for (record, _), lot in workspace.treasury().books().lots.items() if lot.escrow}
    return next((bea, cay) for bea, cay in zip(ids["bea"][2:5], ids["cay"][2:5], strict=True) if bea in escrow)


# Who says what about the record (0) or its copy (1), one after the other; words joined by "+" are said in one go.
WORDS = {
    "a bad word said twice costs no more than a good one gives back": "0 bad, 0 bad, 0 good",
    "a good word about the copy, again and again, gives back once": "0 bad, 1 good, 1 good, 0 good",
    "words in one go follow each other": "0 bad + 0 good, 0 bad + 1 good",
    "both are called bad and both come back": "0 bad, 1 bad, 0 good, 1 bad, 1 good",
}


@pytest.mark.parametrize("said", WORDS.values(), ids=WORDS)
def test_words_upon_words_take_and_give_back_the_same(said: str, paid_anew: Workspace, tmp_path: Path) -> None:
    workspace = Workspace(small.copy_of(paid_anew.root, tmp_path / "ws"))
    pair = paid_pair(workspace)

    def forfeited() -> dict[tuple[str, int], int]:
        return {payout: lot.forfeited for payout, lot in workspace.treasury().books().lots.items()}

    before = forfeited()
    for goes in said.split(", "):
        words = [
            Word(
                record=pair[int(one[0])],
                decision="reject" if one.endswith("bad") else "accept",
                reason="looked at",
                drawn_with=0.5,
            )
            for one in goes.split(" + ")
        ]
        if workspace.decide_all(words[:1], by="amina")[0].doubted or len(words) > 1:
            workspace.decide_all(words, by="bayo")
    assert forfeited() == before
    workspace.export_public(tmp_path / "export")
    assert verifier.main([str(tmp_path / "export")]) == 0
    assert workspace.verify().problems == ()
