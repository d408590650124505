"""What a command run by a test left behind, and what runs one."""

import io
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import Protocol

import pytest

from curation.cli.main import main


@dataclass(frozen=True)
class Ran:
    """Exit code and streams."""

    code: int
    out: str
    err: str


class Curate(Protocol):
    """`curate("check", file, …)` as from a shell; arguments are made text."""

    def __call__(self, *arguments: object) -> Ran: ...


def run_here(*arguments: object) -> Ran:
    """The command line in this process and the current folder."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "argv", ["curate", *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            main()
    assert isinstance(left.value.code, int)
    return Ran(left.value.code, out.getvalue(), err.getvalue())
