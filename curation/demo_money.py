"""The example workspace paid out: two epochs of questions with audits in between, held to the truth that is planted."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from curation.audit.statements import Payouts
from curation.demo import Planted
from curation.workspace import Say, Workspace, silent

QUESTIONS_FILE = "questions.jsonl"
# What each question pays, in base units: one OPEN.
FEE = 10**18
AUDITS = 40
# A real one is published by somebody else after the epoch was settled; this one makes every run alike.
BEACON = "5eed0f7be4c0a5eed0f7be4c0a5eed0f"
CURATORS = ("curator-amina", "curator-bayo")
# A word is about a content, whoever brought it: to call a copy bad would call its original bad. What repeats others
# says nothing false, and novelty pays it nothing.
_REPEATS = ("exact-copy", "light-copy", "paraphrase")


@dataclass(frozen=True, kw_only=True)
class Share:
    """What one contributor gave and would get, in base units: by number of records, and by quality as credited."""

    contributor: str
    records: int
    faulty: int
    by_volume: int
    by_quality: int
    forfeited: int


@dataclass(frozen=True, kw_only=True)
class PaidOut:
    """Who would have been paid for volume and who is paid for quality; amounts in base units."""

    questions: int
    audited: int
    pool: int
    reserve: int
    shares: tuple[Share, ...]


def pay_out(into: Path, results: Sequence[tuple[str, Sequence[Planted]]], say: Say = silent) -> PaidOut:
    """Trains on each datanet, asks half of the example questions, audits, asks the rest, and settles both halves."""
    workspace = Workspace(into, say=say)
    for datanet, _ in results:
        workspace.train(datanet, measured=False)
    asked = sum(_ask(workspace, datanet, half=0) for datanet, _ in results)
    workspace.settle()
    audited = _audit(workspace, {one.judged.record: one.fault for _, planted in results for one in planted})
    asked += sum(_ask(workspace, datanet, half=1) for datanet, _ in results)
    workspace.settle()
    payouts = workspace.payouts()
    counts = Counter(one.fact.contributor for one in workspace.state().contributions for _ in range(one.fact.records))
    return PaidOut(
        questions=asked,
        audited=audited,
        pool=payouts.pool,
        reserve=payouts.reserve,
        shares=_shares(payouts, counts, results),
    )


def _ask(workspace: Workspace, datanet: str, *, half: int) -> int:
    questions = workspace.read_questions(workspace.root / "datanets" / datanet / QUESTIONS_FILE, datanet)
    return len(workspace.infer(datanet, questions[half::2], FEE))


def _audit(workspace: Workspace, faults: Mapping[str | None, str | None]) -> int:
    """Draws, and decides as the truth file says; two curators, as a bad word about paid money wants both."""
    drawn = workspace.draw_audits(AUDITS, BEACON)
    found = [(one.record, faults.get(one.record) in {None, *_REPEATS}) for one in drawn.hits.records]
    first = workspace.decide_audits(found, by=CURATORS[0], reason="audited")
    again = [(said.record, False) for said in first if said.doubted]
    workspace.decide_audits(again, by=CURATORS[1], reason="audited, I agree")
    return len(found)


def _shares(
    payouts: Payouts, counts: Counter[str], results: Sequence[tuple[str, Sequence[Planted]]]
) -> tuple[Share, ...]:
    faulty: Counter[str] = Counter()
    for _, planted in results:
        faulty.update(one.file.partition("/")[0] for one in planted if one.fault is not None)
    stands = {one.contributor: one for one in payouts.contributors}
    total = sum(counts.values())
    return tuple(
        Share(
            contributor=name,
            records=count,
            faulty=faulty[name],
            by_volume=payouts.pool * count // total,
            by_quality=stands[name].credited - stands[name].forfeited if name in stands else 0,
            forfeited=stands[name].forfeited if name in stands else 0,
        )
        for name, count in sorted(counts.items())
    )
