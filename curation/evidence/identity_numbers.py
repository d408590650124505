"""Payment cards, IBANs and national numbers in a text: checksums decide, by python-stdnum, the one library behind this.

A number without a checksum, or with one that every tenth number passes, counts only in its usual grouping or beside a
word that says what it is, so that ordinary numbers do not match.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from stdnum import iban, luhn
from stdnum.br import cpf
from stdnum.cn import ric
from stdnum.de import idnr as de_idnr
from stdnum.dk import cpr
from stdnum.es import dni, nie
from stdnum.fi import hetu
from stdnum.fr import nir
from stdnum.gb import nhs
from stdnum.in_ import aadhaar, pan
from stdnum.it import codicefiscale
from stdnum.kr import rrn
from stdnum.nl import bsn
from stdnum.pk import cnic
from stdnum.pl import pesel
from stdnum.us import ssn
from stdnum.za import idnr as za_idnr

from curation.evidence.number_edges import stands_alone
from curation.evidence.patterns import Pattern, compiled

_BEFORE_CHARS: Final = 48

# Groupings in which cards are printed; anything else between digits is not a card (a table row, a sum).
_CARD: Final = compiled(
    r"[0-9]{12,19}|[0-9]{4}(?:[ \-][0-9]{4}){3}(?:[ \-][0-9]{3})?|[0-9]{4}[ \-][0-9]{6}[ \-][0-9]{4,5}"
)
_CARD_WORD: Final = compiled(
    r"(?i)\b(?:cards?|credit|debit|cc|visa|mastercard|amex|maestro|discover|diners|jcb|tarjeta|carte|karte|kreditkarte)\b"
)
# Issuer prefixes of ISO/IEC 7812 with their lengths; 13 digits also begin article numbers, 12 nearly anything.
_CARD_ISSUER: Final = compiled(
    r"^(?:4[0-9]{15}(?:[0-9]{3})?|3[47][0-9]{13}|5[1-5][0-9]{14}|2(?:22[1-9]|2[3-9][0-9]|[3-6][0-9]{2}|7[01][0-9]|720)[0-9]{12}|"
    r"6(?:011|5[0-9]{2}|4[4-9][0-9])[0-9]{12}|35(?:2[89]|[3-8][0-9])[0-9]{12}|3(?:0[0-5]|[68][0-9])[0-9]{11})$"
)
_CARD_DIGITS_MIN: Final = 12

_IBAN: Final = compiled(r"\b[A-Za-z]{2}[0-9]{2}(?:[A-Za-z0-9]{11,30}|(?: [A-Za-z0-9]{4}){2,7}(?: [A-Za-z0-9]{1,4})?)")
_IBAN_LENGTHS: Final = range(34, 14, -1)


@dataclass(frozen=True, kw_only=True)
class _National:
    """One kind of national number: how it is written, who validates it, and the word it needs beside it, if any."""

    pattern: Pattern
    judge: Any
    word: Pattern | None = None


def _national(pattern: str, judge: Any, word: str = "") -> _National:
    return _National(pattern=compiled(pattern), judge=judge, word=compiled(rf"(?i)\b(?:{word})\b") if word else None)


_NATIONAL: Final = (
    _national(r"\b[0-9]{3}-[0-9]{2}-[0-9]{4}\b", ssn),
    _national(r"\b[0-9]{3} ?[0-9]{2} ?[0-9]{4}\b", ssn, r"ssn|social security"),
    _national(r"\b[0-9]{8}-?[A-Z]\b", dni),
    _national(r"\b[XYZ]-?[0-9]{7}-?[A-Z]\b", nie),
    _national(r"\b[A-Za-z]{6}[0-9]{2}[A-Za-z][0-9]{2}[A-Za-z][0-9]{3}[A-Za-z]\b", codicefiscale),
    _national(r"\b[12] ?[0-9]{2} ?[0-9]{2} ?[0-9][0-9AB] ?[0-9]{3} ?[0-9]{3} ?[0-9]{2}\b", nir),
    _national(r"\b[2-9][0-9]{3} [0-9]{4} [0-9]{4}\b", aadhaar),
    _national(r"\b[2-9][0-9]{11}\b", aadhaar, r"aadh?aar|uidai|uid"),
    _national(r"\b[A-Z]{3}[ABCFGHLJPTK][A-Z][0-9]{4}[A-Z]\b", pan, r"pan|permanent account|income tax"),
    _national(r"\b[0-9]{5}-[0-9]{7}-[0-9]\b", cnic),
    _national(r"\b[0-9]{13}\b", cnic, r"cnic|nic|national identity"),
    _national(r"\b[0-9]{3}[ \-]?[0-9]{3}[ \-]?[0-9]{4}\b", nhs, r"nhs"),
    _national(r"\b[0-9]{13}\b", za_idnr, r"id|identity"),
    _national(r"\b[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}\b", cpf),
    _national(r"\b[1-9][0-9]{16}[0-9X]\b", ric),
    _national(r"\b[0-9]{6}-[1-8][0-9]{6}\b", rrn),
    _national(r"\b[0-9]{9}\b", bsn, r"bsn|burgerservicenummer"),
    _national(
        r"\b[0-9]{2} ?[0-9]{3} ?[0-9]{3} ?[0-9]{3}\b", de_idnr, r"steuer-?id\w*|idnr|steueridentifikationsnummer"
    ),
    _national(r"\b[0-9]{11}\b", pesel, r"pesel"),
    _national(r"\b[0-9]{6}[+A-][0-9]{3}[0-9A-FHJ-NPR-Y]\b", hetu),
    _national(r"\b[0-9]{6}-?[0-9]{4}\b", cpr, r"cpr(?:-nummer)?"),
)


def card_spans(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of every payment card number that passes Luhn's check."""
    for start, end in _CARD.spans(text):
        if not stands_alone(text, start, end):
            continue
        digits = text[start:end].replace(" ", "").replace("-", "")
        if len(digits) < _CARD_DIGITS_MIN or len(set(digits)) == 1 or not luhn.is_valid(digits):
            continue
        if _CARD_ISSUER.matches(digits) or _CARD_WORD.matches(text[max(0, start - _BEFORE_CHARS) : start]):
            yield start, end


def iban_spans(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of every IBAN whose length, structure and checksum are those of its country."""
    for start, end in _IBAN.spans(text):
        places = [place for place in range(start, end) if text[place] != " "]
        for length in _IBAN_LENGTHS:
            if length > len(places):
                continue
            last = places[length - 1] + 1
            ends_there = not text[last : last + 1].isalnum()
            if ends_there and iban.is_valid(text[start:last], check_country=False):
                yield start, last
                break


def national_id_spans(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of every national number with a checksum or a strict format. May overlap."""
    for kind in _NATIONAL:
        if kind.word is not None and not kind.word.matches(text):
            continue
        for start, end in kind.pattern.spans(text):
            if not stands_alone(text, start, end):
                continue
            if kind.word is not None and not kind.word.matches(text[max(0, start - _BEFORE_CHARS) : start]):
                continue
            if kind.judge.is_valid(text[start:end]):
                yield start, end
