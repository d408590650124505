from pathlib import Path

import pytest

from curation.errors import JournalBroken
from curation.ledger.facts import FACTS, ContributionSubmitted, fact_of, record_fact
from curation.ledger.journal import GENESIS
from curation.ledger.state import State, replay
from tests.ledger.ledger_sample import START, fill


def test_the_fold_knows_what_the_journal_says(tmp_path: Path) -> None:
    ledger = fill(tmp_path)
    events = ledger.journal.read()
    state = replay(events)
    assert {event.type for event in events} == set(FACTS)
    assert [one.fact.contributor for one in state.contributions] == ["owner", "clinic", "copy-shop"]
    assert sorted(state.contributors) == ["clinic", "owner"]
    assert state.contributors["clinic"].fact.address == "0x" + "ab" * 20
    first = state.contributions[0]
    assert first.at > START
    assert state.contribution("questions", "owner", first.fact.file) == first
    assert state.contribution("questions", "clinic", first.fact.file) is None
    assert state.contribution_with_id(first.fact.contribution) == first
    assert state.contribution_with_id("0" * 32) is None
    assert state.of_datanet("questions") == state.contributions
    assert state.of_datanet("answers") == ()
    reference = state.reference("questions")
    assert reference is not None
    assert reference.members == 4
    assert state.reference("answers") is None
    assert [one.fact.decision for one in state.decisions.values()] == ["relabel", "accept", "reject"]
    assert [one.fact.key for one in state.inferences] == ["q-1", "q-2", "q-3"]
    assert [one.fact.epoch for one in state.epochs] == [1, 2]
    assert state.unsettled == ()
    trained = state.model("questions")
    assert trained is not None
    assert trained == state.model("questions", trained.fact.model[:4])
    assert (state.model("questions", "f"), state.model("answers")) == (None, None)
    # The doubt was answered, the appeal was not.
    assert state.disputed == {state.appeals[0].fact.record}
    assert [entry.fact.decision for entry in state.audits.values()] == ["accept", "reject"]
    assert len(state.withdrawn) == 1
    assert (state.seq, state.head) == (len(events), events[-1].hash)


def test_a_fold_may_be_done_in_parts(tmp_path: Path) -> None:
    events = fill(tmp_path).journal.read()
    assert State().head == GENESIS
    for cut in range(len(events) + 1):
        assert replay(events[cut:], replay(events[:cut])) == replay(events)


def test_an_unknown_event_an_odd_body_and_a_second_submission_are_broken(tmp_path: Path) -> None:
    ledger = fill(tmp_path)
    journal = ledger.journal
    odd = journal.append("record.decided", {"record": "x", "decision": "accept"}, START)
    with pytest.raises(JournalBroken, match=r"record\.decided"):
        fact_of(odd)
    unknown = journal.append("record.sold", {}, START)
    with pytest.raises(JournalBroken, match="does not know"):
        replay([unknown])
    again = next(fact for event in journal.read()[:5] if isinstance(fact := fact_of(event), ContributionSubmitted))
    record_fact(journal, again, START)
    with pytest.raises(JournalBroken, match="twice"):
        replay([event for event in journal.read() if event.type == "contribution.submitted"])
