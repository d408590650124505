"""What everybody keeps after audits: by the beacon that came, and by many that might have come, for an interval."""

from collections import defaultdict
from collections.abc import Callable

from benchmarks.attacks.remembering import Remembering
from curation.ledger.owned import Owned
from curation.rewards.books import Books
from curation.rewards.consequences import found_bad
from curation.rewards.draws import draw, seed_of
from curation.rewards.frame import frame_of, new_epochs, waiting_to_vest


def kept_after_draws(
    workspace: Remembering, records: tuple[Owned, ...], budget: int, beacons: list[str], is_bad: Callable[[str], bool]
) -> list[dict[str, int]]:
    """For each beacon what each record's payouts come to, in base units, once the oracle has decided all draws.

    By the product's own draws and consequences, on a copy of its books; nothing is journalled.
    """
    treasury = workspace.treasury()
    untouched = kept(treasury.books())
    commitment = workspace.journal.read()[treasury.state.epochs[-1].seq - 1].hash
    frame = frame_of(treasury, records, new_epochs(treasury))
    waiting = waiting_to_vest(treasury, records)
    found = []
    for beacon in beacons:
        drawing = draw(frame, waiting=waiting, budget=budget, seed=seed_of(commitment, beacon))
        bad = [record for record in sorted(drawing.inclusion_ppm) if is_bad(record)]
        then = treasury.books() if bad else Books()
        for record in bad:
            terms = treasury.terms_now.get(treasury.datanets.get(record, ""))
            if terms is not None:
                # Who was found bad in an earlier period has paid the penalty.
                penal = treasury.audited.get(record, True)
                then.enter(found_bad(record, then, terms, drawn=True, penal=penal))
        found.append(kept(then) if bad else untouched)
    return found


def kept(books: Books) -> dict[str, int]:
    """Credited and not forfeited, in base units by record, over all epochs."""
    found: dict[str, int] = defaultdict(int)
    for (record, _), lot in books.lots.items():
        found[record] += lot.credited - lot.forfeited
    return dict(found)
