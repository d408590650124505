"""The records that wait for a person: held, unchecked, paid in part, drawn, doubted, appealed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from curation.ledger.state import State
from curation.review.worth import Sort, Standing, Worth

if TYPE_CHECKING:  # the store brings DuckDB, which a check does not need
    from curation.ledger.store import Store

# What stands as it does now and waits.
_NOW = """
WITH asked AS (
    SELECT record, verdict, weight, novelty, label FROM current_records
    WHERE datanet = $1 AND (record IN (SELECT unnest($3::VARCHAR[])) OR (why NOT IN ('decided', 'withdrawn')
      AND (verdict IN ('review', 'unchecked') OR (verdict = 'accept' AND weight < $2))))
)"""
# What waited once, and was decided: as it stood when it waited.
_ONCE = """
WITH asked AS (
    SELECT r.record, r.inspected AS verdict, w.weight_ppm / 1e6 AS weight, w.novelty_ppm / 1e6 AS novelty, r.label
    FROM records AS r JOIN weights AS w ON w.record = r.record
    WHERE r.datanet = $1 AND r.record IN (SELECT unnest($3::VARCHAR[]))
      AND (r.record IN (SELECT unnest($4::VARCHAR[])) OR r.inspected IN ('review', 'unchecked')
      OR (r.inspected = 'accept' AND w.weight_ppm / 1e6 < $2))
)"""
_ASKED = """, influence AS (
    SELECT record, sum(amount)::DOUBLE AS amount FROM attributions GROUP BY record
), typical AS (
    SELECT r.datanet, avg(i.amount) AS amount
    FROM influence AS i JOIN records AS r ON r.record = i.record GROUP BY r.datanet
), alike AS (
    SELECT datanet, content_digest, count(*) AS n FROM records WHERE record IS NOT NULL GROUP BY ALL
), found AS (
    SELECT record, list(DISTINCT code ORDER BY code) AS codes FROM findings WHERE record IS NOT NULL GROUP BY record
)
SELECT c.record, r.contributor, c.label, c.verdict, c.weight, coalesce(c.novelty, 1) AS novelty,
       length(r.text) AS length, r.content_digest, a.n AS alike, coalesce(f.codes, []) AS codes,
       coalesce(i.amount / nullif(t.amount, 0), 1) AS influence, r.place, r.seq, r.row_index
FROM asked AS c JOIN records AS r ON r.record = c.record
JOIN alike AS a ON a.datanet = r.datanet AND a.content_digest = r.content_digest
LEFT JOIN found AS f ON f.record = c.record
LEFT JOIN influence AS i ON i.record = c.record
LEFT JOIN typical AS t ON t.datanet = r.datanet
ORDER BY r.place, r.seq, r.row_index
"""
_DECIDED = """
SELECT f.code, count(DISTINCT d.record) AS n
FROM decisions AS d JOIN findings AS f ON f.record = d.record GROUP BY f.code
"""


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """One record that waits, why, and what a decision about it is worth.

    `content` is equal for identical content, which one decision covers; `length` counts characters.
    """

    record: str
    datanet: str
    contributor: str
    content: str
    sort: Sort
    codes: tuple[str, ...]
    label: str | None
    verdict: str
    weight: float | None
    worth: float
    length: int


def waiting(
    store: "Store", state: State, datanet: str, ramp: tuple[float, float], drawn: Collection[str]
) -> list[Waiting]:
    """All that waits in a datanet, in the order of who was first. `drawn` are the records drawn for audits."""
    special = special_of(state, drawn)
    decided = decided_codes(store)
    rows = rows_waiting(store, datanet, ramp, special)
    return [waiting_of(row, datanet, special.get(row["record"]), ramp, decided) for row in rows]


def rows_waiting(
    store: "Store", datanet: str, ramp: tuple[float, float], special: Collection[str]
) -> list[dict[str, Any]]:
    """What the store says of all that waits in a datanet; `special` are records that wait whatever their verdict."""
    return store.query(_NOW + _ASKED, [datanet, ramp[1], list(special)])


def decided_codes(store: "Store") -> dict[str, int]:
    """How many records were decided about, by what was found about them."""
    return {row["code"]: row["n"] for row in store.query(_DECIDED)}


def waited(
    store: "Store", datanet: str, ramp: tuple[float, float], records: Collection[str], sort: Sort | None = None
) -> list[Waiting]:
    """Those of these records that waited by themselves, as they stood before anybody decided; with a `sort`, all.

    Second looks are worth what a new record's first would be: a worth of today would tell since when they are
    second looks, and so which of them are gold.
    """
    is_new = sort is not Sort.SPLIT
    decided = {} if is_new else decided_codes(store)
    always = [] if sort is None else list(records)
    rows = store.query(_ONCE + _ASKED, [datanet, ramp[1], list(records), always])
    if is_new:
        rows = [row | {"influence": 1.0, "alike": 1} for row in rows]
    return [waiting_of(row, datanet, sort, ramp, decided) for row in rows]


def special_of(state: State, drawn: Collection[str]) -> dict[str, Sort]:
    """Records that wait whatever their verdict, and why; where there are several reasons, the most pressing."""
    found = {record: Sort.AUDIT for record in drawn if record not in state.decisions}
    disputed = state.disputed
    found |= {one.fact.record: Sort.APPEAL for one in state.appeals if one.fact.record in disputed}
    return found | {one.fact.record: Sort.DOUBT for one in state.doubts if one.fact.record in disputed}


def waiting_of(
    row: Mapping[str, Any], datanet: str, special: Sort | None, ramp: tuple[float, float], decided: Mapping[str, int]
) -> Waiting:
    """A record that waits, from what the store says of it."""
    verdict = row["verdict"]
    sort = special or (Sort.PART if verdict == "accept" else Sort(verdict))
    return Waiting(
        record=row["record"],
        datanet=datanet,
        contributor=row["contributor"],
        content=row["content_digest"],
        sort=sort,
        codes=tuple(row["codes"]),
        label=row["label"],
        verdict=verdict,
        weight=row["weight"],
        worth=worth_of(row, sort, ramp).after(decided_alike(row["codes"], decided)),
        length=row["length"] or 0,
    )


def worth_of(row: Mapping[str, Any], sort: Sort, ramp: tuple[float, float]) -> Worth:
    """What the worth of a decision is made of, about a record of which the store says this."""
    low, high = ramp
    weight: float | None = row["weight"]
    credit = min(max(((weight or 0) - low) / (high - low), 0.0), 1.0) if row["verdict"] == "accept" else 0.0
    return Worth.of(
        Standing(
            sort=sort,
            weight=weight,
            credit=credit,
            novelty=row["novelty"],
            influence=row["influence"],
            alike=row["alike"],
            length=row["length"] or 0,
        )
    )


def decided_alike(codes: Sequence[str], decided: Mapping[str, int]) -> int:
    """How many decisions there were about records that were found the same; the rarest finding counts."""
    return min((decided.get(code, 0) for code in codes), default=0)
