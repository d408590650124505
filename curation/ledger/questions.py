"""What people ask the store: how a datanet stands, and every number behind one record's weight."""

from dataclasses import dataclass
from typing import Any

from curation.ledger.owned import Accepted, Owned
from curation.ledger.store import Counts, Store, StoredRecord

_CONTRIBUTIONS = """
SELECT c.contribution, c.contributor, c.kind, c.submitted_at, c.row_count, c.reference,
       count(*) FILTER (r.verdict = 'accept') AS accepted, count(*) FILTER (r.verdict = 'review') AS review,
       count(*) FILTER (r.verdict = 'unchecked') AS unchecked, count(*) FILTER (r.verdict = 'reject') AS rejected,
       count(*) FILTER (r.verdict = 'withdrawn') AS withdrawn, avg(r.weight) AS weight_mean
FROM contributions AS c LEFT JOIN current_records AS r ON r.contribution = c.contribution
WHERE c.datanet = ? GROUP BY ALL ORDER BY min(c.seq)
"""
_REFERENCE = 'SELECT version, members, fitted_at FROM "references" WHERE datanet = ? ORDER BY seq DESC LIMIT 1'
_CARD = "SELECT card FROM contributions WHERE contribution = ?"
_WEIGHT = """
SELECT reference, weight_ppm, novelty_ppm, prior_micro, rules_micro, strangeness_micro, label_noise_micro
FROM weights WHERE record = ?
"""
_SCORES = "SELECT code, score_ppb, p_ppb FROM scores WHERE record = ? ORDER BY code"
_FINDINGS = """
SELECT finding, code, field, severity, message, evidence_micro, p_ppb, suggested, fix
FROM findings WHERE record = ? ORDER BY finding
"""
_RELATED = """
SELECT finding, partner, partner_contributor, partner_line, similarity_ppm
FROM related WHERE record = ? ORDER BY finding, place
"""
_DECISIONS = """
SELECT seq, decided_at, decision, curator, reason, label, drawn_ppm FROM decisions WHERE record = ? ORDER BY seq
"""
_AUDITS = """
SELECT count(DISTINCT d.record) AS audits FROM decisions AS d JOIN records AS r ON r.record = d.record
WHERE r.datanet = ? AND d.drawn_ppm IS NOT NULL AND r.inspected <> 'reject'
"""


# A record under another label than the one it repeats keeps its novelty; the finding then suggests that label.
_PARTNERS = """
SELECT x.record, x.partner FROM related AS x
JOIN findings AS f ON f.contribution = x.contribution AND f.finding = x.finding
JOIN contributions AS c ON c.contribution = x.contribution
WHERE c.datanet = ? AND x.code = 'near-duplicate' AND f.suggested IS NULL ORDER BY x.similarity_ppm, x.finding
"""
_ACCEPTED = """
SELECT v.record, v.weight_ppm, v.why = 'decided' AS decided, CASE d.decision WHEN 'relabel' THEN d.seq END AS relabelled
FROM verdicts AS v LEFT JOIN decisions AS d ON d.seq = v.decision_seq WHERE v.verdict = 'accept'
"""
_WITHDRAWN = """
SELECT w.record FROM withdrawals AS w JOIN records AS r ON r.record = w.record
WHERE NOT EXISTS (
    SELECT 1 FROM records AS o JOIN verdicts AS v ON v.record = o.record
    WHERE o.datanet = r.datanet AND o.content_digest = r.content_digest AND v.verdict NOT IN ('reject', 'withdrawn')
      AND (o.place, o.seq, o.row_index) < (r.place, r.seq, r.row_index)
) AND coalesce((
    SELECT arg_max(d.decision, d.seq) FROM decisions AS d JOIN records AS o ON o.record = d.record
    WHERE o.datanet = r.datanet AND o.content_digest = r.content_digest
), '') <> 'reject'
"""
_OWNERS = """
SELECT r.record, r.datanet, r.contributor, c.kind = 'import' AS imported, r.inspected <> 'reject' AS judged
FROM records AS r JOIN contributions AS c ON c.contribution = r.contribution
WHERE r.record IS NOT NULL AND r.seq <= ? ORDER BY r.place, r.seq, r.row_index
"""


# Two plain questions are answered sooner than one that joins a table with itself.
_PLACE = "SELECT record, contributor, datanet, content_digest, length(text) AS length FROM records WHERE record = ?"
_ALIKE = """
SELECT record, contributor, datanet, content_digest, length(text) AS length FROM records
WHERE datanet = ? AND content_digest = ? ORDER BY place, seq, row_index
"""


@dataclass(frozen=True, kw_only=True)
class DatanetStatus:
    """How one datanet stands: counts of all rows, contributions in order, current reference, number of audits."""

    datanet: str
    counts: Counts
    contributions: list[dict[str, Any]]
    reference: dict[str, Any] | None
    audits: int = 0


@dataclass(frozen=True, kw_only=True)
class Alike:
    """One of the records of a content: whose it is. `length` counts characters."""

    record: str
    contributor: str
    datanet: str
    content_digest: str | None
    length: int | None


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """Every number behind a record: the parts of its weight, scores, findings with their partners, decisions.

    `card` is the digest of the card that it was judged under, whose thresholds these are.
    """

    record: StoredRecord
    card: str
    weight: dict[str, Any]
    scores: list[dict[str, Any]]
    findings: list[dict[str, Any]]
    decisions: list[dict[str, Any]]


def datanet_status(store: Store, datanet: str) -> DatanetStatus:
    """The standing of a datanet; all empty for one without contributions."""
    reference = store.query(_REFERENCE, [datanet])
    return DatanetStatus(
        datanet=datanet,
        counts=store.counts(datanet),
        contributions=store.query(_CONTRIBUTIONS, [datanet]),
        reference=reference[0] if reference else None,
        audits=store.query(_AUDITS, [datanet])[0]["audits"],
    )


def with_content_of(store: Store, prefix: str) -> tuple[Alike, ...]:
    """The records of a datanet with the content of the one whose id begins so, itself first.

    Raises `UsageError` as `Store.record` does.
    """
    return store.remembered(f"alike {prefix}", lambda: _with_content_of(store, prefix))


def _with_content_of(store: Store, prefix: str) -> tuple[Alike, ...]:
    found = store.query(_PLACE, [prefix])
    own = Alike(**(found or store.query(_PLACE, [store.record(prefix).record]))[0])
    if own.content_digest is None:
        return (own,)
    others = [Alike(**row) for row in store.query(_ALIKE, [own.datanet, own.content_digest])]
    return (own, *(one for one in others if one.record != own.record))


def same_content(store: Store, record: str) -> tuple[str, ...]:
    """The ids of the same."""
    return tuple(one.record for one in with_content_of(store, record))


def partners(store: Store, datanet: str) -> dict[str, str]:
    """The record that each record of a datanet partly repeats, as inspection found."""
    return {row["record"]: row["partner"] for row in store.query(_PARTNERS, [datanet])}


def accepted_now(store: Store) -> tuple[Accepted, ...]:
    """The records that are accepted now."""
    return tuple(
        Accepted(row["record"], row["weight_ppm"], row["decided"], row["relabelled"]) for row in store.query(_ACCEPTED)
    )


def withdrawn_in_good_standing(store: Store) -> frozenset[str]:
    """The records that were withdrawn, but no copies of what stands before them and nothing that people rejected.

    Or whoever is found to have copied, or waits for a bad word, would only have to withdraw.
    """
    return frozenset(row["record"] for row in store.query(_WITHDRAWN))


def owned(store: Store, through: int) -> tuple[Owned, ...]:
    """Every readable record submitted up to journal line `through`, in the order of who was first."""
    return tuple(Owned(**row) for row in store.query(_OWNERS, [through]))


def explanation(store: Store, prefix: str) -> Explanation:
    """All about the record whose id begins so; raises `UsageError` for none or several."""
    record = store.record(prefix)
    related = store.query(_RELATED, [record.record])
    findings = [
        {
            **finding,
            "related": [
                {k: v for k, v in one.items() if k != "finding"}
                for one in related
                if one["finding"] == finding["finding"]
            ],
        }
        for finding in store.query(_FINDINGS, [record.record])
    ]
    weight = store.query(_WEIGHT, [record.record])
    return Explanation(
        record=record,
        card=store.query(_CARD, [record.contribution])[0]["card"],
        weight=weight[0] if weight else {},
        scores=store.query(_SCORES, [record.record]),
        findings=findings,
        decisions=store.query(_DECISIONS, [record.record]),
    )
