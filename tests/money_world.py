"""A small workspace in which everything happened that moves money: the ground of the tests of verification."""

from collections.abc import Sequence
from collections import Counter
from pathlib import Path
from typing import Literal

from curation.workspace import Workspace
from tests import small

OPEN = 10**18
ADDRESSES = {
    "ann": "0x52908400098527886E0F7030069857D2E4169EE7",
    "bea": "0xde709f2102306220921060314715629080e2fb77",
    "cay": "0x52908400098527886E0F7030069857D2E4169EE7",
}
# Short terms, so that a few epochs show all that can happen to money.
TERMS = """\
escrow: {vest_epochs: 1, vest_audits: 2, penalty_payouts: 2, import_audits: 3, audit_budget: 300000, burn_epochs: 1}
"""


Owned = dict[str, list[str]]


def made(root: Path) -> Workspace:
    """Plays it all in `root`, a copy of `small.imported`."""
    for name in ("faq", "plots"):
        card = root / "datanets" / name / "datanet.yaml"
        card.write_text(card.read_text(encoding="utf-8") + TERMS, encoding="utf-8")
    workspace = Workspace(root)
    owned = _submitted(workspace)
    for name in ("plots", "faq"):
        workspace.train(name)
    _ask_both(workspace, "one")
    workspace.settle()
    _audited(workspace, owned)
    _decided(workspace, owned)
    _settled(workspace, owned)
    return workspace


def _file(workspace: Workspace, name: str, rows: Sequence[small.Row]) -> Path:
    return small.write_jsonl(workspace.root / f"{name}.jsonl", rows)


def _submitted(workspace: Workspace) -> Owned:
    """Cay copies five fields of bea's before they are submitted, but bea had committed to them; eve edits dan's texts."""
    texts = small.honest(12)
    files = {
        "cay": [*small.plots(5, first=100), *small.plots(12, first=200)],
        "ann": small.plots(20, first=300),
        "bea": small.plots(20, first=100),
        "dan": texts,
        "eve": [*({**row, "question": f"{row['question']} Please tell me today."} for row in texts[:6]), texts[7]],
    }
    workspace.commit(_file(workspace, "bea", files["bea"]), "plots", "bea")
    owned = {}
    for who, rows in files.items():
        datanet = "faq" if who in {"dan", "eve"} else "plots"
        owned[who] = small.records_of(workspace, _file(workspace, who, rows), datanet, who)
    return owned


def ask(workspace: Workspace, name: str, count: int, fee: int = OPEN) -> None:
    """Asks about as many fields, under keys that begin with `name`."""
    rows = [{"key": f"{name}-{number}", **row} for number, row in enumerate(small.plots(count, first=700))]
    workspace.infer("plots", workspace.read_questions(_file(workspace, name, rows), "plots"), fee)


def _ask_both(workspace: Workspace, name: str) -> None:
    ask(workspace, name, 5)
    for number, row in enumerate(small.honest(20)[14:]):
        question = workspace.question("faq", row["question"], f"faq-{name}-{number}")
        workspace.infer("faq", [question], OPEN // 3 + number)


def _audit(workspace: Workspace, record: str, verdict: Literal["good", "bad"]) -> None:
    """One curator's word where that is enough, two where it is not."""
    said = workspace.decide_audit(record, verdict, by="amina", reason="looked at")
    if said.doubted:
        workspace.decide_audit(record, verdict, by="bayo", reason="so it is")


def _audited(workspace: Workspace, owned: Owned) -> None:
    """Of each contributor's drawn records the first is bad, the last stays open, the others are good."""
    workspace.draw_audits(70, "ab" * 16)
    drawn = [audit.record for audit in workspace.drawn()]
    for who, records in owned.items():
        mine = [record for record in records if record in drawn]
        for place, record in enumerate(mine[:-1]):
            _audit(workspace, record, "bad" if place == 0 and who != "bea" else "good")
    for record in [record for record in drawn if not any(record in records for records in owned.values())][:9]:
        _audit(workspace, record, "good")


def _decided(workspace: Workspace, owned: Owned) -> None:
    """Words outside of audits: against paid records, for a copy, appeals that succeed and fail, a withdrawal."""
    drawn = {audit.record: audit.status for audit in workspace.drawn()}
    print(Counter(drawn.values()))
    free = {who: [record for record in records if record not in drawn] for who, records in owned.items()}
    print({k: len(v) for k, v in free.items()})
    for record in (free["bea"][-1], free["bea"][-2], free["cay"][-1]):
        for by in ("amina", "bayo"):
            workspace.decide(record, "reject", by=by, reason="invented", label=None)
    workspace.decide(owned["cay"][0], "accept", by="amina", reason="another farm", label=None)
    workspace.decide(owned["dan"][3], "relabel", by="amina", reason="it is about feet", label="feet")
    bad = next(record for record in owned["ann"] if drawn.get(record) == "bad")
    workspace.appeal(bad, reason="measured twice")
    workspace.decide(bad, "accept", by="chi", reason="the sheet says so", label=None)
    workspace.appeal(free["bea"][-1], reason="it is true")
    workspace.decide(free["bea"][-1], "accept", by="chi", reason="found it", label=None)
    workspace.appeal(free["bea"][-2], reason="it is true")
    workspace.decide(free["bea"][-2], "reject", by="chi", reason="it is not", label=None)
    workspace.appeal(free["ann"][0], reason="wait for me")
    workspace.withdraw(free["ann"][1])


def _settled(workspace: Workspace, owned: Owned) -> None:
    """Three more epochs with two further models, one of them settled up to a line; two more draws; addresses."""
    _ask_both(workspace, "two")
    workspace.train("plots")
    through = len(workspace.state().entries) if hasattr(workspace.state(), "entries") else None
    _ask_both(workspace, "three")
    print(workspace.settle(through).epoch.epoch)
    workspace.settle()
    for who, address in ADDRESSES.items():
        workspace.register(who, address=address)
    workspace.draw_audits(20, "cd" * 16)
    for audit in workspace.drawn():
        if audit.status == "open":
            _audit(workspace, audit.record, "bad" if audit.record in owned["cay"] else "good")
    workspace.submit(_file(workspace, "late", small.plots(6, first=400)), "plots", "ann")
    workspace.train("faq")
    _ask_both(workspace, "four")
    workspace.settle()
    workspace.draw_audits(5, "ef" * 16)
    workspace.draw_audits(5, "01" * 16)
