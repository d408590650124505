"""A gate run for people: worst first, `file:line code message`, why, and what would pass; then the answer."""

from collections.abc import Iterator

from curation.datanet.shown import shown
from curation.finding import Severity
from curation.formats.text import SNIPPET_LENGTH, named, snippet
from curation.gate.result import Change, GateResult, JudgedFile, Remark, Standings

REMARKS_SHOWN_MAX = 100


def lines(result: GateResult) -> Iterator[str]:
    """Lines with their newlines; every piece of a record or name in them is made showable."""
    for line in _lines(result):
        yield line + "\n"


def _lines(result: GateResult) -> Iterator[str]:
    told = [one for one in result.remarks if one.severity is not Severity.INFO]
    for one in told[:REMARKS_SHOWN_MAX]:
        yield from _remark(one)
    if len(told) > REMARKS_SHOWN_MAX:
        yield f"… and {len(told) - REMARKS_SHOWN_MAX} more findings; the formats json and jsonl have them all"
        yield ""
    yield from _summary(result)


def _remark(one: Remark) -> Iterator[str]:
    yield f"{named(one.path)}:{one.line} {shown(one.check, 130)} {shown(one.message, 400)}"
    if one.text:
        yield f"    “{snippet(one.text, SNIPPET_LENGTH)}”"
    yield f"    why: {_why(one)}"
    yield f"    what would pass: {shown(one.fix, 300)}"
    yield ""


def _why(one: Remark) -> str:
    row = one.judged
    excused = ", in the baseline" if one.tolerated else ""
    if row is None:
        return "the branch may not do this"
    if row.weight is None or row.novelty is None:
        return f"{one.severity.value}{excused}: the record is {row.verdict.value}"
    moved = next((f.evidence for f in row.findings if (f.check, f.message) == (one.check, one.message)), 0.0)
    by = f" ({moved:+.2f} log-odds)" if moved else ""
    numbers = f"weight {row.weight:.3f}, novelty {row.novelty:.2f}"
    return f"{one.severity.value}{by}{excused}: the record is {row.verdict.value}, {numbers}"


def _summary(result: GateResult) -> Iterator[str]:
    told = ", ".join(f"{count} {verdict}" for verdict, count in result.verdicts.items() if count)
    files = "1 file" if len(result.files) == 1 else f"{len(result.files)} files"
    yield f"{result.records} records in {files} scanned; {result.head[:12]} against base {result.base[:12]}"
    if told:
        yield f"    {told}"
    for one in result.files:
        yield from _file(one)
    for change in result.changes:
        yield f"    {change.datanet}: {change_told(change)}"
    if result.refusals:
        yield f"    refused: {len(result.refusals)} changes"
    if result.others:
        yield f"    not looked at: {result.others} other paths"
    for note in result.notes:
        yield f"note: {shown(note, 400)}"
    yield f"gate: {result.answer.value}"
    for reason in result.reasons:
        yield f"    {shown(reason, 400)}"
    if not result.files and not result.refusals:
        yield "    no contribution in this branch: nothing was checked, so nothing passed"


def _file(one: JudgedFile) -> Iterator[str]:
    rows = len(one.checked.inspection.rows)
    yield f"    {named(one.path)}: {rows} records, credit of {one.credit:.1f} in full (weight × novelty)"
    for check, count in one.checked.outcome.insufficient.items():
        yield f"        insufficient: {check} could not judge {count} records; they are unchecked until decided"
    if one.checked.contribution.ignored_fields:
        names = ", ".join(shown(field, 40) for field in one.checked.contribution.ignored_fields[:20])
        yield f"        ignored fields: {names}"


def change_told(change: Change) -> str:
    """What merging would change about a datanet, in a line."""
    before, after = change.before, change.after
    said = f"{before.records} → {after.records} records, {before.accepted} → {after.accepted} accepted"
    return f"{said}, mean weight {weight_told(before)} → {weight_told(after)}"


def weight_told(standings: Standings) -> str:
    """The mean weight, or a dash where there is none."""
    return "–" if standings.weight_mean is None else f"{standings.weight_mean:.3f}"
