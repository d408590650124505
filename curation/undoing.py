"""Words that people take back, while nothing rests on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from curation.auditing import Auditing
from curation.datanet.names import checked_name
from curation.errors import UsageError
from curation.ledger.facts import RecordDecided, WordUndone
from curation.ledger.state import State

if TYPE_CHECKING:  # the store brings DuckDB, which a check does not need
    from curation.ledger.store import Store

_UNDONE_SINCE = """
SELECT word, record, decision FROM undone WHERE seq > $1 AND word IN (SELECT unnest($2::BIGINT[])) ORDER BY word
"""


@dataclass(frozen=True, kw_only=True)
class Undone:
    """A word that was taken back: about which record, what it had said, and at which journal line."""

    record: str
    decision: str
    line: int


class Undoing(Auditing):
    """A workspace whose curators may be wrong."""

    def undo(self, line: int, *, by: str) -> Undone:
        """Takes back the word that `by` said at this journal line, as if it had not been said.

        Raises `UsageError` for a word of another, for one that money, a model, an epoch or a drawing rests on, and
        where the same content was decided about since: then a new decision is the way.
        """
        return self.undo_all([line], by=by)[0]

    def last_word(self, by: str) -> int:
        """The journal line of the last word that `by` said and that stands; raises `UsageError` when there is none."""
        lines = [line for line, word in self.state().words.items() if word.fact.by == by]
        if not lines:
            raise UsageError(f"{by} has said nothing that could be undone")
        return max(lines)

    def undo_all(
        self, lines: list[int], *, by: str, also: Sequence[str] = (), since: int | None = None
    ) -> list[Undone]:
        """Many such words, the last first: all or, when one of them cannot be taken back, none.

        `also` are further names of theirs: what became one's own content since is not theirs to decide, not even so.
        `since` is the journal line before an earlier try at the same, which may have died half-way: what it took back
        counts as taken back.
        """
        from curation.ledger.questions import with_content_of  # noqa: PLC0415  (a check needs no DuckDB)

        checked_name(by, "curator")
        with self._writing():
            state = self.state()
            going = set(lines)
            with self.store() as store:
                before = [] if since is None else _undone_since(store, since, going)
                going -= {one.line for one in before}
                for line in going:
                    _check_standing(state, line, by)
                    group = with_content_of(store, state.words[line].fact.record)
                    alike = {one.record for one in group}
                    if any(one.contributor in {by, *also} for one in group):
                        raise UsageError(f"line {line} is about {by}'s own content by now: others have to decide")
                    later = {one.seq for one in state.words.values() if one.seq > line and one.fact.record in alike}
                    if later - going:
                        raise UsageError(f"the same content was decided about after line {line}: decide again instead")
            undone = []
            for line in sorted(going, reverse=True):
                fact = state.words[line].fact
                self._append(WordUndone(word=line, by=by))
                decision = fact.decision if isinstance(fact, RecordDecided) else "doubt"
                undone.append(Undone(record=fact.record, decision=decision, line=line))
            self._follow()
        return sorted([*before, *undone], key=lambda one: -one.line)


def _undone_since(store: "Store", line: int, words: set[int]) -> list[Undone]:
    """Which of these words were taken back after this journal line; nobody but who said one could."""
    rows = store.query(_UNDONE_SINCE, [line, sorted(words)])
    return [Undone(record=row["record"], decision=row["decision"], line=row["word"]) for row in rows]


def _check_standing(state: State, line: int, by: str) -> None:
    """Raises `UsageError` when the word at this line is none, of another, or rested upon."""
    word = state.words.get(line)
    if word is None:
        raise UsageError(f"journal line {line} is no decision that stands: nothing to undo")
    if word.fact.by != by:
        raise UsageError(f"journal line {line} is a word of {word.fact.by}: only who said it can undo it")
    if isinstance(word.fact, RecordDecided) and word.fact.moves is not None:
        raise UsageError(f"the decision of line {line} moved money: decide again instead, which is journalled too")
    since = (
        ("a model was trained", [one.seq for one in state.models]),
        ("an epoch was settled", [one.seq for one in state.epochs]),
        ("audits were drawn", [one.seq for one in state.draws]),
        ("a reference was fitted", [one.seq for one in state.fitted]),
    )
    for what, lines in since:
        if lines and lines[-1] > line:
            raise UsageError(f"{what} after line {line}, which rests on it: decide again instead")
