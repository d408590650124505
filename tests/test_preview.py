"""What a check says that such records would have earned: in every format, by record and in total, and never more."""

import json

import pytest

from curation.formats import document, jsonl, text
from curation.opened import Checked
from curation.workspace import Workspace
from tests import money, small
from tests.test_schemas import CHECK, RECORD


@pytest.fixture(scope="module")
def checks(tmp_path_factory: pytest.TempPathFactory) -> tuple[Checked, Checked]:
    """The same file, two new fields and a copy of ann's, before and after the first epoch."""
    root = small.copy_of(money.template(tmp_path_factory.mktemp("money")), tmp_path_factory.mktemp("preview") / "soil")
    workspace = Workspace(root)
    file = small.write_jsonl(root / "new.jsonl", [*small.plots(2, 300), *small.plots(1, 100), "{"])
    before = workspace.check(file, money.NAME)
    workspace.infer(money.NAME, money.questions(workspace, 100, 111, 112), money.FEE)
    workspace.settle()
    return before, workspace.check(file, money.NAME)


def test_before_the_first_epoch_nothing_is_promised(checks: tuple[Checked, Checked]) -> None:
    before, _ = checks
    assert before.earnings is None
    assert "earnings" not in document.check_document(before)
    assert "credited" not in "\n".join(text.check_text(before))
    assert all("earnings" not in json.loads(line) for line in jsonl.lines(before.inspection, before.earnings))


def test_the_range_is_that_of_the_last_epoch_for_each_record_and_in_total(checks: tuple[Checked, Checked]) -> None:
    _, after = checks
    assert after.earnings is not None
    assert (after.earnings.epoch, after.earnings.records) == (1, 30)
    accepted = [row.record for row in after.inspection.rows if row.verdict == "accept"]
    copies = [row.record for row in after.inspection.rows if row.record and row.record not in accepted]
    assert (len(accepted), len(copies)) == (2, 1)
    by_record = after.earnings.by_record
    assert by_record[copies[0] or ""] == (0, 0)
    for record in accepted:
        low, high = by_record[record or ""]
        assert 0 <= low < high <= 21 * money.FEE // 10
    assert after.earnings.low == sum(low for low, _ in by_record.values())
    assert after.earnings.high == sum(high for _, high in by_record.values())


def test_every_format_says_the_same_and_keeps_to_its_schema(checks: tuple[Checked, Checked]) -> None:
    _, after = checks
    assert after.earnings is not None
    told = json.loads(document.written(document.check_document(after)))
    assert next(iter(told)) == "schema"
    low, high = str(after.earnings.low), str(after.earnings.high)
    assert told["earnings"] == {"epoch": 1, "records": 30, "low": low, "high": high}
    assert list(CHECK.iter_errors(told)) == []
    lines = [json.loads(line) for line in jsonl.lines(after.inspection, after.earnings)]
    assert [list(RECORD.iter_errors(line)) for line in lines] == [[]] * 4
    for line in lines:
        if line["record"] is None:
            assert "earnings" not in line
        else:
            part = after.earnings.by_record[line["record"]]
            assert line["earnings"] == {"epoch": 1, "low": str(part[0]), "high": str(part[1])}
    assert "in epoch 1" in "\n".join(text.check_text(after))
