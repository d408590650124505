"""What lists are made of: contributions and records of some datanets and people, page by page, and their findings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from curation.ledger.store import Store

_CONTRIBUTIONS = """
SELECT c.contribution, c.datanet, c.contributor, c.kind, c.seq, c.submitted_at, c.row_count, c.reference, c.exit_code,
       count(*) FILTER (r.verdict = 'accept') AS accepted, count(*) FILTER (r.verdict = 'review') AS review,
       count(*) FILTER (r.verdict = 'unchecked') AS unchecked, count(*) FILTER (r.verdict = 'reject') AS rejected,
       count(*) FILTER (r.verdict = 'withdrawn') AS withdrawn
FROM contributions AS c LEFT JOIN current_records AS r ON r.contribution = c.contribution
WHERE (?::VARCHAR[] IS NULL OR list_contains(?::VARCHAR[], c.datanet))
  AND (?::VARCHAR[] IS NULL OR list_contains(?::VARCHAR[], c.contributor))
  AND (?::VARCHAR IS NULL OR c.contribution = ?::VARCHAR) AND c.seq > ?
GROUP BY ALL ORDER BY c.seq LIMIT ?
"""
_LATEST = _CONTRIBUTIONS.replace("ORDER BY c.seq LIMIT", "ORDER BY c.seq DESC LIMIT")
_RECORDS = """
SELECT record, contribution, seq, row_index, line, datanet, contributor, text, given_label, label, inspected, verdict,
       why, weight, novelty, partner
FROM current_records
WHERE record IS NOT NULL
  AND (?::VARCHAR[] IS NULL OR list_contains(?::VARCHAR[], datanet))
  AND (?::VARCHAR[] IS NULL OR list_contains(?::VARCHAR[], contributor))
  AND (?::VARCHAR IS NULL OR contribution = ?::VARCHAR) AND (?::VARCHAR IS NULL OR verdict = ?::VARCHAR)
  AND (seq, row_index) > (?, ?)
ORDER BY seq, row_index LIMIT ?
"""
_FINDINGS = """
SELECT record, code, field, severity, message, fix FROM findings
WHERE record IN (SELECT unnest(?::VARCHAR[])) ORDER BY contribution, finding
"""
_DECISIONS = """
SELECT record, seq, decided_at, decision, reason, label FROM decisions
WHERE record IN (SELECT unnest(?::VARCHAR[])) ORDER BY seq
"""
_UNREADABLE = """
SELECT r.contribution, r.datanet, r.line, f.code, f.message, f.fix
FROM records AS r JOIN findings AS f ON f.contribution = r.contribution AND f.row_index = r.row_index
WHERE r.record IS NULL
  AND (?::VARCHAR[] IS NULL OR list_contains(?::VARCHAR[], r.datanet))
  AND (?::VARCHAR[] IS NULL OR list_contains(?::VARCHAR[], r.contributor))
  AND (?::VARCHAR IS NULL OR r.contribution = ?::VARCHAR)
ORDER BY r.seq DESC, r.row_index, f.finding LIMIT ?
"""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a list is about; None leaves it open. `after` is the place of the last one seen: journal line and row."""

    datanets: Sequence[str] | None = None
    contributors: Sequence[str] | None = None
    contribution: str | None = None
    verdict: str | None = None
    after: tuple[int, int] = (0, -1)
    limit: int = 50


def contributions(store: Store, wanted: Wanted, *, latest_first: bool = False) -> list[dict[str, Any]]:
    """Contributions in journal order, or the other way round, each with how many of its records stand where."""
    return store.query(_LATEST if latest_first else _CONTRIBUTIONS, [*_of(wanted), wanted.after[0], wanted.limit])


def records(store: Store, wanted: Wanted) -> list[dict[str, Any]]:
    """Readable records in journal order, as they stand now; weight and novelty in 0..1."""
    return store.query(_RECORDS, [*_of(wanted), wanted.verdict, wanted.verdict, *wanted.after, wanted.limit])


def unreadable(store: Store, wanted: Wanted) -> list[dict[str, Any]]:
    """The lines that could not be read and why, those of the latest contribution first."""
    return store.query(_UNREADABLE, [*_of(wanted), wanted.limit])


def findings_of(store: Store, ids: Sequence[str]) -> Mapping[str, list[dict[str, Any]]]:
    """The findings about each of these records, for those that have any."""
    return _by_record(store.query(_FINDINGS, [list(ids)]))


def decisions_of(store: Store, ids: Sequence[str]) -> Mapping[str, list[dict[str, Any]]]:
    """The decisions about each of these records, for those that have any."""
    return _by_record(store.query(_DECISIONS, [list(ids)]))


def _of(wanted: Wanted) -> list[object]:
    named = [None if one is None else list(one) for one in (wanted.datanets, wanted.contributors)]
    return [named[0], named[0], named[1], named[1], wanted.contribution, wanted.contribution]


def _by_record(rows: Sequence[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["record"], []).append({name: value for name, value in row.items() if name != "record"})
    return found
