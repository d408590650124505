"""One small repository a session with its base judged, copied for each test that changes it."""

from pathlib import Path

import pytest

from tests.cli.conftest import curate
from tests.repository import FOLDER, Repo, copied, faq_repo, honest, lines_of

# The command line, run as the tests of the command line run it.
__all__ = ["curate", "faq_base", "repo"]


@pytest.fixture(scope="session")
def faq_base(tmp_path_factory: pytest.TempPathFactory, encoder_cache: Path) -> Repo:
    """The base as every branch begins; its state is cached. Only for copying."""
    repo = faq_repo(tmp_path_factory.mktemp("faq") / "repo", encoder_cache)
    repo.branch("warm")
    repo.commit({f"{FOLDER}/bob/warm.jsonl": lines_of(honest(3, 1))})
    repo.gate()
    repo.git("checkout", "--quiet", "main")
    repo.git("branch", "--quiet", "-D", "warm")
    return repo


@pytest.fixture
def repo(faq_base: Repo, tmp_path: Path) -> Repo:
    """A copy of the base, on a new branch."""
    here = copied(faq_base, tmp_path / "repo")
    here.branch()
    return here
