"""Every number behind one record: for people, and as one JSON document (`curation.explanation/1`)."""

import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from curation.datanet.canonical import Value, canonical_bytes
from curation.datanet.card import Policy
from curation.datanet.shown import shown
from curation.formats.text import snippet
from curation.ledger.questions import Explanation
from curation.ledger.store import StoredRecord
from curation.quality import MICRO
from curation.rewards.amounts import open_of
from curation.rewards.treasury import Earned

SCHEMA = "curation.explanation/1"
BILLION = 1_000_000_000
PAYOUTS_SHOWN_MAX = 20

_PARTS = (
    ("prior", "prior_micro"),
    ("rules", "rules_micro"),
    ("strangeness", "strangeness_micro"),
    ("label-noise", "label_noise_micro"),
)


def explanation_document(found: Explanation, policy: Policy, earned: Sequence[Earned] = ()) -> dict[str, Any]:
    """The document as plain values; times as `datetime`, amounts as decimal strings of base units."""
    return {
        "schema": SCHEMA,
        "record": _record(found.record),
        "card": found.card,
        "evidence": found.weight,
        "thresholds": {
            "review_below": policy.review_below,
            "alpha": policy.alpha,
            "novelty_ramp": list(policy.novelty_ramp),
            "weight_ramp": list(policy.weight_ramp),
        },
        "scores": found.scores,
        "findings": [one | {"suggested": _masked(one["suggested"])} for one in found.findings],
        "decisions": [
            one | {"reason": _masked(one["reason"]), "label": _masked(one["label"])} for one in found.decisions
        ],
        "payouts": [vars(one) | {"pool": str(one.pool), "units": str(one.units)} for one in earned],
    }


def _record(record: StoredRecord) -> dict[str, Any]:
    """All about the record; personal data in what people wrote is masked, here as in every other output."""
    said = {name: _masked(getattr(record, name)) for name in ("text", "label", "given_label", "reason")}
    return vars(record) | said | {"content": _content(record.content)}


def _content(content: str) -> str:
    """Canonical JSON with its values masked one by one: a mask across two of them would break it."""
    values: dict[str, Value] = json.loads(content, parse_float=Decimal)
    kept = {name: value if _masked(str(value)) == str(value) else _masked(str(value)) for name, value in values.items()}
    return content if kept == values else canonical_bytes(kept).decode()


def _masked(text: str | None) -> str | None:
    from curation.evidence.personal_data import masked  # noqa: PLC0415 - 90 ms that most commands never need

    return None if text is None else masked(text)


def _shown(text: str, length_max: int) -> str:
    # Not as a snippet is: of a label, blanks matter.
    return shown(_masked(text) or "", length_max)


def explanation_text(found: Explanation, policy: Policy, earned: Sequence[Earned] = ()) -> Iterator[str]:
    """Lines without newlines; what people wrote is made showable, personal data in it masked."""
    record = found.record
    yield f"record {record.record}, line {record.line} of a contribution by {record.contributor} to {record.datanet}"
    yield f"    “{snippet(record.text, 300)}”"
    if record.label is not None:
        was = "" if record.label == record.given_label else f", given as {_shown(record.given_label or '', 60)!r}"
        yield f"    label {_shown(record.label, 60)!r}{was}"
    yield f"verdict {record.verdict} ({record.why}); inspection said {record.inspected}"
    if record.partner is not None:
        yield f"    a copy of record {record.partner}"
    yield ""
    yield from _weight(found, policy)
    yield from _scores(found, policy)
    for finding in found.findings:
        yield from _finding(finding)
    for one in found.decisions:
        when = f"{one['decided_at']:%Y-%m-%d %H:%M}"
        audit = f", drawn with probability {one['drawn_ppm'] / MICRO:g}" if one["drawn_ppm"] else ""
        yield f"decided {one['decision']} by {one['curator']} at {when}{audit}: {_shown(one['reason'], 300)}"
    yield from _payouts(earned)


def _payouts(earned: Sequence[Earned]) -> Iterator[str]:
    if not earned:
        return
    yield ""
    yield "earned, as the data share of a fee × attribution × novelty × credit for the weight, in OPEN:"
    for one in earned[-PAYOUTS_SHOWN_MAX:]:
        unpaid = "" if one.weight else "; not accepted then, or imported and too few imports audited"
        parts = f"{open_of(one.pool)} × {one.share:.4f} × {one.novelty:.3f} × {one.credit:.3f}"
        yield f"    epoch {one.epoch}, journal line {one.inference}: {parts} = {open_of(one.units)}{unpaid}"
    total = open_of(sum(one.units for one in earned))
    yield f"    together {total} by {len(earned)} inferences"


def _weight(found: Explanation, policy: Policy) -> Iterator[str]:
    parts = found.weight
    if parts.get("weight_ppm") is None:
        return
    total = 0.0
    yield "evidence, in natural log-odds of being good:"
    for name, column in _PARTS:
        value = (parts[column] or 0) / MICRO
        total += value
        yield f"    {name:<14} {value:+8.3f}"
    weight, fresh = parts["weight_ppm"] / MICRO, (parts["novelty_ppm"] or 0) / MICRO
    bounds = f"review below {policy.review_below:g}, full credit from {policy.weight_ramp[1]:g}"
    yield f"    {'together':<14} {total:+8.3f}  →  weight {weight:.3f} ({bounds})"
    low, high = policy.novelty_ramp
    yield f"    novelty {fresh:.3f} (1 up to a similarity in words of {low:g}, 0 from {high:g} on)"
    yield f"    judged by reference {parts['reference'] or 'none: against its own contribution'}"
    yield ""


def _scores(found: Explanation, policy: Policy) -> Iterator[str]:
    if not found.scores:
        return
    yield f"scores (1 nothing wrong, 0 certainly wrong); p-values together flag at {policy.alpha:g}:"
    for row in found.scores:
        score = "        " if row["score_ppb"] is None else f"{row['score_ppb'] / BILLION:8.4f}"
        p = "" if row["p_ppb"] is None else f"   p {row['p_ppb'] / BILLION:.4f}"
        yield f"    {row['code']:<16} {score}{p}"
    yield ""


def _finding(finding: dict[str, Any]) -> Iterator[str]:
    p = "" if finding["p_ppb"] is None else f", p {finding['p_ppb'] / BILLION:.4f}"
    moved = f"{finding['evidence_micro'] / MICRO:+.3f}{p}"
    yield f"{finding['code']} {finding['severity']} ({moved}): {shown(finding['message'], 500)}"
    if finding["suggested"] is not None:
        yield f"    suggested: {_shown(finding['suggested'], 100)}"
    yield f"    what would pass: {shown(finding['fix'], 300)}"
    for one in finding["related"]:
        yield (
            f"    beside record {one['partner'][:12]} by {one['partner_contributor']}, line {one['partner_line']}, "
            f"similarity {one['similarity_ppm'] / MICRO:.3f}"
        )
    yield ""
