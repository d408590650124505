"""A report: how much of a datanet is quality and how much noise, where the money went, and what to do about it.

It reads and journals nothing, and has no clock: the same journal, files and code give the same report.
"""

import platform
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING, Final

from curation import __version__
from curation.audit.asked import Asked
from curation.audit.changes import Change, changes
from curation.audit.examples import Kind, examples
from curation.audit.figure import Figure, counted, percent
from curation.audit.figures import figures
from curation.audit.good import WIDE
from curation.errors import UsageError
from curation.ledger.journal import Event
from curation.ledger.objects import Objects
from curation.ledger.state import replay
from curation.rewards.treasury import Treasury

if TYPE_CHECKING:
    from curation.ledger.store import Store
    from curation.opened import Opened

# What the figures rest on beside our own code.
LIBRARIES: Final = ("duckdb", "numpy", "scipy", "matplotlib", "great-expectations", "sentence-transformers", "cleanlab")
MOSTLY_GOOD, MUCH_NOISE = 0.9, 0.8

_MADE_OF: Final = """
SELECT datanet, card, rules, reference FROM datanets WHERE $1::VARCHAR IS NULL OR datanet = $1 ORDER BY datanet
"""
_WAITING: Final = """
SELECT datanet, count(*) AS n FROM current_records
WHERE verdict IN ('review', 'unchecked') AND ($1::VARCHAR IS NULL OR datanet = $1)
GROUP BY datanet ORDER BY n DESC, datanet
"""


@dataclass(frozen=True, kw_only=True)
class Step:
    """What to do next: a command, and why."""

    command: str
    why: str


@dataclass(frozen=True, kw_only=True)
class MadeOf:
    """What one datanet's part rests on: digests of its card and rules as last used, and its reference's version."""

    datanet: str
    card: str | None
    rules: str | None
    reference: str | None


@dataclass(frozen=True, kw_only=True)
class Basis:
    """All that is needed to make the report again: the same journal line and code give the same bytes."""

    command: str
    seq: int
    head: str
    code: str
    versions: tuple[tuple[str, str], ...]
    datanets: tuple[MadeOf, ...]


@dataclass(frozen=True, kw_only=True)
class Report:
    """A report about a datanet, or with None about all of a workspace; `since` is the line that changes count from."""

    datanet: str | None
    since: int | None
    verdict: str
    figures: tuple[Figure, ...]
    examples: tuple[Kind, ...]
    changes: tuple[Change, ...]
    steps: tuple[Step, ...]
    basis: Basis

    @property
    def subject(self) -> str:
        """What it is about, in words."""
        return self.datanet or "all datanets"


def report(workspace: "Opened", datanet: str | None = None, since: int | None = None) -> Report:
    """The report on a workspace as its journal stands; raises `UsageError` for a datanet or line that is not there."""
    name = None if datanet is None else workspace.datanet(datanet).name
    with workspace.store() as store:
        return report_of(store, workspace.journal.read(), workspace.objects, name, since)


def report_of(
    store: "Store", events: Sequence[Event], objects: Objects, datanet: str | None = None, since: int | None = None
) -> Report:
    """The same from its parts. `events` may reach further than the store, which others write to: then those count not.

    Without `since`, changes count from the epoch before the last one; where there is none they are left out.
    """
    seen = events[: store.position()[0]]
    state = replay(seen)
    asked = Asked(store, Treasury(state, objects), datanet)
    if since is not None and not 0 <= since <= state.seq:
        raise UsageError(f"there is no journal line {since}: 0 to {state.seq} wanted")
    line = since if since is not None else state.epochs[-2].seq if len(state.epochs) > 1 else None
    return report_from(asked, None if line is None else Treasury(replay(seen[:line]), objects))


def report_from(asked: Asked, before: Treasury | None = None) -> Report:
    """The same once it is known what is asked about; `before` are the books at the line that changes count from."""
    datanet, state = asked.datanet, asked.treasury.state
    line = None if before is None else before.state.seq
    told = tuple(figures(asked))
    return Report(
        datanet=datanet,
        since=line,
        verdict=verdict_of(asked.whole, told),
        figures=told,
        examples=examples(asked),
        changes=() if before is None else changes(asked, before, before.state.seq),
        steps=tuple(_steps(asked, told)),
        basis=Basis(
            command=" ".join(["curate report", *([datanet] if datanet else []), *_option(line)]),
            seq=state.seq,
            head=state.head,
            code=code_digest(),
            versions=(
                ("curation", __version__),
                ("python", platform.python_version()),
                *((name, version(name)) for name in LIBRARIES),
            ),
            datanets=tuple(MadeOf(**row) for row in asked.rows(_MADE_OF)),
        ),
    )


def _option(since: int | None) -> list[str]:
    return [] if since is None else [f"--since {since}"]


def verdict_of(whole: str, told: Sequence[Figure]) -> str:
    """All figures about `whole` in one paragraph of plain words."""
    by_name = {one.name: one for one in told}
    order = ("good-share", "money-to-bad-data", "noise-by-kind", "effective-size", "drift")
    sentences = [_judged(whole, by_name["good-share"]), *(by_name[name].says for name in order)]
    return " ".join(sentences)


def _judged(whole: str, share: Figure) -> str:
    """One sentence, by the interval alone: a share that looks good and is hardly known is no good news."""
    low, high = share.low, share.high
    name = whole[:1].upper() + whole[1:] if whole == "all datanets" else whole
    has, are = ("have", "are") if whole == "all datanets" else ("has", "is")
    if share.value is None or low is None or high is None:
        return f"How good {whole} {are} nobody can tell yet: too few records were audited at random."
    if low >= MOSTLY_GOOD:
        return f"{name} {are} good, and that is known: at least {percent(low)} of it."
    if high <= MUCH_NOISE:
        return f"{name} {has} much noise: at least {percent(1 - high)} of it is not good."
    if high - low > WIDE:
        return f"How good {whole} {are} is hardly known: too few records were audited at random."
    return f"{name} {has} both, quality and noise."


def _steps(asked: Asked, told: tuple[Figure, ...]) -> Iterator[Step]:
    by_name = {one.name: one for one in told}
    share, kinds, drift = by_name["good-share"], by_name["noise-by-kind"], by_name["drift"]
    treasury = asked.treasury
    if len(treasury.drawn.keys() - treasury.state.decisions.keys()):
        yield Step(command="curate audit list", why="drawn records wait for a word, and count as bad until then")
    elif share.high is not None and share.low is not None and share.high - share.low > WIDE:
        yield Step(
            command="curate audit draw --budget 200 --beacon HEX", why="the interval is wide: audit more records"
        )
    for row in asked.rows(_WAITING)[:3]:
        yield Step(
            command=f"curate review list --datanet {row['datanet']}",
            why=f"{counted(row['n'], 'record waits', 'records wait')} for a curator",
        )
    if isinstance(drift.value, float) and drift.value > 1:
        yield Step(command="curate status", why="what comes in is no longer like the reference: look at the latest")
    if kinds.parts:
        code = kinds.parts[0].of[0]
        yield Step(command=f"curate checks {code}", why=f"what {code}, the most frequent remark, means and what passes")
    if treasury.state.unsettled:
        yield Step(
            command="curate settle",
            why=f"{counted(len(treasury.state.unsettled), 'question is', 'questions are')} not paid out yet",
        )
    yield Step(command="curate verify --recompute", why="journal, files, store and every weight, again")


def code_digest() -> str:
    """SHA-256 over the engine's own files: names and bytes, in the order of their names."""
    seen = sha256()
    for name, file in sorted(_own_files(files("curation"), "")):
        data = file.read_bytes()
        seen.update(f"{name}\n{len(data)}\n".encode() + data)
    return seen.hexdigest()


def _own_files(folder: Traversable, prefix: str) -> Iterator[tuple[str, Traversable]]:
    for one in folder.iterdir():
        if one.is_dir() and one.name not in ("__pycache__", "_shared"):
            yield from _own_files(one, f"{prefix}{one.name}/")
        elif one.is_file() and one.name.endswith((".py", ".sql", ".html", ".css")):
            yield f"{prefix}{one.name}", one
