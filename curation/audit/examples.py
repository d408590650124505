"""The most telling examples of each kind of noise: the records that the engine thinks least of, first."""

from dataclasses import dataclass
from itertools import groupby
from typing import Final

from curation.audit.asked import Asked

EXAMPLES_MAX: Final = 20
# The most frequent kinds; a report has to end.
KINDS_MAX: Final = 24
# No more of a text is ever shown, and a text may be of any length.
TEXT_MAX: Final = 6000


@dataclass(frozen=True, kw_only=True)
class Example:
    """A record and what was found in it; `text` and `partner_text` as they came, cut off. An unreadable row has no id.

    `partner` is the record that it is most like, where the finding names one.
    """

    record: str | None
    datanet: str
    contributor: str
    line: int
    verdict: str
    weight: float | None
    message: str
    text: str
    partner: str | None = None
    partner_contributor: str | None = None
    partner_text: str | None = None


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A check that spoke up, in how many rows, and the most telling of them."""

    code: str
    rows: int
    examples: tuple[Example, ...]


_TELLING: Final = f"""
WITH told AS (
    SELECT f.code, f.contribution, f.row_index, min(f.finding) AS finding
    FROM findings AS f JOIN contributions AS c ON c.contribution = f.contribution
    WHERE f.severity IN ('critical', 'hold', 'warning') AND ($1::VARCHAR IS NULL OR c.datanet = $1)
    GROUP BY f.code, f.contribution, f.row_index
), ranked AS (
    SELECT t.*, r.record, r.datanet, r.contributor, r.line, r.seq, w.weight_ppm,
           count(*) OVER (PARTITION BY t.code) AS n,
           row_number() OVER (
               PARTITION BY t.code ORDER BY w.weight_ppm NULLS LAST, r.seq, r.row_index
           ) AS place
    FROM told AS t JOIN records AS r ON r.contribution = t.contribution AND r.row_index = t.row_index
    LEFT JOIN weights AS w ON w.contribution = t.contribution AND w.row_index = t.row_index
), chosen AS (
    SELECT *, dense_rank() OVER (ORDER BY n DESC, code) AS kind FROM ranked WHERE place <= {EXAMPLES_MAX}
    QUALIFY kind <= {KINDS_MAX}
)
SELECT k.code, k.n, k.record, k.datanet, k.contributor, k.line, k.weight_ppm,
       coalesce(v.verdict, r.inspected) AS verdict, left(f.message, {TEXT_MAX}) AS message,
       left(coalesce(r.text, ''), {TEXT_MAX}) AS text, x.partner, x.partner_contributor,
       left(p.text, {TEXT_MAX}) AS partner_text
FROM chosen AS k
JOIN records AS r ON r.contribution = k.contribution AND r.row_index = k.row_index
JOIN findings AS f ON f.contribution = k.contribution AND f.finding = k.finding
LEFT JOIN verdicts AS v ON v.record = k.record
LEFT JOIN related AS x ON x.contribution = k.contribution AND x.finding = k.finding AND x.place = 0
LEFT JOIN records AS p ON p.record = x.partner
ORDER BY k.kind, k.place
"""  # noqa: S608  (numbers of our own)


def examples(asked: Asked) -> tuple[Kind, ...]:
    """Up to twenty for each of the most frequent kinds, kinds by how many rows they are in."""
    return tuple(
        Kind(
            code=code,
            rows=n,
            examples=tuple(
                Example(
                    weight=None if row["weight_ppm"] is None else row["weight_ppm"] / 1_000_000,
                    **{name: row[name] for name in _COPIED},
                )
                for row in rows
            ),
        )
        for (code, n), rows in groupby(asked.rows(_TELLING), key=lambda row: (row["code"], row["n"]))
    )


_COPIED: Final = (
    *("record", "datanet", "contributor", "line", "verdict", "message", "text"),
    *("partner", "partner_contributor", "partner_text"),
)
