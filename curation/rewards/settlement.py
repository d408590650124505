"""One epoch: every inference that was not settled yet is paid, and what is old enough vests. Pure.

The steps are numbered because their order decides: what is credited in an epoch can be kept, but not vest, in it.
"""

from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from curation.ledger.money_files import (
    Attribution,
    EpochFile,
    MemberLine,
    MoveLine,
    SettledInference,
    SettledRecord,
    TermsFile,
)
from curation.rewards.amounts import largest_remainder
from curation.rewards.books import AUDIT, BURNED, ESCROW, FEE, POOL, RESERVE, VESTED, Books, account_of
from curation.rewards.formula import MILLION, pay


@dataclass(frozen=True, kw_only=True)
class Owed:
    """An inference whose fee waits to be split: its journal line, datanet, model, and what it rests on."""

    seq: int
    datanet: str
    model: str
    fee: int
    attribution: Attribution


@dataclass(frozen=True, kw_only=True)
class Model:
    """What a model froze at journal line `seq`: its records in the order of who was first, and the terms of pay."""

    members: Sequence[MemberLine]
    terms: TermsFile
    seq: int = 0


@dataclass(frozen=True)
class Found:
    """How many of a contributor's records random audits found good and bad."""

    good: int = 0
    bad: int = 0

    @property
    def count(self) -> int:
        """How many were audited."""
        return self.good + self.bad

    def rate(self, terms: TermsFile) -> int:
        """The share found good, in millionths, shrunk toward the card's prior: a newcomer's is that of the prior."""
        good, bad = terms.prior_good + self.good * MILLION, terms.prior_bad + self.bad * MILLION
        return good * MILLION // (good + bad)


NOTHING_FOUND = Found()


@dataclass(frozen=True, kw_only=True)
class Conditions:
    """What the journal says when the epoch closes.

    `weights` are in millionths by record; a record that may not be paid now is not in it; `decided` are those that a
    person accepted, `relabelled` the line that gave a record the label that holds. `audits` has what random audits
    found by (datanet, contributor), `import_audits` counts those of imported records by datanet. `datanets` says where
    each record that was ever paid belongs, `terms` what holds now in each datanet; `disputed` records do not vest;
    `withdrawn` ones in good standing, so neither copies nor rejected, earn no more, but keep what they earned.
    """

    weights: Mapping[str, int]
    decided: Container[str]
    audits: Mapping[tuple[str, str], Found]
    import_audits: Mapping[str, int]
    datanets: Mapping[str, str]
    terms: Mapping[str, TermsFile]
    disputed: Container[str]
    withdrawn: Container[str]
    relabelled: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class _Paid:
    inferences: list[SettledInference]
    records: list[SettledRecord]
    pools: Mapping[str, int]
    fees: Mapping[str, int]
    reserve: int


def settled(  # noqa: PLR0913, PLR0917  (what an epoch follows from, and nothing else)
    epoch: int, through: int, owed: Sequence[Owed], models: Mapping[str, Model], now: Conditions, books: Books
) -> EpochFile:
    """The epoch's file. `books` are as they stand before it, and stand after it as the file says."""
    paid = _paid(owed, models, now)
    moves: list[MoveLine] = []

    def enter(*lines: MoveLine) -> None:
        books.enter(lines)
        moves.extend(lines)

    # 1. The fees, split.
    enter(*(_move("fee", FEE, account, units, epoch=epoch) for account, units in sorted(paid.fees.items()) if units))
    # 2. What records earned goes into escrow, and what the discount kept to the reserve.
    for one in paid.records:
        if int(one.pay):
            to = account_of(ESCROW, one.contributor)
            enter(_move("credit", POOL, to, int(one.pay), record=one.record, epoch=epoch))
    if paid.reserve:
        enter(_move("keep", POOL, RESERVE, paid.reserve, epoch=epoch))
    # 3. The reserve pays for audits, a fixed share of the fees that no verdict moves, as far as it reaches.
    wanted = sum(pool * now.terms[datanet].audit_budget // MILLION for datanet, pool in paid.pools.items())
    if audit := min(wanted, books.balances[RESERVE]):
        enter(_move("audit", RESERVE, AUDIT, audit, epoch=epoch))
    # 4. What has waited long enough for an appeal to need it burns.
    if burnt := _burnt(epoch, now, books):
        enter(_move("burn", RESERVE, BURNED, burnt, epoch=epoch))
    # 5. What is old enough, audited enough and undisputed is its contributor's for good.
    for line in list(_vesting(epoch, now, books)):
        enter(line)
    return EpochFile(epoch=epoch, through=through, inferences=paid.inferences, records=paid.records, moves=moves)


def _paid(owed: Sequence[Owed], models: Mapping[str, Model], now: Conditions) -> _Paid:
    fees: dict[str, int] = defaultdict(int)
    pools: dict[str, int] = defaultdict(int)
    by_record: dict[tuple[str, int], int] = defaultdict(int)
    # A record stands behind many inferences, and has one weight in all of them.
    weights: dict[str, dict[int, int]] = defaultdict(dict)
    inferences, reserve = [], 0
    for one in owed:
        model = models[one.model]
        shares = largest_remainder(one.fee, model.terms.fees.model_dump())
        fees["platform"] += shares["platform"]
        fees["stakers"] += shares["stakers"]
        fees[account_of("model", one.datanet)] += shares["model"]
        fees[POOL] += shares["data"]
        pools[one.datanet] += shares["data"]
        known = weights[one.model]
        for row, _ in one.attribution.rows:
            if row not in known:
                known[row] = _weight(model, row, one.datanet, now)
        found = pay(shares["data"], one.attribution, model.members, known, model.terms)
        reserve += found.reserve
        for row, units in found.by_row.items():
            by_record[one.model, row] += units
        told = SettledInference(
            seq=one.seq, fee=str(one.fee), pool=str(shares["data"]), paid=str(sum(found.by_row.values()))
        )
        inferences.append(told)
    return _Paid(
        inferences=inferences,
        records=_records(by_record, owed, models, weights),
        pools=pools,
        fees=fees,
        reserve=reserve,
    )


def _weight(model: Model, row: int, datanet: str, now: Conditions) -> int:
    """The weight that a row may be paid by, in millionths; 0 for what may not be paid."""
    member = model.members[row]
    # Importing must not launder: the owner's records earn once random audits have looked at some.
    if member.imported and now.import_audits.get(datanet, 0) < model.terms.import_audits:
        return 0
    # What this model has learned of it is the wrong label, and attracts more than a right one would.
    if now.relabelled.get(member.record, 0) > model.seq:
        return 0
    weight = now.weights.get(member.record, 0)
    if member.record in now.decided:
        return weight
    # No record is paid by a weight above what random audits found of its contributor's records, or whoever passes the
    # checks with bad ones would go on earning by those that no audit hit.
    return min(weight, now.audits.get((datanet, member.contributor), NOTHING_FOUND).rate(model.terms))


def _records(
    by_record: Mapping[tuple[str, int], int],
    owed: Sequence[Owed],
    models: Mapping[str, Model],
    weights: Mapping[str, Mapping[int, int]],
) -> list[SettledRecord]:
    datanet_of = {one.model: one.datanet for one in owed}
    found: dict[str, SettledRecord] = {}
    for model, row in sorted((model, row) for model, known in weights.items() for row in known):
        member = models[model].members[row]
        before = found.get(member.record)
        units = by_record.get((model, row), 0) + (int(before.pay) if before else 0)
        found[member.record] = SettledRecord(
            record=member.record,
            contributor=member.contributor,
            datanet=datanet_of[model],
            weight=weights[model][row],
            pay=str(units),
        )
    return [found[record] for record in sorted(found)]


def _burnt(epoch: int, now: Conditions, books: Books) -> int:
    """What the reserve holds beyond what the latest epochs brought in; those still answer appeals."""
    keep = max((terms.burn_epochs for terms in now.terms.values()), default=0)
    recent = sum(units for of, units in books.reserved.items() if of > epoch - keep)
    return max(0, books.balances[RESERVE] - recent)


def _vesting(epoch: int, now: Conditions, books: Books) -> Iterator[MoveLine]:
    for (record, of), lot in sorted(books.lots.items(), key=lambda item: (item[0][1], item[0][0])):
        terms = now.terms.get(now.datanets.get(record, ""))
        if terms is None or lot.escrow == 0 or epoch - of < max(terms.vest_epochs, 1):
            continue
        audited = now.audits.get((now.datanets[record], lot.contributor), NOTHING_FOUND).count >= terms.vest_audits
        stands = record in now.weights or record in now.withdrawn
        if audited and stands and record not in now.disputed:
            source, target = account_of(ESCROW, lot.contributor), account_of(VESTED, lot.contributor)
            yield _move("vest", source, target, lot.escrow, record=record, epoch=of)


def _move(  # noqa: PLR0913  (the parts of a move)
    what: str, source: str, target: str, units: int, *, record: str | None = None, epoch: int
) -> MoveLine:
    told = {"what": what, "source": source, "target": target, "units": str(units), "record": record, "epoch": epoch}
    return MoveLine.model_validate(told)
