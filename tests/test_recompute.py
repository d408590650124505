"""`verify --recompute` notices what a careful forger would change: numbers with all digests put right, and caches."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load, save

from curation.datanet.canonical import digest
from curation.formats.verification import verification_document, verification_text
from curation.ledger.journal import Journal
from curation.recompute import recompute
from curation.workspace import Workspace
from tests import small


@dataclass(frozen=True)
class Worked:
    root: Path
    record: str


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory, encoder_cache: Path) -> Worked:
    """Both imports, three submissions, a relabelling, a refresh: something of everything."""
    folder = tmp_path_factory.mktemp("recompute")
    root = small.copy_of(small.imported(tmp_path_factory, encoder_cache), folder / "worked")
    workspace = Workspace(root)
    wrong = {**small.honest(1)[0], "topic": "teeth"}
    first = workspace.submit(small.write_jsonl(folder / "a.jsonl", [wrong, *small.honest(5)[1:], "{"]), "faq", "ann")
    workspace.submit(small.write_jsonl(folder / "p.jsonl", small.plots(8, 100)), "plots", "ann")
    assert first.checked is not None
    record = first.checked.inspection.rows[0].record
    assert record is not None
    workspace.decide(record, "relabel", by="amina", reason="about the heart", label="heart")
    workspace.refresh("faq")
    workspace.submit(small.write_jsonl(folder / "b.jsonl", small.honest(9)[5:]), "faq", "bea")
    return Worked(root, record)


@pytest.fixture
def workspace(worked: Worked, tmp_path: Path) -> Workspace:
    return Workspace(small.copy_of(worked.root, tmp_path / "ws"))


def forged(workspace: Workspace, change: Callable[[str, dict[str, Any], Workspace], None]) -> Workspace:
    """The workspace with `change(type, body)` made to its journal and the chain made whole again."""
    path = workspace.places.journal
    events = Journal(path).read()
    path.unlink()
    journal = Journal(path)
    for event in events:
        body = json.loads(json.dumps(event.body))
        change(event.type, body, workspace)
        journal.append(event.type, body, event.at)
    workspace.places.store.unlink()
    return Workspace(workspace.root)


def test_all_agrees_and_is_counted(workspace: Workspace) -> None:
    found = recompute(workspace)
    assert found.problems == ()
    assert found.records == found.records_all == 60 + 60 + 6 + 8 + 4
    assert found.references == found.references_all == 3
    said = list(verification_text(workspace.verify(), found))
    assert "138 of 138 records computed again" in said
    assert said[-1] == "all agrees"


def test_a_changed_weight_is_noticed_though_every_digest_fits(workspace: Workspace) -> None:
    def richer(kind: str, body: dict[str, Any], workspace: Workspace) -> None:
        if kind == "contribution.submitted" and body["contributor"] == "bea":
            lines = [json.loads(line) for line in workspace.objects.get(body["result"]).splitlines()]
            lines[2]["weight"] -= 5_000
            data = b"".join(json.dumps(line, sort_keys=True, separators=(",", ":")).encode() + b"\n" for line in lines)
            body["result"] = workspace.objects.put(data)

    tampered = forged(workspace, richer)
    assert tampered.verify().problems == ()
    problems = recompute(tampered).problems
    assert [said for said in problems if " line 3: weight 0." in said and " computed, 0." in said]
    assert all("contribution" in said for said in problems)


def test_a_changed_verdict_is_noticed_though_every_digest_fits(workspace: Workspace) -> None:
    def accepted(kind: str, body: dict[str, Any], workspace: Workspace) -> None:
        if kind == "contribution.submitted" and body["contributor"] == "ann" and body["datanet"] == "faq":
            data = workspace.objects.get(body["result"])
            assert data.count(b'"verdict":"review"') == 1
            body["result"] = workspace.objects.put(data.replace(b'"verdict":"review"', b'"verdict":"accept"'))

    problems = recompute(forged(workspace, accepted)).problems
    assert [said for said in problems if "line 1: verdict review computed, accept stored" in said]


def test_a_changed_object_is_noticed(workspace: Workspace) -> None:
    fact = workspace.state().contributions[-1].fact
    path = workspace.objects.path(fact.result)
    path.write_bytes(path.read_bytes().replace(b'"weight":9', b'"weight":8'))
    found = workspace.verify()
    assert [said for said in found.problems if said.startswith(f"the file {fact.result} is damaged")]
    assert not found.agrees


def test_a_changed_reference_file_is_noticed_in_every_version(workspace: Workspace) -> None:
    # The first version of faq is no longer current, but contributions were judged by it.
    for folder in sorted((workspace.places.state_dir / "references").glob("*/*")):
        path = folder / "reference.json"
        kept = path.read_bytes()
        path.write_bytes(kept.replace(b'"label_offset": ', b'"label_offset": 1'))
        if kept == path.read_bytes():
            path.write_bytes(kept + b" ")
        assert [said for said in workspace.verify().problems if folder.name[:12] in said and "reference.json" in said]
        path.write_bytes(kept)
    assert workspace.verify().agrees


def test_a_reference_that_its_records_do_not_give_is_noticed(workspace: Workspace) -> None:
    current = workspace.state().reference("faq")
    assert current is not None
    folder = workspace.places.state_dir / "references" / "faq" / current.version
    arrays = load((folder / "reference.safetensors").read_bytes())
    arrays["vectors"] = np.roll(arrays["vectors"], 1, axis=0)
    data = save(arrays)
    (folder / "reference.safetensors").write_bytes(data)
    described = json.loads((folder / "reference.json").read_bytes())
    (folder / "reference.json").write_text(json.dumps({**described, "arrays": digest(data)}))
    files = {path.name: digest(path.read_bytes()) for path in sorted(folder.iterdir())}

    def put_right(kind: str, body: dict[str, Any], workspace: Workspace) -> None:
        if kind == "reference.fitted" and body["version"] == current.version:
            manifest = json.loads(workspace.objects.get(body["manifest"]))
            body["manifest"] = workspace.objects.put(json.dumps({**manifest, "files": files}).encode())

    tampered = forged(workspace, put_right)
    assert tampered.verify().problems == ()
    assert [said for said in recompute(tampered).problems if "it is not what its records give" in said]


def test_a_reference_of_an_invented_version_is_noticed(workspace: Workspace) -> None:
    # What was judged by it agrees with it, so only fitting it again tells.
    current = workspace.state().reference("faq")
    assert current is not None
    invented = "0" * 32
    folder = workspace.places.state_dir / "references" / "faq" / current.version
    described = (folder / "reference.json").read_text(encoding="utf-8").replace(current.version, invented)
    folder = folder.rename(folder.with_name(invented))
    (folder / "reference.json").write_text(described, encoding="utf-8")
    files = {path.name: digest(path.read_bytes()) for path in sorted(folder.iterdir())}

    def renamed(kind: str, body: dict[str, Any], workspace: Workspace) -> None:
        if kind == "reference.fitted" and body["version"] == current.version:
            manifest = json.loads(workspace.objects.get(body["manifest"]))
            body["manifest"] = workspace.objects.put(json.dumps({**manifest, "files": files}).encode())
            body["version"] = invented
        if kind == "contribution.submitted" and body["reference"] == current.version:
            body["reference"] = invented

    tampered = forged(workspace, renamed)
    assert tampered.verify().problems == ()
    problems = recompute(tampered).problems
    assert problems == (f"reference {invented[:12]} of faq: it is not what its records give; run `curate refresh`",)


def test_a_changed_index_is_noticed(workspace: Workspace) -> None:
    fact = workspace.state().contributions[-1].fact
    folder = workspace.places.state_dir / "index" / fact.contribution
    columns = (folder / "columns.json").read_bytes().replace(b'["accept"', b'["reject"', 1)
    (folder / "columns.json").write_bytes(columns)
    manifest = json.loads((folder / "manifest.json").read_bytes())
    (folder / "manifest.json").write_text(json.dumps({**manifest, "columns": digest(columns)}))
    assert workspace.verify().agrees
    assert [said for said in recompute(workspace).problems if "holds other verdicts" in said]


def test_a_changed_or_deleted_card_switches_nothing_off(workspace: Workspace) -> None:
    card = workspace.root / "datanets" / "faq" / "datanet.yaml"
    card.write_text(card.read_text().replace("title: Questions", "title: Other questions"))
    workspace.refresh("faq")
    card.write_text(card.read_text() + "rules: [text]\n")
    found = recompute(workspace)
    # Cards are stored with what was judged by them, so an edited card changes nothing about the past.
    assert (found.problems, found.records, found.references) == ((), 138, 4)

    card.unlink()
    assert recompute(workspace) == found


def lighter(kind: str, body: dict[str, Any], workspace: Workspace) -> None:
    """What Ann's first record weighs is changed, with every digest put right."""
    if kind == "contribution.submitted" and body["contributor"] == "ann":
        lines = [json.loads(line) for line in workspace.objects.get(body["result"]).splitlines()]
        lines[0]["weight"] += 5_000
        body["result"] = workspace.objects.put(b"".join(json.dumps(line).encode() + b"\n" for line in lines))


def test_an_edited_rule_file_switches_nothing_off(tmp_path: Path, encoder_cache: Path) -> None:
    root = small.lay_out(tmp_path / "ruled", encoder_cache)
    card = root / "datanets" / "faq" / "datanet.yaml"
    card.write_text(card.read_text() + "rules: [text]\n")
    rules = root / "rules" / "text.yaml"
    rules.parent.mkdir()
    rules.write_bytes((small.ROOT / "rules" / "text.yaml").read_bytes())
    marked = {"question": "Is it normal that <b>my gums</b> feel sore?<br/>", "topic": "teeth"}
    ruled = Workspace(root)
    submitted = ruled.submit(small.write_jsonl(tmp_path / "a.jsonl", [marked, *small.honest(2)]), "faq", "ann")
    assert submitted.checked is not None
    assert submitted.checked.inspection.rows[0].evidence["rules"] == -2.0

    rules.write_text(rules.read_text().replace("evidence: -2", "evidence: -3"))
    assert ruled.setting("faq").rules != submitted.checked.setting.rules
    found = recompute(Workspace(root))
    assert (found.problems, found.records, found.records_all) == ((), 3, 3)
    rules.write_text("no pack at all")
    assert recompute(Workspace(root)) == found

    tampered = forged(ruled, lighter)
    assert tampered.verify().agrees
    assert [said for said in recompute(tampered).problems if " line 1: weight 0." in said]


@pytest.mark.parametrize(
    ("stored", "said"),
    [
        (b"{}", "stored rules: file: "),
        (b"[" * 100_000, "stored rules: "),
        (b'[{"code":"a/b"}]', "stored rules: 0.type: "),
        (
            (
                b'[{"code":"a/b","type":"expect_table_row_count_to_equal","kwargs":"{}","severity":"info",'
                b'"evidence":"0.0","field":null}]'
            ),
            "it judges a whole column or table",
        ),
        (
            (
                b'[{"code":"a/b","type":"expect_column_values_to_be_null","kwargs":"[]","severity":"info",'
                b'"evidence":"0.0","field":null}]'
            ),
            "`kwargs` is no object",
        ),
        (
            (
                b'[{"code":"a/b","type":"expect_column_values_to_be_null","kwargs":"{\\"column\\":\\"id\\"}","severity":"info",'
                b'"evidence":"2.0","field":null}]'
            ),
            "stored rules: 0.evidence: ",
        ),
    ],
)
def test_rules_that_cannot_be_used_are_a_problem(workspace: Workspace, stored: bytes, said: str) -> None:
    def replaced(kind: str, body: dict[str, Any], workspace: Workspace) -> None:
        if kind == "contribution.submitted" and body["contributor"] == "bea":
            body["rules"] = workspace.objects.put(stored)

    tampered = forged(workspace, replaced)
    verified, found = tampered.verify(), recompute(tampered)
    assert verified.agrees
    assert (found.records, found.records_all, len(found.problems)) == (134, 138, 1)
    assert said in found.problems[0]
    document = verification_document(verified, found)
    assert document["agrees"] is False
    assert document["recomputed"]["records"] == 134


def test_a_result_with_other_rows_or_records_is_a_problem_and_stops_nothing(workspace: Workspace) -> None:
    def shortened(kind: str, body: dict[str, Any], workspace: Workspace) -> None:
        if kind == "contribution.submitted" and body["contributor"] == "bea":
            whole = workspace.objects.get(body["result"]).splitlines(keepends=True)
            body["result"] = workspace.objects.put(b"".join(whole[:-1]))
        if kind == "contribution.submitted" and body["datanet"] == "plots" and body["contributor"] == "ann":
            lines = [json.loads(line) for line in workspace.objects.get(body["result"]).splitlines()]
            lines[3]["record"] = None
            body["result"] = workspace.objects.put(b"".join(json.dumps(line).encode() + b"\n" for line in lines))

    found = recompute(forged(workspace, shortened))
    assert [said for said in found.problems if said.endswith("4 rows computed, 3 stored")]
    assert [said for said in found.problems if "line 4: record " in said and ", None in line 4 stored" in said]
    assert [said for said in found.problems if "the stored result says nothing of record" in said]
    assert (found.records, found.records_all) == (60 + 60 + 6, 138)


@pytest.mark.parametrize("stored", [b"[]", b"{", b'{"card":"x","files":{"reference.json":1}}'])
def test_a_manifest_that_names_nothing_is_a_problem(workspace: Workspace, stored: bytes) -> None:
    def replaced(kind: str, body: dict[str, Any], workspace: Workspace) -> None:
        if kind == "reference.fitted":
            body["manifest"] = workspace.objects.put(stored)

    tampered = forged(workspace, replaced)
    assert [said for said in tampered.verify().problems if "its manifest does not name a card and files" in said]
    assert [said for said in recompute(tampered).problems if "its manifest does not name a card and files" in said]
