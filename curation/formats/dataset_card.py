"""The card of a data set: what the Hugging Face Hub reads, then for people what it is, how good, and how to use it.

Everything that people wrote stands in it inert, in YAML and in Markdown.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from curation.datanet.card import Datanet, Role, Task
from curation.datanet.shown import shown
from curation.evidence.written_yaml import quoted
from curation.exporting import Exported
from curation.formats.dataset_columns import Column
from curation.formats.inert import code, inert
from curation.formats.report_markdown import basis_markdown, figures_markdown

# Of the licences that the Hub knows by a name of its own those that are for data, by their SPDX ids in small letters.
_OWN_NAMES: Final = {
    "odc-by-1.0": "odc-by",
    "odbl-1.0": "odbl",
    "pddl-1.0": "pddl",
    "gfdl-1.3-only": "gfdl",
    "gfdl-1.3-or-later": "gfdl",
}
_CC_VERSIONS: Final = {
    "by": ("2.0", "2.5", "3.0", "4.0"),
    "by-sa": ("3.0", "4.0"),
    "by-nc": ("2.0", "3.0", "4.0"),
    "by-nd": ("4.0",),
    "by-nc-nd": ("3.0", "4.0"),
    "by-nc-sa": ("2.0", "3.0", "4.0"),
}
_AS_SPDX: Final = frozenset(
    {
        *("apache-2.0", "mit", "unlicense", "cc0-1.0"),
        *("cdla-sharing-1.0", "cdla-permissive-1.0", "cdla-permissive-2.0"),
        *(f"cc-{terms}-{version}" for terms, versions in _CC_VERSIONS.items() for version in versions),
    }
)
_SIZES: Final = (
    (10**3, "n<1K"),
    (10**4, "1K<n<10K"),
    (10**5, "10K<n<100K"),
    (10**6, "100K<n<1M"),
    (10**7, "1M<n<10M"),
    (10**8, "10M<n<100M"),
)
COLUMNS_SHOWN: Final = 60
_LINE_MAX: Final = 300

_WEIGHTS: Final[Mapping[str, str]] = {
    "verdict": "`accept`, `review`, `unchecked`, `reject` or `withdrawn`",
    "why": "what settled it: `inspected`, `decided`, `copy`, `succeeded` or `withdrawn`",
    "in_data": "whether the record is in the data: accepted, and no exact copy of another one there",
    "weight_ppm": "the probability that the record is good, in millionths; 1000000 where a person accepted it",
    "novelty_ppm": "how much of it was not there before, in millionths",
    "contributor": "who submitted it, by their public id",
    "imported": "whether the owner imported it",
    "label_before": "where the label of an accepted record was changed: what it was",
    "reference": "the version of the reference that the weight rests on; null: checked against its own file",
    "contribution": "the file that it came in",
    "journal_line": "the line of the journal that it came with",
    "decision_line": "the line of the decision that settled where it stands",
}


@dataclass(frozen=True, kw_only=True)
class Written:
    """What stands beside the card: the column of ids, the others, how many rows, and each file's SHA-256."""

    key: str
    columns: Sequence[Column]
    accepted: int
    weighed: int
    digests: Mapping[str, str]


def dataset_card(told: Exported, written: Written) -> Iterator[str]:
    """The lines of `README.md`, without newlines."""
    datanet = told.datanet
    yield from _front(datanet, written)
    yield f"# {inert(datanet.title, _LINE_MAX)}"
    yield ""
    if told.private:
        yield from ("**A private copy: its texts are not for everybody. Do not publish it.**", "")
    yield inert(told.report.verdict, _LINE_MAX * 10)
    yield from _data(datanet, written)
    yield from _weights(datanet, written)
    yield from ("", "## How good it is", "")
    yield (
        "A share or an amount with an interval was estimated from audits drawn at random; the interval holds the truth"
        " 95 times in 100. Figures without one are counted. They tell of all that was submitted, not of the data alone."
    )
    # Their headings stand one level lower than in a report of their own.
    yield from (f"#{line}" if line.startswith("## ") else line for line in figures_markdown(told.report))
    yield from ("", "## How to make it again", "")
    yield from basis_markdown(told.report)
    yield from (f"- `{name}`, SHA-256 `{digest}`" for name, digest in written.digests.items())


def licence_of(licence: str) -> tuple[str, str | None]:
    """The Hub's identifier of a card's licence; for one that it does not know `other` and a name it takes."""
    name = licence.strip().lower()
    if name in _AS_SPDX:
        return name, None
    if name in _OWN_NAMES:
        return _OWN_NAMES[name], None
    return "other", re.sub(r"[^a-z0-9.]+", "-", name).strip("-.") or "see-below"


def _front(datanet: Datanet, written: Written) -> Iterator[str]:
    licence, name = licence_of(datanet.licence)
    yield "---"
    yield f"pretty_name: {quoted(shown(datanet.title, _LINE_MAX))}"
    yield f"license: {quoted(licence)}"
    if name is not None:
        yield f"license_name: {quoted(name)}"
    yield "language:"
    yield from (f"- {quoted(one)}" for one in datanet.languages)
    tasks = _tasks(datanet)
    if tasks:
        yield "task_categories:"
        yield from (f"- {one}" for one in tasks)
    yield "size_categories:"
    yield f"- {quoted(next((name for most, name in _SIZES if written.accepted < most), 'n>100M'))}"
    yield "configs:"
    for config, path in (("default", "data/*.parquet"), ("weights", "weights.parquet")):
        yield f"- config_name: {config}"
        if config == "default":
            yield "  default: true"
        yield from ("  data_files:", "  - split: train", f"    path: {quoted(path)}")
    yield from ("---", "")


def _tasks(datanet: Datanet) -> tuple[str, ...]:
    """What a data set of this card is for, in the Hub's words; nothing where the card does not say."""
    if datanet.task is Task.TABLE:
        return ("tabular-classification",) if datanet.name_of(Role.LABEL) else ()
    return {Task.LABELLED_TEXT: ("text-classification",), Task.INSTRUCTION: ("text-generation",)}.get(datanet.task, ())


def _data(datanet: Datanet, written: Written) -> Iterator[str]:
    yield from ("", "## The data", "")
    yield (
        f"`data/` holds the {written.accepted:,} accepted records of the datanet {code(datanet.name)}, under the"
        f" licence {inert(datanet.licence, _LINE_MAX)}. What is rejected, withdrawn or not decided is not in it, and"
        " nothing is in it twice. Rows are in the order of their ids, which says"
        " nothing. Texts are as their contributors gave them; labels are those that hold now."
    )
    yield from ("", "| column | type | role | unit | what it is |", "|---|---|---|---|---|")
    yield f"| `{written.key}` | string | | | the record's id, for ever the same |"
    for one in written.columns[:COLUMNS_SHOWN]:
        field = one.field
        role, unit, what = field.role or "", inert(field.unit or "", 60), inert(field.description or "", _LINE_MAX)
        yield f"| {code(field.name, 200)} | {one.type} | {role} | {unit} | {what} |"
    if len(written.columns) > COLUMNS_SHOWN:
        yield from ("", f"{len(written.columns) - COLUMNS_SHOWN} more columns are not listed.")


def _weights(datanet: Datanet, written: Written) -> Iterator[str]:
    low, high = datanet.policy.weight_ramp
    yield from ("", "## The weights", "")
    yield (
        f"`weights.parquet` has a row for each of the {written.weighed:,} records ever submitted that could be read,"
        " accepted or not, without their texts:"
    )
    yield from ("", "| column | what it is |", "|---|---|", f"| `{written.key}` | the record's id |")
    yield from (f"| `{name}` | {what} |" for name, what in _WEIGHTS.items())
    yield from (
        "",
        "The engine trains each accepted record with `m(weight) x novelty`: nothing for what is as likely bad as good,",
        "and a partial copy counts as what is new in it. Likewise:",
        "",
        "```python",
        "from datasets import load_dataset",
        "",
        'rows = load_dataset(FOLDER, split="train")',
        'weights = load_dataset(FOLDER, "weights", split="train")',
        "",
        "",
        "def counts(one):",
        f'    good = min(1, max(0, (one["weight_ppm"] / 1e6 - {low:g}) / ({high:g} - {low:g})))',
        '    return good * one["novelty_ppm"] / 1e6',
        "",
        "",
        f'by_id = {{one["{written.key}"]: counts(one) for one in weights if one["in_data"]}}',
        f'sample_weight = [by_id[one] for one in rows["{written.key}"]]',
        "```",
    )
