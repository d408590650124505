"""What people decide about records, and what it does to the next reference."""

from pathlib import Path

import pytest

from curation.errors import UsageError
from curation.workspace import Workspace
from tests import small
from tests.small import records_of, verdict_of


def test_a_decision_covers_all_identical_content(workspace: Workspace, tmp_path: Path) -> None:
    wrong = [{**row, "topic": "teeth"} for row in small.honest(9) if row["topic"] == "heart"]
    first = records_of(workspace, small.write_jsonl(tmp_path / "a.jsonl", wrong), "faq", "ann")
    second = records_of(workspace, small.write_jsonl(tmp_path / "b.jsonl", wrong), "faq", "bea")
    assert verdict_of(workspace, first[0]) == ("review", "inspected")
    assert verdict_of(workspace, second[0]) == ("reject", "copy")

    workspace.decide(second[0], "reject", by="amina", reason="invented", label=None)
    assert verdict_of(workspace, first[0]) == ("reject", "decided")
    assert verdict_of(workspace, second[0]) == ("reject", "decided")
    workspace.decide(first[0], "accept", by="amina", reason="it is right after all", label=None)
    assert verdict_of(workspace, first[0]) == ("accept", "decided")
    # The content is good; the second to bring it is a copy all the same.
    assert verdict_of(workspace, second[0]) == ("reject", "copy")
    assert len(workspace.explain(first[0]).decisions) == 1
    assert workspace.verify().agrees


def test_a_copy_succeeds_a_withdrawn_record(workspace: Workspace, tmp_path: Path) -> None:
    rows = small.honest(2)
    first = records_of(workspace, small.write_jsonl(tmp_path / "a.jsonl", rows), "faq", "ann")
    second = records_of(workspace, small.write_jsonl(tmp_path / "b.jsonl", [*rows, *small.honest(3)[2:]]), "faq", "bea")
    third = records_of(workspace, small.write_jsonl(tmp_path / "c.jsonl", rows[:1]), "faq", "cid")
    assert workspace.explain(third[0]).record.partner == first[0]
    workspace.withdraw(first[0])
    assert verdict_of(workspace, first[0]) == ("withdrawn", "withdrawn")
    assert verdict_of(workspace, second[0]) == ("accept", "succeeded")
    assert workspace.explain(second[0]).record.novelty == 1.0
    assert workspace.explain(third[0]).record.partner == second[0]
    workspace.withdraw(second[0])
    assert verdict_of(workspace, third[0]) == ("accept", "succeeded")
    assert verdict_of(workspace, second[1]) == ("reject", "copy")
    with pytest.raises(UsageError, match="withdrawn before"):
        workspace.withdraw(first[0])
    # What is withdrawn is nobody's partner any more, and what succeeded it is.
    probe = workspace.check(small.write_jsonl(tmp_path / "d.jsonl", rows[:1]), "faq").inspection.rows[0]
    assert [
        one.record for found in probe.findings for one in found.related if found.check == "exact-duplicate"
    ] == third


def test_an_accepted_record_joins_the_reference_at_refresh_and_not_before(workspace: Workspace, tmp_path: Path) -> None:
    (record, *_) = records_of(workspace, small.write_jsonl(tmp_path / "a.jsonl", small.honest(3)), "faq", "ann")
    file = small.write_jsonl(tmp_path / "b.jsonl", small.honest(9)[6:])
    before = workspace.check(file, "faq")
    workspace.decide(record, "accept", by="amina", reason="right", label=None)
    decided = workspace.check(file, "faq")
    assert decided.inspection == before.inspection
    assert decided.reference_members == 60

    version, members, is_new = workspace.refresh("faq")
    assert (members, is_new) == (61, True)
    assert version != before.inspection.reference
    assert workspace.check(file, "faq").inspection.reference == version
    assert record in workspace.shelf.reference("faq", version).members.ids
    # Only inspection accepted the other two.
    assert workspace.refresh("faq") == (version, 61, False)


def test_refresh_without_change_journals_and_writes_nothing(workspace: Workspace) -> None:
    before = small.state_digest(workspace.root)
    assert workspace.refresh("faq")[2] is False
    assert workspace.refresh("plots")[2] is False
    assert small.state_digest(workspace.root) == before


@pytest.mark.parametrize("through_a_copy", [False, True])
def test_a_relabelled_record_enters_the_next_reference_with_its_new_label(
    workspace: Workspace, tmp_path: Path, *, through_a_copy: bool
) -> None:
    wrong = [{**row, "topic": "teeth"} for row in small.honest(1)]
    (record,) = records_of(workspace, small.write_jsonl(tmp_path / "a.jsonl", wrong), "faq", "ann")
    workspace.decide(record, "relabel", by="amina", reason="it is about the heart", label="heart")
    found = workspace.explain(record).record
    assert (found.verdict, found.given_label, found.label) == ("accept", "teeth", "heart")
    if through_a_copy:
        (copy,) = records_of(workspace, small.write_jsonl(tmp_path / "b.jsonl", [*wrong, "{"]), "faq", "bea")
        workspace.withdraw(record)
        record = copy
        assert workspace.explain(record).record.label == "heart"
    version, _, _ = workspace.refresh("faq")
    members = workspace.shelf.reference("faq", version).members
    assert dict(zip(members.ids, members.labels, strict=True))[record] == "heart"


def test_a_withdrawn_or_rejected_member_leaves_the_next_reference(workspace: Workspace) -> None:
    current = workspace.state().reference("faq")
    assert current is not None
    first, second, *_ = workspace.shelf.reference("faq", current.version).members.ids
    workspace.withdraw(first)
    workspace.decide(second, "reject", by="amina", reason="wrong", label=None)
    assert workspace.refresh("faq")[1:] == (58, True)


def test_a_decision_wants_a_label_that_the_card_allows(workspace: Workspace, tmp_path: Path) -> None:
    (record,) = records_of(workspace, small.write_jsonl(tmp_path / "a.jsonl", small.honest(1)), "faq", "ann")
    (plot,) = records_of(workspace, small.write_jsonl(tmp_path / "p.jsonl", small.plots(1, 100)), "plots", "ann")
    before = small.state_digest(workspace.root)
    for said, label, match in (
        ("relabel", "horoscope\u202e", "not allowed in faq: one of heart, skin, teeth, feet wanted"),
        ("relabel", None, "go together"),
        ("accept", "heart", "go together"),
    ):
        with pytest.raises(UsageError, match=match) as raised:
            workspace.decide(record, said, by="amina", reason="x", label=label)  # type: ignore[arg-type]  # a pair of texts
        assert "\u202e" not in str(raised.value)
    with pytest.raises(UsageError, match="no labels"):
        workspace.decide(plot, "relabel", by="amina", reason="x", label="heart")
    with pytest.raises(UsageError, match="needs a reason"):
        workspace.decide(record, "accept", by="amina", reason="  ", label=None)
    with pytest.raises(UsageError, match="UTF-8"):
        workspace.decide(record, "accept", by="amina", reason="b\udcffd", label=None)
    with pytest.raises(UsageError, match="curator name"):
        workspace.decide(record, "accept", by="A B", reason="x", label=None)
    with pytest.raises(UsageError, match="another curator has to decide"):
        workspace.decide(record, "accept", by="ann", reason="mine", label=None)
    assert small.state_digest(workspace.root) == before


def test_what_is_not_said_anew_of_a_contributor_stays(workspace: Workspace) -> None:
    addresses = ["0x52908400098527886E0F7030069857D2E4169EE7", "0xde709f2102306220921060314715629080e2fb77"]
    known = workspace.register("ann", address=addresses[0], public_key="ed25519:AAAA")
    assert (known.name, known.address, known.public_key) == ("ann", addresses[0].lower(), "ed25519:AAAA")
    workspace.register("ann", name="Ann of Lagos")
    known = workspace.register("ann", address=addresses[1])
    assert (known.name, known.address, known.public_key) == ("Ann of Lagos", addresses[1], "ed25519:AAAA")
    assert known in Workspace(workspace.root).contributors()
    assert "Lagos" not in workspace.places.journal.read_text(encoding="utf-8")
    before = small.state_digest(workspace.root)
    assert workspace.register("ann", address=addresses[1]) == known
    assert small.state_digest(workspace.root) == before
    assert workspace.verify().agrees


# What survives
