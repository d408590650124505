"""What each attacker gets out of a datanet, and what honest people lose to it: undefended, and through the product.

    python -m benchmarks.attacks --data ../shared/data [--only "off topic,padding"] [--small] [--write]

banking77 as labelled text and medquad as prompts and responses, each over two splits of records and questions. Every
scenario is played through `curation.workspace.Workspace` in a temporary folder (`--into` says where; a folder in
memory spares the syncs): an owner imports, seven honest people and the attacker submit, curators review, a model is
trained, held-out questions are asked and paid, an epoch is settled, audits are drawn and decided by an oracle that
knows what is true. `--small` plays one split of a small banking77. `--write` keeps the figures in
benchmarks/attacks/figures.json and renews the tables in docs/benchmarks.md; attackers that were not played stay as
they were.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from threadpoolctl import threadpool_limits

from benchmarks.attacks.attackers import ATTACKERS, ROBBED
from benchmarks.attacks.figures import Figures, Honest, Split, figures_of, honest_of
from benchmarks.attacks.remembering import RememberingEncoder, remembering_encoder
from benchmarks.attacks.scenario import Prepared, Result
from benchmarks.attacks.table import tables
from benchmarks.attacks.world import FULL, SMALL, world_of

KEPT = Path(__file__).parent / "figures.json"
PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"
BEGIN, END = "<!-- attacks: begin -->", "<!-- attacks: end -->"
DATANETS = ("banking77", "medquad")
SEEDS = (1, 2)
NOBODY = "nobody"


def played(
    name: str, names: Sequence[str], data: Path, into: Path, encoder: RememberingEncoder, *, small: bool
) -> tuple[list[Figures], list[Honest]]:
    """The figures of these attackers on one datanet."""
    splits: dict[str, list[Split]] = {one: [] for one in names}
    absents: list[Result] = []
    for seed in SEEDS[:1] if small else SEEDS:
        with tempfile.TemporaryDirectory(dir=into) as folder:
            start = time.perf_counter()
            prepared = Prepared.of(world_of(name, data, seed, SMALL if small else FULL), encoder, Path(folder))
            print(f"{name} {seed}: prepared in {time.perf_counter() - start:.0f} s", file=sys.stderr, flush=True)
            absent = prepared.played(NOBODY)
            absents.append(absent)
            for one in names:
                start = time.perf_counter()
                result = absent if one == NOBODY else prepared.played(one)
                splits[one].append(_split(prepared, absent, result))
                told = figures_of(name, one, splits[one][-1:]) if one != NOBODY else None
                share = "" if told is None else f" {told.undefended:.1%} undefended, {told.kept.value:.2%} kept"
                print(f"{name} {seed}: {one}:{share}, {time.perf_counter() - start:.0f} s", file=sys.stderr, flush=True)
    return [figures_of(name, one, splits[one]) for one in names if one != NOBODY], honest_of(name, absents)


def _split(prepared: Prepared, absent: Result, attack: Result) -> Split:
    paid, undefended = dict(absent.kept[0]), dict(absent.undefended)
    if attack.periods > 1:
        for key, share in prepared.first.credited.items():
            paid[key] = paid.get(key, 0.0) + share
        for key, share in prepared.first_undefended.shares.items():
            undefended[key] = undefended.get(key, 0.0) + share
    robbed = ROBBED if attack.scenario.startswith("stolen") else None
    return Split(attack=attack, absent=paid, absent_undefended=undefended, robbed=robbed)


def kept_figures() -> tuple[list[Figures], list[Honest]]:
    """What was measured before."""
    if not KEPT.exists():
        return [], []
    told = json.loads(KEPT.read_text(encoding="utf-8"))
    return [Figures.from_json(one) for one in told["attackers"]], [Honest(**one) for one in told["honest"]]


def joined(
    before: tuple[list[Figures], list[Honest]], new: tuple[list[Figures], list[Honest]]
) -> tuple[list[Figures], list[Honest]]:
    """Both, the new ones in place of old ones of the same name."""
    order = {name: place for place, name in enumerate(ATTACKERS)}
    figures = {(one.datanet, one.attacker): one for one in (*before[0], *new[0])}
    honest = {(one.datanet, one.contributor): one for one in (*before[1], *new[1])}
    ranked = sorted(figures.values(), key=lambda one: (one.datanet, order.get(one.attacker, len(order))))
    return ranked, sorted(honest.values(), key=lambda one: (one.datanet, one.contributor != "everybody"))


def write(figures: list[Figures], honest: list[Honest]) -> None:
    """Keeps the figures and renews the page."""
    told = {"attackers": [one.to_json() for one in figures], "honest": [one.to_json() for one in honest]}
    KEPT.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(BEGIN)
    after = rest.split(END)[1]
    PAGE.write_text(f"{before}{BEGIN}\n{tables(figures, honest)}{END}{after}", encoding="utf-8")


def wanted(only: str | None) -> Iterator[str]:
    """The attackers that were asked for; ends the run for one that is not known."""
    for name in only.split(",") if only else ATTACKERS:
        found = next((one for one in ATTACKERS if one.replace(",", "") == name.strip()), None) or next(
            (one for one in ATTACKERS if one == name), None
        )
        if found is None:
            raise SystemExit(f"no attacker is called {name!r}; one of: {'; '.join(ATTACKERS)}")
        yield found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--only", help="names of attackers, by comma; a comma in a name is left out")
    parser.add_argument("--datanets", default=",".join(DATANETS))
    parser.add_argument("--into", type=Path, help="where temporary workspaces are made")
    parser.add_argument("--small", action="store_true", help="one split of a small banking77")
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    names = [NOBODY, *(one for one in wanted(arguments.only) if one != NOBODY)]
    found: tuple[list[Figures], list[Honest]] = kept_figures() if arguments.write else ([], [])
    # Threads that wait for each other cost more than they bring on matrices this small.
    with tempfile.TemporaryDirectory() as cache, threadpool_limits(limits=1):
        encoder = remembering_encoder(Path(cache))
        for name in DATANETS[:1] if arguments.small else arguments.datanets.split(","):
            new = played(name, names, arguments.data.resolve(), arguments.into, encoder, small=arguments.small)
            found = joined(found, new)
            if arguments.write:
                write(*found)
    print(tables(*found), end="")


if __name__ == "__main__":
    main()
