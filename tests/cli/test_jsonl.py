"""`--format jsonl`, the contract for scripts, field by field: one line per input record, in order, nothing left out."""

import json
import math
from pathlib import Path
from typing import Any

import pytest

from curation.formats import jsonl
from curation.workspace import Checked, Workspace
from tests import small
from tests.cli.running import Curate

FIELDS = ["schema", "line", "record", "digest", "verdict", "weight", "novelty", "evidence", "scores", "findings"]
FINDING_FIELDS = ["check", "field", "severity", "message", "evidence", "p", "suggested", "fix", "related"]
RELATED_FIELDS = ["record", "contributor", "line", "similarity"]
SCORES = {"outlier", "label-noise", "near-duplicate", "paraphrase", "language"}


def told(checked: Checked) -> list[dict[str, Any]]:
    return [json.loads(line) for line in jsonl.lines(checked.inspection)]


def hold_to_the_contract(rows: list[dict[str, Any]], scores: set[str]) -> None:
    for row in rows:
        assert list(row) == FIELDS
        assert row["schema"] == "curation.record/1"
        assert row["verdict"] in ("accept", "review", "reject", "unchecked")
        for finding in row["findings"]:
            assert list(finding) == FINDING_FIELDS
            assert finding["severity"] in ("critical", "hold", "warning", "info", "insufficient")
            assert finding["message"]
            assert finding["fix"]
            assert finding["p"] is None or 0 < finding["p"] <= 1
            for other in finding["related"]:
                assert list(other) == RELATED_FIELDS
        if row["record"] is None:
            assert [row[name] for name in ("digest", "weight", "novelty")] == [None, None, None]
            assert (row["evidence"], row["scores"], row["verdict"]) == ({}, {}, "reject")
            assert [one["check"] for one in row["findings"]] == ["unreadable"]
            continue
        assert len(row["record"]) == 32
        assert len(row["digest"]) == 64
        assert 0 < row["weight"] < 1
        assert 0 <= row["novelty"] <= 1
        assert set(row["evidence"]) == {"prior", "rules", "strangeness", "label-noise"}
        assert row["weight"] == pytest.approx(1 / (1 + math.exp(-sum(row["evidence"].values()))), abs=1e-6)
        assert scores <= set(row["scores"])
        assert all(0 <= score <= 1 for score in row["scores"].values())


def test_every_row_of_the_examples_keeps_the_contract(examples: Workspace) -> None:
    folder = examples.root / "datanets"
    for datanet, file in (
        ("medical-questions", "copy-shop/dump.jsonl"),
        ("medical-questions", "fast-typist/batch-1.jsonl"),
        ("crop-records", "field-app/sync.csv"),
    ):
        path = folder / datanet / "contributions" / file
        rows = told(examples.check(path, datanet))
        first = 1 if path.suffix == ".jsonl" else 2
        assert [row["line"] for row in rows] == list(
            range(first, first + len(path.read_text().splitlines()) + 1 - first)
        )
        hold_to_the_contract(rows, SCORES if path.suffix == ".jsonl" else {"outlier", "near-duplicate"})
        assert {row["verdict"] for row in rows} == {"accept", "review", "reject"}
        # Rejected ones are scored like all others.
        assert any(row["verdict"] == "reject" and row["scores"] for row in rows)


def test_without_a_reference_records_are_scored_by_cross_fitting(unimported: Workspace) -> None:
    path = unimported.root / "datanets" / "legal-clauses" / "trusted" / "records.jsonl"
    rows = told(unimported.check(path, "legal-clauses"))
    hold_to_the_contract(rows, SCORES)
    assert {row["verdict"] for row in rows} == {"unchecked"}
    assert all("thin-reference" in {one["check"] for one in row["findings"]} for row in rows)
    labels = [row["scores"]["label-noise"] for row in rows]
    # Out of sample: nobody's own label vouches for itself, and each score is its own.
    assert len(set(labels)) == len(labels)
    assert min(labels) < 0.5 < sorted(labels)[len(labels) // 2] < max(labels) < 1


def test_thin_classes_and_unserved_languages_are_scored_and_called_insufficient(root: Path) -> None:
    card = root / "datanets" / "faq" / "datanet.yaml"
    card.write_text(card.read_text().replace("languages: [en]", "languages: [en, es]"))
    spanish = "¿Cuántas veces al día hay que cepillarse los dientes para que no duelan las encías?"
    rows = [
        *small.honest(2),
        {"question": "Why do my feet swell on long flights to Lagos?", "topic": "feet"},
        {"question": spanish, "topic": "teeth"},
    ]
    checked = told(Workspace(root).check(small.write_jsonl(root / "new.jsonl", rows), "faq"))
    hold_to_the_contract(checked, SCORES)
    assert [row["verdict"] for row in checked] == ["accept", "accept", "unchecked", "unchecked"]
    for row, why in ((checked[2], "0 records labelled 'feet'"), (checked[3], "does not serve the language")):
        (finding,) = [one for one in row["findings"] if one["check"] == "label-noise"]
        assert finding["severity"] == "insufficient"
        assert why in finding["message"]
        assert row["evidence"]["label-noise"] == 0
    # The encoder has read the question all the same.
    assert checked[3]["scores"]["label-noise"] != checked[2]["scores"]["label-noise"]


def test_what_the_scores_say(root: Path) -> None:
    trusted = small.trusted()[0]
    rows = [
        trusted,
        {**trusted, "question": trusted["question"] + " Thank you."},
        small.honest(1)[0],
        {**small.honest(1)[0], "topic": "teeth"},
        {"question": "Xqzv plim torvak wubble", "topic": "skin"},
    ]
    copy, edited, honest, wrong, gibberish = told(
        Workspace(root).check(small.write_jsonl(root / "a.jsonl", rows), "faq")
    )
    assert copy["scores"]["near-duplicate"] == 0
    assert copy["scores"]["paraphrase"] == pytest.approx(0, abs=1e-6)
    assert 0 < edited["scores"]["near-duplicate"] < honest["scores"]["near-duplicate"] < 1
    assert 0 < edited["scores"]["paraphrase"] < honest["scores"]["paraphrase"] < 1
    assert wrong["scores"]["label-noise"] < 0.3 < honest["scores"]["label-noise"]
    assert gibberish["scores"]["outlier"] < honest["scores"]["outlier"]
    (finding,) = [one for one in wrong["findings"] if one["check"] == "label-noise"]
    assert finding["suggested"] == "heart"
    (related,) = next(one for one in copy["findings"] if one["check"] == "exact-duplicate")["related"]
    assert (related["contributor"], related["line"], related["similarity"]) == ("owner", 1, 1.0)


def test_without_anything_earlier_there_is_nothing_to_repeat(encoder_cache: Path, tmp_path: Path) -> None:
    fresh = Workspace(small.lay_out(tmp_path / "fresh", encoder_cache))
    (row,) = told(fresh.check(small.write_jsonl(tmp_path / "one.jsonl", small.honest(1)), "faq"))
    assert (row["scores"]["near-duplicate"], row["scores"]["paraphrase"], row["novelty"]) == (1, 1, 1)


def test_the_line_of_a_csv_row_is_its_first_physical_one(curate: Curate, root: Path) -> None:
    questions = [row["question"] for row in small.honest(4)]
    file = root / "new.csv"
    file.write_text(
        "id,question,topic\r\n"
        f'1,"{questions[0]}",heart\r\n'
        f'2,"{questions[1][:10]}\r\n\r\n{questions[1][10:]}",skin\r\n'
        "3,too,many,fields\r\n"
        f'4,"{questions[3]}",heart\r\n',
        newline="",
    )
    ran = curate("check", file, "--datanet", "faq", "--format", "jsonl")
    rows = [json.loads(line) for line in ran.out.splitlines()]
    assert [(row["line"], row["record"] is None) for row in rows] == [(2, False), (3, False), (6, True), (7, False)]
    hold_to_the_contract(rows, SCORES)
    assert ran.code == 1


def test_numbers_are_written_as_they_are(root: Path) -> None:
    checked = Workspace(root).check(small.write_jsonl(root / "new.jsonl", small.honest(6)), "faq")
    for row, judged in zip(told(checked), checked.inspection.rows, strict=True):
        assert (row["weight"], row["novelty"]) == (judged.weight, judged.novelty)
        assert row["scores"] == judged.scores
    digits = [len(str(row["scores"]["label-noise"])) for row in told(checked)]
    assert min(digits) > 12


@pytest.mark.parametrize("verb", [("submit", "--contributor", "ann"), ("import",)])
def test_a_repeated_submission_gives_the_stored_lines(curate: Curate, root: Path, verb: tuple[str, ...]) -> None:
    rows = [*small.honest(3), {**small.honest(4)[3], "topic": "teeth"}, small.trusted()[0], "{"]
    file = small.write_jsonl(root / "new.jsonl", rows)
    command = (verb[0], file, *verb[1:], "--datanet", "faq", "--format")
    first = curate(*command, "jsonl")
    state = small.state_digest(root)
    again = curate(*command, "jsonl", "--output", root / "again.jsonl")
    assert (again.code, again.out) == (first.code, "")
    lines = [json.loads(line) for line in (root / "again.jsonl").read_text().splitlines()]
    hold_to_the_contract(lines, SCORES)
    for line, was in zip(lines, map(json.loads, first.out.splitlines()), strict=True):
        for rounded in ("weight", "novelty", "evidence", "scores"):
            assert line.pop(rounded) == pytest.approx(was.pop(rounded), abs=1e-6)
        for finding, before in zip(line.pop("findings"), was.pop("findings"), strict=True):
            assert [one.pop("similarity") for one in finding["related"]] == pytest.approx(
                [one.pop("similarity") for one in before["related"]], abs=1e-6
            )
            for rounded in ("evidence", "p"):
                assert finding.pop(rounded) == pytest.approx(before.pop(rounded), abs=1e-6)
            assert finding == before
        assert line == was
    told = curate(*command, "json", "--output", root / "again.json")
    assert (told.code, told.out) == (first.code, "")
    document = json.loads((root / "again.json").read_text())
    assert (document["schema"], document["exit_code"]) == ("curation.already/1", first.code)
    assert small.state_digest(root) == state
