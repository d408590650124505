"""Second looks: who gets which, in what order, and when people are of different minds. Pure."""

from collections import Counter
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from curation.ledger.answers import Answer, Gold, Saying
from curation.review.second import (
    ANSWERS_WANTED,
    GOLD_LOOKS,
    SHARED_LOOKS,
    Kind,
    Told,
    goes_to_several,
    is_for,
    kind_of,
    split_of,
    tally,
    wants_more,
    woven,
)
from curation.review.waiting import Waiting
from curation.review.worth import Sort

ACCEPT: Saying = ("accept", None)
REJECT: Saying = ("reject", None)
SKIN: Saying = ("relabel", "skin")
SAYINGS = st.sampled_from([ACCEPT, REJECT, SKIN])


def told(*words: tuple[str, Saying, bool]) -> list[Answer]:
    """Answers in order: who, what, and whether it is an opinion."""
    at = datetime(2026, 11, 25, tzinfo=UTC)
    return [
        Answer(record="r", by=by, said=said, seq=seq, at=at, is_opinion=is_opinion)
        for seq, (by, said, is_opinion) in enumerate(words, start=1)
    ]


def waiting(record: str) -> Waiting:
    return Waiting(
        record=record,
        datanet="faq",
        contributor="ann",
        content=record,
        sort=Sort.REVIEW,
        codes=(),
        label=None,
        verdict="review",
        weight=0.2,
        worth=1.0,
        length=10,
    )


def test_about_the_share_goes_to_several_and_the_same_each_time() -> None:
    records = [f"{n:032x}" for n in range(5000)]
    chosen = {one for one in records if goes_to_several(b"salt", one, 0.1)}
    assert 400 < len(chosen) < 600
    assert chosen == {one for one in records if goes_to_several(b"salt", one, 0.1)}
    assert chosen != {one for one in records if goes_to_several(b"other", one, 0.1)}
    assert chosen <= {one for one in records if goes_to_several(b"salt", one, 0.2)}
    assert not any(goes_to_several(b"salt", one, 0.0) for one in records)
    assert all(goes_to_several(b"salt", one, 1.0) for one in records)


def test_looks_are_of_a_kind_about_as_often_as_said_and_only_the_salt_tells_which() -> None:
    kinds = [kind_of(b"salt", "amina", n) for n in range(5000)]
    counted = Counter(kinds)
    assert abs(counted[Kind.GOLD] / 5000 - GOLD_LOOKS) < 0.015
    assert abs(counted[Kind.SHARED] / 5000 - SHARED_LOOKS) < 0.025
    assert kinds != [kind_of(b"other", "amina", n) for n in range(5000)]
    assert kinds != [kind_of(b"salt", "bilal", n) for n in range(5000)]


@given(
    st.integers(0, 6).map(lambda n: [f"f{at}" for at in range(n)]),
    st.integers(0, 6).map(lambda n: [f"s{at}" for at in range(n)]),
    st.integers(0, 6).map(lambda n: [f"g{at}" for at in range(n)]),
    st.lists(st.sampled_from(Kind), min_size=7, max_size=7),
)
def test_everything_but_gold_is_looked_at_and_each_pool_keeps_its_order(
    first: list[str], shared: list[str], gold: list[str], kinds: list[Kind]
) -> None:
    pools = [[waiting(one) for one in some] for some in (first, shared, gold)]
    records = [one.record for one in woven(pools[0], pools[1], pools[2], lambda place: kinds[place % 7])]
    assert [one for one in records if one[0] == "f"] == first
    assert [one for one in records if one[0] == "s"] == shared
    served = [one for one in records if one[0] == "g"]
    assert served == gold[: len(served)]
    if not first and not shared:
        assert records == []


def test_an_opinion_that_differs_splits_until_somebody_decides() -> None:
    words = ("a", ACCEPT, False), ("b", ACCEPT, True), ("c", REJECT, True), ("d", REJECT, False), ("e", REJECT, True)
    splits = [bool(split_of({"r": told(*words[:n])}, ())) for n in range(1, 6)]
    assert splits == [False, False, True, False, False]
    assert split_of({"r": told(*words[:3])}, {"r"}) == frozenset()
    # Another label is another answer.
    assert split_of({"r": told(("a", SKIN, False), ("b", ("relabel", "teeth"), True))}, ()) == {"r"}
    assert split_of({"r": told(("b", REJECT, True))}, ()) == frozenset()


@given(st.lists(st.tuples(st.sampled_from("abcd"), SAYINGS, st.booleans()), max_size=8))
def test_a_tally_counts_everybody_once(words: list[tuple[str, Saying, bool]]) -> None:
    counted = tally(told(*words))
    assert sum(one.count for one in counted) == len({by for by, _, _ in words})
    assert [one.count for one in counted] == sorted((one.count for one in counted), reverse=True)
    assert wants_more(told(*words)) == (len({by for by, _, _ in words}) < ANSWERS_WANTED)


def test_a_tally_takes_the_last_word_of_each() -> None:
    words = told(("a", ACCEPT, False), ("b", REJECT, True), ("a", REJECT, False), ("c", SKIN, True))
    assert tally(words) == (Told(said=REJECT, count=2), Told(said=SKIN, count=1))


def test_gold_is_for_nobody_who_nominated_it_and_while_disputed_for_nobody() -> None:
    gold = Gold(record="r", said=SKIN, name="n", by=("amina", "bilal"), lines=(7, 8), is_disputed=False)
    assert is_for(gold, ["cid"])
    assert not is_for(gold, ["cid", "bilal"])
    disputed = Gold(record="r", said=SKIN, name="n", by=("amina",), lines=(7,), is_disputed=True)
    assert not is_for(disputed, ["cid"])
