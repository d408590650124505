"""Wrong cells of two tables: a card and a suite inferred from clean rows, then judged on others, half of them dirty."""

import csv
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.real_data.bench import Bench, Row, halves
from benchmarks.real_data.figure import Figure, bootstrap, mean_of, paired, ratio_of

TABLES = {"tab_hospital": "hospital", "tab_beers": "beers"}
Cells = list[set[str]]

# What the script takes for a category, and how often it must have seen a column's values.
_DISTINCT_SHARE_MAX = 0.1
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_RUN = re.compile(r"[A-Z]+|[a-z]+|\d+")


@dataclass(frozen=True)
class Judged:
    """What is known of the judged rows: the wrong cells of each, and what was found wrong by whom; all (n,) by field.

    `suite` are findings of the card and its rules, `all_of_ours` those of every check that names a field; `remarked`
    says which rows have any finding at all, with a field or without.
    """

    wrong: Cells
    suite: Cells
    all_of_ours: Cells
    script: Cells
    remarked: list[bool]


def measure(bench: Bench) -> Iterator[Figure]:
    for name, datanet in TABLES.items():
        judged = _judged(bench, name, datanet)
        size = len(judged.wrong)
        for told, ours in (("suite", judged.suite), ("suite and checks", judged.all_of_ours)):
            for figure, statistic in (("precision", _precision), ("recall", _recall)):
                yield Figure(
                    data=name,
                    name=f"cell {figure}, {told}",
                    **paired(size, statistic(judged.wrong, ours), statistic(judged.wrong, judged.script)),
                    must="report",
                    aim="≥ .9" if figure == "precision" else "≥ .8",
                    note="script: seen values, least and greatest, shapes",
                )
        yield from _false_alarms(name, judged)


def _judged(bench: Bench, name: str, datanet: str) -> Judged:
    known, new, wrong = _split(bench, name)
    fields = tuple(known[0])
    sample = _write(bench.folder / f"{name}-sample.csv", known, fields)
    contribution = _write(bench.folder / f"{name}-check.csv", new, fields)
    bench.curate("new", datanet, "--from", str(sample), "--task", "table")
    bench.curate("import", str(sample), "-d", datanet, "--format", "jsonl")
    judged = bench.curate("check", str(contribution), "-d", datanet, "--format", "jsonl").lines
    return Judged(
        wrong=wrong,
        suite=[_fields_of(row, lambda check: check == "unreadable" or "/" in check) for row in judged],
        all_of_ours=[_fields_of(row, lambda _: True) for row in judged],
        script=_scripted(known, new),
        remarked=[bool(row["findings"]) for row in judged],
    )


def _split(bench: Bench, name: str) -> tuple[list[Row], list[Row], Cells]:
    """Clean rows to learn from; the other rows, every second one as it came dirty; and the wrong cells of these."""
    folder = bench.data / name
    with (folder / "dirty.csv").open(encoding="utf-8", newline="") as stream:
        dirty = list(csv.DictReader(stream))
    with (folder / "clean.csv").open(encoding="utf-8", newline="") as stream:
        _, *cells = csv.reader(stream)
    # The two files name their columns differently; the order is the same.
    clean = [dict(zip(dirty[0], row, strict=True)) for row in cells]
    errors: dict[int, set[str]] = {}
    with (folder / "errors.jsonl").open(encoding="utf-8") as stream:
        for error in map(json.loads, stream):
            errors.setdefault(error["row"], set()).add(error["column"])
    known, new = halves([{"row": row} for row in range(len(clean))])
    spoilt = [number % 2 == 1 for number in range(len(new))]
    rows = [(dirty if bad else clean)[place["row"]] for place, bad in zip(new, spoilt, strict=True)]
    wrong = [errors.get(place["row"], set()) if bad else set() for place, bad in zip(new, spoilt, strict=True)]
    return [clean[place["row"]] for place in known], rows, wrong


def _write(path: Path, rows: Sequence[Row], fields: Sequence[str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, fields)
        writer.writeheader()
        writer.writerows(rows)
    return path


def _fields_of(judged: Row, is_asked: Callable[[str], bool]) -> set[str]:
    return {one["field"] for one in judged["findings"] if one["field"] is not None and is_asked(one["check"])}


def _scripted(known: Sequence[Row], new: Sequence[Row]) -> Cells:
    """What a user would write today: sets of seen values, least and greatest number, the shapes that were seen."""
    tests = {name: _script_of([row[name] for row in known if row[name]]) for name in known[0]}
    return [{name for name, value in row.items() if value and not tests[name](value)} for row in new]


def _script_of(seen: Sequence[str]) -> Callable[[str], bool]:
    values, shapes = set(seen), {_shape(value) for value in seen}
    if all(_NUMBER.fullmatch(value) for value in seen):
        least, most = min(map(float, seen)), max(map(float, seen))
        return lambda value: bool(_NUMBER.fullmatch(value)) and least <= float(value) <= most
    if len(values) <= _DISTINCT_SHARE_MAX * len(seen):
        return lambda value: value in values
    return lambda value: _shape(value) in shapes


def _shape(value: str) -> str:
    return _RUN.sub(lambda run: "9" if run.group()[0].isdigit() else "A" if run.group()[0].isupper() else "a", value)


def _precision(wrong: Cells, told: Cells) -> Callable[[np.ndarray[tuple[int], np.dtype[np.int64]]], float]:
    return ratio_of(_both(wrong, told), np.array([len(cells) for cells in told]))


def _recall(wrong: Cells, told: Cells) -> Callable[[np.ndarray[tuple[int], np.dtype[np.int64]]], float]:
    return ratio_of(_both(wrong, told), np.array([len(cells) for cells in wrong]))


def _both(wrong: Cells, told: Cells) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array([len(one & other) for one, other in zip(wrong, told, strict=True)], dtype=np.int64)


def _false_alarms(name: str, judged: Judged) -> Iterator[Figure]:
    """Of the rows without a wrong cell, the share with a finding that names a field, and with any finding."""
    clean = [number for number, cells in enumerate(judged.wrong) if not cells]
    script = mean_of([bool(judged.script[number]) for number in clean])
    sorts: Mapping[str, list[bool]] = {
        "suite": [bool(judged.suite[number]) for number in clean],
        "suite and checks": [bool(judged.all_of_ours[number]) for number in clean],
    }
    for told, alarms in sorts.items():
        yield Figure(
            data=name,
            name=f"clean rows with a cell called wrong, {told}",
            **paired(len(clean), mean_of(alarms), script),
            must="report",
            aim="",
            note="",
        )
    yield Figure(
        data=name,
        name="clean rows with any finding (also repeats, strangeness)",
        ours=bootstrap(len(clean), mean_of([judged.remarked[number] for number in clean])),
        must="report",
    )
