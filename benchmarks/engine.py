"""The whole path on real data, through the command line: import, check, submit, rebuild; time, memory and figures.

    python -m benchmarks.engine --data ../shared/data [--into FOLDER] [--only banking77]

banking77 as labelled text (10,000 records imported, 1,000 checked and submitted), medquad as instruction data,
tab_hospital as a table. Prints Markdown for docs/benchmarks.md. Seeded; nothing is written beside FOLDER.
"""

import argparse
import csv
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SEED = 77

CARDS = {
    "banking77": """\
schema: curation.datanet/1
name: banking77
title: Questions to an online bank by intent
licence: CC-BY-4.0
languages: [en]
task: labelled-text
fields:
  - {name: id, type: text, role: id, required: true}
  - {name: text, type: text, role: text, required: true}
  - {name: label, type: text, role: label, required: true}
rules: [text, labelled-text, personal-data]
""",
    "medquad": """\
schema: curation.datanet/1
name: medquad
title: Medical questions and answers
licence: CC-BY-4.0
languages: [en]
task: instruction
fields:
  - {name: id, type: text, role: id, required: true}
  - {name: question, type: text, role: prompt, required: true}
  - {name: answer, type: text, role: response, required: true}
rules: [text, instruction, personal-data]
""",
}


@dataclass(frozen=True)
class Run:
    """One command as a whole process: seconds by the clock and of the processors, memory of its largest one."""

    code: int
    wall_seconds: float
    cpu_seconds: float
    peak_mb: float
    output: str


def run(command: Sequence[str], cwd: Path) -> Run:
    """Runs a command to its end."""
    with tempfile.TemporaryFile() as output:
        start = time.perf_counter()
        child = subprocess.Popen(command, cwd=cwd, stdout=output, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
        output.seek(0)
        text = output.read().decode()
    return Run(os.waitstatus_to_exitcode(status), wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, text)


def curate(workspace: Path, *arguments: str) -> Run:
    found = run([sys.executable, "-m", "curation.cli.main", *arguments], workspace)
    if found.code not in (0, 1):
        raise SystemExit(f"curate {' '.join(arguments)} left with {found.code}")
    return found


def rows_of(data: Path, name: str) -> list[dict[str, Any]]:
    if name == "tab_hospital":
        with (data / name / "clean.csv").open(newline="", encoding="utf-8") as stream:
            rows: list[dict[str, Any]] = list(csv.DictReader(stream))
    else:
        with (data / name / "data.jsonl").open(encoding="utf-8") as stream:
            rows = [json.loads(line) for line in stream]
    random.Random(SEED).shuffle(rows)  # noqa: S311  (a reproducible order, no secret)
    return rows


def write(path: Path, rows: Sequence[dict[str, Any]], fields: Sequence[str]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        "".join(json.dumps({name: row[name] for name in fields}, ensure_ascii=False) + "\n" for row in rows),
        encoding="utf-8",
    )
    return path


def measured(
    workspace: Path, name: str, fields: Sequence[str], rows: list[dict[str, Any]], sizes: tuple[int, int]
) -> None:
    imported, checked = sizes
    trusted = write(workspace / "files" / f"{name}-trusted.jsonl", rows[:imported], fields)
    new = write(workspace / "files" / f"{name}-new.jsonl", rows[imported : imported + checked], fields)
    few = write(workspace / "files" / f"{name}-few.jsonl", rows[imported : imported + 100], fields)
    steps = {
        f"import {imported:,}": curate(workspace, "import", str(trusted), "-d", name, "--format", "json"),
        "check 100": curate(workspace, "check", str(few), "-d", name, "--format", "jsonl"),
        f"check {checked:,}": curate(workspace, "check", str(new), "-d", name, "--format", "jsonl"),
        f"check {checked:,} again": curate(workspace, "check", str(new), "-d", name, "--format", "jsonl"),
        f"submit {checked:,}": curate(
            workspace, "submit", str(new), "-d", name, "--contributor", "c1", "--format", "json"
        ),
    }
    print(f"\n### {name}: {imported:,} imported, {checked:,} contributed by an honest stranger\n")
    print("| step | seconds | processor seconds | MB | exit |\n|---|---:|---:|---:|---:|")
    for step, found in steps.items():
        print(f"| {step} | {found.wall_seconds:.1f} | {found.cpu_seconds:.1f} | {found.peak_mb:.0f} | {found.code} |")
    judged = [json.loads(line) for line in steps[f"check {checked:,}"].output.splitlines()]
    same = steps[f"check {checked:,}"].output == steps[f"check {checked:,} again"].output
    print()
    for line in figures(judged, [json.loads(line) for line in steps["check 100"].output.splitlines()]):
        print(f"* {line}")
    print(f"* the same input gave the same bytes twice: {'yes' if same else 'NO'}")


def figures(judged: list[dict[str, Any]], few: list[dict[str, Any]]) -> Iterator[str]:
    count = len(judged)
    weights = [one["weight"] for one in judged if one["weight"] is not None]
    credit = [min(max((weight - 0.5) / 0.3, 0.0), 1.0) for weight in weights]
    verdicts = {
        name: sum(one["verdict"] == name for one in judged) for name in ("accept", "review", "unchecked", "reject")
    }
    strange = sum(one["evidence"].get("strangeness", 0) < -0.7 * 0.9 for one in judged)
    yield "verdicts: " + ", ".join(f"{name} {number / count:.1%}" for name, number in verdicts.items() if number)
    yield f"mean weight {sum(weights) / len(weights):.3f}, credit kept by m(w) {sum(credit) / len(credit):.3f}"
    yield f"novelty {sum(one['novelty'] for one in judged if one['novelty'] is not None) / len(weights):.3f} on average"
    yield f"strangeness together at p ≤ .05: {strange / count:.1%} of records"
    moved = max(
        abs(one["weight"] - other["weight"])
        for one, other in zip(few, judged[: len(few)], strict=True)
        if one["weight"] is not None
    )
    turned = sum(one["verdict"] != other["verdict"] for one, other in zip(few, judged[: len(few)], strict=True))
    yield f"the first 100 alone and among {count:,}: largest change of weight {moved:.6f}, verdicts changed {turned}"
    codes = sorted({finding["check"] for one in judged for finding in one["findings"]})
    told = (f"{code} {sum(any(f['check'] == code for f in one['findings']) for one in judged)}" for code in codes)
    yield "records with a finding: " + ", ".join(told)


def hospital(workspace: Path, rows: list[dict[str, Any]]) -> None:
    """The table as `curate new` infers it from clean rows; half of the rest is dirty."""
    fields = list(rows[0])
    sample = write(workspace / "files" / "tab_hospital-sample.jsonl", rows[:500], fields)
    curate(workspace, "new", "tab-hospital", "--from", str(sample), "--task", "table", "--id", "index")
    measured(workspace, "tab-hospital", fields, rows, (500, 500))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--into", type=Path)
    parser.add_argument("--only", choices=["banking77", "medquad", "tab_hospital"])
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        workspace = (arguments.into or Path(temporary)).resolve()
        for name, card in CARDS.items():
            (workspace / "datanets" / name).mkdir(parents=True)
            (workspace / "datanets" / name / "datanet.yaml").write_text(card, encoding="utf-8")
        if arguments.only in (None, "banking77"):
            measured(
                workspace, "banking77", ["id", "text", "label"], rows_of(arguments.data, "banking77"), (10_000, 1_000)
            )
        if arguments.only in (None, "medquad"):
            measured(
                workspace, "medquad", ["id", "question", "answer"], rows_of(arguments.data, "medquad"), (4_000, 500)
            )
        if arguments.only in (None, "tab_hospital"):
            hospital(workspace, rows_of(arguments.data, "tab_hospital"))
        verified = curate(workspace, "verify")
        print(f"\n`curate verify` over all of it: exit {verified.code}, {verified.wall_seconds:.1f} s")


if __name__ == "__main__":
    main()
