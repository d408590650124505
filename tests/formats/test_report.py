"""Reports: golden files, the same bytes twice, small whatever there is to tell, and nothing hostile comes alive in one.

To renew the files after an intended change: `RENEW_GOLDEN=1 python -m pytest tests/formats/test_report.py`. Plots are
left out of them: the last digits of a coordinate may differ between processors.
"""

import json
import os
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from markdown_it import MarkdownIt

from curation.audit.examples import Example, Kind
from curation.audit.figure import Figure, Part
from curation.cli.reporting import ENDINGS, written
from curation.errors import UsageError
from curation.formats.plots import plot_of
from curation.formats.report_html import BYTES_MAX
from curation.reporting import Report, report_of
from tests.formats import hostile, hostile_gate, report_sample
from tests.formats.test_gate_formats import OBEYED
from tests.ledger.ledger_sample import Ledger

GOLDEN = Path(__file__).parents[1] / "golden_report"
PLOT = re.compile(r"<svg .*?</svg>", re.DOTALL)
HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
TAGS = {
    *("html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "h3", "p", "section", "small", "details"),
    *(
        "summary",
        "div",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "bdi",
        "ol",
        "ul",
        "li",
        "code",
        "blockquote",
        "br",
    ),
    *("dl", "dt", "dd", "svg", "g", "path", "text", "use", "defs", "clippath", "rect"),
}


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    return report_sample.sample_ledger(tmp_path_factory.mktemp("report"))


@pytest.fixture(scope="module")
def sample(ledger: Ledger) -> Report:
    return report_sample.as_installed(report_sample.told(ledger, since=5))


@pytest.fixture(scope="module")
def hostile_report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """5,000 rows of hostile text, and twenty-four kinds of finding with twenty examples of the longest text each."""
    report = report_sample.told(report_sample.hostile_ledger(tmp_path_factory.mktemp("hostile")))
    long = (hostile_gate.EVERYTHING * 9)[:1500]
    one = Example(
        record="a" * 32,
        datanet="questions",
        contributor="eve",
        line=1,
        verdict="reject",
        weight=0.5,
        message=long,
        text=long,
        partner="b" * 32,
        partner_contributor="owner",
        partner_text=long,
    )
    # Every text another one, so that none is worked out once for all.
    kinds = tuple(
        Kind(
            code=f"text/kind-{kind}",
            rows=5000,
            examples=tuple(replace(one, text=f"{kind} {place} {long}") for place in range(20)),
        )
        for kind in range(22)
    )
    return replace(report, examples=(*report.examples, *kinds))


@pytest.fixture(scope="module")
def hostile_pages(hostile_report: Report) -> dict[str, str]:
    return {ending: "".join(written(hostile_report, ending)) for ending in ENDINGS}


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_report_is_as_it_was(ending: str, sample: Report) -> None:
    made = PLOT.sub("<svg/>", "".join(written(sample, ending)))
    path = GOLDEN / f"sample{ending}"
    if os.environ.get("RENEW_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(made.encode())
        pytest.fail(f"{path.name} was renewed: read the difference and run without RENEW_GOLDEN")
    assert made.encode() == path.read_bytes()


def test_a_second_run_makes_the_same_bytes(ledger: Ledger) -> None:
    before = ledger.places.journal.read_bytes()
    once, twice = (report_sample.told(ledger, "questions") for _ in range(2))
    for ending in ENDINGS:
        assert "".join(written(once, ending)) == "".join(written(twice, ending))
    assert ledger.places.journal.read_bytes() == before


@pytest.mark.parametrize("ending", ENDINGS)
def test_nothing_hidden_and_no_order_comes_through(ending: str, hostile_pages: dict[str, str]) -> None:
    made = hostile_pages[ending].replace("\r\n", "\n")
    assert {char for char in made if unicodedata.category(char) in HIDDEN} <= {"\n"}
    assert "##[" not in made
    assert [line for line in made.split("\n") if line.lstrip().startswith("::")] == []


class Page(HTMLParser):
    """Every tag and attribute of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {(name, value or "") for name, value in attrs}


def test_a_page_is_made_of_our_own_tags_and_leads_nowhere(hostile_pages: dict[str, str]) -> None:
    page = Page()
    page.feed(hostile_pages[".html"])
    assert page.tags <= TAGS
    assert {"table", "svg", "blockquote"} <= page.tags
    leading = {
        (name, value) for name, value in page.attributes if name in ("src", "href", "xlink:href", "srcset", "action")
    }
    assert all(value.startswith("#") for _, value in leading)
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert set(re.findall(r"url\((.)", hostile_pages[".html"])) <= {"#"}
    assert "@import" not in hostile_pages[".html"]


def test_a_page_is_small_whatever_there_is_to_tell(hostile_report: Report, hostile_pages: dict[str, str]) -> None:
    assert sum(len(kind.examples) for kind in hostile_report.examples) > 440
    assert len(hostile_pages[".html"].encode()) <= BYTES_MAX
    assert "Examples" in hostile_pages[".html"]
    assert "How to make it again" in hostile_pages[".html"]


def test_markdown_holds_nothing_that_is_obeyed(hostile_pages: dict[str, str]) -> None:
    made = hostile_pages[".md"]
    assert "everyone" in made
    html = MarkdownIt("gfm-like", {"linkify": False, "html": True}).render(made)
    tags = set(re.findall(r"<\s*/?\s*([^\s>/]+)", html))
    assert tags <= {"h1", "h2", "p", "strong", "ul", "li", "table", "thead", "tbody", "tr", "th", "td", "code"}
    # Digests of ours stand between backticks, where a platform makes no link of them.
    assert OBEYED.findall(re.sub(r"`[0-9a-f]+`", "", made).replace("**", "")) == []


@pytest.mark.parametrize("ending", ENDINGS)
def test_without_texts_no_text_of_a_record_is_told(ending: str, sample: Report) -> None:
    told = replace(sample, figures=())
    made = "".join(written(told, ending, texts=False))
    for text in ("resting pulse", "chest hurts", "while pregnant"):
        assert text not in made
    if ending in (".html", ".json"):
        assert "resting pulse" in "".join(written(told, ending))


def test_personal_data_of_an_example_is_masked(sample: Report) -> None:
    (kind, *_) = sample.examples
    said = "Write to amina.okafor@clinic-lagos.org"
    told = replace(sample, figures=(), examples=(replace(kind, examples=(replace(kind.examples[0], text=said),)),))
    for ending in ENDINGS:
        assert "amina.okafor" not in "".join(written(told, ending))


def test_the_document_has_all_that_is_needed_to_make_it_again(sample: Report) -> None:
    told = json.loads("".join(written(sample, ".json")))
    assert told["schema"] == "curation.report/1"
    assert told["basis"]["command"] == "curate report --since 5"
    assert told["basis"]["seq"] > 5
    assert len(told["basis"]["head"]) == 64
    assert {one["datanet"] for one in told["basis"]["datanets"]} == {"questions"}
    assert told["verdict"].startswith("All datanets have much noise: at least 30 % of it is not good. ")
    assert told["changes"][0]["what"] == "share of good records"
    assert all(one["command"].startswith("curate ") for one in told["next"])


def test_it_tells_of_the_line_that_the_store_reaches_and_of_none_that_is_not_there(ledger: Ledger) -> None:
    events = ledger.journal.read()
    with ledger.store() as store:
        assert report_of(store, events, ledger.objects).basis.head == events[-1].hash
        with pytest.raises(UsageError, match="there is no journal line 999"):
            report_of(store, events, ledger.objects, since=999)


def plotted(*names: tuple[str, str]) -> Iterator[ET.Element]:
    figure = Figure(
        name="good-share",
        title="Share of good records",
        says="It is so.",
        definition="d.",
        method="m.",
        unit="share of 1",
        value=0.5,
        by=("by", "of"),
        parts=tuple(Part(of=name, value=0.5, low=0.25, high=0.75) for name in names),
    )
    made = plot_of(figure)
    assert made is not None
    assert made == plot_of(figure)
    # An attribute of the page's own, which needs no namespace there.
    yield ET.fromstring(made)  # noqa: S314  (our own)


@pytest.mark.parametrize(
    "name",
    [
        hostile.HOSTILE,
        "$x^$",
        'style="font: 9px x"',
        "font: 10px; x",
        "#010101",
        "صحة",
        "a" * 300,
        "</text></svg><b>",
        "",
    ],
)
def test_a_label_of_a_plot_is_only_ever_a_label(name: str) -> None:
    (svg,) = plotted(("label", name), ("label", "skin"))
    tags = {element.tag.rpartition("}")[2] for element in svg.iter()}
    assert tags <= {"svg", "g", "path", "text", "use", "defs", "clipPath", "rect"}
    texts = [element.text or "" for element in svg.iter() if element.tag.endswith("text")]
    assert "label: skin" in texts
    assert all(len(text) <= 300 for text in texts)


def test_plots_take_their_colours_and_letters_from_the_page(sample: Report) -> None:
    plots = [plot for figure in sample.figures if (plot := plot_of(figure)) is not None]
    assert len(plots) >= 5
    ids = [one for plot in plots for one in set(re.findall(r' id="([^"]+)"', plot))]
    assert len(ids) == len(set(ids))
    for plot in plots:
        assert not re.search(r"#0000|#0[12]0[12]|font-family|<!|<\?|<style|http(?!://www.w3.org/)", plot)
        assert "var(--" in plot
        assert 'role="img" aria-label="Plot: ' in plot
