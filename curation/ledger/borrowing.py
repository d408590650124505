"""The store as a command opens it: by itself, or borrowed from the server that owns it."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack

from curation.ledger.journal import Journal
from curation.ledger.lending import borrowed
from curation.ledger.objects import Objects
from curation.ledger.places import Places
from curation.ledger.rows import ReadRows
from curation.ledger.store import Store
from curation.ledger.tables import Rows


class _Borrowed(Store):
    """A store whose closing gives it back."""

    loan: ExitStack | None = None

    def close(self) -> None:
        """Lets go of the file, then of the loan."""
        super().close()
        if self.loan is not None:
            self.loan.close()


def opened_or_borrowed(  # noqa: PLR0913, PLR0917  (what `Store.open` takes, and who hears of a loan)
    places: Places,
    journal: Journal,
    objects: Objects,
    read_rows: ReadRows,
    rows: Mapping[str, Rows] | None,
    heard: Callable[[], None],
) -> Store:
    """The store, as `Store.open` gives it; `heard` is called when a server lent it. It is given back when closed."""
    with ExitStack() as loan:
        loan.enter_context(borrowed(places.lending, heard))
        store = _Borrowed.open(places.store, journal, objects, read_rows, rows=rows)
        store.loan = loan.pop_all()
    return store
