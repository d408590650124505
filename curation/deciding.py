"""What people say about records and about themselves: decide, withdraw, register."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pydantic import ValidationError

from curation.datanet.canonical import digest
from curation.datanet.card import Role
from curation.datanet.names import checked_name
from curation.datanet.shown import shown
from curation.errors import Stale, UsageError
from curation.ledger.facts import ContributorRegistered, RecordDecided, RecordWithdrawn, first_problem
from curation.ledger.money_facts import RecordDoubted
from curation.ledger.money_files import MovesFile
from curation.ledger.results import ReasonFile, read_result, write_name, write_reason
from curation.ledger.state import State, Submission
from curation.opened import Contributor
from curation.quality import MICRO
from curation.rewards.claims import canonical_address
from curation.rewards.treasury import Treasury
from curation.rewards.words import Money
from curation.verdict import Verdict
from curation.writing import Writing

if TYPE_CHECKING:  # the store brings DuckDB, which a check does not need
    from curation.ledger.questions import Alike

# What came in of more rows than these while the lock was waited for is looked up in the store, not in its files.
BROUGHT_MAX = 1000


@dataclass(frozen=True, kw_only=True)
class Word:
    """What a person says of a record, which `record` begins the id of.

    `drawn_with` makes it an audit: the probability, in (0, 1], with which a random draw took this record. Who says
    `as_drawn` leaves it to the journal whether it was drawn and waits for its audit.
    """

    record: str
    decision: Literal["accept", "reject", "relabel"]
    reason: str
    label: str | None = None
    drawn_with: float | None = None
    as_drawn: bool = False

    @property
    def drawn_ppm(self) -> int | None:
        """The same in millionths, as it is journalled."""
        return None if self.drawn_with is None else round(self.drawn_with * MICRO)


@dataclass(frozen=True, kw_only=True)
class Said:
    """What became of a word. `doubted`: the record was paid for, so nothing happens before a second curator agrees.

    `also` are the other records with the same content: the word is about them too. `line` is the journal's line of it.
    """

    record: str
    decision: str
    doubted: bool
    also: tuple[str, ...] = ()
    line: int


class Deciding(Writing):
    """A workspace in which people can have a word."""

    # What was drawn for audits by the draws of these journal lines.
    _draws: tuple[tuple[int, ...], Mapping[str, int]] = ((), {})

    def _drawn(self, state: State) -> Mapping[str, int]:
        """As `Treasury.drawn`; the files of draws are read once for each draw, not for each word."""
        lines = tuple(one.seq for one in state.draws)
        draws = self._draws  # another thread, with another state, may be at the same place
        if draws[0] != lines:
            draws = self._draws = lines, Treasury(state, self.objects).drawn
        return draws[1]

    def decide(  # noqa: PLR0913  (what a person may say of one record)
        self,
        prefix: str,
        decision: Literal["accept", "reject", "relabel"],
        *,
        by: str,
        reason: str,
        label: str | None,
        drawn_with: float | None = None,
    ) -> Said:
        """A person's word on a record and on all identical content."""
        word = Word(record=prefix, decision=decision, reason=reason, label=label, drawn_with=drawn_with)
        return self.decide_all([word], by=by)[0]

    def decide_all(
        self, words: Sequence[Word], *, by: str, seen: int | None = None, also: Sequence[str] = ()
    ) -> list[Said]:
        """Many such words of one person, all or, when one of them cannot be, none.

        `also` are further names of theirs. Raises `Stale` when somebody else had a word about one of the contents after
        journal line `seen`.
        """
        checked_name(by, "curator")
        for word in words:
            check_word(word)
        # Asked before the lock is taken: others write while the store is waited for.
        known, groups = self._groups(words)
        with self._writing():
            if self._brings(self.state().contributions[known:], groups):
                _, groups = self._groups(words)
            if any(one.contributor in {by, *also} for group in groups for one in group):
                raise UsageError(f"a record of {by}'s own content is among them: another curator has to decide")
            alike = [tuple(one.record for one in group) for group in groups]
            self._check_fresh(alike, by, seen)
            for word, group in zip(words, groups, strict=True):
                if word.label is not None:
                    self._check_label(group[0].datanet, word.label)
            facts = self._facts(list(zip(words, alike, strict=True)), by, also)
            lines = [self._append(fact).seq for fact in facts]
            self._follow()
        return [
            Said(
                record=fact.record,
                decision=word.decision,
                doubted=isinstance(fact, RecordDoubted),
                also=group[1:],
                line=line,
            )
            for word, fact, group, line in zip(words, facts, alike, lines, strict=True)
        ]

    def _groups(self, words: Sequence[Word]) -> tuple[int, list[tuple["Alike", ...]]]:
        """How many contributions there are, and of each word the records with the content that it is about."""
        from curation.ledger.questions import with_content_of  # noqa: PLC0415  (a check needs no DuckDB)

        # Counted first: what comes in between is in the answers, and makes them be asked for once more.
        count = len(self.state().contributions)
        with self.store() as store:
            return count, [with_content_of(store, word.record) for word in words]

    def _brings(self, new: Sequence[Submission], groups: Sequence[Sequence["Alike"]]) -> bool:
        """Whether one of these submissions may have brought any of these contents."""
        if sum(one.fact.records for one in new) > BROUGHT_MAX:
            return True
        contents = {one.content_digest for group in groups for one in group} - {None}
        lines = (line for one in new for line in read_result(self.objects.get(one.fact.result)))
        return any(line.content in contents for line in lines)

    def _check_fresh(self, alike: Sequence[tuple[str, ...]], by: str, seen: int | None) -> None:
        if seen is None:
            return
        about = {one for group in alike for one in group}
        for line, word in self.state().words.items():
            if line > seen and word.fact.record in about and word.fact.by != by:
                raise Stale(f"{word.fact.by} decided about record {word.fact.record} meanwhile: nothing was changed")

    def _facts(
        self, words: Sequence[tuple[Word, tuple[str, ...]]], by: str, also: Sequence[str]
    ) -> list[RecordDecided | RecordDoubted]:
        """What is to be journalled of these words; each comes with the records of its content, itself first.

        Raises `UsageError` when the second bad word about a record that was paid for is the first one's own.
        """
        state = self.state()
        money = Money(Treasury(state, self.objects), by, also)
        drawn = self._drawn(state)
        facts: list[RecordDecided | RecordDoubted] = []
        for word, alike in words:
            reason = self.objects.put(write_reason(ReasonFile(reason=word.reason, label=word.label)))
            is_audit = word.as_drawn and alike[0] not in state.audits
            drawn_ppm = drawn.get(alike[0]) if is_audit else word.drawn_ppm
            if word.decision != "accept" and money.needs_second(alike):
                facts.append(RecordDoubted(record=alike[0], by=by, reason=reason, drawn_ppm=drawn_ppm))
                continue
            moves = money.moved(word.decision, alike, drawn_ppm=drawn_ppm)
            facts.append(
                RecordDecided(
                    record=alike[0],
                    decision=word.decision,
                    by=by,
                    reason=reason,
                    drawn_ppm=drawn_ppm,
                    moves=self.objects.put(MovesFile(moves=moves).written()) if moves else None,
                )
            )
        return facts

    def withdraw(self, prefix: str) -> str:
        """Takes a record back; returns its id."""
        with self._writing():
            with self.store() as store:
                record = store.record(prefix)
            if record.verdict == Verdict.WITHDRAWN:
                raise UsageError(f"record {record.record} was withdrawn before")
            self._append(RecordWithdrawn(record=record.record))
            self._follow()
        return record.record

    def register(
        self, contributor: str, *, name: str | None = None, address: str | None = None, public_key: str | None = None
    ) -> Contributor:
        """Makes a contributor known, or says anew what is known of one: what is None stays as it was.

        The name is the id until one is given, an address is kept in lower case. Returns what is known now; nothing new
        is not journalled. Raises `UsageError` for an address whose capitals say that a letter of it is wrong.
        """
        checked_name(contributor, "contributor")
        if name is not None and shown(name, len(name)) != name:
            raise UsageError(f"the public name {shown(name)!r} cannot be used: nothing invisible wanted")
        given = None if address is None else canonical_address(address)
        with self._writing():
            before = self.state().contributors.get(contributor)
            kept = None if before is None else before.fact
            try:
                written = write_name(contributor if name is None else name)
                fact = ContributorRegistered(
                    contributor=contributor,
                    name=kept.name if kept is not None and name is None else digest(written),
                    address=kept.address if kept is not None and address is None else given,
                    public_key=kept.public_key if kept is not None and public_key is None else public_key,
                )
            except ValidationError as error:
                raise UsageError(f"contributor {contributor}: {first_problem(error)}") from None
            if fact != kept:
                if fact.name == digest(written):
                    self.objects.put(written)
                self._append(fact)
                self._follow()
            return self._contributor(fact)

    def _check_label(self, datanet: str, label: str) -> None:
        fields = self.datanet(datanet).with_role(Role.LABEL)
        if not fields:
            raise UsageError(f"{datanet} has no labels to change")
        if fields[0].allowed is not None and label not in fields[0].allowed:
            wanted = ", ".join(shown(one, 60) for one in fields[0].allowed[:50])
            raise UsageError(f"the label {shown(label, 60)!r} is not allowed in {datanet}: one of {wanted} wanted")


def check_word(word: Word) -> None:
    """Raises `UsageError` for a word that cannot be journalled."""
    if not word.reason.strip():
        raise UsageError("a decision needs a reason")
    if not _is_text(word.reason) or not _is_text(word.label or ""):
        raise UsageError("reason and label must be text in UTF-8")
    if (word.decision == "relabel") != (word.label is not None):
        raise UsageError("`relabel` and `--label` go together")
    if word.drawn_with is not None and not 1 / MICRO <= word.drawn_with <= 1:
        raise UsageError(f"the record was drawn with probability {word.drawn_with:g}, .000001 to 1 wanted")


def _is_text(text: str) -> bool:
    """Whether a text can be written as UTF-8; what a terminal passes on may hold bytes that are none."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
