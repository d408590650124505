"""A check for people: worst first, what is wrong, why, and what would pass; then the verdict on the whole."""

from collections.abc import Iterator

from curation.datanet.shown import shown
from curation.finding import Finding, Severity
from curation.inspection import Judged
from curation.rewards.amounts import open_of
from curation.rewards.preview import Earnings
from curation.verdict import Verdict
from curation.workspace import Checked

ROWS_SHOWN_MAX = 50
SNIPPET_LENGTH = 100
# How many times what is shown is looked through for personal data.
MASKED_LENGTHS = 20

_ORDER = {Verdict.REJECT: 0, Verdict.REVIEW: 1, Verdict.UNCHECKED: 2, Verdict.ACCEPT: 3}
_MARK = {
    Severity.CRITICAL: "rejects",
    Severity.HOLD: "holds",
    Severity.WARNING: "warns",
    Severity.INFO: "info",
    Severity.INSUFFICIENT: "unchecked",
}


def check_text(checked: Checked) -> Iterator[str]:
    """Lines without newlines; every piece of a record in them is made showable."""
    flagged = sorted(
        (row for row in checked.inspection.rows if any(f.severity is not Severity.INFO for f in row.findings)),
        key=lambda row: (_ORDER[row.verdict], row.weight if row.weight is not None else -1.0, row.line),
    )
    texts = {
        record.id: text
        for record, text in zip(checked.contribution.records, checked.evidence.subjects.texts, strict=True)
    }
    name = named(checked.contribution.file_name)
    for row in flagged[:ROWS_SHOWN_MAX]:
        yield from _row(row, name, texts.get(row.record or "", ""), checked.earnings)
    if len(flagged) > ROWS_SHOWN_MAX:
        yield f"… and {len(flagged) - ROWS_SHOWN_MAX} more records with findings; `--format jsonl` has them all"
        yield ""
    yield from _summary(checked)


def named(file_name: str) -> str:
    """A file's name fit to begin a line: a CI runner takes a line that begins with `::` for an order."""
    name = shown(file_name)
    return f"./{name}" if name.lstrip().startswith(":") else name


def snippet(text: str, length_max: int) -> str:
    """The beginning of a record's text on one line, personal data in it masked."""
    from curation.evidence.personal_data import masked  # noqa: PLC0415 - 90 ms that most commands never need

    # Masked before it is cut: the beginning of a card number is not known for one. Nor is all of a long text looked at.
    beginning = " ".join(text.split())[: MASKED_LENGTHS * length_max]
    return shown(masked(beginning), length_max)


def _row(row: Judged, name: str, text: str, earnings: Earnings | None) -> Iterator[str]:
    numbers = "" if row.weight is None else f"  weight {row.weight:.3f}  novelty {row.novelty:.2f}"
    identity = "" if row.record is None else f"  record {row.record[:12]}"
    yield f"{name}:{row.line}  {row.verdict.value}{numbers}{identity}"
    if text:
        yield f"    “{snippet(text, SNIPPET_LENGTH)}”"
    if earnings is not None and row.record is not None:
        low, high = earnings.by_record[row.record]
        yield f"    would have been credited {open_of(low)} to {open_of(high)} OPEN in epoch {earnings.epoch}"
    for finding in row.findings:
        yield from _finding(finding)
    yield ""


def _finding(finding: Finding) -> Iterator[str]:
    moved = f" ({finding.evidence:+.2f})" if finding.evidence else ""
    yield f"    {finding.check} {_MARK[finding.severity]}{moved}: {shown(finding.message, 400)}"
    yield f"        what would pass: {shown(finding.fix, 300)}"


def _summary(checked: Checked) -> Iterator[str]:
    outcome = checked.outcome
    told = ", ".join(f"{count} {verdict}" for verdict, count in outcome.verdicts.items() if count)
    version = (checked.inspection.reference or "")[:12]
    against = (
        "against itself: the datanet has too small a reference"
        if checked.inspection.self_checked
        else f"against {checked.reference_members} reference records, version {version}"
    )
    yield f"{outcome.records} records of {shown(checked.contribution.file_name)} checked {against}"
    yield f"    {told or 'nothing to count'}; {checked.earlier} earlier records compared"
    if outcome.weight_mean is not None and outcome.novelty_mean is not None:
        yield f"    mean weight {outcome.weight_mean:.3f}, mean novelty {outcome.novelty_mean:.2f}"
    for check, count in outcome.insufficient.items():
        yield f"    insufficient: {check} could not judge {count} records; they are unchecked until decided"
    if checked.setting.unserved_languages:
        languages = ", ".join(checked.setting.unserved_languages)
        yield f"    the encoder does not serve {languages}: labels are not judged there"
    if checked.contribution.ignored_fields:
        names = ", ".join(shown(field, 40) for field in checked.contribution.ignored_fields[:20])
        yield f"    ignored fields: {names}"
    if checked.earnings is not None:
        yield _earnings(checked.earnings)
    if outcome.met and not outcome.judged:
        yield f"policy met by default: all {outcome.records} records are unchecked until a person decides"
        return
    yield f"policy {'met' if outcome.met else 'not met'}"
    for reason in outcome.reasons:
        yield f"    {reason}"


def _earnings(found: Earnings) -> str:
    low, high = open_of(found.low), open_of(found.high)
    rests = f"(eight in ten of {found.records} records)"
    return f"    such records would have been credited {low} to {high} OPEN in epoch {found.epoch} {rests}"
