from pathlib import Path

from curation.ledger.places import Places
from curation.ledger.questions import accepted_now, withdrawn_in_good_standing
from tests.ledger.ledger_sample import Ledger

TEXTS = (("Can I swim while pregnant?", "pregnancy"), ("Sugar of 15 after fasting", "diabetes"), ("Hot feet", "heart"))


def test_withdrawing_frees_no_money_of_copies_and_rejected_records(tmp_path: Path) -> None:
    ledger = Ledger(places=Places(state_dir=tmp_path))
    ann = [one.id for one in ledger.submit("ann", TEXTS).records]
    # Ben has the first of these too, and another file.
    ben = [one.id for one in ledger.submit("ben", (TEXTS[0], ("Cold hands", "heart"))).records]
    ledger.decide(ann[1], "reject")
    for record in (ann[1], ann[2], *ben):
        ledger.withdraw(record)
    with ledger.store() as store:
        assert withdrawn_in_good_standing(store) == {ann[2], ben[1]}
    # With the original gone the copy is one no longer, until its content is rejected.
    ledger.withdraw(ann[0])
    with ledger.store() as store:
        assert withdrawn_in_good_standing(store) == {ann[0], ann[2], *ben}
    ledger.decide(ben[0], "reject")
    with ledger.store() as store:
        assert withdrawn_in_good_standing(store) == {ann[2], ben[1]}


def test_what_was_relabelled_says_where(tmp_path: Path) -> None:
    ledger = Ledger(places=Places(state_dir=tmp_path))
    first, second, _ = [one.id for one in ledger.submit("ann", TEXTS).records]
    ledger.decide(first, "relabel", label="heart")
    ledger.decide(second, "relabel", label="heart")
    ledger.decide(second, "accept")
    with ledger.store() as store:
        found = {one.record: (one.decided, one.relabelled) for one in accepted_now(store)}
    assert (found[first], found[second]) == ((True, 2), (True, None))
