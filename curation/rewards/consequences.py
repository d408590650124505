"""What a decision about a record does to money: a bad audit forfeits, an appeal corrects. Pure.

Vested money stays where it is. A bad audit costs the record's escrow and a penalty from the rest of its contributor's,
so that cheating is dear where only some records are looked at. A bad word about a record that was not drawn at random
only takes back what was credited. A good word restores what an earlier bad one took, and pays what an epoch would have
paid at full weight, out of the reserve.
"""

from collections.abc import Iterator, Mapping, Sequence

from curation.ledger.money_files import MoveLine, TermsFile
from curation.rewards.books import ESCROW, FORFEITED, RESERVE, Books, account_of


def found_bad(record: str, books: Books, terms: TermsFile, *, drawn: bool, penal: bool = True) -> list[MoveLine]:
    """The moves of a confirmed bad word about a record; `penal` says whether it costs the penalty too."""
    lots = list(books.of_record(record))
    if not lots:
        return []
    contributor = lots[0][1].contributor
    source = account_of(ESCROW, contributor)
    what, target = ("forfeit", FORFEITED) if drawn else ("reverse", RESERVE)
    moves = [_move(what, source, target, lot.escrow, record, epoch) for epoch, lot in lots if lot.escrow]
    if drawn and penal:
        penalty = terms.penalty_payouts * sum(lot.credited for _, lot in lots)
        moves += _penalty(record, contributor, penalty, books)
    return moves


def _penalty(record: str, contributor: str, units: int, books: Books) -> Iterator[MoveLine]:
    """As much of the penalty as there is escrow for, the newest payouts first."""
    for (other, epoch), lot in books.of_contributor(contributor):
        taken = min(units, lot.escrow)
        if other != record and taken:
            yield _move("penalty", account_of(ESCROW, contributor), FORFEITED, taken, other, epoch)
            units -= taken


def found_good(
    record: str, contributor: str, books: Books, taken: Sequence[MoveLine], wanted: Mapping[int, int]
) -> list[MoveLine]:
    """The moves of a good word about a record.

    `taken` are the moves of the bad words that it overturns; `wanted` says by epoch what the record would have earned
    at full weight. What the reserve no longer has is not paid.
    """
    moves = [
        _move("correct", FORFEITED, one.source, int(one.units), one.record or record, one.epoch)
        for one in taken
        if one.what in ("forfeit", "penalty")
    ]
    credited = {epoch: lot.credited for epoch, lot in books.of_record(record)}
    left = books.balances[RESERVE]
    for epoch, units in sorted(wanted.items()):
        more = min(units - credited.get(epoch, 0), left)
        if more > 0:
            moves.append(_move("correct", RESERVE, account_of(ESCROW, contributor), more, record, epoch))
            left -= more
    return moves


def _move(what: str, source: str, target: str, units: int, record: str, epoch: int) -> MoveLine:  # noqa: PLR0913, PLR0917  (the parts of a move)
    told = {"what": what, "source": source, "target": target, "units": str(units), "record": record, "epoch": epoch}
    return MoveLine.model_validate(told)
