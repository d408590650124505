"""Every pasted run in the documentation is run again: a ```console block shows commands and what they really print.

A block such as ```jsonl new.jsonl is a file that the commands of its page find. A line `…` stands for lines left out.
Ids, digests and times may be others, decimals may differ by .02 (processors round differently), everything else must
be as pasted. `RENEW_DOCS=1 pytest tests/test_pasted_output.py` writes the present output into the pages.
"""

import contextlib
import io
import os
import re
import shlex
import sys
from pathlib import Path

import pytest

from curation.cli.main import main

ROOT = Path(__file__).parents[1]
PAGES = ["README.md", "docs/commands.md", "docs/rules.md"]
RENEW = bool(os.environ.get("RENEW_DOCS"))
DECIMALS_DIFFER_MAX = 0.02
LEFT_OUT = "…"

_BLOCK = re.compile(r"^```(?P<kind>[a-z]+)(?: (?P<name>\S+))?\n(?P<body>.*?)^```$", re.DOTALL | re.MULTILINE)
_VARYING = re.compile(r"\b[0-9a-f]{8,64}\b|\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\dZ)?")
_DECIMAL = re.compile(r"[+-]?\d*\.\d+")


def runs_of(body: str) -> list[tuple[str, list[str]]]:
    """The commands of a console block, each with the lines that it printed."""
    found: list[tuple[str, list[str]]] = []
    for line in body.splitlines():
        if line.startswith("$ "):
            found.append((line.removeprefix("$ "), []))
        else:
            found[-1][1].append(line)
    return found


def output_of(command: str, last_exit: int, monkeypatch: pytest.MonkeyPatch) -> tuple[list[str], int]:
    """What a command prints (both streams, in order) and its exit code. `echo $?` tells that of the one before."""
    if command == "echo $?":
        return [str(last_exit)], 0
    heard = io.StringIO()
    monkeypatch.setattr(sys, "argv", shlex.split(command))
    with contextlib.redirect_stdout(heard), contextlib.redirect_stderr(heard), pytest.raises(SystemExit) as left:
        main()
    assert isinstance(left.value.code, int)
    return heard.getvalue().splitlines(), left.value.code


def is_alike(pasted: str, printed: str) -> bool:
    pasted, printed = (_VARYING.sub("<varying>", line) for line in (pasted, printed))
    if _DECIMAL.sub("#", pasted) != _DECIMAL.sub("#", printed):
        return False
    pairs = zip(_DECIMAL.findall(pasted), _DECIMAL.findall(printed), strict=True)
    return all(abs(float(one) - float(other)) <= DECIMALS_DIFFER_MAX for one, other in pairs)


def are_alike(pasted: list[str], printed: list[str]) -> bool:
    if LEFT_OUT not in pasted:
        return len(pasted) == len(printed) and all(map(is_alike, pasted, printed))
    at = pasted.index(LEFT_OUT)
    head, tail = pasted[:at], pasted[at + 1 :]
    if len(printed) < len(head) + len(tail):
        return False
    return all(map(is_alike, head, printed)) and all(map(is_alike, tail, printed[len(printed) - len(tail) :]))


def renewed(pasted: list[str], printed: list[str]) -> list[str]:
    """What should be pasted: as many lines of the beginning and the end as were there, where lines were left out."""
    if LEFT_OUT not in pasted:
        return printed
    at = pasted.index(LEFT_OUT)
    behind = len(pasted) - at - 1
    return [*printed[:at], LEFT_OUT, *(printed[-behind:] if behind else [])]


def page_run(text: str, monkeypatch: pytest.MonkeyPatch) -> tuple[str, list[tuple[str, list[str], list[str]]]]:
    """Runs a page in the present folder: the page renewed, and each command whose pasted and printed lines differ."""
    last_exit = 0
    differing: list[tuple[str, list[str], list[str]]] = []

    def block_run(block: re.Match[str]) -> str:
        nonlocal last_exit
        if block["kind"] != "console":
            if block["name"] is not None:
                Path(block["name"]).write_text(block["body"], encoding="utf-8")
            return block[0]
        lines = ["```console"]
        for command, pasted in runs_of(block["body"]):
            printed, last_exit = output_of(command, last_exit, monkeypatch)
            alike = are_alike(pasted, printed)
            lines += [f"$ {command}", *(pasted if alike else renewed(pasted, printed))]
            if not alike:
                differing.append((command, pasted, printed))
        return "\n".join([*lines, "```"])

    return _BLOCK.sub(block_run, text), differing


@pytest.mark.parametrize("page", PAGES)
def test_what_is_pasted_is_what_is_printed(page: str, examples_copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(examples_copy)
    monkeypatch.setenv("COLUMNS", "100")
    path = ROOT / page
    before = path.read_text(encoding="utf-8")
    assert "```console\n$ curate " in before
    text, differing = page_run(before, monkeypatch)
    if RENEW:
        path.write_text(text, encoding="utf-8")
    else:
        assert differing == []


def test_likeness_is_strict_where_it_matters() -> None:
    assert is_alike("weight 0.031 of record 0123456789ab", "weight 0.033 of record ba9876543210")
    assert not is_alike("weight 0.031", "weight 0.231")
    assert not is_alike("2 of 3 records", "3 of 3 records")
    assert are_alike(["a", LEFT_OUT, "z"], ["a", "b", "c", "z"])
    assert not are_alike(["a", LEFT_OUT, "z"], ["a", "b"])
    assert not are_alike(["a"], ["a", "b"])
