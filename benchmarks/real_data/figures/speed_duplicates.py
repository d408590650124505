"""Many short texts imported and de-duplicated, a whole process beside a script's.

semhash, the kept library for this, wants a model that no package carries, so the script stands alone beside us.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks.real_data.bench import CHECKOUT, Bench, run
from benchmarks.real_data.figure import Figure, Interval
from benchmarks.real_data.short_texts import short_texts

DEDUPLICATED: Final = 120_000
SCRIPT: Final[Path] = CHECKOUT / "benchmarks" / "plain_duplicates.py"


def measure(bench: Bench) -> Iterator[Figure]:
    """An import finds what is there twice, and fits the reference besides; the script only lists the pairs."""
    texts = short_texts(bench, DEDUPLICATED)
    bench.datanet("short", "text", {"text": "text"})
    path = bench.write("short.jsonl", [{"text": text} for text in texts], ["text"])
    ours = bench.curate("import", str(path), "-d", "short", "--format", "jsonl")
    flagged = sum(one["novelty"] is None or one["novelty"] < 1 for one in ours.lines)
    script = run([sys.executable, str(SCRIPT), str(path)], CHECKOUT)
    yield from _compared(f"{len(texts):,} short texts", "import with de-duplication", ours, script)
    yield Figure(
        data=f"{len(texts):,} short texts",
        name="records flagged as repeats",
        ours=Interval(flagged),
        script=Interval(int(script.output)),
        note="script: cosine ≥ .95",
    )


def _compared(data: str, name: str, ours: object, script: object) -> Iterator[Figure]:
    for what, unit in (("seconds", "seconds"), ("peak_mb", "MB of the largest process")):
        mine, other = (round(getattr(ran, what)) for ran in (ours, script))
        yield Figure(data=data, name=f"{name}, {unit}", ours=Interval(mine), script=Interval(other))
