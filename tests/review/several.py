"""Three curators of known skill over mislabelled questions, every one of which goes to several of them."""

import json
import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from curation.hosting import Hosted
from curation.ledger.opinion_facts import OPINION_UNDO_SECONDS
from curation.review.choice import Choice, Leased
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

    workspace: Hosted
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


def prepare(root: Path, rows: int) -> Path:
    """Questions under a wrong topic, nothing said yet; all that will be decided goes to several."""
    card = root / "datanets" / "faq" / "datanet.yaml"
    card.write_text(card.read_text().replace("{reference_min: 40}", "{reference_min: 40, several_share: 1}"))
    honest = [row for row in small.honest(30) if row["topic"] != "teeth"][:rows]
    file = small.write_jsonl(root / "wrong.jsonl", [{**row, "topic": "teeth"} for row in honest])
    records = records_of(Workspace(root, clock=Clock()), file, "faq", "ann")
    truth = {record: row["topic"] for record, row in zip(records, honest, strict=True)}
    (root / "truth.json").write_text(json.dumps(truth))
    return root


@contextmanager
def desk(root: Path) -> Iterator[Desk]:
    """What `prepare` made, opened."""
    clock = Clock()
    with Hosted(root, clock=clock) as workspace:
        yield Desk(workspace, clock, json.loads((root / "truth.json").read_text()))


def play(world: Desk) -> None:
    """The three look until nobody has anything left; what each says of a record is the same in whatever order."""
    busy = True
    while busy:
        busy = False
        for by, skill in SKILLS.items():
            one = world.look(by)
            if one is not None:
                busy = True
                chance = random.Random(f"{by} {one.waiting.record}")  # noqa: S311  (who is wrong is no secret)
                right = chance.random() < skill
                world.say(one, world.truth[one.waiting.record] if right else chance.choice(small.TOPICS))
    world.clock.pass_undo()
