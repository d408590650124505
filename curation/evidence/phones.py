"""Telephone numbers in a text: those that look like one by themselves, and shorter ones beside a word that says so.

The numbering plans are those of phonenumbers, the one library behind this. Free and shared-cost lines belong to
nobody.
"""

from collections.abc import Iterator
from typing import Final

import phonenumbers

from curation.evidence.number_edges import stands_alone
from curation.evidence.patterns import compiled

_EXTENSION: Final = r"(?:\s?(?:x|ext\.?|extension)\s?[0-9]{1,5})?"
# With a country code, + or 00; what is in brackets may be a trunk zero.
_INTERNATIONAL: Final = compiled(
    rf"\+[0-9]{{1,3}}(?:[ .\-]?\(?[0-9]{{1,5}}\)?){{2,7}}{_EXTENSION}|"
    rf"00[1-9][0-9]{{0,2}}(?:[ .\-][0-9]{{2,5}}){{2,5}}{_EXTENSION}"
)
# The North American grouping is unlike any other number, with or without a word beside it.
_AMERICAN: Final = compiled(
    rf"(?:1[ .\-])?(?:\([2-9][0-9]{{2}}\)[ .\-]?|[2-9][0-9]{{2}}[.\-])[0-9]{{3}}[.\-][0-9]{{4}}{_EXTENSION}"
)
# A trunk zero and ten or eleven digits in groups is how most other countries write them at home.
_TRUNK: Final = compiled(r"\(?0[1-9][0-9]{0,4}\)?(?:[ \-][0-9]{2,8}){1,4}")
# Any grouping of seven to thirteen digits, or ten and eleven together: only beside a word.
_GROUPED: Final = compiled(
    rf"\(?\+?[0-9]{{2,6}}\)?(?:[ .\-]{{1,2}}\(?[0-9]{{2,8}}\)?){{1,5}}{_EXTENSION}|[0-9]{{8,12}}"
)
_WORD_BEFORE: Final = compiled(
    r"(?i)\b(?:phones?|telephone|tel|mobile|cell|cellphone|fax|call|calling|dial|ring|text me|sms|whatsapp|messages?|"
    r"answering|desk|contact|(?:my|his|her|our|their) number|reach(?:ed)?|hotline|landline|voicemail|"
    r"tel[eé]fono|t[eé]l[eé]phone|telefon|handy|celular)\b"
    r"[^0-9]{0,32}$"
)
_WORD_AFTER: Final = compiled(r"(?i)^[ \t]?-?[ \t]?\(?(?:office|fax|mobile|cell|home|work|desk|direct)\b")
_DATE: Final = compiled(
    r"^(?:(?:19|20)[0-9]{2}[ .\-][0-9]{1,2}[ .\-][0-9]{1,2}|[0-9]{1,2}[ .\-][0-9]{1,2}[ .\-](?:19|20)[0-9]{2}|"
    r"(?:19|20)[0-9]{2} ?- ?(?:19|20)[0-9]{2})$"
)
_BEFORE_CHARS: Final = 48
_AFTER_CHARS: Final = 12
_TRUNK_DIGITS: Final = (10, 11)
_TRUNK_REGIONS: Final = ("GB", "PK", "NG", "IN", "KE", "ZA", "DE", "FR", "NL", "AU", "JP", "CN", "TR", "EG", "PH", "UA")
_DIGITS_MIN: Final = 7
_DIGITS_MAX: Final = 15
_IMPERSONAL: Final = (
    phonenumbers.PhoneNumberType.TOLL_FREE,
    phonenumbers.PhoneNumberType.SHARED_COST,
    phonenumbers.PhoneNumberType.PREMIUM_RATE,
)


def phone_spans(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of every telephone number, extension included. May overlap."""
    for start, end in _INTERNATIONAL.spans(text):
        if stands_alone(text, start, end) and _is_possible(_with_plus(text[start:end]), None):
            yield start, end
    for start, end in _AMERICAN.spans(text):
        if stands_alone(text, start, end) and _is_possible(text[start:end], "US"):
            yield start, end
    for start, end in _TRUNK.spans(text):
        if stands_alone(text, start, end) and _is_of_some_country(text[start:end]):
            yield start, end
    for start, end in _GROUPED.spans(text):
        if stands_alone(text, start, end) and _is_said_to_be_one(text, start, end):
            yield start, end


def _with_plus(number: str) -> str:
    return number if number.startswith("+") else "+" + number.removeprefix("00")


def _is_possible(number: str, region: str | None) -> bool:
    # Possible, not valid: a mistyped or retired number still points at a person.
    try:
        parsed = phonenumbers.parse(number.replace("(0)", ""), region)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_possible_number(parsed) and phonenumbers.number_type(parsed) not in _IMPERSONAL


def _is_of_some_country(number: str) -> bool:
    """Whether the digits are a number in use under the plan of a country with trunk zeros."""
    digits = sum(character.isdigit() for character in number)
    if digits not in _TRUNK_DIGITS or _DATE.matches(number):
        return False
    for region in _TRUNK_REGIONS:
        try:
            parsed = phonenumbers.parse(number, region)
        except phonenumbers.NumberParseException:
            return False
        if phonenumbers.is_valid_number(parsed):
            return phonenumbers.number_type(parsed) not in _IMPERSONAL
    return False


def _is_said_to_be_one(text: str, start: int, end: int) -> bool:
    number = text[start:end]
    digits = sum(character.isdigit() for character in number)
    if not _DIGITS_MIN <= digits <= _DIGITS_MAX or _DATE.matches(number):
        return False
    before = text[max(0, start - _BEFORE_CHARS) : start]
    if not (_WORD_BEFORE.matches(before) or _WORD_AFTER.matches(text[end : end + _AFTER_CHARS])):
        return False
    try:
        parsed = phonenumbers.parse(number, "US")
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.number_type(parsed) not in _IMPERSONAL
