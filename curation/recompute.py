"""Verification that trusts nothing stored: every weight, vector and reference computed again and compared.

Cards and rules are those stored with each contribution, so that an edited or deleted file of today's switches nothing
off: whatever cannot be computed again is a problem. Floats differ in their last bits between machines, so numbers are
compared within a tolerance; verdicts, records and versions exactly.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from curation.errors import CurationError
from curation.evidence.evidence import Evidence
from curation.evidence.known import Known
from curation.evidence.reference import Reference
from curation.evidence.stored_rules import read_rules
from curation.ground import cross_fitted, evidence_on, refitted
from curation.inspection import Judged, inspect
from curation.ledger.facts import ReferenceFitted
from curation.ledger.money_facts import ModelTrained
from curation.ledger.money_files import MemberLine, TermsFile, read_members
from curation.ledger.results import ResultLine, read_result
from curation.ledger.state import Entry, State, Submission, replay
from curation.novelty_now import standings_now
from curation.opened import Opened, inspected_of
from curation.past import read_past
from curation.quality import MICRO, Audited
from curation.rewards.membership import members_of
from curation.rewards.terms import terms_of
from curation.setting import Setting

TOLERANCE = 0.001


@dataclass(frozen=True, kw_only=True)
class Recomputed:
    """How many records, references and models' record sets were computed again, of how many, and what differs."""

    records: int
    records_all: int
    references: int
    references_all: int
    models: int
    models_all: int
    problems: tuple[str, ...]


class _Findings:
    """What a verification has collected so far."""

    def __init__(self) -> None:
        self.records = 0
        self.references = 0
        self.models = 0
        self.problems: list[str] = []

    def attempt(self, name: str, work: Callable[[], None]) -> None:
        """Does one piece of the work; what stops it is a problem, and the other pieces are still done."""
        try:
            work()
        except CurationError as error:
            self.problems.append(f"{name}: {error}")
        except (ValueError, LookupError, TypeError, ArithmeticError, AttributeError, AssertionError) as error:
            # A file that fits its digest may still hold anything; whatever breaks on it has not been verified.
            self.problems.append(f"{name}: cannot be computed again from what is stored ({type(error).__name__})")


def recompute(workspace: Opened) -> Recomputed:
    """Judges every stored contribution, and fits every reference, again as things stood at the time, and compares."""
    found = _Findings()
    state = workspace.state()
    imported: dict[tuple[str, str], Reference] = {}
    for submission in state.contributions:
        name = f"contribution {submission.fact.contribution[:12]}"
        found.attempt(name, partial(_judge_again, workspace, submission, name, found, imported))
    for entry in state.fitted:
        name = f"reference {entry.fact.version[:12]} of {entry.fact.datanet}"
        found.attempt(name, partial(_fit_again, workspace, entry, name, found, imported))
    for trained in state.models:
        name = f"model {trained.fact.model[:12]} of {trained.fact.datanet}"
        found.attempt(name, partial(_freeze_again, workspace, trained, name, found))
    return Recomputed(
        records=found.records,
        records_all=sum(submission.fact.records for submission in state.contributions),
        references=found.references,
        references_all=len(state.fitted),
        models=found.models,
        models_all=len(state.models),
        problems=tuple(found.problems),
    )


def _judge_again(
    workspace: Opened,
    submission: Submission,
    name: str,
    found: _Findings,
    imported: dict[tuple[str, str], Reference],
) -> None:
    fact = submission.fact
    setting = workspace.setting_then(workspace.objects.get(fact.card), read_rules(workspace.objects.get(fact.rules)))
    evidence, audited = _evidence_then(workspace, submission, setting)
    inspection = inspect(evidence, audited)
    if inspection.reference != fact.reference:
        found.problems.append(
            f"{name}: computed against reference {inspection.reference}, {fact.reference} is journalled"
        )
    stored = read_result(workspace.objects.get(fact.result))
    if len(stored) != len(inspection.rows):
        found.problems.append(f"{name}: {len(inspection.rows)} rows computed, {len(stored)} stored")
        return
    for line, row in zip(stored, inspection.rows, strict=True):
        found.problems += [f"{name} line {row.line}: {said}" for said in _differences(line, row)]
    kept = workspace.shelf.get(fact.contribution, fact.datanet, setting.encoder_key)
    if kept is not None:
        if kept.inspected != inspected_of(stored, evidence.subjects, fact.datanet):
            found.problems.append(f"{name}: its folder under index/ holds other verdicts; delete it")
        if not _alike(kept.known, evidence.subjects):
            found.problems.append(f"{name}: its folder under index/ holds other records or vectors; delete it")
    if fact.kind == "import":
        imported[fact.datanet, evidence.reference.version] = evidence.reference
    found.records += len(stored)


def _state_before(workspace: Opened, seq: int) -> State:
    return replay(workspace.journal.read()[: seq - 1])


def _evidence_then(workspace: Opened, submission: Submission, setting: Setting) -> tuple[Evidence, Audited]:
    """The evidence, and the contributor's audits, as they were before the submission's journal line."""
    state = _state_before(workspace, submission.seq)
    contribution = workspace.stored_contribution(submission)
    ground = replace(workspace.ground(setting, state), place=submission.fact.committed)
    audited = ground.past.audited(submission.fact.contributor)
    if submission.fact.kind == "import":
        members = ground.past.members(workspace.labels(state))
        audits = workspace.audits(ground.past, state, setting.datanet.name)
        return cross_fitted(ground, contribution, beside=[members], self_checked=False, audits=audits), audited
    return evidence_on(ground, contribution), audited


def _differences(line: ResultLine, row: Judged) -> Iterator[str]:
    if (line.record, line.line) != (row.record, row.line):
        yield f"record {row.record} in line {row.line} computed, {line.record} in line {line.line} stored"
    if line.verdict != row.verdict.value:
        yield f"verdict {row.verdict.value} computed, {line.verdict} stored"
    for what, stored, computed in (("weight", line.weight, row.weight), ("novelty", line.novelty, row.novelty)):
        if (stored is None) != (computed is None):
            yield f"{what} {computed} computed, {stored} stored"
        elif stored is not None and computed is not None and abs(stored / MICRO - computed) > TOLERANCE:
            yield f"{what} {computed:.6f} computed, {stored / MICRO:.6f} stored"


def _fit_again(
    workspace: Opened,
    entry: Entry[ReferenceFitted],
    name: str,
    found: _Findings,
    imported: dict[tuple[str, str], Reference],
) -> None:
    fact = entry.fact
    computed = imported.get((fact.datanet, fact.version))
    if computed is None:
        # Rules have no part in fitting: what they rejected is in the stored verdicts.
        setting = workspace.setting_then(workspace.reference_card(fact.manifest), ())
        state = _state_before(workspace, entry.seq)
        past = read_past(state, setting, workspace.shelf, workspace.shelved)
        audits = workspace.audits(past, state, fact.datanet)
        computed = refitted(setting, past.members(workspace.labels(state)), audits)
    stored = workspace.shelf.reference(fact.datanet, fact.version)
    kept, fitted = vars(stored.calibration), vars(computed.calibration)
    calibrated = all(abs(kept[one] - fitted[one]) <= TOLERANCE for one in fitted)
    same_version = stored.version == computed.version == fact.version
    if not same_version or not _alike(stored.members, computed.members) or not calibrated:
        found.problems.append(f"{name}: it is not what its records give; run `curate refresh`")
    found.references += 1


def _freeze_again(workspace: Opened, entry: Entry[ModelTrained], name: str, found: _Findings) -> None:
    """Who was in a model, with which weights and novelty, as things stood when it was trained."""
    from curation.ledger.questions import partners  # noqa: PLC0415  (a check needs no DuckDB)

    fact = entry.fact
    setting = workspace.setting_then(workspace.objects.get(fact.card), ())
    ground = workspace.ground(setting, _state_before(workspace, entry.seq))
    with workspace.store() as store:
        near = partners(store, fact.datanet)
    computed = members_of(standings_now(ground, near), terms_of(setting.datanet))
    stored = read_members(workspace.objects.get(fact.records))
    same = len(stored) == len(computed) and all(map(_same_member, stored, computed))
    if not same or TermsFile.read(workspace.objects.get(fact.terms)) != terms_of(setting.datanet):
        found.problems.append(f"{name}: its records, weights or terms are not what its datanet gave then")
    found.models += 1


def _same_member(stored: MemberLine, computed: MemberLine) -> bool:
    exact = (stored.record, stored.contributor, stored.imported, stored.partner)
    near = max(abs(stored.training - computed.training), abs(stored.novelty - computed.novelty))
    return exact == (computed.record, computed.contributor, computed.imported, computed.partner) and near <= (
        TOLERANCE * MICRO
    )


def _alike(stored: Known, computed: Known) -> bool:
    """Whether two sets are the same records with the same vectors, as far as floats of two machines are."""
    same = (stored.ids, stored.digests, stored.labels) == (computed.ids, computed.digests, computed.labels)
    if not same or stored.vectors.shape != computed.vectors.shape:
        return False
    return bool(np.allclose(stored.vectors, computed.vectors, rtol=0, atol=TOLERANCE))
