from pathlib import Path

from curation.rewards.settlement import Found
from tests.rewards.money_sample import MILLION, MoneySample, record


def test_a_second_bad_word_takes_no_second_penalty(tmp_path: Path) -> None:
    sample = MoneySample(tmp_path, ["ann"] * 30)
    sample.draw(0)
    sample.say("reject", 0, drawn=True)
    first = [sample.stands(number) for number in range(30)]
    sample.say("reject", 0, drawn=True)
    assert [sample.stands(number) for number in range(30)] == first
    assert sum(forfeited > 0 for _, _, forfeited in first) in (21, 22)


def test_a_good_word_gives_back_what_all_bad_ones_since_the_last_took(tmp_path: Path) -> None:
    sample = MoneySample(tmp_path, ["ann"] * 5)
    sample.draw(0)
    before = [sample.stands(number) for number in range(5)]
    sample.say("reject", 0, drawn=True)
    sample.say("reject", 0)
    sample.say("accept", 0)
    assert [sample.stands(number) for number in range(5)] == before


def test_nothing_is_given_back_twice_whichever_copy_the_words_are_about(tmp_path: Path) -> None:
    sample = MoneySample(tmp_path, ["ann", "bea", "ann", "bea"])
    sample.draw(0, 1)
    before = [sample.stands(number) for number in range(4)]
    # Records 0 and 1 share a content.
    sample.say("reject", 0, 1, drawn=True)
    sample.say("reject", 1, 0, drawn=True)
    sample.say("accept", 1, 0)
    assert [sample.stands(number) for number in range(4)] == before
    sample.say("accept", 0, 1)
    sample.say("accept", 1, 0)
    assert [sample.stands(number) for number in range(4)] == before


def test_a_good_word_about_a_copy_pays_back_what_went_to_the_reserve(tmp_path: Path) -> None:
    sample = MoneySample(tmp_path, ["ann", "bea"])
    before = sample.stands(0)
    sample.say("reject", 1, 0)
    assert sample.stands(0) == (0, 0, 0)
    sample.say("accept", 0, 1)
    assert sample.stands(0) == before


def test_a_record_that_was_relabelled_gets_nothing_for_its_wrong_label(tmp_path: Path) -> None:
    sample = MoneySample(tmp_path, ["ann", "bea"])
    sample.say("reject", 0)
    sample.appeal(0)
    sample.say("relabel", 0)
    assert sample.stands(0) == (0, 0, 0)


def test_a_record_that_somebody_chose_is_no_audit(tmp_path: Path) -> None:
    sample = MoneySample(tmp_path, ["ann"] * 5)
    owners = {record(number): ("faq", "ann") for number in range(5)}
    sample.say("accept", 1, drawn=True)
    sample.say("reject", 0, drawn=True)
    assert sample.treasury.audits(owners) == {}
    assert sum(sample.stands(number)[2] for number in range(5)) == 0
    sample.draw(1)
    assert sample.treasury.audits(owners) == {}
    sample.say("accept", 1, drawn=True)
    assert sample.treasury.audits(owners) == {("faq", "ann"): Found(good=1)}


def test_a_model_pays_nothing_for_a_label_that_was_changed_since(tmp_path: Path) -> None:
    sample = MoneySample(tmp_path, ["ann", "bea"])
    sample.say("relabel", 0)
    sample.ask("again")
    sample.settle({record(0): MILLION, record(1): MILLION}, relabelled=[record(0)])
    assert {one: lot.credited for one, lot in sample.treasury.books().lots.items() if one[1] == 2} == {
        (record(1), 2): 350
    }
