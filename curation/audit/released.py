"""What leaves with a dataset: the accepted records as they stand, and what every record ever submitted weighs.

Texts are those of accepted records alone. Of all others only ids, integers and where they stand are told.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from curation.audit.asked import Asked
from curation.datanet.canonical import Value

# Read and written in pieces: a datanet may have millions of records, and one of them may have a million bytes.
PIECE_BYTES: Final = 32_000_000
# What a row costs beside its text while it is in hand.
ROW_BYTES: Final = 1_000

# Accepted records; of those that say exactly the same the earliest: people may accept a copy, and it adds nothing.
_HELD: Final = """
held AS (
    SELECT r.record, r.content, coalesce(d.label, r.label) AS label
    FROM records AS r JOIN verdicts AS v ON v.record = r.record AND v.verdict = 'accept'
    LEFT JOIN decisions AS d ON d.seq = v.decision_seq
    WHERE r.datanet = $1
    QUALIFY row_number() OVER (
        PARTITION BY coalesce(r.content_digest, r.record) ORDER BY r.place, r.seq, r.row_index
    ) = 1
)
"""
_LABELS: Final = f"WITH {_HELD} SELECT DISTINCT label FROM held WHERE label IS NOT NULL"  # noqa: S608  (likewise)
# Which records belong to each piece, in the order of their ids. Ids are digests, so that order says nothing.
_PLACED: Final = f"""
placed AS (SELECT record, sum(size + {ROW_BYTES}) OVER (ORDER BY record) // {PIECE_BYTES} AS piece FROM sized)
SELECT min(record) AS first, max(record) AS last FROM placed GROUP BY piece ORDER BY first
"""  # noqa: S608  (numbers of our own)
_ACCEPTED_PIECES: Final = f"""
WITH {_HELD}, sized AS (SELECT record, coalesce(strlen(content::VARCHAR), 0) AS size FROM held), {_PLACED}
"""  # noqa: S608  (text of our own)
_ACCEPTED: Final = f"""
WITH {_HELD} SELECT record, content, label FROM held WHERE record BETWEEN $2 AND $3 ORDER BY record
"""  # noqa: S608  (likewise)
_WEIGHED_PIECES: Final = f"""
WITH sized AS (SELECT record, 0 AS size FROM records WHERE datanet = $1 AND record IS NOT NULL), {_PLACED}
"""  # noqa: S608  (likewise)
# A label is a text, too: what it was before is told of accepted records only.
_WEIGHED: Final = f"""
WITH {_HELD}
SELECT r.record, coalesce(v.verdict, r.inspected) AS verdict, coalesce(v.why, 'inspected') AS why,
       h.record IS NOT NULL AS in_data, v.weight_ppm, v.novelty_ppm, r.contributor, c.kind = 'import' AS imported,
       CASE WHEN h.label <> r.label THEN r.label END AS label_before,
       w.reference, r.contribution, r.seq AS journal_line, v.decision_seq AS decision_line
FROM records AS r JOIN contributions AS c ON c.contribution = r.contribution
LEFT JOIN verdicts AS v ON v.record = r.record
LEFT JOIN weights AS w ON w.record = r.record
LEFT JOIN held AS h ON h.record = r.record
WHERE r.datanet = $1 AND r.record BETWEEN $2 AND $3 ORDER BY r.record
"""  # noqa: S608  (likewise)


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """One accepted record: its declared fields but the contributor's own id, and the label that holds now."""

    record: str
    values: Mapping[str, Value]


def accepted(asked: Asked, label: str | None) -> Iterator[list[Accepted]]:
    """The accepted records of a datanet in the order of their ids, piece by piece; `label` names its label field.

    Of identical content the earliest accepted one stands for all.
    """
    for piece in asked.rows(_ACCEPTED_PIECES):
        yield [
            Accepted(record=row["record"], values=_values(row["content"], label, row["label"]))
            for row in asked.rows(_ACCEPTED, piece["first"], piece["last"])
        ]


def labels(asked: Asked) -> frozenset[str]:
    """The labels that accepted records have now: of no other record a word leaves."""
    return frozenset(row["label"] for row in asked.rows(_LABELS))


def weighed(asked: Asked) -> Iterator[list[dict[str, Any]]]:
    """Where every record of a datanet stands, in the order of their ids, piece by piece; rows without an id have none.

    Weight and novelty are in millionths; lines are those of the journal.
    """
    for piece in asked.rows(_WEIGHED_PIECES):
        yield asked.rows(_WEIGHED, piece["first"], piece["last"])


def _values(content: str, name: str | None, label: str | None) -> Mapping[str, Value]:
    values: dict[str, Value] = json.loads(content, parse_float=Decimal)
    return values if name is None or label is None else values | {name: label}
