"""The tables as they are when they are filled anew from the journal and what it names."""

from curation.ledger.store import Store
from tests.ledger.ledger_sample import Ledger


def memory(ledger: Ledger) -> dict[str, tuple[int, str]]:
    with Store.in_memory(ledger.journal, ledger.objects, ledger.read_rows) as store:
        return store.fingerprints()
