"""All figures of real stores: what the sample ledger and the played money come to, counted by hand where one can."""

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.audit.asked import Asked
from curation.audit.figure import OPEN, Figure
from curation.audit.figures import figures
from curation.audit.good import good
from curation.audit.money import where_it_is
from curation.formats.figures import COLUMNS, cell_of, figures_csv, figures_document
from curation.ledger.state import replay
from curation.rewards.treasury import Treasury
from tests.ledger import ledger_sample
from tests.published import Played


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    ledger = ledger_sample.fill(tmp_path_factory.mktemp("figures") / ".curation")
    with ledger.store() as store:
        yield Asked(store, Treasury(replay(ledger.journal.read()), ledger.objects))


@pytest.fixture(scope="module")
def played(played_money: Played) -> Iterator[Asked]:
    workspace = played_money.workspace
    with workspace.store() as store:
        yield Asked(store, workspace.treasury())


def by_name(asked: Asked) -> dict[str, Figure]:
    return {one.name: one for one in figures(asked)}


def test_every_figure_says_what_it_is(sample: Asked) -> None:
    told = by_name(sample)
    assert len(told) == 17
    for one in told.values():
        assert one.says.endswith(".")
        assert one.definition.endswith(".")
        assert one.method.endswith(".")
        assert one.unit


def test_every_figure_is_documented_with_its_sources(sample: Asked) -> None:
    page = (Path(__file__).parents[2] / "docs" / "report.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| `([a-z-]+)` \|", page, re.MULTILINE)
    assert told == [one.name for one in figures(sample)]
    for one in figures(sample):
        for source in re.findall(r"[A-Z][a-zá]+ (?:and [A-Z][a-z]+ )?\(?(\d{4})", one.method):
            assert source in page


def test_the_sample_is_counted_as_it_was_made(sample: Asked) -> None:
    told = by_name(sample)
    assert told["records-by-verdict"].value == 10
    # The unreadable row, three copies and one doubtful label.
    assert told["noise-by-kind"].counted == 10
    assert {part.of[0]: part.counted for part in told["noise-by-kind"].parts} == {
        "exact-duplicate": 2,
        "bad-json": 1,
        "label-noise": 1,
    }
    assert {part.of: part.value for part in told["duplicates-by-pair"].parts} == {
        ("copy-shop", "clinic"): 1,
        ("copy-shop", "owner"): 1,
    }
    assert told["usage"].value == 3
    assert told["agreement"].counted == 1


def test_all_money_is_somewhere(played: Asked) -> None:
    for datanet in (None, "faq", "plots"):
        figure = where_it_is(played.of(datanet))
        where = {part.of[0]: part.value for part in figure.parts}
        assert isinstance(figure.value, int)
        assert where["credited"] + where["kept by the discount"] == figure.value  # type: ignore[operator]  # amounts are integers
        parts = [where[f"of it {name}"] for name in ("in escrow", "vested", "forfeited")]
        assert sum(map(int, map(str, parts))) == where["credited"]
    together = where_it_is(played).value
    assert together == sum(where_it_is(played.of(one)).value for one in ("faq", "plots"))  # type: ignore[misc]  # likewise


def test_the_share_of_good_records_then_is_that_of_the_words_then(played: Asked) -> None:
    now, before = good(played), good(played, through=played.treasury.state.draws[0].seq)
    assert before.value is None
    assert before.counted
    assert now.counted is not None
    assert now.counted > before.counted
    parts = {part.of: part for part in now.parts}
    assert {of[0] for of in parts} == {"datanet", "engine", "contributor", "label", "month"}
    assert sum(part.counted or 0 for of, part in parts.items() if of[0] == "datanet") == now.counted


def test_figures_of_a_datanet_nobody_uses_say_so(sample: Asked) -> None:
    for one in figures(sample.of("nowhere")):
        assert one.value in (None, 0)
        assert one.says


def test_json_keeps_amounts_whole_and_csv_holds_the_same(sample: Asked) -> None:
    told = list(figures(sample))
    document = figures_document(None, 9, "0" * 64, told)
    assert document["schema"] == "curation.figures/1"
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    rows = list(csv.reader(io.StringIO("".join(figures_csv(told)))))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == 1 + len(told) + sum(len(one.parts) for one in told)
    for one in document["figures"]:
        if one["unit"] == OPEN:
            assert all(isinstance(part["value"], str | None) for part in one["parts"])


@given(st.text(max_size=30))
def test_no_cell_begins_a_formula_and_nothing_is_lost(text: str) -> None:
    told = cell_of(text)
    assert not told.lstrip().startswith(("=", "+", "@", "\t", "\r"))
    assert not told.startswith("-") or told[1:].replace(".", "", 1).isdigit()
    assert told.removeprefix("'").count("⟨U+") >= sum(char in "\t\r\n\u202e" for char in text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("=1+1", "'=1+1"),
        ("+x", "'+x"),
        ("-2.5", "-2.5"),
        ("-x", "'-x"),
        ("@sum", "'@sum"),
        ("\t=1", "'⟨U+0009⟩=1"),
        (" =1", "' =1"),
        ("＝1", "'＝1"),
        ("skin", "skin"),
        ("3-4", "3-4"),
    ],
)
def test_what_a_spreadsheet_would_run_is_made_harmless(text: str, told: str) -> None:
    assert cell_of(text) == told


def test_figures_are_the_same_twice_and_write_nothing_down(played: Asked, played_money: Played) -> None:
    before = played_money.workspace.places.journal.read_bytes()
    assert list(figures(played)) == list(figures(played))
    assert played_money.workspace.places.journal.read_bytes() == before
