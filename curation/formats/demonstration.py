"""What the demonstration found against what was planted: for people, and as one document (`curation.demo/1`)."""

import shlex
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from curation.datanet.shown import shown
from curation.demo import Planted
from curation.demo_money import PaidOut, Share
from curation.rewards.amounts import open_of

SCHEMA = "curation.demo/1"

Worked: TypeAlias = "Sequence[tuple[str, Sequence[Planted]]]"


def demonstration_document(results: Worked, paid: PaidOut, report: Path) -> dict[str, Any]:
    """The document as plain values; amounts are decimal strings of base units, `report` is where the report lies."""
    money: dict[str, Any] = {"questions": paid.questions, "audited": paid.audited}
    money |= {
        "pool": str(paid.pool),
        "reserve": str(paid.reserve),
        "contributors": [_share(one) for one in paid.shares],
    }
    datanets = [_datanet(name, planted) for name, planted in results]
    return {"schema": SCHEMA, "datanets": datanets, "money": money, "report": str(report)}


def datanet_text(name: str, planted: Sequence[Planted]) -> Iterator[str]:
    """One datanet's faults and honest records, in lines without newlines."""
    faulty = [one for one in planted if one.fault is not None]
    honest = [one for one in planted if one.fault is None]
    yield f"{name}: {len(planted)} contributed records, {len(faulty)} with a planted fault"
    for one in sorted(faulty, key=lambda one: (one.fault or "", one.file, one.line)):
        mark = "found " if one.as_it_should else "MISSED"
        weight = "      " if one.judged.weight is None else f"w {one.judged.weight:.2f}"
        fresh = "      " if one.judged.novelty is None else f"ν {one.judged.novelty:.2f}"
        told = ", ".join(sorted({f.check for f in one.judged.findings})) or "nothing"
        yield f"  {mark} {one.fault:<19} {one.judged.verdict.value:<9} {weight}  {fresh}  {told}"
    alarms = [one for one in honest if not one.as_it_should]
    yield f"  {len(honest) - len(alarms)} of {len(honest)} honest records accepted without a remark"
    for one in alarms:
        yield f"  FALSE ALARM {one.file}:{one.line} {one.judged.verdict.value}: {', '.join(one.found)}"
    yield ""


def money_text(paid: PaidOut) -> Iterator[str]:
    """The table: who would have been paid for volume, and who is paid for quality."""
    asked = f"{paid.questions} questions at 1 OPEN each, {paid.audited} records audited"
    yield f"{asked}; {open_of(paid.pool)} OPEN are for data:"
    yield f"  {'contributor':<16} {'records':>7} {'faulty':>7} {'paid for volume':>16} {'paid for quality':>17}"
    for one in paid.shares:
        amounts = f"{_rounded(one.by_volume):>16} {_rounded(one.by_quality):>17}"
        lost = f"   {_rounded(one.forfeited)} forfeited" if one.forfeited else ""
        yield f"  {one.contributor:<16} {one.records:>7} {one.faulty:>7} {amounts}{lost}"
    yield f"  {'kept by the reserve':<49} {_rounded(paid.reserve):>17}"
    yield "  (Imported records, the owner's, earn once ten of them were drawn and audited.)"
    yield ""


def _rounded(units: int) -> str:
    return f"{units / 10**18:.3f}"


def _share(one: Share) -> dict[str, Any]:
    amounts = ("by_volume", "by_quality", "forfeited")
    return {name: str(value) if name in amounts else value for name, value in vars(one).items()}


def closing_text(results: Worked, paid: PaidOut, into: Path | None, report: Path) -> Iterator[str]:
    """The sum of it, where the report lies, and what to do next.

    `into` is the workspace that stays, None when it was a temporary one.
    """
    yield from money_text(paid)
    every = [one for _, planted in results for one in planted]
    counts = Counter((one.fault is not None, one.as_it_should) for one in every)
    yield (
        f"{counts[True, True]} of {counts[True, True] + counts[True, False]} planted faults found, "
        f"{counts[False, False]} false alarms on {counts[False, True] + counts[False, False]} honest records"
    )
    yield ""
    yield "What to do next:"
    if into is None:
        yield "  curate demo --into playground      the same, and the workspace stays"
        yield "  cd playground"
    else:
        yield f"  cd {shlex.quote(shown(str(into)))}"
    yield "  curate status                      how the three datanets stand"
    yield "  curate report medical-questions    how good it is, where the money went, and why"
    yield "  curate payouts                     where everybody's money stands"
    yield "  curate audit leak                  how much money went to bad data, with an interval"
    yield "  curate checks near-duplicate       the manual page of a check"
    yield "  curate verify --recompute          journal, files, store and every weight, again"
    yield "  curate new faq --from YOUR.jsonl --text question --label topic"
    yield ""
    yield f"The report on all of it: {shlex.quote(shown(str(report), 4000))}"


def _datanet(name: str, planted: Sequence[Planted]) -> dict[str, Any]:
    return {
        "datanet": name,
        "records": [
            {
                "file": one.file,
                "line": one.line,
                "fault": one.fault,
                "verdict": one.judged.verdict.value,
                "weight": one.judged.weight,
                "novelty": one.judged.novelty,
                "found": list(one.found),
                "as_it_should": one.as_it_should,
            }
            for one in planted
        ],
    }
