"""A gate run as one short comment beneath a pull request: the answer, counts, change, reasons, how to repeat it.

Whatever comes from a branch is made inert. The comment holds no link, image, mention or tag at all, so that whoever
posts it can refuse one that does.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from curation.finding import Severity
from curation.formats.gate_text import weight_told
from curation.formats.inert import code, inert
from curation.gate.policy import FAIL_ON
from curation.gate.result import Answer, GateResult, Remark
from curation.rewards.amounts import open_of

BYTES_MAX = 4000
_ACCOUNT = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}|key:(SHA256:)?[A-Za-z0-9+/=]{1,100}")
_FOLDER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*")
# How many reasons, codes and notes are told and how many characters of each, the first that fits.
_SIZES = ((6, 8, 5, 160), (4, 6, 4, 120), (3, 4, 3, 90), (2, 3, 2, 60), (1, 1, 1, 40))


def lines(result: GateResult) -> Iterator[str]:
    """The comment, at most 4000 bytes of UTF-8 however much was found.

    Numbers stand in groups of three digits: seven in a row may be the id of a commit, which platforms make a link of.
    """
    made = ""
    for reasons, codes, notes, width in _SIZES:
        made = "".join(f"{line}\n" for line in _lines(result, reasons, codes, notes, width))
        if len(made.encode()) <= BYTES_MAX:
            break
    yield made


def _lines(result: GateResult, reasons: int, codes: int, notes: int, width: int) -> Iterator[str]:
    yield f"### Data gate: {result.answer.value}"
    yield ""
    yield _counts(result)
    yield from _changes(result, codes)
    yield from _listed("Why it does not pass", result.reasons, reasons, width)
    yield from _codes(result, codes, width)
    if result.answer is Answer.NOTHING:
        yield ""
        yield "No contribution in this branch: nothing was checked, so nothing passed."
    yield from _earnings(result)
    yield from _listed("To know", result.notes, notes, width)
    yield ""
    told = f"curate gate --base {result.base}{_author(result.author)}{_fail_on(result.fail_on)}{_workspace(result)}"
    yield f"To repeat it, at `{result.head}`: `{told}`"


def _counts(result: GateResult) -> str:
    told = ", ".join(f"{count:,} {verdict}" for verdict, count in result.verdicts.items() if count)
    refused = f"; {len(result.refusals):,} changes refused" if result.refusals else ""
    files = "1 file" if len(result.files) == 1 else f"{len(result.files):,} files"
    return f"{result.records:,} records in {files} scanned: {told or 'none'}{refused}."


def _changes(result: GateResult, most: int) -> Iterator[str]:
    if not result.changes:
        return
    yield ""
    yield "| datanet | records | accepted | mean weight |"
    yield "|---|---|---|---|"
    for one in result.changes[:most]:
        before, after = one.before, one.after
        numbers = f"{before.records:,} → {after.records:,} | {before.accepted:,} → {after.accepted:,}"
        yield f"| {code(one.datanet)} | {numbers} | {weight_told(before)} → {weight_told(after)} |"


def _listed(title: str, told: Sequence[str], most: int, width: int) -> Iterator[str]:
    if not told:
        return
    yield ""
    yield f"**{title}**"
    yield ""
    for one in told[:most]:
        yield f"- {inert(one, width)}"
    if len(told) > most:
        yield f"- … and {len(told) - most:,} more"


def _codes(result: GateResult, most: int, width: int) -> Iterator[str]:
    """The reasons by code, the most frequent of the gravest first."""
    by_code: dict[str, list[Remark]] = defaultdict(list)
    for one in result.remarks:
        if one.severity is not Severity.INFO:
            by_code[one.check].append(one)
    if not by_code:
        return
    yield ""
    yield "| finding | count | the worst of them |"
    yield "|---|---|---|"
    ordered = sorted(by_code.items(), key=lambda item: (not any(one.fails for one in item[1]), -len(item[1]), item[0]))
    for check, found in ordered[:most]:
        worst = found[0]
        place = f"{code(worst.path.rsplit('/', 1)[-1], 60)} line {worst.line}"
        yield f"| {code(check, 130)} | {len(found):,} | {place}: {inert(worst.message, width)} |"
    if len(by_code) > most:
        yield f"| … {len(by_code) - most:,} more | | |"


def _earnings(result: GateResult) -> Iterator[str]:
    if not result.files:
        return
    credit = sum(one.credit for one in result.files)
    yield ""
    yield f"Likely credit: {credit:,.1f} of {result.records:,} records in full (weight × novelty)."
    found = [one.checked.earnings for one in result.files if one.checked.earnings is not None]
    if found:
        low, high = (open_of(sum(part)) for part in ([one.low for one in found], [one.high for one in found]))
        epoch = max(one.epoch for one in found)
        # Amounts have up to eighteen digits: in code, where no platform takes them for the id of a commit.
        seen = f"as records like these were paid up to epoch {epoch}"
        yield f"Likely earnings: `{low}` to `{high}` OPEN an epoch, {seen}."


def _author(author: str | None) -> str:
    return f" --author {author}" if author is not None and _ACCOUNT.fullmatch(author) else ""


def _fail_on(told: str) -> str:
    return f" --fail-on {told}" if told in FAIL_ON else ""


def _workspace(result: GateResult) -> str:
    return f" --workspace {result.workspace}" if _FOLDER.fullmatch(result.workspace) else ""
