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
from curation.ledger.state import replay
from curation.rewards.books import VESTED
from curation.rewards.claims import Claims, claims, dump, root
from curation.rewards.treasury import Treasury
from curation.settling import Settling, payouts_of

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
    """The claims, and the contributors with vested money who are in none, as they gave no address."""

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
        amounts, without = vested_by_address(self.treasury())
        return Claimed(claims=claims(amounts), without=without)

    def export_public(self, folder: Path) -> Exported:
        """Writes what an outsider needs into a new or empty folder; raises `UsageError` for any other."""
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise UsageError(f"{shown(folder.name)!r} is no empty folder: a new or empty one wanted")
        # Others may be writing: everything is told of the journal as it was read here, not as it is a moment later.
        events = self.journal.read()
        state = replay(events)
        treasury = self.treasury(state)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "objects").mkdir()
        names = {name for event in events for name in _public_objects(fact_of(event))}
        for name in sorted(names):
            write_file(folder / "objects" / name, self.objects.get(name))
        lines = self.places.journal.read_bytes().splitlines(keepends=True) if events else []
        write_file(folder / "journal.jsonl", b"".join(lines[: state.seq]))
        _put(folder / "payouts.json", payouts_document(payouts_of(treasury)))
        _put(folder / "leak.json", leaks_document(leaks(treasury)))
        amounts, _ = vested_by_address(treasury)
        made = claims(amounts) if amounts else None
        if made is not None:
            _put(folder / "claims.json", dump(made))
        head = {"schema": "curation.export/1", "seq": state.seq, "head": state.head}
        head["claims_root"] = None if made is None else root(made)
        _put(folder / "export.json", head)
        return Exported(objects=len(names), seq=state.seq, head=state.head)


def _public_objects(fact: Fact) -> list[str]:
    named = (getattr(fact, field) for field in _PUBLIC.get(fact.TYPE, ()))
    return [name for name in named if name is not None]


def vested_by_address(treasury: Treasury) -> tuple[dict[str, int], tuple[str, ...]]:
    """Cumulative vested base units by address, and the contributors with some who gave no address.

    What vested stays with the address that its contributor had then, or with the first one given later: a contract
    knows only what each address collected, so money that moved to another address would be collected twice.
    """
    given: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for entry in treasury.state.registrations:
        if entry.fact.address is not None:
            given[entry.fact.contributor].append((entry.seq, entry.fact.address))
    amounts: dict[str, int] = defaultdict(int)
    without: set[str] = set()
    for seq, moves in treasury.in_order:
        for move in moves:
            contributor = move.target.removeprefix(f"{VESTED}:")
            known = given[contributor]
            if move.what == "vest" and known:
                amounts[next((address for at, address in reversed(known) if at < seq), known[0][1])] += int(move.units)
            elif move.what == "vest":
                without.add(contributor)
    return dict(amounts), tuple(sorted(without))


def _put(path: Path, document: object) -> None:
    told = json.dumps(document, indent=2, ensure_ascii=True, sort_keys=True) + "\n"
    write_file(path, told.encode())
