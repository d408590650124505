"""A curator's word can be taken back while nothing rests on it, and everything is as if it had not been said."""

import dataclasses
from pathlib import Path
from typing import Literal

import pytest

from curation.errors import JournalBroken, UsageError
from curation.ledger.journal import Body
from curation.ledger.state import replay
from curation.workspace import Workspace
from tests import small
from tests.small import records_of, verdict_of


@pytest.fixture
def suspects(workspace: Workspace, tmp_path: Path) -> list[str]:
    wrong = [{**row, "topic": "teeth"} for row in small.honest(12) if row["topic"] == "heart"]
    return records_of(workspace, small.write_jsonl(tmp_path / "a.jsonl", wrong), "faq", "ann")


def _tables(workspace: Workspace) -> dict[str, tuple[int, str]]:
    with workspace.store() as store:
        return {name: told for name, told in store.fingerprints().items() if name not in {"meta", "undone"}}


@pytest.mark.parametrize("decision", ["accept", "reject", "relabel"])
def test_undoing_brings_back_what_was_before(
    workspace: Workspace, suspects: list[str], decision: Literal["accept", "reject", "relabel"], tmp_path: Path
) -> None:
    copy = records_of(
        workspace,
        small.write_jsonl(tmp_path / "b.jsonl", [{**small.honest(12)[0], "topic": "teeth"}]),
        "faq",
        "bea",
    )
    before, state = _tables(workspace), workspace.state()
    label = "skin" if decision == "relabel" else None
    said = workspace.decide(suspects[0], decision, by="amina", reason="so", label=label)
    assert verdict_of(workspace, suspects[0])[1] == "decided"
    undone = workspace.undo(said.line, by="amina")
    assert (undone.record, undone.decision, undone.line) == (suspects[0], decision, said.line)
    assert _tables(workspace) == before
    assert verdict_of(workspace, suspects[0]) == ("review", "inspected")
    assert verdict_of(workspace, copy[0])[0] == "reject"
    now = workspace.state()
    assert (now.rulings, now.decisions, now.doubts) == (state.rulings, state.decisions, state.doubts)
    assert workspace.verify().agrees
    assert workspace.rebuild() == workspace.rebuild()
    with workspace.store() as store:
        assert store.query("SELECT word, record, decision, curator FROM undone") == [
            {"word": said.line, "record": suspects[0], "decision": decision, "curator": "amina"}
        ]


def test_an_earlier_word_holds_again(workspace: Workspace, suspects: list[str]) -> None:
    workspace.decide(suspects[0], "reject", by="amina", reason="wrong label", label=None)
    later = workspace.decide(suspects[0], "accept", by="bilal", reason="it is right", label=None)
    assert verdict_of(workspace, suspects[0]) == ("accept", "decided")
    workspace.undo(later.line, by="bilal")
    assert verdict_of(workspace, suspects[0]) == ("reject", "decided")


def test_what_may_not_be_undone(workspace: Workspace, suspects: list[str]) -> None:
    first = workspace.decide(suspects[0], "reject", by="amina", reason="wrong label", label=None)
    second = workspace.decide(suspects[0], "accept", by="bilal", reason="it is right", label=None)
    with pytest.raises(UsageError, match="only who said it"):
        workspace.undo(second.line, by="amina")
    with pytest.raises(UsageError, match="decided about after line"):
        workspace.undo(first.line, by="amina")
    with pytest.raises(UsageError, match="no decision that stands"):
        workspace.undo(1, by="amina")
    workspace.undo(second.line, by="bilal")
    with pytest.raises(UsageError, match="no decision that stands"):
        workspace.undo(second.line, by="bilal")
    workspace.undo(first.line, by="amina")
    third = workspace.decide(suspects[0], "reject", by="amina", reason="wrong label", label=None)
    workspace.refresh("faq")
    fourth = workspace.decide(suspects[1], "accept", by="amina", reason="right", label=None)
    workspace.refresh("faq")
    with pytest.raises(UsageError, match="a reference was fitted after line"):
        workspace.undo(fourth.line, by="amina")
    workspace.draw_audits(2, "ab" * 16)
    with pytest.raises(UsageError, match="audits were drawn after line"):
        workspace.undo(third.line, by="amina")


def test_many_words_are_undone_together_or_not_at_all(workspace: Workspace, suspects: list[str]) -> None:
    before = [verdict_of(workspace, one) for one in suspects[:3]]
    lines = [workspace.decide(one, "reject", by="amina", reason="no", label=None).line for one in suspects[:3]]
    seq = workspace.state().seq
    with pytest.raises(UsageError, match="no decision that stands"):
        workspace.undo_all([*lines, 1], by="amina")
    assert workspace.state().seq == seq
    assert [one.line for one in workspace.undo_all(lines, by="amina")] == sorted(lines, reverse=True)
    assert [verdict_of(workspace, one) for one in suspects[:3]] == before


def test_a_journal_that_undoes_what_it_may_not_is_broken(workspace: Workspace, suspects: list[str]) -> None:
    said = workspace.decide(suspects[0], "reject", by="amina", reason="no", label=None)
    workspace.undo(said.line, by="amina")
    events = workspace.journal.read()
    assert replay(events).rulings == ()
    bodies: list[Body] = [{"word": said.line, "by": "bilal"}, {"word": 1, "by": "amina"}]
    for body in bodies:
        with pytest.raises(JournalBroken, match="undoes"):
            replay([*events[:-1], dataclasses.replace(events[-1], body=body)])
