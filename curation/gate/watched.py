"""Which paths decide: what a gate reads of its workspace, and what runs the gate or says who reviews, at the top."""

from dataclasses import dataclass
from functools import cached_property

from curation.gate.alike import folded
from curation.opened import STATE_FOLDER

DATANETS = "datanets"
# What decides about contributions, or about who may decide, beside everything else in datanets/.
_DECIDING = ("rules", "contributors.yaml", "baseline.jsonl")
# What runs the gate or says who reviews, where hosts of Git look for it; written as folded paths are.
_MACHINERY = (
    ".github",
    ".gitlab",
    ".gitea",
    ".forgejo",
    ".bitbucket",
    ".gitlab-ci.yml",
    ".pre-commit-config.yaml",
    ".gitattributes",
    ".gitmodules",
    "action.yml",
    "action.yaml",
    ".pre-commit-hooks.yaml",
    "azure-pipelines.yml",
    ".circleci",
    "jenkinsfile",
    ".travis.yml",
    ".woodpecker.yml",
    ".woodpecker",
    ".drone.yml",
    ".buildkite",
    "codeowners",
    "docs/codeowners",
    "bitbucket-pipelines.yml",
    ".teamcity",
    ".cirrus.yml",
    "appveyor.yml",
    ".appveyor.yml",
    ".semaphore",
    "zuul.yaml",
    ".zuul.yaml",
    "zuul.d",
    ".zuul.d",
    ".tekton",
    ".build.yml",
    ".builds",
    # What merges by itself, and hooks that people share.
    ".mergify.yml",
    ".mergify",
    "bors.toml",
    ".husky",
    "lefthook.yml",
    ".lefthook.yml",
)


@dataclass(frozen=True, kw_only=True)
class Watched:
    """A workspace at `prefix` (its folder, a `/` at the end; empty at the top), and its further folders that decide.

    Paths are asked for from the top of the repository. What a file system takes for a path is that path.
    """

    prefix: str = ""
    folders: tuple[str, ...] = ()

    def inner(self, path: str) -> str | None:
        """The path from the workspace's folder, or None where it lies outside."""
        return path.removeprefix(self.prefix) if path.startswith(self.prefix) else None

    def is_state(self, path: str) -> bool:
        """Whether it is part of the workspace's state, which no repository holds."""
        return _within(folded(path), f"{self._folded}{STATE_FOLDER}")

    def decides(self, path: str) -> bool:
        """Whether it decides about contributions or runs what does."""
        plain = folded(path)
        return any(_within(plain, one) for one in self._deciding) or self._displaces(plain, path)

    def _displaces(self, plain: str, path: str) -> bool:
        """Whether it stands in the place of the workspace's folder, or of one above, or passes for that folder."""
        if not self.prefix:
            return False
        return _within(self._folded, plain) or (self.inner(path) is None and _within(plain, self._folded))

    @cached_property
    def _folded(self) -> str:
        return folded(self.prefix)

    @cached_property
    def _deciding(self) -> tuple[str, ...]:
        inner = (DATANETS, *_DECIDING, *_MACHINERY, *(folded(one) for one in self.folders))
        # In every folder on the way to the workspace, attributes may say what becomes of the files below.
        parts = self._folded.rstrip("/").split("/")
        above = ("/".join((*parts[:count], ".gitattributes")) for count in range(1, len(parts)))
        return (*_MACHINERY, *above, *(f"{self._folded}{one}" for one in inner))


def _within(path: str, folder: str) -> bool:
    return f"{path.rstrip('/')}/".startswith(f"{folder.strip('/')}/")
