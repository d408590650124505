"""What `make test` leaves out it says by name, and `make check-full` runs it."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TARGETS = dict(
    block.split(":", maxsplit=1)
    for block in (ROOT / "Makefile").read_text(encoding="utf-8").split("\n\n")
    if block.startswith(("test:", "check-full:"))
)
LEFT_OUT = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "tests" / "full").glob("*.test.mjs"))


@pytest.mark.parametrize("path", LEFT_OUT)
def test_what_needs_more_than_python_is_named_and_run_elsewhere(path: str) -> None:
    (said,) = [line for line in TARGETS["test"].splitlines() if "left out" in line]
    assert path in said
    assert path in TARGETS["check-full"]
