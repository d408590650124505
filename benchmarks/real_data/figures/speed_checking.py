"""Many records checked at once, as a whole process."""

from collections.abc import Iterator
from typing import Final

from benchmarks.real_data.bench import Bench, shuffled
from benchmarks.real_data.figure import Figure, Interval
from benchmarks.real_data.short_texts import short_texts

CHECKED: Final = 100_000
REFERENCE: Final = 10_000


def measure(bench: Bench) -> Iterator[Figure]:
    rows = shuffled(bench.rows("banking77"))[:REFERENCE]
    datanet = bench.datanet("banking", "text", {"text": "text"})
    datanet.imported(rows)
    path = bench.write("many.jsonl", [{"text": text} for text in short_texts(bench, 120_000)[-CHECKED:]], ["text"])
    ours = bench.curate("check", str(path), "-d", "banking", "--format", "jsonl")
    yield Figure(
        data=f"{CHECKED:,} records against {REFERENCE:,}",
        name="`curate check`, seconds",
        ours=Interval(round(ours.seconds)),
        note=f"{ours.peak_mb:,.0f} MB; {CHECKED / ours.seconds:,.0f} records a second",
    )
