from pathlib import Path

from curation.rewards.settlement import Found
from tests.rewards.money_sample import MoneySample, record

ANN = ("faq", "ann")


def test_an_appeal_that_succeeds_puts_right_what_the_audit_found(tmp_path: Path) -> None:
    sample = MoneySample(tmp_path, ["ann", "bea"])
    owners = {record(0): ANN, record(1): ("faq", "bea")}
    sample.draw(0)
    sample.say("reject", 0, drawn=True)
    assert sample.treasury.audits(owners) == {ANN: Found(bad=1)}
    sample.say("accept", 0)
    assert sample.treasury.audits(owners) == {ANN: Found(good=1)}
    sample.say("relabel", 0)
    assert sample.treasury.audits(owners) == {ANN: Found(bad=1)}


def test_a_record_that_somebody_chose_to_look_at_is_no_audit(tmp_path: Path) -> None:
    sample = MoneySample(tmp_path, ["ann", "bea"])
    sample.say("accept", 0)
    sample.say("accept", 0, drawn=True)
    assert sample.treasury.audits({record(0): ANN}) == {}
