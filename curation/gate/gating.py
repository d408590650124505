"""`curate gate` as a procedure: what a branch would bring, judged by what stands in the base. Writes only its cache."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from curation.datanet.shown import shown
from curation.errors import FileRefused, UsageError
from curation.gate.authority import allowed
from curation.gate.base import Base, Judging, Lend, opened_base
from curation.gate.changes import Changes, Offered, Tree, changes_of
from curation.gate.git import Repository
from curation.gate.history import History, shelved
from curation.gate.moved import moved_paths
from curation.gate.policy import FAIL_ON, held_against, tolerated_in, too_fast, too_many_files, too_many_records
from curation.gate.published import PUBLISHED
from curation.gate.reading import read_blob
from curation.gate.refusals import Refusal, refused
from curation.gate.result import CARD, Change, GateResult, JudgedFile, Standings
from curation.gate.watched import Watched
from curation.ground import evidence_on
from curation.opened import Say, judged, silent
from curation.quality import MICRO
from curation.rewards.preview import preview
from curation.verdict import Verdict

CACHE_FOLDER = "curation"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the gate is asked. `author` is what the platform says of who opened the pull request; None: nobody said.

    `staged` judges what a commit would now have instead of `head`. `fail_on` None takes what the cards say.
    """

    base: str
    head: str = "HEAD"
    author: str | None = None
    staged: bool = False
    fail_on: str | None = None
    allow_empty: bool = False


@dataclass(frozen=True, kw_only=True)
class Found:
    """What judging some files came to; `notes` are what a reader must know, `changes` what merging them would do."""

    files: tuple[JudgedFile, ...]
    refusals: tuple[Refusal, ...]
    notes: tuple[str, ...]
    changes: tuple[Change, ...]


def gate(
    root: Path, asked: Asked, *, cache: Path | None = None, say: Say = silent, lent: Lend | None = None
) -> GateResult:
    """Judges a branch. The order of the steps matters: nothing is read before it is known that it may be read.

    `lent` gives the default encoder to whoever judges many branches in one process.
    Raises `UsageError` or `CardError` where the base cannot be judged by, `EngineFailed` where a part broke: then there
    is no result, and nothing that could be taken for a pass.
    """
    if asked.fail_on is not None and asked.fail_on not in FAIL_ON:
        raise UsageError(f"--fail-on {shown(asked.fail_on, 40)!r}: one of {', '.join(FAIL_ON)} wanted")
    if asked.author is not None and not asked.author.strip():
        raise UsageError("--author is empty: name who opened the pull request, or leave it out")
    repository = Repository(root)
    # 1. What would be merged into what.
    tip, at = repository.commit(asked.base), repository.commit(asked.head)
    head = repository.staged() if asked.staged else at
    with opened_base(repository, tip, cache or repository.folder / CACHE_FOLDER, say, lent) as base:
        # 2. What the branch changes, and whether its author may.
        changes = changed(repository, base, at, head)
        _require_apart(cache, repository.top, repository.tree(head))
        may = allowed(changes, base, asked.author)
        refusals = [*may.refusals, *too_many_files(may.offered, base)]
        # 3. The files, each judged by the base and by the branch's files before it.
        offered = () if len(refusals) > len(may.refusals) else may.offered
        found = judge_offered(repository, base, offered, asked.fail_on)
        refusals += found.refusals
        notes = [*may.notes, *_staleness(repository, base, at), *found.notes]
        if asked.fail_on is not None:
            notes.insert(0, f"--fail-on {asked.fail_on} took the place of what the cards say")
    return GateResult(
        base=tip,
        head=head,
        author=asked.author,
        fail_on=asked.fail_on or CARD,
        files=found.files,
        refusals=tuple(refusals),
        reasons=tuple(_reasons(found.files, refusals)),
        notes=tuple(dict.fromkeys(notes)),
        changes=found.changes,
        others=changes.others,
        allow_empty=asked.allow_empty,
        workspace=repository.prefix.removesuffix("/"),
    )


def _require_apart(cache: Path | None, top: Path, tree: Tree) -> None:
    """What the gate cached is believed, so no branch may hold it; raises `UsageError`."""
    if cache is None or not cache.resolve().is_relative_to(top.resolve()):
        return
    place = cache.resolve().relative_to(top.resolve()).as_posix()
    if any(f"{path}/".startswith(f"{place}/") for path in tree):
        raise UsageError(f"--cache {shown(place, 80)!r} is part of the branch: a folder that no branch holds wanted")


def changed(repository: Repository, base: Base, at: str, head: str) -> Changes:
    """What a branch changes: `at` is its last commit, `head` that commit or the tree that is staged on it."""
    common = [repository.tree(one) for one in repository.merge_bases(base.commit, at)]
    encoders = [card.encoder.path for card in base.cards.values() if card.encoder.path is not None]
    folders = (*(PurePosixPath(path).as_posix() for path in encoders), *PUBLISHED)
    watched = Watched(prefix=repository.prefix, folders=folders)
    places = repository.last_changes(at, since=base.commit)
    tree = repository.tree(head)
    found = changes_of(base.whole, common, tree, places, watched)
    told = {one.path for one in found.refusals}
    moved = [one for one in moved_paths(base.whole, common, tree) if one.path not in told]
    return replace(found, refusals=(*found.refusals, *moved))


def judge_offered(repository: Repository, base: Base, offered: Sequence[Offered], fail_on: str | None) -> Found:
    """Judges files in their order, each by the base and by the files before it. `fail_on` None: what the cards say."""
    files: list[JudgedFile] = []
    refusals: list[Refusal] = []
    notes: list[str] = []
    shifts: list[Change] = []
    for name in sorted({one.datanet for one in offered}):
        own = [one for one in offered if one.datanet == name]
        judging = base.judging(name, files=len(own))
        notes += _standing_notes(judging)
        found, history = _judged(repository, judging, own, base, fail_on, refusals)
        refusals += too_fast(judging, found, base)
        files += found
        shifts.append(Change(datanet=name, before=_standings(judging.history), after=_standings(history)))
    notes += base.notes
    return Found(files=tuple(files), refusals=tuple(refusals), notes=tuple(notes), changes=tuple(shifts))


def _judged(  # noqa: PLR0913, PLR0917  (one step of the procedure above, which has all of this at hand)
    repository: Repository,
    judging: Judging,
    own: list[Offered],
    base: Base,
    fail_on: str | None,
    refusals: list[Refusal],
) -> tuple[list[JudgedFile], History]:
    history, seen = judging.history, 0
    datanet = judging.setting.datanet
    files: list[JudgedFile] = []
    for one in own:
        try:
            contribution = read_blob(repository, one.entry, one.file_name, datanet, one.contributor)
        except FileRefused as error:
            refusals.append(refused("unreadable-file", one.path, str(error)))
            continue
        seen += len(contribution.rows)
        if (problem := too_many_records(one, seen, datanet)) is not None:
            # Reading is cheap and judging is not: nobody is made to judge what will not be let in.
            refusals.append(problem)
            break
        ground = judging.ground(history)
        checked = judged(ground, contribution, evidence_on(ground, contribution))
        history = history.grown(shelved(checked))
        checked = replace(
            checked, earnings=preview(base.paid, datanet.name, checked.inspection.rows, datanet.policy.weight_ramp)
        )
        tolerated = tolerated_in(checked, base.tolerated)
        held = held_against(checked, tolerated, fail_on or datanet.gate.fail_on)
        files.append(
            JudgedFile(
                path=one.path,
                blob=one.entry.oid,
                checked=checked,
                reasons=held.reasons,
                failing=held.rows,
                tolerated=tolerated,
            )
        )
    return files, history


def _reasons(files: Sequence[JudgedFile], refusals: Sequence[Refusal]) -> Iterator[str]:
    for refusal in refusals:
        yield f"{shown(refusal.path)}: {refusal.code}: {refusal.message}"
    for one in files:
        for reason in one.reasons:
            yield f"{shown(one.path)}: {reason}"


def _staleness(repository: Repository, base: Base, at: str) -> Iterator[str]:
    if base.commit not in repository.merge_bases(base.commit, at):
        yield "the base has moved on since this branch left it; it is judged by the base as it is now"
    if repository.is_shallow:
        yield "this clone is shallow: the order of merged files is not wholly known, their names decide for the rest"


def _standing_notes(judging: Judging) -> Iterator[str]:
    name, policy = judging.setting.datanet.name, judging.setting.datanet.policy
    if judging.reference is None:
        yield f"{name} has no trusted records in the base: files are judged against themselves and stay unchecked"
    elif len(judging.reference) < policy.reference_min:
        seen = f"{len(judging.reference)} trusted records in the base, {policy.reference_min} wanted"
        yield f"{name} has {seen}: files are judged against themselves and stay unchecked"
    if empty := judging.without_records():
        told = f"{name} has merged files without a record that can be read, {len(empty)} of {len(judging.merged)}"
        yield f"{told}: copies of what they hold are not found; {shown(empty[0].path)} is the first"


def _standings(history: History) -> Standings:
    found = history.past().standings
    weights = [one.weight / MICRO for one in found if one.weight is not None]
    return Standings(
        records=len(found),
        accepted=sum(one.verdict is Verdict.ACCEPT for one in found),
        weight_mean=sum(weights) / len(weights) if weights else None,
    )
