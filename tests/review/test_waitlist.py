"""What is kept of the queue is what the store would say if all of it were asked for anew, after every event."""

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

import pytest

from curation.errors import CurationError
from curation.ledger.facts import RecordDecided, WordUndone
from curation.ledger.opinion_facts import OpinionGiven
from curation.ledger.state import State
from curation.review.waiting import waiting
from curation.review.waitlist import Waitlist, touched_by
from curation.rewards.treasury import Treasury
from curation.workspace import Workspace
from tests import small

CURATORS = ("amina", "bilal", "chen")
CONTRIBUTORS = ("ann", "bea", "cyd")


class _Play:
    """One random event after the other, as people cause them, by the verbs that they have."""

    def __init__(self, workspace: Workspace, folder: Path, seed: int) -> None:
        self.workspace, self.folder = workspace, folder
        self.seeded = random.Random(seed)  # noqa: S311  (a reproducible draw, no secret)
        self.files = 0

    def submit(self) -> None:
        """Some rows, most of them mislabelled, of so few questions that many are copies of somebody's."""
        rows = [dict(self.seeded.choice(small.honest(15))) for _ in range(8)]
        for row in rows:
            if self.seeded.random() < 0.8:
                row["topic"] = "teeth"
        self.files += 1
        path = small.write_jsonl(self.folder / f"{self.files}.jsonl", rows)
        self.workspace.submit(path, "faq", self.seeded.choice(CONTRIBUTORS))

    def decide(self) -> None:
        decision = self.seeded.choice(("accept", "reject", "relabel"))
        label = "skin" if decision == "relabel" else None
        self.workspace.decide(self._record(), decision, by=self.seeded.choice(CURATORS), reason="so", label=label)  # type: ignore[arg-type]  # one of the three

    def undo(self) -> None:
        by = self.seeded.choice(CURATORS)
        self.workspace.undo(self.workspace.last_word(by), by=by)

    def withdraw(self) -> None:
        self.workspace.withdraw(self._record())

    def appeal(self) -> None:
        self.workspace.appeal(self._record(), reason="it is right")

    def infer(self) -> None:
        self.workspace.train("faq", measured=False)
        question = self.workspace.question("faq", "Why do my gums bleed?", f"q-{self.workspace.state().seq}")
        self.workspace.infer("faq", [question], 10**18)

    def settle(self) -> None:
        self.workspace.settle()

    def draw(self) -> None:
        self.workspace.draw_audits(3, f"{self.workspace.state().seq:064x}")

    def refresh(self) -> None:
        self.workspace.refresh("faq")

    def _record(self) -> str:
        with self.workspace.store() as store:
            rows = store.query("SELECT record FROM records WHERE datanet = 'faq' ORDER BY seq DESC, row_index LIMIT 30")
        return str(self.seeded.choice(rows)["record"])

    def everything(self) -> Iterator[None]:
        """All that can happen, often or once, in an order drawn by lot."""
        often = [self.submit] * 3 + [self.decide] * 10 + [self.undo] * 4 + [self.withdraw] * 2
        verbs = [*often, self.appeal, self.infer, self.settle, self.draw, self.refresh]
        for verb in self.seeded.sample(verbs, len(verbs)):
            with suppress(CurationError):  # what may not be done now is not done
                verb()
            yield


def test_what_is_kept_is_what_would_be_asked(workspace: Workspace, tmp_path: Path) -> None:
    play = _Play(workspace, tmp_path, seed=3)
    for _ in range(3):
        play.submit()
    kept = Waitlist(datanet="faq")
    _compare(workspace, kept)
    lengths = set()
    for _ in play.everything():
        _compare(workspace, kept)
        lengths.add(len(kept.waiting))
    happened = Counter(event.type for event in workspace.journal.read())
    wanted = {"contribution.submitted", "record.decided", "word.undone", "record.withdrawn", "inference.served"}
    assert wanted <= happened.keys()
    assert len(lengths) > 3
    # Most of it was known, or this test says nothing: models, inferences and epochs alone are about everything.
    about_all = sum(happened[one] for one in ("model.trained", "inference.served", "epoch.settled"))
    assert kept.times_all <= 1 + about_all


def _compare(workspace: Workspace, kept: Waitlist) -> None:
    with workspace.store() as store:
        state = workspace.state()
        drawn = Treasury(state, workspace.objects).drawn
        ramp = workspace.datanet("faq").policy.weight_ramp
        asked = waiting(store, state, "faq", ramp, drawn)
        told = kept.at(store, state, workspace.journal.read(), ramp, drawn)
    assert [asdict(one) | {"worth": None} for one in told] == [asdict(one) | {"worth": None} for one in asked]
    # The mean influence is a sum of floats, in whichever order the store's threads come to them.
    assert [one.worth for one in told] == pytest.approx([one.worth for one in asked], rel=1e-9)


def test_what_a_line_touches() -> None:
    decided = RecordDecided(record="a" * 32, decision="accept", by="amina", reason="0" * 64)
    opinion = OpinionGiven(by="amina", opinion="1" * 64)
    touched = touched_by({5: decided, 6: WordUndone(word=5, by="amina"), 7: opinion}, State(), "faq", {"b" * 32})
    assert touched is not None
    assert touched.records == {"a" * 32, "b" * 32}
    assert touched.contributions == frozenset()
