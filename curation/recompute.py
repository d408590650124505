"""Verification that trusts nothing stored: every weight computed again from the files and compared.

Floats differ in their last bits between machines, so weights are compared within a tolerance; verdicts and reference
versions exactly.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from curation.datanet.canonical import digest
from curation.datanet.card import read_card
from curation.errors import CurationError
from curation.evidence.evidence import Evidence
from curation.evidence.rule_packs import load_rules
from curation.ground import Ground, Setting, cross_fitted, evidence_on, read_past
from curation.inspection import Judged, inspect
from curation.ledger.results import ResultLine, read_result
from curation.ledger.state import Submission, replay
from curation.quality import MICRO
from curation.workspace import Workspace

TOLERANCE = 0.001


@dataclass(frozen=True, kw_only=True)
class Recomputed:
    """How many records were computed again, what differs, and what could not be compared and why."""

    records: int
    references: int
    problems: tuple[str, ...]
    notes: tuple[str, ...]


def recompute(workspace: Workspace) -> Recomputed:
    """Judges every stored contribution again as things stood when it was submitted, and compares."""
    records = references = 0
    problems: list[str] = []
    notes: list[str] = []
    events = workspace.journal.read()
    for submission in replay(events).contributions:
        fact = submission.fact
        name = f"contribution {fact.contribution[:12]}"
        setting = _setting_then(workspace, submission)
        if digest(setting.rules_bytes) != fact.rules:
            notes.append(f"{name}: the rules have changed since, not computed again")
            continue
        try:
            evidence = _evidence_then(workspace, submission, setting, submission.seq - 1)
        except CurationError as error:
            problems.append(f"{name}: {error}")
            continue
        inspection = inspect(evidence)
        references += fact.reference is not None
        if inspection.reference != fact.reference:
            problems.append(f"{name}: computed against reference {inspection.reference}, {fact.reference} is journalled")
        stored = read_result(workspace.objects.get(fact.result))
        records += len(stored)
        for line, row in zip(stored, inspection.rows, strict=True):
            problems += [f"{name} line {row.line}: {said}" for said in _differences(line, row)]
    return Recomputed(records=records, references=references, problems=tuple(problems), notes=tuple(notes))


def _setting_then(workspace: Workspace, submission: Submission) -> Setting:
    now = workspace.setting(submission.fact.datanet)
    card = workspace.objects.get(submission.fact.card)
    datanet = read_card(card, "stored card")
    return replace(now, datanet=datanet, card=card, rules=load_rules(datanet, workspace.rule_folders))


def _evidence_then(workspace: Workspace, submission: Submission, setting: Setting, seq: int) -> Evidence:
    """The evidence as it was after the journal's first `seq` events."""
    state = replay(workspace.journal.read()[:seq])
    contribution = workspace.stored_contribution(submission)
    current = state.reference(setting.datanet.name)
    ground = Ground(
        setting=setting,
        past=read_past(state, setting, workspace.shelf, workspace.shelved),
        reference=None if current is None else workspace.shelf.reference(setting.datanet.name, current.version),
    )
    if submission.fact.kind == "import":
        return cross_fitted(
            ground, contribution, beside=[ground.past.members(workspace.labels(state))], self_checked=False
        )
    return evidence_on(ground, contribution)


def _differences(line: ResultLine, row: Judged) -> Iterator[str]:
    if line.verdict != row.verdict.value:
        yield f"verdict {row.verdict.value} computed, {line.verdict} stored"
    for what, stored, computed in (("weight", line.weight, row.weight), ("novelty", line.novelty, row.novelty)):
        if (stored is None) != (computed is None):
            yield f"{what} {computed} computed, {stored} stored"
        elif stored is not None and computed is not None and abs(stored / MICRO - computed) > TOLERANCE:
            yield f"{what} {computed:.6f} computed, {stored / MICRO:.6f} stored"
