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
    root = small.copy_of(small.imported(folder, encoder_cache), folder / "worked")
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
    assert (found.problems, found.notes) == ((), ())
    assert found.records == 60 + 60 + 6 + 8 + 4
    assert found.references == 3


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


def test_a_changed_card_is_no_damage_and_a_missing_one_is_said(workspace: Workspace) -> None:
    card = workspace.root / "datanets" / "faq" / "datanet.yaml"
    card.write_text(card.read_text().replace("title: Questions", "title: Other questions"))
    workspace.refresh("faq")
    card.write_text(card.read_text() + "rules: [text]\n")
    found = recompute(workspace)
    # Cards are stored with what was judged by them, so an edited card changes nothing about the past.
    assert (found.problems, found.notes) == ((), ())
    assert (found.records, found.references) == (138, 4)

    card.unlink()
    assert [said for said in recompute(workspace).problems if "datanet.yaml" in said]
