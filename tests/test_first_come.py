"""Who was first: commitments, copies in between, partners that fall, and imports that nobody has audited."""

from pathlib import Path

import pytest

from curation.ledger.money_files import MemberLine
from curation.workspace import Workspace
from tests import money, small
from tests.small import records_of, verdict_of


def members(workspace: Workspace, datanet: str) -> dict[str, MemberLine]:
    """The records of the newest model."""
    trained = workspace.state().model(datanet)
    assert trained is not None
    return {one.record: one for one in workspace.treasury().members(trained.fact)}


def reworded(row: small.Row) -> dict[str, str]:
    """The same question, the first three of its fourteen words exchanged: neither new nor a plain copy."""
    words = str(row["question"]).split()
    return {**row, "question": " ".join(["frankly", "doctor", "hello", *words[3:]])}


def test_an_exact_copy_between_commitment_and_reveal_loses_its_place(workspace: Workspace, tmp_path: Path) -> None:
    rows = small.honest(2)
    file = small.write_jsonl(tmp_path / "ann.jsonl", rows)
    workspace.commit(file, "faq", "ann")
    (thief, *_) = records_of(workspace, small.write_jsonl(tmp_path / "thief.jsonl", rows), "faq", "thief")
    assert verdict_of(workspace, thief) == ("accept", "inspected")
    (own, *_) = records_of(workspace, file, "faq", "ann")
    assert verdict_of(workspace, own)[0] == "accept"
    assert verdict_of(workspace, thief) == ("reject", "copy")
    assert workspace.explain(thief).record.partner == own
    workspace.train("faq")
    found = members(workspace, "faq")
    assert own in found
    assert thief not in found
    assert workspace.verify().agrees


def test_a_near_copy_between_commitment_and_reveal_passes_on_what_it_attracts(
    workspace: Workspace, tmp_path: Path
) -> None:
    rows = small.honest(4)[3:]
    file = small.write_jsonl(tmp_path / "ann.jsonl", rows)
    workspace.commit(file, "faq", "ann")
    near = small.write_jsonl(tmp_path / "thief.jsonl", [reworded(rows[0])])
    (thief,) = records_of(workspace, near, "faq", "thief")
    workspace.decide(thief, "accept", by="amina", reason="right", label=None)
    workspace.train("faq")
    assert members(workspace, "faq")[thief].partner == -1
    (own,) = records_of(workspace, file, "faq", "ann")
    workspace.train("faq")
    found = members(workspace, "faq")
    # Without the commitment it would have been the other way round.
    assert (found[own].novelty, found[own].partner) == (1_000_000, -1)
    assert 0 < found[thief].novelty < 1_000_000
    assert list(found)[found[thief].partner] == own


def test_only_who_committed_takes_the_place_and_only_with_what_was_committed(
    workspace: Workspace, tmp_path: Path
) -> None:
    rows = small.honest(3)
    workspace.commit(small.write_jsonl(tmp_path / "two.jsonl", rows[:2]), "faq", "ann")
    small.write_jsonl(tmp_path / "other.jsonl", rows[:2])
    others = workspace.submit(tmp_path / "other.jsonl", "faq", "bea").contribution
    more = workspace.submit(small.write_jsonl(tmp_path / "three.jsonl", rows), "faq", "ann").contribution
    placed = workspace.submit(tmp_path / "two.jsonl", "faq", "ann").contribution
    found = {one.fact.contribution: one.fact.committed for one in workspace.state().contributions}
    assert (found[others], found[more]) == (None, None)
    assert found[placed] == workspace.state().commitments[0].seq


def test_the_next_one_succeeds_a_fallen_partner_at_the_next_training(workspace: Workspace, tmp_path: Path) -> None:
    rows = small.honest(4)[3:]
    (first,) = records_of(workspace, small.write_jsonl(tmp_path / "a.jsonl", rows), "faq", "ann")
    second_file = small.write_jsonl(tmp_path / "b.jsonl", [reworded(rows[0])])
    (second,) = records_of(workspace, second_file, "faq", "bea")
    workspace.decide(second, "accept", by="amina", reason="right", label=None)
    workspace.train("faq")
    before = members(workspace, "faq")
    assert 0 < before[second].novelty < 1_000_000
    assert list(before)[before[second].partner] == first
    workspace.withdraw(first)
    # Not before the next training: what a model froze stays.
    assert members(workspace, "faq") == before
    workspace.train("faq")
    after = members(workspace, "faq")
    assert first not in after
    assert (after[second].novelty, after[second].partner) == (1_000_000, -1)


def test_imported_records_earn_nothing_before_enough_of_them_were_audited(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    root = small.copy_of(money.template(tmp_path_factory.mktemp("money")), tmp_path / "soil")
    workspace = Workspace(root)
    workspace.infer(money.NAME, money.questions(workspace, 3), money.FEE)
    first = workspace.settle().epoch
    assert first is not None
    imported = set(money.records(workspace, "owner"))
    told = {one.record: one for one in first.records if one.record in imported}
    assert told
    assert {(one.weight, one.pay) for one in told.values()} == {(0, "0")}
    # One audit of an imported record is what this card wants.
    workspace.draw_audits(40, "8f3c1d0a5b7e9f24")
    drawn = next(one.record for one in workspace.drawn() if one.record in imported)
    workspace.decide_audit(drawn, "good", by="cy", reason="measured again")
    workspace.infer(money.NAME, money.questions(workspace, 6), money.FEE)
    second = workspace.settle().epoch
    assert second is not None
    assert sum(int(one.pay) for one in second.records if one.record in imported) > 0
