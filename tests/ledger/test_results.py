import pytest

from curation.errors import JournalBroken
from curation.ledger.results import (
    FindingLine,
    ReasonFile,
    ResultLine,
    read_findings,
    read_reason,
    read_result,
    write_lines,
    write_reason,
)

RECORD, CONTENT = "ab" * 16, "cd" * 32
# As another writer would write it, with the keys of the format and no others.
LINE = (
    '{"record":"' + RECORD + '","row":0,"line":3,"content":"' + CONTENT + '","verdict":"review","weight":412000,'
    '"novelty":1000000,"evidence":{"prior":2197225,"rules":0,"strangeness":-2100000,"label-noise":-400000},'
    '"scores":{"outlier":12,"label-noise":1000000000},"p":{"outlier":10000000}}\n'
)
FINDING = (
    '{"row":0,"check":"near-duplicate","field":null,"severity":"info","message":"m","evidence":-1,"p":null,'
    '"suggested":null,"fix":"f","related":[{"record":"'
    + RECORD
    + '","contributor":"ada","line":1,"similarity":800000}]}\n'
)


def test_a_result_is_read_and_written_to_the_same_meaning() -> None:
    (line,) = read_result(LINE.encode())
    assert isinstance(line, ResultLine)
    assert (line.verdict, line.weight, line.scores["label-noise"], line.otherwise) == ("review", 412000, 10**9, None)
    assert line.evidence is not None
    assert line.evidence.label_noise == -400_000
    written = write_lines([line])
    assert read_result(written) == (line,)
    assert b"otherwise" not in written
    copy = line.model_copy(update={"verdict": "reject", "otherwise": "review"})
    assert read_result(write_lines([copy])) == (copy,)


def test_findings_and_reasons_come_back() -> None:
    (finding,) = read_findings(FINDING.encode())
    assert isinstance(finding, FindingLine)
    assert finding.related[0].similarity == 800_000
    assert read_findings(write_lines([finding])) == (finding,)
    reason = ReasonFile(reason="it is ∆ fine", label="heart")
    assert read_reason(write_reason(reason)) == reason
    assert read_reason(b'{"reason":"x"}').label is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("412000", "412000.0"),
        ("412000", "1000001"),
        ("412000", '"412000"'),
        ("412000", "true"),
        ('"review"', '"withdrawn"'),
        ('"row":0', '"row":1'),
        ('"row":0', '"rov":0'),
        (RECORD, RECORD[:-1]),
        ('"rules":0,', ""),
        ('"prior":2197225', '"prior":NaN'),
        ("}\n", "}"),
        ("}\n", "\n"),
        ("}\n", "}\n\n"),
    ],
)
def test_a_result_of_another_shape_is_broken(old: str, new: str) -> None:
    assert old in LINE
    with pytest.raises(JournalBroken, match="result"):
        read_result(LINE.replace(old, new).encode())


@pytest.mark.parametrize(
    ("old", "new"), [('"info"', '"bad"'), ("800000", "-1"), ('"fix":"f",', ""), ('"ada"', '"A da"')]
)
def test_a_finding_of_another_shape_is_broken_and_not_echoed(old: str, new: str) -> None:
    assert old in FINDING
    with pytest.raises(JournalBroken, match="findings line 1") as caught:
        read_findings(FINDING.replace(old, new).encode())
    assert "A da" not in str(caught.value)


def test_a_reason_of_another_shape_is_broken() -> None:
    with pytest.raises(JournalBroken, match="reason"):
        read_reason(b'{"why":"x"}')
