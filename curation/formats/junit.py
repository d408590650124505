"""A gate run as JUnit XML: a suite per file, a case per record, and one case for the answer itself."""

from collections import defaultdict
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from curation.datanet.shown import shown
from curation.finding import Severity
from curation.gate.result import Answer, GateResult, JudgedFile, Remark
from curation.inspection import Judged
from curation.verdict import Verdict


def lines(result: GateResult) -> Iterator[str]:
    """The document. What fails the gate fails here and nothing else: a passing run has no failure.

    A record that is not accepted, and that policy or baseline put up with all the same, is skipped and says so.
    """
    by_row: dict[tuple[str, int], list[Remark]] = defaultdict(list)
    for one in result.remarks:
        if one.judged is not None and one.severity is not Severity.INFO:
            by_row[one.path, one.judged.row].append(one)
    failed = sum(len(one.failing) for one in result.files) + _gate_fails(result)
    skipped = sum(_skipped(one) for one in result.files)
    counts = f'tests="{result.records + 1}" failures="{failed}" errors="0" skipped="{skipped}"'
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f'<testsuites name="curate gate" {counts}>\n'
    yield from _gate(result)
    for file in result.files:
        yield from _suite(file, by_row)
    yield "</testsuites>\n"


def _skipped(file: JudgedFile) -> int:
    rows = file.checked.inspection.rows
    return sum(row.verdict is not Verdict.ACCEPT and row.row not in file.failing for row in rows)


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
    counts = f'failures="{len(file.failing)}" errors="0" skipped="{_skipped(file)}"'
    name = quoteattr(shown(file.path, 400))
    yield f'  <testsuite name={name} tests="{file.checked.outcome.records}" {counts}>\n'
    for row in file.checked.inspection.rows:
        head = f'    <testcase classname={name} name="line {row.line}"'
        told = by_row.get((file.path, row.row), [])
        if row.row in file.failing:
            yield f"{head}>\n{_failure(row, told)}    </testcase>\n"
        elif row.verdict is not Verdict.ACCEPT:
            yield f"{head}>\n{_put_up_with(row, told)}    </testcase>\n"
        else:
            yield f"{head}/>\n"
    yield "  </testsuite>\n"


def _failure(row: Judged, told: list[Remark]) -> str:
    said = "\n".join(
        f"{shown(one.check, 130)}: {shown(one.message, 400)}. What would pass: {shown(one.fix, 300)}" for one in told
    )
    return f'      <failure message={quoteattr(_named(told))} type="{row.verdict.value}">{escape(said)}</failure>\n'


def _put_up_with(row: Judged, told: list[Remark]) -> str:
    return f"      <skipped message={quoteattr(f'{row.verdict.value}, put up with: {_named(told)}')}/>\n"


def _named(told: list[Remark]) -> str:
    return ", ".join(sorted({shown(one.check, 130) for one in told})) or "weight"
