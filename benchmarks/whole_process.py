"""`curate check` of 100 short records against 10,000 beside the script a skilled user would write, whole processes.

    python -m benchmarks.whole_process --data ../shared/data [--workspace FOLDER] [--pairs 5]

Both run in turn, so that a machine that slows down slows both; medians and the ratio pair by pair. The script gets its
reference's vectors from a cache, as a skilled user would have it; `curate` has its fitted reference. FOLDER is made
(10,000 records imported) when it is not there and kept for the next time.
"""

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks.engine import CARDS, Run, curate, rows_of, run, write

FIELDS = ["id", "text", "label"]


def prepared(workspace: Path, data: Path) -> tuple[Path, Path]:
    """The workspace with 10,000 records imported; the files of the reference and of the hundred new records."""
    rows = rows_of(data, "banking77")
    reference = write(workspace / "files" / "reference.jsonl", rows[:10_000], FIELDS)
    new = write(workspace / "files" / "new.jsonl", rows[10_000:10_100], FIELDS)
    card = workspace / "datanets" / "banking77" / "datanet.yaml"
    if not card.exists():
        card.parent.mkdir(parents=True)
        card.write_text(CARDS["banking77"], encoding="utf-8")
        curate(workspace, "import", str(reference), "-d", "banking77", "--format", "json")
    return reference, new


def ours(workspace: Path, new: Path) -> Run:
    return curate(workspace, "check", str(new), "-d", "banking77", "--format", "jsonl")


def theirs(workspace: Path, reference: Path, new: Path) -> Run:
    script = str(Path(__file__).with_name("plain_script.py"))
    cache = str(workspace / "files" / "reference.npy")
    command = [sys.executable, script, "--reference", str(reference), "--contribution", str(new), "--cache", cache]
    found = run([*command, "--text", "text", "--label", "label"], workspace)
    if found.code not in (0, 1):
        raise SystemExit(f"the plain script left with {found.code}")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--workspace", type=Path)
    parser.add_argument("--pairs", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        workspace = (arguments.workspace or Path(temporary)).resolve()
        reference, new = prepared(workspace, arguments.data)
        ours(workspace, new), theirs(workspace, reference, new)  # warm: disk cache, encoder export, vectors
        pairs = [(ours(workspace, new), theirs(workspace, reference, new)) for _ in range(arguments.pairs)]
    print("| | seconds | processor seconds | peak MB of the largest process |\n|---|---:|---:|---:|")
    for name, side in (("`curate check`", 0), ("plain script", 1)):
        told = (statistics.median(getattr(pair[side], what) for pair in pairs) for what in _MEASURED)
        print(f"| {name} | " + " | ".join(f"{value:.1f}" for value in told) + " |")
    ratios = (statistics.median(getattr(a, what) / getattr(b, what) for a, b in pairs) for what in _MEASURED)
    print("| ratio, median of pairs | " + " | ".join(f"{value:.2f}" for value in ratios) + " |")
    print("| `curate --help` | " + f"{statistics.median(helped() for _ in range(5)):.2f} | | |")


def helped() -> float:
    return run([sys.executable, "-m", "curation.cli.main", "--help"], Path(__file__).parents[1]).wall_seconds


_MEASURED = ("wall_seconds", "cpu_seconds", "peak_mb")

if __name__ == "__main__":
    main()
