"""Models, attributions and weights as hypothesis draws them: small, with copies, chains, idle rows and heavy ties."""

from dataclasses import dataclass, replace
from functools import cache

from hypothesis import strategies as st

from curation.datanet.canonical import digest
from curation.ledger.money_files import Attribution, FeeShares, MemberLine, TermsFile
from curation.rewards.formula import MILLION, Pay, pay

CONTRIBUTORS = ("ann", "bea", "cid")
# Shares that meet the edges more often than chance would.
PPM = st.one_of(st.sampled_from((0, 1, 500_000, 500_001, 650_000, 799_999, 800_000, MILLION)), st.integers(0, MILLION))


def terms(  # noqa: PLR0917  (the numbers of a card)
    low: int = 500_000,
    high: int = 800_000,
    vest_epochs: int = 2,
    vest_audits: int = 3,
    penalty_payouts: int = 20,
    import_audits: int = 10,
    audit_budget: int = 20_000,
    burn_epochs: int = 4,
    data: int = 700_000,
) -> TermsFile:
    """The terms of a card, by default its defaults; what is not the data's is the platform's and the model's."""
    rest = MILLION - data
    return TermsFile(
        fees=FeeShares(platform=rest // 2, model=rest - rest // 2, stakers=0, data=data),
        weight_low=low,
        weight_high=high,
        vest_epochs=vest_epochs,
        vest_audits=vest_audits,
        penalty_payouts=penalty_payouts,
        import_audits=import_audits,
        audit_budget=audit_budget,
        burn_epochs=burn_epochs,
        prior_good=9 * MILLION,
        prior_bad=MILLION,
    )


TERMS = terms()


@cache
def record(number: int) -> str:
    """The id of the record of this number."""
    return digest(str(number).encode())[:32]


@dataclass(frozen=True, kw_only=True)
class Case:
    """One inference over one model: its data pool, and the weights that hold, by row."""

    pool: int
    members: tuple[MemberLine, ...]
    rows: tuple[tuple[int, int], ...]
    weights: tuple[int, ...]
    terms: TermsFile = TERMS

    @property
    def attribution(self) -> Attribution:
        return Attribution(rows=self.rows)

    def paid(self, **changed: object) -> Pay:
        """What it pays, with some of it changed."""
        one: Case = replace(self, **changed)  # type: ignore[arg-type]  # its own fields
        return pay(one.pool, one.attribution, one.members, dict(enumerate(one.weights)), one.terms)


# One draw of bytes instead of forty small ones: a thousand cases in a second, and they still shrink.
_EDGES = (0, 1, 500_000, 500_001, 650_000, 799_999, 800_000, MILLION)
_RAMPS = ((500_000, 800_000), (0, 1), (300_000, MILLION))
_ROW_BYTES = 13
_HEAD_BYTES = 17


def _ppm(told: bytes) -> int:
    """An edge for one first byte in four, else anything."""
    if told[0] < 64:
        return _EDGES[told[0] % len(_EDGES)]
    return int.from_bytes(told) % (MILLION + 1)


def _row(told: bytes, row: int) -> tuple[MemberLine, int, int]:
    """A member, its attribution and its weight."""
    training, novelty, weight = _ppm(told[0:3]), _ppm(told[3:6]), _ppm(told[6:9])
    flags, amount = told[9], int.from_bytes(told[10:13])
    amount = amount % 4 if flags & 1 else amount * 59
    who = CONTRIBUTORS[(flags >> 1) % 3]
    member = MemberLine(record(row), who, bool(flags & 8), training, novelty, (flags >> 4) % (row + 1) - 1)
    return member, amount, weight


def _case(told: bytes) -> Case:
    head, rest = told[:_HEAD_BYTES], told[_HEAD_BYTES:]
    pool = head[1] % 41 if head[0] & 1 else int.from_bytes(head[1:16]) % (10**36 + 1)
    rows = [_row(rest[at : at + _ROW_BYTES], at // _ROW_BYTES) for at in range(0, len(rest), _ROW_BYTES)]
    attributed = sorted(((row, one[1]) for row, one in enumerate(rows) if one[1]), key=lambda pair: (-pair[1], pair[0]))
    return Case(
        pool=pool,
        members=tuple(one[0] for one in rows),
        rows=tuple(attributed),
        weights=tuple(one[2] for one in rows),
        terms=_RAMP_TERMS[head[16] % 3],
    )


_RAMP_TERMS = tuple(terms(*ramp) for ramp in _RAMPS)


def cases(rows_max: int = 6) -> st.SearchStrategy[Case]:
    """Inferences over models of one record or more; rows without attribution are in none of it."""
    sizes = [_HEAD_BYTES + _ROW_BYTES * rows for rows in range(1, rows_max + 1)]
    return st.one_of(*(st.binary(min_size=size, max_size=size) for size in reversed(sizes))).map(_case)
