"""Every check has a manual page, and every example on it is run."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from curation.catalogue import UNREADABLE
from curation.checks import all_checks

if TYPE_CHECKING:
    from curation.workspace import Workspace

PAGES = Path(__file__).parents[1] / "docs" / "checks"

# The rules speak through their packs: docs/rules.md, and examples of their own in each pack.
NAMES = sorted({check.name for check in all_checks() if check.name != "rules"} | {UNREADABLE})

# No example datanet has prompts and responses, so one of the tests' own stands in.
ELSEWHERE = {"house-advice": "house_advice"}

SECTIONS = [
    "What it looks at",
    "How it judges",
    "What follows",
    "What would pass",
    "When it is wrong",
    "Examples",
]

_BLOCK = re.compile(
    r"^```jsonl (?P<kind>flagged|flagged-last|flagged-most|passes) (?P<datanet>[a-z-]+)(?P<before> before-import)?\n"
    r"(?P<lines>.*?)^```$",
    re.DOTALL | re.MULTILINE,
)


@dataclass(frozen=True, kw_only=True)
class Block:
    """One example block of a page: what its records must come to, in which datanet."""

    page: str
    number: int
    kind: str
    datanet: str
    before_import: bool
    lines: str

    def __str__(self) -> str:
        return f"{self.page}-{self.number}-{self.kind}"


def blocks_of(page: str, text: str) -> list[Block]:
    return [
        Block(
            page=page,
            number=number,
            kind=found["kind"],
            datanet=found["datanet"],
            before_import=found["before"] is not None,
            lines=found["lines"],
        )
        for number, found in enumerate(_BLOCK.finditer(text), start=1)
    ]


def page_text(name: str) -> str:
    path = PAGES / f"{name}.md"
    return path.read_text(encoding="utf-8") if path.is_file() else ""


BLOCKS = [block for name in NAMES for block in blocks_of(name, page_text(name))]


def test_every_check_has_a_page_and_every_page_a_check() -> None:
    assert sorted(path.stem for path in PAGES.iterdir()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_page_begins_with_its_name_and_one_sentence(name: str) -> None:
    heading, empty, sentence, after, *_ = page_text(name).split("\n")
    assert (heading, empty, after) == (f"# {name}", "", "")
    assert re.fullmatch(r"[A-Z].*[^.]\.", sentence)
    assert ". " not in sentence


@pytest.mark.parametrize("name", NAMES)
def test_a_page_has_its_sections_and_examples_of_both_kinds(name: str) -> None:
    text = page_text(name)
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == SECTIONS
    kinds = {block.kind.partition("-")[0] for block in blocks_of(name, text)}
    assert kinds == {"flagged", "passes"}
    # A block whose first line is misspelled would not be run.
    assert text.count("```jsonl") == len(blocks_of(name, text))


@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_an_example_comes_out_as_its_page_says(block: Block, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    file = tmp_path / "example.jsonl"
    file.write_text(block.lines, encoding="utf-8")
    # Importing takes seconds: only for a page that needs it.
    fixture = ELSEWHERE.get(block.datanet, "unimported" if block.before_import else "examples")
    workspace: Workspace = request.getfixturevalue(fixture)
    checked = workspace.check(file, block.datanet)
    rows = checked.inspection.rows
    assert len(rows) == len(block.lines.splitlines())
    flagged = [any(finding.check == block.page for finding in row.findings) for row in rows]
    if block.kind == "flagged":
        assert all(flagged), flagged
    elif block.kind == "flagged-last":
        # The lines before the last are there to be compared with; this page has nothing to say of them.
        assert len(rows) > 1
        assert flagged == [False] * (len(rows) - 1) + [True]
    elif block.kind == "flagged-most":
        # A pattern: the first lines are what the others repeat.
        assert flagged == sorted(flagged)
        assert sum(flagged) > len(rows) / 2
    else:
        # An unreadable line is judged by nobody and would pass everything.
        assert all(row.record is not None for row in rows)
        assert not any(flagged)
