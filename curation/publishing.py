"""What outsiders get: claims for a contract, and everything needed to recompute every payout, with nothing private."""

import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from curation.audit.cells import leaks
from curation.audit.statements import leaks_document, payouts_document
from curation.datanet.shown import shown
from curation.errors import UsageError
from curation.ledger.durable import write_file
from curation.ledger.facts import Fact, fact_of
from curation.ledger.state import State, replay
from curation.rewards.books import sums
from curation.rewards.claims import Claims, canonical_address, claims, dump, root
from curation.settling import Settling

# The objects that hold ids and integers alone. Files, cards, rules, findings, names, reasons and answers stay.
_PUBLIC: dict[str, tuple[str, ...]] = {
    "contribution.submitted": ("result",),
    "model.trained": ("records", "terms"),
    "inference.served": ("attribution",),
    "epoch.settled": ("lines", "ranges"),
    "record.decided": ("moves",),
    "audits.drawn": ("hits",),
}


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """The claims, and the contributors with vested money who are in none, as they gave no address that can be paid."""

    claims: Claims
    without: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Exported:
    """What was written: how many files under their digest, up to which journal line, and its hash."""

    objects: int
    seq: int
    head: str


class Publishing(Settling):
    """A workspace that tells outsiders what it did."""

    def claims(self) -> Claimed:
        """Cumulative vested amounts by address; raises `UsageError` when nobody with an address has any."""
        state = self.state()
        amounts: dict[str, int] = defaultdict(int)
        without = []
        for contributor, (_, _, vested, _) in sums(self.treasury(state).books()).items():
            if vested:
                address = _address(state, contributor)
                if address is None:
                    without.append(contributor)
                else:
                    amounts[address] += vested
        return Claimed(claims=claims(amounts), without=tuple(without))

    def export_public(self, folder: Path) -> Exported:
        """Writes what an outsider needs into a new or empty folder; raises `UsageError` for any other."""
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise UsageError(f"{shown(folder.name)!r} is no empty folder: a new or empty one wanted")
        events = self.journal.read()
        state = replay(events)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "objects").mkdir()
        names = {name for event in events for name in _public_objects(fact_of(event))}
        for name in sorted(names):
            write_file(folder / "objects" / name, self.objects.get(name))
        write_file(folder / "journal.jsonl", self.places.journal.read_bytes() if events else b"")
        _put(folder / "payouts.json", payouts_document(self.payouts()))
        _put(folder / "leak.json", leaks_document(leaks(self.treasury(state))))
        if made := self._claims_or_none():
            _put(folder / "claims.json", dump(made.claims))
        head = {"schema": "curation.export/1", "seq": state.seq, "head": state.head}
        head["claims_root"] = root(made.claims) if made else None
        _put(folder / "export.json", head)
        return Exported(objects=len(names), seq=state.seq, head=state.head)

    def _claims_or_none(self) -> Claimed | None:
        try:
            return self.claims()
        except UsageError:
            return None  # nobody with an address has vested money yet


def _public_objects(fact: Fact) -> list[str]:
    named = (getattr(fact, field) for field in _PUBLIC.get(fact.TYPE, ()))
    return [name for name in named if name is not None]


def _address(state: State, contributor: str) -> str | None:
    known = state.contributors.get(contributor)
    if known is None or known.fact.address is None:
        return None
    try:
        return canonical_address(known.fact.address)
    except UsageError:
        return None


def _put(path: Path, document: object) -> None:
    told = json.dumps(document, indent=2, ensure_ascii=True, sort_keys=True) + "\n"
    write_file(path, told.encode())
