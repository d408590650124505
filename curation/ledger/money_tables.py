"""From events about money to tables: models, inferences, epochs, moves, audits, disputes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from curation.ledger.duck import Duck
from curation.ledger.facts import Fact
from curation.ledger.money_facts import (
    AuditsDrawn,
    ContentsCommitted,
    EpochSettled,
    InferenceServed,
    ModelTrained,
    RecordAppealed,
    RecordDoubted,
)
from curation.ledger.money_files import EpochFile, HitsFile, MoveLine, read_attribution, read_members
from curation.ledger.objects import Objects
from curation.ledger.results import read_reason


def add_money(duck: Duck, seq: int, at: datetime, fact: Fact, objects: Objects) -> None:
    """Adds what one event says; raises `JournalBroken` when a file that it names is missing or damaged."""
    match fact:
        case ContentsCommitted():
            told = fact.model_dump(include={"datanet", "contributor"})
            duck.insert("commitments", [told | {"seq": seq, "committed_at": at, "record_count": fact.records}])
        case ModelTrained():
            told = fact.model_dump(include={"model", "datanet", "kind", "reference", "card", "trained"})
            # Who trains on what an earlier model had gets that one again, with the same records.
            if not duck.rows("SELECT 1 AS one FROM models WHERE model = ?", [fact.model]):
                duck.insert("model_records", _member_rows(fact, objects))
            duck.insert("models", [told | {"seq": seq, "trained_at": at}])
        case InferenceServed():
            _add_inference(duck, seq, at, fact, objects)
        case EpochSettled():
            _add_epoch(duck, seq, at, fact, objects)
        case AuditsDrawn():
            _add_draw(duck, seq, at, fact, objects)
        case RecordDoubted():
            reason = read_reason(objects.get(fact.reason)).reason
            told = {"record": fact.record, "curator": fact.by, "reason": reason, "drawn_ppm": fact.drawn_ppm}
            duck.insert("doubts", [told | {"seq": seq, "doubted_at": at}])
        case RecordAppealed():
            reason = read_reason(objects.get(fact.reason)).reason
            duck.insert("appeals", [{"seq": seq, "appealed_at": at, "record": fact.record, "reason": reason}])


def add_moves(duck: Duck, seq: int, moves: Sequence[MoveLine]) -> None:
    """Adds the moves of one event, in order."""
    rows = [line.model_dump() | {"units": int(line.units)} for line in moves]
    duck.insert("moves", [row | {"seq": seq, "move": number} for number, row in enumerate(rows)])


def _member_rows(fact: ModelTrained, objects: Objects) -> list[dict[str, Any]]:
    members = read_members(objects.get(fact.records))
    return [
        {
            "model": fact.model,
            "member": row,
            "record": one.record,
            "contributor": one.contributor,
            "imported": one.imported,
            "training_ppm": one.training,
            "novelty_ppm": one.novelty,
            "partner": None if one.partner < 0 else members[one.partner].record,
        }
        for row, one in enumerate(members)
    ]


_ATTRIBUTED = """
INSERT INTO attributions SELECT ?, m.record, given.amount
FROM (SELECT unnest(?::BIGINT[]) AS member, unnest(?::BIGINT[]) AS amount) AS given
JOIN model_records AS m ON m.model = ? AND m.member = given.member
"""


def _add_inference(duck: Duck, seq: int, at: datetime, fact: InferenceServed, objects: Objects) -> None:
    told = fact.model_dump(include={"datanet", "model"})
    row = told | {"seq": seq, "served_at": at, "payer_key": fact.key, "fee": int(fact.fee)}
    duck.insert("inferences", [row])
    found = read_attribution(objects.get(fact.attribution)).rows
    duck.execute(_ATTRIBUTED, [seq, [row for row, _ in found], [amount for _, amount in found], fact.model])


def _add_epoch(duck: Duck, seq: int, at: datetime, fact: EpochSettled, objects: Objects) -> None:
    told = EpochFile.read(objects.get(fact.lines))
    duck.insert("epochs", [{"epoch": fact.epoch, "seq": seq, "settled_at": at, "through": fact.through}])
    inferences = [
        {"epoch": fact.epoch, "inference": one.seq, "fee": int(one.fee), "pool": int(one.pool), "paid": int(one.paid)}
        for one in told.inferences
    ]
    duck.insert("settled_inferences", inferences)
    records = [
        one.model_dump(include={"record", "contributor", "datanet"})
        | {"epoch": fact.epoch, "weight_ppm": one.weight, "pay": int(one.pay)}
        for one in told.records
    ]
    duck.insert("settled_records", records)
    add_moves(duck, seq, told.moves)


def _add_draw(duck: Duck, seq: int, at: datetime, fact: AuditsDrawn, objects: Objects) -> None:
    told = fact.model_dump(include={"draw", "through", "beacon", "budget"})
    duck.insert("audit_draws", [told | {"seq": seq, "drawn_at": at}])
    found = HitsFile.read(objects.get(fact.hits))
    hits = [
        {
            "draw": fact.draw,
            "sort": hit.sort,
            "hit": hit.number,
            "record": hit.record,
            "epoch": hit.epoch,
        }
        for hit in found.hits
    ]
    duck.insert("audit_hits", hits)
    drawn = [{"draw": fact.draw, "record": one.record, "probability_ppm": one.probability} for one in found.records]
    duck.insert("audit_records", drawn)
