"""A small real workspace, imported in a second: sixty medical questions without rule packs, and forty invented fields.

Without rules nothing starts Great Expectations, so that what is under test is the workspace and not the wait for it.
"""

import json
import shutil
from collections.abc import Iterable, Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from curation.workspace import Workspace
from tests.made_once import once

ROOT = Path(__file__).parents[1]
TOPICS = ("heart", "skin", "teeth")
MEMBERS_OF_EACH = 20

FAQ = """\
schema: curation.datanet/1
name: faq
title: Questions by topic
licence: CC-BY-4.0
languages: [en]
task: labelled-text
fields:
  - {name: id, role: id}
  - {name: question, role: text, required: true}
  - {name: topic, role: label, required: true, allowed: [heart, skin, teeth, feet]}
policy: {reference_min: 40}
"""

PLOTS = """\
schema: curation.datanet/1
name: plots
title: Plots
licence: CC0-1.0
languages: [en]
task: table
fields:
  - {name: crop, role: feature, required: true}
  - {name: rain_mm, type: number, role: feature, required: true}
  - {name: yield_t_ha, type: number, role: feature, required: true}
policy: {reference_min: 40}
"""

Row = Mapping[str, Any]


@cache
def questions() -> Mapping[str, tuple[dict[str, str], ...]]:
    """The trusted medical questions of each of the three topics, in file order."""
    path = ROOT / "datanets" / "medical-questions" / "trusted" / "records.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return {topic: tuple(row for row in rows if row["topic"] == topic) for topic in TOPICS}


def trusted() -> list[Row]:
    """The sixty questions that the owner imports."""
    return [row for topic in TOPICS for row in questions()[topic][:MEMBERS_OF_EACH]]


def honest(count: int = 9) -> list[Row]:
    """Questions that are not among the imported ones, rightly labelled, topics in turn; at most 30."""
    rest = [questions()[topic][MEMBERS_OF_EACH:] for topic in TOPICS]
    return [rest[number % 3][number // 3] for number in range(count)]


def plots(count: int, first: int = 0) -> list[Row]:
    """Invented fields of three crops; yield follows rain."""
    rows: list[Row] = []
    for number in range(first, first + count):
        rain = 300 + number * 37 % 400
        grown = ("maize", "rice", "wheat")[number % 3]
        rows.append({"crop": grown, "rain_mm": rain, "yield_t_ha": round(rain / 150 + number * 13 % 7 / 10, 2)})
    return rows


def write_jsonl(path: Path, rows: Iterable[object]) -> Path:
    """A JSON lines file; a text stands as it is."""
    lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    return path


def lay_out(root: Path, encoder_cache: Path) -> Path:
    """The two datanets in a new folder, nothing imported, the exported encoder shared."""
    for name, card in (("faq", FAQ), ("plots", PLOTS)):
        (root / "datanets" / name).mkdir(parents=True)
        (root / "datanets" / name / "datanet.yaml").write_text(card, encoding="utf-8")
    (root / ".curation").mkdir()
    (root / ".curation" / "cache").symlink_to(encoder_cache, target_is_directory=True)
    return root


def import_both(root: Path) -> Path:
    """Imports the trusted records of both datanets."""
    workspace = Workspace(root)
    workspace.import_file(write_jsonl(root / "trusted.jsonl", trusted()), "faq")
    workspace.import_file(write_jsonl(root / "plots.jsonl", plots(60)), "plots")
    return root


def copy_of(root: Path, to: Path) -> Path:
    """A copy to write into; the encoder stays shared."""
    return shutil.copytree(root, to, symlinks=True)


def state_digest(root: Path) -> str:
    """One digest of all that is under `.curation/` but the locks and the encoder's cache: names and bytes."""
    seen = sha256()
    state = root / ".curation"
    for path in sorted(state.rglob("*")):
        if path.is_file() and path.suffix != ".lock" and "cache" not in path.relative_to(state).parts:
            seen.update(f"{path.relative_to(state)}\n{sha256(path.read_bytes()).hexdigest()}\n".encode())
    return seen.hexdigest()


def imported(factory: pytest.TempPathFactory, encoder_cache: Path) -> Path:
    """The workspace with both imports, made once a test run. Only for copying."""
    return once(factory, "small", lambda root: import_both(lay_out(root, encoder_cache)))


def verdict_of(workspace: Workspace, record: str) -> tuple[str, str]:
    found = workspace.explain(record).record
    return found.verdict, found.why


def records_of(workspace: Workspace, file: Path, datanet: str, contributor: str) -> list[str]:
    submitted = workspace.submit(file, datanet, contributor)
    assert submitted.checked is not None
    return [row.record for row in submitted.checked.inspection.rows if row.record is not None]
