"""Who attacks, and how: each builds its files from a world, seeded, and says what is true of every record."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final

from benchmarks.attacks.item import Hand, Item, Row, Truth, chance, halves_of, hand
from benchmarks.attacks.remembering import RememberingEncoder
from benchmarks.attacks.rewriting import (
    appended,
    gibberish,
    heavily_rewritten,
    lightly_edited,
    padded,
    stuffed,
    with_other_facts,
)
from benchmarks.attacks.world import World

ROBBED: Final = "steady-one"
_REPEATS: Final = 5
_IDENTITIES: Final = 8
_STUFFED_FROM: Final = 6


@dataclass(frozen=True, kw_only=True)
class Plan:
    """An attack: files handed in early (first period), before the honest ones of the second period, or after them.

    `commits` are honest contributors who commit before anybody could see their files; `asks` are questions that a
    contributor pays for; `believed` is whose held records the curators are led to see first and accept.
    """

    early: tuple[Hand, ...] = ()
    before: tuple[Hand, ...] = ()
    after: tuple[Hand, ...] = ()
    commits: tuple[str, ...] = ()
    asks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    believed: str | None = None

    @property
    def items(self) -> tuple[Item, ...]:
        """Everything that the attack hands in."""
        return tuple(item for one in (*self.early, *self.before, *self.after) for item in one.items)


@dataclass(frozen=True)
class Attack:
    """What an attacker works with."""

    world: World
    encoder: RememberingEncoder
    chance: Random

    @property
    def count(self) -> int:
        """How many records an attack has."""
        return self.world.size.attack

    def copied(self, edit: Callable[[str, Random], str | None], truth: Truth = Truth.COPY) -> Plan:
        """Records of others, edited; a text that the edit leaves alone is not taken."""
        rows: list[Row] = []
        others = list(self.world.others)
        self.chance.shuffle(others)
        for row in others:
            told = self.world.shape.edited(row, lambda text: edit(text, self.chance) or text)
            if len(rows) < self.count and told != row:
                rows.append(told)
        return Plan(after=(hand("mallory", rows, truth),))

    def own(self, count: int, begin: int = 0) -> list[Row]:
        """Good records of its own."""
        return list(self.world.unseen[begin : begin + count])

    def mislabelled(self, rows: Sequence[Row], part: float, wrong: Callable[[Row], Row], who: str, begin: int) -> Hand:
        """A file of these rows of which a part says something false."""
        bad = set(self.chance.sample(range(len(rows)), round(part * len(rows))))
        return Hand(
            contributor=who,
            items=tuple(
                Item(
                    key=f"{who}-{begin + place}",
                    row=wrong(row) if place in bad else row,
                    truth=Truth.BAD if place in bad else Truth.GOOD,
                )
                for place, row in enumerate(rows)
            ),
        )

    def at_random(self, row: Row) -> Row:
        """The row with the label or response of a record drawn at random."""
        shape = self.world.shape
        while True:
            other = self.chance.choice(self.world.imported)
            if other[shape.answer] != row[shape.answer]:
                return shape.answered(row, other)

    def confused(self, row: Row) -> Row:
        """The row with what is most easily taken for right: the nearest other class, or the nearest other answer."""
        shape, world = self.world.shape, self.world
        if len(shape.texts) == 1:
            return {**row, shape.answer: nearest_class(world, self.encoder)[row[shape.answer]]}
        asked = self.encoder.encode([row[shape.asked] for row in (row, *world.imported)])
        near = asked[1:] @ asked[0]
        best = max(
            (place for place, one in enumerate(world.imported) if one[shape.answer] != row[shape.answer]),
            key=lambda place: float(near[place]),
        )
        return shape.answered(row, world.imported[best])


def nearest_class(world: World, encoder: RememberingEncoder) -> dict[str, str]:
    """For each label the one whose imported records lie nearest to its own, by the cosine of their means."""
    by_label: dict[str, list[str]] = defaultdict(list)
    for row in world.imported:
        by_label[row[world.shape.answer]].append(row[world.shape.asked])
    labels = sorted(by_label)
    means = [encoder.encode(by_label[label]).mean(axis=0) for label in labels]
    unit = [mean / float((mean @ mean) ** 0.5) for mean in means]
    return {
        label: labels[
            max((other for other in range(len(labels)) if other != at), key=lambda o: float(unit[at] @ unit[o]))
        ]
        for at, label in enumerate(labels)
    }


def _nobody(_: Attack) -> Plan:
    return Plan()


def _exact(attack: Attack) -> Plan:
    rows = attack.chance.sample(list(attack.world.others), attack.count)
    return Plan(after=(hand("mallory", rows, Truth.COPY),))


def _facts(attack: Attack) -> Plan:
    # Another number in a bank's question is still that question; in a medical answer it is false.
    return attack.copied(with_other_facts, Truth.COPY if attack.world.name == "banking77" else Truth.BAD)


def _stolen(attack: Attack) -> tuple[Row, ...]:
    return tuple(item.row for item in halves_of(attack.world.honest[ROBBED])[1].items)


def _stolen_first(attack: Attack) -> Plan:
    return Plan(before=(hand("mallory", _stolen(attack), Truth.GOOD),))


def _stolen_committed(attack: Attack) -> Plan:
    return Plan(before=(hand("mallory", _stolen(attack), Truth.GOOD),), commits=(ROBBED,))


def _stolen_accepted(attack: Attack) -> Plan:
    rows = [
        row if place % 2 else attack.world.shape.edited(row, lambda text: lightly_edited(text, attack.chance))
        for place, row in enumerate(_stolen(attack))
    ]
    return Plan(after=(hand("mallory", rows, Truth.COPY),), believed="mallory")


def _own_again(attack: Attack) -> Plan:
    items: list[Item] = []
    for row in attack.own(attack.count // _REPEATS):
        for turn in range(_REPEATS):
            told = attack.world.shape.edited(row, lambda text: lightly_edited(text, attack.chance)) if turn else row
            items.append(Item(key=f"mallory-{len(items)}", row=told, truth=Truth.COPY if turn else Truth.GOOD))
    return Plan(after=(Hand(contributor="mallory", items=tuple(items)),))


def _off_topic(attack: Attack) -> Plan:
    return Plan(after=(hand("mallory", attack.world.foreign[: attack.count], Truth.BAD),))


def _gibberish(attack: Attack) -> Plan:
    models = attack.chance.sample(list(attack.world.imported), attack.count)
    rows = [attack.world.shape.edited(row, lambda _: gibberish(attack.chance)) for row in models]
    return Plan(after=(hand("mallory", rows, Truth.BAD),))


def _random_labels(attack: Attack) -> Plan:
    return Plan(after=(attack.mislabelled(attack.own(attack.count), 0.5, attack.at_random, "mallory", 0),))


def _confused_labels(attack: Attack) -> Plan:
    return Plan(after=(attack.mislabelled(attack.own(attack.count), 0.5, attack.confused, "mallory", 0),))


def _identities(attack: Attack) -> Plan:
    each = attack.count // _IDENTITIES
    return Plan(
        after=tuple(
            attack.mislabelled(attack.own(each, number * each), 0.5, attack.at_random, f"mallory-{number}", 0)
            for number in range(_IDENTITIES)
        )
    )


def _new_name(attack: Attack) -> Plan:
    half = attack.count // 2
    return Plan(
        early=(attack.mislabelled(attack.own(half), 0.5, attack.at_random, "mallory", 0),),
        after=(attack.mislabelled(attack.own(half, half), 0.5, attack.at_random, "mallory-again", 0),),
    )


def _same_name(attack: Attack) -> Plan:
    half = attack.count // 2
    return Plan(
        early=(attack.mislabelled(attack.own(half), 0.5, attack.at_random, "mallory", 0),),
        after=(attack.mislabelled(attack.own(half, half), 0.5, attack.at_random, "mallory", half),),
    )


def _burst(attack: Attack) -> Plan:
    half = attack.count // 2
    return Plan(
        early=(hand("mallory", attack.own(half)),),
        after=(attack.mislabelled(attack.own(half, half), 1.0, attack.confused, "mallory", half),),
    )


def _drift(attack: Attack) -> Plan:
    part = attack.count // 4
    files = [
        attack.mislabelled(attack.own(part, turn * part), share, attack.confused, "mallory", turn * part)
        for turn, share in enumerate((0.1, 0.3, 0.6, 0.9))
    ]
    return Plan(early=tuple(files[:2]), after=tuple(files[2:]))


def _hub(attack: Attack) -> Plan:
    shape, rows = attack.world.shape, []
    for _ in range(attack.count):
        models = attack.chance.sample(list(attack.world.imported), _STUFFED_FROM)
        texts = {field: stuffed([model[field] for model in models], attack.chance) for field in shape.texts}
        rows.append({**models[0], **texts})
    return Plan(after=(hand("mallory", rows, Truth.BAD),))


def _own_questions(attack: Attack) -> Plan:
    rows = attack.own(attack.count // 2)
    asked = tuple(row[attack.world.shape.asked] for row in rows)
    return Plan(after=(hand("mallory", rows),), asks={"mallory": asked})


ATTACKERS: Final[Mapping[str, Callable[[Attack], Plan]]] = {
    "nobody": _nobody,
    "exact copies": _exact,
    "light copies, 1–3 edits": lambda attack: attack.copied(lightly_edited),
    "off topic": _off_topic,
    "half random labels": _random_labels,
    "half most confused labels": _confused_labels,
    "numbers and names changed": _facts,
    "padding": lambda attack: attack.copied(padded),
    'appended "2" or "not"': lambda attack: attack.copied(appended),
    "heavy paraphrase": lambda attack: attack.copied(heavily_rewritten),
    "stolen, copy arrives first": _stolen_first,
    "stolen, author had committed": _stolen_committed,
    "stolen, copy accepted first": _stolen_accepted,
    "stuffed to be near everything": _hub,
    "gibberish": _gibberish,
    "half random, eight names": _identities,
    "own paid questions": _own_questions,
    "own records again": _own_again,
    "half random, twice": _same_name,
    "half random, new name": _new_name,
    "good, then a burst of bad": _burst,
    "slow drift": _drift,
}


def plan_of(name: str, world: World, encoder: RememberingEncoder) -> Plan:
    """The attack of this name on a world."""
    return ATTACKERS[name](Attack(world, encoder, chance(name, world.name, world.seed)))
