"""What audits are drawn from: every record ever submitted, and the money that no drawing has covered yet. Pure."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from itertools import accumulate

from curation.ledger.money_files import DrawnLine, HitLine, HitsFile
from curation.ledger.owned import Owned
from curation.rewards.draws import Candidate, Drawing
from curation.rewards.settlement import NOTHING_FOUND
from curation.rewards.treasury import Treasury


def new_epochs(treasury: Treasury) -> tuple[int, ...]:
    """The epochs whose money the next drawing is of: those that none covered.

    An epoch's money is drawn from once: whoever could draw again would draw until the sample is a pleasant one.
    """
    covered = {epoch for told in treasury.hits for epoch in told.epochs}
    return tuple(told.epoch for told in treasury.epochs if told.epoch not in covered)


def left_open(treasury: Treasury, epochs: Sequence[int]) -> int:
    """How many drawn records wait for a word where `epochs`, whose money is to be drawn from, are none; else 0.

    Without new money a drawing only finds further records to look at. Whoever could draw before the last ones were
    looked at would draw until these are pleasant ones.
    """
    return 0 if epochs else len(treasury.drawn.keys() - treasury.state.decisions.keys())


def frame_of(treasury: Treasury, records: Sequence[Owned], epochs: Sequence[int]) -> tuple[Candidate, ...]:
    """The frame, in the order of who was first, with the money of these epochs."""
    money: dict[str, int] = defaultdict(int)
    for (record, epoch), lot in treasury.books().lots.items():
        if epoch in epochs:
            money[record] += lot.credited
    return tuple(
        Candidate(record=one.record, contributor=one.contributor, datanet=one.datanet, money=money[one.record])
        for one in records
    )


def hits_file(treasury: Treasury, drawing: Drawing, epochs: Sequence[int]) -> HitsFile:
    """What a drawing took, to be kept; `treasury` and `epochs` are those that its frame was made of.

    The money of a record lies end to end in the order of its epochs, so a hit's offset says of which one it is.
    """
    books, hits = treasury.books(), []
    for hit in drawing.hits:
        epoch = None
        if hit.offset is not None:
            lots = [(epoch, lot.credited) for epoch, lot in books.of_record(hit.record) if epoch in epochs]
            epoch = lots[bisect_right(list(accumulate(units for _, units in lots)), hit.offset)][0]
        hits.append(HitLine(sort=hit.kind.value, number=hit.number, record=hit.record, epoch=epoch))
    chances = sorted(drawing.inclusion_ppm.items())
    records = [DrawnLine(record=record, probability=probability) for record, probability in chances]
    return HitsFile(epochs=list(epochs), hits=hits, records=records)


def waiting_to_vest(treasury: Treasury, records: Sequence[Owned]) -> frozenset[str]:
    """The contributors with money in escrow who have too few audited records in its datanet."""
    owners = {one.record: (one.datanet, one.contributor) for one in records}
    audits = treasury.audits({one.record: owners[one.record] for one in records if one.judged})
    waiting = set()
    for (record, _), lot in treasury.books().lots.items():
        owner = owners.get(record)
        terms = treasury.terms_now.get(owner[0]) if owner else None
        if owner and terms and lot.escrow and audits.get(owner, NOTHING_FOUND).count < terms.vest_audits:
            waiting.add(lot.contributor)
    return frozenset(waiting)
