from pathlib import Path

from curation.publishing import vested_by_address
from tests.rewards.money_sample import MoneySample

FIRST, SECOND = "0x" + "11" * 20, "0x" + "22" * 20


def test_what_vested_stays_with_the_address_it_vested_to(tmp_path: Path) -> None:
    sample = MoneySample(tmp_path, ["ann", "bea"])
    sample.register("ann", FIRST)
    sample.vest("ann", number=0)
    sample.register("ann", SECOND)
    assert vested_by_address(sample.treasury) == ({FIRST: 350}, ())


def test_what_vested_before_there_was_an_address_goes_to_the_first(tmp_path: Path) -> None:
    sample = MoneySample(tmp_path, ["ann", "bea"])
    sample.register("ann", None)
    sample.vest("ann", number=0)
    assert vested_by_address(sample.treasury) == ({}, ("ann",))
    sample.register("ann", FIRST)
    sample.register("ann", SECOND)
    assert vested_by_address(sample.treasury) == ({FIRST: 350}, ())
