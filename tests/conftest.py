"""The example datanets as workspaces: imported once a session, and not imported at all."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import settings

from curation.datanet.canonical import Value
from curation.datanet.card import EncoderChoice
from curation.evidence.encoder import Encoder, load_encoder
from curation.evidence.judging import Asked, JudgeBeside
from curation.evidence.rule_packs import Rule
from curation.workspace import Workspace
from tests import advice, one_encoder, published, small
from tests.longest_first import sort_by_length
from tests.made_once import copied, shared_by_all

# How long an example takes is no test: machines are shared.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

ROOT = Path(__file__).parents[1]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    sort_by_length(items)


@pytest.fixture(scope="session")
def encoder_cache(pytestconfig: pytest.Config) -> Path:
    """The exported encoder, kept by pytest between sessions: 10 s and 90 MB; its digest is checked before each use."""
    assert pytestconfig.cache is not None
    return pytestconfig.cache.mkdir("encoder")


@pytest.fixture(scope="session", autouse=True)
def _one_encoder(tmp_path_factory: pytest.TempPathFactory, encoder_cache: Path) -> Iterator[None]:
    """What would read the exported encoder from the folder above gets the one that remembers."""
    one_encoder.keep_in(shared_by_all(tmp_path_factory) / "said-by-the-encoder")

    def load(choice: EncoderChoice, *, workspace: Path, cache: Path) -> Encoder:
        if choice.path is not None or cache.resolve() != encoder_cache.resolve():
            return load_encoder(choice, workspace=workspace, cache=cache)
        return one_encoder.spoken_for(choice, encoder_cache)

    with pytest.MonkeyPatch.context() as patch:
        for door in ("curation.opened.load_encoder", "curation.gate.base.load_encoder"):
            patch.setattr(door, load)
        yield


class _KeptJudge(JudgeBeside):
    """The real judge in its process, which can be asked again."""

    asked: Asked | None = None

    def ask(self, rules: Sequence[Rule], columns: Mapping[str, Sequence[Value]], rows: int) -> Asked:
        self.asked = super().ask(rules, columns, rows)
        return self.asked

    @property
    def is_free(self) -> bool:
        return self._child.poll() is None and (self.asked is None or not self.asked.is_open)


@pytest.fixture(scope="session", autouse=True)
def _one_judge() -> Iterator[None]:
    """The rule engine's process for files that are judged alone, started once and not for each: 1.5 s each time."""
    kept: list[_KeptJudge] = []

    def judge() -> _KeptJudge:
        if not kept or not kept[0].is_free:
            kept[:] = [_KeptJudge()]
        return kept[0]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("curation.setting.JudgeBeside", judge)
        yield
    kept.clear()


def _laid_out(root: Path, encoder_cache: Path) -> Workspace:
    from curation.demo import prepare

    prepare(root)
    (root / ".curation").mkdir()
    (root / ".curation" / "cache").symlink_to(encoder_cache, target_is_directory=True)
    return Workspace(root)


@pytest.fixture(scope="session")
def unimported(tmp_path_factory: pytest.TempPathFactory, encoder_cache: Path) -> Workspace:
    """The example datanets as they lie in the repository: no reference, nothing earlier. Only for reading."""
    return _laid_out(tmp_path_factory.mktemp("unimported") / "ws", encoder_cache)


@pytest.fixture(scope="session")
def examples(tmp_path_factory: pytest.TempPathFactory, encoder_cache: Path) -> Workspace:
    """The example datanets with their trusted records imported, nothing else. Only for reading."""

    def make(root: Path) -> None:
        workspace = _laid_out(root, encoder_cache)
        for name in workspace.datanets():
            for file in sorted((workspace.root / "datanets" / name / "trusted").iterdir()):
                workspace.import_file(file, name)

    return Workspace(copied(tmp_path_factory, "examples", make))


@pytest.fixture(scope="session")
def house_advice(tmp_path_factory: pytest.TempPathFactory, encoder_cache: Path) -> Workspace:
    """A datanet of prompts and responses, imported. Only for reading."""
    return Workspace(copied(tmp_path_factory, "advice", lambda root: advice.imported(root, encoder_cache)))


@pytest.fixture
def examples_copy(examples: Workspace, tmp_path: Path) -> Path:
    """A copy of the imported examples to write into; the encoder stays shared."""
    return shutil.copytree(examples.root, tmp_path / "playground", symlinks=True)


@pytest.fixture
def root(tmp_path_factory: pytest.TempPathFactory, encoder_cache: Path, tmp_path: Path) -> Path:
    return small.copy_of(small.imported(tmp_path_factory, encoder_cache), tmp_path / "ws")


@pytest.fixture
def workspace(root: Path) -> Workspace:
    return Workspace(root)


@pytest.fixture(scope="session")
def played_money(tmp_path_factory: pytest.TempPathFactory, encoder_cache: Path) -> published.Played:
    """A workspace in which all that moves money happened, and its export. Only for reading."""
    return published.play(tmp_path_factory, encoder_cache)
