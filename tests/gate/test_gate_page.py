"""docs/gate.md followed literally: files written, commands run, output compared; its workflows run as far as they can.

Renew what is pasted with `RENEW_DOCS=1 pytest tests/gate/test_gate_page.py`.
"""

import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from curation.datanet.card import GatePolicy
from curation.formats import gate_markdown
from curation.gate.people import People, Person
from curation.gate.policy import FAIL_ON
from curation.gate.refusals import FIXES
from curation.gate.result import Change, Standings
from curation.rewards.preview import Earnings
from tests.cli.running import Ran
from tests.formats import hostile_gate
from tests.repository import ENVIRONMENT, set_in
from tests.test_documented import section
from tests.test_pasted_output import RENEW, are_alike, output_of, renewed, runs_of

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "gate.md"
_BLOCK = re.compile(r"^```(?P<kind>[a-z]+)(?: (?P<name>\S+))?\n(?P<body>.*?)^```$", re.DOTALL | re.MULTILINE)


def blocks(text: str) -> dict[str, str]:
    """The files on the page, by their path; the last one under a path."""
    return {block["name"]: block["body"] for block in _BLOCK.finditer(text) if block["name"]}


@dataclass
class Shell:
    """A person at a prompt: the folder they are in stays from command to command."""

    here: Path
    path: str

    def run(self, script: str, **environment: str) -> Ran:
        done = subprocess.run(
            ["bash", "-e", "-c", f"{script}\npwd > {self.here_file}"],  # noqa: S607  (as the reader would)
            cwd=self.here,
            env={**ENVIRONMENT, "PATH": self.path, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if self.here_file.exists():
            self.here = Path(self.here_file.read_text().strip())
            self.here_file.unlink()
        return Ran(done.returncode, done.stdout, "")

    def follow(self, line: str, monkeypatch: pytest.MonkeyPatch) -> tuple[list[str], int]:
        """What a line prints, and its exit code; `curate` runs in this process: starting it costs more than it does.

        What the start of a process has to do with it is held where the hooks run it (test_fits_in.py).
        """
        if line.startswith("curate "):
            monkeypatch.chdir(self.here)
            return output_of(line, 0, monkeypatch)
        ran = self.run(line)
        return ran.out.splitlines(), ran.code

    @property
    def here_file(self) -> Path:
        return Path(self.path.split(":", maxsplit=1)[0]) / "here"


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    programs, here = tmp_path / "bin", tmp_path / "home"
    programs.mkdir()
    here.mkdir()
    return Shell(here, f"{programs}:{os.environ['PATH']}")


def test_five_minutes_are_as_they_are_told(shell: Shell, encoder_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_in(monkeypatch)
    page = PAGE.read_text(encoding="utf-8")
    steps = section(page, "Five minutes")
    differing: list[tuple[str, list[str], list[str]]] = []

    def block_run(block: re.Match[str]) -> str:
        if block["name"] is not None:
            target = shell.here / block["name"]
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(block["body"], encoding="utf-8")
            return block[0]
        if block["kind"] != "console":
            for line in block["body"].replace("/path/to/curation", str(ROOT)).splitlines():
                said, code = shell.follow(line, monkeypatch)
                assert code == 0, said
            # The only thing that is not as with the reader: the encoder is exported once for all tests.
            for cache in (shell.here / ".git" / "curation" / "encoder", shell.here / ".curation" / "cache"):
                if not cache.exists():
                    cache.parent.mkdir(exist_ok=True)
                    cache.symlink_to(encoder_cache, target_is_directory=True)
            return block[0]
        lines = ["```console"]
        for command, pasted in runs_of(block["body"]):
            printed, _ = shell.follow(command, monkeypatch)
            alike = are_alike(pasted, printed)
            lines += [f"$ {command}", *(pasted if alike else renewed(pasted, printed))]
            if not alike:
                differing.append((command, pasted, printed))
        return "\n".join([*lines, "```"])

    followed = _BLOCK.sub(block_run, steps)
    if RENEW:
        PAGE.write_text(page.replace(steps, followed), encoding="utf-8")
    else:
        assert differing == []
    assert (shell.here.parent / "comment.md").read_text().startswith("### Data gate: pass\n")


def test_all_that_is_refused_is_explained() -> None:
    told = re.findall(r"^\| `gate/([a-z-]+)` \|", PAGE.read_text(), re.MULTILINE)
    assert sorted(told) == sorted(FIXES)


def test_the_keys_of_the_map_and_the_words_of_fail_on_are_explained() -> None:
    page = PAGE.read_text()
    told = set(re.findall(r"^\| `([a-z]+)` \|", section(page, "Whose a contribution is"), re.MULTILINE))
    assert told == {field.alias or name for model in (People, Person) for name, field in model.model_fields.items()}
    assert set(re.findall(r"^\| `([a-z]+)` \|", section(page, "What it answers"), re.MULTILINE)) == set(FAIL_ON)
    told = set(
        re.findall(r"^\| `([a-z_]+)` \|", section((ROOT / "docs/card.md").read_text(), "The gate"), re.MULTILINE)
    )
    assert told == set(GatePolicy.model_fields)


def workflow(path: str) -> Any:
    # YAML 1.1 takes `on` for true, which is what it is to a workflow, too.
    return yaml.safe_load(blocks(PAGE.read_text())[path])


def test_the_gate_runs_with_a_token_that_can_only_read() -> None:
    gate, comment = (workflow(f".github/workflows/{name}.yml") for name in ("gate", "gate-comment"))
    # A pull request that is led to the base after it was opened is judged then: `edited` is the event of that, and
    # what was opened against another branch has no check to bring along.
    assert gate[True] == {
        "pull_request": {"branches": ["main"], "types": ["opened", "synchronize", "reopened", "edited"]}
    }
    assert gate["permissions"] == {"contents": "read"}
    assert "permissions" not in gate["jobs"]["gate"]
    checkout = gate["jobs"]["gate"]["steps"][0]
    assert checkout["with"] == {"fetch-depth": 0, "persist-credentials": False}
    assert list(comment[True]) == ["workflow_run"]
    assert comment["permissions"] == {}
    assert comment["jobs"]["comment"]["permissions"] == {"actions": "read", "pull-requests": "write"}
    assert not [step for step in comment["jobs"]["comment"]["steps"] if "checkout" in step.get("uses", "")]


def scripts(steps: list[dict[str, Any]]) -> Iterator[str]:
    return (step["run"] for step in steps if "run" in step)


def test_nothing_a_stranger_wrote_is_part_of_a_script() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    found = [
        *scripts(action["runs"]["steps"]),
        *scripts(workflow(".github/workflows/gate-comment.yml")["jobs"]["comment"]["steps"]),
    ]
    # The comment's workflow and the action; that of the base runs after a merge, on what the base holds.
    assert len(found) == 4
    assert [script for script in found if "${{" in script] == []
    assert all(step["shell"] == "bash" for step in action["runs"]["steps"] if "run" in step)


def test_only_a_push_to_the_base_saves_a_state() -> None:
    state = workflow(".github/workflows/gate-base.yml")
    assert state[True] == {"push": {"branches": ["main"]}}
    assert state["permissions"] == {"contents": "read"}
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    (restore,) = (step for step in action["runs"]["steps"] if "actions/cache" in step.get("uses", ""))
    (save,) = (step for step in state["jobs"]["state"]["steps"] if "actions/cache" in step.get("uses", ""))
    assert restore["uses"].startswith("actions/cache/restore@")
    assert save["uses"].startswith("actions/cache/save@")
    # A cache is found again under the same path, and by the beginning of its key.
    assert save["with"]["path"] == restore["with"]["path"]
    assert save["with"]["key"].startswith(restore["with"]["restore-keys"])
    told = set(re.findall(r"^\| `([a-z-]+)` \|", section(PAGE.read_text(), "In CI: more"), re.MULTILINE))
    assert told | {"author", "install"} == set(action["inputs"])


GOOD = "### Data gate: fail\n\n3 records in 1 file scanned: 1 accept, 1 review, 1 reject.\n"


@pytest.mark.parametrize(
    ("comment", "posted"),
    [
        (GOOD, True),
        *(((ROOT / f"tests/golden_gate/{run}-markdown.md").read_text(), True) for run in ("fail", "pass", "nothing")),
        (f"{GOOD}@everyone\n", False),
        (f"{GOOD}![x](y)\n", False),
        (f"{GOOD}[x](y)\n", False),
        (f"{GOOD}[x][y]\n\n[y]: //evil.test\n", False),
        (f"{GOOD}closes #7\n", False),
        (f"{GOOD}see GH-7\n", False),
        (f"{GOOD}see 979eeb0f244f\n", False),
        (f"{GOOD}see `979eeb0f244f`\n", True),
        (f"{GOOD}<img src=x>\n", False),
        (f"{GOOD}&#64;all\n", False),
        (f"{GOOD}see HTTPS://evil.test\n", False),
        (f"{GOOD}{'x' * 5000}", False),
        ("### Data gate: pass and more\n", False),
        ("", False),
        (None, False),
    ],
)
def test_a_hostile_comment_is_not_posted(shell: Shell, comment: str | None, *, posted: bool) -> None:
    (step,) = [s for s in workflow(".github/workflows/gate-comment.yml")["jobs"]["comment"]["steps"] if "run" in s]
    gh = Path(shell.path.split(":")[0]) / "gh"
    gh.write_text('#!/bin/sh\necho "$@" >> asked\ncase "$*" in *pulls*) echo 1234567;; esac\n')
    gh.chmod(0o755)
    (shell.here / "reports").mkdir()
    if comment is None:
        (shell.here / "reports" / "comment.md").symlink_to("/etc/hostname")
    else:
        (shell.here / "reports" / "comment.md").write_text(comment)
    ran = shell.run(step["run"], REPOSITORY="owner/data", HEAD_SHA="a" * 40, HEAD_NAME="eve:x$(id)&state=all")
    asked = (shell.here / "asked").read_text() if (shell.here / "asked").exists() else ""
    assert (ran.code == 0) is posted, ran.out
    assert ("issues/1234567/comments" in asked) is posted
    if posted:
        # Of a fork's commit a platform does not tell the pull request; of the fork's branch it does.
        assert (
            "--method GET repos/owner/data/pulls --raw-field state=open --raw-field head=eve:x$(id)&state=all " in asked
        )


def test_the_pull_request_is_the_one_with_the_commit_that_was_judged(shell: Shell) -> None:
    (step,) = [s for s in workflow(".github/workflows/gate-comment.yml")["jobs"]["comment"]["steps"] if "run" in s]
    gh = Path(shell.path.split(":")[0]) / "gh"
    gh.write_text('#!/bin/sh\necho "$@" >> asked\necho null\n')
    gh.chmod(0o755)
    (shell.here / "reports").mkdir()
    (shell.here / "reports" / "comment.md").write_text(GOOD)
    ran = shell.run(step["run"], REPOSITORY="owner/data", HEAD_SHA="a" * 40, HEAD_NAME="eve:work")
    assert ran.code != 0
    assert "no open pull request has this commit" in ran.out
    assert "select(.head.sha == env.HEAD_SHA)" in (shell.here / "asked").read_text()
    assert "comments" not in (shell.here / "asked").read_text()


def test_a_comment_of_large_numbers_is_posted() -> None:
    """Amounts have eighteen digits, and a datanet may have millions of records; neither is the id of a commit."""
    run = hostile_gate.passing()
    (file,) = run.files
    earnings = Earnings(epoch=7, records=240, by_record={}, low=1_234_567_891_234_567, high=10**25 + 1)
    large = Standings(records=12_345_678, accepted=1_234_567, weight_mean=0.97)
    run = replace(
        run,
        author="key:SHA256:0123456789abcdef",
        files=(replace(file, checked=replace(file.checked, earnings=earnings)),),
        changes=(Change(datanet="questions", before=large, after=large),),
    )
    comment = "".join(gate_markdown.lines(run))
    assert "| 12,345,678 → 12,345,678 |" in comment
    assert "`0.001234567891234567` to `10000000.000000000000000001` OPEN" in comment
    (step,) = [s for s in workflow(".github/workflows/gate-comment.yml")["jobs"]["comment"]["steps"] if "run" in s]
    tests = re.findall(r"'(\S*\[0-9a-f\]\{7\})'", step["run"])
    assert tests == ["[0-9a-f]{7}"]
    assert not re.search(tests[0], re.sub(r"`[^`]*`", "", comment), re.IGNORECASE)
