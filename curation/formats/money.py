"""Money for people and for scripts: models, inferences, epochs, statements, audits, the leak.

In JSON amounts are base units as decimal strings; people read OPEN.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from curation.audit.cells import LeakOf
from curation.audit.statements import Payouts, Settled
from curation.auditing import Audit, Drawn
from curation.datanet.shown import shown
from curation.formats.text import snippet
from curation.rewards.amounts import open_of
from curation.serving import Behind, Served


def served_document(served: Sequence[Served]) -> dict[str, Any]:
    """`curation.inferences/1`."""
    return {"schema": "curation.inferences/1", "inferences": [vars(one) for one in served]}


def served_text(served: Sequence[Served]) -> Iterator[str]:
    """One line an inference."""
    for one in served:
        what = "the nearest records" if one.label is None else shown(one.label, 60)
        again = "" if one.new else ", served before: nothing changed"
        yield f"{one.key}: {what} (journal line {one.seq}, rests on {one.records} records{again})"


def behind_document(served: Served, behind: Sequence[Behind]) -> dict[str, Any]:
    """`curation.attribution/1`."""
    told = vars(served) | {"records": [vars(one) for one in behind]}
    return {"schema": "curation.attribution/1", **told}


def behind_text(served: Served, behind: Sequence[Behind]) -> Iterator[str]:
    """The records behind an inference, the largest share first."""
    yield from served_text([served])
    for one in behind:
        weight = "     " if one.weight is None else f"{one.weight:.3f}"
        told = f"{one.share:7.2%}  w {weight}  ν {one.novelty:.3f}  {one.record[:12]}  {one.contributor:<20}"
        yield f"{told}  {snippet(one.text, 60)}"


def settled_document(told: Settled) -> dict[str, Any]:
    """`curation.settlement/1`; `epoch` is null when there was nothing to settle."""
    if told.epoch is None:
        return {"schema": "curation.settlement/1", "epoch": None}
    inferences = told.epoch.inferences
    pool, paid = (sum(int(one) for one in ones) for ones in zip(*((i.pool, i.paid) for i in inferences), strict=True))
    return {
        "schema": "curation.settlement/1",
        "epoch": told.epoch.epoch,
        "through": told.epoch.through,
        "inferences": len(inferences),
        "fees": str(sum(int(one.fee) for one in inferences)),
        "pool": str(pool),
        "credited": str(paid),
        "reserve": str(pool - paid),
        "vested": str(sum(int(move.units) for move in told.epoch.moves if move.what == "vest")),
    }


def settled_text(told: Settled) -> Iterator[str]:
    """What an epoch came to."""
    if told.epoch is None:
        yield "nothing to settle: every inference is paid"
        return
    said = settled_document(told)
    amounts = {name: open_of(int(said[name])) for name in ("fees", "pool", "credited", "reserve", "vested")}
    yield f"epoch {said['epoch']}: {said['inferences']} inferences through journal line {said['through']}"
    yield f"    fees {amounts['fees']} OPEN, of which {amounts['pool']} are for data"
    yield f"    {amounts['credited']} credited to contributors, in escrow; {amounts['reserve']} kept by the reserve"
    yield f"    {amounts['vested']} of earlier epochs vested"


def payouts_text(told: Payouts) -> Iterator[str]:
    """Everybody's statement, and where the rest of the pool went."""
    yield f"{'contributor':<24} {'credited':>16} {'escrow':>16} {'vested':>16} {'forfeited':>16}   OPEN"
    for one in told.contributors:
        amounts = (one.credited, one.escrow, one.vested, one.forfeited)
        yield f"{one.contributor:<24} " + " ".join(f"{_rounded(units):>16}" for units in amounts)
    yield f"{'kept by the reserve':<24} {_rounded(told.reserve):>16}"
    yield f"{'data share of all fees':<24} {_rounded(told.pool):>16}"
    for epoch, ones in told.by_epoch:
        for one in ones:
            amounts = (one.credited, one.escrow, one.vested, one.forfeited)
            credited, *parts = (open_of(units) for units in amounts)
            rest = ", ".join(
                f"{name} {part}" for name, part in zip(("escrow", "vested", "forfeited"), parts, strict=True)
            )
            yield f"epoch {epoch:<4} {one.contributor:<24} credited {credited}, {rest}"


def drawn_document(told: Drawn) -> dict[str, Any]:
    """`curation.draw/1`."""
    return {
        "schema": "curation.draw/1",
        "draw": told.draw,
        "through": told.through,
        "commitment": told.commitment,
        "hits": len(told.hits.hits),
        "records": [{"record": one.record, "probability_ppm": one.probability} for one in told.hits.records],
    }


def drawn_text(told: Drawn) -> Iterator[str]:
    """How many were drawn, and which."""
    yield f"draw {told.draw}: {len(told.hits.hits)} draws fell on {len(told.hits.records)} records"
    yield f"    from what the journal said at line {told.through}, hash {told.commitment}"
    for one in told.hits.records:
        yield f"{one.record}  drawn with probability {one.probability / 1_000_000:.6f}"


def audits_document(audits: Sequence[Audit]) -> dict[str, Any]:
    """`curation.audits/1`."""
    return {"schema": "curation.audits/1", "audits": [vars(one) for one in audits]}


def audits_text(audits: Sequence[Audit]) -> Iterator[str]:
    """One line a drawn record."""
    for one in audits:
        yield f"{one.status:<8} {one.record}  draw {one.draw}  π {one.probability:.6f}  {snippet(one.text, 60)}"


def leaks_text(found: Sequence[LeakOf]) -> Iterator[str]:
    """One line a datanet and epoch."""
    if not found:
        yield "no money was settled yet"
    for one in found:
        leak = one.leak
        where = f"{one.datanet or 'all datanets'}{'' if one.epoch is None else f', epoch {one.epoch}'}"
        estimate = "unknown" if leak.estimate is None else _share(leak.estimate, leak.money)
        yield (
            f"{where}: {estimate} of {open_of(leak.money)} OPEN went to bad data "
            f"(95 %: {_share(leak.low, leak.money)} to {_share(leak.high, leak.money)}; "
            f"{leak.hits} money draws, {leak.undecided} undecided)"
        )


def _share(units: int, money: int) -> str:
    return f"{units / money:.1%}" if money else "nothing"


def _rounded(units: int) -> str:
    """An amount to six decimals for a table; never more than there is."""
    whole, rest = divmod(units, 10**18)
    return f"{whole}.{rest // 10**12:06d}"
