"""An inspection as the files that the ledger keeps: numbers rounded once, here, to integers."""

import hashlib
import hmac

from curation.finding import Finding
from curation.inspection import Inspection, Judged
from curation.ledger.results import EvidenceOf, FindingLine, RelatedLine, ResultLine, write_lines
from curation.ledger.standing import Inspected
from curation.quality import MICRO

BILLION = 1_000_000_000


def salted(salt: bytes, content_digest: str) -> str:
    """A record's content digest made unguessable for those who do not know the workspace's salt."""
    return hmac.new(salt, content_digest.encode(), hashlib.sha256).hexdigest()


def result_file(inspection: Inspection, salt: bytes) -> bytes:
    """One line a row: verdict and integers."""
    return write_lines(_result_line(row, salt) for row in inspection.rows)


def findings_file(inspection: Inspection) -> bytes:
    """One line a finding."""
    return write_lines(_finding_line(finding) for row in inspection.rows for finding in row.findings)


def inspected_rows(inspection: Inspection, datanet: str) -> tuple[Inspected, ...]:
    """The readable rows as the standing of a record is derived from them."""
    return tuple(
        Inspected(
            record=row.record,
            datanet=datanet,
            content=row.digest,
            verdict=row.verdict,
            weight=_parts(row.weight, MICRO),
            novelty=_parts(row.novelty, MICRO),
            otherwise=row.otherwise if row.is_copy else None,
            otherwise_novelty=_parts(row.otherwise_novelty, MICRO) if row.is_copy else None,
        )
        for row in inspection.rows
        if row.record is not None
    )


def _parts(value: float | None, parts: int) -> int | None:
    return None if value is None else round(value * parts)


def _share(value: float, parts: int) -> int:
    return round(min(max(value, 0.0), 1.0) * parts)


def _result_line(row: Judged, salt: bytes) -> ResultLine:
    return ResultLine(
        record=row.record,
        row=row.row,
        line=row.line,
        content=None if row.digest is None else salted(salt, row.digest),
        verdict=row.verdict.value,  # type: ignore[arg-type]  # inspection never withdraws
        weight=_parts(row.weight, MICRO),
        novelty=_parts(row.novelty, MICRO),
        evidence=_evidence(row) if row.record is not None else None,
        scores={name: _share(value, BILLION) for name, value in row.scores.items()},
        p={name: _share(value, BILLION) for name, value in row.p.items()},
        otherwise=row.otherwise.value if row.is_copy else None,  # type: ignore[arg-type]  # likewise
        otherwise_novelty=_parts(row.otherwise_novelty, MICRO) if row.is_copy else None,
    )


def _evidence(row: Judged) -> EvidenceOf:
    return EvidenceOf.model_validate({name: round(value * MICRO) for name, value in row.evidence.items()})


def _finding_line(finding: Finding) -> FindingLine:
    return FindingLine(
        row=finding.row,
        check=finding.check,
        field=finding.field,
        severity=finding.severity.value,
        message=finding.message,
        evidence=round(finding.evidence * MICRO),
        p=None if finding.p is None else _share(finding.p, BILLION),
        suggested=finding.suggested,
        fix=finding.fix,
        related=[
            RelatedLine(
                record=one.record,
                contributor=one.contributor,
                line=one.line,
                similarity=_share(one.similarity, MICRO),
            )
            for one in finding.related
        ],
    )
