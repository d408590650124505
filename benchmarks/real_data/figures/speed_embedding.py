"""Texts embedded a second, beside the original encoder with its defaults."""

import time
from collections.abc import Iterator
from random import Random
from typing import Final

from benchmarks.real_data.bench import SEED, Bench, plain_script
from benchmarks.real_data.figure import Figure, Interval
from benchmarks.real_data.short_texts import short_texts
from curation.datanet.card import EncoderChoice
from curation.evidence.encoder import load_encoder

EMBEDDED: Final = 2_000


def measure(bench: Bench) -> Iterator[Figure]:
    some = Random(SEED).sample(short_texts(bench, 120_000), EMBEDDED)  # noqa: S311  (a reproducible draw, no secret)
    encoder = load_encoder(EncoderChoice(), workspace=bench.folder, cache=bench.folder / "encoder")
    plain_script().vectors(some[:32])
    seconds = []
    for encode in (encoder.encode, plain_script().vectors):
        encode(some[:32])
        start = time.perf_counter()
        encode(some)
        seconds.append(time.perf_counter() - start)
    yield Figure(
        data=f"{EMBEDDED:,} short texts",
        name="texts embedded a second",
        ours=Interval(round(EMBEDDED / seconds[0])),
        script=Interval(round(EMBEDDED / seconds[1])),
        note="both on the processor, after the first batch",
    )
