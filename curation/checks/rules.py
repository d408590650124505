"""Rules of the card's packs, judged by Great Expectations, as findings named `<pack>/<rule>`; and unreadable rows."""

from curation.checks import Check
from curation.datanet.record import Flaw, Unreadable
from curation.evidence.evidence import Evidence
from curation.evidence.rule_message import rule_message
from curation.finding import Finding, Opinion, Severity, Term


def judge(evidence: Evidence) -> Opinion:
    """A finding for every failed rule, and for all that kept a row from being read (it stays in the count)."""
    unread = [row for row in evidence.contribution.rows if isinstance(row, Unreadable)]
    findings = [_unreadable(row.index, flaw) for row in unread for flaw in row.flaws]
    records = evidence.contribution.records
    for result in evidence.rule_results:
        rule = result.rule
        for place in result.positions:
            value = records[place].values.get(rule.field) if rule.field is not None else None
            findings.append(
                Finding(
                    row=records[place].index,
                    check=rule.code,
                    field=rule.field,
                    severity=rule.severity,
                    message=rule_message(rule, value, records[place].values),
                    fix=rule.fix,
                    evidence=rule.evidence,
                )
            )
    return Opinion(findings=findings)


def _unreadable(row: int, flaw: Flaw) -> Finding:
    return Finding(
        row=row,
        check="unreadable",
        field=flaw.field,
        severity=Severity.CRITICAL,
        message=f"{flaw.message} ({flaw.code})",
        fix="write the line as the message wants it and submit it again",
    )


CHECK = Check(name="rules", term=Term.RULES, judge=judge)
