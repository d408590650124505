"""What waits, for whom, in which order; and the word that ends a look."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from curation.errors import Stale, UsageError
from curation.review.book import LEASE_SECONDS
from curation.review.choice import Choice
from curation.review.worth import Sort
from curation.workspace import Workspace
from tests import small
from tests.small import records_of, verdict_of

ALL = Choice(datanet="faq")


class _Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> _Clock:
    return _Clock()


@pytest.fixture
def timed(workspace: Workspace, clock: _Clock) -> Workspace:
    return Workspace(workspace.root, clock=clock)


@pytest.fixture
def wrong(timed: Workspace, tmp_path: Path) -> list[str]:
    rows = [{**row, "topic": "teeth"} for row in small.honest(30) if row["topic"] != "teeth"]
    return records_of(timed, small.write_jsonl(tmp_path / "a.jsonl", rows), "faq", "ann")


def test_what_is_held_waits_and_what_is_right_does_not(timed: Workspace, wrong: list[str], tmp_path: Path) -> None:
    honest = records_of(timed, small.write_jsonl(tmp_path / "b.jsonl", small.honest(30)), "faq", "bea")
    found = timed.queue(ALL)
    assert {one.record for one in found if one.sort is Sort.REVIEW} == {
        one for one in [*wrong, *honest] if verdict_of(timed, one)[0] == "review"
    }
    assert all(
        one.verdict == "accept" and one.weight is not None and one.weight < 0.8
        for one in found
        if one.sort is Sort.PART
    )
    assert [one.worth for one in found] == sorted((one.worth for one in found), reverse=True)
    for choice in (
        Choice(contributor="ann"),
        Choice(sort=Sort.REVIEW),
        Choice(code="label-noise"),
        Choice(label="teeth"),
    ):
        assert [one for one in found if one in choice] == timed.queue(replace(choice, datanet="faq"))
    assert {one.datanet for one in timed.queue(Choice(datanet="plots"))} <= {"plots"}
    with pytest.raises(UsageError, match="no datanet"):
        timed.queue(Choice(datanet="nothing"))


def test_nobody_is_asked_about_their_own(timed: Workspace, wrong: list[str]) -> None:
    assert timed.queue(ALL, curator="amina")
    assert timed.queue(ALL, curator="ann") == []
    assert timed.queue(ALL, curator="amina", also=["ann"]) == []
    with pytest.raises(UsageError, match="own content"):
        timed.review(wrong[0], "accept", by="ann", reason="mine")


@pytest.mark.usefixtures("wrong")
def test_two_curators_never_hold_the_same_and_a_lease_runs_out(timed: Workspace, clock: _Clock) -> None:
    first = timed.next(ALL, by="amina", count=3)
    second = timed.next(ALL, by="bilal", count=3)
    assert len({one.waiting.record for one in [*first, *second]}) == 6
    held = first[0].waiting.record
    with pytest.raises(Stale, match="looked at by amina"):
        timed.review(held, "accept", by="bilal", reason="quick")
    clock.now += timedelta(seconds=LEASE_SECONDS + 1)
    said = timed.review(held, "reject", by="bilal", reason="the label is wrong")
    assert (said.record, verdict_of(timed, held)) == (held, ("reject", "decided"))
    # Amina still has the page of before: her word changes nothing and she hears whose did.
    with pytest.raises(Stale, match="bilal decided"):
        timed.review(held, "accept", by="amina", reason="it is right", seen=first[0].lease.seen)
    assert verdict_of(timed, held) == ("reject", "decided")
    assert held not in {one.record for one in timed.queue(ALL)}


@pytest.mark.usefixtures("wrong")
def test_a_look_is_measured_and_an_undone_word_waits_again(timed: Workspace, clock: _Clock) -> None:
    (one,) = timed.next(ALL, by="amina")
    clock.now += timedelta(seconds=17)
    timed.review(one.waiting.record, "relabel", by="amina", reason="a rash", label="skin")
    (look,) = timed.book.looks()
    assert (look.record, look.action, look.done - look.since, look.sort) == (
        one.waiting.record,
        "relabel",
        17,
        one.waiting.sort,
    )
    assert look.line == timed.last_word("amina") == timed.state().seq
    assert timed.undo(timed.last_word("amina"), by="amina").record == one.waiting.record
    assert one.waiting.record in {other.record for other in timed.queue(ALL, curator="amina")}
    with pytest.raises(UsageError, match="said nothing"):
        timed.last_word("amina")


@pytest.mark.usefixtures("wrong")
def test_what_is_fetched_ahead_is_looked_at_when_the_look_before_it_is_over(timed: Workspace, clock: _Clock) -> None:
    ahead = [one.waiting.record for one in timed.next(ALL, by="amina", count=4)]
    for seconds, record in zip((10, 7, 3), ahead, strict=False):
        clock.now += timedelta(seconds=seconds)
        timed.review(record, "reject", by="amina", reason="the label is wrong")
    # A word about many is no look at each of them, though the fourth was fetched ahead.
    clock.now += timedelta(seconds=60)
    found = timed.free(ALL, by="amina")
    assert ahead[3] in {one.record for one in found.waiting}
    timed.review_all(found, "reject", by="amina", reason="all wrong", seen=found.seen)
    looks = [look.done - look.since for look in timed.book.looks()]
    assert (looks[:3], set(looks[3:])) == ([10, 7, 3], {0})
    (amina,) = timed.curators()
    assert (amina.looks, amina.seconds) == (len(looks), 7)
    assert amina.blind.looks + amina.informed.looks == 3  # those that the queue asked for


@pytest.mark.usefixtures("wrong")
def test_what_is_skipped_or_flagged_goes_to_somebody_else(timed: Workspace) -> None:
    (one,) = timed.next(ALL, by="amina")
    assert timed.put_by(one.waiting.record[:8], by="amina", action="skip") == one.waiting.record
    (other,) = timed.next(ALL, by="amina")
    assert other.waiting.record != one.waiting.record
    timed.put_by(other.waiting.record, by="amina", action="flag", note="names a patient")
    assert {one.waiting.record, other.waiting.record}.isdisjoint(w.record for w in timed.queue(ALL, curator="amina"))
    assert {one.waiting.record, other.waiting.record} <= {w.record for w in timed.queue(ALL, curator="bilal")}
    assert [(look.action, look.note) for look in timed.book.looks()] == [("skip", None), ("flag", "names a patient")]


def test_drawn_and_appealed_records_wait_and_the_word_is_an_audit(timed: Workspace, wrong: list[str]) -> None:
    timed.draw_audits(3, "ab" * 16)
    drawn = {one.record for one in timed.drawn()}
    assert {one.record for one in timed.queue(Choice(sort=Sort.AUDIT))} == drawn
    audited = min(drawn)
    owner = timed.explain(audited).record.contributor
    assert owner != "amina"
    timed.review(audited, "accept", by="amina", reason="right")
    assert {one.record: one.status for one in timed.drawn()}[audited] == "good"
    rejected = next(one for one in wrong if one not in drawn)
    timed.decide(rejected, "reject", by="amina", reason="wrong", label=None)
    timed.appeal(rejected, reason="it is right")
    assert [one.record for one in timed.queue(Choice(sort=Sort.APPEAL))] == [rejected]
    with pytest.raises(Stale, match="amina decided"):
        timed.review(rejected, "accept", by="bilal", reason="not even looked")
    timed.next(Choice(sort=Sort.APPEAL), by="bilal")
    timed.review(rejected, "accept", by="bilal", reason="it is")
    assert timed.queue(Choice(sort=Sort.APPEAL)) == []


def test_a_sheet_has_all_there_is_to_decide_by(timed: Workspace, wrong: list[str], tmp_path: Path) -> None:
    sheet = timed.sheet(wrong[0])
    assert sheet.record.record == wrong[0]
    assert sheet.likely[0].label != "teeth"
    assert sheet.likely[0].probability > sheet.likely[-1].probability
    assert all(one.label == sheet.likely[0].label for one in sheet.likely[0].neighbours)
    assert len(sheet.neighbours) == 5
    assert sheet.neighbours[0].similarity >= sheet.neighbours[-1].similarity
    assert sheet.values == ()
    text = small.trusted()[0]
    near = {**text, "question": text["question"] + " please"}
    (copy,) = records_of(timed, small.write_jsonl(tmp_path / "c.jsonl", [near]), "faq", "cid")
    (beside, *_) = timed.sheet(copy).besides
    assert (beside.text, beside.is_first) == (text["question"], True)
    assert "".join(piece.after for piece in beside.pieces) == near["question"]


def test_a_table_shows_each_number_beside_the_references(timed: Workspace, tmp_path: Path) -> None:
    (odd,) = records_of(
        timed,
        small.write_jsonl(tmp_path / "a.jsonl", [{"crop": "wheat", "rain_mm": 9000, "yield_t_ha": 3}]),
        "plots",
        "ann",
    )
    sheet = timed.sheet(odd)
    by_field = {one.field: one for one in sheet.values}
    assert by_field["rain_mm"].value == 9000
    assert len(by_field["rain_mm"].deciles) == 11
    assert by_field["rain_mm"].deciles[-1] < 9000


def test_ones_own_content_is_not_for_a_word_about_many_nor_for_undo(
    timed: Workspace, wrong: list[str], tmp_path: Path
) -> None:
    """A copy of one's own does not wait, and a filter may leave it out: it is one's own all the same."""
    rows = [{**row, "topic": "teeth"} for row in small.honest(30) if row["topic"] != "teeth"]
    records_of(timed, small.write_jsonl(tmp_path / "b.jsonl", rows[:4]), "faq", "amina-too")
    anns = Choice(datanet="faq", contributor="ann")
    found = timed.free(anns, by="amina", also=["amina-too"])
    assert {one.record for one in found.waiting}.isdisjoint(wrong[:4])
    all_of_it = timed.free(anns, by="bilal")
    with pytest.raises(UsageError, match="own content"):
        timed.review_all(all_of_it, "accept", by="amina", reason="mine", seen=all_of_it.seen, also=["amina-too"])
    with pytest.raises(UsageError, match="own content"):
        timed.review(wrong[0], "accept", by="amina", reason="mine", also=["amina-too"])
    said = timed.decide(wrong[0], "reject", by="amina", reason="no", label=None)
    with pytest.raises(UsageError, match="own content by now"):
        timed.undo_all([said.line], by="amina", also=["amina-too"])


def test_a_word_said_while_the_queue_was_read_is_not_seen(timed: Workspace, wrong: list[str], clock: _Clock) -> None:
    """The line a record is shown as of is that of the tables it was read from."""
    found = timed.free(ALL, by="amina")
    timed.decide(found.waiting[0].record, "reject", by="bilal", reason="no", label=None)
    with pytest.raises(Stale, match="bilal decided"):
        timed.review_all(found, "accept", by="amina", reason="all", seen=found.seen)
    (held, *_) = timed.next(ALL, by="amina")
    clock.now += timedelta(seconds=LEASE_SECONDS + 1)
    timed.decide(held.waiting.record, "reject", by="bilal", reason="no", label=None)
    with pytest.raises(Stale, match="bilal decided"):
        timed.review(held.waiting.record, "accept", by="amina", reason="late")
    assert wrong


def test_a_word_about_many_that_died_half_way_is_finished_and_not_said_twice(
    timed: Workspace, wrong: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = timed.free(ALL, by="amina")
    before = timed.state().seq
    _dies_after(monkeypatch, 3)
    with pytest.raises(OSError, match="no power"):
        timed.review_all(found, "reject", by="amina", reason="all wrong", seen=found.seen)
    monkeypatch.undo()
    assert len(timed.state().words) == 3
    # What is seen by now is less; together with what was said it is what was seen then.
    left = timed.free(ALL, by="amina")
    with pytest.raises(Stale, match="is not what was seen"):
        timed.review_all(left, "reject", by="amina", reason="all wrong", seen=found.seen)
    said = timed.review_all(left, "reject", by="amina", reason="all wrong", seen=found.seen, since=before)
    assert sorted(one.line for one in said) == sorted(timed.state().words)
    assert {one.record for one in said} >= {one.record for one in found.waiting[:3]}
    assert timed.free(ALL, by="amina").waiting == ()
    again = timed.review_all(
        timed.free(ALL, by="amina"), "reject", by="amina", reason="all wrong", seen=found.seen, since=before
    )
    assert {one.line for one in again} == {one.line for one in said}
    # And the same of taking it back.
    undoing, lines = timed.state().seq, [one.line for one in said]
    _dies_after(monkeypatch, 2)
    with pytest.raises(OSError, match="no power"):
        timed.undo_all(lines, by="amina")
    monkeypatch.undo()
    assert len(timed.state().words) == len(lines) - 2
    undone = timed.undo_all(lines, by="amina", since=undoing)
    assert [one.line for one in undone] == sorted(lines, reverse=True)
    assert {one.record for one in undone} == {one.record for one in said}
    assert timed.state().words == {}
    assert wrong


def _dies_after(monkeypatch: pytest.MonkeyPatch, lines: int) -> None:
    append, left = Workspace._append, iter(range(lines))

    def dying(self: Workspace, fact: Any) -> Any:
        if next(left, None) is None:
            raise OSError("no power")
        return append(self, fact)

    monkeypatch.setattr(Workspace, "_append", dying)
