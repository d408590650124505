"""A share of what is decided goes to several, who do not know of each other; gold goes among it; nothing follows."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from curation.audit.curators import Told
from curation.errors import JournalBroken, Stale, UsageError
from curation.formats.review import leased_document
from curation.ledger.journal import Body
from curation.ledger.state import replay
from curation.review.book import LEASE_SECONDS, lease_key
from curation.review.choice import Choice, Leased
from curation.review.second import Kind, kind_of
from curation.review.waiting import Waiting
from curation.review.worth import Sort, Standing, Worth
from tests import small
from tests.published import noticed
from tests.review.several import ALL, Desk, desk, play, prepare
from tests.small import verdict_of


def named(world: Desk, kind: Kind) -> str:
    """A curator whose first look is of this kind."""
    salt = (world.workspace.places.state_dir / "salt").read_bytes()
    return next(name for n in range(1000) if kind_of(salt, name := f"cur-{n}", 0) is kind)


def looked(world: Desk, by: str) -> Leased:
    found = world.look(by)
    assert found is not None
    return found


def labelled(world: Desk, record: str, by: str) -> int:
    """The true label, said outside of the queue."""
    return world.workspace.decide(record, "relabel", by=by, reason="so", label=world.truth[record]).line


def standing_of(one: Waiting) -> Standing:
    """What the worth of a new record like this rests on."""
    weight = one.weight
    return Standing(sort=one.sort, weight=weight, credit=0.0, novelty=1.0, influence=1.0, alike=1, length=one.length)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, encoder_cache: Path) -> Path:
    """Mislabelled questions that wait, all of which go to several once they are decided. Only for copying."""
    imported = small.imported(tmp_path_factory, encoder_cache)
    return prepare(small.copy_of(imported, tmp_path_factory.mktemp("several") / "ws"), 10)


@pytest.fixture
def world(made: Path, tmp_path: Path) -> Iterator[Desk]:
    with desk(small.copy_of(made, tmp_path / "ws")) as opened:
        yield opened


def test_a_second_look_is_as_the_first_and_decides_nothing(world: Desk) -> None:
    first = looked(world, named(world, Kind.FIRST))
    record = first.waiting.record
    before = leased_document(first, world.workspace.sheet(record, names=(first.lease.curator,)))
    world.say(first, world.truth[record])
    standing = world.workspace.explain(record)
    other = named(world, Kind.SHARED)
    second = looked(world, other)
    # What it teaches is the one thing that is less by now: one of its kind was decided.
    assert replace(second.waiting, worth=first.waiting.worth) == first.waiting
    after = leased_document(second, world.workspace.sheet(record, names=(other,)))
    shown = {"until", "seen", "hidden", "worth"}
    if first.hidden or second.hidden:
        shown |= {"explanation", "besides", "neighbours", "likely", "values", "sort", "verdict", "weight", "codes"}
    assert {k: v for k, v in before.items() if k not in shown} == {k: v for k, v in after.items() if k not in shown}
    line = world.say(second, world.truth[record])
    state = world.workspace.state()
    assert (len(state.rulings), len(state.opinions), state.opinions[0].seq) == (1, 1, line)
    assert world.workspace.explain(record) == standing
    assert record not in {one.record for one in world.workspace.queue(ALL)}
    # Once is enough, by whatever way; and who decided is not asked again.
    with pytest.raises(UsageError, match="before"):
        world.workspace.review(record, "accept", by=other, reason="again", seen=state.seq)
    assert world.workspace.verify().agrees


def test_a_different_opinion_waits_for_a_third_who_decides_without_knowing(world: Desk) -> None:
    first = looked(world, "amina")
    record = first.waiting.record
    world.say(first, world.truth[record])
    other = named(world, Kind.SHARED)
    second = looked(world, other)
    assert second.waiting.record == record
    world.workspace.review(record, "reject", by=other, reason="no")
    assert verdict_of(world.workspace, record) == ("accept", "decided")
    split = Choice(sort=Sort.SPLIT)
    assert [one.record for one in world.workspace.queue(split)] == [record]
    for spoken in ("amina", other):
        assert world.workspace.queue(split, curator=spoken) == []
    for spoken, why in (("amina", "one of those who differ"), (other, "once is enough")):
        with pytest.raises(UsageError, match=why):
            world.workspace.review(record, "reject", by=spoken, reason="no", seen=world.workspace.state().seq)
    # While people differ nobody vouches it away.
    with pytest.raises(UsageError, match="people differ"):
        world.workspace.nominate(record, by="amina", reason="I am right")
    assert world.workspace.queue(ALL, curator="cid")[0].record == record
    (third,) = world.workspace.next(split, by="cid")
    sheet = world.workspace.sheet(record, names=("cid",))
    assert (sheet.opinions, sheet.explanation.decisions, sheet.record.label) == ((), [], "teeth")
    world.say(third, world.truth[record])
    assert world.workspace.queue(split) == []
    # Then enough have looked: should they differ again, all that they say is told.
    late = named(world, Kind.FIRST)
    world.workspace.review(record, "reject", by=late, reason="no", seen=world.workspace.state().seq)
    told = world.workspace.sheet(record, names=("eve",)).opinions
    assert [(one.said[0], one.count) for one in told] == [("reject", 2), ("relabel", 2)]


def test_nobody_overrules_by_the_queue_alone(world: Desk) -> None:
    record = min(world.truth)
    labelled(world, record, "amina")
    with pytest.raises(Stale, match="amina decided"):
        world.workspace.review(record, "reject", by="bilal", reason="not even looked")
    world.workspace.review(record, "reject", by="bilal", reason="no", seen=world.workspace.state().seq)
    assert verdict_of(world.workspace, record) == ("accept", "decided")
    with pytest.raises(UsageError, match="own content"):
        world.workspace.review(
            record, "reject", by="cid", also=["ann"], reason="mine", seen=world.workspace.state().seq
        )
    # The owner's way stays open.
    world.workspace.decide(record, "reject", by="bilal", reason="no", label=None)
    assert verdict_of(world.workspace, record) == ("reject", "decided")


def test_an_opinion_is_undone_for_ten_minutes(world: Desk) -> None:
    record, *_ = sorted(world.truth)
    word = labelled(world, record, "amina")
    line = world.workspace.review(record, "accept", by="bilal", reason="no", seen=word).line
    assert world.workspace.last_word("bilal") == line
    with pytest.raises(UsageError, match="only who said it"):
        world.workspace.undo(line, by="cid")
    before_undo = world.workspace.state().seq
    undone = world.workspace.undo(line, by="bilal")
    # Whoever asks again because the answer was lost is told the same, and nothing more happens.
    assert world.workspace.undo_all([line], by="bilal", since=before_undo) == [undone]
    assert (undone.record, undone.decision, world.workspace.state().opinions) == (record, "accept", ())
    with pytest.raises(UsageError, match="no decision that stands"):
        world.workspace.undo(line, by="bilal")
    line = world.workspace.review(record, "accept", by="bilal", reason="no", seen=word).line
    assert [one.curator for one in world.workspace.curators()] == ["amina"]
    world.clock.pass_undo()
    with pytest.raises(UsageError, match="ten minutes"):
        world.workspace.undo(line, by="bilal")
    assert [one.curator for one in world.workspace.curators()] == ["amina", "bilal"]
    *before, last = world.workspace.journal.read()
    bodies: list[Body] = [{"opinion": line, "by": "bilal"}, {"opinion": word, "by": "amina"}]
    for body in bodies:
        late = replace(
            last, seq=last.seq + 1, type="opinion.undone", body=body, at=world.clock.now + timedelta(minutes=1)
        )
        with pytest.raises(JournalBroken, match="undoes"):
            replay([*before, last, late])


def test_gold_is_answered_and_changes_nothing(world: Desk) -> None:
    record, other, *_ = sorted(world.truth)
    with pytest.raises(UsageError, match="nobody decided"):
        world.workspace.nominate(record, by="amina", reason="sure")
    labelled(world, record, "amina")
    labelled(world, other, "amina")
    with pytest.raises(UsageError, match="own content"):
        world.workspace.nominate(record, by="ann", reason="mine")
    world.workspace.nominate(record[:10], by="nora", reason="sure")
    with pytest.raises(UsageError, match="already"):
        world.workspace.nominate(record, by="nora", reason="sure")
    who = named(world, Kind.GOLD)
    look = looked(world, who)
    assert look.waiting.record == record
    standing = world.workspace.explain(record)
    world.say(look, "teeth")
    assert world.workspace.explain(record) == standing
    # A wrong answer to gold is about who gave it: nothing waits, and nothing is told before it is settled.
    assert world.workspace.queue(Choice(sort=Sort.SPLIT)) == []
    assert all(not one.gold for one in world.workspace.curators())
    world.clock.pass_undo()
    (told,) = (one for one in world.workspace.curators() if one.curator == who)
    assert (told.right, len(told.gold), told.told) == (0, 1, Told.TOO_FEW)
    assert [(one.answers, one.right) for one in world.workspace.nominated()] == [(1, 0)]
    assert world.workspace.verify().agrees


def test_who_differs_cannot_tell_whether_it_was_about_gold(world: Desk) -> None:
    """Nothing that they can ask for afterwards tells that the one waits by their opinion and the other does not."""
    gold, shared, *_ = sorted(world.truth)
    for record in (gold, shared):
        labelled(world, record, "amina")
    world.workspace.nominate(gold, by="nora", reason="sure")
    told = []
    for record in (gold, shared):
        seen = world.workspace.state().seq
        world.workspace.review(record, "reject", by="cid", reason="no", seen=seen)
        sheet = world.workspace.sheet(record, names=("cid",))
        with pytest.raises(UsageError) as raised:
            world.workspace.review(record, "relabel", by="cid", reason="no", seen=seen)
        waits = None if sheet.waiting is None else sheet.waiting.sort
        told.append((waits, sheet.opinions, sheet.explanation.decisions, str(raised.value).replace(record, "")))
    assert told[0] == told[1]
    assert [one.record for one in world.workspace.queue(Choice(sort=Sort.SPLIT))] == [shared]


@pytest.mark.parametrize("is_gold", [True, False])
def test_a_narrow_choice_tells_no_gold(world: Desk, is_gold: bool) -> None:  # noqa: FBT001  (two cases)
    record = min(world.truth)
    labelled(world, record, "amina")
    if is_gold:
        world.workspace.nominate(record, by="nora", reason="sure")
    who = named(world, Kind.GOLD if is_gold else Kind.SHARED)
    assert looked(world, who).waiting.record == record
    only = Choice(contributor="ann", label="teeth", code="label-noise", sort=Sort.REVIEW)
    # All else that is alike was decided by this curator.
    for other in world.truth.keys() - {record}:
        labelled(world, other, who)
    assert [one.waiting.record for one in world.workspace.next(only, by=who, count=4)] == [record]
    assert world.workspace.next(Choice(contributor="bea"), by=who) == []


def test_the_worth_of_a_second_look_does_not_tell_since_when_it_is_one(world: Desk) -> None:
    early, late, *others = sorted(world.truth)
    labelled(world, early, "amina")
    world.workspace.nominate(early, by="nora", reason="sure")
    for record in others:
        labelled(world, record, "amina")
    labelled(world, late, "amina")
    world.workspace.nominate(late, by="nora", reason="sure")
    with world.workspace.store() as store:
        _, gold = world.workspace._second_looks(store, world.workspace.state(), ["faq"], ["cid"])
    new = {one.record: Worth.of(standing_of(one)).after(0) for one in gold}
    assert {one.record: one.worth for one in gold} == pytest.approx(new)


def test_a_card_that_changes_changes_what_goes_to_several(world: Desk) -> None:
    file = small.write_jsonl(world.workspace.root / "good.jsonl", small.honest(15))
    records = small.records_of(world.workspace, file, "faq", "bea")
    with world.workspace.store() as store:
        found = [store.record(one) for one in records]
    record = next(one.record for one in found if one.verdict == "accept" and (one.weight or 0) > 0.8)
    world.workspace.decide(record, "accept", by="amina", reason="so", label=None)
    card = world.workspace.root / "datanets" / "faq" / "datanet.yaml"

    def shown() -> bool:
        with world.workspace.store() as store:
            shared, _ = world.workspace._second_looks(store, world.workspace.state(), ["faq"], ["cid"])
        return record in {one.record for one in shared}

    told = [shown()]
    card.write_text(card.read_text().replace("several_share: 1", "several_share: 1, weight_ramp: [0.9, 1.0]"))
    told.append(shown())
    assert told == [False, True]


def test_gold_measures_nobody_by_what_they_looked_up(world: Desk) -> None:
    """What was decided is public: to say the same of all of it, or of what one vouched for oneself, is no accuracy."""
    for record in sorted(world.truth):
        labelled(world, record, "amina")
        world.workspace.nominate(record, by="nora", reason="sure")
    state = world.workspace.state()
    for record, label in world.truth.items():
        world.workspace.review(record, "relabel", by="cid", reason="so", label=label, seen=state.seq)
    vouched = min(world.truth)
    who = named(world, Kind.GOLD)
    world.workspace.nominate(vouched, by=who, reason="sure, too")
    content = lease_key("faq", _content(world, vouched))
    now = int(world.clock.now.timestamp())
    world.workspace.book.take(who, [(content, vouched)], seen=state.seq, now=now, count=1)
    world.workspace.review(vouched, "relabel", by=who, reason="so", label=world.truth[vouched])
    world.clock.pass_undo()
    found = {one.curator: one for one in world.workspace.curators()}
    assert {name: len(one.gold) for name, one in found.items()} == {"amina": 0, "cid": 0, who: 0}
    assert found["cid"].agreement is None


def _content(world: Desk, record: str) -> str:
    with world.workspace.store() as store:
        rows = store.query("SELECT content_digest FROM records WHERE record = $1", [record])
    return str(rows[0]["content_digest"])


def test_an_opinion_on_a_copy_is_found_again(world: Desk) -> None:
    """It is journalled of the copy that was decided; who asks again because the server died asks by their own."""
    record = min(world.truth)
    with world.workspace.store() as store:
        text = store.record(record).text
    row = next(row for row in small.honest(30) if row["question"] == text)
    file = small.write_jsonl(world.workspace.root / "copy.jsonl", [{**row, "topic": "teeth"}])
    (copy,) = small.records_of(world.workspace, file, "faq", "bea")
    line = labelled(world, record, "amina")
    said = world.workspace.review(copy, "accept", by="bilal", reason="no", seen=line)
    found = world.workspace.opinion_since(line, copy, "bilal")
    assert found is not None
    assert (found.record, found.seq) == (record, said.line)
    assert world.workspace.opinion_since(said.line, copy, "bilal") is None


def test_nobody_meets_gold_that_they_nominated_decided_or_own(world: Desk) -> None:
    record = min(world.truth)
    who = named(world, Kind.GOLD)
    labelled(world, record, "amina")
    world.workspace.nominate(record, by=who, reason="sure")
    assert looked(world, who).waiting.record != record
    with world.workspace.store() as store:
        state = world.workspace.state()
        for names, met in ((("amina",), []), ((who,), []), (("cid", who), []), (("cid",), [record])):
            _, gold = world.workspace._second_looks(store, state, ["faq"], names)
            assert [one.record for one in gold] == met
    assert world.workspace.next(ALL, by="cid", also=["ann"], count=4) == []


def test_what_is_drawn_and_not_audited_is_no_second_look(world: Desk) -> None:
    """A word about it is its audit, and would change where it stands."""
    for record in world.truth:
        labelled(world, record, "amina")
        world.workspace.nominate(record, by="nora", reason="sure")
    world.workspace.draw_audits(30, "ab" * 16)
    drawn = {one.record for one in world.workspace.drawn()}
    with world.workspace.store() as store:
        _, gold = world.workspace._second_looks(store, world.workspace.state(), ["faq"], ["cid"])
    assert {one.record for one in gold} == world.truth.keys() - drawn


def test_gold_is_disputed_by_who_answered_and_stands_again_by_another(world: Desk) -> None:
    record = min(world.truth)
    labelled(world, record, "amina")
    world.workspace.nominate(record, by="nora", reason="sure")
    who = named(world, Kind.GOLD)
    with pytest.raises(UsageError, match="no gold that"):
        world.workspace.dispute(record, by=who, reason="is it gold?")
    world.say(looked(world, who), "teeth")
    with pytest.raises(UsageError, match="no gold that"):
        world.workspace.dispute(record, by=who, reason="is it gold?")
    world.clock.pass_undo()
    world.workspace.dispute(record, by=who, reason="both can be meant")
    assert [one.gold.is_disputed for one in world.workspace.nominated()] == [True]
    assert all(not one.gold for one in world.workspace.curators())
    with pytest.raises(UsageError, match="another curator"):
        world.workspace.nominate(record, by="nora", reason="sure")
    world.workspace.nominate(record, by="omar", reason="it is")
    assert [(one.gold.by, one.answers) for one in world.workspace.nominated()] == [(("nora", "omar"), 1)]
    # Who decides otherwise ends it.
    world.workspace.decide(record, "reject", by="omar", reason="after all", label=None)
    assert world.workspace.nominated() == ()
    assert world.workspace.verify().agrees


def test_the_journal_and_what_is_exported_tell_nobody_which_record_is_gold(world: Desk, tmp_path: Path) -> None:
    record = min(world.truth)
    labelled(world, record, "amina")
    world.workspace.nominate(record, by="nora", reason="sure")
    world.workspace.review(record, "accept", by="bilal", reason="no", seen=world.workspace.state().seq)
    world.workspace.export_public(tmp_path / "public")
    # Whoever computes payouts leaves these lines out.
    assert noticed(tmp_path / "public") == set()
    lines = (tmp_path / "public" / "journal.jsonl").read_text().splitlines()[-2:]
    assert [json.loads(line)["type"] for line in lines] == ["gold.nominated", "opinion.given"]
    assert all(record not in line for line in lines)
    state = world.workspace.state()
    for name in (state.nominations[0].fact.gold, state.opinions[0].fact.opinion):
        assert not (tmp_path / "public" / "objects" / name).exists()
        # Nor can it be guessed: a salt that nobody outside knows is in it.
        assert json.loads(world.workspace.objects.get(name))["salt"]


def test_a_lease_that_ran_out_overrules_nobody_either(world: Desk) -> None:
    record = looked(world, "amina").waiting.record
    labelled(world, record, "amina")
    who = named(world, Kind.SHARED)
    late = looked(world, who)
    world.clock.now += timedelta(seconds=LEASE_SECONDS + 1)
    world.workspace.review(record, "reject", by=who, reason="no", seen=late.lease.seen)
    assert verdict_of(world.workspace, record) == ("accept", "decided")


def test_whoever_guesses_is_told_apart_and_quality_is_in_order(world: Desk) -> None:
    play(world)
    found = {one.curator: one for one in world.workspace.curators()}
    assert {one.looks for one in found.values()} == {10}
    assert all(one.is_by_labels and one.quality is not None for one in found.values())
    quality = {name: one.quality or 0 for name, one in found.items()}
    assert quality["amina"] >= quality["bilal"] > quality["rand"] + 0.2
    agreement = {name: one.agreement or 0 for name, one in found.items()}
    assert min(agreement["amina"], agreement["bilal"]) > agreement["rand"] + 0.1
    assert {one.seconds for one in found.values()} == {7}
    assert world.workspace.verify().agrees
