from collections.abc import Callable
from pathlib import Path

import pytest

from curation.datanet.card import Datanet
from curation.datanet.record import Contribution, Unreadable, record_id
from curation.errors import UsageError
from curation.intake.reading import file_digest, read_contribution, read_sample
from curation.intake.seen import described, quoted

Read = Callable[[str, bytes], Contribution]


def test_a_record_is_its_declared_fields_in_the_cards_order(read: Read) -> None:
    contribution = read("file.jsonl", b'{"label":"x","text":"a","id":"7"}\n{"text":"a","id":"8","label":"x"}\n')
    first, second = contribution.records
    assert list(first.values) == ["id", "text", "label"]
    assert first.content == {"text": "a", "label": "x"}
    assert first.digest == second.digest
    assert first.id == record_id("demo-net", "amina", contribution.file_digest, 0) != second.id
    assert (contribution.datanet, contribution.contributor, contribution.file_name) == (
        "demo-net",
        "amina",
        "file.jsonl",
    )


def test_unknown_fields_are_dropped_and_listed_when_the_card_says_so(tmp_path: Path, lenient_card: Datanet) -> None:
    path = tmp_path / "file.jsonl"
    path.write_bytes(b'{"text":"a","zeta":1,"alpha":[{"x":[]}]}\n{"text":"b","alpha":null}\n')
    contribution = read_contribution(path, datanet=lenient_card, contributor="amina")
    assert [record.values for record in contribution.records] == [{"text": "a"}, {"text": "b"}]
    assert contribution.ignored_fields == ("zeta", "alpha")


def test_ignored_fields_cannot_fill_the_memory(tmp_path: Path, lenient_card: Datanet) -> None:
    path = tmp_path / "file.jsonl"
    path.write_text("".join(f'{{"text":"a","field {row}":1}}\n' for row in range(3_000)))
    contribution = read_contribution(path, datanet=lenient_card, contributor="amina")
    assert len(contribution.records) == 3_000
    assert len(contribution.ignored_fields) == 1_000


def test_every_flaw_of_a_row_is_told_and_the_first_stands_first(read: Read) -> None:
    (row,) = read("file.jsonl", b'{"id":"7","age":"old","dose":true,"seen":"never"}\n').rows
    assert isinstance(row, Unreadable)
    assert [(flaw.code, flaw.field) for flaw in row.flaws] == [
        ("missing-field", "text"),
        ("wrong-type", "age"),
        ("wrong-type", "dose"),
        ("wrong-type", "seen"),
    ]
    assert (row.code, row.message, row.field) == ("missing-field", row.flaws[0].message, "text")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("text", "1"),
        ("text", "true"),
        ("text", '["a"]'),
        ("text", '{"a":1}'),
        ("age", '"1"'),
        ("age", "1.0"),
        ("age", "1e2"),
        ("age", "true"),
        ("dose", '"1.5"'),
        ("dose", "false"),
        ("checked", "1"),
        ("checked", '"true"'),
        ("seen", "20240229"),
        ("seen", '"2023-02-29"'),
        ("seen", '"2024-02-29T00:00:00"'),
        ("seen", '"29/02/2024"'),
    ],
)
def test_nothing_is_coerced(field: str, value: str, read: Read) -> None:
    rest = "" if field == "text" else ',"text":"a"'
    (row,) = read("file.jsonl", f'{{"{field}":{value}{rest}}}'.encode()).rows
    assert isinstance(row, Unreadable)
    assert (row.code, row.field, row.column) == ("wrong-type", field, len(field) + 5)
    assert f"`{field}`" in row.message
    assert "wanted" in row.message


def test_a_message_never_holds_a_whole_secret_or_a_raw_control_character(read: Read) -> None:
    secret = "sk-live-51H8abcdefghijklmnop"  # noqa: S105 - looks like one, as the test wants
    rows = read("file.jsonl", f'{{"text":"a","age":"{secret}"}}\n{{"text":"a","\\u001b]0;x":1}}'.encode()).rows
    for row in rows:
        assert isinstance(row, Unreadable)
        assert secret not in row.message
        assert row.message.isprintable()
    assert rows[0].message == "`age` is the text 'sk-live-…' (28 characters), an integer wanted"  # type: ignore[union-attr]  # asserted above


def test_what_was_seen_is_named_by_its_type() -> None:
    values: list[object] = [None, True, 3, [], {}, "a"]
    assert [described(value) for value in values] == [
        "null",
        "true",
        "the integer '3'",
        "a list",
        "an object",
        "the text 'a'",
    ]
    assert quoted("\u202e") == "'⟨U+202E⟩'"


@pytest.mark.parametrize(
    ("name", "data", "first"),
    [
        ("f.csv", b"b,a\n1,x\n,\n2,y\n", {"b": "1", "a": "x"}),
        ("f.jsonl", b'{"b":1,"a":"x","n":[1]}\nbad\n{"b":null,"a":"y"}\n{"a":"z"}\n', {"b": 1, "a": "x"}),
    ],
)
def test_a_sample_is_the_first_rows_without_a_card(name: str, data: bytes, first: object, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    whole = read_sample(path, 100)
    assert whole.columns == ("b", "a")
    assert len(whole.rows) == 3
    assert whole.rows[0] == first
    assert read_sample(path, 1).rows == whole.rows[:1]
    assert whole.format == name[2:]
    if name == "f.csv":
        assert whole.rows[1] == {"b": None, "a": None}
    else:
        assert (whole.nested, whole.unreadable) == (("n",), 1)


def test_only_a_readable_regular_file_is_read(tmp_path: Path, card: Datanet) -> None:
    import os

    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "folder.csv").mkdir()
    for name in ("pipe.csv", "folder.csv", "absent.csv", "\0.csv", "x" * 300 + ".csv"):
        with pytest.raises(UsageError) as wrong:
            read_contribution(tmp_path / name, datanet=card, contributor="amina")
        assert str(tmp_path) not in str(wrong.value)
        assert str(wrong.value).isprintable()


def test_the_digest_is_that_of_the_stored_bytes(tmp_path: Path, read: Read) -> None:
    import hashlib

    data = b'{"text":"a"}\n'
    contribution = read("file.jsonl", data)
    assert contribution.file_digest == file_digest(tmp_path / "file.jsonl") == hashlib.sha256(data).hexdigest()
