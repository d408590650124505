"""Reports of small ledgers: the sample one, and one of thousands of long hostile texts."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from curation.ledger.places import Places
from curation.reporting import Report, report_of
from tests.formats import hostile_gate
from tests.ledger import ledger_sample
from tests.ledger.ledger_sample import Ledger

HOSTILE_ROWS = 5000


def sample_ledger(folder: Path) -> Ledger:
    return ledger_sample.fill(folder / ".curation")


def hostile_ledger(folder: Path) -> Ledger:
    """An import, and 5,000 rows of hostile text with hostile labels, every second a copy of the one before."""
    ledger = Ledger(places=Places(state_dir=folder / ".curation"))
    ledger.register("owner", hostile_gate.EVERYTHING[:80])
    ledger.submit("owner", ledger_sample.OWNED, "import")
    filling = "pulse " + hostile_gate.EVERYTHING
    said = [
        (f"{number // 2} {filling}", f"{number // 2 % 40} {hostile_gate.EVERYTHING}") for number in range(HOSTILE_ROWS)
    ]
    ledger.submit("eve", said)
    return ledger


def told(ledger: Ledger, datanet: str | None = None, since: int | None = None) -> Report:
    with ledger.store() as store:
        return report_of(store, ledger.journal.read(), ledger.objects, datanet, since)


def as_installed(report: Report) -> Report:
    """Without what changes from one installation or commit to the next."""
    versions: Mapping[str, str] = dict.fromkeys(dict(report.basis.versions), "as installed")
    return replace(report, basis=replace(report.basis, code="c" * 64, versions=tuple(versions.items())))
