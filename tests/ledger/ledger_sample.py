"""A small ledger with everything in it: an import, two contributions, copies, an unreadable row, people's decisions."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from curation.datanet.canonical import Value, canonical_bytes, digest
from curation.datanet.card import Datanet, read_card
from curation.datanet.record import Contribution, Record, Unreadable, record_id
from curation.ledger.answers import AnswerFile, write_answer
from curation.ledger.facts import (
    ContributionSubmitted,
    ContributorRegistered,
    Fact,
    RecordDecided,
    RecordWithdrawn,
    ReferenceFitted,
    WordUndone,
    record_fact,
)
from curation.ledger.journal import Journal
from curation.ledger.objects import Objects
from curation.ledger.opinion_facts import GoldDisputed, GoldNominated, OpinionGiven, OpinionUndone
from curation.ledger.places import Places
from curation.ledger.results import (
    EvidenceOf,
    FindingLine,
    Inspected,
    ReasonFile,
    RelatedLine,
    ResultLine,
    write_lines,
    write_name,
    write_reason,
)
from curation.ledger.rows import Row, rows_of
from curation.ledger.state import Submission
from curation.ledger.store import Store
from tests.ledger.money_sample import add_money

START = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)

CARD = b"""\
schema: curation.datanet/1
name: questions
title: Questions
licence: CC0-1.0
languages: [en]
task: labelled-text
fields:
  - {name: id, role: id}
  - {name: text, role: text, required: true}
  - {name: topic, role: label, required: true}
"""

OWNED = (
    ("My chest hurts when I run", "heart"),
    ("How much insulin before lunch?", "diabetes"),
    ("A mole on my arm grew", "skin"),
    ("Is a resting pulse of 45 safe?", "skin"),
)
CLINIC = (
    ("Can I swim while pregnant?", "pregnancy"),
    None,  # a line that cannot be read
    ("Sugar of 15 after fasting", "diabetes"),
)
COPIED = (OWNED[0], ("Can I swim while pregnant?", "pregnancy"), ("asdf qwer", "heart"))

TABLES = {
    "appeals", "attributions", "audit_draws", "audit_hits", "audit_records", "commitments", "contributions",
    "contributors", "datanets", "decisions", "doubts", "epochs", "findings", "inferences", "meta", "model_records",
    "models", "moves", "records", "references", "related", "scores", "settled_inferences", "settled_records",
    "undone", "verdicts", "weights", "withdrawals",
}  # fmt: skip

Said = tuple[str, str] | None


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """A state folder under test and what opens its parts. `clock` counts the events, so that times are given."""

    places: Places

    @property
    def journal(self) -> Journal:
        return Journal(self.places.journal)

    @property
    def objects(self) -> Objects:
        return Objects(self.places.objects)

    @property
    def card(self) -> Datanet:
        return read_card(CARD, "card")

    def read_rows(self, submission: Submission, /) -> Sequence[Row]:
        fact = submission.fact
        datanet = read_card(self.objects.get(fact.card), "card")
        return rows_of(read_file(self.objects.get(fact.file), fact.datanet, fact.contributor), datanet)

    def store(self) -> Store:
        return Store.open(self.places.store, self.journal, self.objects, self.read_rows, timeout_seconds=0.2)

    def happened(self, fact: Fact) -> None:
        journal = self.journal
        record_fact(journal, fact, START + timedelta(minutes=len(journal.read())))

    def submit(self, contributor: str, said: Sequence[Said], kind: str = "submit") -> Contribution:
        data = file_of(said)
        contribution = read_file(data, "questions", contributor)
        reference = None if kind == "import" else "1"
        earlier = {
            record.digest: (record.id, one.fact.contributor, record.line)
            for one in reversed(self.submissions())
            for record in reversed(
                read_file(self.objects.get(one.fact.file), "questions", one.fact.contributor).records
            )
        }
        lines, findings = inspected(contribution, earlier)
        self.happened(
            ContributionSubmitted(
                contribution=contribution.id,
                datanet="questions",
                contributor=contributor,
                kind="import" if kind == "import" else "submit",
                file=self.objects.put(data),
                file_kind="jsonl",
                records=len(contribution.rows),
                card=self.objects.put(CARD),
                rules=self.objects.put(b"[]"),
                reference=reference,
                result=self.objects.put(write_lines(lines)),
                findings=self.objects.put(write_lines(findings)),
                exit_code=1,
            )
        )
        return contribution

    def submissions(self) -> Sequence[Submission]:
        from curation.ledger.state import replay

        return replay(self.journal.read()).contributions

    def register(
        self, contributor: str, name: str, *, address: str | None = None, public_key: str | None = None
    ) -> None:
        written = self.objects.put(write_name(name))
        self.happened(
            ContributorRegistered(contributor=contributor, name=written, address=address, public_key=public_key)
        )

    def decide(self, record: str, decision: str, label: str | None = None, drawn_ppm: int | None = None) -> None:
        reason = self.objects.put(write_reason(ReasonFile(reason=f"it's “{decision}”", label=label)))
        self.happened(
            RecordDecided.model_validate(
                {"record": record, "decision": decision, "by": "cy", "reason": reason, "drawn_ppm": drawn_ppm}
            )
        )

    def withdraw(self, record: str) -> None:
        self.happened(RecordWithdrawn(record=record))


def file_of(said: Sequence[Said]) -> bytes:
    lines = ("{broken" if one is None else json.dumps({"text": one[0], "topic": one[1]}) for one in said)
    return "".join(f"{line}\n" for line in lines).encode()


def read_file(data: bytes, datanet: str, contributor: str) -> Contribution:
    """The port's other side, kept small: JSON lines of plain objects."""
    file_digest = digest(data)
    rows: list[Record | Unreadable] = []
    for index, line in enumerate(data.splitlines()):
        if line.startswith(b"{broken"):
            rows.append(Unreadable(index=index, line=index + 1, column=1, code="bad-json", message="not JSON"))
            continue
        values: dict[str, Value] = json.loads(line)
        name = record_id(datanet, contributor, file_digest, index)
        rows.append(Record(id=name, index=index, line=index + 1, values=values, content=values))
    return Contribution(
        datanet=datanet, contributor=contributor, file_name="f.jsonl", file_digest=file_digest, rows=tuple(rows)
    )


def inspected(
    contribution: Contribution, earlier: dict[str, tuple[str, str, int]]
) -> tuple[list[ResultLine], list[FindingLine]]:
    """What an inspection might say: copies rejected, gibberish and doubtful labels to review."""
    lines: list[ResultLine] = []
    findings: list[FindingLine] = []
    for row in contribution.rows:
        if isinstance(row, Unreadable):
            lines.append(_unread(row))
            findings.append(_finding(row.index, "bad-json", "critical"))
            continue
        strange, pulse = "asdf" in str(row.values["text"]), "pulse" in str(row.values["text"])
        otherwise: Inspected = "review" if strange or pulse else "accept"
        partner = earlier.setdefault(row.digest, (row.id, contribution.contributor, row.line))
        is_copy = partner[0] != row.id
        line = ResultLine(
            record=row.id,
            row=row.index,
            line=row.line,
            content=digest(b"salt" + canonical_bytes(row.content)),
            verdict="reject" if is_copy else otherwise,
            weight=300_000 if strange else 450_000 if pulse else 900_000,
            novelty=0 if is_copy else 1_000_000,
            evidence=EvidenceOf(prior=2_197_225, rules=0, strangeness=-3_000_000 if strange else 0, label_noise=0),
            scores={"outlier": 7_000_000 if strange else 800_000_000, "label-noise": 10 if pulse else 900_000_000},
            p={"outlier": 7_000_000},
        )
        lines.append(
            line.model_copy(update={"otherwise": otherwise, "otherwise_novelty": 1_000_000} if is_copy else {})
        )
        if is_copy:
            related = RelatedLine(record=partner[0], contributor=partner[1], line=partner[2], similarity=1_000_000)
            findings.append(_finding(row.index, "exact-duplicate", "critical", [related]))
        if pulse:
            findings.append(_finding(row.index, "label-noise", "warning"))
    return lines, findings


def fill(state_dir: Path) -> Ledger:
    """The whole sample: every event type at least once."""
    ledger = Ledger(places=Places(state_dir=state_dir))
    ledger.register("owner", "The Owner")
    owned = ledger.submit("owner", OWNED, "import")
    manifest = ledger.objects.put(b'{"files":[]}')
    ledger.happened(ReferenceFitted(datanet="questions", version="1", members=4, manifest=manifest))
    ledger.register("clinic", "Klinik Çınar", address="0x" + "ab" * 20, public_key="k1")
    clinic = ledger.submit("clinic", CLINIC)
    copied = ledger.submit("copy-shop", COPIED)
    ledger.decide(owned.records[3].id, "relabel", "heart")
    ledger.decide(copied.records[0].id, "reject")
    ledger.decide(copied.records[0].id, "accept", drawn_ppm=20_000)
    ledger.withdraw(clinic.records[0].id)
    ledger.decide(copied.records[2].id, "relabel", "skin")
    ledger.happened(WordUndone(word=ledger.journal.read()[-1].seq, by="cy"))
    add_opinions(ledger, copied.records[0].id)
    add_money(ledger, [record.id for record in owned.records], clinic.records[1].id)
    return ledger


def add_opinions(ledger: Ledger, record: str) -> None:
    """An opinion and one taken back, gold and a dispute about it."""

    def answer(reason: str) -> str:
        file = AnswerFile(record=record, decision="accept", reason=reason, salt=digest(reason.encode()))
        return ledger.objects.put(write_answer(file))

    ledger.happened(OpinionGiven(by="di", opinion=answer("looks right")))
    ledger.happened(OpinionGiven(by="ed", opinion=answer("a slip")))
    ledger.happened(OpinionUndone(opinion=ledger.journal.read()[-1].seq, by="ed"))
    gold = answer("beyond doubt")
    ledger.happened(GoldNominated(by="cy", gold=gold))
    reason = ledger.objects.put(write_reason(ReasonFile(reason="there is doubt")))
    ledger.happened(GoldDisputed(gold=gold, by="di", reason=reason))


def without_folder(ledger: Ledger, state_dir: Path) -> Ledger:
    """The same ledger read at another place."""
    return replace(ledger, places=Places(state_dir=state_dir))


def _unread(row: Unreadable) -> ResultLine:
    return ResultLine(
        record=None,
        row=row.index,
        line=row.line,
        content=None,
        verdict="reject",
        weight=None,
        novelty=None,
        evidence=None,
        scores={},
        p={},
    )


def _finding(row: int, check: str, severity: str, related: Sequence[RelatedLine] = ()) -> FindingLine:
    told = {
        "row": row,
        "check": check,
        "field": None,
        "severity": severity,
        "message": f"<b>{check}</b>",
        "evidence": 0,
    }
    return FindingLine.model_validate(told | {"p": None, "suggested": None, "fix": "another", "related": list(related)})
