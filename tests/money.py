"""A workspace in which money flows: a table of fields without an encoder, two contributors, short delays.

Made once a session and copied; no encoder and no rules, so that every verb takes a moment.
"""

from pathlib import Path

from curation.rewards.amounts import OPEN_UNITS
from curation.serving import Question
from curation.workspace import Workspace
from tests import small

NAME = "soil"
CARD = """\
schema: curation.datanet/1
name: soil
title: Soil
licence: CC0-1.0
languages: [en]
task: table
fields:
  - {name: crop, role: feature, required: true}
  - {name: rain_mm, type: number, role: feature, required: true}
  - {name: yield_t_ha, type: number, role: feature, required: true}
policy: {reference_min: 20}
escrow: {vest_epochs: 1, vest_audits: 1, penalty_payouts: 2, import_audits: 1, burn_epochs: 2}
"""
FEE = OPEN_UNITS

_MADE: list[Path] = []


def template(folder: Path) -> Path:
    """Imported, ann's and bea's three fields submitted, a model trained; nothing asked yet. Only for copying."""
    if not _MADE:
        root = folder / "soil"
        (root / "datanets" / NAME).mkdir(parents=True)
        (root / "datanets" / NAME / "datanet.yaml").write_text(CARD, encoding="utf-8")
        workspace = Workspace(root)
        workspace.import_file(small.write_jsonl(root / "owned.jsonl", small.plots(24)), NAME)
        for contributor, first in (("ann", 100), ("bea", 110)):
            file = small.write_jsonl(root / f"{contributor}.jsonl", small.plots(3, first))
            workspace.submit(file, NAME, contributor)
        workspace.train(NAME)
        _MADE.append(root)
    return _MADE[0]


def records(workspace: Workspace, contributor: str) -> list[str]:
    """The records of a contributor, in the order submitted."""
    with workspace.store() as store:
        asked = "SELECT record FROM records WHERE contributor = ? ORDER BY seq, row_index"
        return [row["record"] for row in store.query(asked, [contributor])]


def asked(root: Path, *numbers: int) -> Path:
    """A file of questions about fields, the key naming the number."""
    rows = [{"key": f"q-{number}", **small.plots(1, number)[0]} for number in numbers]
    return small.write_jsonl(root / f"asked-{numbers[0]}-{len(numbers)}.jsonl", rows)


def questions(workspace: Workspace, *numbers: int) -> tuple[Question, ...]:
    return workspace.read_questions(asked(workspace.root, *numbers), NAME)
