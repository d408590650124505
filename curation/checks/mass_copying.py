"""Another contributor's records one by one: each of many records has its own original there, often in the same order.

A paraphrase escapes every rule about one record; that a whole file runs along another's does not.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from curation.checks import Check, has_text, held, named, related_other
from curation.evidence.chance import binomial_tail
from curation.evidence.conformal import p_values
from curation.evidence.evidence import Evidence
from curation.evidence.partners import Partners, contributor_codes, margins_of_members, order_of, partners_of
from curation.finding import Finding, Opinion, Term

# How often chance may hold a contribution, all other contributors together.
ERROR_MAX = 1e-4
# Fewer records are no file that runs along another.
RECORDS_MIN = 12

# In order: two honest people who shared out one sorted list line by line reached .30.
IN_ORDER_SHARE_MIN = 0.4
# In any order: so many of the reference's own records stand out, and of honest contributions at most .20 did.
STANDS_OUT_RATE = 0.1
STANDS_OUT_SHARE_MIN = 0.25


@dataclass(frozen=True)
class _Pattern:
    """Subjects that stand for one another contributor's records, and what is said of them."""

    places: NDArray[np.int64]
    said: str


def judge(evidence: Evidence) -> Opinion:
    """Holds the records whose originals are one contributor's, where those are too many for chance."""
    if evidence.self_checked or len(evidence) < RECORDS_MIN or not len(evidence.earlier):
        return Opinion()
    codes = contributor_codes(evidence.earlier.contributors)
    own = {
        code for code, name in zip(codes.tolist(), evidence.earlier.contributors, strict=True) if name == _who(evidence)
    }
    suspects = [code for code in np.flatnonzero(np.bincount(codes) >= RECORDS_MIN).tolist() if code not in own]
    partners = partners_of(evidence, codes, own)
    usual = evidence.reference.nonconformity.get(CHECK.name, np.zeros(0))
    stands_out = p_values(partners.margin, usual, evidence.is_member) <= STANDS_OUT_RATE
    findings = []
    # Whoever has fewer partners here cannot be the one; the bound stays that of all who might have been.
    partnered = np.bincount(codes[partners.rows[partners.rows >= 0]], minlength=int(codes.max()) + 1)
    for code in (code for code in suspects if partnered[code] >= RECORDS_MIN):
        theirs = np.flatnonzero(codes == code)
        for pattern in _patterns(partners, theirs, stands_out, ERROR_MAX / len(suspects)):
            findings += [_finding(evidence, partners, place, pattern) for place in pattern.places.tolist()]
    return Opinion(findings=findings)


def _who(evidence: Evidence) -> str:
    return evidence.contribution.contributor


def _patterns(
    partners: Partners, theirs: NDArray[np.int64], stands_out: NDArray[np.bool_], error_max: float
) -> Iterator[_Pattern]:
    """What the partners of one other contributor show; `theirs` are that one's rows among the earlier records."""
    count = len(partners.rows)
    is_theirs = np.isin(partners.rows, theirs)
    order = order_of(np.where(is_theirs, np.searchsorted(theirs, partners.rows), -1))
    told = np.zeros(count, dtype=np.bool_)
    in_order = int(order.forward.sum())
    if in_order >= max(RECORDS_MIN, IN_ORDER_SHARE_MIN * count) and order.chance <= error_max:
        told = order.running
        yield _Pattern(np.flatnonzero(told), f"{int(told.sum())} follow theirs in the same order")
    close = is_theirs & stands_out
    standing = int(close.sum())
    tail = binomial_tail(standing, count, STANDS_OUT_RATE)
    if standing >= max(RECORDS_MIN, STANDS_OUT_SHARE_MIN * count) and tail <= error_max:
        said = f"{standing} stand closer to theirs, one each, than {1 - STANDS_OUT_RATE:.0%} of the reference to any"
        yield _Pattern(np.flatnonzero(close & ~told), said)


def _finding(evidence: Evidence, partners: Partners, place: int, pattern: _Pattern) -> Finding:
    partner = related_other(evidence, int(partners.rows[place]), float(partners.similarity[place]))
    message = (
        f"stands for {named(partner)}, one to one as others of this contribution: of its {len(evidence)} records "
        f"{pattern.said}; chance shows as much in at most one contribution of {1 / ERROR_MAX:,.0f}"
    )
    fix = "a curator has to confirm that these are records of your own"
    return held(evidence, CHECK.name, place, (message, fix), partner)


# The rows of a table stand close to one another by nature, and two people measure the same seasons in order.
CHECK = Check(name="mass-copying", term=Term.NONE, judge=judge, applies=has_text, nonconformity=margins_of_members)
