from pathlib import Path

from curation.rewards.frame import left_open, new_epochs
from tests.rewards.money_sample import MILLION, MoneySample, record


def test_nothing_is_drawn_without_new_money_before_all_is_decided(tmp_path: Path) -> None:
    sample = MoneySample(tmp_path, ["ann", "bea"])
    assert left_open(sample.treasury, new_epochs(sample.treasury)) == 0
    sample.draw(0, 1)
    assert left_open(sample.treasury, new_epochs(sample.treasury)) == 2
    sample.say("accept", 0, drawn=True)
    assert left_open(sample.treasury, new_epochs(sample.treasury)) == 1
    sample.ask("again")
    sample.settle({record(0): MILLION})
    assert left_open(sample.treasury, new_epochs(sample.treasury)) == 0
    assert new_epochs(sample.treasury) == (2,)
    sample.say("accept", 1, drawn=True)
    assert left_open(sample.treasury, ()) == 0


def test_before_any_money_a_second_draw_waits_for_the_first(tmp_path: Path) -> None:
    sample = MoneySample(tmp_path, ["ann", "bea"])
    assert left_open(sample.treasury, ()) == 0
    sample.draw(0, 1)
    assert left_open(sample.treasury, ()) == 2
