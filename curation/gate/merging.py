"""`curate merge`: submits what a branch brought, once it is part of the base, if the gate would let it pass.

The bytes come from the commit and not from the folder, so what lies about there decides nothing. What was said of them
before the merge is not believed: they are judged again, by the base as it was then. The same again changes nothing: a
contribution is its bytes and its contributor.
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from curation.datanet.canonical import digest
from curation.datanet.card import CARD_FILE
from curation.datanet.shown import shown
from curation.errors import FileRefused, UsageError
from curation.gate.authority import allowed
from curation.gate.base import Base, opened_base
from curation.gate.changes import Changes, Offered
from curation.gate.clean import require_clean
from curation.gate.earlier_check import EarlierCheck, read_check
from curation.gate.gating import CACHE_FOLDER, changed, judge_offered
from curation.gate.git import Landing, Repository
from curation.gate.policy import too_many_files
from curation.gate.refusals import Refusal, refused
from curation.workspace import Say, Submitted, Workspace, silent

_NAMED_MAX = 3


@dataclass(frozen=True, kw_only=True)
class MergedFile:
    """One file that was submitted, now or before; `commit` brought it into the base."""

    path: str
    commit: str
    submitted: Submitted


@dataclass(frozen=True, kw_only=True)
class Merged:
    """What a merge came to. Files that were refused are not submitted; the others are."""

    base: str
    head: str
    files: tuple[MergedFile, ...]
    refusals: tuple[Refusal, ...]
    notes: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """0 all was submitted or had been, 1 something was refused."""
        return 1 if self.refusals else 0


def merge(  # noqa: PLR0913  (what a merge is asked; all but the first two are by name)
    workspace: Workspace,
    base: str,
    *,
    head: str = "HEAD",
    checked: Path | None = None,
    fail_on: str | None = None,
    say: Say = silent,
) -> Merged:
    """Submits the contributions that came in between two commits of the base. The order of the steps matters.

    `checked` is the JSON document of the gate's run, `fail_on` takes the place of what the cards say. Raises
    `UsageError` where the commits do not follow each other or the folder holds other cards or rules than the commit,
    and as `gate` and `Workspace.submit` do.
    """
    repository = Repository(workspace.root)
    check = None if checked is None else read_check(checked)
    # 1. What came in; the folder must hold the cards and rules that came in, and no others.
    before, after = repository.commit(base), repository.commit(head)
    if not repository.is_part(before, after):
        raise UsageError(f"{before[:12]} is no ancestor of {after[:12]}: the base as it was before the merge is wanted")
    require_clean(workspace.root, repository, repository.inside(repository.tree(after)))
    with opened_base(repository, before, repository.folder / CACHE_FOLDER, say, workspace.encoder) as opened:
        changes = changed(repository, opened, after, after)
        # 2. Only what the gate would let pass, and what is as it was checked.
        offered, refusals = _allowed(changes, opened, check)
        problems = {} if check is None else _not_as_checked(repository, offered, check, after)
        known = {one.path for one in offered if _is_submitted(workspace, repository, one)}
        again = _judged_again(repository, opened, offered, {*problems, *known}, check, fail_on)
    problems |= again.refusals
    refusals += [problems[one.path] for one in offered if one.path in problems]
    # 3. Submitted in the order in which it came in.
    done = [*_submitted(workspace, repository, [one for one in offered if one.path not in problems], before, after)]
    files = [one for one in done if isinstance(one, MergedFile)]
    refusals += [one for one in done if isinstance(one, Refusal)]
    notes = [*_notes(changes, check, fail_on), *again.notes]
    if check is not None:
        notes += check.notes(repository, before, after, frozenset(one.path for one in changes.offered))
    if not files and not refusals:
        notes.append("no contribution came in between the two commits")
    return Merged(
        base=before, head=after, files=tuple(files), refusals=tuple(refusals), notes=tuple(dict.fromkeys(notes))
    )


def _allowed(changes: Changes, base: Base, check: EarlierCheck | None) -> tuple[list[Offered], list[Refusal]]:
    """What came in and may be submitted if it is worth it, and what may not."""
    may = allowed(changes, base, None)
    # What decides is not submitted: whoever may write to the base has decided about it by merging.
    refusals = [one for one in may.refusals if one.code != "owner-only"]
    if check is None or check.author is None:
        return [*may.offered], refusals
    theirs = allowed(
        Changes(offered=tuple(one for one in may.offered if one.path in check.by_path)), base, check.author
    )
    foreign = {one.path for one in theirs.refusals}
    return [one for one in may.offered if one.path not in foreign], [*refusals, *theirs.refusals]


def _not_as_checked(
    repository: Repository, offered: Sequence[Offered], check: EarlierCheck, after: str
) -> dict[str, Refusal]:
    is_ours = repository.is_part(check.base, after)
    found = {one.path: check.against(one, is_ours=is_ours) for one in offered}
    return {path: problem for path, problem in found.items() if problem is not None}


def _is_submitted(workspace: Workspace, repository: Repository, one: Offered) -> bool:
    data = digest(repository.blob(one.entry))
    return workspace.state().contribution(one.datanet, one.contributor, data) is not None


@dataclass(frozen=True, kw_only=True)
class _Again:
    """What judging what came in says now: by path why some may not be submitted, and what has to be told."""

    refusals: Mapping[str, Refusal]
    notes: tuple[str, ...] = ()


def _judged_again(  # noqa: PLR0913, PLR0917  (one step of the procedure above, which has all of this at hand)
    repository: Repository,
    base: Base,
    offered: Sequence[Offered],
    settled: AbstractSet[str],
    check: EarlierCheck | None,
    fail_on: str | None,
) -> _Again:
    """As the gate judges a branch that brings these files; nothing where all paths are `settled` without it.

    Those that are settled are judged as well, since the others may be copies of them, but nothing is said of them.
    """
    if all(one.path in settled for one in offered):
        return _Again(refusals={})
    refusals: dict[str, Refusal] = {}

    def refuse(problem: Refusal) -> None:
        at = next(one for one in offered if one.path == problem.path)
        for one in offered:
            if one.path not in settled and _concerns(problem, at, one):
                refusals.setdefault(one.path, replace(problem, path=one.path))

    for problem in too_many_files(offered, base):
        refuse(problem)
    found = judge_offered(repository, base, [one for one in offered if one.path not in refusals], fail_on)
    for problem in found.refusals:
        refuse(problem)
    for file in found.files:
        if check is not None and file.path not in settled and (moved := check.against_ground(file)) is not None:
            refuse(moved)
        if file.reasons:
            refuse(refused("not-passed", file.path, "; ".join(file.reasons)))
    return _Again(refusals=refusals, notes=found.notes)


def _concerns(problem: Refusal, at: Offered, one: Offered) -> bool:
    """Whether a refusal that names one file is about another one too: a limit is, since no file alone breaks it."""
    if problem.code in {"too-many-files", "too-many-records"}:
        return one.datanet == at.datanet
    if problem.code == "too-fast":
        return (one.datanet, one.contributor) == (at.datanet, at.contributor)
    return one.path == at.path


def _submitted(
    workspace: Workspace, repository: Repository, offered: Sequence[Offered], before: str, after: str
) -> Iterator[MergedFile | Refusal]:
    """Submits files one after the other, in the order in which they came in."""
    landings = repository.landings(after, since=before)
    # What came in along no first parent (a merge the wrong way round) counts as brought by the last commit.
    late = Landing(place=len(landings), commit=after, time=0)
    for one in sorted(offered, key=lambda one: landings.get(one.path, late).place):
        yield _one_submitted(workspace, repository, one, landings.get(one.path, late))


def _one_submitted(
    workspace: Workspace, repository: Repository, one: Offered, landing: Landing
) -> MergedFile | Refusal:
    if not (workspace.root / "datanets" / one.datanet / CARD_FILE).is_file():
        return refused("unknown-datanet", one.path, f"there is no datanet {one.datanet!r}")
    limit = workspace.datanet(one.datanet).gate.file_bytes_max
    if one.entry.size > limit:
        return refused("too-large", one.path, f"{one.entry.size} bytes were seen, at most {limit} are wanted")
    with TemporaryDirectory(prefix="curate-merge-") as folder:
        # The name is one part of a path and says what kind of file it is.
        path = Path(folder) / one.file_name
        path.write_bytes(repository.blob(one.entry))
        try:
            submitted = workspace.submit(path, one.datanet, one.contributor, commit=landing.commit)
        except FileRefused as error:
            return refused("unreadable-file", one.path, str(error))
    return MergedFile(path=one.path, commit=landing.commit, submitted=submitted)


def _notes(changes: Changes, check: EarlierCheck | None, fail_on: str | None) -> Iterator[str]:
    if fail_on is not None:
        yield f"--fail-on {fail_on} took the place of what the cards say"
    if check is None:
        yield "no --checked: what came in was judged here, and not compared with an earlier check"
    if changes.deciding:
        more = len(changes.deciding) - _NAMED_MAX
        named = ", ".join(shown(path, 80) for path in changes.deciding[:_NAMED_MAX])
        told = f"{named}{f' and {more} more' if more > 0 else ''}"
        yield f"{told} came in as well: what passes is decided by the base before, weights by what is there now"
