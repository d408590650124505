"""What the demonstration found against what was planted: for people, and as one document (`curation.demo/1`)."""

import shlex
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from curation.datanet.shown import shown
from curation.demo import Planted

SCHEMA = "curation.demo/1"

Worked: TypeAlias = "Sequence[tuple[str, Sequence[Planted]]]"


def demonstration_document(results: Worked) -> dict[str, Any]:
    """The document as plain values."""
    return {"schema": SCHEMA, "datanets": [_datanet(name, planted) for name, planted in results]}


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


def closing_text(results: Worked, into: Path | None) -> Iterator[str]:
    """The sum of it, and what to do next; `into` is the workspace that stays, None when it was a temporary one."""
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
    yield "  curate checks near-duplicate       the manual page of a check"
    yield "  curate verify --recompute          journal, files, store and every weight, again"
    yield "  curate new faq --from YOUR.jsonl --text question --label topic"


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
