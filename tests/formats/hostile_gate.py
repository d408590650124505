"""One gate run with all that a format has to show: hostile text in records, names, authors and messages."""

from dataclasses import replace
from pathlib import Path

from curation.catalogue import pages
from curation.datanet.record import Record
from curation.evidence.known import known_of
from curation.finding import Finding, Severity
from curation.gate.refusals import refused
from curation.gate.result import Change, GateResult, JudgedFile, Standings
from curation.inspection import Judged
from curation.opened import Checked
from curation.outcome import outcome_of
from curation.rewards.preview import Earnings
from curation.verdict import Verdict
from tests.formats import hostile

LURES = "@everyone <b onmouseover=x> ![x](http://evil.example/x.png) [y](javascript:z) https://evil.test www.evil.test"
MARKUP = f"{LURES} #1 owner/repo#2 `code` **bold** ~~x~~ $x$ {{0}} | cell | ]]> -- &lt; %0A::error::x ##[error]y"
EVERYTHING = f"{MARKUP} {hostile.HOSTILE}"
PATH = "datanets/questions/contributions/ann/::error::@all<i>![a](b)`c`\n\x1b[2J\u202e.jsonl"
NOT_TEXT = "datanets/questions/contributions/caf\udce9/x.jsonl"
BASE, HEAD, BLOB = "a" * 40, "b" * 40, "c" * 40


def checked() -> Checked:
    """The hostile check, with markup in what is said of its records too."""
    made = hostile.checked()
    rows = tuple(
        replace(
            row,
            findings=tuple(
                replace(one, message=f"{one.message} {MARKUP}", fix=f"{one.fix} {MARKUP}") for one in row.findings
            ),
        )
        for row in made.inspection.rows
    )
    inspection = replace(made.inspection, rows=rows)
    earnings = Earnings(epoch=7, records=240, by_record={}, low=3 * 10**17, high=14 * 10**17)
    outcome = outcome_of(inspection, made.setting.datanet)
    return replace(made, inspection=inspection, outcome=outcome, earnings=earnings)


def result() -> GateResult:
    file = JudgedFile(
        path=PATH,
        blob=BLOB,
        checked=checked(),
        reasons=("1 of 5 records rejected, at most 0% wanted", EVERYTHING),
        failing=frozenset({4}),
        tolerated=frozenset({(1, "near-duplicate")}),
    )
    refusals = (
        refused("foreign-folder", NOT_TEXT, f"the author {EVERYTHING} does not speak for ann"),
        refused("odd-mode", "::add-mask::x", "this is a symbolic link"),
    )
    return GateResult(
        base=BASE,
        head=HEAD,
        author=f"@mallory {EVERYTHING}",
        fail_on="the card",
        files=(file,),
        refusals=refusals,
        reasons=(f"{PATH}: 1 of 5 records rejected", EVERYTHING),
        notes=("the base has no contributors.yaml", EVERYTHING),
        changes=(
            Change(
                datanet="questions",
                before=Standings(records=240, accepted=238, weight_mean=0.97),
                after=Standings(records=245, accepted=240, weight_mean=0.96),
            ),
        ),
        others=3,
    )


def passing() -> GateResult:
    """The same run without anything that fails."""
    return replace(
        result(),
        refusals=(),
        reasons=(),
        files=(replace(result().files[0], reasons=(), failing=frozenset()),),
        author="ann-k",
    )


def nothing() -> GateResult:
    """A branch without a contribution."""
    return replace(passing(), files=(), changes=(), notes=())


def large(count: int) -> GateResult:
    """So many records, each with a finding of another code of the catalogue, and as many reasons and notes."""
    made = hostile.checked()
    codes = [page.code for page in pages([Path(__file__).parents[2] / "rules"])]
    records = tuple(
        Record(id=f"{at:032x}", index=at, line=at + 1, values={"question": "x"}, content={"question": "x"})
        for at in range(count)
    )
    severities = (Severity.CRITICAL, Severity.HOLD, Severity.WARNING, Severity.INFO)
    rows = tuple(
        Judged(
            row=at,
            line=at + 1,
            record=records[at].id,
            digest=f"{at:064x}",
            verdict=Verdict.REJECT,
            otherwise=Verdict.REJECT,
            weight=0.5,
            novelty=1.0,
            otherwise_novelty=1.0,
            evidence={},
            scores={},
            p={},
            findings=(
                Finding(
                    row=at,
                    check=codes[at % len(codes)],
                    severity=severities[at % 4],
                    message=f"{at} {EVERYTHING}",
                    fix=EVERYTHING,
                ),
            ),
        )
        for at in range(count)
    )
    inspection = replace(made.inspection, rows=rows)
    contribution = replace(made.contribution, rows=records)
    subjects = known_of(records[:1], hostile.card(), "ann")
    evidence = replace(made.evidence, subjects=replace(subjects, texts=(EVERYTHING,) * count))
    file = JudgedFile(
        path=PATH,
        blob=BLOB,
        checked=replace(
            made,
            contribution=contribution,
            inspection=inspection,
            evidence=evidence,
            outcome=outcome_of(inspection, hostile.card()),
        ),
        reasons=(EVERYTHING,) * 50,
        failing=frozenset(range(count)),
    )
    return replace(
        result(),
        files=(file,) * 1,
        refusals=tuple(refused("misplaced", f"{PATH}{at}", EVERYTHING) for at in range(200)),
        reasons=(EVERYTHING,) * 500,
        notes=tuple(f"{at} {EVERYTHING}" for at in range(50)),
        changes=result().changes * 30,
    )
