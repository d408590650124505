"""From events to tables: what each fact adds to the store, the same whether it comes live or in a rebuild."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias

from curation.datanet.record import record_id
from curation.errors import JournalBroken
from curation.ledger.duck import Duck, RowMap
from curation.ledger.facts import (
    ContributionSubmitted,
    ContributorRegistered,
    RecordDecided,
    RecordWithdrawn,
    ReferenceFitted,
    WordUndone,
    fact_of,
)
from curation.ledger.journal import Event
from curation.ledger.money_files import MovesFile
from curation.ledger.money_tables import add_money, add_moves
from curation.ledger.objects import Objects
from curation.ledger.results import FindingLine, ResultLine, read_findings, read_name, read_reason, read_result
from curation.ledger.rows import ReadRows, Row
from curation.ledger.standing import Inspected, Ruling, Standing, standings
from curation.ledger.state import Entry, Submission, place_of
from curation.verdict import Verdict

Rows: TypeAlias = Sequence[Row]

_ASKED = """
SELECT r.record, r.datanet, r.content_digest, r.inspected, r.otherwise, r.otherwise_novelty_ppm,
       w.weight_ppm, w.novelty_ppm
FROM records AS r JOIN weights AS w ON w.contribution = r.contribution AND w.row_index = r.row_index
"""
_IN_ORDER = " ORDER BY r.place, r.seq, r.row_index"
_TOUCHED_BY_CONTRIBUTION = """
WHERE (r.datanet, r.content_digest) IN (SELECT (datanet, content_digest) FROM records WHERE contribution = ?)
"""
_TOUCHED_BY_RECORD = "WHERE r.record = ?"
_TOUCHED_BY_CONTENT = "WHERE r.datanet = ? AND r.content_digest = ?"
_CONTENT = "SELECT datanet, content_digest FROM records WHERE record = ? AND content_digest IS NOT NULL"
_UNDONE = """
SELECT record, decision, curator FROM decisions WHERE seq = $1
UNION ALL SELECT record, 'doubt', curator FROM doubts WHERE seq = $1
"""
_LATEST = "SELECT seq, record, decision, curator FROM decisions"
_WITHDRAWN = "SELECT record FROM withdrawals"
_OF_SOME = " WHERE record IN (SELECT unnest($1::VARCHAR[]))"


@dataclass(frozen=True, kw_only=True)
class Sources:
    """Where the tables come from beside the journal: the files, and the rows of the contributions.

    `rows` holds rows that the caller has at hand, by contribution; the others are read again through the port.
    """

    objects: Objects
    read_rows: ReadRows
    rows: Mapping[str, Rows]

    def rows_of(self, submission: Submission) -> Rows:
        """The rows of a contribution."""
        at_hand = self.rows.get(submission.fact.contribution)
        return self.read_rows(submission) if at_hand is None else at_hand


def apply(duck: Duck, event: Event, sources: Sources, *, settle: bool = True) -> None:
    """Adds one event to the tables, in the current transaction; with `settle`, the verdicts it touches too.

    Raises `JournalBroken` when a file it names is missing, damaged or does not fit.
    """
    fact, at = fact_of(event), _utc(event.at)
    touched: tuple[str, list[str]] | None = None
    match fact:
        case ContributionSubmitted():
            _add_contribution(duck, Entry(seq=event.seq, at=event.at, fact=fact), sources)
            touched = _TOUCHED_BY_CONTRIBUTION, [fact.contribution]
        case ContributorRegistered():
            duck.execute("DELETE FROM contributors WHERE contributor = ?", [fact.contributor])
            name = read_name(sources.objects.get(fact.name))
            duck.insert("contributors", [fact.model_dump() | {"name": name, "seq": event.seq, "registered_at": at}])
        case RecordDecided():
            told = read_reason(sources.objects.get(fact.reason))
            row = {"seq": event.seq, "decided_at": at, "record": fact.record, "decision": fact.decision}
            said = {"curator": fact.by, "reason": told.reason, "label": told.label, "drawn_ppm": fact.drawn_ppm}
            duck.insert("decisions", [row | said])
            if fact.moves is not None:
                add_moves(duck, event.seq, MovesFile.read(sources.objects.get(fact.moves)).moves)
            touched = _touched_by(duck, fact.record)
        case WordUndone():
            touched = _touched_by(duck, _undo(duck, event.seq, at, fact))
        case RecordWithdrawn():
            duck.insert("withdrawals", [{"seq": event.seq, "withdrawn_at": at, "record": fact.record}])
            touched = _touched_by(duck, fact.record)
        case ReferenceFitted():
            duck.insert("references", [fact.model_dump() | {"seq": event.seq, "fitted_at": at}])
            _know_datanet(duck, fact.datanet, event.seq)
            duck.execute("UPDATE datanets SET reference = ? WHERE datanet = ?", [fact.version, fact.datanet])
        case _:
            add_money(duck, event.seq, at, fact, sources.objects)
    if settle and touched is not None:
        _settle(duck, *touched)
    duck.execute("UPDATE meta SET seq = ?, head = ?", [event.seq, event.hash])


def _touched_by(duck: Duck, record: str) -> tuple[str, list[str]]:
    """What is to be settled again after a word about a record: all of its content."""
    for row in duck.rows(_CONTENT, [record]):
        return _TOUCHED_BY_CONTENT, [row["datanet"], row["content_digest"]]
    return _TOUCHED_BY_RECORD, [record]


def _undo(duck: Duck, seq: int, at: datetime, fact: WordUndone) -> str:
    """Takes a word out of the tables of those that stand, keeps that it was said, and tells about which record."""
    found = duck.rows(_UNDONE, [fact.word])
    if not found:
        raise JournalBroken(f"journal line {seq}: it undoes line {fact.word}, which is no word that stands")
    duck.execute("DELETE FROM decisions WHERE seq = ?", [fact.word])
    duck.execute("DELETE FROM doubts WHERE seq = ?", [fact.word])
    duck.insert("undone", [found[0] | {"seq": seq, "undone_at": at, "word": fact.word}])
    return str(found[0]["record"])


def settle_all(duck: Duck) -> None:
    """Derives the verdict of every record at once, for tables that were filled without."""
    duck.execute("DELETE FROM verdicts")
    duck.insert("verdicts", [_verdict_row(standing) for standing in _standings(duck, "", ())])


def _settle(duck: Duck, touched: str, values: Sequence[str]) -> None:
    """Derives again the verdicts of all records that share content with what an event touched."""
    rows = [_verdict_row(standing) for standing in _standings(duck, touched, values)]
    with duck.arriving("verdicts", rows):
        duck.execute("DELETE FROM verdicts WHERE record IN (SELECT record FROM arriving)")
        duck.execute("INSERT INTO verdicts SELECT * FROM arriving")


def _standings(duck: Duck, touched: str, parameters: Sequence[object]) -> tuple[Standing, ...]:
    records = [
        Inspected(
            record=row["record"],
            datanet=row["datanet"],
            content=row["content_digest"],
            verdict=Verdict(row["inspected"]),
            weight=row["weight_ppm"],
            novelty=row["novelty_ppm"],
            otherwise=Verdict(row["otherwise"]) if row["otherwise"] else None,
            otherwise_novelty=row["otherwise_novelty_ppm"],
        )
        for row in duck.rows(_ASKED + touched + _IN_ORDER, parameters)
    ]
    # What is touched is mostly one record among hundreds of thousands of words.
    some, named = (_OF_SOME, [[one.record for one in records]]) if touched else ("", [])
    rulings = {
        row["record"]: Ruling(seq=row["seq"], decision=row["decision"], by=row["curator"])
        for row in duck.rows(_LATEST + some + " ORDER BY seq", named)
    }
    withdrawn = {row["record"] for row in duck.rows(_WITHDRAWN + some, named)}
    return standings(records, rulings, withdrawn)


def _verdict_row(standing: Standing) -> RowMap:
    return {
        "record": standing.record,
        "verdict": standing.verdict.value,
        "weight_ppm": standing.weight,
        "novelty_ppm": standing.novelty,
        "why": standing.why.value,
        "partner": standing.partner,
        "decision_seq": standing.ruling.seq if standing.ruling else None,
    }


def _add_contribution(duck: Duck, submission: Submission, sources: Sources) -> None:
    fact = submission.fact
    lines = read_result(sources.objects.get(fact.result))
    findings = read_findings(sources.objects.get(fact.findings))
    rows = sources.rows_of(submission)
    check_fit(fact, lines, findings)
    if [(row.record, row.index, row.line) for row in rows] != [(line.record, line.row, line.line) for line in lines]:
        raise JournalBroken(f"contribution {fact.contribution}: its file now reads as other rows than were inspected")
    told = fact.model_dump(exclude={"records", "file_name_digest", "committed", "commit"})
    times = {"seq": submission.seq, "submitted_at": _utc(submission.at), "row_count": fact.records}
    duck.insert("contributions", [told | times])
    duck.insert("records", [_record_row(submission, line, row) for line, row in zip(lines, rows, strict=True)])
    duck.insert("weights", [_weight_row(fact, line) for line in lines if line.record is not None])
    duck.insert("scores", [row for line in lines for row in _score_rows(fact, line)])
    record_at = [line.record for line in lines]
    duck.insert("findings", [_finding_row(fact, n, one, record_at[one.row]) for n, one in enumerate(findings)])
    related = [row for n, one in enumerate(findings) for row in _related_rows(fact, n, one, record_at[one.row])]
    duck.insert("related", related)
    _know_datanet(duck, fact.datanet, submission.seq)
    duck.execute("UPDATE datanets SET card = ?, rules = ? WHERE datanet = ?", [fact.card, fact.rules, fact.datanet])


def check_fit(fact: ContributionSubmitted, lines: Sequence[ResultLine], findings: Sequence[FindingLine]) -> None:
    """Whether result and findings are those of this contribution; raises `JournalBroken` saying what differs."""
    what = f"contribution {fact.contribution}"
    if len(lines) != fact.records:
        raise JournalBroken(f"{what}: its result has {len(lines)} lines, {fact.records} wanted")
    for line in lines:
        wanted = record_id(fact.datanet, fact.contributor, fact.file, line.row)
        if line.record is not None and line.record != wanted:
            raise JournalBroken(f"{what}: row {line.row} of its result names the record {line.record}, not {wanted}")
    if any(finding.row >= fact.records for finding in findings):
        raise JournalBroken(f"{what}: a finding is about a row it does not have")


def _know_datanet(duck: Duck, datanet: str, seq: int) -> None:
    if not duck.rows("SELECT 1 AS one FROM datanets WHERE datanet = ?", [datanet]):
        duck.insert("datanets", [{"datanet": datanet, "since_seq": seq}])


def _record_row(submission: Submission, line: ResultLine, row: Row) -> RowMap:
    fact = submission.fact
    return {
        "record": line.record,
        "contribution": fact.contribution,
        "seq": submission.seq,
        "place": place_of(submission),
        "row_index": line.row,
        "line": line.line,
        "datanet": fact.datanet,
        "contributor": fact.contributor,
        "content_digest": line.content,
        "content": row.content,
        "text": row.text,
        "label": row.label,
        "inspected": line.verdict,
        "otherwise": line.otherwise,
        "otherwise_novelty_ppm": line.otherwise_novelty,
    }


def _weight_row(fact: ContributionSubmitted, line: ResultLine) -> RowMap:
    evidence = line.evidence
    terms: dict[str, Any] = {}
    if evidence is not None:
        terms = {"prior_micro": evidence.prior, "rules_micro": evidence.rules}
        terms |= {"strangeness_micro": evidence.strangeness, "label_noise_micro": evidence.label_noise}
    weights = {"reference": fact.reference, "weight_ppm": line.weight, "novelty_ppm": line.novelty}
    return {"record": line.record, "contribution": fact.contribution, "row_index": line.row} | weights | terms


def _score_rows(fact: ContributionSubmitted, line: ResultLine) -> Iterator[RowMap]:
    for code in sorted(line.scores.keys() | line.p.keys()):
        yield {
            "record": line.record,
            "contribution": fact.contribution,
            "row_index": line.row,
            "code": code,
            "score_ppb": line.scores.get(code),
            "p_ppb": line.p.get(code),
        }


def _finding_row(fact: ContributionSubmitted, number: int, finding: FindingLine, record: str | None) -> RowMap:
    told = finding.model_dump(exclude={"row", "check", "evidence", "p", "related"})
    place = {"record": record, "contribution": fact.contribution, "row_index": finding.row, "finding": number}
    return told | place | {"code": finding.check, "evidence_micro": finding.evidence, "p_ppb": finding.p}


def _related_rows(
    fact: ContributionSubmitted, number: int, finding: FindingLine, record: str | None
) -> Iterator[RowMap]:
    for place, related in enumerate(finding.related):
        yield {
            "record": record,
            "contribution": fact.contribution,
            "finding": number,
            "place": place,
            "code": finding.check,
            "partner": related.record,
            "partner_contributor": related.contributor,
            "partner_line": related.line,
            "similarity_ppm": related.similarity,
        }


def _utc(at: datetime) -> datetime:
    """The store's TIMESTAMP columns hold UTC without saying so."""
    return at.astimezone(UTC).replace(tzinfo=None)
