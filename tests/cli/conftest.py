"""The command line run in this process, through the same door as from a shell: arguments in, streams and code out."""

import io
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from curation.cli.main import main
from tests import small
from tests.cli.running import Curate, Ran


@pytest.fixture
def curate(monkeypatch: pytest.MonkeyPatch) -> Curate:
    def run(*arguments: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["curate", *map(str, arguments)])
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as left:
            main()
        assert isinstance(left.value.code, int)
        return Ran(left.value.code, out.getvalue(), err.getvalue())

    return run


@pytest.fixture
def root(
    tmp_path_factory: pytest.TempPathFactory, encoder_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A copy of the small imported workspace, which is also the current folder."""
    copied = small.copy_of(small.imported(tmp_path_factory, encoder_cache), tmp_path / "ws")
    monkeypatch.chdir(copied)
    return copied
