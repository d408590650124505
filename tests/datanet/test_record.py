"""What a record is called, and when two records say the same."""

from decimal import Decimal

from curation.datanet.record import Contribution, Record, Unreadable, record_id


def a_record(*, index: int = 0, **content: str | int | Decimal | bool) -> Record:
    return Record(
        id=record_id("net-a", "ada", "f" * 64, index),
        index=index,
        line=index + 1,
        values={"id": f"row {index}", **content},
        content=content,
    )


def a_contribution(datanet: str = "net-a", contributor: str = "ada", file_digest: str = "f" * 64) -> Contribution:
    rows = (
        a_record(index=0, text="x"),
        Unreadable(index=1, line=2, column=1, code="json", message="?"),
        a_record(index=2, text="x"),
    )
    return Contribution(
        datanet=datanet, contributor=contributor, file_name="a.jsonl", file_digest=file_digest, rows=rows
    )


def test_equal_content_is_an_exact_copy_whatever_its_id_says() -> None:
    first, _, third = a_contribution().rows
    assert isinstance(first, Record)
    assert isinstance(third, Record)
    assert first.id != third.id
    assert first.digest == third.digest


def test_other_content_has_another_digest() -> None:
    contents: list[dict[str, str | int | Decimal | bool]] = [
        {"n": 1},
        {"n": "1"},
        {"n": True},
        {"n": Decimal("1.0")},
        {"m": 1},
        {},
    ]
    digests = {a_record(index=0, **content).digest for content in contents}
    assert len(digests) == len(contents)


def test_a_record_id_names_where_it_came_from() -> None:
    ids = {
        record_id(*place)
        for place in [
            ("net-a", "ada", "f", 0),
            ("net-b", "ada", "f", 0),
            ("net-a", "bob", "f", 0),
            ("net-a", "ada", "e", 0),
            ("net-a", "ada", "f", 1),
            # The parts are told apart by structure, not run together.
            ("net-aa", "da", "f", 0),
            ("net-a", "ad", "af", 0),
        ]
    }
    assert len(ids) == 7
    assert {len(one) for one in ids} == {32}
    assert record_id("net-a", "ada", "f", 0) in ids


def test_the_same_bytes_by_the_same_person_are_the_same_contribution() -> None:
    assert a_contribution().id == a_contribution().id
    others = [a_contribution(datanet="net-b"), a_contribution(contributor="bob"), a_contribution(file_digest="e" * 64)]
    assert len({one.id for one in [a_contribution(), *others]}) == 4


def test_unreadable_rows_are_rows_but_no_records() -> None:
    contribution = a_contribution()
    assert [record.index for record in contribution.records] == [0, 2]
    assert len(contribution.rows) == 3
