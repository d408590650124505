"""One attack on one world: what was paid, undefended and defended, to whom."""

import shutil
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.attacks.attackers import Plan, plan_of
from benchmarks.attacks.item import Truth, halves_of
from benchmarks.attacks.play import FEE, Earned, Play
from benchmarks.attacks.remembering import RememberingEncoder
from benchmarks.attacks.undefended import Undefended, undefended
from benchmarks.attacks.world import World


@dataclass(frozen=True, kw_only=True)
class Result:
    """Amounts in shares of one period's data pool (of the datanet's own questions), by key of item.

    `kept` are the shares after audits, once for the beacon that came and once for each that might have come; like
    `paid` they cover the last period, and both where the attack began in the first; `kept_at_rate` the same where one
    record in twenty is audited. `first` is what the first period paid where nobody attacked.
    """

    scenario: str
    attackers: tuple[str, ...]
    owner_of: Mapping[str, str]
    truth_of: Mapping[str, Truth]
    verdicts: Mapping[str, int]
    periods: int
    undefended: Mapping[str, float]
    undefended_falls: float
    paid: Mapping[str, float]
    kept: tuple[Mapping[str, float], ...]
    kept_at_rate: tuple[Mapping[str, float], ...]
    falls: float
    fees: float
    reviewed: int
    first: Mapping[str, float]
    first_undefended: Mapping[str, float]

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)

    @staticmethod
    def from_json(told: dict[str, Any]) -> "Result":
        """What `to_json` gave."""
        lists = {name: tuple(told[name]) for name in ("attackers", "kept", "kept_at_rate")}
        truths = {key: Truth(truth) for key, truth in told["truth_of"].items()}
        return Result(**{**told, **lists, "truth_of": truths})


@dataclass(frozen=True)
class Prepared:
    """A world up to the points where an attacker may come in."""

    world: World
    encoder: RememberingEncoder
    folder: Path
    opened: Play
    lived: Play
    full: Play
    first: Earned
    first_undefended: Undefended

    @classmethod
    def of(cls, world: World, encoder: RememberingEncoder, folder: Path) -> "Prepared":
        """The owner imports, honest people hand in their first halves, a period passes, they hand in the rest."""
        opened = Play.begun(world, folder / "opened", encoder)
        for hand in world.honest.values():
            if hand.contributor != "newcomer":
                opened.submit(halves_of(hand)[0])
        lived = opened.copied(folder / "lived", "prepared")
        first = lived.period(_questions(world, 0), {}, refresh=True)
        full = lived.copied(folder / "full", "prepared")
        _hand_in_the_rest(full)
        return cls(
            world, encoder, folder, opened, lived, full, first,
            undefended(world, encoder, opened.submitted, _questions(world, 0)),
        )  # fmt: skip

    def played(self, scenario: str) -> Result:
        """The attack of this name, from the latest point that it leaves as it was."""
        plan = plan_of(scenario, self.world, self.encoder)
        root = self.folder / "scenario"
        start = self.opened if plan.early else self.lived if plan.before or plan.commits else self.full
        play = start.copied(root, scenario)
        try:
            return self._played(play, plan)
        finally:
            shutil.rmtree(root)

    def _played(self, play: Play, plan: Plan) -> Result:
        unprotected: list[Undefended] = []
        earned: list[Earned] = []
        if plan.early:
            for hand in plan.early:
                play.submit(hand)
            unprotected.append(undefended(self.world, self.encoder, play.submitted, _questions(self.world, 0)))
            earned.append(play.period(_questions(self.world, 0), {}, refresh=True))
        for who in plan.commits:
            play.commit(halves_of(self.world.honest[who])[1])
        for hand in plan.before:
            play.submit(hand)
        if plan.early or plan.before or plan.commits:
            _hand_in_the_rest(play)
        for hand in plan.after:
            play.submit(hand)
        play.believed = plan.believed
        questions = _questions(self.world, 1)
        asked = [*questions, *(text for texts in plan.asks.values() for text in texts)]
        unprotected.append(undefended(self.world, self.encoder, play.submitted, asked))
        earned.append(play.period(questions, plan.asks, refresh=False))
        return self._result(play, plan, unprotected, earned)

    def _result(self, play: Play, plan: Plan, unprotected: list[Undefended], earned: list[Earned]) -> Result:
        mine = {item.key for item in plan.items}
        verdicts = Counter(verdict for key, (verdict, _, _) in play.verdicts().items() if key in mine)
        # A period's own questions are the unit; what an attacker asks and pays comes on top.
        pool = min(one.pool for one in earned)
        if plan.asks:
            pool = (
                pool
                * len(_questions(self.world, 1))
                // (len(_questions(self.world, 1)) + sum(map(len, plan.asks.values())))
            )
        before = 0 if plan.early else self.first.pool
        return Result(
            scenario=play.scenario,
            attackers=tuple({one.contributor for one in (*plan.early, *plan.before, *plan.after)}),
            owner_of={item.key: who for who, item in play.submitted},
            truth_of={item.key: item.truth for _, item in play.submitted},
            verdicts=dict(verdicts),
            periods=len(earned),
            undefended=_added([(one.shares, of.pool / pool) for one, of in zip(unprotected, earned, strict=True)]),
            undefended_falls=sum(one.falls * of.pool / pool for one, of in zip(unprotected, earned, strict=True)),
            paid=_added([(one.credited, one.pool / pool) for one in earned]),
            kept=tuple(_later(one, self.first if before else None, pool) for one in earned[-1].kept),
            kept_at_rate=tuple(_later(one, self.first if before else None, pool) for one in earned[-1].kept_at_rate),
            falls=sum(one.falls * one.pool / pool for one in earned),
            fees=sum(play.fees.values()) / (len(_questions(self.world, 1)) * FEE),
            reviewed=play.reviewed,
            first=self.first.credited,
            first_undefended=self.first_undefended.shares,
        )


def _hand_in_the_rest(play: Play) -> None:
    for hand in play.world.honest.values():
        play.submit(hand if hand.contributor == "newcomer" else halves_of(hand)[1])


def _questions(world: World, period: int) -> tuple[str, ...]:
    count = world.size.questions
    return world.questions[period * count : (period + 1) * count]


def _added(parts: list[tuple[Mapping[str, float], float]]) -> dict[str, float]:
    found: dict[str, float] = defaultdict(float)
    for shares, factor in parts:
        for key, share in shares.items():
            found[key] += share * factor
    return dict(found)


def _later(kept: Mapping[str, int], first: Earned | None, pool: int) -> dict[str, float]:
    """What was kept of the periods that count; what the first one paid stays out where the attack came later.

    Audits of honest records in the first period forfeit nothing, so all that was credited then is still there.
    """
    before = first.credited if first else {}
    return {
        key: units / pool - before.get(key, 0.0) * (first.pool / pool if first else 0) for key, units in kept.items()
    }
