"""What a whole check comes to: counts, means, and whether the card's policy is met."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from curation.datanet.card import Datanet, Policy
from curation.finding import Severity
from curation.inspection import Inspection
from curation.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Counts of rows by verdict (unreadable rows are under `reject`), means over readable records, policy.

    `reasons` says why the policy is not met; empty when it is. `excess` are the verdicts of which there are too many.
    `insufficient` counts records by check and message.
    """

    records: int
    unreadable: int
    verdicts: Mapping[str, int]
    weight_mean: float | None
    novelty_mean: float | None
    reasons: tuple[str, ...]
    excess: frozenset[Verdict]
    insufficient: Mapping[str, int]

    @property
    def met(self) -> bool:
        """Whether the policy is met."""
        return not self.reasons

    @property
    def judged(self) -> bool:
        """Whether anything at all was judged: a policy that is met by unchecked records alone says nothing of them."""
        return self.verdicts[Verdict.UNCHECKED.value] < self.records

    @property
    def exit_code(self) -> int:
        """0 policy met, 1 not met."""
        return 0 if self.met else 1


def outcome_of(inspection: Inspection, datanet: Datanet) -> Outcome:
    """The outcome of an inspection under a card's policy."""
    rows = inspection.rows
    verdicts = Counter(row.verdict for row in rows)
    weights = [row.weight for row in rows if row.weight is not None]
    fresh = [row.novelty for row in rows if row.novelty is not None]
    insufficient = Counter(
        check for row in rows for check in {f.check for f in row.findings if f.severity is Severity.INSUFFICIENT}
    )
    mean = sum(weights) / len(weights) if weights else None
    reasons, excess = _reasons(len(rows), verdicts, mean, datanet.policy, has_reference=not inspection.self_checked)
    return Outcome(
        records=len(rows),
        unreadable=sum(row.record is None for row in rows),
        verdicts={verdict.value: verdicts[verdict] for verdict in Verdict if verdict is not Verdict.WITHDRAWN},
        weight_mean=mean,
        novelty_mean=sum(fresh) / len(fresh) if fresh else None,
        reasons=reasons,
        excess=excess,
        insufficient=dict(sorted(insufficient.items())),
    )


def _reasons(
    rows: int, verdicts: Counter[Verdict], mean: float | None, policy: Policy, *, has_reference: bool
) -> tuple[tuple[str, ...], frozenset[Verdict]]:
    if rows == 0:
        return ("no record at all: nothing was checked, so nothing passed",), frozenset()
    reasons: list[str] = []
    excess: set[Verdict] = set()
    rejected = verdicts[Verdict.REJECT]
    if rejected > _share(policy.rejected_share_max) * rows:
        excess.add(Verdict.REJECT)
        reasons.append(f"{rejected} of {rows} records rejected, at most {policy.rejected_share_max:.0%} wanted")
    waiting = verdicts[Verdict.REVIEW] + verdicts[Verdict.UNCHECKED]
    if has_reference and waiting > _share(policy.review_share_max) * rows:
        excess |= {Verdict.REVIEW, Verdict.UNCHECKED}
        reasons.append(
            f"{waiting} of {rows} records under review or unchecked, at most {policy.review_share_max:.0%} wanted"
        )
    unchecked = verdicts[Verdict.UNCHECKED]
    if unchecked > _share(policy.unchecked_share_max) * rows:
        excess.add(Verdict.UNCHECKED)
        reasons.append(f"{unchecked} of {rows} records unchecked, at most {policy.unchecked_share_max:.0%} wanted")
    if mean is not None and mean < policy.weight_mean_min:
        reasons.append(f"the mean weight is {mean:.3f}, at least {policy.weight_mean_min} wanted")
    return tuple(reasons), frozenset(excess)


def _share(written: float) -> Fraction:
    """A share as the card writes it: .29 of 100 is 29, and not the 28.9… of binary floating point."""
    return Fraction(str(written))
