"""Gold and figures on the command line, as people type them."""

import json
from pathlib import Path

import pytest

from curation.workspace import Workspace
from tests import small
from tests.cli.running import Curate
from tests.small import records_of


@pytest.fixture
def decided(root: Path) -> str:
    """A record that waited, decided by amina."""
    wrong = [{**row, "topic": "teeth"} for row in small.honest(12) if row["topic"] == "heart"][:2]
    workspace = Workspace(root)
    record = min(records_of(workspace, small.write_jsonl(root / "a.jsonl", wrong), "faq", "ann"))
    workspace.decide(record, "relabel", by="amina", reason="so", label="heart")
    return record


def test_gold_from_nomination_to_dispute(decided: str, curate: Curate) -> None:
    assert curate("review", "gold").out == "0 gold records\n"
    assert curate("review", "nominate", decided, "--by", "ann", "--reason", "mine").code == 2
    done = curate("review", "nominate", decided[:12], "--by", "nora", "--reason", "sure", "--format", "json")
    assert json.loads(done.out)["record"] == decided
    assert curate("review", "gold").out.startswith(f"{decided[:12]}  relabel as 'heart', by nora; not answered yet\n")
    told = json.loads(curate("review", "gold", "--format", "json").out)
    assert [(one["record"], one["disputed"]) for one in told["gold"]] == [(decided, False)]
    asked = curate("review", "dispute", decided, "--by", "bilal", "--reason", "is it gold?")
    assert (asked.code, "no gold that bilal" in asked.err) == (2, True)
    assert curate("review", "dispute", decided, "--by", "nora", "--reason", "after all").code == 0
    assert "disputed" in curate("review", "gold").out


def test_curators_are_listed_with_what_they_did(decided: str, curate: Curate) -> None:
    assert decided
    table = curate("review", "curators").out.splitlines()
    assert [line.split()[0] for line in table] == ["curator", "amina", "agreement:"]
    (one,) = json.loads(curate("review", "curators", "amina", "--format", "json").out)["curators"]
    assert (one["looks"], one["gold"]["told"], one["missed"]) == (1, "not enough to tell", [])
    assert json.loads(curate("review", "curators", "-d", "plots", "--format", "json").out)["curators"] == []
    unknown = curate("review", "curators", "nobody")
    assert (unknown.code, "said nothing" in unknown.err) == (2, True)


def test_flags_are_listed_until_somebody_decides(decided: str, curate: Curate) -> None:
    assert curate("review", "flags").out == "0 flagged\n"
    assert curate("review", "flag", decided, "--by", "bilal", "--reason", "it names a patient").code == 0
    assert curate("review", "flags").out == f"{decided[:12]}  flagged by bilal: it names a patient\n1 flagged\n"
    assert json.loads(curate("review", "flags", "-d", "plots", "--format", "json").out)["flags"] == []
