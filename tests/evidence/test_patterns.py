"""RE2 runs every pattern, or says at once why it cannot."""

import pytest

from curation.evidence.patterns import PATTERN_MAX_CHARS, PatternError, compiled


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("(?=a)", "no lookaround"),
        ("(?<!a)b", "no lookaround"),
        (r"(a)\1", "no backreferences"),
        ("(?P=a)", "no backreferences"),
        ("(?>a)", "no atomic groups"),
        (r"a\Z", r"the end of the text as \z"),
        (r"\u200b", r"RE2 writes a character as \x{200B}"),
        ("a{2000}", "invalid repetition size"),
        ("[", "missing ]"),
        ("a" * (PATTERN_MAX_CHARS + 1), "at most"),
    ],
)
def test_what_re2_lacks_is_said(pattern: str, said: str, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(PatternError) as refused:
        compiled(pattern)
    assert said in str(refused.value)
    assert capfd.readouterr() == ("", "")


def test_offsets_are_in_characters() -> None:
    text = "é𝄞 ab é ab"
    assert [text[start:end] for start, end in compiled("ab").spans(text)] == ["ab", "ab"]
    assert compiled("^é𝄞").matches(text)
    assert not compiled("^ab").matches(text)
