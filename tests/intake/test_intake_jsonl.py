import json
from collections.abc import Callable
from decimal import Decimal

import pytest

from curation.datanet.record import Contribution, Record, Unreadable
from curation.errors import FileRefused

Read = Callable[[str, bytes], Contribution]

GOOD = b'{"text":"good"}'
LONG_INTEGER = b"9" * 5000

# a line, its code, its column (None where the flaw has none)
FLAWED = {
    "duplicate key": (b'{"text":"a","text":"b"}', "duplicate-key", 13),
    "duplicate key, escaped": (b'{"text":"a","te\\u0078t":"b"}', "duplicate-key", 13),
    "duplicate key deep inside": (b'{"text":[{"a":1,"a":2}]}', "duplicate-key", 17),
    "NaN": (b'{"text":"NaN","dose":NaN}', "not-finite", 22),
    "Infinity": (b'{"dose":Infinity}', "not-finite", 9),
    "-Infinity": (b'{"dose":-Infinity}', "not-finite", 9),
    "1e999": (b'{"dose":1e999}', "not-finite", 9),
    "1e-999": (b'{"dose":1e-999}', "number-out-of-range", 9),
    "0e huge": (b'{"dose":0e99999999999999999999}', "number-out-of-range", 9),
    "many decimals": (b'{"dose":0.' + b"1" * 5000 + b"}", "number-too-long", 9),
    "2^63": (b'{"age":9223372036854775808}', "integer-too-large", 8),
    "-2^63-1": (b'{"age":-9223372036854775809}', "integer-too-large", 8),
    "5000 digits": (b'{"age":' + LONG_INTEGER + b"}", "integer-too-large", 8),
    "33 deep": (b'{"text":' + b"[" * 32 + b"]" * 32 + b"}", "too-deep", 40),
    "20000 deep, open": (b"[" * 20_000, "too-deep", 33),
    "20000 deep objects": (b'{"a":' * 20_000 + b"1" + b"}" * 20_000, "too-deep", 161),
    "BOM": (b"\xef\xbb\xbf" + GOOD, "byte-order-mark", 1),
    "invalid UTF-8": (b'{"text":"\xc3\xa9\xff"}', "not-utf-8", 11),
    "overlong": (b'{"text":"\xc0\xaf"}', "not-utf-8", 10),
    "surrogate in UTF-8": (b'{"text":"\xed\xa0\x80"}', "not-utf-8", 10),
    "lone surrogate": (b'{"text":"\\ud83d"}', "lone-surrogate", 9),
    "lone surrogate in a key": (b'{"text":"a","\\udc00":1}', "lone-surrogate", 13),
    "surrogates in the wrong order": (b'{"text":"\\ude00\\ud83d"}', "lone-surrogate", 9),
    "escaped NUL": (b'{"text":"a\\u0000b"}', "control-character", 9),
    "raw NUL": (b'{"text":"a\x00b"}', "control-character", 11),
    "raw tab in a text": (b'{"text":"a\tb"}', "control-character", 11),
    "raw escape in a text": (b'{"text":"a\x1b[31mb"}', "control-character", 11),
    "raw control outside": (b'{"text":\x07"a"}', "control-character", 9),
    "trailing comma": (b'{"text":"a",}', "trailing-comma", 13),
    "trailing comma in a list": (b'{"text":["a",]}', "trailing-comma", 14),
    "comment": (b'{"text":"a"} // no', "extra-data", 14),
    "comment inside": (b'{/* no */"text":"a"}', "comment", 2),
    "single quotes": (b"{'text':'a'}", "single-quotes", 2),
    "two objects": (GOOD + GOOD, "extra-data", 16),
    "list": (b"[1,2]", "not-an-object", 1),
    "list of objects": (b"[" + GOOD + b"]", "not-an-object", 1),
    "scalar": (b"12", "not-an-object", 1),
    "text": (b'"text"', "not-an-object", 1),
    "null": (b"null", "not-an-object", 1),
    "empty key": (b'{"text":"a","":1}', "empty-key", 13),
    "unknown field": (b'{"text":"a","extra":[{"b":1}]}', "unknown-field", 13),
    "missing required": (b'{"label":"a"}', "missing-field", None),
    "null required": (b'{"label":"a","text":null}', "missing-field", 21),
    "wrong type": (b'{"text":"a","age":"12"}', "wrong-type", 19),
    "over 1 MB": (b'{"text":"' + b"x" * 1_000_000 + b'"}', "record-too-long", None),
    "3 MB": (b'{"text":"' + b"x" * 3_000_000 + b'"}', "record-too-long", None),
    "too many fields": (b"{" + b",".join(b'"%d":1' % key for key in range(2001)) + b"}", "too-many-fields", None),
    "unterminated": (b'{"text":"a', "unterminated-text", 9),
    "cut short": (b'{"text":"a",', "not-json", 13),
    "open bracket alone": (b"{", "not-json", 2),
    "bad escape": (b'{"text":"\\x41"}', "bad-escape", 10),
    "bare word": (b'{"text":yes}', "not-json", 9),
    "leading zero": (b'{"age":00123}', "not-json", 9),
    "not JSON at all": (b"hello", "not-json", 1),
}


@pytest.mark.parametrize("case", FLAWED)
def test_a_flawed_line_costs_itself_only_wherever_it_stands(case: str, read: Read) -> None:
    line, code, column = FLAWED[case]
    found = []
    for place in range(3):
        lines = [GOOD, GOOD, GOOD]
        lines[place] = line
        rows = read("file.jsonl", b"\n".join(lines) + b"\n").rows if case != "BOM" or place else None
        if rows is None:  # at the start of the file the mark is allowed
            continue
        assert [isinstance(row, Record) for row in rows] == [other != place for other in range(3)]
        assert [row.index for row in rows] == [0, 1, 2]
        assert [row.line for row in rows] == [1, 2, 3]
        flawed = rows[place]
        assert isinstance(flawed, Unreadable)
        found.append((flawed.code, flawed.column))
        assert flawed.message.isprintable()
        assert len(flawed.message) < 250
    assert set(found) == {(code, column)}


ACCEPTED = {
    "2^53+1": (b'{"text":"a","age":9007199254740993}', {"text": "a", "age": 9007199254740993}),
    "2^63-1": (b'{"text":"a","age":9223372036854775807}', {"text": "a", "age": 2**63 - 1}),
    "-2^63": (b'{"text":"a","age":-9223372036854775808}', {"text": "a", "age": -(2**63)}),
    "digits": (b'{"text":"a","dose":1.10}', {"text": "a", "dose": Decimal("1.10")}),
    "exponent": (b'{"text":"a","dose":1e5}', {"text": "a", "dose": Decimal("1e5")}),
    "integer as number": (b'{"text":"a","dose":5}', {"text": "a", "dose": 5}),
    "__proto__": (b'{"text":"a","__proto__":"b"}', {"text": "a", "__proto__": "b"}),
    "null is absent": (b'{"text":"a","label":null,"age":null}', {"text": "a"}),
    "empty text is present": (b'{"text":""}', {"text": ""}),
    "escapes": (b'{"text":"\\u00e9\\ud83d\\ude00\\u001b\\n"}', {"text": "\u00e9\U0001f600\x1b\n"}),
    "escaped backslash": (b'{"text":"\\\\u0000\\\\ud800 \\u00e9"}', {"text": "\\u0000\\ud800 \u00e9"}),
    "line separators": ('{"text":"a\u2028b\u0085c"}'.encode(), {"text": "a\u2028b\u0085c"}),
    "zero width inside": ('{"text":"a\ufeff\u200bb\u202e"}'.encode(), {"text": "a\ufeff\u200bb\u202e"}),
    "brackets in a text": (b'{"text":"' + b"[{" * 40 + b'"}', {"text": "[{" * 40}),
    "blanks around": (b' \t{ "text" : "a" } \t', {"text": "a"}),
    "markup": (b'{"text":"<script>alert(1)</script>"}', {"text": "<script>alert(1)</script>"}),
    "900 KB": (b'{"text":"' + b"x" * 900_000 + b'"}', {"text": "x" * 900_000}),
}


@pytest.mark.parametrize("case", ACCEPTED)
def test_what_is_unusual_but_sound_is_data(case: str, read: Read) -> None:
    line, values = ACCEPTED[case]
    (record,) = read("file.jsonl", line + b"\n").records
    assert record.values == values
    assert {name: type(value) for name, value in record.values.items()} == {
        name: type(value) for name, value in values.items()
    }


@pytest.mark.parametrize("name", ["f.jsonl", "f.ndjson", "f.json", "F.JSONL"])
@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
@pytest.mark.parametrize("final", [True, False])
def test_marks_and_line_ends(name: str, start: bytes, end: bytes, final: bool, read: Read) -> None:  # noqa: FBT001 - a parameter of the test
    data = start + end.join([GOOD, b"", b" ", GOOD]) + end * final
    rows = read(name, data).rows
    assert [(row.index, row.line) for row in rows] == [(0, 1), (1, 4)]
    assert all(isinstance(row, Record) for row in rows)


def test_one_good_line_among_ten_thousand_bad_ones_goes_on(read: Read) -> None:
    lines = [b"{bad"] * 10_000
    lines.insert(7_000, GOOD)
    contribution = read("file.jsonl", b"\n".join(lines))
    assert len(contribution.rows) == 10_001
    assert [record.line for record in contribution.records] == [7_001]


REFUSED = {
    "0 bytes": (b"", "empty-file"),
    "blank lines only": (b"\n \n\r\n", "no-records"),
    "only a BOM": (b"\xef\xbb\xbf", "no-records"),
    "UTF-16 with mark": (GOOD.decode().encode("utf-16"), "utf-16"),
    "UTF-16 LE": (GOOD.decode().encode("utf-16-le"), "utf-16"),
    "UTF-16 BE": (GOOD.decode().encode("utf-16-be"), "utf-16"),
    "UTF-32": (GOOD.decode().encode("utf-32-be"), "utf-16"),
    "pretty-printed object": (json.dumps({"text": "a", "age": 1}, indent=2).encode(), "pretty-printed"),
    "pretty-printed list": (json.dumps([{"text": "a"}] * 3, indent=1).encode(), "pretty-printed"),
    "list with an object a line": (b"[" + b",\n".join([GOOD] * 3) + b"]", "pretty-printed"),
    "long pretty-printed list": (json.dumps([{"text": "a"}] * 5_000, indent=1).encode(), "pretty-printed"),
    "many blank lines": (b"\n" * 600_000 + GOOD, "too-many-blank-lines"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_json_lines_is_refused(case: str, read: Read) -> None:
    data, code = REFUSED[case]
    with pytest.raises(FileRefused) as refused:
        read("file.jsonl", data)
    assert refused.value.code == code
    assert refused.value.exit_code == 2
    assert "/" not in str(refused.value)


def test_a_refusal_of_pretty_printed_json_and_utf_16_says_what_to_do(read: Read) -> None:
    with pytest.raises(FileRefused, match="one object per line"):
        read("file.json", b'{\n"text": "a"\n}\n')
    with pytest.raises(FileRefused, match="Save it as UTF-8"):
        read("file.json", GOOD.decode().encode("utf-16"))
