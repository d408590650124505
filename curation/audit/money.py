"""Where the money went: to bad data, to whom, and what was held back."""

from collections.abc import Sequence
from typing import Final

from curation.audit.asked import PARTS_MAX, Asked
from curation.audit.figure import OPEN, Figure, Part, counted, percent, ratio, told
from curation.audit.inequality import gini
from curation.audit.leak import Leak
from curation.rewards.amounts import open_of
from curation.rewards.books import AUDIT, BURNED

_POOLS: Final = """
SELECT coalesce(sum(s.pool), 0)::HUGEINT AS pool, coalesce(sum(s.fee), 0)::HUGEINT AS fees, count(*) AS inferences
FROM settled_inferences AS s JOIN inferences AS i ON i.seq = s.inference
WHERE $1::VARCHAR IS NULL OR i.datanet = $1
"""
_CREDITED: Final = """
SELECT p.contributor, sum(p.credited)::HUGEINT AS credited, sum(p.escrow)::HUGEINT AS escrow,
       sum(p.vested)::HUGEINT AS vested, sum(p.forfeited)::HUGEINT AS forfeited
FROM payouts AS p JOIN records AS r ON r.record = p.record
WHERE $1::VARCHAR IS NULL OR r.datanet = $1
GROUP BY p.contributor ORDER BY credited DESC, p.contributor
"""
_ACCEPTED: Final = """
SELECT contributor, count(*) AS accepted FROM current_records
WHERE verdict = 'accept' AND ($1::VARCHAR IS NULL OR datanet = $1) GROUP BY contributor
"""
_SPENT: Final = """
SELECT coalesce(sum(units) FILTER (target = $1), 0)::HUGEINT - coalesce(sum(units) FILTER (source = $1), 0)::HUGEINT
       AS units
FROM moves
"""
_LEAK_METHOD: Final = (
    "Money-unit draws are a binomial sample of the money (Leslie, Teitlebaum and Anderson 1979); Clopper and Pearson "
    "(1934), summed over drawings at 1 - .05/S; the estimate weighs each drawn record by its inverse probability "
    "(Horvitz and Thompson 1952; Hájek 1971). Undecided draws count as good in the lower end and as bad in the upper."
)


def to_bad_data(asked: Asked) -> Figure:
    """The leak: base units credited to records that people find bad."""
    cells = [one for one in asked.leaks if asked.datanet in (None, one.datanet)]
    whole = next((one.leak for one in cells if one.datanet == asked.datanet and one.epoch is None), None)
    parts = [
        Part(
            of=(one.datanet or "", "" if one.epoch is None else str(one.epoch)),
            value=one.leak.estimate,
            low=one.leak.low,
            high=one.leak.high,
            counted=one.leak.hits,
        )
        for one in cells
        if one.datanet is not None and one.leak.money
    ]
    # Of many epochs the latest are told.
    kept = [one for one in parts if not one.of[1]] + sorted(
        (one for one in parts if one.of[1]), key=lambda one: (-int(one.of[1]), one.of[0])
    )
    return Figure(
        name="money-to-bad-data",
        title="Money credited to bad data",
        says=_leak_says(whole, [one.leak for one in cells if one.epoch is not None and one.leak.estimate is not None]),
        definition="Base units credited, in escrow or vested, to records that audits find bad, net of what went back.",
        method=_LEAK_METHOD,
        unit=OPEN,
        value=None if whole is None else whole.estimate,
        low=None if whole is None else whole.low,
        high=None if whole is None else whole.high,
        counted=None if whole is None else whole.hits,
        by=("datanet", "epoch"),
        parts=tuple(kept[: 2 * PARTS_MAX]),
        parts_left=max(0, len(kept) - 2 * PARTS_MAX),
    )


def _leak_says(leak: Leak | None, covered: Sequence[Leak]) -> str:
    """The finding; where some money has no decided audit yet, also the estimate of that which has (`covered`)."""
    if leak is None or not leak.money:
        return "No money was credited to contributors yet."
    between = f"between {percent(leak.low / leak.money, 1)} and {percent(leak.high / leak.money, 1)}"
    whole = f"{rounded_open(leak.money)} OPEN credited"
    if leak.low == leak.high:
        return f"{percent(leak.low / leak.money, 1)} of {whole} went to bad data: every record of it was decided."
    if leak.estimate is None:
        known = sum(one.money for one in covered)
        share = percent(sum(one.estimate or 0 for one in covered) / known, 1) if known else ""
        told = f"; of the {rounded_open(known)} OPEN that audits tell of, {share}" if known else ""
        return f"How much of {whole} went to bad data nobody knows yet: {between}{told}."
    draws = counted(leak.hits, "money draw")
    waits = f", {leak.undecided} of them undecided" if leak.undecided else ""
    return f"{percent(leak.estimate / leak.money, 1)} of {whole} went to bad data: {between}, by {draws}{waits}."


def rounded_open(units: int) -> str:
    """An amount to four digits after the point for people, rounded down; never more than there is."""
    whole = open_of(abs(units) // 10**14 * 10**14)
    return f"-{whole}" if units < 0 and whole != "0" else whole


def where_it_is(asked: Asked) -> Figure:
    """The data share of all settled fees: credited (in escrow, vested or forfeited), or kept back by the discount."""
    pool = int(asked.row(_POOLS)["pool"])
    rows = asked.rows(_CREDITED)
    sums = {name: sum(int(row[name]) for row in rows) for name in ("credited", "escrow", "vested", "forfeited")}
    kept = pool - sums["credited"]
    amounts = [("credited", sums["credited"]), ("of it in escrow", sums["escrow"]), ("of it vested", sums["vested"])]
    amounts += [("of it forfeited", sums["forfeited"]), ("kept by the discount", kept)]
    if asked.datanet is None:
        amounts += [
            (f"of that {what}", int(asked.store.query(_SPENT, [account])[0]["units"])) for what, account in _KEPT
        ]
    return Figure(
        name="where-the-money-is",
        title="Where the money is",
        says=(
            f"{percent(ratio(kept, pool))} of {rounded_open(pool)} OPEN for data was kept back, because not all that "
            f"the answers rest on was good, new and decided; {rounded_open(sums['forfeited'])} OPEN was forfeited."
            if pool
            else "No fee was settled yet."
        ),
        definition="The data share of all settled fees, by where it is now. Credited = escrow + vested + forfeited; "
        "credited + kept by the discount = all of it, to the last unit.",
        method="Counted from the moves of the books; nothing is estimated.",
        unit=OPEN,
        value=pool,
        by=("where",),
        parts=tuple(Part(of=(name,), value=units) for name, units in amounts),
    )


_KEPT: Final = (("burned", BURNED), ("spent on audits", AUDIT))


def concentration(asked: Asked) -> Figure:
    """How unequally the credited money is spread over those who were credited any."""
    amounts = [(row["contributor"], int(row["credited"])) for row in asked.rows(_CREDITED)]
    amounts = [(name, units) for name, units in amounts if units > 0]
    total = sum(units for _, units in amounts)
    most, top = ("the ten most paid hold", sum(units for _, units in amounts[:10]))
    if len(amounts) <= 10:
        most, top = ("the most paid holds", amounts[0][1] if amounts else 0)
    value = gini([units for _, units in amounts])
    return Figure(
        name="concentration",
        title="Concentration of the money",
        says=(
            f"Of {counted(len(amounts), 'contributor')} {most} {percent(ratio(top, total))} of what was credited "
            f"(Gini {value:.2f})."
            if amounts and value is not None
            else "No money was credited to contributors yet."
        ),
        definition="Gini coefficient of what contributors were credited, over those with any: 0 all alike, near 1 one "
        "has it all. Parts: each of the ten most paid, and their share.",
        method="Σ(2i - n - 1)·x_i / (n·Σx) over the amounts in rising order (Gini 1912); counted, not estimated.",
        unit="Gini coefficient",
        value=told(value),
        counted=len(amounts),
        by=("contributor",),
        parts=tuple(Part(of=(name,), value=ratio(units, total)) for name, units in amounts[:10]),
        parts_left=max(0, len(amounts) - 10),
    )


def earnings(asked: Asked) -> Figure:
    """Base units credited for each accepted record: of all, and by contributor."""
    accepted = {row["contributor"]: row["accepted"] for row in asked.rows(_ACCEPTED)}
    credited = {row["contributor"]: int(row["credited"]) for row in asked.rows(_CREDITED)}
    records, units = sum(accepted.values()), sum(credited.values())
    names = sorted(accepted, key=lambda name: (-credited.get(name, 0), -accepted[name], name))
    return Figure(
        name="earnings-per-record",
        title="Earnings per accepted record",
        says=(
            f"An accepted record was credited {rounded_open(units // records)} OPEN on average."
            if units and records
            else "No accepted record was credited any money yet."
        ),
        definition="Base units credited so far, divided by the records that are accepted now; rounded down.",
        method="Counted from the books and the verdicts; nothing is estimated.",
        unit=OPEN,
        value=units // records if records else None,
        counted=records,
        by=("contributor",),
        parts=tuple(
            Part(of=(name,), value=credited.get(name, 0) // accepted[name], counted=accepted[name])
            for name in names[:PARTS_MAX]
        ),
        parts_left=max(0, len(names) - PARTS_MAX),
    )
