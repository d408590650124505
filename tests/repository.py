"""Real Git repositories for the gate: made by git itself, with fixed names and dates, so that ids repeat."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from curation.gate.authority import Allowed, allowed
from curation.gate.base import opened_base
from curation.gate.gating import Asked, changed, gate
from curation.gate.git import Repository
from curation.gate.result import GateResult
from curation.opened import silent
from tests import small
from tests.one_encoder import spoken_for

FOLDER = "datanets/faq/contributions"

# Nothing of whoever runs the tests: no configuration, no identity, no clock.
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "test",
    "GIT_AUTHOR_EMAIL": "test@example.org",
    "GIT_COMMITTER_NAME": "test",
    "GIT_COMMITTER_EMAIL": "test@example.org",
    "GIT_AUTHOR_DATE": "2026-11-01T12:00:00Z",
    "GIT_COMMITTER_DATE": "2026-11-01T12:00:00Z",
}


def set_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same for what runs git in this process."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    for name, value in ENVIRONMENT.items():
        if name.startswith("GIT_"):
            monkeypatch.setenv(name, value)


PEOPLE = """\
schema: curation.contributor-map/1
contributors:
  - {name: owner, accounts: [olga]}
  - {name: ann, accounts: [ann-k], keys: ["SHA256:annskey"]}
  - {name: bob, accounts: [Bob-B, bob-at-work]}
  - {name: reserved}
maintainers: [marta]
"""


def lines_of(rows: Iterable[object]) -> str:
    """JSON lines; a text stands as it is."""
    return "".join((row if isinstance(row, str) else json.dumps(row, ensure_ascii=False)) + "\n" for row in rows)


@dataclass(frozen=True)
class Repo:
    """A repository with one workspace at its top."""

    root: Path

    def git(self, *arguments: str, **environment: str) -> str:
        done = subprocess.run(
            ["git", *arguments],  # noqa: S607  (git is where it is)
            cwd=self.root,
            env={**ENVIRONMENT, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def write(self, path: str, content: str | bytes) -> Path:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)
        return target

    def commit(
        self, files: Mapping[str, str | bytes] | None = None, message: str = "change", **environment: str
    ) -> str:
        for path, content in (files or {}).items():
            self.write(path, content)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message, **environment)
        return self.git("rev-parse", "HEAD")

    def branch(self, name: str = "work", at: str = "main") -> None:
        self.git("checkout", "--quiet", "-B", name, at)

    def may(self, author: str | None) -> Allowed:
        """What the author may bring, without judging any of it."""
        repository, head = Repository(self.root), self.git("rev-parse", "HEAD")
        with opened_base(repository, repository.commit("main"), self.root.parent / "cache", silent) as base:
            return allowed(changed(repository, base, head, head), base, author)

    def gate(self, **asked: Any) -> GateResult:
        cache = (self.root / ".git" / "curation" / "encoder").resolve()
        lent = partial(spoken_for, exported=cache) if cache.is_dir() else None
        return gate(self.root, Asked(**{"base": "main", **asked}), lent=lent)


def codes(result: GateResult) -> list[str]:
    """The codes of what was refused, sorted."""
    return sorted(one.code for one in result.refusals)


def checks(result: GateResult, path: str) -> dict[int, set[str]]:
    """What was found in a file that moves anything, by line."""
    found: dict[int, set[str]] = {}
    for one in result.remarks:
        if one.path == path and one.severity.value != "info":
            found.setdefault(one.line, set()).add(one.check)
    return found


def new_repo(root: Path, encoder_cache: Path) -> Repo:
    """An empty repository whose gate shares the exported encoder."""
    root.mkdir(parents=True)
    repo = Repo(root)
    repo.git("init", "--quiet", "--initial-branch", "main")
    (root / ".git" / "curation").mkdir()
    (root / ".git" / "curation" / "encoder").symlink_to(encoder_cache, target_is_directory=True)
    return repo


def faq_repo(root: Path, encoder_cache: Path) -> Repo:
    """Sixty trusted questions without rules, three contributors, one merged file of three questions by ann."""
    repo = new_repo(root, encoder_cache)
    repo.commit(
        {
            "datanets/faq/datanet.yaml": small.FAQ,
            "datanets/faq/trusted/trusted.jsonl": lines_of(small.trusted()),
            "contributors.yaml": PEOPLE,
            ".gitignore": ".curation/\n",
            "README.md": "A datanet.\n",
        }
    )
    repo.commit({f"{FOLDER}/ann/merged.jsonl": lines_of(small.honest(3))})
    return repo


def copied(repo: Repo, to: Path) -> Repo:
    """A copy to work in, with what the gate has cached."""
    return Repo(shutil.copytree(repo.root, to, symlinks=True))


def honest(first: int, count: int) -> list[small.Row]:
    """Questions that nobody has given yet: the first three are merged."""
    return small.honest(first + count)[first:]
