"""Why a branch does not pass: the card's policy and limits, or what the caller wants it to fail on."""

from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from fractions import Fraction

from curation.datanet.card import Datanet
from curation.finding import Severity
from curation.gate.base import Base, Judging
from curation.gate.baseline import Tolerated
from curation.gate.changes import Offered
from curation.gate.refusals import Refusal, refused
from curation.gate.result import JudgedFile
from curation.inspection import Judged
from curation.opened import Checked
from curation.outcome import outcome_of
from curation.verdict import Verdict

FAIL_ON = ("policy", "warning", "unchecked", "review", "reject", "never")
_DAY_SECONDS = 86_400
_VERDICTS = {
    "reject": (Verdict.REJECT,),
    "review": (Verdict.REJECT, Verdict.REVIEW),
    "unchecked": (Verdict.REJECT, Verdict.REVIEW, Verdict.UNCHECKED),
}


def tolerated_in(checked: Checked, baseline: Tolerated) -> AbstractSet[tuple[int, str]]:
    """The findings of a file, by row and check, that the base puts up with."""
    name = checked.contribution.datanet
    return frozenset(
        (row.row, finding.check)
        for row in checked.inspection.rows
        for finding in row.findings
        if row.digest is not None and (name, row.digest, finding.check) in baseline
    )


@dataclass(frozen=True, kw_only=True)
class Held:
    """What speaks against one file: `reasons` why it does not pass, and the `rows` that are part of one of them."""

    reasons: tuple[str, ...] = ()
    rows: frozenset[int] = frozenset()


def held_against(checked: Checked, tolerated: AbstractSet[tuple[int, str]], fail_on: str) -> Held:
    """Why one file does not pass; nothing when it does. A file without records never passes."""
    rows = checked.inspection.rows
    if not rows:
        return Held(reasons=("no record at all: nothing was checked, so nothing passed",))
    counted = tuple(row for row in rows if not _is_excused(row, tolerated))
    if not counted or fail_on == "never":
        return Held()
    if fail_on == "policy":
        return _held_by_policy(checked, counted)
    if fail_on == "warning":
        bad = [row for row in counted if any(f.severity is not Severity.INFO for f in row.findings)]
        told = f"{len(bad)} of {len(rows)} records have a finding"
    else:
        bad = [row for row in counted if row.verdict in _VERDICTS[fail_on]]
        told = f"{len(bad)} of {len(rows)} records: {' or '.join(verdict.value for verdict in _VERDICTS[fail_on])}"
    return Held(reasons=(told,), rows=frozenset(row.row for row in bad)) if bad else Held()


def _held_by_policy(checked: Checked, counted: tuple[Judged, ...]) -> Held:
    datanet = checked.setting.datanet
    outcome = outcome_of(replace(checked.inspection, rows=counted), datanet)
    reasons, excess = outcome.reasons, outcome.excess
    unchecked = sum(row.verdict is Verdict.UNCHECKED for row in counted)
    most = datanet.gate.unchecked_share_max
    if unchecked > Fraction(str(most)) * len(counted):
        told = f"{unchecked} of {len(counted)} records unchecked, at most {most:.0%} wanted (gate.unchecked_share_max)"
        reasons, excess = (*reasons, told), excess | {Verdict.UNCHECKED}
    return Held(reasons=reasons, rows=frozenset(row.row for row in counted if row.verdict in excess))


def _is_excused(row: Judged, tolerated: AbstractSet[tuple[int, str]]) -> bool:
    """Whether everything that speaks against a row is in the baseline."""
    against = [finding for finding in row.findings if finding.severity is not Severity.INFO]
    return bool(against) and all((row.row, finding.check) in tolerated for finding in against)


def too_many_files(offered: Sequence[Offered], base: Base) -> Iterator[Refusal]:
    """A refusal for each datanet that a branch brings more files to than its card takes; nothing was read yet."""
    for name, count in sorted(Counter(one.datanet for one in offered).items()):
        most = base.cards[name].gate.files_max
        if count > most:
            path = next(one.path for one in offered if one.datanet == name)
            yield refused("too-many-files", path, f"{count} files for {name} were seen, at most {most} are wanted")


def too_many_records(one: Offered, seen: int, datanet: Datanet) -> Refusal | None:
    """A refusal of the file with which a branch brings more records to a datanet than its card takes."""
    if seen <= datanet.gate.records_max:
        return None
    said = f"{seen} records were seen, at most {datanet.gate.records_max} are wanted; from here on none was judged"
    return refused("too-many-records", one.path, said)


def too_fast(judging: Judging, new: Sequence[JudgedFile], base: Base) -> Iterator[Refusal]:
    """Refusals for one datanet: more records than a contributor may bring in some days.

    The days end with the base's last commit: no clock decides, and a branch cannot move it.
    """
    limits = judging.setting.datanet.gate
    if limits.rate_records_max is None:
        return
    since = base.repository.time_of(base.commit) - limits.rate_days * _DAY_SECONDS
    for contributor in sorted({one.checked.contribution.contributor for one in new}):
        own = [one for one in new if one.checked.contribution.contributor == contributor]
        count = sum(len(one.checked.inspection.rows) for one in own)
        recent = judging.records_since(since, contributor, base.landings)
        if count + recent > limits.rate_records_max:
            said = f"{count} new records and {recent} of the last {limits.rate_days} days were seen"
            yield refused("too-fast", own[0].path, f"{said}, at most {limits.rate_records_max} are wanted")
