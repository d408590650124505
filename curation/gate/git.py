"""Git, read as a process with a fixed argument list: trees, blobs and histories. Nothing of a branch is ever run.

Only objects are read (`cat-file`, `ls-tree`, `log` over trees): no checkout, so no filter, hook, text conversion,
external diff, file-system monitor or submodule of a repository has anything to do. Names travel as bytes between NULs.
"""

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from curation.datanet.shown import shown
from curation.errors import EngineFailed, UsageError

REGULAR: Final = "100644"
PROGRAM: Final = "100755"
SYMLINK: Final = "120000"
SUBMODULE: Final = "160000"

# What git itself could be told to run or fetch, switched off; a branch cannot set any of it, but nothing needs it.
_GIT: Final = (
    "git",
    "--no-pager",
    "--no-replace-objects",
    "--no-optional-locks",
    "--literal-pathspecs",
    *(
        part
        for setting in (
            "core.fsmonitor=false",
            "core.hooksPath=/dev/null",
            "core.quotePath=false",
            "core.useReplaceRefs=false",
            "log.showSignature=false",
            "log.follow=false",
            "log.showRoot=true",
            "log.mailmap=false",
            "diff.renames=false",
            "diff.ignoreSubmodules=none",
            "color.ui=false",
            "protocol.allow=never",
            "safe.bareRepository=explicit",
        )
        for part in ("-c", setting)
    ),
)
_LOG: Final = ("-z", "--name-only", "--no-renames", "--no-ext-diff", "--no-textconv", "--no-notes", "--reverse")
_HEADER: Final = re.compile(r"\x01([0-9a-f]{40,64}) ([0-9]+)(?:\n(.*))?", re.DOTALL)
_COMMIT: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
# What can follow a name in a revision (gitrevisions(7)), where a name may stand for short, and what an id is for short.
_NAME_END: Final = re.compile(r"[~^:]|@\{")
_PLACES: Final = ("refs/{}", "refs/tags/{}", "refs/heads/{}", "refs/remotes/{}", "refs/remotes/{}/HEAD")
_SHORT_ID: Final = re.compile(r"[0-9a-fA-F]{4,39}")
_FATAL: Final = 128
_SECONDS_MAX: Final = 600


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One path of a tree: its mode, the id of its object and, of a blob, its size in bytes (-1 of anything else)."""

    mode: str
    oid: str
    size: int


@dataclass(frozen=True, kw_only=True)
class Landing:
    """When a path came into the base: the place of the commit on its first-parent line, its id, its time (epoch)."""

    place: int
    commit: str
    time: int


class Repository:
    """The Git repository that a workspace lies in. All paths are from its top, `/` between their parts.

    `prefix` is the workspace's own folder in it, with a `/` at its end; empty where that is the top. A path that is no
    text keeps its bytes as lone surrogates, as file names do everywhere in Python.
    """

    def __init__(self, root: Path) -> None:
        """`root` is a workspace's folder; raises `UsageError` when it lies in no repository, or a link leads to it."""
        self._top, self.prefix = _found(root)

    @cached_property
    def folder(self) -> Path:
        """The repository's own folder (`.git`), which no checkout of any branch writes into."""
        found = os.fsdecode(self._run("rev-parse", "--git-common-dir").removesuffix(b"\n"))
        return (self._top / found).resolve()

    @cached_property
    def is_shallow(self) -> bool:
        """Whether the clone has only the last part of its history."""
        return self._run("rev-parse", "--is-shallow-repository").strip() == b"true"

    def commit(self, revision: str) -> str:
        """The commit that a revision names; raises `UsageError` when there is none, or two have the name."""
        self._require_one(revision)
        found = self._asked("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        if found is None or not _COMMIT.fullmatch(found):
            hint = "; this clone is shallow, fetch the whole history" if self.is_shallow else ""
            raise UsageError(f"there is no commit {shown(revision, 80)!r} in this repository{hint}")
        return found

    def _require_one(self, revision: str) -> None:
        """Git takes a tag before a branch of the same name, and more people may push tags; so neither is taken."""
        name = _NAME_END.split(revision, maxsplit=1)[0]
        whole = name.startswith("refs/")
        # gitrevisions(7) has the places and their order.
        places = [name] if whole else [place.format(name) for place in _PLACES]
        told = self._run("for-each-ref", "--format=%(refname)", *places) if name else b""
        found = [ref for ref in os.fsdecode(told).split("\n") if ref in places]
        if whole and not found:
            # Else git would look for a tag that is called like that from the beginning on.
            raise UsageError(f"there is no commit {shown(revision, 80)!r} in this repository")
        if found and _SHORT_ID.fullmatch(name):
            found += self._run("rev-parse", f"--disambiguate={name}").decode().split()
        if len(found) > 1:
            several = ", ".join(shown(one) for one in found)
            raise UsageError(f"{shown(revision, 80)!r} names more than one thing: {several}; write one of these")

    def merge_bases(self, base: str, head: str) -> tuple[str, ...]:
        """The best common commits of two; raises `UsageError` when they have none."""
        found = (self._asked("merge-base", "--all", base, head) or "").split()
        if not found:
            hint = ": this clone is shallow, fetch the whole history" if self.is_shallow else ""
            raise UsageError(f"{base[:12]} and {head[:12]} have no commit in common{hint}")
        return tuple(sorted(found))

    def is_part(self, commit: str, tip: str) -> bool:
        """Whether a commit, by its whole id, is one that `tip` grew from, or `tip` itself; not if it is not there."""
        return self._done(("merge-base", "--is-ancestor", "--end-of-options", commit, tip)).returncode == 0

    def staged(self) -> str:
        """The tree that a commit would now have; raises `UsageError` while a merge is unfinished."""
        found = self._asked("write-tree", index=True)
        if found is None:
            raise UsageError("what is staged is no whole tree: finish the merge first")
        return found

    def tree(self, revision: str) -> dict[str, Entry]:
        """Everything at a commit or tree, by path; raises `UsageError` for one made by hand that has a path twice."""
        found: dict[str, Entry] = {}
        for line in self._run("ls-tree", "-r", "-z", "--long", "--full-tree", revision).split(b"\0")[:-1]:
            told, _, path = line.partition(b"\t")
            mode, _, name, size = told.split()
            entry = Entry(mode=mode.decode(), oid=name.decode(), size=int(size) if size.isdigit() else -1)
            if (name_of := os.fsdecode(path)) in found:
                # No git writes such a tree, and programs differ in which of the two they take.
                raise UsageError(f"{revision[:12]} holds {shown(name_of)!r} twice: no tree that can be judged")
            found[name_of] = entry
        return found

    def inside(self, tree: Mapping[str, Entry]) -> dict[str, Entry]:
        """What of a tree lies in the workspace's folder, by the path from there."""
        length = len(self.prefix)
        return {path[length:]: entry for path, entry in tree.items() if path.startswith(self.prefix)}

    def blob(self, entry: Entry) -> bytes:
        """The bytes of a blob, as they are stored: no filter is applied. The caller has looked at its size."""
        data = self._run("cat-file", "blob", entry.oid)
        if len(data) != entry.size:
            raise EngineFailed(f"git told {entry.size} bytes of blob {entry.oid[:12]} and gave {len(data)}")
        return data

    def landings(self, tip: str, since: str | None = None) -> dict[str, Landing]:
        """When each path under `datanets/` first came in along the first parents of `tip`, or of `since..tip`.

        A merge counts as one step that brings all its files: what a branch says of its own dates decides nothing.
        """
        found: dict[str, Landing] = {}
        steps = self._log(tip, since, "--first-parent", "--diff-merges=first-parent", "--diff-filter=AT")
        for place, (commit, time, paths) in enumerate(steps):
            for path in paths:
                found.setdefault(path, Landing(place=place, commit=commit, time=time))
        return found

    def last_changes(self, tip: str, since: str | None = None) -> dict[str, int]:
        """The place, in the order of the commits, of the last one that changed each path under `datanets/`.

        Of a merge only what differs from all its parents counts: what it made up itself.
        """
        steps = self._log(tip, since, "--topo-order", "--diff-merges=combined")
        return {path: place for place, (_, _, paths) in enumerate(steps) for path in paths}

    def time_of(self, commit: str) -> int:
        """When a commit was made, in seconds since the epoch."""
        return int(self._run("log", "--max-count=1", "--no-notes", "--format=%ct", commit).split()[0])

    def _log(self, tip: str, since: str | None, *options: str) -> list[tuple[str, int, list[str]]]:
        """Commits with the paths they touch, oldest first."""
        span = tip if since is None else f"{since}..{tip}"
        written = self._run(
            "log", *_LOG, *options, "--format=format:%x01%H %ct", span, "--", f"{self.prefix}datanets", at_top=True
        )
        steps: list[tuple[str, int, list[str]]] = []
        for token in os.fsdecode(written).split("\0"):
            # A path begins with that of the folder asked for, so none can pass for the head of a commit.
            head = _HEADER.fullmatch(token)
            if head is not None:
                steps.append((head[1], int(head[2]), []))
                path = head[3]
            else:
                path = token
            if path:
                steps[-1][2].append(path)
        return steps

    def _asked(self, *arguments: str, index: bool = False) -> str | None:
        """One word of answer, or None where git says no."""
        done = self._done(arguments, index=index)
        return done.stdout.decode("ascii", "replace").strip() or None if done.returncode == 0 else None

    def _run(self, *arguments: str, at_top: bool = False) -> bytes:
        done = self._done((("-C", str(self.top)) if at_top else ()) + arguments)
        if done.returncode == 0:
            return done.stdout
        said = shown(done.stderr.decode(errors="replace").strip().split("\n")[0], 200)
        if done.returncode == _FATAL and b"not a git repository" in done.stderr:
            raise UsageError("the gate is for datanets kept in Git, and this folder lies in no repository")
        raise UsageError(f"git could not be asked ({arguments[0]}): {said or 'it said nothing'}")

    @cached_property
    def top(self) -> Path:
        """The folder that paths are from."""
        return Path(os.fsdecode(self._run("rev-parse", "--show-toplevel").removesuffix(b"\n")))

    def _done(self, arguments: tuple[str, ...], *, index: bool = False) -> "subprocess.CompletedProcess[bytes]":
        try:
            return subprocess.run(  # noqa: S603  (fixed arguments; what is not, stands behind an end of options)
                [*_GIT, *arguments],
                cwd=self._top,
                env=_environment(index=index),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
                timeout=_SECONDS_MAX,
            )
        except FileNotFoundError:
            raise UsageError("git is not installed, and the gate reads datanets kept in Git") from None
        except subprocess.TimeoutExpired:
            raise EngineFailed(f"git did not answer within {_SECONDS_MAX} s") from None


def _found(root: Path) -> tuple[Path, str]:
    """The folder with the nearest `.git` upward, and the way from there to `root`, a `/` at its end.

    Looked for here and not by git, which takes any folder with HEAD, objects and refs in it for a repository: a branch
    can hold such a folder, but nothing named `.git`. Nor may it say by a link which workspace is judged.
    """
    for start in (root, root.resolve()):
        for top in (start, *start.parents):
            if not (top / ".git").exists():
                continue
            inner = start.relative_to(top)
            ways = [top.joinpath(*inner.parts[: count + 1]) for count in range(len(inner.parts))]
            if any(way.is_symlink() for way in ways):
                raise UsageError(f"{shown(str(inner))!r} is a link, or behind one: a folder of the repository wanted")
            return top, f"{inner}/" if inner.parts else ""
    raise UsageError("the gate is for datanets kept in Git, and this folder lies in no repository")


def _environment(*, index: bool) -> dict[str, str]:
    """What git is started with: in a hook it finds itself, and only there a hook's index is meant."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    kept |= {name: value for name, value in os.environ.items() if name.startswith("GIT_CONFIG")}
    if index and "GIT_INDEX_FILE" in os.environ:
        kept["GIT_INDEX_FILE"] = str(Path(os.environ["GIT_INDEX_FILE"]).absolute())
    # No protocol at all, whatever a configuration allows, and nothing fetched that is missing.
    return kept | {"GIT_ALLOW_PROTOCOL": "", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
