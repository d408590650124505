"""Whether the report's intervals hold the truth: a simulated datanet of real records with known errors, audited anew.

    python -m benchmarks.coverage --data ../shared/data [--runs 500] [--write]

Records come in three parts; after each an epoch pays them by influence (log-normal, twice as much to bad ones, nothing
under a weight of .5, nothing to what was found bad) and audits are drawn by the real draws from the run's own beacon.
One decided draw in twenty is left undecided. `--write` renews the table in docs/benchmarks.md.
"""

import argparse
import hashlib
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from curation.audit.drawn import Drawn
from curation.audit.good_share import Cell, Frame, Hit, good_share
from curation.audit.leak import Stratum, leak, stratum_of
from curation.audit.reliability import bins_of, bins_wanted, error_of
from curation.rewards.draws import Candidate, Drawing, Kind, draw, seed_of

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
BEGIN, END = "<!-- coverage: begin -->", "<!-- coverage: end -->"
SEED = 20261128
BUDGETS = (50, 200)
PARTS = 3
SPREAD = 1.5
UNDECIDED = 0.05
ANNOTATORS = ("noise_crowd", "noise_crowdbest", "noise_distant", "noise_expert", "noise_llm", "noise_weak")


@dataclass(frozen=True)
class Datanet:
    """n records in the order they came: whether each is good, its weight in 0..1, whose it is."""

    name: str
    good: NDArray[np.bool_]
    weight: NDArray[np.float64]
    contributors: Sequence[str]

    def __len__(self) -> int:
        return len(self.good)


def hint3(data: Path) -> Datanet:
    """A chatbot's intents: bad where its authors changed the label; the weight is from a plain classifier."""
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415  (seconds that --help need not wait)
    from sklearn.model_selection import KFold, cross_val_predict  # noqa: PLC0415  (likewise)
    from sklearn.naive_bayes import ComplementNB  # noqa: PLC0415  (likewise)

    rows = _rows(data / "hint3" / "data.jsonl")
    _, codes = np.unique([f"{row['domain']} {row['given_label']}" for row in rows], return_inverse=True)
    texts = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), min_df=2).fit_transform(
        [f"{row['domain']} {row['text']}" for row in rows]
    )
    folds = KFold(5, shuffle=True, random_state=SEED)
    shares = np.asarray(cross_val_predict(ComplementNB(), texts, codes, cv=folds, method="predict_proba"))
    given = shares[np.arange(len(rows)), codes] / shares.max(axis=1)
    # Shrunk toward the prior of .9, as a single label's probability says little of a class of many names.
    weight = 0.45 + 0.5 * given
    good = np.array([not row["is_error"] for row in rows])
    return Datanet("hint3", good, weight, [str(row["domain"]) for row in rows])


def noisebench(data: Path) -> Datanet:
    """A sentence's tags by one of six annotators: bad where one is wrong; how many of the others say the same."""
    good, weight, contributors = [], [], []
    for number, row in enumerate(_rows(data / "noisebench_tags" / "data.jsonl")):
        name = ANNOTATORS[number % len(ANNOTATORS)]
        alike = sum(row[other] == row[name] for other in ANNOTATORS if other != name)
        good.append(row[name] == row["true_tags"])
        weight.append((1 + 2 * alike) / (2 * len(ANNOTATORS)))
        contributors.append(name)
    return Datanet("noisebench_tags", np.array(good), np.array(weight), contributors)


def _rows(path: Path) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    random.Random(SEED).shuffle(rows)  # noqa: S311  (a reproducible order, no secret)
    return rows


@dataclass
class Run:
    """What one run's audits came to."""

    frames: list[Frame] = field(default_factory=list)
    hits: list[tuple[int, Hit]] = field(default_factory=list)
    strata: list[Stratum] = field(default_factory=list)
    inclusion: dict[int, int] = field(default_factory=dict)
    verdicts: dict[int, bool] = field(default_factory=dict)
    leaked: int = 0


def played(datanet: Datanet, budget: int, number: int) -> Run:
    """One run: three parts, epochs and drawings."""
    dice = random.Random(f"{SEED} {datanet.name} {budget} {number}")  # noqa: S311  (reproducible, no secret)
    run = Run()
    drawn: list[tuple[Mapping[str, int], Drawing]] = []
    for part in range(1, PARTS + 1):
        size = len(datanet) * part // PARTS
        money = _paid(datanet, size, run, dice)
        frame = [
            Candidate(record=str(row), contributor=datanet.contributors[row], datanet=datanet.name, money=money[row])
            for row in range(size)
        ]
        seed = seed_of(hashlib.sha256(b"benchmarks/coverage").hexdigest(), f"{dice.getrandbits(128):x}")
        made = draw(frame, waiting=frozenset(datanet.contributors[:1]), budget=budget, seed=seed)
        floor = [hit for hit in made.hits if hit.kind is Kind.FLOOR]
        run.frames.append(Frame(through=part, records=size, draws=len(floor)))
        run.inclusion |= {int(record): ppm for record, ppm in made.inclusion_ppm.items()}
        for record in made.inclusion_ppm:
            if dice.random() >= UNDECIDED:
                run.verdicts[int(record)] = bool(datanet.good[int(record)])
        run.hits += [(int(hit.record), _placed(datanet, int(hit.record))) for hit in floor]
        run.leaked += sum(units for row, units in enumerate(money) if not datanet.good[row])
        drawn.append(({one.record: one.money for one in frame if one.money}, made))
    verdicts = {str(row): is_good for row, is_good in run.verdicts.items()}
    run.hits = [(row, Hit(seq=hit.seq, good=run.verdicts.get(row))) for row, hit in run.hits]
    for money_of, made in drawn:
        hits = [hit.record for hit in made.hits if hit.kind is Kind.MONEY]
        run.strata.append(
            stratum_of(money=money_of.items(), hits=hits, inclusion_ppm=made.inclusion_ppm, verdicts=verdicts)
        )
    return run


def _placed(datanet: Datanet, row: int) -> Hit:
    part = next(part for part in range(1, PARTS + 1) if row < len(datanet) * part // PARTS)
    return Hit(seq=part, good=None)


def _paid(datanet: Datanet, size: int, run: Run, dice: random.Random) -> list[int]:
    found_bad = {row for row, is_good in run.verdicts.items() if not is_good}
    money = []
    for row in range(size):
        units = int(10**15 * dice.lognormvariate(0.0, SPREAD)) * (1 if datanet.good[row] else 2)
        credit = min(max((datanet.weight[row] - 0.5) / 0.3, 0.0), 1.0)
        money.append(0 if row in found_bad else int(units * credit))
    return money


def cell_of(datanet: Datanet, run: Run, contributor: str | None = None) -> tuple[Cell, list[Hit], float]:
    """A cell, its hits, and the truth."""
    inside = [contributor in (None, name) for name in datanet.contributors]
    known = [is_good for row, is_good in run.verdicts.items() if inside[row]]
    cell = Cell(
        rows=sum(inside), readable=sum(inside), uncovered=0, known_good=sum(known), known_bad=len(known) - sum(known)
    )
    return cell, [hit for row, hit in run.hits if inside[row]], float(datanet.good[np.array(inside)].mean())


def figures(datanet: Datanet, runs: int) -> Iterator[str]:
    """Lines of the table."""
    for budget in BUDGETS:
        told = [played(datanet, budget, number) for number in range(runs)]
        for contributor in (None, datanet.contributors[0]):
            cells = [cell_of(datanet, run, contributor) for run in told]
            shares = [
                (good_share(cell, hits, run.frames), truth)
                for run, (cell, hits, truth) in zip(told, cells, strict=True)
            ]
            yield _line(
                datanet,
                budget,
                "share of good records" + ("" if contributor is None else f" of {contributor}"),
                [(one.low, truth, one.high) for one, truth in shares],
                cells[0][2],
            )
        leaks = [(leak(run.strata), run.leaked) for run in told]
        yield _line(
            datanet,
            budget,
            "money to bad data",
            [(one.low / one.money, truth / one.money, one.high / one.money) for one, truth in leaks],
            fmean(truth / one.money for one, truth in leaks),
        )
        errors = [_error(datanet, run) for run in told]
        yield _line(datanet, budget, "calibration error", errors, errors[0][1])


def _error(datanet: Datanet, run: Run) -> tuple[float, float, float]:
    """The calibration error's lower end, the true one in the same bins, its upper end."""
    rows = np.array(sorted(run.verdicts))
    counts = 1e6 / np.array([run.inclusion[row] for row in rows.tolist()], dtype=np.float64)
    audited = Drawn([], datanet.weight[rows], np.ones(len(rows)), datanet.good[rows], counts)
    wanted = bins_wanted(len(rows))
    rising = np.sort(datanet.weight)
    edges = np.unique([rising[len(rising) * number // wanted] for number in range(1, wanted)])
    places = np.searchsorted(edges, datanet.weight, side="right")
    parts = [places == number for number in range(len(edges) + 1)]
    shares = [float(part.mean()) for part in parts]
    means = [float(datanet.weight[part].mean()) if part.any() else 0.0 for part in parts]
    goods = [float(datanet.good[part].mean()) if part.any() else 0.0 for part in parts]
    bins = [one for one in bins_of(edges, shares, means, audited) if one.share]
    truth = sum(share * abs(mean - good) for share, mean, good in zip(shares, means, goods, strict=True))
    _, low, high = error_of(bins)
    return low, truth, high


def _line(
    datanet: Datanet, budget: int, what: str, told: Sequence[tuple[float, float, float]], truth: float
) -> str:  # fmt: skip
    held = fmean(low - 1e-6 <= value <= high + 1e-6 for low, value, high in told)
    width = fmean(high - low for low, _, high in told)
    return f"| {datanet.name} | {budget} | {what} | {truth:.3f} | {held:.3f} | {width:.3f} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--runs", type=int, default=500)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    lines = [
        "| data | audits a drawing | figure | truth | interval holds it | mean width |",
        "|---|---:|---|---:|---:|---:|",
    ]
    for made in (hint3, noisebench):
        for line in figures(made(arguments.data), arguments.runs):
            print(line, flush=True)
            lines.append(line)
    if arguments.write:
        page = PAGE.read_text(encoding="utf-8")
        before, rest = page.split(BEGIN)
        PAGE.write_text(f"{before}{BEGIN}\n" + "\n".join(lines) + f"\n{END}{rest.split(END)[1]}", encoding="utf-8")


if __name__ == "__main__":
    main()
