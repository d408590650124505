"""A small workspace in which everything happened that moves money: the ground of the tests of verification."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Literal

from curation.workspace import Word, Workspace
from tests import small

OPEN = 10**18
ADDRESSES = {
    "ann": "0x52908400098527886E0F7030069857D2E4169EE7",
    "bea": "0xde709f2102306220921060314715629080e2fb77",
    "cay": "0x52908400098527886E0F7030069857D2E4169EE7",
}
# What vested before stays with the address before.
LATER_ADDRESS = "0x8617e340b3d01fa5f11f306f4090fd50e238070d"
# Short terms, so that a few epochs show all that can happen to money.
TERMS = """\
escrow: {vest_epochs: 1, vest_audits: 2, penalty_payouts: 2, import_audits: 3, audit_budget: 300000, burn_epochs: 2}
"""
POLICY = "policy: {reference_min: 40, weight_ramp: [0.5, 1.0]}"


ADVERBS = (
    *("really", "perhaps", "again", "surely", "often", "still", "maybe", "indeed"),
    *("quite", "anyway", "rather", "hardly", "simply", "mostly", "nearly"),
)
Owned = dict[str, list[str]]


def made(root: Path, encoder_cache: Path) -> Workspace:
    """Plays it all in `root`, a new folder. Clock and salt are fixed, so that the same records are drawn each time."""
    small.lay_out(root, encoder_cache)
    (root / ".curation" / "salt").write_bytes(b"7" * 32)
    for name in ("faq", "plots"):
        card = root / "datanets" / name / "datanet.yaml"
        text = card.read_text(encoding="utf-8").replace("policy: {reference_min: 40}", POLICY)
        card.write_text(text + TERMS, encoding="utf-8")
    seconds = count()
    workspace = Workspace(root, clock=lambda: datetime(2026, 11, 25, tzinfo=UTC) + timedelta(seconds=next(seconds)))
    workspace.import_file(small.write_jsonl(root / "trusted.jsonl", small.trusted()), "faq")
    workspace.import_file(small.write_jsonl(root / "plots.jsonl", small.plots(60)), "plots")
    owned = _submitted(workspace)
    for name in ("plots", "faq"):
        workspace.train(name)
    _ask_both(workspace, "one")
    workspace.settle()
    _audited(workspace, owned)
    _decided(workspace, owned)
    _settled(workspace, owned)
    _said_again(workspace, owned)
    return workspace


def _file(workspace: Workspace, name: str, rows: Sequence[small.Row]) -> Path:
    return small.write_jsonl(workspace.root / f"{name}.jsonl", rows)


def _submitted(workspace: Workspace) -> Owned:
    """Cay copies five fields of bea's, who had committed to them; two of eve's texts are dan's with words exchanged.

    Most of fay's fields are copies of ann's and of what was imported: an audit of such a one says nothing of fay.
    """
    texts = small.honest(14)
    exchanged = [(texts[1], 2, 1), (texts[3], 3, 2)]
    edited = [{**row, "question": _exchanged(row["question"], *how)} for row, *how in exchanged]
    files = {
        "cay": [*small.plots(5, first=100), *small.plots(12, first=200)],
        "ann": small.plots(20, first=300),
        "bea": small.plots(20, first=100),
        "dan": texts[:8],
        "eve": [*edited, *texts[8:]],
        "fay": [*small.plots(20, first=300), *small.plots(20), *small.plots(4, first=500)],
    }
    workspace.commit(_file(workspace, "bea", files["bea"]), "plots", "bea")
    owned = {}
    for who, rows in files.items():
        datanet = "faq" if who in {"dan", "eve"} else "plots"
        owned[who] = small.records_of(workspace, _file(workspace, who, rows), datanet, who)
    return owned


def _exchanged(text: str, longest: int, every: int) -> str:
    """Every so many of the words up to this length replaced by an adverb: partly new, no other fact in a template."""
    words = text.split()
    short = [at for at, word in enumerate(words) if word.isalpha() and word.islower() and len(word) <= longest]
    for number, at in enumerate(short, start=1):
        if number % every == 0:
            words[at] = ADVERBS[number % len(ADVERBS)]
    return " ".join(words)


def ask(workspace: Workspace, name: str, count: int, fee: int = OPEN) -> None:
    """Asks about as many fields, under keys that begin with `name`."""
    rows = [{"key": f"{name}-{number}", **row} for number, row in enumerate(small.plots(count, first=700))]
    workspace.infer("plots", workspace.read_questions(_file(workspace, name, rows), "plots"), fee)


def _ask_both(workspace: Workspace, name: str) -> None:
    ask(workspace, name, 5)
    texts = [row["question"] for row in small.honest(20)[14:]]
    questions = [workspace.question("faq", text, f"faq-{name}-{at}") for at, text in enumerate(texts)]
    workspace.infer("faq", questions, OPEN // 3 + 1)


def _say(workspace: Workspace, decision: Literal["accept", "reject"], records: Iterable[str], *, audit: bool) -> None:
    """Words about many contents at once; against those that were paid for a second curator says the same."""
    chances = {one.record: one.probability for one in workspace.drawn()} if audit else {}
    with workspace.store() as store:
        content = {one["record"]: one["content"] for one in store.query("SELECT record, content FROM current_records")}
    first = {content[record]: record for record in reversed(list(records))}
    words = [
        Word(record=record, decision=decision, reason="looked at", drawn_with=chances.get(record))
        for record in reversed(first.values())
    ]
    doubted = {said.record for said in workspace.decide_all(words, by="amina") if said.doubted}
    if again := [word for word in words if word.record in doubted]:
        workspace.decide_all(again, by="bayo")


def _audited(workspace: Workspace, owned: Owned) -> None:
    """Of each contributor's drawn records but bea's the first is bad; their last stays open; the others are good."""
    workspace.draw_audits(70, "ab" * 16)
    drawn = {audit.record for audit in workspace.drawn()}
    theirs = {who: [record for record in records if record in drawn] for who, records in owned.items()}
    bad = {records[0] for who, records in theirs.items() if who != "bea" and records}
    known = {record for records in owned.values() for record in records}
    good = {record for records in theirs.values() for record in records[:-1]} | set(sorted(drawn - known)[:9])
    _say(workspace, "accept", sorted(good - bad), audit=True)
    _say(workspace, "reject", sorted(bad), audit=True)


def _decided(workspace: Workspace, owned: Owned) -> None:
    """Words outside of audits: against paid records, for a copy, appeals that succeed and fail, withdrawals."""
    drawn = {audit.record: audit.status for audit in workspace.drawn()}
    free = {who: [record for record in records if record not in drawn] for who, records in owned.items()}
    _say(workspace, "reject", [free["bea"][-1], free["bea"][-2], free["cay"][-1]], audit=False)
    _say(workspace, "accept", [owned["cay"][0]], audit=False)
    # Two curators, as it was paid for; the model that knows it by its old label goes on answering.
    for curator in ("amina", "bayo"):
        workspace.decide(owned["dan"][3], "relabel", by=curator, reason="it is about feet", label="feet")
    bad = next(record for record in owned["ann"] if drawn.get(record) == "bad")
    for record in (bad, free["bea"][-1], free["bea"][-2], free["ann"][0]):
        workspace.appeal(record, reason="measured twice")
    _say(workspace, "accept", [bad, free["bea"][-1]], audit=False)
    _say(workspace, "reject", [free["bea"][-2]], audit=False)
    workspace.withdraw(free["ann"][1])
    # The copy succeeds it and is paid from the next model on: two records of one content with money.
    workspace.withdraw(owned["bea"][1])


def _settled(workspace: Workspace, owned: Owned) -> None:
    """Two more epochs, one of them up to a line and over two models; three more draws; addresses."""
    _ask_both(workspace, "two")
    for name in ("plots", "faq"):
        workspace.train(name)
    _ask_both(workspace, "three")
    through = workspace.state().seq - 2
    workspace.settle(through)
    for who, address in ADDRESSES.items():
        workspace.register(who, address=address)
    workspace.register("ann", address=LATER_ADDRESS)
    workspace.draw_audits(30, "cd" * 16)
    still = [audit.record for audit in workspace.drawn() if audit.status == "open"]
    _say(workspace, "accept", still[::2], audit=True)
    _say(workspace, "reject", still[1::2], audit=True)
    succeeded = owned["cay"][1]
    _say(workspace, "reject", [succeeded], audit=False)
    _say(workspace, "accept", [succeeded], audit=False)
    # What this takes back stays in the reserve for as long as what the epoch before it kept.
    _say(workspace, "reject", _paid(workspace, drawn=False)[:1], audit=False)
    workspace.submit(_file(workspace, "late", small.plots(6, first=400)), "plots", "ann")
    workspace.settle()
    workspace.register("bea", address=LATER_ADDRESS)
    workspace.draw_audits(9, "ef" * 16)
    # From money that was all drawn from before nothing is drawn while a record waits; what comes last stays open.
    _say(workspace, "accept", [audit.record for audit in workspace.drawn() if audit.status == "open"], audit=True)
    workspace.draw_audits(5, "01" * 16)


def _said_again(workspace: Workspace, owned: Owned) -> None:
    """Words after words: about what was relabelled, imported, audited before or never drawn; and what follows."""
    drawn, undrawn = _paid(workspace, drawn=True), _paid(workspace, drawn=False)
    _say(workspace, "accept", [owned["dan"][3]], audit=False)
    imported = next(one.record for one in workspace.treasury().epochs[0].records if one.contributor == "owner")
    workspace.appeal(imported, reason="it was right")
    workspace.appeal(undrawn[0], reason="measured twice")
    _say(workspace, "accept", [imported, undrawn[0]], audit=False)
    # Somebody calls it an audit that was none: it costs no penalty.
    words = [Word(record=undrawn[1], decision="reject", reason="looked at", drawn_with=0.5)]
    for curator in ("amina", "bayo"):
        workspace.decide_all(words, by=curator)
    # Found good, then bad, then bad once more, then good, and good once more.
    for decision in ("reject", "reject", "accept", "accept"):
        _say(workspace, decision, drawn[:1], audit=True)
    _say(workspace, "reject", drawn[1:2], audit=True)
    for curator in ("amina", "bayo"):
        workspace.decide(owned["dan"][4], "relabel", by=curator, reason="it is about feet", label="feet")
    _ask_both(workspace, "four")
    workspace.settle()


def _paid(workspace: Workspace, *, drawn: bool) -> list[str]:
    """The records with money in escrow, those of the least first; that were ever drawn, or the others."""
    treasury = workspace.treasury()
    escrow = Counter[str]()
    for (record, _), lot in treasury.books().lots.items():
        escrow[record] += lot.escrow
    found = sorted((units, record) for record, units in escrow.items() if units)
    return [record for _, record in found if (record in treasury.drawn) == drawn]
