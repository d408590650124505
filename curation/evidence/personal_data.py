"""Personal data in a text: where it stands and of which kind, never more of it than two characters.

Patterns on RE2 propose; checksums, ranges and kept libraries decide; words beside a number settle what its shape leaves
open. Everything is linear in the text. Kinds: e-mail, phone, payment card (ISO/IEC 7812), IBAN (ISO 13616), national
numbers, public IP addresses, and secrets (keys, tokens, passwords).
"""

import ipaddress
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from curation.evidence.credentials import secret_spans
from curation.evidence.identity_numbers import card_spans, iban_spans, national_id_spans
from curation.evidence.patterns import compiled
from curation.evidence.phones import phone_spans

_SHOWN_CHARS: Final = 2
_DOTS: Final = "•••"


class Kind(StrEnum):
    """What kind of personal data; in the order in which a stretch of text is given to one of them."""

    SECRET = "secret"  # noqa: S105 - the name of a kind, not a password
    EMAIL = "email"
    IBAN = "iban"
    CARD = "card"
    NATIONAL_ID = "national-id"
    IP_ADDRESS = "ip-address"
    PHONE = "phone"


@dataclass(frozen=True, kw_only=True)
class Span:
    """One find: `text[start:end]` is of this kind."""

    kind: Kind
    start: int
    end: int


# Local part and domain as people write them (RFC 5321 allows more; nobody has such an address).
_EMAIL: Final = compiled(r"[\pL\pN_][\pL\pN._%+'\-]*@(?:[\pL\pN][\pL\pN\-]*\.)+(?:\pL{2,24}|xn--[a-z0-9\-]+)")
_IPV4: Final = compiled(r"(?:[0-9]{1,3}\.){3}[0-9]{1,3}")
_IPV6: Final = compiled(r"[0-9A-Fa-f]{3,4}:(?:[0-9A-Fa-f]{0,4}:){1,6}[0-9A-Fa-f]{0,4}")
# Six digits not far apart, or an Indian PAN: without them there is no card, IBAN, number or telephone to look for.
_DIGITS: Final = compiled(r"(?:[0-9][^0-9]{0,6}){5}[0-9]|[A-Z]{5}[0-9]{4}[A-Z]")


def find_personal_data(text: str) -> tuple[Span, ...]:
    """Every find, left to right, not overlapping; offsets are in characters."""
    return _found(text)


def kinds_of(text: str) -> frozenset[str]:
    """The kinds that occur in the text."""
    return frozenset(span.kind.value for span in _found(text))


def masked(text: str) -> str:
    """The text with each find cut to its first two characters."""
    parts: list[str] = []
    position = 0
    for span in _found(text):
        parts += [text[position : span.start], text[span.start : span.start + _SHOWN_CHARS], _DOTS]
        position = span.end
    return "".join([*parts, text[position:]])


def touches_personal_data(text: str, start: int, end: int) -> bool:
    """Whether any part of `text[start:end]` belongs to a find."""
    return any(span.start < end and start < span.end for span in _found(text))


def first_masked(text: str, kind: str) -> str | None:
    """The first find of this kind, cut to its first two characters, or None."""
    return next((text[s.start : s.start + _SHOWN_CHARS] + _DOTS for s in _found(text) if s.kind == kind), None)


@lru_cache(maxsize=256)
def _found(text: str) -> tuple[Span, ...]:
    spans: list[Span] = []
    taken = bytearray(len(text))
    has_digits = _DIGITS.matches(text)
    for kind, find in _FINDERS.items():
        if kind not in _WITHOUT_DIGITS and not has_digits:
            continue
        for start, end in find(text):
            if not any(taken[start:end]):
                spans.append(Span(kind=kind, start=start, end=end))
                taken[start:end] = b"\1" * (end - start)
    return tuple(sorted(spans, key=lambda span: span.start))


def _email_spans(text: str) -> Iterator[tuple[int, int]]:
    return _EMAIL.spans(text) if "@" in text else iter(())


def _ip_spans(text: str) -> Iterator[tuple[int, int]]:
    if text.count(".") < 3 and text.count(":") < 2:
        return
    for pattern, plausible in ((_IPV4, _is_address_not_number), (_IPV6, _is_public)):
        for start, end in pattern.spans(text):
            before, after = text[max(0, start - 1) : start], text[end : end + 2]
            if before.isalnum() or before in (".", ":") or after[:1].isalnum() or _goes_on(after):
                continue
            if plausible(text[start:end]):
                yield start, end


def _goes_on(after: str) -> bool:
    return len(after) == 2 and after[0] in ".:" and after[1].isalnum()


def _is_address_not_number(text: str) -> bool:
    # `10.2.3.4` numbers a clause or a version; an address nearly always has an octet of three digits, or three of two.
    lengths = sorted(map(len, text.split(".")))
    return (lengths[-1] == 3 or lengths[1] >= 2) and _is_public(text)


def _is_public(text: str) -> bool:
    # Private, loopback and documentation addresses say nothing about a person.
    try:
        return ipaddress.ip_address(text).is_global
    except ValueError:
        return False


_FINDERS: Final[dict[Kind, Callable[[str], Iterator[tuple[int, int]]]]] = {
    Kind.SECRET: secret_spans,
    Kind.EMAIL: _email_spans,
    Kind.IBAN: iban_spans,
    Kind.CARD: card_spans,
    Kind.NATIONAL_ID: national_id_spans,
    Kind.IP_ADDRESS: _ip_spans,
    Kind.PHONE: phone_spans,
}
_WITHOUT_DIGITS: Final = (Kind.SECRET, Kind.EMAIL, Kind.IP_ADDRESS)
