"""Personal data and keys in sentences: what the rules find, and what they find where there is nothing."""

import base64
import json
import random
import re
import string
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import phonenumbers

from benchmarks.real_data.bench import SEED, Bench, Row, found, shuffled
from benchmarks.real_data.figure import Figure, bootstrap, mean_of, paired, ratio_of
from curation.evidence.personal_data import find_personal_data

Span: TypeAlias = tuple[int, int, str]

KINDS: Mapping[str, str] = {
    "EMAIL_ADDRESS": "email",
    "CREDIT_CARD": "card",
    "IBAN_CODE": "iban",
    "IP_ADDRESS": "ip-address",
    "US_SSN": "national-id",
    "PHONE_NUMBER": "phone",
}

# What a search for such patterns comes up with first.
USUAL: Mapping[str, re.Pattern[str]] = {
    "email": re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}"),
    "iban": re.compile(r"\b[A-Z]{2}\d{2}[A-Z0-9]{11,30}\b"),
    "card": re.compile(r"\b(?:\d[ -]?){13,16}\b"),
    "ip-address": re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b"),
    "national-id": re.compile(r"\b\d{3}-\d{2}-\d{4}\b"),
    "phone": re.compile(r"(?:\+?\d{1,3}[ .-]?)?\(?\d{3}\)?[ .-]?\d{3}[ .-]?\d{4}\b"),
}
OVERLAP_MIN = 0.5

# None of these was looked at when the patterns were written.
_REGIONS = "AR CO CL BD LK GH UG TZ MA TH VN MY KR CA IE PT BE CH AT NO GR RO HU CZ NZ SG IL PE HR BG"
PHONE_SENTENCES = (
    "Whoever finds the dog may phone {}.",
    "Our clinic answers the telephone {} at night.",
    "Mobile {}, ask for the head nurse.",
    "She wrote: call me back under {} please!",
    "The tenant's cell is {} and she works late.",
)
EACH = 40

SECRET_SENTENCES = (
    "We deployed it with {} and forgot to rotate it.",
    "Use {} for the upload, it never expires.",
    "In the log it says {} right after the start.",
)
ASSIGNED_SENTENCES = ("The api_key is {} for staging.", 'config: secret_key="{}"', "access token: {}", "password={}")
HONEST = (("medquad", "answer", 3000), ("cuad_clauses", "text", 3000), ("banking77", "text", 3000))


def measure(bench: Bench) -> Iterator[Figure]:
    yield from _sentences(bench)
    yield from _telephones(bench)
    yield from _secrets(bench)
    yield from _honest(bench)


def _kinds_found(judged: Row) -> set[str]:
    """The kinds of personal data that the rules named in a record."""
    return {one["check"].partition("/")[2] for one in judged["findings"] if one["check"].startswith("personal-data/")}


def _sentences(bench: Bench) -> Iterator[Figure]:
    """By sentence and kind through the command line, and by span through the function that the rules ask."""
    rows = bench.rows("presidio_pii")
    truth = [[(s["start"], s["end"], KINDS[s["type"]]) for s in row["spans"] if s["type"] in KINDS] for row in rows]
    judged = bench.datanet("pii", "text", {"text": "text"}, rules="[personal-data]").checked(rows)
    named = [_kinds_found(one) & set(KINDS.values()) for one in judged]
    ours = [
        [(s.start, s.end, s.kind.value) for s in find_personal_data(row["text"]) if s.kind in KINDS.values()]
        for row in rows
    ]
    script = [_usual(row["text"]) for row in rows]
    for name, rows_of in _parts([row["template_id"] for row in rows]):
        counts = [_counts(truth[row], ours[row]) for row in rows_of]
        theirs = [_counts(truth[row], script[row]) for row in rows_of]
        yield from _precision_and_recall(f"by span, {name}", counts, theirs, note=f"overlap ≥ {OVERLAP_MIN}")
    wanted = [{kind for *_, kind in spans} for spans in truth]
    told = [(len(want & seen), len(seen), len(want)) for want, seen in zip(wanted, named, strict=True)]
    usual = [{kind for *_, kind in spans} for spans in script]
    theirs = [(len(want & seen), len(seen), len(want)) for want, seen in zip(wanted, usual, strict=True)]
    yield from _precision_and_recall("by sentence and kind, all", told, theirs, note="`curate check`")


def _parts(templates: Sequence[int]) -> Iterator[tuple[str, list[int]]]:
    """All rows, and those of a half of the templates that nothing was changed for."""
    names = shuffled([{"template": name} for name in sorted(set(templates))])
    held_out = {one["template"] for one in names[len(names) // 2 :]}
    yield "all", list(range(len(templates)))
    yield "held-out templates", [row for row, name in enumerate(templates) if name in held_out]


def _usual(text: str) -> list[Span]:
    spans: list[Span] = []
    for kind, pattern in USUAL.items():
        for match in pattern.finditer(text):
            if not any(start < match.end() and match.start() < end for start, end, _ in spans):
                spans.append((*match.span(), kind))
    return spans


def _counts(truth: Sequence[Span], told: Sequence[Span]) -> tuple[int, int, int]:
    """Found, told and wanted; a find counts when it is of the kind and overlaps by half of both together."""
    hits = sum(
        any(kind == want[2] and _overlap((start, end), want) >= OVERLAP_MIN for want in truth)
        for start, end, kind in told
    )
    return hits, len(told), len(truth)


def _overlap(first: tuple[int, int], second: Span) -> float:
    shared = max(min(first[1], second[1]) - max(first[0], second[0]), 0)
    return shared / (first[1] - first[0] + second[1] - second[0] - shared)


def _precision_and_recall(
    name: str, ours: Sequence[tuple[int, int, int]], script: Sequence[tuple[int, int, int]], note: str
) -> Iterator[Figure]:
    told, theirs = np.array(ours), np.array(script)
    for column, figure, must, aim in ((1, "precision", "≥ .95", "≥ .98"), (2, "recall", "≥ .85", "≥ .95")):
        yield Figure(
            data="presidio_pii",
            name=f"{figure} {name}",
            **paired(len(told), ratio_of(told[:, 0], told[:, column]), ratio_of(theirs[:, 0], theirs[:, column])),
            must=must,
            aim=aim,
            note=f"{note}; script: the usual regular expressions. The patterns were first tuned on all of it",
        )


def _chance() -> random.Random:
    return random.Random(SEED)  # noqa: S311  (reproducible sentences, no secret)


def _recall(bench: Bench, name: str, kind: str, groups: Mapping[str, Sequence[str]], data: str) -> Iterator[Figure]:
    datanet = bench.datanet(name, "text", {"text": "text"}, rules="[personal-data]")
    judged = iter(datanet.checked([{"text": text} for texts in groups.values() for text in texts]))
    for group, texts in groups.items():
        hits = [bool(found(next(judged), f"personal-data/{kind}")) for _ in texts]
        yield Figure(data=data, name=f"recall of `{kind}`: {group}", ours=bootstrap(len(hits), mean_of(hits)))


def _telephones(bench: Bench) -> Iterator[Figure]:
    """Numbers of thirty other countries, as their people write them, in sentences of ours."""
    chance = _chance()
    formats = {
        "+ and digits": phonenumbers.PhoneNumberFormat.E164,
        "country code and groups": phonenumbers.PhoneNumberFormat.INTERNATIONAL,
        "as at home, beside a word": phonenumbers.PhoneNumberFormat.NATIONAL,
    }
    groups: dict[str, list[str]] = {name: [] for name in formats}
    for region in _REGIONS.split():
        for sort in (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE):
            number = phonenumbers.example_number_for_type(region, sort)
            if number is None:
                continue
            number.national_number = (number.national_number or 0) // 1000 * 1000 + chance.randrange(1000)
            for name, form in formats.items():
                groups[name].append(chance.choice(PHONE_SENTENCES).format(phonenumbers.format_number(number, form)))
    yield from _recall(bench, "telephones", "phone", groups, "generated")


def _secrets(bench: Bench) -> Iterator[Figure]:
    chance = _chance()
    groups = {
        name: [chance.choice(SECRET_SENTENCES).format(make(chance)) for _ in range(EACH)] for name, make in KEYS.items()
    }
    groups["hexadecimal beside its word"] = [
        chance.choice(ASSIGNED_SENTENCES).format(chance.randbytes(20).hex()) for _ in range(EACH)
    ]
    groups["base64 beside its word"] = [
        chance.choice(ASSIGNED_SENTENCES).format(_drawn(chance, string.ascii_letters + string.digits + "+/", 40))
        for _ in range(EACH)
    ]
    groups["hexadecimal without a word"] = [
        chance.choice(SECRET_SENTENCES).format(chance.randbytes(20).hex()) for _ in range(EACH)
    ]
    groups["base64 without a word"] = [
        chance.choice(SECRET_SENTENCES).format(_drawn(chance, string.ascii_letters + string.digits + "+/", 40))
        for _ in range(EACH)
    ]
    yield from _recall(bench, "secrets", "secret", groups, "generated")


def _drawn(chance: random.Random, letters: str, count: int) -> str:
    return "".join(chance.choices(letters, k=count))


def _jwt(chance: random.Random) -> str:
    parts: list[Any] = [{"alg": "HS256", "typ": "JWT"}, {"sub": str(chance.randrange(10**9)), "exp": 1700000000}]
    told = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*told, base64.urlsafe_b64encode(chance.randbytes(32)).decode().rstrip("=")])


def _private_key(chance: random.Random) -> str:
    kind = chance.choice(("RSA ", "EC ", "OPENSSH ", ""))
    body = base64.b64encode(chance.randbytes(96)).decode()
    return f"-----BEGIN {kind}PRIVATE KEY-----\n{body[:64]}\n{body[64:]}\n-----END {kind}PRIVATE KEY-----"


KEYS: Mapping[str, Callable[[random.Random], str]] = {
    "AWS access key id": lambda chance: "AKIA" + _drawn(chance, string.ascii_uppercase + "234567", 16),
    "GitHub token": lambda chance: "ghp_" + _drawn(chance, string.ascii_letters + string.digits, 36),
    "JSON web token": _jwt,
    "private key": _private_key,
}


def _honest(bench: Bench) -> Iterator[Figure]:
    """Texts without keys in them; their addresses and telephone numbers are real, so only the other kinds count."""
    for data, field, count in HONEST:
        rows = [{"text": row[field]} for row in shuffled(bench.rows(data)) if row[field]][:count]
        name = f"honest-{data.replace('_', '-')}"
        judged = bench.datanet(name, "text", {"text": "text"}, rules="[personal-data]").checked(rows)
        kinds = [_kinds_found(one) for one in judged]
        for told, wrong in (("`secret`", {"secret"}), ("`card`, `iban`, `national-id` or `ip-address`", None)):
            hits = [bool(seen & (wrong or {"card", "iban", "national-id", "ip-address"})) for seen in kinds]
            yield Figure(
                data=data, name=f"texts flagged as {told}, none wanted", ours=bootstrap(len(hits), mean_of(hits))
            )
