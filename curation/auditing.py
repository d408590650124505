"""Random audits: draw the records, hear what curators find, say how much money went to bad data. And appeals."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from curation.audit.cells import LeakOf, leaks
from curation.deciding import Deciding, Said, Word
from curation.errors import UsageError
from curation.ledger.money_facts import AuditsDrawn, RecordAppealed
from curation.ledger.money_files import HitsFile
from curation.ledger.results import ReasonFile, write_reason
from curation.ledger.state import State, replay
from curation.quality import MICRO
from curation.rewards.draws import Drawing, canonical_beacon, draw, seed_of
from curation.rewards.frame import frame_of, hits_file, left_open, new_epochs, waiting_to_vest
from curation.rewards.treasury import Treasury


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """What a drawing took. `through` is the journal line that its frame was fixed at, `commitment` that line's hash."""

    draw: int
    through: int
    commitment: str
    hits: HitsFile


@dataclass(frozen=True, kw_only=True)
class Audit:
    """One drawn record and where its audit stands: open, doubted (a second curator is wanted), good or bad."""

    record: str
    draw: int
    probability: float
    status: Literal["open", "doubted", "good", "bad"]
    text: str


class Auditing(Deciding):
    """A workspace whose records are audited."""

    def draw_audits(self, budget: int, beacon: str) -> Drawn:
        """Draws `budget` audits from all that was submitted and credited when the last epoch was settled.

        The money of an epoch is drawn from once. Before the first epoch the frame is all that is submitted now. The
        beacon is a public random number published after that line was; one that was used before raises `UsageError`.
        """
        value = canonical_beacon(beacon)
        with self._writing():
            events = self.journal.read()
            state = replay(events)
            through = state.epochs[-1].seq if state.epochs else state.seq
            if any(entry.fact.beacon == value for entry in state.draws):
                raise UsageError("this beacon was drawn with before; one that is published after the last epoch wanted")
            if not events:
                raise UsageError("there is no record to audit")
            commitment = events[through - 1].hash
            then = Treasury(replay(events[:through]), self.objects)
            now = Treasury(state, self.objects)
            epochs = new_epochs(now)
            drawing = self._drawing(then, epochs, budget, seed_of(commitment, value))
            if waiting := left_open(now, epochs):
                raise UsageError(f"no epoch is new and {waiting} drawn records are undecided: see `curate audit list`")
            hits = hits_file(then, drawing, epochs)
            number = len(state.draws) + 1
            fact = AuditsDrawn(
                draw=number,
                through=through,
                commitment=commitment,
                beacon=value,
                budget=budget,
                hits=self.objects.put(hits.written()),
            )
            self._append(fact)
            self._follow()
        return Drawn(draw=number, through=through, commitment=commitment, hits=hits)

    def _drawing(self, then: Treasury, epochs: Sequence[int], budget: int, seed: str) -> Drawing:
        from curation.ledger.questions import owned  # noqa: PLC0415  (a check needs no DuckDB)

        with self.store() as store:
            records = owned(store, then.state.seq)
        frame = frame_of(then, records, epochs)
        return draw(frame, waiting=waiting_to_vest(then, records), budget=budget, seed=seed)

    def decide_audit(self, prefix: str, verdict: Literal["good", "bad"], *, by: str, reason: str) -> Said:
        """A curator's word on a drawn record. Where a bad one costs money it takes two curators.

        Raises `UsageError` for a record that was not drawn, and for a contributor's word on their own.
        """
        return self.decide_audits([(prefix, verdict == "good")], by=by, reason=reason)[0]

    def decide_audits(self, found: Sequence[tuple[str, bool]], *, by: str, reason: str) -> list[Said]:
        """Many such words of one curator, (record, whether it is good) each: all, or when one cannot be, none."""
        treasury = Treasury(self.state(), self.objects)
        words = []
        with self.store() as store:
            for prefix, is_good in found:
                record = store.record(prefix)
                probability = treasury.drawn.get(record.record)
                if probability is None:
                    raise UsageError(f"record {record.record} was not drawn for an audit: `curate decide` for others")
                if by == record.contributor:
                    raise UsageError(f"record {record.record} is {by}'s own: another curator has to audit it")
                decision: Literal["accept", "reject"] = "accept" if is_good else "reject"
                words.append(
                    Word(record=record.record, decision=decision, reason=reason, drawn_with=probability / MICRO)
                )
        return self.decide_all(words, by=by)

    def drawn(self) -> tuple[Audit, ...]:
        """Every drawn record, in the order drawn, and where its audit stands."""
        state = self.state()
        treasury = Treasury(state, self.objects)
        latest = {
            one.record: (entry.fact.draw, one)
            for entry, told in zip(state.draws, treasury.hits, strict=True)
            for one in told.records
        }
        with self.store() as store:
            texts = {
                row["record"]: row["text"]
                for row in store.query(
                    "SELECT record, text FROM records WHERE record IN (SELECT unnest(?::VARCHAR[]))", [list(latest)]
                )
            }
        return tuple(
            Audit(
                record=record,
                draw=number,
                probability=one.probability / MICRO,
                status=_status(state, record),
                text=texts.get(record) or "",
            )
            for record, (number, one) in latest.items()
        )

    def leaks(self) -> tuple[LeakOf, ...]:
        """How much money went to bad data, by datanet and epoch, and together: each with a 95 % interval."""
        treasury = Treasury(self.state(), self.objects)
        return leaks(treasury)

    def appeal(self, prefix: str, *, reason: str) -> str:
        """Disputes where a record stands; nothing of its money vests before the next decision. Returns its id."""
        if not reason.strip():
            raise UsageError("an appeal needs a reason")
        with self._writing():
            with self.store() as store:
                record = store.record(prefix).record
            if record in self.state().disputed:
                raise UsageError(f"record {record} is disputed already, and waits for a decision")
            self._append(
                RecordAppealed(record=record, reason=self.objects.put(write_reason(ReasonFile(reason=reason))))
            )
            self._follow()
        return record


def _status(state: State, record: str) -> Literal["open", "doubted", "good", "bad"]:
    decided = state.audits.get(record)
    waits = [entry for entry in state.doubts if entry.fact.record == record]
    if waits and (decided is None or decided.seq < waits[-1].seq):
        return "doubted"
    if decided is None:
        return "open"
    return "good" if decided.fact.decision == "accept" else "bad"
