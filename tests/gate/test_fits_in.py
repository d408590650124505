"""Where people already work: the hooks through the real pre-commit, and the steps of the action, run one by one."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests import small
from tests.cli.running import Curate
from tests.forking import forking
from tests.repository import ENVIRONMENT, FOLDER, Repo, honest, lines_of

ROOT = Path(__file__).parents[2]
BOB = f"{FOLDER}/bob/new.jsonl"
OLGA = f"{FOLDER}/owner/new.jsonl"
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
STEPS: dict[str, dict[str, Any]] = {step["name"]: step for step in ACTION["runs"]["steps"]}


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PATH on which `curate` is this checkout."""
    with forking(tmp_path_factory.mktemp("bin")) as curate:
        yield f"{curate.parent}:{Path(sys.executable).parent}:{os.environ['PATH']}"


def environment(path: str, tmp_path: Path, **more: str) -> dict[str, str]:
    return {**ENVIRONMENT, "PATH": path, "PRE_COMMIT_HOME": str(tmp_path / "pre-commit"), **more}


def test_the_hooks_judge_what_is_staged_and_what_is_pushed(repo: Repo, tmp_path: Path, path: str) -> None:
    # 1. The engine's repository, as the tool clones it: only its list of hooks matters to one that installs nothing.
    engine = tmp_path / "engine"
    engine.mkdir()
    there = Repo(engine)
    there.git("init", "--quiet", "--initial-branch", "main")
    shutil.copy(ROOT / ".pre-commit-hooks.yaml", engine)
    revision = there.commit()
    hooks = [
        {"id": name, "args": ["--base", "main", "--author", "olga"]} for name in ("curate-gate", "curate-gate-push")
    ]
    config = yaml.safe_dump({"repos": [{"repo": str(engine), "rev": revision, "hooks": hooks}]})
    repo.git("checkout", "--quiet", "main")
    repo.commit({".pre-commit-config.yaml": config})
    repo.branch()
    # 2. Installed by the tool, run by git.
    env = environment(path, tmp_path)
    pre_commit = [sys.executable, "-m", "pre_commit"]
    subprocess.run([*pre_commit, "install", "-t", "pre-commit", "-t", "pre-push"], cwd=repo.root, env=env, check=True)

    def commit(message: str) -> "subprocess.CompletedProcess[str]":
        command = ["git", "commit", "--message", message]
        return subprocess.run(command, cwd=repo.root, env=env, capture_output=True, text=True, check=False)

    repo.write(OLGA, lines_of(small.honest(1)))
    repo.git("add", "--all")
    refused = commit("a copy")
    assert refused.returncode == 1
    assert f"{OLGA}:1 exact-duplicate" in refused.stdout + refused.stderr
    repo.write(OLGA, lines_of(honest(3, 1)))
    repo.git("add", "--all")
    assert commit("an honest one").returncode == 0
    # An owner's card alone is nothing to check, and stops nobody.
    repo.write("datanets/faq/datanet.yaml", small.FAQ + "# changed by its owner\n")
    repo.git("add", "--all")
    assert commit("a card").returncode == 0
    # What touches no datanet waits for no gate.
    repo.write("README.md", "more\n")
    repo.git("add", "--all")
    passed = commit("a page")
    assert passed.returncode == 0
    assert "no files to check" in passed.stdout + passed.stderr
    # 3. A branch with a copy that came in without the hook is not pushed.
    repo.commit({f"{FOLDER}/owner/more.jsonl": lines_of(small.honest(1))}, GIT_CONFIG_COUNT="1", **_NO_HOOKS)
    there.git("init", "--quiet", "--bare", str(tmp_path / "remote"))
    repo.git("remote", "add", "origin", str(tmp_path / "remote"))
    command = ["git", "push", "origin", "work"]
    pushed = subprocess.run(command, cwd=repo.root, env=env, capture_output=True, text=True, check=False)
    assert pushed.returncode == 1
    assert "more.jsonl:1 exact-duplicate" in pushed.stdout + pushed.stderr


@pytest.mark.parametrize(
    ("path", "judged"),
    [
        (BOB, True),
        (f"data/{BOB}", True),
        ("deep/data/rules/mine.yaml", True),
        ("data/contributors.yaml", True),
        ("data/public/journal.jsonl", True),
        ("README.md", False),
        ("my-datanets/x", False),
        ("notes-on-contributors.yaml", False),
    ],
)
def test_the_hook_wakes_for_a_workspace_wherever_it_lies(path: str, *, judged: bool) -> None:
    (hook,) = (one for one in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text()) if "files" in one)
    assert bool(re.search(hook["files"], path)) is judged


_NO_HOOKS = {"GIT_CONFIG_KEY_0": "core.hooksPath", "GIT_CONFIG_VALUE_0": os.devnull}


@pytest.mark.parametrize(("event", "code"), [("pull_request", 0), ("pull_request_target", 2), ("push", 2), ("", 2)])
def test_the_action_runs_on_pull_requests_only(tmp_path: Path, event: str, code: int) -> None:
    assert next(iter(STEPS)) == "Refuse other events than pull_request"
    done = _step(STEPS["Refuse other events than pull_request"], tmp_path, {**os.environ, "EVENT": event})
    assert done.returncode == code


@pytest.mark.parametrize(
    ("rows", "base", "code", "answer"),
    [
        (honest(3, 2), "main", 0, "pass"),
        (small.honest(1), "main", 1, "fail"),
        (honest(3, 2), "nowhere", 2, "the check is incomplete (exit code 2)"),
    ],
)
def test_the_action_judges(  # noqa: PLR0917  (fixtures and cases)
    repo: Repo, tmp_path: Path, path: str, rows: list[small.Row], base: str, code: int, answer: str
) -> None:
    repo.commit({BOB: lines_of(rows)})
    # As a checkout of a pull request is: the base is known as the remote's.
    repo.git("update-ref", "refs/remotes/origin/main", "main")
    # Whoever may push a tag does not choose the base by it.
    repo.git("tag", "origin/main")
    repo.git("checkout", "--quiet", "--detach")
    spoil(repo)
    reports, state = tmp_path / "a folder" / "curation-gate", tmp_path / "curation-state"
    state.mkdir()
    # The encoder is exported once for all tests.
    (state / "encoder").symlink_to((repo.root / ".git" / "curation" / "encoder").resolve(), target_is_directory=True)
    env = environment(
        path,
        tmp_path,
        AUTHOR="bob-b",
        BASE_REF=base,
        FAIL_ON="",
        WORKSPACE=".",
        REPORTS=str(reports),
        STATE=str(state),
        ALLOW_EMPTY="false",
        GITHUB_OUTPUT=str(tmp_path / "output"),
        GITHUB_STEP_SUMMARY=str(tmp_path / "summary"),
    )
    done = _step(STEPS["Judge"], repo.root, env)
    assert done.returncode == code, done.stderr
    assert (tmp_path / "output").read_text() == f"exit-code={code}\n"
    assert (tmp_path / "summary").read_text().startswith(f"### Data gate: {answer}\n")
    written = {file.name for file in reports.iterdir()}
    assert written == (set() if code == 2 else {"comment.md", "gate.json", "gate.sarif"})
    if code < 2:
        assert "::notice title=curate gate::" in done.stdout


def spoil(repo: Repo) -> None:
    """As a job of another branch may leave the repository of a runner that is kept: with a made-up state."""
    for reference in repo.root.glob(".git/curation/states/faq/*/references/faq/*/reference.safetensors"):
        reference.write_bytes(b"made up")


def test_the_action_believes_no_state_unless_wanted_and_saves_none() -> None:
    uses = {name: step["uses"].split("@")[0] for name, step in STEPS.items() if "uses" in step}
    assert [name for name, used in uses.items() if "cache" in used] == ["Take what pushes to the base saved"]
    taken = STEPS["Take what pushes to the base saved"]
    assert taken["uses"].startswith("actions/cache/restore@")
    assert taken["if"] == "${{ inputs.cache == 'true' }}"
    assert ACTION["inputs"]["cache"]["default"] == "false"
    # What is restored is what the gate is told to read, and lies in no folder that outlives a job.
    assert taken["with"]["path"] == STEPS["Judge"]["env"]["STATE"] == "${{ runner.temp }}/curation-state"


@pytest.mark.parametrize(("allowed", "code"), [("true", 0), ("false", 1), ("", 1)])
def test_the_action_lets_a_card_alone_pass_where_that_is_wanted(
    repo: Repo, tmp_path: Path, path: str, allowed: str, code: int
) -> None:
    repo.commit({"datanets/faq/datanet.yaml": small.FAQ + "# changed by its owner\n"})
    repo.git("update-ref", "refs/remotes/origin/main", "main")
    env = environment(
        path,
        tmp_path,
        AUTHOR="olga",
        BASE_REF="main",
        FAIL_ON="",
        WORKSPACE=".",
        REPORTS=str(tmp_path / "reports"),
        STATE=str(tmp_path / "state"),
        ALLOW_EMPTY=allowed,
        GITHUB_OUTPUT=str(tmp_path / "output"),
        GITHUB_STEP_SUMMARY=str(tmp_path / "summary"),
    )
    assert _step(STEPS["Judge"], repo.root, env).returncode == code


def test_what_a_stranger_names_is_an_argument_and_no_script(repo: Repo, tmp_path: Path, path: str) -> None:
    repo.commit({BOB: lines_of(honest(3, 1))})
    mark = tmp_path / "ran"
    env = environment(
        path,
        tmp_path,
        AUTHOR=f'$(touch {mark})"; touch {mark}; "',
        BASE_REF=f"--help$(touch {mark})",
        FAIL_ON="",
        WORKSPACE=".",
        REPORTS=str(tmp_path / "reports"),
        STATE=str(tmp_path / "state"),
        ALLOW_EMPTY=f"$(touch {mark})",
        GITHUB_OUTPUT=str(tmp_path / "output"),
        GITHUB_STEP_SUMMARY=str(tmp_path / "summary"),
    )
    assert _step(STEPS["Judge"], repo.root, env).returncode == 2
    assert not mark.exists()


def _step(step: dict[str, Any], folder: Path, env: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    """A step as a runner starts it."""
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


def test_installing_runs_nothing_of_the_checkout(repo: Repo, tmp_path: Path, path: str) -> None:
    """`python -m pip` in the checkout would run a `pip.py` that a branch has at its top."""
    (repo.root / "pip.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')", encoding="utf-8")
    env = environment(path, tmp_path, ENGINE=str(tmp_path / "nowhere"), PYTHONPATH=str(repo.root))
    step = STEPS["Install the engine"]
    assert step["working-directory"] == "${{ runner.temp }}"
    assert _step(step, repo.root, env).returncode != 0
    assert not (tmp_path / "ran").exists()


def test_a_push_is_judged_by_what_is_pushed(repo: Repo, curate: Curate, monkeypatch: pytest.MonkeyPatch) -> None:
    """`git push origin other` while something else is checked out."""
    repo.commit({BOB: lines_of(honest(3, 1)), "contributors.yaml": "schema: x\n"})
    pushed = repo.git("rev-parse", "HEAD")
    repo.git("checkout", "--quiet", "main")
    arguments = ("gate", "--workspace", repo.root, "--base", "main", "--pushed", "--allow-empty")
    assert curate(*arguments).code == 0
    monkeypatch.setenv("PRE_COMMIT_TO_REF", pushed)
    ran = curate(*arguments)
    assert ran.code == 1
    assert "owner-only" in ran.out
