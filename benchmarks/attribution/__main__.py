"""Does an attribution say what retraining says, and what does it cost?

    python -m benchmarks.attribution --data ../shared/data [--write] [--only retraining,speed]

Retraining: on banking77 small enough to train again for every record and for 120 halves, ours beside representer points
and, where they are installed, beside pyinfluence and dattri. Speed: 50,000 made-up unit vectors of 384 numbers in 20
classes, each step in a process of its own. `--write` renews the section in docs/benchmarks.md.
"""

import argparse
import json
import sys
from pathlib import Path

from benchmarks.attribution import retraining, speed

HERE = Path(__file__).parent
KEPT = HERE / "figures.json"
PAGE = HERE.parents[1] / "docs" / "benchmarks.md"
BEGIN, END = "<!-- attribution: begin -->", "<!-- attribution: end -->"
PARTS = {"retraining": retraining, "speed": speed}


def written(kept: dict[str, str]) -> None:
    """Keeps the tables, and renews those in the page."""
    KEPT.write_text(json.dumps(kept, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(BEGIN)
    tables = "\n".join(kept[name] for name in PARTS if name in kept)
    PAGE.write_text(f"{before}{BEGIN}\n{tables}{END}{rest.split(END)[1]}", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--only", default=",".join(PARTS), help="parts of the benchmark, by comma")
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    kept = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
    for name in arguments.only.split(","):
        print(f"{name}…", file=sys.stderr)
        kept[name] = PARTS[name].table(arguments.data.resolve())
        print(kept[name])
        if arguments.write:
            written(kept)


if __name__ == "__main__":
    main()
