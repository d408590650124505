from pathlib import Path

from curation.rewards.frame import left_open
from tests.rewards.money_sample import MILLION, MoneySample, record


def test_the_same_money_is_not_drawn_from_again_before_all_is_decided(tmp_path: Path) -> None:
    sample = MoneySample(tmp_path, ["ann", "bea"])
    assert left_open(sample.treasury, (1,)) == 0
    sample.draw(0, 1)
    assert left_open(sample.treasury, (1,)) == 2
    sample.say("accept", 0, drawn=True)
    assert left_open(sample.treasury, (1,)) == 1
    sample.ask("again")
    sample.settle({record(0): MILLION})
    assert left_open(sample.treasury, (2,)) == 0
    sample.say("accept", 1, drawn=True)
    assert left_open(sample.treasury, (1,)) == 0


def test_before_any_money_a_second_draw_waits_for_the_first(tmp_path: Path) -> None:
    sample = MoneySample(tmp_path, ["ann", "bea"])
    assert left_open(sample.treasury, ()) == 0
    sample.draw(0, 1)
    assert left_open(sample.treasury, ()) == 2
