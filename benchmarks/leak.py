"""The leak estimate against known truth: how often its interval holds it, how wide it is, and what else would do.

    python -m benchmarks.leak [--runs 1000] [--write]

Records with skewed money (log-normal, a few hold most of it), some of them bad, audits drawn by the real draws from a
new beacon each run. `--write` renews the tables in docs/benchmarks.md.
"""

import argparse
import hashlib
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import NormalDist, fmean

from curation.audit.leak import Leak, Stratum, leak, stratum_of
from curation.rewards.draws import Candidate, Drawing, Kind, draw, seed_of

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
BEGIN, END = "<!-- leak: begin -->", "<!-- leak: end -->"
SEED = 20261125
LEAKS = (0.0, 0.02, 0.1, 0.3)
AUDITS = (50, 100, 200, 500, 1000)
RECORDS = 1_000
# ln-units; a tenth of the records then hold about four fifths of the money.
SPREAD = 2.0
WAITING = frozenset({"c7", "c8"})


@dataclass(frozen=True)
class World:
    """A frame, and for each leak asked for which records are bad: as much of the money as comes nearest from below."""

    frame: tuple[Candidate, ...]
    bad: Mapping[float, frozenset[str]]

    @cached_property
    def money(self) -> dict[str, int]:
        """Base units by record, in the frame's order."""
        return {one.record: one.money for one in self.frame}

    def leaked(self, share: float, money: Mapping[str, int]) -> int:
        """The truth: base units of these that are on bad records."""
        return sum(units for record, units in money.items() if record in self.bad[share])


def a_world(seed: int = SEED, records: int = RECORDS) -> World:
    """Ten contributors, five datanets, three records in ten without money."""
    dice = random.Random(seed)  # noqa: S311  (a reproducible world, no secret)
    frame = tuple(
        Candidate(
            record=f"r{index}",
            contributor=f"c{dice.randrange(10)}",
            datanet=f"d{dice.randrange(5)}",
            money=int(10**15 * dice.lognormvariate(0.0, SPREAD)) if dice.random() >= 0.3 else 0,
        )
        for index in range(records)
    )
    total = sum(one.money for one in frame)
    bad = {}
    for share in LEAKS:
        left, chosen = int(share * total), set()
        for one in dice.sample(frame, len(frame)):
            if left and one.money <= left:
                chosen.add(one.record)
                left -= one.money
        bad[share] = frozenset(chosen)
    return World(frame, bad)


def drawing(world: World, audits: int, run: int) -> Drawing:
    """So many audits of a world, from the run's own beacon."""
    seed = seed_of(hashlib.sha256(b"benchmarks/leak").hexdigest(), f"{run:064x}")
    return draw(world.frame, waiting=WAITING, budget=audits, seed=seed)


def estimated(
    world: World,
    share: float,
    made: Drawing,
    money: Mapping[str, int] | None = None,
    undecided: frozenset[str] = frozenset(),
) -> Stratum:
    """One drawing's stratum for a cell (or all money), all drawn records decided truly but those left undecided."""
    cell = world.money if money is None else money
    return stratum_of(
        money=cell.items(),
        hits=[hit.record for hit in made.hits if hit.kind is Kind.MONEY and hit.record in cell],
        inclusion_ppm=made.inclusion_ppm,
        verdicts={record: record not in world.bad[share] for record in made.inclusion_ppm.keys() - undecided},
    )


def whole(world: World, share: float, made: Drawing) -> Leak:
    """All money, everything decided."""
    return leak([estimated(world, share, made)])


def skipped(world: World, share: float, made: Drawing) -> Leak:
    """All money, and an operator who leaves every second bad record undecided that was drawn."""
    bad = sorted(made.inclusion_ppm.keys() & world.bad[share])
    return leak([estimated(world, share, made, undecided=frozenset(bad[::2]))])


def held(told: Leak, truth: int) -> bool:
    """Whether the interval holds the truth."""
    return told.low <= truth <= told.high


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    told = f"{all_money(arguments.runs)}\n{parts(arguments.runs)}"
    print(told, end="")
    if arguments.write:
        page = PAGE.read_text(encoding="utf-8")
        before, rest = page.split(BEGIN)
        PAGE.write_text(f"{before}{BEGIN}\n{told}{END}{rest.split(END)[1]}", encoding="utf-8")


def all_money(runs: int) -> str:
    """The first table: all money of one drawing."""
    world = a_world()
    total = sum(world.money.values())
    heads = (
        "leak",
        "audits",
        "interval holds the truth",
        "half the bad undecided",
        "normal interval",
        "mean width",
        "width by hits alone",
        "error of the estimate",
        "error by hits alone",
        "error of Σ pay/π",
    )
    lines = ["| " + " | ".join(heads) + " |", "|---:" * len(heads) + "|"]
    rows: dict[tuple[float, int], list[tuple[float, ...]]] = {
        (share, audits): [] for share in LEAKS for audits in AUDITS
    }
    for audits in AUDITS:
        for run in range(runs):
            # The leaks share the drawing: it does not depend on what is bad.
            made = drawing(world, audits, run)
            for share in LEAKS:
                rows[share, audits].append(_one_run(world, share, made))
    for (share, audits), told in rows.items():
        means = [fmean(column) for column in zip(*told, strict=True)]
        shown = [f"{value:.3f}" for value in means[:3]] + [f"{value / total:.3f}" for value in means[3:5]]
        shown += [f"{value**0.5 / total:.4f}" for value in means[5:]]
        lines.append(f"| {world.leaked(share, world.money) / total:.3f} | {audits} | {' | '.join(shown)} |")
    return "\n".join(lines) + "\n"


def _one_run(world: World, share: float, made: Drawing) -> tuple[float, ...]:
    """Held, held with half undecided, held by the normal interval, width, width by hits alone, three squared errors."""
    truth = world.leaked(share, world.money)
    stratum = estimated(world, share, made)
    told = leak([stratum])
    uncut = leak([Stratum(money=stratum.money, good=stratum.good, bad=stratum.bad)])
    pays = sum(
        world.money[record] * 1_000_000 / ppm
        for record, ppm in made.inclusion_ppm.items()
        if record in world.bad[share]
    )
    rate = stratum.bad / stratum.hits
    reach = NormalDist().inv_cdf(0.975) * (rate * (1 - rate) / stratum.hits) ** 0.5
    return (
        held(told, truth),
        held(skipped(world, share, made), truth),
        abs(rate - truth / stratum.money) <= reach,
        told.high - told.low,
        uncut.high - uncut.low,
        float((told.estimate or 0) - truth) ** 2,
        (rate * stratum.money - truth) ** 2,
        (pays - truth) ** 2,
    )


def parts(runs: int) -> str:
    """The second table: 200 audits, one datanet of five, and three drawings over three worlds together."""
    lines = ["| leak | cell, 200 audits a drawing | interval holds the truth | mean width |", "|---:|---|---:|---:|"]
    worlds = [a_world(SEED + index) for index in range(3)]
    cells: list[tuple[str, Callable[[float, int], tuple[Leak, int]]]] = [
        ("one datanet of five", lambda share, run: _datanet(worlds[0], share, run)),
        ("three drawings together", lambda share, run: _together(worlds, share, run)),
    ]
    for share in LEAKS:
        for name, cell in cells:
            told = [cell(share, run) for run in range(runs)]
            covered = fmean(held(one, truth) for one, truth in told)
            width = fmean((one.high - one.low) / one.money for one, _ in told)
            lines.append(f"| {share:.3f} | {name} | {covered:.3f} | {width:.3f} |")
    return "\n".join(lines) + "\n"


def _datanet(world: World, share: float, run: int) -> tuple[Leak, int]:
    money = {one.record: one.money for one in world.frame if one.datanet == "d0"}
    return leak([estimated(world, share, drawing(world, 200, run), money)]), world.leaked(share, money)


def _together(worlds: Sequence[World], share: float, run: int) -> tuple[Leak, int]:
    strata, truth = [], 0
    for index, world in enumerate(worlds):
        strata.append(estimated(world, share, drawing(world, 200, 3 * run + index)))
        truth += world.leaked(share, world.money)
    return leak(strata), truth


if __name__ == "__main__":
    main()
