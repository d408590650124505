"""JSON lines, read strictly: one object a line, nothing repaired, nothing that parsers disagree about let through.

RFC 8259 with the sharp edges taken off as in RFC 7493 (I-JSON): no duplicate keys, no lone surrogates. A flaw costs
its own line only; the file is refused when it is not made of lines at all.
"""

import json
from collections.abc import Iterator
from typing import Any, BinaryIO, Final, NoReturn

from curation.errors import FileRefused
from curation.intake.kind import UTF8_BOM
from curation.intake.limits import COLUMNS_MAX, DEPTH_MAX, RECORD_MAX_BYTES
from curation.intake.lines import Line, Lines, refuse_blank
from curation.intake.number import number_flaw
from curation.intake.places import deeper_than, members, repeated_key, tokens
from curation.intake.seen import named, quoted
from curation.intake.wire import Flawed, Row, Told

_AHEAD_LINES: Final = 200
_AHEAD_BYTES: Final = 256 * 1024
_BLANK: Final = b" \t\r"


class _Flaw(Exception):
    """What is wrong with the line; its column is found afterwards."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.message = message


def read_jsonl(stream: BinaryIO) -> Iterator[Told]:
    """Each line that is not blank as a row or a flawed row; raises `FileRefused` (pretty-printed)."""
    lines = Lines(stream, RECORD_MAX_BYTES)
    first = True
    blank = 0
    for line in lines:
        body = line.body
        if line.number == 1:
            body = body.removeprefix(UTF8_BOM)
        if not body.strip(_BLANK):
            blank += 1
            refuse_blank(blank)
            continue
        told = _too_long(line) if line.too_long else parsed(line.number, body)
        if first and isinstance(told, Flawed):
            _refuse_pretty_printed(body, lines)
        first = False
        yield told


def parsed(number: int, body: bytes) -> Row | Flawed:
    """One line of at most `RECORD_MAX_BYTES`, without its line end, as a row or a flawed row."""
    try:
        return _decoded(number, body.decode())
    except UnicodeDecodeError as error:
        column = len(body[: error.start].decode()) + 1
        message = f"the byte 0x{body[error.start]:02X} is not UTF-8 text"
        return Flawed(number, column, "not-utf-8", message)


def _decoded(number: int, text: str) -> Row | Flawed:
    # Counting is cheap and never says too little; the exact depth, brackets in texts left out, only settles doubt.
    if text.count("{") + text.count("[") > DEPTH_MAX and (deep := deeper_than(text, DEPTH_MAX)):
        return Flawed(number, deep, "too-deep", f"brackets nest over {DEPTH_MAX} deep, no deeper wanted")
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        return _syntax(number, text, error)
    except _Flaw as flaw:
        return _placed(number, text, flaw)
    if not isinstance(value, dict):
        what = "a list" if isinstance(value, list) else "a single value"
        return Flawed(number, 1, "not-an-object", f"the line is {what}, one object a line wanted")
    # Only an escape can bring in a NUL or half a surrogate pair: the bytes were UTF-8 and raw controls are refused.
    if "\\u" in text and (flawed := _escaped(number, text)):
        return flawed
    return Row(number, text)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(pairs) > COLUMNS_MAX:
        raise _Flaw("too-many-fields", f"an object has {len(pairs)} fields, at most {COLUMNS_MAX} wanted")
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Flaw("duplicate-key")
    if "" in found:
        raise _Flaw("empty-key", "a key is the empty text, a field's name wanted")
    return found


def _number(token: str) -> int:
    flaw = number_flaw(token)
    if flaw is not None:
        raise _Flaw(*flaw)
    return 0  # nobody reads it here: the row travels as text


def _constant(token: str) -> NoReturn:
    raise _Flaw("not-finite", f"{token} is no JSON number, a finite one wanted (or null where it is not known)")


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_unique, parse_int=_number, parse_float=_number, parse_constant=_constant
)
_LENIENT: Final = json.JSONDecoder(parse_int=str, parse_float=str)
_CONSTANTS: Final = frozenset({"NaN", "Infinity", "-Infinity"})


def _placed(number: int, text: str, flaw: _Flaw) -> Flawed:
    if flaw.code == "duplicate-key":
        # The hook saw a whole object, so its text is sound up to there; the first repeated key of the line is in it.
        again = repeated_key(text)
        assert again is not None, "the hook has seen a duplicate"
        message = f"the key {named(again.key)} stands twice, once wanted"
        return Flawed(number, again.column, flaw.code, message, again.key)
    if flaw.code == "empty-key":
        column = next((member.column for member in members(text) if not member.key), None)
        return Flawed(number, column, flaw.code, flaw.message)
    column = None if flaw.code == "too-many-fields" else _number_column(text)
    return Flawed(number, column, flaw.code, flaw.message)


def _number_column(text: str) -> int | None:
    for token in tokens(text):
        if token.text in _CONSTANTS or (token.text[0] in "-0123456789" and number_flaw(token.text)):
            return token.column
    return None


def _escaped(number: int, text: str) -> Flawed | None:
    for token in tokens(text):
        if token.text[0] != '"' or "\\u" not in token.text:
            continue
        plain = json.loads(token.text)
        if "\0" in plain:
            message = "a text holds the control character U+0000, text without it wanted"
            return Flawed(number, token.column, "control-character", message)
        try:
            plain.encode()
        except UnicodeEncodeError:
            message = "a text holds half of a surrogate pair, whole characters wanted"
            return Flawed(number, token.column, "lone-surrogate", message)
    return None


def _syntax(number: int, text: str, error: json.JSONDecodeError) -> Flawed:
    position = error.pos
    # A raw tab inside a text is itself what is wrong; anywhere else blanks are only passed over.
    while position < len(text) and text[position] in " \t\r" and not error.msg.startswith(_CONTROL):
        position += 1
    char = text[position : position + 1]
    before = text[:position].rstrip(" \t\r")[-1:]
    code, message = _said(char, before, error.msg, text[position + 1 :].lstrip(" \t\r")[:1])
    return Flawed(number, position + 1, code, message)


def _said(char: str, before: str, message: str, after: str) -> tuple[str, str]:
    """Code and message for a syntax error at `char`; `before` and `after` are its neighbours that are not blank."""
    seen = quoted(char) if char else "the end of the line"
    if char and (message.startswith(_CONTROL) or char < " "):
        return "control-character", f"the raw control character U+{ord(char):04X} was seen, an escape (\\u) wanted"
    for beginning, code, said in _BY_MESSAGE:
        if message.startswith(beginning):
            return code, said if beginning != _EXTRA or char in '{["' else f"{seen} was seen after the object"
    if (before == "," and char in ("}", "]")) or (char == "," and after in ("}", "]")):
        return "trailing-comma", "a comma stands before the closing bracket, none wanted there"
    if char in _BY_CHAR:
        return _BY_CHAR[char]
    return "not-json", f"{seen} was seen, {_WANTED.get(message[:14], 'a JSON object')} wanted"


_EXTRA: Final = "Extra data"
# How the standard library's messages begin, in all its versions, and what is said instead.
_BY_MESSAGE: Final = (
    ("Unterminated", "unterminated-text", 'a text is not closed, a " before the end of the line wanted'),
    ("Invalid \\", "bad-escape", 'a backslash is followed by no known escape, one of "\\/bfnrt or uXXXX wanted'),
    (_EXTRA, "extra-data", "a second value was seen after the object, one object a line wanted"),
)
_BY_CHAR: Final = {
    "\ufeff": ("byte-order-mark", "a byte order mark was seen, one is allowed at the start of the file only"),
    "/": ("comment", "a comment was seen, and JSON has none"),
    "#": ("comment", "a comment was seen, and JSON has none"),
    "'": ("single-quotes", "a single quote was seen, texts in double quotes wanted"),
}
_CONTROL: Final = "Invalid control character"
_WANTED: Final = {
    "Expecting prop": "a key in double quotes",
    "Expecting valu": "a JSON value",
    "Expecting ':' ": "a colon",
    "Expecting ',' ": "a comma or a closing bracket",
}


def _too_long(line: Line) -> Flawed:
    return Flawed(line.number, None, "record-too-long", f"the line is over {RECORD_MAX_BYTES} bytes, fewer wanted")


def _refuse_pretty_printed(body: bytes, lines: Lines) -> None:
    """Refuses a file whose first value goes on beyond its line: sound JSON as far as one looks, but not lines.

    A single broken first line does not: what follows it does not continue it.
    """
    if not body.lstrip(_BLANK).startswith((b"{", b"[")):
        return
    following, whole = lines.ahead(_AHEAD_LINES, _AHEAD_BYTES)
    if not following or any(line.too_long for line in following):
        return
    try:
        parts = [part.decode() for part in (body.lstrip(_BLANK), *(line.body for line in following))]
    except UnicodeDecodeError:
        return
    text = "\n".join(parts).rstrip()
    if deeper_than(text, DEPTH_MAX):
        return
    try:
        _, end = _LENIENT.raw_decode(text)
        across = end > len(parts[0])
    except json.JSONDecodeError as error:
        # The look ahead may cut the value: then it breaks off where the text does, and nowhere before.
        across = not whole and error.pos >= len(text) - 1
    if across:
        raise FileRefused(
            "pretty-printed",
            "the file is one JSON value over many lines",
            "Write one object per line, without a list around them",
        )
