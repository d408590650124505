from datetime import datetime
from pathlib import Path

from curation.ledger.duck import Duck
from curation.ledger.facts import Fact
from curation.ledger.money_tables import add_money
from tests.rewards.money_sample import MoneySample


def test_a_model_that_was_trained_again_has_its_records_once(tmp_path: Path) -> None:
    sample = MoneySample(tmp_path, ["ann", "bea"])
    trained, served = sample.state.models[0].fact, sample.state.inferences[0].fact
    facts: tuple[Fact, ...] = (trained, trained, served)
    duck = Duck(None)
    duck.create_tables()
    for seq, fact in enumerate(facts, start=1):
        add_money(duck, seq, datetime(2026, 1, 1), fact, sample.objects)  # noqa: DTZ001  (the store's times have none)
    assert len(duck.rows("SELECT * FROM models")) == 2
    assert len(duck.rows("SELECT * FROM model_records")) == 2
    assert len(duck.rows("SELECT * FROM attributions")) == 2
