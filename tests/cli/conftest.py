"""The command line run in this process, through the same door as from a shell: arguments in, streams and code out."""

from pathlib import Path

import pytest

from tests import small
from tests.cli.running import Curate, run_here


@pytest.fixture
def curate() -> Curate:
    return run_here


@pytest.fixture
def root(
    tmp_path_factory: pytest.TempPathFactory, encoder_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A copy of the small imported workspace, which is also the current folder."""
    copied = small.copy_of(small.imported(tmp_path_factory, encoder_cache), tmp_path / "ws")
    monkeypatch.chdir(copied)
    return copied
