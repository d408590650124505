"""What the order of the review queue is worth: bad money stopped and honest money freed after so many decisions.

    python -m benchmarks.order --data ../shared/data [--write]

Each of hint3's three chatbots is a datanet: its training questions are the owner's, its test questions, with the labels
people gave them and later corrected, come from five contributors. A model is trained, asked and paid for, through the
command line, so that each record earns what it would. Then the queue is worked off in several orders by curators who
are always right, and by curators who err as often as those of snow2008_rte did.
"""

import argparse
import json
import random
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.real_data.bench import SEED, Bench, BenchDatanet, Row, credit, shuffled
from curation.workspace import Workspace

CONTRIBUTORS = 5
RUNS = 200
NOT_IN_SCOPE = "NO_NODES_DETECTED"
SHARES = (0.05, 0.1, 0.2, 0.5)
PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
BEGIN, END = "<!-- order: begin -->", "<!-- order: end -->"


@dataclass(frozen=True, kw_only=True)
class Case:
    """A waiting record. `paid` is what it earns as it stands, `due` what it would earn at full credit (no unit)."""

    record: str
    weight: float
    is_bad: bool
    paid: float
    due: float


Order = Callable[[Sequence[Case], random.Random], list[Case]]


def by_worth(cases: Sequence[Case], _: random.Random) -> list[Case]:
    """As the queue lists them."""
    return list(cases)


def by_chance(cases: Sequence[Case], seeded: random.Random) -> list[Case]:
    """In a random order."""
    return seeded.sample(cases, len(cases))


def uncertain_first(cases: Sequence[Case], _: random.Random) -> list[Case]:
    """Weights nearest to one half first."""
    return sorted(cases, key=lambda one: abs(one.weight - 0.5))


def worst_first(cases: Sequence[Case], _: random.Random) -> list[Case]:
    """Least weights first."""
    return sorted(cases, key=lambda one: one.weight)


def worst_paid_first(cases: Sequence[Case], _: random.Random) -> list[Case]:
    """Least weights first, and those that are paid nothing as it is only after all others."""
    return sorted(cases, key=lambda one: (one.paid == 0, one.weight))


ORDERS: Mapping[str, Order] = {
    "by worth (ours)": by_worth,
    "worst first": worst_first,
    "worst first of those that are paid": worst_paid_first,
    "uncertain first": uncertain_first,
    "by chance": by_chance,
}


def cases_of(bench: Bench, domain: str, rows: Sequence[Row]) -> tuple[list[Case], float]:
    """What waits in this datanet in the queue's order; and all bad money, that of records that do not wait as well."""
    datanet = bench.datanet(domain, "labelled-text", {"id": "id", "text": "text", "label": "label"})
    chosen = [{**row, "label": row["given_label"]} for row in rows if row["domain"] == domain]
    known = [row for row in chosen if row["split"] == "train" and row["label"] != NOT_IN_SCOPE]
    # What is asked is of the same users as what is contributed: the questions that nobody had an answer to.
    asked = [row for row in chosen if row["split"] == "test" and row["is_oos"] and not row["is_error"]]
    offered = shuffled([row for row in chosen if row["split"] == "test" and row["label"] != NOT_IN_SCOPE])
    mine = offered[: len(offered) // 2]
    datanet.imported(known)
    judged: dict[str, tuple[Row, Row]] = {}
    for number in range(CONTRIBUTORS):
        part = mine[number::CONTRIBUTORS]
        for row, told in zip(part, datanet.submitted(part, f"contributor-{number}"), strict=True):
            judged[told["record"]] = (row, told)
    earned = _earned(bench, datanet, [*offered[len(offered) // 2 :], *asked])
    typical = sum(earned.values()) / max(len(earned), 1)
    found = []
    for record, (row, told) in judged.items():
        due = earned.get(record, typical if told["verdict"] != "accept" else 0.0) * (told["novelty"] or 0.0)
        found.append(
            Case(
                record=record,
                weight=told["weight"] or 0.0,
                is_bad=row["is_error"],
                paid=due * credit(told),
                due=due,
            )
        )
    by_record = {one.record: one for one in found}
    listed = bench.curate("review", "list", "-d", domain, "--format", "json").output
    order = [by_record[one["record"]] for one in json.loads(listed)["waiting"] if one["record"] in by_record]
    return order, sum(one.paid for one in found if one.is_bad)


def _earned(bench: Bench, datanet: BenchDatanet, asked: Sequence[Row]) -> dict[str, float]:
    """The share of all fees that each record's influence stands for, before weight and novelty discount it."""
    bench.curate("train", datanet.name, "--no-measured", "--format", "json")
    questions = [{"key": f"{datanet.name}-{row['id']}", "text": row["text"]} for row in asked]
    file = bench.write(f"{datanet.name}-questions.jsonl", questions, ["key", "text"])
    bench.curate("infer", datanet.name, "--file", str(file), "--fee", "1", "--format", "json")
    workspace = Workspace(bench.folder)
    earned: dict[str, float] = defaultdict(float)
    for question in questions:
        for one in workspace.attribute(question["key"])[1]:
            earned[one.record] += one.share / len(questions)
    return earned


def skills(bench: Bench) -> list[float]:
    """The share of right answers of each worker of snow2008_rte, as often as they answered."""
    right: Counter[str] = Counter()
    said: Counter[str] = Counter()
    for row in bench.rows("snow2008_rte"):
        for one in row["annotations"]:
            said[one["worker"]] += 1
            right[one["worker"]] += one["label"] == row["true_label"]
    return [right[worker] / said[worker] for worker in sorted(said) for _ in range(said[worker])]


@dataclass(frozen=True, kw_only=True)
class Worked:
    """Running sums over the decisions: bad money stopped less bad money let in; and honest money freed less lost."""

    stopped: list[float]
    freed: list[float]


def worked(order: Sequence[Case], is_right: Callable[[], bool]) -> Worked:
    """What the decisions change, one after the other."""
    stopped, freed = [0.0], [0.0]
    for one in order:
        accepted = one.is_bad != is_right()
        change = (one.due if accepted else 0.0) - one.paid
        stopped.append(stopped[-1] - (change if one.is_bad else 0.0))
        freed.append(freed[-1] + (0.0 if one.is_bad else change))
    return Worked(stopped=stopped, freed=freed)


def needed(sums: Sequence[float], share: float) -> int | None:
    """After how many decisions this share of what can be reached at the most was reached."""
    goal = share * max(sums)
    return next((at for at, value in enumerate(sums) if value >= goal), None) if max(sums) > 0 else None


def mean_worked(cases: Sequence[Case], order: Order, draw: Callable[[random.Random], Callable[[], bool]]) -> Worked:
    """The mean over `RUNS` seeded runs."""
    runs = []
    for seed in range(SEED, SEED + RUNS):
        seeded = random.Random(seed)  # noqa: S311  (a reproducible draw, no secret)
        runs.append(worked(order(cases, seeded), draw(seeded)))
    return Worked(
        stopped=[sum(column) / RUNS for column in zip(*(one.stopped for one in runs), strict=True)],
        freed=[sum(column) / RUNS for column in zip(*(one.freed for one in runs), strict=True)],
    )


def lines_of(domain: str, cases: Sequence[Case], all_bad: float, levels: Sequence[float]) -> Iterator[str]:
    """The rows of one datanet, for curators who are right and for uneven ones."""
    bad = sum(one.paid for one in cases if one.is_bad)
    honest = sum(one.due - one.paid for one in cases if not one.is_bad)
    print(
        f"{domain}: {len(cases)} wait, {sum(one.is_bad for one in cases)} of them bad; "
        f"they hold {bad / all_bad if all_bad else 0:.0%} of all bad money",
        file=sys.stderr,
    )

    def always(_: random.Random) -> Callable[[], bool]:
        return lambda: True

    def uneven(seeded: random.Random) -> Callable[[], bool]:
        return lambda: seeded.random() < seeded.choice(levels)

    for who, draw in (("right", always), ("uneven", uneven)):
        for name, order in ORDERS.items():
            found = mean_worked(cases, order, draw)
            at = [round(share * len(cases)) for share in SHARES]
            stopped = " / ".join(f"{found.stopped[n] / bad:.2f}" for n in at)
            freed = " / ".join(f"{found.freed[n] / honest:.2f}" for n in at)
            half, most = needed(found.stopped, 0.5), needed(found.stopped, 0.8)
            yield f"| {domain} | {len(cases)} | {who} | {name} | {stopped} | {half} | {most} | {freed} |"


def main() -> None:
    """Measures, prints and, with `--write`, keeps the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    at = " / ".join(f"{share:.0%}" for share in SHARES)
    columns = ("datanet", "waiting", "curators", "order", f"bad money stopped after {at}", "decisions for half")
    more = ("for four fifths", f"honest money freed after {at}")
    lines = [f"| {' | '.join((*columns, *more))} |", "|---|---:|---|---|---:|---:|---:|---:|"]
    with tempfile.TemporaryDirectory() as temporary:
        bench = Bench(arguments.data.resolve(), Path(temporary).resolve())
        rows = bench.rows("hint3")
        levels = skills(bench)
        for domain in sorted({row["domain"] for row in rows}):
            lines += lines_of(domain, *cases_of(bench, domain, rows), levels)
    table = "\n".join(lines) + "\n"
    print(table, end="")
    if arguments.write:
        page = PAGE.read_text(encoding="utf-8")
        before, after = page.split(BEGIN)[0], page.split(END)[1]
        PAGE.write_text(f"{before}{BEGIN}\n{table}{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
