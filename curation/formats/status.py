"""How datanets stand: for people, and as one JSON document (`curation.status/1`)."""

from collections.abc import Iterator, Sequence
from typing import Any

from curation.calibration import AUDITS_MIN
from curation.ledger.questions import DatanetStatus

SCHEMA = "curation.status/1"


def status_document(found: Sequence[DatanetStatus]) -> dict[str, Any]:
    """The document as plain values."""
    return {"schema": SCHEMA, "datanets": [_datanet(one) for one in found]}


def status_text(found: Sequence[DatanetStatus]) -> Iterator[str]:
    """Lines without newlines. Names and ids are safe by their form; no record is quoted."""
    for one in found:
        yield from _lines(one)


def _datanet(one: DatanetStatus) -> dict[str, Any]:
    return {
        "datanet": one.datanet,
        "rows": one.counts.rows,
        "unreadable": one.counts.unreadable,
        "verdicts": dict(one.counts.verdicts),
        "weight_mean": one.counts.weight_mean,
        "novelty_mean": one.counts.novelty_mean,
        "reference": one.reference,
        "audits": one.audits,
        "contributions": one.contributions,
    }


def _lines(one: DatanetStatus) -> Iterator[str]:
    counts = one.counts
    yield f"{one.datanet}: {counts.rows} records, " + (
        ", ".join(f"{count} {verdict}" for verdict, count in counts.verdicts.items()) or "nothing submitted"
    )
    if counts.weight_mean is not None and counts.novelty_mean is not None:
        yield f"    mean weight {counts.weight_mean:.3f}, mean novelty {counts.novelty_mean:.2f}"
    if one.reference is not None:
        yield f"    reference {one.reference['version'][:12]} of {one.reference['members']} records"
    else:
        yield "    no reference: `curate import` gives it one"
    if one.audits:
        lacking = "" if one.audits >= AUDITS_MIN else f", {AUDITS_MIN} wanted to calibrate weights by"
        yield f"    {one.audits} records audited{lacking}"
    for row in one.contributions:
        yield (
            f"    {row['contribution'][:12]}  {row['contributor']:<20} {row['kind']:<6} {row['row_count']:>6} records: "
            f"{row['accepted']} accept, {row['review']} review, {row['unchecked']} unchecked, {row['rejected']} reject"
            + (f", {row['withdrawn']} withdrawn" if row["withdrawn"] else "")
        )
