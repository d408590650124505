"""A store that lags by many lines catches up in one step, to the tables of a rebuild, or not at all."""

from pathlib import Path

import pytest

from curation.errors import JournalBroken
from curation.ledger.facts import ContributorRegistered
from curation.ledger.places import Places
from curation.ledger.results import write_name
from curation.ledger.store import ONE_BY_ONE_MAX, Store
from tests.ledger.ledger_sample import Ledger, fill


def lagging(tmp_path: Path) -> tuple[Ledger, Ledger]:
    """A ledger of many lines, and one of its beginning whose store is to catch up."""
    ledger = fill(tmp_path)
    name = ledger.objects.put(write_name("Many"))
    facts = [ContributorRegistered(contributor=f"one-{number}", name=name) for number in range(ONE_BY_ONE_MAX + 1)]
    for fact in facts:
        ledger.happened(fact)
    begun = Ledger(places=Places(state_dir=tmp_path / "begun"))
    begun.places.state_dir.mkdir()
    begun.places.objects.symlink_to(ledger.places.objects)
    lines = ledger.places.journal.read_bytes().splitlines(keepends=True)
    begun.places.journal.write_bytes(b"".join(lines[:3]))
    begun.store().close()
    begun.places.journal.write_bytes(b"".join(lines))
    return ledger, begun


def test_many_lines_at_once_give_the_tables_of_a_rebuild(tmp_path: Path) -> None:
    ledger, begun = lagging(tmp_path)
    with begun.store() as store, Store.in_memory(ledger.journal, ledger.objects, ledger.read_rows) as fresh:
        assert store.fingerprints() == fresh.fingerprints()
        assert store.position()[0] == len(ledger.journal.read())
        assert store.follow() == 0


def test_what_cannot_be_applied_leaves_the_store_where_it_was(tmp_path: Path) -> None:
    ledger, begun = lagging(tmp_path)
    damaged = ledger.places.objects / ledger.submissions()[-1].fact.result[:2]
    kept = damaged.rename(tmp_path / "kept")
    with pytest.raises(JournalBroken):
        begun.store()
    kept.rename(damaged)
    with begun.store() as store:
        assert store.position()[0] == len(ledger.journal.read())
