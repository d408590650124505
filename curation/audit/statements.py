"""What outsiders compare with: everybody's statement and the leak as documents, amounts in base units as strings."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from curation.audit.cells import LeakOf
from curation.ledger.money_files import EpochFile
from curation.rewards.books import Books


@dataclass(frozen=True, kw_only=True)
class Settled:
    """What a settlement came to; `epoch` is None when there was nothing to settle, and nothing changed."""

    epoch: EpochFile | None
    books: Books


@dataclass(frozen=True, kw_only=True)
class Statement:
    """Where one contributor's money stands, in base units: credited = escrow + vested + forfeited."""

    contributor: str
    credited: int
    escrow: int
    vested: int
    forfeited: int


@dataclass(frozen=True, kw_only=True)
class Payouts:
    """All statements, and in base units the data share of all settled fees and what of it the reserve got.

    `by_epoch` has the statements of each epoch's payouts, as they stand now.
    """

    pool: int
    reserve: int
    contributors: tuple[Statement, ...]
    by_epoch: tuple[tuple[int, tuple[Statement, ...]], ...]


def payouts_document(told: Payouts) -> dict[str, Any]:
    """`curation.payouts/1`: pool = Σ credited + reserve, exactly."""
    return {
        "schema": "curation.payouts/1",
        "pool": str(told.pool),
        "reserve": str(told.reserve),
        "contributors": [_statement(one) for one in told.contributors],
    }


def leaks_document(found: Sequence[LeakOf]) -> dict[str, Any]:
    """`curation.leak/1`: money that went to bad data, in base units, from `low` to `high` with 95 % confidence."""
    return {"schema": "curation.leak/1", "cells": [_leak(one) for one in found]}


def _leak(one: LeakOf) -> dict[str, Any]:
    leak = one.leak
    return {
        "datanet": one.datanet,
        "epoch": one.epoch,
        "money": str(leak.money),
        "low": str(leak.low),
        "estimate": None if leak.estimate is None else str(leak.estimate),
        "high": str(leak.high),
        "hits": leak.hits,
        "undecided": leak.undecided,
    }


def _statement(one: Statement) -> dict[str, str]:
    return {name: str(value) for name, value in vars(one).items()}
