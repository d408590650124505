"""Audits, from a decision about a record drawn at random to the calibration and the priors that follow from it."""

import json
from pathlib import Path

import pytest

from curation.calibration import AUDITS_MIN
from curation.errors import UsageError
from curation.evidence.reference import Calibration, Reference
from curation.ledger.facts import RecordDecided, fact_of
from curation.recompute import recompute
from curation.workspace import Word, Workspace
from tests import small
from tests.small import records_of


def current(workspace: Workspace, datanet: str = "faq") -> Reference:
    fitted = workspace.state().reference(datanet)
    assert fitted is not None
    return workspace.shelf.reference(datanet, fitted.version)


def audit(workspace: Workspace, records: list[str], *, bad: int, drawn_with: float | None) -> None:
    """Decides about these records, the last `bad` of them against."""
    words = [
        Word(
            record=record,
            decision="reject" if place >= len(records) - bad else "accept",
            reason="looked at",
            drawn_with=drawn_with,
        )
        for place, record in enumerate(records)
    ]
    workspace.decide_all(words, by="amina")


def owned(workspace: Workspace, count: int) -> list[str]:
    """Imported records, topics in turn."""
    ids = current(workspace).members.ids
    return [ids[place % 3 * 20 + place // 3] for place in range(count)]


def test_random_audits_calibrate_the_next_reference(workspace: Workspace, tmp_path: Path) -> None:
    before = current(workspace)
    file = small.write_jsonl(tmp_path / "a.jsonl", small.honest(9))
    weights = [row.weight for row in workspace.check(file, "faq").inspection.rows]
    audit(workspace, owned(workspace, AUDITS_MIN), bad=20, drawn_with=AUDITS_MIN / 60)
    # Nothing moves until a new version is made.
    assert [row.weight for row in workspace.check(file, "faq").inspection.rows] == weights

    version, members, is_new = workspace.refresh("faq")
    assert (members, is_new) == (40, True)
    found = current(workspace).calibration
    assert before.calibration.audits == 0
    assert found.audits == AUDITS_MIN
    # Two in five are bad and nothing shows it: all weights fall.
    for row, weight in zip(workspace.check(file, "faq").inspection.rows, weights, strict=True):
        assert row.weight is not None
        assert weight is not None
        assert row.weight < weight
    assert workspace.refresh("faq") == (version, 40, False)

    # An import makes a reference too, which has learned the same.
    workspace.import_file(small.write_jsonl(tmp_path / "b.jsonl", small.honest(12)[9:]), "faq")
    assert current(workspace).calibration.audits == AUDITS_MIN
    workspace.submit(file, "faq", "ann")
    assert workspace.verify().problems == ()
    assert recompute(workspace).problems == ()
    tables = workspace.rebuild()
    workspace.places.store.unlink()
    assert workspace.rebuild() == tables


def test_what_a_curator_chose_to_look_at_calibrates_nothing(workspace: Workspace) -> None:
    audit(workspace, owned(workspace, AUDITS_MIN), bad=20, drawn_with=None)
    workspace.refresh("faq")
    found = current(workspace).calibration
    assert (found.audits, found.beta_label, found.label_least) == (0, 1.0, Calibration().label_least)
    assert workspace.status("faq")[0].audits == 0
    assert all("drawn_ppm" not in event.body for event in workspace.journal.read())


def test_a_version_depends_on_the_audits_that_went_in(workspace: Workspace, tmp_path: Path) -> None:
    other = Workspace(small.copy_of(workspace.root, tmp_path / "other"))
    few = Workspace(small.copy_of(workspace.root, tmp_path / "few"))
    records = owned(workspace, AUDITS_MIN)
    audit(workspace, records, bad=5, drawn_with=0.5)
    audit(other, records, bad=5, drawn_with=0.25)
    audit(few, records[1:], bad=5, drawn_with=0.5)
    versions = {one.refresh("faq")[0] for one in (workspace, other)}
    assert len(versions) == 2
    # With one audit fewer nothing is learned, and the version is that of the same records without audits.
    plain = Workspace(small.copy_of(few.root, tmp_path / "plain"))
    plain.decide_all([Word(record=record, decision="reject", reason="again") for record in records[-5:]], by="amina")
    assert few.refresh("faq")[0] == plain.refresh("faq")[0]


def test_rejected_copies_and_what_rules_reject_teach_nothing(workspace: Workspace, tmp_path: Path) -> None:
    copies = records_of(workspace, small.write_jsonl(tmp_path / "a.jsonl", small.trusted()), "faq", "ann")
    audit(workspace, copies, bad=0, drawn_with=1.0)
    workspace.refresh("faq")
    assert current(workspace).calibration.audits == 0


def test_only_a_contributors_own_audits_move_their_prior(workspace: Workspace, tmp_path: Path) -> None:
    file = small.write_jsonl(tmp_path / "b.jsonl", small.honest(15)[12:])
    newcomer = workspace.check(file, "faq", "bea").inspection
    records = records_of(workspace, small.write_jsonl(tmp_path / "a.jsonl", small.honest(12)), "faq", "ann")
    audit(workspace, records[:6], bad=0, drawn_with=None)
    assert workspace.check(file, "faq", "ann").inspection.rows[0].evidence == newcomer.rows[0].evidence

    audit(workspace, records, bad=0, drawn_with=0.5)
    trusted = workspace.check(file, "faq", "ann").inspection.rows
    assert [row.evidence["prior"] for row in trusted] == [pytest.approx(3.0445, abs=1e-4)] * 3  # ln(9 + 12)
    assert workspace.check(file, "faq", "bea").inspection.rows[0].evidence == newcomer.rows[0].evidence
    audit(workspace, records, bad=12, drawn_with=0.5)
    fallen = workspace.check(file, "faq", "ann").inspection.rows
    assert [row.evidence["prior"] for row in fallen] == [pytest.approx(-0.3677, abs=1e-4)] * 3  # ln(9 / 13)
    workspace.submit(file, "faq", "ann")
    assert recompute(workspace).problems == ()


def test_the_draw_is_journalled_in_millionths_and_told(workspace: Workspace, tmp_path: Path) -> None:
    (record,) = records_of(workspace, small.write_jsonl(tmp_path / "a.jsonl", small.honest(1)), "faq", "ann")
    workspace.decide(record, "accept", by="amina", reason="right", label=None, drawn_with=1 / 3)
    last = workspace.journal.read()[-1]
    assert last.body["drawn_ppm"] == 333_333
    assert isinstance(fact_of(last), RecordDecided)
    assert [one["drawn_ppm"] for one in workspace.explain(record).decisions] == [333_333]
    assert workspace.status("faq")[0].audits == 1
    before = small.state_digest(workspace.root)
    for wrong in (0.0, 1e-9, 1.5, float("nan")):
        with pytest.raises(UsageError, match=r"drawn with probability"):
            workspace.decide(record, "accept", by="amina", reason="x", label=None, drawn_with=wrong)
    # Of many all or none.
    with pytest.raises(UsageError, match="no record's id"):
        workspace.decide_all(
            [Word(record=record, decision="reject", reason="x"), Word(record="ffff", decision="reject", reason="x")],
            by="amina",
        )
    assert small.state_digest(workspace.root) == before


def test_a_line_of_a_version_that_knew_no_audits_is_read(workspace: Workspace, tmp_path: Path) -> None:
    (record,) = records_of(workspace, small.write_jsonl(tmp_path / "a.jsonl", small.honest(1)), "faq", "ann")
    workspace.decide(record, "accept", by="amina", reason="right", label=None)
    line = json.loads(workspace.places.journal.read_text(encoding="utf-8").splitlines()[-1])
    assert set(line["body"]) == {"record", "decision", "by", "reason"}
    assert workspace.state().audits == {}
