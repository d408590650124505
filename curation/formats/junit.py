"""A gate run as JUnit XML: a suite per file, a case per record, and one case for the answer itself."""

from collections import defaultdict
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from curation.datanet.shown import shown
from curation.finding import Severity
from curation.gate.result import Answer, GateResult, JudgedFile, Remark
from curation.inspection import Judged
from curation.verdict import Verdict

_FAILS = (Verdict.REJECT, Verdict.REVIEW)


def lines(result: GateResult) -> Iterator[str]:
    """The document. Rejected records and those under review fail; unchecked ones are skipped, which is no pass."""
    by_row: dict[tuple[str, int], list[Remark]] = defaultdict(list)
    for one in result.remarks:
        if one.judged is not None and one.severity is not Severity.INFO:
            by_row[one.path, one.judged.row].append(one)
    failed = sum(result.verdicts[verdict] for verdict in _FAILS) + _gate_fails(result)
    skipped = result.verdicts[Verdict.UNCHECKED]
    counts = f'tests="{result.records + 1}" failures="{failed}" errors="0" skipped="{skipped}"'
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f'<testsuites name="curate gate" {counts}>\n'
    yield from _gate(result)
    for file in result.files:
        yield from _suite(file, by_row)
    yield "</testsuites>\n"


def _gate_fails(result: GateResult) -> int:
    return int(result.answer is not Answer.PASS)


def _gate(result: GateResult) -> Iterator[str]:
    yield f'  <testsuite name="gate" tests="1" failures="{_gate_fails(result)}" errors="0" skipped="0">\n'
    if result.answer is Answer.PASS:
        yield '    <testcase classname="gate" name="answer"/>\n'
    else:
        told = "\n".join(shown(one, 400) for one in result.reasons) or "no contribution: nothing was checked"
        yield '    <testcase classname="gate" name="answer">\n'
        yield f'      <failure message="{result.answer.value}" type="{result.answer.value}">{escape(told)}</failure>\n'
        yield "    </testcase>\n"
    yield "  </testsuite>\n"


def _suite(file: JudgedFile, by_row: dict[tuple[str, int], list[Remark]]) -> Iterator[str]:
    verdicts = file.checked.outcome.verdicts
    failed, skipped = sum(verdicts[verdict] for verdict in _FAILS), verdicts[Verdict.UNCHECKED]
    counts = f'tests="{file.checked.outcome.records}" failures="{failed}" errors="0" skipped="{skipped}"'
    name = quoteattr(shown(file.path, 400))
    yield f"  <testsuite name={name} {counts}>\n"
    for row in file.checked.inspection.rows:
        head = f'    <testcase classname={name} name="line {row.line}"'
        if row.verdict is Verdict.ACCEPT:
            yield f"{head}/>\n"
        else:
            yield f"{head}>\n{_problem(row, by_row.get((file.path, row.row), []))}    </testcase>\n"
    yield "  </testsuite>\n"


def _problem(row: Judged, told: list[Remark]) -> str:
    said = "\n".join(
        f"{shown(one.check, 130)}: {shown(one.message, 400)}. What would pass: {shown(one.fix, 300)}" for one in told
    )
    message = quoteattr(", ".join(sorted({shown(one.check, 130) for one in told})) or "weight")
    if row.verdict is Verdict.UNCHECKED:
        return f"      <skipped message={message}/>\n"
    return f'      <failure message={message} type="{row.verdict.value}">{escape(said)}</failure>\n'
