"""`curate merge`: submits what a branch brought, once it is part of the base, as the gate checked it.

The bytes come from the commit and not from the folder, so what lies about there decides nothing. The same again changes
nothing: a contribution is its bytes and its contributor.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from curation.datanet.card import CARD_FILE
from curation.datanet.shown import shown
from curation.errors import FileRefused, UsageError
from curation.gate.changes import Offered, Tree, changes_of
from curation.gate.git import Landing, Repository
from curation.gate.refusals import Refusal, refused
from curation.gate.result import CARD, Answer
from curation.gate.watched import Watched
from curation.ledger.facts import first_problem
from curation.workspace import Submitted, Workspace

CHECKED_BYTES_MAX = 500_000_000


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


def merge(workspace: Workspace, base: str, *, head: str = "HEAD", checked: Path | None = None) -> Merged:
    """Submits the contributions that came in between two commits of the base. The order of the steps matters.

    `checked` is the JSON document of the gate's run. Raises `UsageError` where the commits do not follow each other or
    the folder holds other cards or rules than the commit, and as `Workspace.submit` does.
    """
    repository = Repository(workspace.root)
    # 1. What came in, and when.
    before, after = repository.commit(base), repository.commit(head)
    if before not in repository.merge_bases(before, after):
        raise UsageError(f"{before[:12]} is no ancestor of {after[:12]}: the base as it was before the merge is wanted")
    old, new = repository.tree(before), repository.tree(after)
    landings = repository.landings(after, since=before)
    watched = Watched(prefix=repository.prefix)
    changes = changes_of(old, [old], new, repository.last_changes(after, since=before), watched)
    _require_clean(workspace, repository, repository.inside(new))
    # 2. Only what is as it was checked.
    document = None if checked is None else _document(checked)
    offered, refusals = _as_checked(changes.offered, document)
    refusals = [*changes.refusals, *refusals]
    # 3. Submitted in the order in which it came in.
    files: list[MergedFile] = []
    # What came in along no first parent (a merge the wrong way round) counts as brought by the last commit.
    late = Landing(place=len(landings), commit=after, time=0)
    for one in sorted(offered, key=lambda one: landings.get(one.path, late).place):
        done = _submitted(workspace, repository, one, landings.get(one.path, late))
        if isinstance(done, Refusal):
            refusals.append(done)
        else:
            files.append(done)
    notes = _notes(document)
    if not files and not refusals:
        notes.append("no contribution came in between the two commits")
    return Merged(base=before, head=after, files=tuple(files), refusals=tuple(refusals), notes=tuple(notes))


def _submitted(workspace: Workspace, repository: Repository, one: Offered, landing: Landing) -> MergedFile | Refusal:
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


def _notes(document: "_Document | None") -> list[str]:
    if document is None:
        return ["nothing was said of what the gate checked; the files are as they came in"]
    if document.fail_on != CARD:
        return [f"the gate's answer is by --fail-on {shown(document.fail_on, 40)} and not by what the cards say"]
    return []


def _as_checked(offered: Sequence[Offered], document: "_Document | None") -> tuple[list[Offered], list[Refusal]]:
    if document is None:
        return list(offered), []
    if document.answer != Answer.PASS.value:
        said = f"the gate's answer was {document.answer!r}, 'pass' wanted"
        return [], [refused("not-passed", one.path, said) for one in offered]
    checked = {one.path: one.blob for one in document.files}
    refusals = []
    kept = []
    for one in offered:
        if one.path not in checked:
            refusals.append(refused("not-as-checked", one.path, "the gate did not check this file"))
        elif checked[one.path] != one.entry.oid:
            refusals.append(refused("not-as-checked", one.path, "the file changed between check and merge"))
        else:
            kept.append(one)
    return kept, refusals


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    path: str
    blob: Annotated[str, StringConstraints(pattern="^[0-9a-f]{40}([0-9a-f]{24})?$")]


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    schema_: Annotated[str, StringConstraints(pattern=r"^curation\.gate/1$")]
    answer: Literal["pass", "fail", "nothing"]
    fail_on: str
    files: list[_File]


def _document(path: Path) -> _Document:
    """The document of a gate run. It may come from anywhere, and can only make more be refused."""
    said = shown(path.name)
    try:
        if path.stat().st_size > CHECKED_BYTES_MAX:
            raise UsageError(f"{said!r}: at most {CHECKED_BYTES_MAX} bytes wanted")
        told = json.loads(path.read_bytes())
    except OSError as error:
        raise UsageError(f"{said!r} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise UsageError(f"{said!r} is no JSON: the document of `curate gate --output json=…` wanted") from None
    try:
        return _Document.model_validate({**told, "schema_": told.get("schema")} if isinstance(told, dict) else told)
    except ValidationError as error:
        raise UsageError(f"{said!r}: {first_problem(error)}") from None


def _require_clean(workspace: Workspace, repository: Repository, tree: Tree) -> None:
    """Cards and rules in the folder must be those of the commit: they judge what is submitted."""
    for path in _deciding(tree):
        there = workspace.root / path
        if not there.is_file() or there.read_bytes() != repository.blob(tree[path]):
            raise UsageError(f"{shown(path)} in the folder is not that of the commit: commit or restore it first")


def _deciding(tree: Tree) -> Iterator[str]:
    for path in tree:
        parts = path.split("/")
        is_card = len(parts) == 3 and parts[0] == "datanets" and parts[2] == CARD_FILE
        if is_card or (len(parts) == 2 and parts[0] == "rules"):
            yield path
