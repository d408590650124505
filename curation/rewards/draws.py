"""Which records are audited: drawn by a public beacon that nobody could know when the frame was committed to.

Anyone with the frame and the beacon draws the same records with a standard library; docs/rewards-format.md, section
"Audit draws", is the whole of it. Draws are independent and with replacement, so that the money-unit draws among them
are a plain binomial sample of the money (money-unit sampling; Leslie, Teitlebaum and Anderson 1979).
"""

import re
from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from enum import StrEnum
from itertools import accumulate
from math import ceil, prod

from curation.datanet.canonical import Json, canonical_bytes, digest
from curation.datanet.shown import shown
from curation.errors import UsageError

# Eight in ten draws follow the money: only they narrow the leak estimate, and 200 audits still leave 40 for the rest.
MONEY_TENTHS = 8
# Half of those, the floor, see what no money went to (a false rejection would never be found otherwise); the other half
# serve contributors who cannot vest without audits, and who have little money to be drawn by.
FLOOR_PARTS = 2
WHOLE_PPM = 1_000_000

# Of a probability in millionths; thousands of roundings in the sixtieth digit come to under 1e-45.
_DECIMAL_ERROR = Decimal("1e-30")
_SEED = "curation.audit.seed/1"
_DRAW = "curation.audit.draw/1"
_HASH_VALUES = 2**256
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_BEACON = re.compile(r"[0-9a-f]{1,128}", re.ASCII)


class Kind(StrEnum):
    """What a draw is uniform over: units of money, records, or records of contributors waiting to vest."""

    MONEY = "money"
    FLOOR = "floor"
    WAITING = "waiting"


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A record that may be drawn; `money` are base units credited and not yet covered by an earlier drawing, or 0."""

    record: str
    contributor: str
    datanet: str
    money: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Hit:
    """The `number`-th draw of a kind, from 0, and the record it fell on.

    `offset` says which of the record's units a money draw hit, 0 ≤ offset < money; None for the other kinds.
    """

    kind: Kind
    number: int
    record: str
    offset: int | None


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """All hits, by kind and number, and the probability of each drawn record to be drawn at all, in millionths."""

    hits: tuple[Hit, ...]
    inclusion_ppm: Mapping[str, int]


def canonical_beacon(text: str) -> str:
    """A beacon's value in lower-case hexadecimal without 0x; raises `UsageError` for anything else.

    Zeros in front are left out: of one public number nobody shall choose among a hundred ways to write it.
    """
    beacon = text.lower().removeprefix("0x")
    if not _BEACON.fullmatch(beacon):
        raise UsageError(f"the beacon is {shown(text, 80)!r}, 1 to 128 hexadecimal digits wanted")
    return beacon.lstrip("0") or "0"


def seed_of(commitment: str, beacon: str) -> str:
    """The seed of a drawing, 64 hexadecimal digits: from the commitment's SHA-256 and the beacon, both canonical.

    Raises `ValueError` when one of them is not.
    """
    if not (_DIGEST.fullmatch(commitment) and _BEACON.fullmatch(beacon)):
        raise ValueError(f"commitment {commitment!r} and beacon {beacon!r}: lower-case hexadecimal wanted")
    told: Json = [_SEED, commitment, beacon]
    return digest(canonical_bytes(told))


def draw(frame: Sequence[Candidate], *, waiting: Collection[str], budget: int, seed: str) -> Drawing:
    """`budget` draws from the frame, in its order; `waiting` are the contributors waiting to vest.

    Raises `UsageError` for an empty frame and for a budget under 1, `ValueError` for a frame that cannot be.
    """
    hits = hits_of(frame, waiting=waiting, budget=budget, seed=seed)
    return Drawing(hits=hits, inclusion_ppm=_inclusion(frame, waiting, budget, {hit.record for hit in hits}))


def hits_of(frame: Sequence[Candidate], *, waiting: Collection[str], budget: int, seed: str) -> tuple[Hit, ...]:
    """The hits of `draw` alone: money, then floor, then waiting, each by number."""
    if budget < 1:
        raise UsageError(f"the budget is {budget} audits, 1 or more wanted")
    if not frame:
        raise UsageError("there is no record to audit")
    if not _DIGEST.fullmatch(seed):
        raise ValueError(f"the seed is {seed!r}, 64 lower-case hexadecimal digits wanted")
    if len({one.record for one in frame}) < len(frame) or any(one.money < 0 for one in frame):
        raise ValueError("a frame has every record once, and no negative money")
    waits = [one for one in frame if one.contributor in waiting]
    draws = draws_of(budget, has_money=any(one.money for one in frame), has_waiting=bool(waits))
    return (
        *_money_hits(frame, draws[Kind.MONEY], seed),
        *_record_hits(Kind.FLOOR, frame, draws[Kind.FLOOR], seed),
        *_record_hits(Kind.WAITING, waits, draws[Kind.WAITING], seed),
    )


def draws_of(budget: int, *, has_money: bool, has_waiting: bool) -> dict[Kind, int]:
    """How many draws each kind gets, summing to the budget; what has nothing to draw from adds to the floor."""
    money = -(-budget * MONEY_TENTHS // 10) if has_money else 0
    rest = budget - (-(-budget * MONEY_TENTHS // 10))
    waiting = rest // FLOOR_PARTS if has_waiting else 0
    return {Kind.MONEY: money, Kind.FLOOR: budget - money - waiting, Kind.WAITING: waiting}


def _money_hits(frame: Sequence[Candidate], draws: int, seed: str) -> list[Hit]:
    """Each falls on one unit of the money, laid end to end in the frame's order."""
    ends = list(accumulate(one.money for one in frame))
    hits = []
    for number in range(draws):
        unit = _uniform(ends[-1], seed, Kind.MONEY, number)
        # The first record whose money ends behind the unit; one without money ends where it starts and is passed over.
        row = bisect_right(ends, unit)
        offset = unit - (ends[row] - frame[row].money)
        hits.append(Hit(kind=Kind.MONEY, number=number, record=frame[row].record, offset=offset))
    return hits


def _record_hits(kind: Kind, rows: Sequence[Candidate], draws: int, seed: str) -> list[Hit]:
    return [
        Hit(kind=kind, number=number, record=rows[_uniform(len(rows), seed, kind, number)].record, offset=None)
        for number in range(draws)
    ]


def _uniform(values: int, seed: str, kind: Kind, number: int) -> int:
    """A whole number from 0 to `values` − 1, each as likely: SHA-256 in counter mode, with rejection."""
    if not 0 < values <= _HASH_VALUES:
        raise ValueError(f"no uniform draw among {values}")
    # What lies behind the last full round of `values` would make the first ones likelier, so it is thrown again.
    fair = _HASH_VALUES - _HASH_VALUES % values
    thrown, attempt = _HASH_VALUES, 0
    while thrown >= fair:
        # Canonical JSON, written out: nothing in it needs an escape, and large drawings throw it a thousand times.
        told = f'["{_DRAW}","{seed}","{kind.value}",{number},{attempt}]'
        thrown, attempt = int(digest(told.encode("ascii")), 16), attempt + 1
    return thrown % values


def _inclusion(
    frame: Sequence[Candidate], waiting: Collection[str], budget: int, drawn: Collection[str]
) -> dict[str, int]:
    """π = 1 − Π(1 − p)ⁿ over the kinds, in millionths and rounded up, by drawn record in the frame's order."""
    money = sum(one.money for one in frame)
    waits = sum(1 for one in frame if one.contributor in waiting)
    draws = draws_of(budget, has_money=money > 0, has_waiting=waits > 0)
    inclusion = {}
    for one in frame:
        if one.record in drawn:
            missed = [
                (money - one.money, money, draws[Kind.MONEY]),
                (len(frame) - 1, len(frame), draws[Kind.FLOOR]),
                (waits - (one.contributor in waiting), waits, draws[Kind.WAITING]),
            ]
            inclusion[one.record] = _ever_ppm([(miss, of, times) for miss, of, times in missed if times])
    return inclusion


def _ever_ppm(missed: Sequence[tuple[int, int, int]]) -> int:
    """1 − Π(miss / of)^times in millionths, the exact value rounded up: so at least 1 for whatever can be drawn.

    Exact powers have tens of thousands of digits where there are a thousand draws, so sixty digits are tried first;
    their error is far under `_DECIMAL_ERROR`, and where that could matter whole numbers decide.
    """
    with localcontext(Context(prec=60)):
        near = (1 - prod((Decimal(miss) / of) ** times for miss, of, times in missed)) * WHOLE_PPM
        least, most = (ceil(near + error) for error in (-_DECIMAL_ERROR, _DECIMAL_ERROR))
    if least == most:
        return least
    whole: int = prod(of**times for _, of, times in missed)
    never: int = prod(miss**times for miss, _, times in missed)
    return -((never - whole) * WHOLE_PPM // whole)
