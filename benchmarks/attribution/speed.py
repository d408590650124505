"""What training, keeping and asking a model costs at 50,000 records, 384 numbers and 20 classes.

The vectors are made up: unit vectors around a direction a class, so nothing here depends on the data but the number of
Newton's steps.
"""

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.real_data.bench import CHECKOUT, run
from curation.rewards.influence import influence_of
from curation.rewards.model import Model, Predictor, Settings, load_model, save_model
from curation.rewards.one_vs_rest import codes_of, fit_one_vs_rest

SEED = 20261123
RECORDS, DIMENSIONS, CLASSES = 50_000, 384, 20
QUERIES = 200


def made_up() -> tuple[NDArray[np.float32], list[str], NDArray[np.float64], NDArray[np.float32]]:
    """Vectors, labels of which one in ten is wrong, weights, and questions."""
    chance = np.random.default_rng(SEED)
    centres = chance.normal(size=(CLASSES, DIMENSIONS))
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    codes = chance.integers(CLASSES, size=RECORDS + QUERIES)
    vectors = centres[codes] + 0.08 * chance.normal(size=(len(codes), DIMENSIONS))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    given = np.where(chance.random(len(codes)) < 0.1, chance.integers(CLASSES, size=len(codes)), codes)
    labels = [f"class-{code:02d}" for code in given[:RECORDS]]
    return vectors[:RECORDS], labels, chance.uniform(0.05, 1.0, RECORDS), vectors[RECORDS:]


def trained(folder: Path) -> dict[str, float]:
    """Trains and saves; the seconds of processor that the steps took."""
    vectors, labels, weights, _ = made_up()
    settings = Settings()
    start = time.process_time()
    heads = fit_one_vs_rest(vectors, labels, weights, float(settings.ridge))
    fitted = time.process_time()
    influence = influence_of(heads, vectors, codes_of(labels, heads.classes), weights)
    known = time.process_time()
    ids = tuple(f"{row:05d}" for row in range(RECORDS))
    model = Model(ids=ids, settings=settings, rests_on=Predictor(heads=heads, influence=influence))
    save_model(model, folder)
    return {"fit": fitted - start, "influence": known - fitted}


def asked(folder: Path) -> dict[str, float]:
    """Loads and asks one question after the other: seconds, and milliseconds a question, by the clock and of processor.

    On a shared machine the second is what it costs, the first what one waits.
    """
    questions = made_up()[3]
    start = time.perf_counter()
    model = load_model(folder)
    loaded = time.perf_counter() - start
    model.answer(questions[:5])
    waited, spent = [], []
    for row in range(QUERIES):
        clock, processor = time.perf_counter(), time.process_time()
        model.answer(questions[row : row + 1])
        waited.append(1000 * (time.perf_counter() - clock))
        spent.append(1000 * (time.process_time() - processor))
    told = {"load": loaded, "mb": sum(file.stat().st_size for file in folder.iterdir()) / 1e6}
    for name, times in (("waited", waited), ("spent", spent)):
        told |= {f"{name} median": float(np.median(times)), f"{name} p95": float(np.quantile(times, 0.95))}
    return told


def table(_data: Path) -> str:
    """Seconds, memory and milliseconds, as Markdown."""
    with tempfile.TemporaryDirectory() as temporary:
        told: dict[str, Any] = {}
        for step in ("trained", "asked", "made_up"):
            ran = run([sys.executable, "-m", "benchmarks.attribution.speed", step, temporary], CHECKOUT)
            if ran.code:
                raise SystemExit(f"{step} left with {ran.code}")
            told |= json.loads(ran.output) | {f"{step} peak": ran.peak_mb}
    peak = f"{told['trained peak']:.0f} ({told['made_up peak']:.0f})"
    spent, waited = (f"{told[f'{name} median']:.1f} / {told[f'{name} p95']:.1f}" for name in ("spent", "waited"))
    lines = [
        f"| {RECORDS:,} records × {DIMENSIONS} × {CLASSES} classes, made-up unit vectors | |",
        "|---|---:|",
        f"| heads fitted, processor s | {told['fit']:.1f} |",
        f"| influence set up, processor s | {told['influence']:.1f} |",
        f"| peak memory of training, MB (of making up the vectors alone) | {peak} |",
        f"| saved, MB / s to load | {told['mb']:.0f} / {told['load']:.1f} |",
        f"| a question answered and attributed, processor ms: median / 95th percentile of {QUERIES} | {spent} |",
        f"| the same by the clock of a machine with other work | {waited} |",
        f"| peak memory of answering, MB (again with the vectors made up) | {told['asked peak']:.0f} |",
    ]
    return "\n".join(lines) + "\n"


def only_made_up(_folder: Path) -> dict[str, float]:
    """What the others' memory contains that is none of theirs."""
    made_up()
    return {}


if __name__ == "__main__":
    steps = {"trained": trained, "asked": asked, "made_up": only_made_up}
    print(json.dumps(steps[sys.argv[1]](Path(sys.argv[2]))))
