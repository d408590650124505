"""Adding a check touches one file, its test and its page: the steps of CONTRIBUTING.md, done in a copy."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
COPIED = ["curation", "datanets", "docs", "rules", "tests"]
RECORDS = (
    '{"id": "x-1", "question": "WHY DO MY GUMS BLEED WHEN I FLOSS?", "topic": "teeth"}\n'
    '{"id": "x-2", "question": "Is a pulse of 48 dangerous for a runner?", "topic": "heart"}\n'
)

_FILE = re.compile(r"^(?P<fence>`{3,})[a-z]+ (?P<path>\S+/\S+)\n(?P<text>.*?)^(?P=fence)$", re.DOTALL | re.MULTILINE)

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def extended(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository with the three files of CONTRIBUTING.md written into it, and nothing else changed."""
    copy = tmp_path_factory.mktemp("extended")
    for name in COPIED:
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "verify_payouts.py", "verify_decisions.py"):
        shutil.copy(ROOT / name, copy)
    written = []
    for file in _FILE.finditer((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")):
        path = copy / file["path"]
        assert not path.exists()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file["text"], encoding="utf-8")
        written.append(file["path"])
    assert written == ["curation/checks/shouting.py", "tests/checks/test_shouting.py", "docs/checks/shouting.md"]
    return copy


@pytest.fixture
def run(extended: Path) -> Run:
    def running(*arguments: str, cwd: Path = extended) -> "subprocess.CompletedProcess[str]":
        # The tests run there are a run of their own: they share nothing with the processes of this one.
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_XDIST")}
        environment = {**kept, "PYTHONPATH": str(extended)}
        return subprocess.run(
            [sys.executable, "-m", *arguments], cwd=cwd, env=environment, capture_output=True, text=True, check=False
        )

    return running


def test_it_is_in_the_catalogue(run: Run) -> None:
    listed = run("curation.cli.main", "checks")
    (line,) = [line for line in listed.stdout.splitlines() if line.startswith("shouting ")]
    assert line.endswith(
        "Written in capitals alone: hard to read, and to a model other words than the same ones in small letters."
    )


def test_it_speaks_up_in_a_check(run: Run, examples_copy: Path) -> None:
    (examples_copy / "new.jsonl").write_text(RECORDS, encoding="utf-8")
    checked = run(
        *("curation.cli.main", "check", "new.jsonl", "--datanet", "medical-questions", "--format", "jsonl"),
        cwd=examples_copy,
    )
    assert checked.stderr == ""
    codes = [{finding["check"] for finding in json.loads(line)["findings"]} for line in checked.stdout.splitlines()]
    assert ["shouting" in found for found in codes] == [True, False]


def test_its_own_test_and_the_examples_of_its_page_pass(run: Run, pytestconfig: pytest.Config) -> None:
    assert pytestconfig.cache is not None
    shared_cache = pytestconfig.cache.mkdir("encoder").parents[1]
    tested = run(
        *("pytest", "-q", "-p", "no:xdist", "-o", f"cache_dir={shared_cache}", "-k", "shouting"),
        *("tests/checks/test_shouting.py", "tests/test_manual_pages.py"),
    )
    assert tested.returncode == 0, tested.stdout
    assert "7 passed" in tested.stdout
