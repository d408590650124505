"""`curate report` from the command line: what it writes where, and what it refuses."""

import json
from pathlib import Path

import pytest

from tests import small
from tests.cli.running import Curate


def test_a_report_is_written_whole_and_changes_nothing(curate: Curate, root: Path) -> None:
    assert curate("report").out.startswith("# Quality of all datanets\n")
    before = small.state_digest(root)
    for ending in ("html", "md", "json", "csv"):
        ran = curate("report", "faq", "--output", f"out.{ending}", "--since", "2")
        assert (ran.code, ran.out, ran.err) == (0, "", f"wrote out.{ending}\n")
    assert small.state_digest(root) == before
    assert Path("out.html").read_text(encoding="utf-8").startswith("<!doctype html>\n")
    told = json.loads(Path("out.json").read_text(encoding="utf-8"))
    assert (told["schema"], told["datanet"], told["since"]) == ("curation.report/1", "faq", 2)
    assert told["basis"]["command"] == "curate report faq --since 2"
    assert Path("out.csv").read_bytes().startswith(b"figure,of,value,low,high,unit,counted\r\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--output", "report.pdf"), "ends in none of .html, .md, .json, .csv"),
        (("nowhere",), "there is no datanet 'nowhere'"),
        (("--since", "9999"), "there is no journal line 9999"),
        (("--output", "no/such/report.md"), "cannot be written"),
    ],
)
def test_what_cannot_be_is_a_wrong_call(arguments: tuple[str, ...], said: str, curate: Curate, root: Path) -> None:
    ran = curate("report", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert not (root / "report.pdf").exists()
