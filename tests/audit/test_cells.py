from pathlib import Path

from curation.audit.cells import leaks
from tests.rewards.money_sample import MoneySample


def test_money_on_a_record_that_was_relabelled_went_to_bad_data(tmp_path: Path) -> None:
    sample = MoneySample(tmp_path, ["ann", "bea"])
    sample.say("relabel", 0)
    sample.say("accept", 1)
    (everything, *_) = leaks(sample.treasury)
    assert (everything.leak.low, everything.leak.high) == (350, 350)
