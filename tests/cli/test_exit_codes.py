"""0 policy met or done, 1 not met or disagreement, 2 usage or unreadable, 3 an engine failed; 2 and 3 store nothing."""

import json
from pathlib import Path

import pytest

from curation.ledger.store import Store
from curation.workspace import Workspace
from tests import small
from tests.cli.running import Curate

MISLABELLED = {"heart": "teeth", "skin": "heart", "teeth": "skin"}

BROKEN_PACK = """\
schema: curation.rules/1
pack: broken
title: A rule that cannot be judged
rules:
  - code: raises
    type: expect_column_values_to_match_strftime_format
    kwargs: {column: question, strftime_format: "%Q%"}
    severity: warning
    meta:
      message: "`{field}` is {value}"
      evidence: -1.0
      fix: nothing
      why: There is no such format, which shows when it is judged.
      passes: {question: "1"}
      fails: {question: "2"}
"""


def wrong_labels(count: int) -> list[small.Row]:
    """Questions under another topic; those of the fixture that inspection sends to review."""
    rows: list[small.Row] = [{**row, "topic": MISLABELLED[row["topic"]]} for row in small.honest(12)]
    return [row for number, row in enumerate(rows) if number not in (3, 11)][:count]


@pytest.mark.parametrize(
    ("rows", "code", "reason"),
    [
        (small.honest(10), 0, "policy met"),
        ([*small.honest(8), *wrong_labels(2)], 0, "policy met"),
        ([*small.honest(7), *wrong_labels(3)], 1, "3 of 10 records under review or unchecked, at most 20% wanted"),
        ([*small.honest(9), '{"question": "no topic"}'], 1, "1 of 10 records rejected, at most 0% wanted"),
        ([*small.honest(9), {**small.honest(10)[9], "topic": "feet"}], 0, "insufficient: label-noise"),
        ([*small.honest(9), small.trusted()[0]], 1, "1 of 10 records rejected"),
        (["nothing", "readable"], 1, "2 of 2 records rejected"),
    ],
)
def test_check_and_submit_answer_with_the_policy(
    curate: Curate, root: Path, rows: list[small.Row | str], code: int, reason: str
) -> None:
    file = small.write_jsonl(root / "new.jsonl", rows)
    checked = curate("check", file, "--datanet", "faq")
    assert (checked.code, checked.err) == (code, "")
    assert reason in checked.out
    submitted = curate("submit", file, "--datanet", "faq", "--contributor", "ann")
    assert submitted.code == code
    assert "stored as contribution" in submitted.err
    state = small.state_digest(root)
    again = curate("submit", file, "--datanet", "faq", "--contributor", "ann")
    assert again.code == code
    assert again.out == ""
    assert again.err.startswith("already submitted at 20")
    assert small.state_digest(root) == state


@pytest.mark.parametrize(
    ("policy", "code", "said"),
    [
        ("", 0, "policy met by default: all 4 records are unchecked until a person decides"),
        (", unchecked_share_max: 0", 1, "policy not met\n    4 of 4 records unchecked, at most 0% wanted"),
    ],
)
def test_what_nobody_could_judge_never_looks_clean(
    curate: Curate, root: Path, policy: str, code: int, said: str
) -> None:
    folder = root / "datanets" / "new-faq"
    folder.mkdir()
    card = small.FAQ.replace("name: faq", "name: new-faq").replace("reference_min: 40", f"reference_min: 40{policy}")
    (folder / "datanet.yaml").write_text(card, encoding="utf-8")
    ran = curate("check", small.write_jsonl(root / "new.jsonl", small.honest(4)), "--datanet", "new-faq")
    assert ran.code == code
    assert said in ran.out
    assert "policy met\n" not in ran.out


def test_a_file_without_records_never_passes(curate: Curate, root: Path) -> None:
    header = root / "header.csv"
    header.write_text("id,question,topic\n")
    for verb in (["check"], ["submit", "--contributor", "ann"], ["import"]):
        ran = curate(*verb, header, "--datanet", "faq")
        assert (ran.code, ran.out) == (2, "")
        assert "0 records" in ran.err


def test_too_small_a_reference_alone_does_not_fail(curate: Curate, root: Path) -> None:
    card = root / "datanets" / "faq" / "datanet.yaml"
    card.write_text(card.read_text().replace("reference_min: 40", "reference_min: 61"))
    file = small.write_jsonl(root / "new.jsonl", small.honest(6))
    ran = curate("check", file, "--datanet", "faq", "--format", "json")
    assert ran.code == 0
    document = json.loads(ran.out)
    assert document["verdicts"] == {"accept": 0, "review": 0, "reject": 0, "unchecked": 6}
    assert document["insufficient"]["thin-reference"] == 6
    assert document["reference"] == {"version": None, "members": 0}


def test_an_import_is_done_whatever_the_verdicts(curate: Curate, root: Path) -> None:
    file = small.write_jsonl(root / "more.jsonl", ["{", *wrong_labels(5), small.trusted()[0]])
    ran = curate("import", file, "--datanet", "faq", "--format", "json")
    assert ran.code == 0
    assert json.loads(ran.out)["policy"]["met"] is False
    assert curate("import", file, "--datanet", "faq").code == 0


def test_a_rule_that_cannot_be_judged_fails_the_engine_and_stores_nothing(curate: Curate, root: Path) -> None:
    (root / "rules").mkdir()
    (root / "rules" / "broken.yaml").write_text(BROKEN_PACK)
    card = root / "datanets" / "faq" / "datanet.yaml"
    card.write_text(card.read_text() + "rules: [broken]\n")
    file = small.write_jsonl(root / "new.jsonl", small.honest(3))
    state = small.state_digest(root)
    ran = curate("submit", file, "--datanet", "faq", "--contributor", "ann")
    assert (ran.code, ran.out) == (3, "")
    assert "broken/raises" in ran.err
    assert small.state_digest(root) == state


def test_another_model_than_the_pinned_one_fails_the_engine_and_stores_nothing(curate: Curate, root: Path) -> None:
    (root / "model").mkdir()
    (root / "model" / "model.safetensors").write_bytes(b"another")
    card = root / "datanets" / "faq" / "datanet.yaml"
    card.write_text(card.read_text() + f"encoder: {{path: model, sha256: {'ab' * 32}}}\n")
    file = small.write_jsonl(root / "new.jsonl", small.honest(3))
    state = small.state_digest(root)
    for verb in (["check"], ["submit", "--contributor", "ann"], ["import"]):
        ran = curate(*verb, file, "--datanet", "faq")
        assert (ran.code, ran.out) == (3, "")
        assert "is not the pinned one" in ran.err
    assert small.state_digest(root) == state


def test_an_unforeseen_failure_is_an_engine_failure(curate: Curate, root: Path) -> None:
    # A folder where the journal should be is nothing anybody planned for.
    (root / ".curation" / "journal.jsonl").unlink()
    (root / ".curation" / "journal.jsonl").mkdir()
    ran = curate("status")
    assert ran.code == 3
    assert ran.err == "curate: an engine failed: IsADirectoryError (set CURATION_TRACE=1 for details)\n"


def test_verify_answers_one_on_any_disagreement(curate: Curate, root: Path) -> None:
    agreed = curate("verify", "--format", "json")
    assert agreed.code == 0
    document = json.loads(agreed.out)
    assert document["agrees"]
    assert document["compared"]["result lines"] == 120
    assert document["compared"]["reference files"] == 4
    assert curate("verify", "--head", document["head"]).code == 0
    assert curate("verify", "--head", "0" * 63 + "1").code == 1

    workspace = Workspace(root)
    for spoilt in (
        workspace.objects.path(workspace.state().contributions[0].fact.result),
        root / ".curation" / "references" / "plots" / workspace.state().fitted[1].fact.version / "reference.json",
        root / ".curation" / "journal.jsonl",
    ):
        kept = spoilt.read_bytes()
        spoilt.write_bytes(kept.replace(b"1", b"2", 1))
        ran = curate("verify")
        assert ran.code == 1
        assert "PROBLEM: " in ran.out
        spoilt.write_bytes(kept)

    with Store.open(workspace.places.store, workspace.journal, workspace.objects, workspace.read_rows) as store:
        store._duck._connection.execute("UPDATE weights SET weight_ppm = 1000000 WHERE row_index = 7")
    ran = curate("verify")
    assert ran.code == 1
    assert "PROBLEM: table weights differs" in ran.out
    assert curate("rebuild").code == 0
    assert curate("verify").code == 0


def test_an_output_that_cannot_be_written_stores_nothing(curate: Curate, root: Path) -> None:
    file = small.write_jsonl(root / "new.jsonl", small.honest(3))
    state = small.state_digest(root)
    for output in (root / "missing" / "out.json", root):
        for verb in (["check"], ["submit", "--contributor", "ann"], ["import"]):
            ran = curate(*verb, file, "--datanet", "faq", "--output", output)
            assert (ran.code, ran.out) == (2, "")
            assert ran.err.endswith("\n")
            assert "cannot be written" in ran.err
    assert small.state_digest(root) == state
    assert not list(root.glob(".*.tmp"))


def test_output_goes_whole_into_a_file(curate: Curate, root: Path) -> None:
    file = small.write_jsonl(root / "new.jsonl", [*small.honest(3), "{"])
    for shape in ("text", "json", "jsonl"):
        shown = curate("check", file, "--datanet", "faq", "--format", shape)
        written = curate("check", file, "--datanet", "faq", "--format", shape, "--output", root / "out")
        assert (written.code, written.out, written.err) == (1, "", "")
        assert (root / "out").read_text(encoding="utf-8") == shown.out
