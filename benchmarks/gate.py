"""Time to verdict of the gate: a branch of 100 records against a datanet of 10,000, whole process, first and cached.

    python -m benchmarks.gate --data ../shared/data [--runs 5]

banking77 in a new Git repository: 10,000 trusted records, a merged contribution of 500, a branch with 100 more. The
first run finds nothing but the exported encoder, as a CI job does that has cached only that; the next ones find what it
made. One merged file more, and only that one is judged anew.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.engine import CARDS, Run, rows_of, run, write

FIELDS = ["id", "text", "label"]
FOLDER = Path("datanets") / "banking77"
COMMAND = [sys.executable, "-m", "curation.cli.main", "gate", "--base", "main", "--format", "json"]


def git(root: Path, *arguments: str) -> None:
    identity = {f"GIT_{who}_{what}": "bench" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    command = ["git", *arguments]
    subprocess.run(command, cwd=root, check=True, env={**os.environ, **identity, "GIT_CONFIG_GLOBAL": os.devnull})


def commit(root: Path, message: str) -> None:
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", message)


def prepared(root: Path, data: Path) -> None:
    """The repository: the base on `main`, the branch `work` checked out."""
    rows = rows_of(data, "banking77")
    git(root, "init", "--quiet", "--initial-branch", "main")
    (root / FOLDER).mkdir(parents=True)
    (root / FOLDER / "datanet.yaml").write_text(CARDS["banking77"], encoding="utf-8")
    write(root / FOLDER / "trusted" / "records.jsonl", rows[:10_000], FIELDS)
    write(root / FOLDER / "contributions" / "ann" / "first.jsonl", rows[10_000:10_500], FIELDS)
    commit(root, "base")
    git(root, "checkout", "--quiet", "-b", "work")
    write(root / FOLDER / "contributions" / "bob" / "new.jsonl", rows[10_500:10_600], FIELDS)
    commit(root, "branch")


def judged(root: Path) -> Run:
    found = run(COMMAND, root)
    if found.code not in (0, 1):
        raise SystemExit(f"the gate left with {found.code}")
    return found


def told(name: str, runs: list[Run]) -> str:
    middle = [statistics.median(getattr(one, what) for one in runs) for what in _MEASURED]
    return f"| {name} | " + " | ".join(f"{value:.1f}" for value in middle) + f" | {runs[-1].code} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary) / "repository"
        root.mkdir()
        prepared(root, arguments.data.resolve())
        _export_encoder(root)
        first = [judged(root)]
        cached = [judged(root) for _ in range(arguments.runs)]
        git(root, "checkout", "--quiet", "main")
        write(
            root / FOLDER / "contributions" / "cy" / "more.jsonl",
            rows_of(arguments.data, "banking77")[10_600:10_700],
            FIELDS,
        )
        commit(root, "another")
        git(root, "checkout", "--quiet", "work")
        moved = [judged(root)]
    print("| gate | seconds | processor seconds | peak MB of the largest process | exit |\n|---|---:|---:|---:|---:|")
    print(told("first", first))
    print(told(f"cached, median of {arguments.runs}", cached))
    print(told("one merged file more", moved))
    outputs = {one.output for one in [*first, *cached]}
    print(f"\nthe same input gave the same bytes: {'yes' if len(outputs) == 1 else 'no'}")


def _export_encoder(root: Path) -> None:
    """The encoder is exported once a machine, 10 s that have nothing to do with the datanet."""
    code = (
        "from pathlib import Path; from curation.datanet.card import EncoderChoice; "
        "from curation.evidence.encoder import load_encoder; "
        "load_encoder(EncoderChoice(), workspace=Path('.'), cache=Path('.git/curation/encoder'))"
    )
    subprocess.run([sys.executable, "-c", code], cwd=root, check=True)


_MEASURED = ("wall_seconds", "cpu_seconds", "peak_mb")

if __name__ == "__main__":
    main()
