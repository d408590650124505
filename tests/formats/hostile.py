"""One check with everything in it that a format has to show, and hostile text wherever text from outside can stand.

Every number is given, none computed, so that what the formats make of it is the same on every machine.
"""

from datetime import UTC, datetime
from typing import NoReturn

import numpy as np

from curation.datanet.card import Datanet, read_card
from curation.datanet.record import Contribution, Record, Unreadable
from curation.demo import Planted
from curation.demo_money import PaidOut, Share
from curation.evidence.evidence import Evidence
from curation.evidence.known import joined, known_of
from curation.finding import Finding, Related, Severity
from curation.fitting import fit_reference
from curation.inspection import Inspection, Judged
from curation.ledger.questions import DatanetStatus, Explanation
from curation.ledger.store import Counts, StoredRecord
from curation.ledger.verify import Compared, Verification
from curation.opened import Checked, silent
from curation.outcome import outcome_of
from curation.recompute import Recomputed
from curation.setting import Setting
from curation.verdict import Verdict

SCRIPT = "<script>alert('hi')</script><img src=x onerror=alert(1)>"
ESCAPE = "\x1b[31mred\x1b]0;title\x07\x9b2J\x08\r"
OVERRIDE = "\u202eevil\u202c\u2066\u200b\ufeff\u2028\u2029"
ORDERS = "::error::stop\n::add-mask::x\n  ::set-output name=a::b"
FORMULA = '=HYPERLINK("http://x")\t+cmd'
HOSTILE = f"{ORDERS}\n{SCRIPT}{ESCAPE}{OVERRIDE}{FORMULA}"
FILE_NAME = f"::error::{SCRIPT.replace('/', '-')}\x1b[2J\u202e.jsonl"

CARD = b"""\
schema: curation.datanet/1
name: questions
title: Questions
licence: CC0-1.0
languages: [en, ur]
task: labelled-text
fields:
  - {name: id, role: id}
  - {name: question, role: text, required: true}
  - {name: topic, role: label, required: true}
"""
IDS = tuple(f"{digit}" * 32 for digit in "abcde")
VERSION = "0123456789abcdef" * 2


def card() -> Datanet:
    return read_card(CARD, "card")


def contribution() -> Contribution:
    texts = ("Is a resting pulse of 45 safe?", HOSTILE, "How long does a filling last?", "x" * 300)
    rows: list[Record | Unreadable] = [
        Record(
            id=IDS[index],
            index=index,
            line=index + 1,
            values={"id": str(index), "question": text, "topic": "heart"},
            content={"question": text, "topic": "heart"},
        )
        for index, text in enumerate(texts)
    ]
    rows.append(
        Unreadable(index=4, line=5, column=3, code="duplicate-key", message=f"the key {HOSTILE!r} stands twice")
    )
    return Contribution(
        datanet="questions",
        contributor="ann",
        file_name=FILE_NAME,
        file_digest="f" * 64,
        rows=tuple(rows),
        ignored_fields=("colour", HOSTILE),
    )


def findings() -> dict[int, tuple[Finding, ...]]:
    partner = Related(record=IDS[4], contributor="owner", line=7, similarity=0.875, text=HOSTILE)
    near = Finding(
        row=1,
        check="near-duplicate",
        severity=Severity.HOLD,
        field="question",
        message=f"0.88 of the words of another: {HOSTILE}",
        fix=f"leave it out {HOSTILE}",
        p=0.0123456789,
        related=(partner,),
    )
    label = Finding(
        row=1,
        check="label-noise",
        severity=Severity.WARNING,
        field="topic",
        message=f"the label {HOSTILE!r} has probability 0.02",
        fix="use 'skin'",
        evidence=-2.5,
        suggested=HOSTILE,
        related=(partner,),
    )
    told = Finding(
        row=0, check="paraphrase", severity=Severity.INFO, message="alike", fix="nothing", related=(partner,)
    )
    thin = Finding(row=2, check="thin-reference", severity=Severity.INSUFFICIENT, message="too few", fix="wait")
    unread = Finding(
        row=4, check="unreadable", severity=Severity.CRITICAL, message=f"{HOSTILE} (duplicate-key)", fix="write it anew"
    )
    return {0: (told,), 1: (label, near), 2: (thin,), 4: (unread,)}


def inspection() -> Inspection:
    found = findings()
    numbers = ((Verdict.ACCEPT, 0.98765432101, 1.0), (Verdict.REVIEW, 0.25, 0.375), (Verdict.UNCHECKED, 0.9, 1.0))
    rows = [
        Judged(
            row=index,
            line=index + 1,
            record=IDS[index],
            digest=f"{index}" * 64,
            verdict=verdict,
            otherwise=verdict,
            weight=weight,
            novelty=novelty,
            otherwise_novelty=novelty,
            evidence={"prior": 2.1972245773362196, "rules": 0.0, "strangeness": -0.5, "label-noise": -2.5},
            scores={"outlier": 0.1 + 0.2, "label-noise": 1e-7, "near-duplicate": 1.0},
            p={"outlier": 0.25},
            findings=found.get(index, ()),
        )
        for index, (verdict, weight, novelty) in enumerate([*numbers, (Verdict.ACCEPT, 0.75, 1.0)])
    ]
    unread = Judged(
        row=4,
        line=5,
        record=None,
        digest=None,
        verdict=Verdict.REJECT,
        otherwise=Verdict.REJECT,
        weight=None,
        novelty=None,
        otherwise_novelty=None,
        evidence={},
        scores={},
        p={},
        findings=found[4],
    )
    return Inspection(rows=(*rows, unread), reference=VERSION, self_checked=False)


def checked() -> Checked:
    datanet, given, judged = card(), contribution(), inspection()
    subjects = known_of(given.records, datanet, "ann").with_vectors(np.eye(4, dtype=np.float32))
    nobody = joined([], table=False).with_vectors(np.zeros((0, 4), dtype=np.float32))
    setting = Setting(datanet=datanet, card=CARD, rules=(), load=_never, say=silent)
    return Checked(
        contribution=given,
        setting=setting,
        evidence=Evidence(
            contribution=given,
            datanet=datanet,
            subjects=subjects,
            reference=fit_reference(subjects, datanet, CARD, "none", None),
            earlier=nobody,
            own=np.full(4, -1),
            rule_results=(),
            self_checked=False,
            encoder_languages=frozenset({"en"}),
        ),
        inspection=judged,
        outcome=outcome_of(judged, datanet),
        reference_members=240,
        earlier=241,
    )


def _never() -> NoReturn:
    raise AssertionError("no format needs an encoder")


def explanation() -> Explanation:
    record = StoredRecord(
        record=IDS[1],
        contribution="c" * 32,
        seq=5,
        row_index=1,
        line=2,
        datanet="questions",
        contributor="ann",
        content='{"question":"x"}',
        text=HOSTILE,
        given_label=HOSTILE,
        label="skin",
        inspected="review",
        verdict="reject",
        weight=0.25,
        novelty=0.375,
        why="copy",
        partner=IDS[4],
        decided_by="amina",
        reason=HOSTILE,
    )
    related = {"partner": IDS[4], "partner_contributor": "owner", "partner_line": 7, "similarity_ppm": 875_000}
    finding = {
        "finding": 0,
        "code": "label-noise",
        "field": "topic",
        "severity": "warning",
        "message": HOSTILE,
        "evidence_micro": -2_500_000,
        "p_ppb": 12_345_679,
        "suggested": HOSTILE,
        "fix": HOSTILE,
        "related": [related],
    }
    weight = {
        "reference": VERSION,
        "weight_ppm": 250_000,
        "novelty_ppm": 375_000,
        "prior_micro": 2_197_225,
        "rules_micro": 0,
        "strangeness_micro": -500_000,
        "label_noise_micro": -2_500_000,
    }
    decision = {
        "seq": 9,
        "decided_at": datetime(2026, 11, 23, 10, 0, tzinfo=UTC),
        "decision": "relabel",
        "curator": "amina",
        "reason": HOSTILE,
        "label": HOSTILE,
        "drawn_ppm": None,
    }
    return Explanation(
        record=record,
        card="e" * 64,
        weight=weight,
        scores=[
            {"code": "label-noise", "score_ppb": 20_000_000, "p_ppb": None},
            {"code": "length", "score_ppb": None, "p_ppb": 500_000_000},
            {"code": "outlier", "score_ppb": 300_000_000, "p_ppb": 250_000_000},
        ],
        findings=[finding],
        decisions=[decision],
    )


def statuses() -> list[DatanetStatus]:
    row = {
        "contribution": "c" * 32,
        "contributor": "ann",
        "kind": "submit",
        "submitted_at": datetime(2026, 11, 23, 10, 0, tzinfo=UTC),
        "row_count": 5,
        "reference": VERSION,
        "accepted": 2,
        "review": 1,
        "unchecked": 1,
        "rejected": 1,
        "withdrawn": 0,
        "weight_mean": 0.721913580252,
    }
    withdrawn = {**row, "contribution": "d" * 32, "contributor": "b" * 63, "withdrawn": 2, "weight_mean": None}
    verdicts = {"accept": 2, "review": 1, "reject": 1, "unchecked": 1}
    counts = Counts(rows=5, unreadable=1, verdicts=verdicts, weight_mean=0.721913580252, novelty_mean=0.84375)
    fitted = {"version": VERSION, "members": 240, "fitted_at": datetime(2026, 11, 23, 9, 0, tzinfo=UTC)}
    none = Counts(rows=0, unreadable=0, verdicts={}, weight_mean=None, novelty_mean=None)
    return [
        DatanetStatus(datanet="fresh", counts=none, contributions=[], reference=None),
        DatanetStatus(datanet="questions", counts=counts, contributions=[row, withdrawn], reference=fitted),
    ]


def verifications() -> dict[str, tuple[Verification, Recomputed | None]]:
    compared = (Compared(what="journal lines", count=21), Compared(what="store rows", count=6482))
    sound = Verification(seq=21, head="9" * 64, compared=compared, problems=(), notes=())
    broken = Verification(
        seq=21, head="9" * 64, compared=compared, problems=(HOSTILE, "table weights differs"), notes=(HOSTILE,)
    )
    computed = Recomputed(
        records=767,
        records_all=772,
        references=3,
        references_all=4,
        models=1,
        models_all=2,
        problems=(f"contribution {HOSTILE}",),
    )
    return {"sound": (sound, None), "broken": (broken, None), "recomputed": (sound, computed)}


def paid() -> PaidOut:
    """A demonstration's money: one contributor who gains by quality, one who lost a payout to an audit."""
    good = Share(
        contributor="clinic",
        records=3,
        faulty=0,
        by_volume=10**18 // 3,
        by_quality=10**18,
        forfeited=0,
    )
    bad = Share(contributor="copy-shop", records=5, faulty=4, by_volume=2 * 10**18, by_quality=1, forfeited=10**17)
    return PaidOut(questions=4, audited=2, pool=28 * 10**17, reserve=17 * 10**17, shares=(good, bad))


def planted() -> list[tuple[str, list[Planted]]]:
    faults = (None, "wrong-label", None, None, "duplicate-key")
    rows = [
        Planted(datanet="questions", file="ann/a.jsonl", line=row.line, fault=fault, judged=row)
        for row, fault in zip(inspection().rows, faults, strict=True)
    ]
    return [("questions", rows)]
