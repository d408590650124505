"""Where a rule failed: the answer of the port behind which rules are judged."""

from dataclasses import dataclass

from curation.evidence.rule_packs import Rule


@dataclass(frozen=True, kw_only=True)
class RuleResult:
    """One rule and the `positions`, 0-based and rising, of the records that fail it."""

    rule: Rule
    positions: tuple[int, ...]
