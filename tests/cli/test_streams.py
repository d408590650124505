"""Data goes to stdout, words for people to stderr, and nothing moves or shines where no person watches."""

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests import small

COLOUR = re.compile(rb"\x1b\[[0-9;]*[34][0-7][0-9;]*m|\x1b\[[0-9;]*9[0-7]m")
COMMAND = [sys.executable, "-m", "curation.cli.main"]


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "TERM", "FORCE_COLOR")}
    return {**kept, "PYTHONPATH": str(small.ROOT), **more}


def on_a_terminal(root: Path, arguments: list[str], **more: str) -> tuple[bytes, bytes]:
    """What goes to a piped stdout and to a terminal on stderr."""
    ours, theirs = pty.openpty()
    try:
        running = subprocess.Popen(
            [*COMMAND, *arguments], cwd=root, env=environment(**more), stdout=subprocess.PIPE, stderr=theirs
        )
        os.close(theirs)
        out, _ = running.communicate()
        seen = b""
        try:
            while chunk := os.read(ours, 4096):
                seen += chunk
        except OSError:  # how a terminal says that nobody writes to it any more
            pass
    finally:
        os.close(ours)
    assert running.returncode == 0
    return out, seen


def test_a_person_sees_progress_and_a_pipe_does_not(root: Path) -> None:
    file = small.write_jsonl(root / "new.jsonl", small.plots(5, 100))
    arguments = ["check", file.name, "--datanet", "plots"]
    piped = subprocess.run(
        [*COMMAND, *arguments], cwd=root, env=environment(FORCE_COLOR="1"), capture_output=True, check=True
    )
    assert b"\x1b" not in piped.stdout
    assert piped.stderr == b""

    out, seen = on_a_terminal(root, arguments, TERM="xterm-256color", NO_COLOR="1")
    assert out == piped.stdout
    assert b"judging 5 records" in seen
    assert not COLOUR.search(seen)

    out, seen = on_a_terminal(root, arguments, TERM="dumb")
    assert (out, seen) == (piped.stdout, b"")


def test_two_processes_say_the_same_bytes(root: Path) -> None:
    file = small.write_jsonl(root / "new.jsonl", [*small.honest(6), "{", small.trusted()[0]])
    running = [
        subprocess.Popen(
            [*COMMAND, "check", file.name, "--datanet", "faq", "--format", "jsonl"],
            cwd=root,
            env=environment(PYTHONHASHSEED=seed),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for seed in ("1", "2")
    ]
    (first, first_said), (second, second_said) = (one.communicate() for one in running)
    assert [one.returncode for one in running] == [1, 1]
    assert first.count(b"\n") == 8
    assert first == second
    assert first_said == second_said == b""


def test_a_reader_that_has_seen_enough_is_no_failure(root: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        ran = subprocess.run(
            [*COMMAND, "checks"], cwd=root, env=environment(), stdout=writing, stderr=subprocess.PIPE, check=False
        )
    finally:
        os.close(writing)
    assert (ran.returncode, ran.stderr) == (141, b"")


@pytest.mark.parametrize("traced", [False, True])
def test_a_stack_trace_only_for_whoever_asks(root: Path, *, traced: bool) -> None:
    more = {"CURATION_TRACE": "1"} if traced else {}
    ran = subprocess.run(
        [*COMMAND, "status", "nobody"],
        cwd=root,
        env=environment(**more),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ("Traceback" in ran.stderr) == traced
