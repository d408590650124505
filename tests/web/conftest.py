"""One server a module, over a copy of the small workspace with two people's contributions in it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import small
from tests.web import chromium
from tests.web.serving import Served, serving, with_contributions

_MADE: list[Path] = []


@pytest.fixture(scope="session")
def contributed(tmp_path_factory: pytest.TempPathFactory, encoder_cache: Path) -> Path:
    """The small workspace with contributions, made once. Only for copying."""
    if not _MADE:
        imported = small.imported(tmp_path_factory, encoder_cache)
        _MADE.append(with_contributions(small.copy_of(imported, tmp_path_factory.mktemp("contributed") / "ws")))
    return _MADE[0]


@pytest.fixture(scope="module")
def server(contributed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server of this module's own."""
    with serving(small.copy_of(contributed, tmp_path_factory.mktemp("served") / "ws"), stream_seconds=0) as served:
        yield served


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A browser of this module's own."""
    with chromium.started() as browser:
        yield browser
