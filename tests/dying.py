"""Runs one verb in many processes, each of which kills itself at another point. Run by `test_interrupted.py`.

A point is a number, the how-manieth change to a file under `.curation/`, or the name of a function that has just
returned. The modules are imported once and the processes forked, which is why this is no part of the tests' process.

    python dying.py VERB TEMPLATE FILE FOLDER POINT…     leaves FOLDER/POINT; prints how many changes a whole run makes
"""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import faiss  # noqa: F401  (what a submit imports on its way; forks share it)
import safetensors.numpy  # noqa: F401  (likewise)

from curation.workspace import Workspace
from tests import money
from tests.small import copy_of

CHANGING = {"os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.truncate"}


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def on_change(state: Path, heard: Callable[[], None]) -> None:
    def hook(event: str, args: tuple[Any, ...]) -> None:
        if event == "open":
            path, _, flags = args
            changes = isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
        else:
            path, changes = args[0] if args else None, event in CHANGING
        if changes and isinstance(path, str | os.PathLike) and str(path).startswith(str(state)):
            heard()

    sys.addaudithook(hook)


def set_to_die(root: Path, point: str) -> None:
    if point.isdigit():
        left = [int(point)]

        def heard() -> None:
            left[0] -= 1
            if left[0] == 0:
                die()

        on_change(root / ".curation", heard)
        return

    def returned(frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        if event == "return" and f"{Path(code.co_filename).stem}.{code.co_name}" == point:
            die()

    sys.setprofile(returned)


def submit(root: Path, file: Path) -> None:
    Workspace(root).submit(file, "plots", "ann")


def infer(root: Path, file: Path) -> None:
    workspace = Workspace(root)
    workspace.infer(money.NAME, workspace.read_questions(file, money.NAME), money.FEE)


def settle(root: Path, _: Path) -> None:
    Workspace(root).settle()


VERBS: dict[str, Callable[[Path, Path], None]] = {"submit": submit, "infer": infer, "settle": settle}


def main(verb: str, template: Path, file: Path, folder: Path, points: list[str]) -> None:
    for point in points:
        root = copy_of(template, folder / point)
        child = os.fork()
        if child == 0:
            try:
                set_to_die(root, point)
                VERBS[verb](root, file)
            finally:
                os._exit(0)
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status), f"{point} lies outside a {verb}"
    count = [0]

    def heard() -> None:
        count[0] += 1

    root = copy_of(template, folder / "whole")
    on_change(root / ".curation", heard)
    VERBS[verb](root, file)
    print(count[0])  # noqa: T201  (this is its answer)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), Path(sys.argv[4]), sys.argv[5:])
