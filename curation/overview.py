"""All datanets at a glance: how much is quality and how much noise, how large, how much used, money to bad data."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from curation.audit.asked import Asked
from curation.audit.figure import Figure
from curation.audit.figures import figures
from curation.audit.good import good
from curation.audit.money import to_bad_data
from curation.audit.records import noise, novelty
from curation.audit.usage import usage
from curation.ledger.state import State
from curation.reporting import verdict_of

_DATANETS: Final = "SELECT datanet FROM datanets ORDER BY datanet"


@dataclass(frozen=True, kw_only=True)
class Glance:
    """What is told first of a datanet, or with None of all of them."""

    datanet: str | None
    good: Figure
    noise: Figure
    size: Figure
    usage: Figure
    money: Figure


@dataclass(frozen=True, kw_only=True)
class Told:
    """All figures of a datanet (None: of all), and in one paragraph what they say, as of journal line `seq`."""

    datanet: str | None
    seq: int
    head: str
    verdict: str
    figures: tuple[Figure, ...]


def glances(asked: Asked) -> Iterator[Glance]:
    """All datanets together, then each by its name."""
    names = [row["datanet"] for row in asked.store.query(_DATANETS)]
    assert asked.leaks is not None, "worked out once, for all of them"
    for one in (asked.of(None), *(asked.of(name) for name in names)):
        yield Glance(
            datanet=one.datanet,
            good=good(one),
            noise=noise(one),
            size=novelty(one),
            usage=usage(one),
            money=to_bad_data(one),
        )


def told_of(asked: Asked) -> Told:
    """Every figure of what is asked about."""
    state: State = asked.treasury.state
    found = tuple(figures(asked))
    return Told(
        datanet=asked.datanet, seq=state.seq, head=state.head, verdict=verdict_of(asked.whole, found), figures=found
    )
