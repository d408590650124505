from collections.abc import Callable
from decimal import Decimal

import pytest

from curation.datanet.record import Contribution, Record, Unreadable
from curation.errors import FileRefused

Read = Callable[[str, bytes], Contribution]

HEADER = b"text,label,age\n"
GOOD = b"good,a,1\n"

FLAWED = {
    "extra cell": (b"a,b,1,2\n", "extra-cell", 7),
    "extra cell, quoted": (b'"a",b,1,2\n', "extra-cell", 9),
    "missing cell": (b"a,b\n", "missing-cell", 4),
    "blanks are a cell": (b"  \n", "missing-cell", 3),
    "quote in a bare cell": (b'5" pipe,b,1\n', "stray-quote", 2),
    "blank before a quote": (b' "a",b,1\n', "stray-quote", 2),
    "text after a closing quote": (b'"a"b,c,1\n', "stray-quote", 3),
    "blank after a closing quote": (b'"a" ,c,1\n', "stray-quote", 3),
    "invalid UTF-8": (b"\xc3\xa9,\xff,1\n", "not-utf-8", 3),
    "invalid UTF-8, quoted": (b'"\xc3\xa9","\xff",1\n', "not-utf-8", 5),
    "NUL": (b"a,b\x00,1\n", "control-character", 3),
    "escape": (b"a\x1b[31m,b,1\n", "control-character", 1),
    "escape, quoted": (b'a,"\x1b[31m",1\n', "control-character", 3),
    "lone CR": (b"a\rb,b,1\n", "control-character", 1),
    "lone CR beside quotes": (b'a\rb,"b",1\n', "control-character", 1),
    "BOM": (b"\xef\xbb\xbfa,b,1\n", "byte-order-mark", 1),
    "BOM before a quote": (b'\xef\xbb\xbf"a",b,1\n', "byte-order-mark", 1),
    "3 MB field": (b"x" * 3_000_000 + b",b,1\n", "record-too-long", None),
    "3 MB field, quoted": (b'"' + b"x," * 1_500_000 + b'",b,1\n', "record-too-long", None),
    "3 MB in quoted lines": (b'"' + b'x""y\r\n' * 200_000 + b'",b,1\n', "record-too-long", None),
    "1 MB and one byte": (b"x" * 999_997 + b",b,1\n", "record-too-long", None),
    "empty required": (b",b,1\n", "missing-field", 1),
    "quoted empty required": (b'"",b,1\n', "missing-field", 1),
    "leading zeros in an integer": (b"a,b,00123\n", "wrong-type", 5),
    "exponent in an integer": (b'"a",b,1e5\n', "wrong-type", 7),
    "NA in an integer": (b"a,b,NA\n", "wrong-type", 5),
    "23 digits in an integer": (b"a,b," + b"1" * 23 + b"\n", "integer-too-large", 5),
}


@pytest.mark.parametrize("case", FLAWED)
def test_a_flawed_row_costs_itself_only_wherever_it_stands(case: str, read: Read) -> None:
    row, code, column = FLAWED[case]
    found = []
    for place in range(3):
        lines = [GOOD, GOOD, GOOD]
        lines[place] = row
        data = HEADER + b"".join(lines)
        rows = read("file.csv", data).rows
        assert [isinstance(read_row, Record) for read_row in rows] == [other != place for other in range(3)]
        assert [read_row.index for read_row in rows] == [0, 1, 2]
        assert rows[-1].line == data.count(b"\n") - (row.count(b"\n") - 1 if place == 2 else 0)
        flawed = rows[place]
        assert isinstance(flawed, Unreadable)
        assert flawed.line == place + 2
        assert flawed.message.isprintable()
        found.append((flawed.code, flawed.column))
    assert set(found) == {(code, column)}


ACCEPTED = {
    "NA stays text": (b"NA,NULL,\n", {"text": "NA", "label": "NULL"}),
    "digits stay text": (b"00123,1e5,7\n", {"text": "00123", "label": "1e5", "age": 7}),
    "23-digit id stays text": (b"12345678901234567890123,nan,\n", {"text": "12345678901234567890123", "label": "nan"}),
    "dates are not guessed": (b"01/02/2024,true,\n", {"text": "01/02/2024", "label": "true"}),
    "comma in quotes": (b'"a, b",c,\n', {"text": "a, b", "label": "c"}),
    "doubled quotes": (b'"say ""hi""","""",0\n', {"text": 'say "hi"', "label": '"', "age": 0}),
    "newlines in quotes": (b'"a\nb\r\nc\n",d,1\n', {"text": "a\nb\r\nc\n", "label": "d", "age": 1}),
    "blanks are kept": (b" a ,b ,1\n", {"text": " a ", "label": "b ", "age": 1}),
    "tab": (b"a\tb,c,\n", {"text": "a\tb", "label": "c"}),
    "formula": (b"=HYPERLINK(1),@SUM,\n", {"text": "=HYPERLINK(1)", "label": "@SUM"}),
    "minus zero": (b"a,,-0\n", {"text": "a", "age": 0}),
    "wide characters": (
        "\u0627\u0631\u062f\u0648,\U0001f600,1\n".encode(),
        {"text": "\u0627\u0631\u062f\u0648", "label": "\U0001f600", "age": 1},
    ),
}


@pytest.mark.parametrize("case", ACCEPTED)
def test_cells_are_text_until_the_card_says_otherwise(case: str, read: Read) -> None:
    row, values = ACCEPTED[case]
    contribution = read("file.csv", HEADER + GOOD + row + GOOD)
    assert [isinstance(found, Record) for found in contribution.rows] == [True] * 3
    assert contribution.records[1].values == values
    assert [found.line for found in contribution.rows] == [2, 3, 3 + row.count(b"\n")]


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
@pytest.mark.parametrize("final", [True, False])
@pytest.mark.parametrize("quote", [b"", b'"'])
def test_marks_and_line_ends(start: bytes, end: bytes, final: bool, quote: bytes, read: Read) -> None:  # noqa: FBT001 - a parameter of the test
    row = quote + b"x" + quote + b",y," + quote + b"1" + quote
    data = start + end.join([b"text,label,age", row, b"", row]) + end * final
    rows = read("file.csv", data).rows
    assert [row.line for row in rows] == [2, 4]
    assert all(isinstance(row, Record) and row.values == {"text": "x", "label": "y", "age": 1} for row in rows)


REFUSED = {
    "0 bytes": (b"", "empty-file"),
    "header alone": (HEADER, "no-records"),
    "header and blank lines": (HEADER + b"\n\r\n", "no-records"),
    "unclosed quote": (HEADER + b'a,"b,1\nc,d,2\n', "unclosed-quote"),
    "unclosed quote at the end": (HEADER + GOOD + b'a,b,"1', "unclosed-quote"),
    "unclosed quote closed by another": (HEADER + b'a,"b,1\nc,"d",2\n', "unclosed-quote"),
    "unclosed quote before much text": (HEADER + b'a,"b,1\n' + GOOD * 300_000, "unclosed-quote"),
    "duplicate column": (b"text,label,text\na,b,c\n", "duplicate-column"),
    "unnamed column": (b"text,,label\na,b,c\n", "empty-column-name"),
    "semicolons": (b"text;label;age\na;b;1\n", "wrong-delimiter"),
    "tabs": (b"text\tlabel\na\tb\n", "wrong-delimiter"),
    "100,000 columns": (b",".join(b"c%d" % place for place in range(100_000)) + b"\n" + GOOD, "too-many-columns"),
    "2 MB header": (b"x" * 2_000_000 + b"\n" + GOOD, "too-many-columns"),
    "old line ends": (b"text,label\ra,b\rc,d\r", "bad-header"),
    "JSON lines": (b'{"text":"a"}\n{"text":"b"}\n', "bad-header"),
    "header not in UTF-8": (b"text,\xff\na,b\n", "bad-header"),
    "UTF-16": (HEADER.decode().encode("utf-16"), "utf-16"),
    "many blank lines": (HEADER + b"\n" * 600_000 + GOOD, "too-many-blank-lines"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_this_csv_is_refused(case: str, read: Read) -> None:
    data, code = REFUSED[case]
    with pytest.raises(FileRefused) as refused:
        read("file.csv", data)
    assert refused.value.code == code
    assert str(refused.value).isprintable()


def test_refusals_name_the_line_and_say_what_to_do(read: Read) -> None:
    with pytest.raises(FileRefused, match="opened in line 3"):
        read("file.csv", HEADER + GOOD + b'a,"b,1\n' + GOOD)
    with pytest.raises(FileRefused, match=r"split by semicolons.*Save it with commas"):
        read("file.csv", b"text;label\na;b\n")
    with pytest.raises(FileRefused, match="0 records"):
        read("file.csv", HEADER)


@pytest.mark.parametrize("name", ['"; DROP TABLE x;--', "<b onmouseover>", "=cmd()", "\u202eeman"])
def test_a_header_is_opaque_text(name: str, read: Read) -> None:
    quoted = '"' + name.replace('"', '""') + '"'
    (row,) = read("file.csv", f"text,{quoted}\na,b\n".encode()).rows
    assert isinstance(row, Unreadable)
    assert (row.code, row.column, row.field) == ("unknown-field", 3, None)
    assert "\u202e" not in row.message


def test_numbers_dates_and_booleans_are_read_in_one_way_only(read: Read) -> None:
    good = [("1.50", Decimal("1.50")), ("-2e-3", Decimal("-2e-3")), ("7", 7), ("-0.0", Decimal("-0.0"))]
    bad = ["1,5", "+1", ".5", "5.", "0x10", "1_000", "NaN", "inf", "-", " 1", "٣", "1e999", "01.5", "9" * 30]
    rows = "".join(f'a,"{cell}",,\n' for cell in [seen for seen, _ in good] + bad)
    rows += "a,,true,2024-02-29\na,,TRUE,\na,,1,\na,,,2023-02-29\na,,,2024-2-9\na,,,01/02/2024\n"
    contribution = read("file.csv", b"text,dose,checked,seen\n" + rows.encode())
    records = contribution.records
    assert [record.values.get("dose") for record in records] == [*(value for _, value in good), None]
    assert records[-1].values == {"text": "a", "checked": True, "seen": "2024-02-29"}
    assert len(contribution.rows) == len(good) + len(bad) + 6
    flawed = [row for row in contribution.rows if isinstance(row, Unreadable)]
    assert {row.code for row in flawed} == {"wrong-type", "not-finite", "integer-too-large"}
    assert [row.field for row in flawed] == ["dose"] * len(bad) + ["checked"] * 2 + ["seen"] * 3
