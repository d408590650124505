"""`curate gate` on a real repository: six contributions, a branch that brings its own rules, every format."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from curation.formats.gate_formats import GATE_FORMATS
from tests.cli.running import Ran, run_here
from tests.repository import ENVIRONMENT, Repo, copied, lines_of, new_repo, set_in

ROOT = Path(__file__).parents[2]
MEDICAL = ROOT / "datanets" / "medical-questions"
FOLDER = "datanets/medical-questions/contributions"

ROWS = [json.loads(line) for line in (MEDICAL / "contributions/clinic-lahore/questions.jsonl").read_text().splitlines()]
MERGED, GOOD = ROWS[:3], ROWS[3:7]
PRIVATE = {
    "id": "p-2",
    "question": "My teeth ache when I sip hot tea. Write to bilal.aziz@clinic-lahore.org, card 5500 0000 0000 0004.",
    "topic": "teeth",
}
SIX: Mapping[str, str] = {
    "good": lines_of(GOOD),
    "copied": lines_of([ROWS[7], MERGED[1]]),
    "copied-here": lines_of([ROWS[8], {**GOOD[2], "id": "x"}]),
    "mislabelled": lines_of([ROWS[9], {**ROWS[10], "topic": "eyes" if ROWS[10]["topic"] != "eyes" else "teeth"}]),
    "personal": lines_of([ROWS[11], PRIVATE]),
    # A line without anything is no record, and counts as a line all the same.
    "unparsable": lines_of(["", ROWS[12], '{"id": "u-2", "question": "half a line']),
}
PEOPLE = """\
schema: curation.contributor-map/1
contributors:
  - {name: owner, accounts: [olga]}
  - {name: clinic-lahore, accounts: [ayesha]}
  - {name: new-clinic, accounts: [nils]}
"""


@dataclass(frozen=True)
class Judged:
    """One run over the six contributions, with all it wrote."""

    repo: Repo
    ran: Ran
    outputs: Mapping[str, str]


@pytest.fixture(scope="module")
def medical(tmp_path_factory: pytest.TempPathFactory, encoder_cache: Path) -> Repo:
    """The example datanet in Git, with one merged contribution and a branch of six."""
    repo = new_repo(tmp_path_factory.mktemp("medical") / "repo", encoder_cache)
    (repo.root / "datanets").mkdir()
    shutil.copytree(MEDICAL / "trusted", repo.root / "datanets/medical-questions/trusted")
    shutil.copytree(ROOT / "rules", repo.root / "rules")
    repo.commit(
        {
            "datanets/medical-questions/datanet.yaml": (MEDICAL / "datanet.yaml").read_bytes(),
            "contributors.yaml": PEOPLE,
        }
    )
    repo.commit({f"{FOLDER}/clinic-lahore/first.jsonl": lines_of(MERGED)})
    repo.branch("six")
    for name, content in SIX.items():
        repo.commit({f"{FOLDER}/new-clinic/{name}.jsonl": content})
    return repo


def run(repo: Repo, *arguments: str) -> Ran:
    """The command in the repository."""
    with pytest.MonkeyPatch.context() as patch:
        set_in(patch)
        patch.chdir(repo.root)
        return run_here(*arguments)


def run_alone(repo: Repo, *arguments: str) -> Ran:
    """The same as a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "curation.cli.main", *arguments],
        cwd=repo.root,
        env={**ENVIRONMENT, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def gate_into(repo: Repo, folder: Path, running: Callable[..., Ran]) -> Judged:
    targets = [f"--output={shape}={folder / shape}" for shape in GATE_FORMATS]
    folder.mkdir()
    ran = running(repo, "gate", "--base", "main", "--author", "nils", *targets)
    return Judged(repo, ran, {shape: (folder / shape).read_text() for shape in GATE_FORMATS})


@pytest.fixture(scope="module")
def judged(medical: Repo, tmp_path_factory: pytest.TempPathFactory) -> Judged:
    return gate_into(medical, tmp_path_factory.mktemp("out") / "first", run)


def test_six_contributions_are_told_apart(judged: Judged) -> None:
    assert (judged.ran.code, judged.ran.err) == (1, "")
    told = json.loads(judged.outputs["json"])
    assert [Path(file["path"]).stem for file in told["files"]] == list(SIX)
    assert told["files"][0]["verdicts"] == {"accept": 4, "review": 0, "unchecked": 0, "reject": 0}
    found = {
        (Path(one["path"]).stem, one["line"], one["check"]): one["verdict"]
        for one in told["findings"]
        if one["severity"] in ("critical", "hold", "warning")
    }
    assert found["copied", 2, "exact-duplicate"] == "reject"
    assert found["copied-here", 2, "exact-duplicate"] == "reject"
    assert found["mislabelled", 2, "label-noise"] == "review"
    assert found["personal", 2, "personal-data/email"] in ("review", "reject")
    assert found["unparsable", 3, "unreadable"] == "reject"
    assert len([key for key in found if key[0] == "good"]) == 0
    assert told["records"] == 14
    copies = {Path(one["path"]).stem: one["message"] for one in told["findings"] if one["check"] == "exact-duplicate"}
    assert "by clinic-lahore (line 2 there)" in copies["copied"]
    assert "by new-clinic (line 3 there)" in copies["copied-here"]


def test_every_format_says_the_same(judged: Judged) -> None:
    outputs = judged.outputs
    assert outputs["text"] == judged.ran.out
    assert "unparsable.jsonl:3 unreadable " in outputs["text"]
    assert "5500 0000" not in "".join(outputs.values())
    assert "bilal.aziz" not in "".join(outputs.values())
    assert outputs["markdown"].startswith("### Data gate: fail\n")
    assert len(outputs["jsonl"].splitlines()) == 14
    results = json.loads(outputs["sarif"])["runs"][0]["results"]
    findings = json.loads(outputs["json"])["findings"]
    assert len(results) == len(findings) == len(json.loads(outputs["rdjson"])["diagnostics"])
    lines = [one["locations"][0]["physicalLocation"]["region"]["startLine"] for one in results]
    assert lines == [one["line"] for one in findings]
    assert "line=3,col=" in outputs["github"]
    assert outputs["junit"].count("<testcase") == 15
    assert '"check":"exact-duplicate"' in outputs["baseline"]


def test_a_second_run_gives_the_same_bytes_and_writes_nothing_but_its_cache(judged: Judged, tmp_path: Path) -> None:
    again = gate_into(judged.repo, tmp_path / "again", run_alone)
    assert (again.ran, again.outputs) == (judged.ran, judged.outputs)
    assert judged.repo.git("status", "--porcelain") == ""


def test_rules_that_a_branch_brings_do_not_let_it_in(medical: Repo, tmp_path: Path) -> None:
    repo = copied(medical, tmp_path / "repo")
    repo.branch("lax")
    card = (MEDICAL / "datanet.yaml").read_text().replace("rules: [text, labelled-text, personal-data]", "rules: []")
    assert card != (MEDICAL / "datanet.yaml").read_text()
    repo.git("rm", "--quiet", "rules/personal-data.yaml")
    loose = f"{card}policy: {{rejected_share_max: 1, review_share_max: 1}}\n"
    repo.commit({"datanets/medical-questions/datanet.yaml": loose, f"{FOLDER}/new-clinic/mine.jsonl": SIX["personal"]})
    ran = run(repo, "gate", "--base", "main", "--author", "nils")
    assert ran.code == 1
    assert "mine.jsonl:2 personal-data/email" in ran.out
    for path in ("datanets/medical-questions/datanet.yaml", "rules/personal-data.yaml"):
        assert f"{path}:1 gate/owner-only only owner may change what decides about contributions" in ran.out


def test_a_stale_report_is_no_answer(medical: Repo, tmp_path: Path) -> None:
    report = tmp_path / "gate.md"
    report.write_text("### Data gate: pass\n")
    ran = run(medical, "gate", "--base", "nowhere", "--output", f"markdown={report}")
    assert (ran.code, ran.out, report.exists()) == (2, "", False)


def test_a_failed_engine_exits_with_three(judged: Judged, tmp_path: Path) -> None:
    repo = copied(judged.repo, tmp_path / "repo")
    (reference,) = repo.root.glob(".git/curation/states/*/*/references/*/*/reference.safetensors")
    reference.write_bytes(b"damaged")
    report = tmp_path / "gate.json"
    ran = run(repo, "gate", "--base", "main", "--output", f"json={report}", "--fail-on", "never", "--allow-empty")
    assert (ran.code, ran.out, report.exists()) == (3, "", False)


def test_completion_knows_the_options_and_the_formats() -> None:
    for words, wanted in (("curate gate --fail", "--fail-on"), ("curate gate --output sa", "sarif=")):
        done = subprocess.run(
            [sys.executable, "-m", "curation.cli.main"],
            env={
                **os.environ,
                "PYTHONPATH": str(ROOT),
                "_CURATE_COMPLETE": "complete_bash",
                "COMP_WORDS": words,
                "COMP_CWORD": str(len(words.split()) - 1),
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert wanted in done.stdout.split()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--output", "sarif"], "FORMAT=PATH wanted"),
        (["--output", "exe=x"], "FORMAT=PATH wanted"),
        (["--output", "json=no/such/folder/x"], "cannot be written"),
        (["--base", "-x"], "there is no commit"),
        (["--workspace", "nowhere"], "is no folder"),
    ],
)
def test_a_wrong_call_is_said_to_be_one(medical: Repo, arguments: list[str], said: str) -> None:
    ran = run(medical, "gate", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert re.search(said, ran.err)
