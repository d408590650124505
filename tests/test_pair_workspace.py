"""A datanet of prompts and responses goes through every verb, with two vectors a record in one."""

import json
from pathlib import Path

import numpy as np
import pytest

from curation.datanet.canonical import digest
from curation.recompute import recompute
from curation.workspace import Workspace
from tests import advice
from tests.small import copy_of, records_of, write_jsonl

HONEST = [
    ("How often do roses want water?", "Water roses twice a week at the root, more often in pots."),
    ("How do I repair a leaking garden hose?", "Cut out the leaking piece of the hose and join both ends."),
    ("What helps against a blocked shower drain?", "Lift the sieve, pull out the hair and rinse the drain."),
]
WRONG = ("Why does my shower drip?", "Sow radishes in April, as deep as a fingernail, in loose soil.")


@pytest.fixture
def workspace(house_advice: Workspace, tmp_path: Path) -> Workspace:
    return Workspace(copy_of(house_advice.root, tmp_path / "ws"))


def submitted(workspace: Workspace, pairs: list[tuple[str, str]]) -> list[str]:
    file = write_jsonl(workspace.root / "new.jsonl", advice.rows(pairs))
    return records_of(workspace, file, "house-advice", "ada")


def test_what_does_not_belong_together_is_reviewed_and_the_rest_accepted(workspace: Workspace) -> None:
    file = write_jsonl(workspace.root / "new.jsonl", advice.rows([*HONEST, WRONG]))
    rows = workspace.check(file, "house-advice").inspection.rows
    assert [row.verdict for row in rows] == ["accept"] * 3 + ["review"]
    assert [row.evidence["label-noise"] < 0 for row in rows][-1]


def test_all_verbs_agree_with_what_is_computed_again(workspace: Workspace) -> None:
    first, *_, wrong = submitted(workspace, [*HONEST, WRONG])
    workspace.decide(wrong, "reject", by="amina", reason="answers something else", label=None)
    workspace.decide(first, "accept", by="amina", reason="a good answer", label=None)
    version, members, is_new = workspace.refresh("house-advice")
    assert (members, is_new) == (41, True)
    submitted(workspace, [("How deep do onions go?", "Plant onions so that their tips just stand out of the soil.")])
    before = workspace.rebuild()
    assert workspace.rebuild() == before
    assert workspace.verify().problems == ()
    found = recompute(workspace)
    assert found.problems == ()
    assert (found.records, found.references) == (45, 2)
    assert workspace.state().reference("house-advice") is not None
    assert workspace.shelf.reference("house-advice", version).pairs is not None


def test_a_lost_index_is_made_again_with_the_same_vectors(workspace: Workspace) -> None:
    (submission,) = workspace.state().contributions
    setting = workspace.setting("house-advice")
    kept = workspace.shelf.get(submission.fact.contribution, "house-advice", setting.encoder_key)
    assert kept is not None
    again = workspace.shelved(submission, setting)
    assert again.known.vectors.shape == (40, 2 * setting.encoder.dimensions)
    assert np.allclose(again.known.vectors, kept.known.vectors, atol=1e-5)
    assert again.known.response_starts == kept.known.response_starts


def test_an_index_with_other_columns_or_of_texts_in_one_piece_is_not_used(workspace: Workspace) -> None:
    (submission,) = workspace.state().contributions
    setting = workspace.setting("house-advice")
    asked = (submission.fact.contribution, "house-advice")
    assert workspace.shelf.get(*asked, setting.encoder_key) is not None
    assert workspace.shelf.get(*asked, setting.encoder.digest) is None
    folder = workspace.places.state_dir / "index" / submission.fact.contribution
    columns = json.loads((folder / "columns.json").read_bytes())
    del columns["columns"]["response_starts"]
    older = json.dumps(columns).encode()
    manifest = json.loads((folder / "manifest.json").read_bytes())
    (folder / "columns.json").write_bytes(older)
    (folder / "manifest.json").write_text(json.dumps(manifest | {"columns": digest(older)}), encoding="utf-8")
    assert workspace.shelf.get(*asked, setting.encoder_key) is None
