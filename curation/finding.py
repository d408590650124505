"""What a check saw in a record, as a value that every later part reads: weight, verdict, queue, report."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]


class Severity(StrEnum):
    """What follows from a finding.

    `critical` rejects; `hold` sends the record to review whatever its weight (copying patterns); `warning` moves the
    weight by its evidence; `info` moves nothing; `insufficient` leaves the record unchecked until a person decides.
    """

    CRITICAL = "critical"
    HOLD = "hold"
    WARNING = "warning"
    INFO = "info"
    INSUFFICIENT = "insufficient"


@dataclass(frozen=True, kw_only=True)
class Related:
    """Another record that a finding rests on. `line` is in that record's file; `similarity` in 0..1."""

    record: str
    contributor: str
    line: int
    similarity: float
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One check's word on one record. `row` is its index in the file; `evidence` is in natural log-odds of being good.

    `message` says which thing, what was seen, what was wanted; `fix` what would pass; `p` is a conformal p-value and
    `suggested` a likely better value, where the check has one.
    """

    row: int
    check: str
    severity: Severity
    message: str
    fix: str
    field: str | None = None
    evidence: float = 0.0
    p: float | None = None
    suggested: str | None = None
    related: tuple[Related, ...] = ()


class Term(StrEnum):
    """Which part of the weight or novelty a check speaks to."""

    RULES = "rules"
    STRANGENESS = "strangeness"
    LABEL_NOISE = "label-noise"
    NOVELTY = "novelty"
    NONE = "none"


@dataclass(frozen=True, kw_only=True)
class Opinion:
    """All that one check says about a contribution's readable records. Arrays are (n,), in record order.

    `scores`: 1 nothing wrong, 0 certainly wrong, rank-preserving. `p`: conformal p-values (strangeness).
    `log_odds`: evidence of every record (label noise). `similarity`: to the closest earlier record in words (novelty).
    `findings` may also speak of rows that could not be read.
    """

    findings: Sequence[Finding] = ()
    scores: Floats | None = None
    p: Floats | None = None
    log_odds: Floats | None = None
    similarity: Floats | None = None
