"""Three curators of known skill over mislabelled questions, every one of which goes to several of them."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from curation.ledger.opinion_facts import OPINION_UNDO_SECONDS
from curation.reviewing import Choice, Leased
from curation.workspace import Workspace
from tests import small
from tests.small import records_of

ALL = Choice(datanet="faq")
# How often each says the right label; the third draws one.
SKILLS = {"amina": 1.0, "bilal": 0.9, "rand": 0.0}


class Clock:
    """Told when it is."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_undo(self) -> None:
        """Until no opinion that was given can be taken back."""
        self.now += timedelta(seconds=OPINION_UNDO_SECONDS + 1)


@dataclass(frozen=True)
class Desk:
    """A workspace with a queue, its clock, and the true topic of each record that waits."""

    workspace: Workspace
    clock: Clock
    truth: Mapping[str, str]

    def look(self, by: str) -> Leased | None:
        found = self.workspace.next(ALL, by=by)
        return found[0] if found else None

    def say(self, one: Leased, label: str) -> int:
        """This curator's word: the label that they say is right, which may be the given one."""
        by, record = one.lease.curator, one.waiting.record
        self.clock.now += timedelta(seconds=7)
        if label == one.waiting.label:
            return self.workspace.review(record, "accept", by=by, reason="right").line
        return self.workspace.review(record, "relabel", by=by, reason="another topic", label=label).line


def desk(root: Path, rows: int, share: float = 1.0) -> Desk:
    """Questions under a wrong topic, nothing said yet; of what is decided `share` goes to several."""
    card = root / "datanets" / "faq" / "datanet.yaml"
    wanted = card.read_text().replace("{reference_min: 40}", f"{{reference_min: 40, several_share: {share}}}")
    card.write_text(wanted)
    clock = Clock()
    workspace = Workspace(root, clock=clock)
    honest = [row for row in small.honest(30) if row["topic"] != "teeth"][:rows]
    file = small.write_jsonl(root / "wrong.jsonl", [{**row, "topic": "teeth"} for row in honest])
    records = records_of(workspace, file, "faq", "ann")
    return Desk(workspace, clock, {record: row["topic"] for record, row in zip(records, honest, strict=True)})


def played(root: Path, rows: int) -> Desk:
    """The three look until nobody has anything left; who is wrong is drawn with a fixed seed."""
    world = desk(root, rows)
    chance = random.Random(20261128)
    busy = True
    while busy:
        busy = False
        for by, skill in SKILLS.items():
            one = world.look(by)
            if one is not None:
                busy = True
                right = world.truth[one.waiting.record]
                world.say(one, right if chance.random() < skill else chance.choice(small.TOPICS))
    world.clock.pass_undo()
    return world
