import subprocess
import sys
from pathlib import Path

import pytest

from curation.errors import UsageError
from curation.ledger.lock import store_lock, workspace_lock

HOLDER = """
import sys
from pathlib import Path
from curation.ledger.lock import workspace_lock
with workspace_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_writer_is_told_and_the_lock_dies_with_its_holder(tmp_path: Path) -> None:
    state = tmp_path / ".curation"
    command = [sys.executable, "-c", HOLDER, str(state)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with (
            pytest.raises(UsageError, match="another process is writing to this workspace"),
            workspace_lock(state, 0.1),
        ):
            pytest.fail("two writers at once")
        holder.kill()
    with workspace_lock(state, 1.0):
        assert state.is_dir()
        with pytest.raises(UsageError), workspace_lock(state, 0.1):
            pytest.fail("two writers in one process")
    with workspace_lock(state, 0.1):
        pass


def test_the_store_has_a_lock_of_its_own(tmp_path: Path) -> None:
    with (
        workspace_lock(tmp_path),
        store_lock(tmp_path / "store.duckdb", 0.1),
        pytest.raises(UsageError, match="opening or rebuilding"),
        store_lock(tmp_path / "store.duckdb", 0.1),
    ):
        pytest.fail("two at once")
