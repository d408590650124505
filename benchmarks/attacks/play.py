"""A scenario through the real product: submit, review, train, infer, settle, audit. No private path.

A prepared folder is copied for every scenario, so that what is alike in all of them happens once.
"""

import hashlib
import json
import os
import shutil
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from benchmarks.attacks.audited import kept, kept_after_draws
from benchmarks.attacks.item import Hand, Item, Truth
from benchmarks.attacks.remembering import Remembering, RememberingEncoder, lay_out
from benchmarks.attacks.world import World
from curation.ledger.owned import Owned
from curation.workspace import Word

FEE = 10**18
# Drawings that might have come, beside the one that did.
DRAWS = 24
RATE_PERCENT = 5
FIRST, SECOND = "curator-one", "curator-two"
# Files that are never written again may be shared between copies of a workspace.
_FROZEN = ("objects", "references", "models", "index")
_HELD = """
SELECT record, contributor FROM current_records
WHERE datanet = ? AND verdict IN ('review', 'unchecked') AND record IS NOT NULL ORDER BY place, seq, row_index
"""


@dataclass
class Play:
    """One workspace, and beside it what the oracle knows: the item behind each record."""

    world: World
    root: Path
    encoder: RememberingEncoder
    scenario: str = "prepared"
    items: dict[str, Item] = field(default_factory=dict)
    contributors: dict[str, str] = field(default_factory=dict)
    submitted: list[tuple[str, Item]] = field(default_factory=list)
    fees: Counter[str] = field(default_factory=Counter)
    periods: int = 0
    reviewed: int = 0
    # Whom the curators are led to see first and believe, in the one scenario that says so.
    believed: str | None = None

    @property
    def workspace(self) -> Remembering:
        """The product."""
        return Remembering(self.root, self.encoder)

    @classmethod
    def begun(cls, world: World, root: Path, encoder: RememberingEncoder) -> "Play":
        """A new workspace with the owner's records imported."""
        lay_out(root, world.name, world.card)
        play = cls(world=world, root=root, encoder=encoder)
        rows = [{"id": f"owner-{number}", **row} for number, row in enumerate(world.imported)]
        play.workspace.import_file(play._file("import", rows), world.name)
        return play

    def copied(self, root: Path, scenario: str) -> "Play":
        """The same, to go on with elsewhere."""
        shutil.copytree(self.root, root, copy_function=_copy)
        return Play(
            world=self.world,
            root=root,
            encoder=self.encoder,
            scenario=scenario,
            items=dict(self.items),
            contributors=dict(self.contributors),
            submitted=list(self.submitted),
            fees=Counter(self.fees),
            periods=self.periods,
            reviewed=self.reviewed,
        )

    # Verbs

    def commit(self, hand: Hand) -> None:
        """Somebody commits to a file."""
        self.workspace.commit(self._of(hand), self.world.name, hand.contributor)

    def submit(self, hand: Hand) -> None:
        """Somebody submits a file."""
        if not hand.items:
            return
        told = self.workspace.submit(self._of(hand), self.world.name, hand.contributor)
        assert told.checked is not None, "no file comes twice"
        for row in told.checked.inspection.rows:
            item = hand.items[row.row]
            self.submitted.append((hand.contributor, item))
            if row.record is not None:
                self.items[row.record] = item
                self.contributors[row.record] = hand.contributor

    def period(self, questions: Sequence[str], paid_by: Mapping[str, Sequence[str]], *, refresh: bool) -> "Earned":
        """Review, train, infer, settle; then audits, and where `refresh` says so what they teach.

        `paid_by` are further questions that contributors ask and pay themselves.
        """
        self.periods += 1
        self._review()
        workspace = self.workspace
        workspace.train(self.world.name)
        asked = [(f"q{self.periods}-{number}", text) for number, text in enumerate(questions)]
        for who, texts in paid_by.items():
            asked += [(f"q{self.periods}-{who}-{number}", text) for number, text in enumerate(texts)]
            self.fees[who] += FEE * len(texts)
        workspace.infer(self.world.name, [workspace.question(self.world.name, text, key) for key, text in asked], FEE)
        workspace.settle()
        earned = self._earned(len(asked))
        budget = self.world.size.audits
        records = self.owned()
        beacons = [self.beacon(number) for number in range(DRAWS + 1)]
        might = kept_after_draws(workspace, records, budget, beacons, self._is_bad)
        # The rate that returns are told at, whatever the budget was.
        few = len(records) * RATE_PERCENT // 100
        at_rate = might if few == budget else kept_after_draws(workspace, records, few, beacons, self._is_bad)
        drawn = workspace.draw_audits(budget, self.beacon(0))
        ppm = {one.record: one.probability for one in drawn.hits.records}
        self._decide(list(ppm), ppm)
        came = kept(workspace.treasury().books())
        if came != might[0]:
            differing = sorted(one for one in came.keys() | might[0].keys() if came.get(one) != might[0].get(one))
            raise AssertionError(
                f"{self.scenario}: audits left {len(differing)} records with other money than expected"
            )
        if refresh:
            workspace.refresh(self.world.name)
        return replace(earned, kept=tuple(map(self._by_key, might)), kept_at_rate=tuple(map(self._by_key, at_rate)))

    def beacon(self, number: int) -> str:
        """The public beacon of this period; number 0 is the one that came, the others might have."""
        told = f"{self.world.name}/{self.world.seed}/{self.scenario}/{self.periods}/{number}"
        # As the product writes a beacon down: no zeros in front.
        return hashlib.sha256(told.encode()).hexdigest().lstrip("0")

    def owned(self) -> tuple[Owned, ...]:
        """Everything submitted, as a drawing of audits sees it."""
        from curation.ledger.questions import owned  # noqa: PLC0415  (opens the store)

        workspace = self.workspace
        with workspace.store() as store:
            return owned(store, workspace.state().seq)

    def verdicts(self) -> dict[str, tuple[str, float, float]]:
        """Verdict, weight and novelty of each submitted record, by its item's key."""
        with self.workspace.store() as store:
            rows = store.query(
                "SELECT record, verdict, weight, novelty FROM current_records WHERE datanet = ?", [self.world.name]
            )
        return {
            self.items[row["record"]].key: (row["verdict"], row["weight"] or 0.0, row["novelty"] or 0.0)
            for row in rows
            if row["record"] in self.items
        }

    def _review(self) -> None:
        """Curators decide what waits, one of each contributor in turn, as far as their time reaches."""
        with self.workspace.store() as store:
            held = store.query(_HELD, [self.world.name])
        queues: dict[str, list[str]] = defaultdict(list)
        for row in held:
            if row["record"] in self.items:
                queues[row["contributor"]].append(row["record"])
        order = sorted(
            (turn, who != self.believed, place, record)
            for place, (who, records) in enumerate(queues.items())
            for turn, record in enumerate(records)
        )
        if self.believed is not None:
            order.sort(key=lambda one: one[1])
        chosen = [record for _, _, _, record in order[: self.world.size.reviews]]
        self.reviewed += len(chosen)
        self._decide(chosen, {})

    def _decide(self, records: Sequence[str], ppm: Mapping[str, int]) -> None:
        words = []
        for record in records:
            good = self._good(record, audited=record in ppm)
            words.append(
                Word(
                    record=record,
                    decision="accept" if good else "reject",
                    reason="the oracle knows",
                    drawn_with=ppm[record] / 1e6 if record in ppm else None,
                )
            )
        if not words:
            return
        said = self.workspace.decide_all(words, by=FIRST)
        again = [word for word, one in zip(words, said, strict=True) if one.doubted]
        if again:
            self.workspace.decide_all(again, by=SECOND)

    def _good(self, record: str, *, audited: bool) -> bool:
        # An owner's record that is not among the items is good: the source is taken at its word.
        item = self.items.get(record)
        if item is None or self.contributors[record] == self.believed:
            return True
        return item.truth is Truth.GOOD or (audited and item.truth is Truth.COPY)

    def _is_bad(self, record: str) -> bool:
        return not self._good(record, audited=True)

    def _by_key(self, units: Mapping[str, int]) -> dict[str, int]:
        return {self.items[record].key: amount for record, amount in units.items() if record in self.items}

    def _earned(self, asked: int) -> "Earned":
        treasury = self.workspace.treasury()
        books = treasury.books()
        epoch = len(treasury.epochs)
        pool = sum(int(one.pool) for one in treasury.epochs[-1].inferences)
        credited: dict[str, float] = defaultdict(float)
        for (record, of), lot in books.lots.items():
            if of == epoch and record in self.items:
                credited[self.items[record].key] += lot.credited / pool
        falls = 0.0
        for entry in treasury.state.inferences[-asked:]:
            attribution, model = treasury.owed(entry).attribution, treasury.model(entry.fact.model)
            if attribution.total:
                mine = sum(amount for row, amount in attribution.rows if not model.members[row].imported)
                falls += mine / attribution.total
        return Earned(epoch=epoch, pool=pool, credited=dict(credited), falls=falls / asked)

    def _of(self, hand: Hand) -> Path:
        # The text beside the number keeps two files of the same rows apart.
        return self._file(hand.items[0].key, [{"id": one.key, **one.row} for one in hand.items])

    def _file(self, name: str, rows: Sequence[Mapping[str, str]]) -> Path:
        path = self.root / "files" / f"{name}.jsonl"
        path.parent.mkdir(exist_ok=True)
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
        return path


@dataclass(frozen=True, kw_only=True)
class Earned:
    """What one period paid before its audits: shares of its data pool by item, `pool` in base units.

    `falls` is the part of the pool that the attribution gave to submitted (not imported) records, paid or not. `kept`
    are base units of all periods by item after the audits: first by the beacon that came, then by others;
    `kept_at_rate` the same where one record in twenty is audited.
    """

    epoch: int
    pool: int
    credited: Mapping[str, float]
    falls: float
    kept: tuple[Mapping[str, int], ...] = ()
    kept_at_rate: tuple[Mapping[str, int], ...] = ()


def _copy(source: str, target: str) -> None:
    parts = Path(source).parts
    if ".curation" in parts and parts[parts.index(".curation") + 1] in _FROZEN:
        os.link(source, target)
    else:
        shutil.copy2(source, target)
