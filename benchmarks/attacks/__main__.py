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
from dataclasses import dataclass
from pathlib import Path

from benchmarks.attacks.attackers import ATTACKERS, ROBBED
from benchmarks.attacks.figures import Figures, Honest, Split, figures_of, honest_of
from benchmarks.attacks.remembering import RememberingEncoder, remembering_encoder
from benchmarks.attacks.scenario import Prepared, Result
from benchmarks.attacks.table import tables
from benchmarks.attacks.world import LARGE, SMALL, USUAL, Size, world_of

KEPT = Path(__file__).parent / "figures.json"
PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"
BEGIN, END = "<!-- attacks: begin -->", "<!-- attacks: end -->"
DATANETS = ("banking77", "medquad")
SEEDS = (1, 2)
NOBODY = "nobody"


@dataclass(frozen=True, kw_only=True)
class Run:
    """Where things are, and what is played: `keep` holds results that are not played again."""

    data: Path
    into: Path | None
    keep: Path
    seeds: Sequence[int]
    size: Size
    encoder: RememberingEncoder

    def results(self, datanet: str, seed: int, names: Sequence[str]) -> dict[str, Result]:
        """The result of each of these attacks on one split of a datanet."""
        files = {name: self.keep / f"{datanet}-{seed}-{list(ATTACKERS).index(name)}.json" for name in names}
        missing = [name for name in names if not files[name].exists()]
        if missing:
            with tempfile.TemporaryDirectory(dir=self.into) as folder:
                start = time.perf_counter()
                prepared = Prepared.of(world_of(datanet, self.data, seed, self.size), self.encoder, Path(folder))
                _say(f"{datanet} {seed}: prepared", start)
                for name in missing:
                    start = time.perf_counter()
                    told = json.dumps(prepared.played(name).to_json())
                    files[name].write_text(told, encoding="utf-8")
                    _say(f"{datanet} {seed}: {name}", start)
        return {name: Result.from_json(json.loads(files[name].read_text(encoding="utf-8"))) for name in names}

    def figures(self, datanet: str, names: Sequence[str]) -> tuple[list[Figures], list[Honest]]:
        """The figures of these attackers on one datanet."""
        splits = [self.results(datanet, seed, names) for seed in self.seeds]
        found = [
            figures_of(datanet, name, [_split(one[name], one[NOBODY]) for one in splits])
            for name in names
            if name != NOBODY
        ]
        return found, honest_of(datanet, [one[NOBODY] for one in splits])


def _say(what: str, start: float) -> None:
    print(f"{what}, {time.perf_counter() - start:.0f} s", file=sys.stderr, flush=True)


def _split(attack: Result, nobody: Result) -> Split:
    return Split(attack=attack, nobody=nobody, robbed=ROBBED if attack.scenario.startswith("stolen") else None)


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
    parser.add_argument("--seeds", default=",".join(map(str, SEEDS)), help="the splits")
    parser.add_argument("--keep", type=Path, help="a folder for results; what is there is not played again")
    parser.add_argument("--into", type=Path, help="where temporary workspaces are made")
    parser.add_argument("--small", action="store_true", help="one split of a small banking77")
    parser.add_argument(
        "--large", action="store_true", help="all classes and three times the records, for a quiet hour"
    )
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    names = [NOBODY, *(one for one in wanted(arguments.only) if one != NOBODY)]
    found: tuple[list[Figures], list[Honest]] = kept_figures() if arguments.write else ([], [])
    with tempfile.TemporaryDirectory() as temporary:
        keep = arguments.keep or Path(temporary)
        keep.mkdir(parents=True, exist_ok=True)
        run = Run(
            data=arguments.data.resolve(),
            into=arguments.into,
            keep=keep,
            seeds=SEEDS[:1] if arguments.small else [int(one) for one in arguments.seeds.split(",")],
            size=SMALL if arguments.small else LARGE if arguments.large else USUAL,
            encoder=remembering_encoder(Path(temporary)),
        )
        for name in DATANETS[:1] if arguments.small else arguments.datanets.split(","):
            found = joined(found, run.figures(name, names))
            if arguments.write:
                write(*found)
    print(tables(*found), end="")


if __name__ == "__main__":
    main()
