"""A snapshot tells what was true when it was taken, holds nobody up, and the file is lent when nobody reads it."""

import threading
from pathlib import Path

import pytest

from curation.errors import UsageError, WorkspaceBusy
from curation.hosting import Hosted
from curation.ledger.kept import Keeper, KeptStore
from curation.workspace import Workspace
from tests import small


@pytest.fixture
def hosted_root(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, encoder_cache: Path) -> Path:
    return small.copy_of(small.imported(tmp_path_factory, encoder_cache), tmp_path / "ws")


def test_what_happens_meanwhile_is_not_in_it(hosted_root: Path) -> None:
    with Hosted(hosted_root) as hosted:
        with hosted.snapshot() as (store, state):
            before = store.query("SELECT count(*) AS n FROM records")
            hosted.submit(small.write_jsonl(hosted_root / "ann.jsonl", small.plots(3, first=300)), "plots", "ann")
            assert store.query("SELECT count(*) AS n FROM records") == before
            assert store.position()[0] == state.seq < hosted.state().seq
            with pytest.raises(UsageError):
                store.query("DELETE FROM records")
            with pytest.raises(UsageError):
                store.query("SELECT * FROM read_csv('/etc/hostname')")
        with hosted.snapshot() as (store, state):
            assert store.query("SELECT count(*) AS n FROM records") == [{"n": before[0]["n"] + 3}]
            assert state.seq == hosted.state().seq


def test_the_file_is_let_go_of_when_the_last_reader_is_done(hosted_root: Path) -> None:
    hosted = Workspace(hosted_root)
    keeper = Keeper(lambda: _kept(hosted))
    done: list[str] = []

    def lend() -> None:
        keeper.let_go()
        done.append("let go")
        keeper.take_back()

    with keeper.snapshot() as store:
        lending = threading.Thread(target=lend)
        lending.start()
        lending.join(timeout=0.3)
        assert done == []
        assert store.position()[0] == hosted.state().seq
    lending.join(timeout=30)
    assert done == ["let go"]
    keeper.close()


def test_who_reads_for_long_gives_way_to_another_process(hosted_root: Path) -> None:
    hosted = Workspace(hosted_root)
    keeper = Keeper(lambda: _kept(hosted))
    endless = "SELECT sum(a.range * b.range) AS n FROM range(1000000) AS a, range(1000000) AS b"
    with pytest.raises(WorkspaceBusy), keeper.snapshot() as store:  # noqa: PT012  (what is asked later fails likewise)
        lending = threading.Thread(target=keeper.let_go)
        lending.start()
        with pytest.raises(WorkspaceBusy):
            store.query(endless)
        store.query("SELECT 1")
    lending.join(timeout=30)
    assert not lending.is_alive()


def _kept(workspace: Workspace) -> KeptStore:
    return KeptStore.open(workspace.places.store, workspace.journal, workspace.objects, workspace.read_rows)
