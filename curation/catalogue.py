"""The catalogue of everything that can be found: the checks in `checks/`, and the rules in the packs."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from curation.checks import all_checks
from curation.datanet.shown import shown
from curation.errors import UsageError
from curation.evidence.rule_packs import PackRule, pack_rules
from curation.shared import shared_folder

# Findings that no single check file stands for: rows that the reader could not read.
UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Page:
    """The manual page of one check or rule: Markdown, with examples that a test runs."""

    code: str
    kind: str
    title: str
    text: str


def pages(folders: Sequence[Path]) -> list[Page]:
    """All pages, checks first, each group by code."""
    names = [check.name for check in all_checks() if check.name != "rules"]
    checks = [_check_page(name) for name in sorted([*names, UNREADABLE])]
    return checks + sorted((_rule_page(rule) for rule in pack_rules(folders)), key=lambda one: one.code)


def page(code: str, folders: Sequence[Path]) -> Page:
    """The page of this code; raises `UsageError` for one that nobody has."""
    found = next((one for one in pages(folders) if one.code == code), None)
    if found is None:
        raise UsageError(f"there is no check {shown(code, 60)!r}; `curate checks` lists them")
    return found


def _check_page(name: str) -> Page:
    path = shared_folder("docs/checks") / f"{name}.md"
    text = path.read_text(encoding="utf-8") if path.is_file() else f"# {name}\n\nThis check has no manual page yet.\n"
    body = [line for line in text.split("\n") if line and not line.startswith("#")]
    return Page(name, "check", body[0] if body else "", text)


def _rule_page(rule: PackRule) -> Page:
    lines = [
        f"# {rule.code}",
        "",
        rule.why,
        "",
        f"Severity: {rule.severity.value}, evidence {rule.evidence:+g} log-odds. Judged by `{rule.type}`.",
        "",
        f"What would pass: {rule.fix}",
        "",
        "Passes:",
        *[f"    {shown(str(dict(row)), 300)}" for row in rule.passes],
        "",
        "Fails:",
        *[f"    {shown(str(dict(row)), 300)}" for row in rule.fails],
        "",
    ]
    return Page(rule.code, "rule", rule.why.split(". ")[0].rstrip(".") + ".", "\n".join(lines))
