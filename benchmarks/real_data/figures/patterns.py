"""Patterns across a contribution: forged ones are held, honest ones left alone, where people say alike things."""

from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Final

from benchmarks.real_data.bench import SEED, Bench, BenchDatanet, Row, found, shuffled
from benchmarks.real_data.edits import lightly, paraphrased
from benchmarks.real_data.figure import Figure, bootstrap, mean_of

PATTERNS: Final = ("mass-copying", "self-duplication", "template-flooding")
IMPORTED: Final = 4000
SIZES: Final = (30, 100, 300, 1000)
FORGED_SIZES: Final = (30, 100, 300)
TOPICS: Final = 8
# How the honest sort their files; both of a pair the same way, so that order alone must not give them away.
ORDERS: Final[tuple[Callable[[Row], str] | None, ...]] = (None, lambda row: row["label"], lambda row: row["text"])
REPEATED: Final = 5

_PLACES: Final = """
Abuja Accra Bamako Colombo Dakar Dhaka Freetown Gaborone Harare Islamabad Jakarta Kampala Kigali Lahore Lima Lusaka
Manila Maputo Mombasa Nairobi Quito Suva Tunis Windhoek
"""
_TEMPLATE: Final = "I paid {amount} pounds with my card in {place} on day {day} and the shop says that nothing arrived"


def measure(bench: Bench) -> Iterator[Figure]:
    rows = shuffled(bench.rows("banking77"))
    datanet = bench.datanet("banking", "labelled-text", {"text": "text", "label": "label"})
    datanet.imported(rows[:IMPORTED])
    pool = iter(rows[IMPORTED:])
    pairs = []
    for number, order in enumerate(ORDERS):
        for size in SIZES:
            first, second = ([next(pool) for _ in range(size)] for _ in range(2))
            if order is not None:
                first, second = sorted(first, key=order), sorted(second, key=order)
            datanet.submitted(first, f"writer-{number}-{size}")
            pairs.append((first, second))
    yield _honest(datanet, "two honest contributors, 30 to 1,000 records each", [second for _, second in pairs])
    others = [row for _, second in pairs for row in second]
    labels = sorted({row["label"] for row in others})[:: len({row["label"] for row in others}) // TOPICS][:TOPICS]
    topics = [[row for row in others if row["label"] == label] for label in labels]
    yield _honest(datanet, "honest contributions of one topic each", topics)
    originals = [first for first, _ in pairs if len(first) in FORGED_SIZES]
    honest = [second for _, second in pairs if len(second) in FORGED_SIZES]
    yield from _copies(datanet, originals, honest)
    yield from _of_ones_own(datanet, honest)


def _copies(datanet: BenchDatanet, originals: Sequence[list[Row]], honest: Sequence[list[Row]]) -> Iterator[Figure]:
    chance = Random(SEED)  # noqa: S311  (a reproducible recipe, no secret)
    light = [[_edited(row, lightly, chance) for row in one] for one in originals]
    reworded = [[_edited(row, paraphrased, chance) for row in one] for one in originals]
    check = "mass-copying"
    yield _forged(datanet, check, "copies, 1 or 2 light edits each, in order", light)
    yield _forged(datanet, check, "the same, shuffled", [shuffled(one) for one in light])
    yield _forged(datanet, check, "copies, reworded and reordered throughout, in order", reworded)
    yield _forged(datanet, check, "the same, shuffled", [shuffled(one) for one in reworded])
    mixed = [
        [*mine[: len(mine) // 2], *theirs[len(theirs) // 2 :]] for mine, theirs in zip(honest, reworded, strict=True)
    ]
    yield _forged(datanet, check, "the same in order, after as many honest records", mixed)


def _of_ones_own(datanet: BenchDatanet, honest: Sequence[list[Row]]) -> Iterator[Figure]:
    chance = Random(SEED)  # noqa: S311  (as above)
    repeated = [
        [_edited(row, lightly, chance) for row in one[: len(one) // REPEATED] for _ in range(REPEATED)]
        for one in honest
    ]
    yield _forged(datanet, "self-duplication", f"own records, each {REPEATED} times with 1 or 2 light edits", repeated)
    series = [[{**row, "text": _filled_in(chance)} for row in one] for one in honest]
    yield _forged(datanet, "template-flooding", "one sentence, filled in with three facts", series)


def _honest(datanet: BenchDatanet, what: str, contributions: Sequence[list[Row]]) -> Figure:
    held = [_held(datanet, one, PATTERNS) for one in contributions]
    return Figure(
        data="banking77",
        name=f"{what}: share with any finding of a pattern",
        ours=bootstrap(len(held), mean_of([share > 0 for share in held])),
        must="0",
        note=f"{len(held)} contributions; as drawn, by label and by text",
    )


def _forged(datanet: BenchDatanet, check: str, what: str, contributions: Sequence[list[Row]]) -> Figure:
    held = [_held(datanet, one, (check,)) for one in contributions]
    return Figure(
        data="banking77",
        name=f"`{check}`, {what}: share of contributions found",
        ours=bootstrap(len(held), mean_of([share > 0 for share in held])),
        note=f"{len(held)} contributions of {min(map(len, contributions))} to {max(map(len, contributions))}; "
        f"of the records {sum(held) / len(held):.2f} held",
    )


def _held(datanet: BenchDatanet, rows: list[Row], checks: Sequence[str]) -> float:
    """The share of a contribution's records with a finding of these checks."""
    judged = datanet.checked(rows, "newcomer")
    return sum(bool(found(one, *checks)) for one in judged) / len(judged)


def _edited(row: Row, edit: Callable[[str, Random], str], chance: Random) -> Row:
    return {**row, "text": edit(row["text"], chance)}


def _filled_in(chance: Random) -> str:
    place = chance.choice(_PLACES.split())
    return _TEMPLATE.format(amount=chance.randrange(3, 900), place=place, day=chance.randrange(1, 31))
