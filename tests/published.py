"""The played money as outsiders get it: workspace and export for reading, copies for forgers, the scripts that verify.

It is played once for all processes of a test run: that costs more than all that is tested with it.
"""

import importlib.util
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

from curation.workspace import Workspace
from tests import money_world
from tests.forging import Forgery
from tests.made_once import once

SCRIPTS = {name: Path(__file__).parents[1] / f"verify_{name}.py" for name in ("payouts", "decisions")}


def _script(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# Called in this process: a Python for every forgery would cost more than the forgery.
VERIFIERS = {name: _script(path) for name, path in SCRIPTS.items()}
verifier = VERIFIERS["payouts"]


def noticed(export: Path) -> set[str]:
    """Which of the scripts find that an export does not agree; raises `AssertionError` where one cannot use it."""
    codes = {name: script.main([str(export)]) for name, script in VERIFIERS.items()}
    assert set(codes.values()) <= {0, 1}
    return {name for name, code in codes.items() if code}


@dataclass(frozen=True, kw_only=True)
class Played:
    """What was played, and its export; both only for reading. `objects` are the files of the workspace by digest."""

    workspace: Workspace
    export: Path
    objects: dict[str, bytes]

    def forgery(self) -> Forgery:
        """It all in the hands of a forger."""
        return Forgery(self.workspace.places.journal.read_bytes(), self.objects)


def play(factory: pytest.TempPathFactory, encoder_cache: Path) -> Played:
    """Plays it, or finds it played."""

    def make(folder: Path) -> None:
        folder.mkdir()
        money_world.made(folder / "ws", encoder_cache).export_public(folder / "export")

    folder = once(factory, "played-money", make)
    workspace = Workspace(folder / "ws")
    objects = {name: workspace.objects.get(name) for name in workspace.objects.names()}
    return Played(workspace=workspace, export=folder / "export", objects=objects)
