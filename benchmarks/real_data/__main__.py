"""Every detector on real data with known truth, beside what a user would script today, in the same run.

    python -m benchmarks.real_data --data ../shared/data [--only outliers,tables] [--write]

Each module of benchmarks/real_data/figures measures some rows of one table, through the command line. `--write` keeps
the figures in benchmarks/real_data/figures.json and renews the table in docs/benchmarks.md; figures that were not
measured in this run stay as they were.
"""

import argparse
import importlib
import json
import pkgutil
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.real_data import figures
from benchmarks.real_data.bench import Bench
from benchmarks.real_data.figure import Figure

KEPT = Path(__file__).parent / "figures.json"
PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"
BEGIN, END = "<!-- real_data: begin -->", "<!-- real_data: end -->"


def modules() -> list[str]:
    return sorted(module.name for module in pkgutil.iter_modules(figures.__path__))


def table(kept: dict[str, list[Figure]]) -> str:
    """The one table, as Markdown."""
    lines = ["| data | figure | ours | script of today | difference | must | aim |", "|---|---|---:|---:|---:|---|---|"]
    for group in sorted(kept):
        for one in kept[group]:
            script, better = (each.told() if each else "–" for each in (one.script, one.better))
            note = f"<br>{one.note}" if one.note else ""
            lines.append(
                f"| {one.data} | {one.name}{note} | {one.ours.told()} | {script} | {better} | {one.must} | {one.aim} |"
            )
    return "\n".join(lines) + "\n"


def measured(name: str, data: Path) -> list[Figure]:
    module = importlib.import_module(f"{figures.__name__}.{name}")
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as temporary:
        rows = list(module.measure(Bench(data.resolve(), Path(temporary).resolve())))
    print(f"{name}: {len(rows)} figures in {time.perf_counter() - start:.0f} s", file=sys.stderr)
    return rows


def kept_figures() -> dict[str, list[Figure]]:
    if not KEPT.exists():
        return {}
    told = json.loads(KEPT.read_text(encoding="utf-8"))
    return {group: [Figure.from_json(one) for one in rows] for group, rows in told.items()}


def write(kept: dict[str, list[Figure]]) -> None:
    told = {group: [one.to_json() for one in rows] for group, rows in sorted(kept.items())}
    KEPT.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(BEGIN)
    after = rest.split(END)[1]
    PAGE.write_text(f"{before}{BEGIN}\n{table(kept)}{END}{after}", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--only", default=",".join(modules()), help="modules of benchmarks/real_data/figures, by comma")
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    kept = kept_figures() if arguments.write else {}
    for name in arguments.only.split(","):
        kept[name] = measured(name, arguments.data)
        if arguments.write:
            write(kept)
    print(table(kept), end="")


if __name__ == "__main__":
    main()
