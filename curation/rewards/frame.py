"""What audits are drawn from: every record ever submitted, and the money that no drawing has covered yet. Pure."""

from collections import defaultdict
from collections.abc import Sequence

from curation.ledger.owned import Owned
from curation.rewards.draws import Candidate
from curation.rewards.settlement import NOTHING_FOUND
from curation.rewards.treasury import Treasury


def covered_epochs(treasury: Treasury) -> tuple[int, ...]:
    """The epochs whose money the next drawing is of: those that none covered, or all once each was covered."""
    covered = {epoch for told in treasury.hits for epoch in told.epochs}
    every = tuple(told.epoch for told in treasury.epochs)
    return tuple(epoch for epoch in every if epoch not in covered) or every


def left_open(treasury: Treasury, epochs: Sequence[int]) -> int:
    """How many records wait for a word where each of these epochs was drawn from before; else 0.

    The leak of an epoch is told by its latest drawing. Whoever could draw again from the same money would draw until
    the sample is a pleasant one, and what the first one hit would never be decided.
    """
    covered = {epoch for told in treasury.hits for epoch in told.epochs}
    if not covered.issuperset(epochs):
        return 0
    return len(treasury.drawn.keys() - treasury.state.decisions.keys())


def frame_of(treasury: Treasury, records: Sequence[Owned]) -> tuple[tuple[Candidate, ...], tuple[int, ...]]:
    """The frame, in the order of who was first, and the epochs whose money it has."""
    epochs = covered_epochs(treasury)
    money: dict[str, int] = defaultdict(int)
    for (record, epoch), lot in treasury.books().lots.items():
        if epoch in epochs:
            money[record] += lot.credited
    frame = tuple(
        Candidate(record=one.record, contributor=one.contributor, datanet=one.datanet, money=money[one.record])
        for one in records
    )
    return frame, epochs


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
