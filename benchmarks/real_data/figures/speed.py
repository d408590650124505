"""Texts embedded a second, many short texts de-duplicated, many records checked: whole processes beside a script.

The short texts are those of seven data sets, and light edits of them (seeded) up to the wanted number. semhash, the
kept library for this, wants a model that no package carries, so the script stands alone beside us.
"""

import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Final

from benchmarks.real_data.bench import CHECKOUT, SEED, Bench, Row, plain_script, run, shuffled
from benchmarks.real_data.edits import lightly
from benchmarks.real_data.figure import Figure, Interval
from curation.datanet.card import EncoderChoice
from curation.evidence.encoder import load_encoder

SHORT: Final = (
    ("banking77", "text"),
    ("clinc150_oos", "text"),
    ("sms_spam", "text"),
    ("hint3", "text"),
    ("medquad", "question"),
    ("semeval_sts", "text_a"),
    ("semeval_sts", "text_b"),
)
DEDUPLICATED: Final = 120_000
CHECKED: Final = 100_000
REFERENCE: Final = 10_000
EMBEDDED: Final = 2_000


def measure(bench: Bench) -> Iterator[Figure]:
    texts = _texts(bench)
    yield _embedded(bench, texts)
    yield from _deduplicated(bench, texts)
    yield from _checked(bench, texts)


def _texts(bench: Bench) -> list[str]:
    """Distinct short texts first, then light edits of them."""
    every = dict.fromkeys(row[field].strip() for name, field in SHORT for row in bench.rows(name))
    own = [text for text in every if text][:DEDUPLICATED]
    chance = Random(SEED)  # noqa: S311  (a reproducible recipe, no secret)
    edited = [lightly(own[chance.randrange(len(own))], chance) for _ in range(DEDUPLICATED - len(own))]
    return own + edited


def _embedded(bench: Bench, texts: Sequence[str]) -> Figure:
    some = Random(SEED).sample(texts, EMBEDDED)  # noqa: S311  (as above)
    encoder = load_encoder(EncoderChoice(), workspace=bench.folder, cache=bench.folder / "encoder")
    plain_script().vectors(some[:32])
    seconds = []
    for encode in (encoder.encode, plain_script().vectors):
        encode(some[:32])
        start = time.perf_counter()
        encode(some)
        seconds.append(time.perf_counter() - start)
    return Figure(
        data=f"{EMBEDDED:,} short texts",
        name="texts embedded a second",
        ours=Interval(round(EMBEDDED / seconds[0])),
        script=Interval(round(EMBEDDED / seconds[1])),
        note="both on the processor, after the first batch",
    )


def _deduplicated(bench: Bench, texts: Sequence[str]) -> Iterator[Figure]:
    """An import finds what is there twice, and fits the reference besides; the script only lists the pairs."""
    rows: list[Row] = [{"text": text} for text in texts]
    bench.datanet("short", "text", {"text": "text"})
    path = bench.write("short.jsonl", rows, ["text"])
    ours = bench.curate("import", str(path), "-d", "short", "--format", "jsonl")
    flagged = sum(one["novelty"] is None or one["novelty"] < 1 for one in ours.lines)
    script = run([sys.executable, str(_script()), str(path)], CHECKOUT)
    yield from _compared(f"{len(texts):,} short texts", "import with de-duplication", ours, script)
    yield Figure(
        data=f"{len(texts):,} short texts",
        name="records flagged as repeats",
        ours=Interval(flagged),
        script=Interval(int(script.output)),
        note="script: cosine ≥ .95",
    )


def _checked(bench: Bench, texts: Sequence[str]) -> Iterator[Figure]:
    rows = shuffled(bench.rows("banking77"))[:REFERENCE]
    datanet = bench.datanet("banking", "text", {"text": "text"})
    datanet.imported(rows)
    path = bench.write("many.jsonl", [{"text": text} for text in texts[-CHECKED:]], ["text"])
    ours = bench.curate("check", str(path), "-d", "banking", "--format", "jsonl")
    yield Figure(
        data=f"{CHECKED:,} records against {REFERENCE:,}",
        name="`curate check`, seconds",
        ours=Interval(round(ours.seconds)),
        note=f"{ours.peak_mb:,.0f} MB; {CHECKED / ours.seconds:,.0f} records a second",
    )


def _compared(data: str, name: str, ours: object, script: object) -> Iterator[Figure]:
    for what, unit in (("seconds", "seconds"), ("peak_mb", "MB of the largest process")):
        mine, other = (round(getattr(ran, what)) for ran in (ours, script))
        yield Figure(data=data, name=f"{name}, {unit}", ours=Interval(mine), script=Interval(other))


def _script() -> Path:
    return CHECKOUT / "benchmarks" / "plain_duplicates.py"
