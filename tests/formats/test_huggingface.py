"""The folder for `datasets.load_dataset`: loaded by the real library, the same bytes twice, whole or not at all."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml
from markdown_it import MarkdownIt

from curation.audit import released
from curation.errors import UsageError
from curation.exporting import Exported, exported, exported_from
from curation.formats.dataset_card import Written, dataset_card, licence_of
from curation.formats.dataset_columns import columns_of, id_column
from curation.formats.huggingface import DATA, write_folder
from curation.workspace import Workspace
from tests.formats import datasets_sample, loading, report_sample
from tests.formats.test_gate_formats import OBEYED
from tests.ledger.ledger_sample import Ledger

GOLDEN = Path(__file__).parents[1] / "golden_report" / "dataset_card.md"
NAMES = ("sample", "wide", "advice", "killed")
KILLED = """
import os, signal, sys
from pathlib import Path
from tests.formats import report_sample, test_huggingface
rename, done = Path.rename, []
def dying(self, to):
    if Path(to).name == "data":
        os.kill(os.getpid(), signal.SIGKILL)
    return rename(self, to)
ledger = report_sample.sample_ledger(Path(sys.argv[1]))
Path.rename = dying
with ledger.store() as store:
    test_huggingface.write_folder(test_huggingface.told_of(ledger, store), Path(sys.argv[2]))
"""


def told_of(ledger: Ledger, store: Any) -> Exported:
    return exported_from(store, ledger.journal.read(), ledger.objects, ledger.card)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    return report_sample.sample_ledger(tmp_path_factory.mktemp("sample"))


@pytest.fixture
def sample(ledger: Ledger) -> Iterator[Exported]:
    with ledger.store() as store:
        yield told_of(ledger, store)


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory, encoder_cache: Path) -> Workspace:
    return datasets_sample.table(tmp_path_factory.mktemp("wide") / "ws", encoder_cache)


@pytest.fixture(scope="module")
def folders(ledger: Ledger, wide: Workspace, house_advice: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for each name, and one whose writer was killed before its last step."""
    made = tmp_path_factory.mktemp("folders")
    with ledger.store() as store:
        write_folder(told_of(ledger, store), made / "sample")
    with exported(wide, "wide") as told:
        write_folder(told, made / "wide")
    (name,) = house_advice.datanets()
    with exported(house_advice, name, private=True) as told:
        write_folder(told, made / "advice")
    again = tmp_path_factory.mktemp("killed")
    done = subprocess.run([sys.executable, "-c", KILLED, again, made / "killed"], check=False)
    assert done.returncode == -signal.SIGKILL
    return made


@pytest.fixture(scope="module")
def loaded(folders: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the library makes of them, in a process that knows nothing of us."""
    home = tmp_path_factory.mktemp("home")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "PYTHON"))}
    environment |= {"HF_HOME": str(home), "HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "TQDM_DISABLE": "1"}
    done = subprocess.run(
        [sys.executable, "-I", loading.__file__, *(folders / name for name in NAMES)],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        cwd=home,
    )
    assert done.returncode == 0, done.stderr
    return dict(zip(NAMES, map(json.loads, done.stdout.splitlines()), strict=True))


def test_accepted_records_load_with_the_label_that_holds_now_and_none_twice(loaded: dict[str, Any]) -> None:
    data = loaded["sample"]["default"]
    assert (data["splits"], data["columns"]) == (["train"], ["record_id", "text", "topic"])
    said = sorted((row["text"], row["topic"]) for row in data["rows"])
    assert said == [
        ("A mole on my arm grew", "skin"),
        ("Can I swim while pregnant?", "pregnancy"),
        ("How much insulin before lunch?", "diabetes"),
        ("Is a resting pulse of 45 safe?", "heart"),
        ("My chest hurts when I run", "heart"),
    ]
    ids = [row["record_id"] for row in data["rows"]]
    assert ids == sorted(ids)


def test_weights_join_by_id_and_tell_of_every_readable_record(loaded: dict[str, Any], ledger: Ledger) -> None:
    data, weights = loaded["sample"]["default"]["rows"], loaded["sample"]["weights"]["rows"]
    with ledger.store() as store:
        wanted = store.query(
            "SELECT record AS record_id, verdict, round(weight * 1e6)::BIGINT AS weight_ppm,"
            " round(novelty * 1e6)::BIGINT AS novelty_ppm, contributor, seq AS journal_line"
            " FROM current_records WHERE record IS NOT NULL ORDER BY record"
        )
    assert [{name: row[name] for name in wanted[0]} for row in weights] == wanted
    assert {row["record_id"] for row in data} == {row["record_id"] for row in weights if row["in_data"]}
    by_id = {row["record_id"]: row for row in weights}
    changed = {row["text"]: by_id[row["record_id"]]["label_before"] for row in data}
    assert {text: label for text, label in changed.items() if label} == {"Is a resting pulse of 45 safe?": "skin"}
    assert {row["verdict"] for row in weights if not row["in_data"]} == {"accept", "review", "reject", "withdrawn"}


def test_no_text_of_what_is_not_accepted_leaves(folders: Path) -> None:
    for name in ("Sugar of 15", "asdf"):
        for path in (folders / "sample").rglob("*.*"):
            content = path.read_bytes()
            if path.suffix == ".parquet":
                content = str(pq.read_table(path).to_pylist()).encode()
            assert name.encode() not in content, path.name


def test_no_label_of_what_is_not_accepted_stands_in_the_cards_figures(tmp_path: Path) -> None:
    ledger = report_sample.sample_ledger(tmp_path)
    with ledger.store() as store:
        sql = "SELECT record FROM current_records WHERE label = 'diabetes' AND verdict = 'accept'"
        only = [row["record"] for row in store.query(sql)]
    for record in only:
        ledger.decide(record, "reject")
    with ledger.store() as store:
        figures = told_of(ledger, store).report.figures
    parts = {part.of for figure in figures for part in figure.parts}
    assert ("label", "heart") in parts
    assert ("label", "diabetes") not in parts


def test_a_datanet_with_nothing_accepted_is_refused(tmp_path: Path) -> None:
    empty = datasets_sample.nothing(tmp_path)
    with empty.store() as store, pytest.raises(UsageError, match="no record of questions is accepted yet"):
        write_folder(told_of(empty, store), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_pairs_load_and_say_that_they_are_private(loaded: dict[str, Any], folders: Path) -> None:
    assert len(loaded["advice"]["default"]["rows"]) > 20
    assert "A private copy" in (folders / "advice" / "README.md").read_text(encoding="utf-8")
    assert "A private copy" not in (folders / "wide" / "README.md").read_text(encoding="utf-8")


def test_values_of_a_table_are_as_given(loaded: dict[str, Any], folders: Path) -> None:
    types = loaded["wide"]["default"]["types"]
    assert types["record_id_"] == "string"
    assert types["Record_ID"] == types["whole"] == "int64"
    assert types[datasets_sample.DROP] == "decimal128(38, 3)"
    assert types["long"] == "string"
    assert (types["when"], types["never"], types["wet"]) == ("date32", "date32", "bool")
    assert len(types) == datasets_sample.COLUMNS
    assert "ID" not in types
    rows = {row["Record_ID"]: row for row in pq.read_table(folders / "wide" / DATA).to_pylist()}
    assert len(rows) == 60
    for line in datasets_sample.table_rows():
        given = json.loads(line, parse_float=Decimal)
        row = rows[given["Record_ID"]]
        assert row[datasets_sample.DROP] == given[datasets_sample.DROP]
        assert row[datasets_sample.BOLD] == given[datasets_sample.BOLD]
        assert row["long"] == str(given["long"])
        assert row["when"] == (date.fromisoformat(given["when"]) if "when" in given else None)
        assert row["wet"] == given.get("wet")
        assert (row["whole"], row["kind"], row["never"], row["c0"]) == (given["whole"], given["kind"], None, None)


def front_of(card: str) -> dict[str, Any]:
    found = re.match(r"---\n(.*?)\n---\n", card, re.DOTALL)
    assert found
    told = yaml.safe_load(found[1])
    assert isinstance(told, dict)
    return told


def test_the_front_of_a_hostile_card_is_plain(folders: Path) -> None:
    front = front_of((folders / "wide" / "README.md").read_text(encoding="utf-8"))
    assert front["pretty_name"] == datasets_sample.TITLE
    assert (front["license"], front["license_name"]) == ("other", "img-src-x-community-licence-2.0")
    assert front["language"] == ["no", "ur"]
    assert front["task_categories"] == ["tabular-classification"]
    assert front["size_categories"] == ["n<1K"]
    assert [(one["config_name"], one.get("default", False)) for one in front["configs"]] == [
        ("default", True),
        ("weights", False),
    ]


def test_nothing_in_a_hostile_card_comes_alive(folders: Path) -> None:
    card = (folders / "wide" / "README.md").read_text(encoding="utf-8")
    body = card.split("\n---\n", 1)[1]
    tokens = MarkdownIt("gfm-like", {"html": True, "linkify": False}).parse(body)
    flat = [inner for token in tokens for inner in (token, *(token.children or ()))]
    assert {token.type for token in flat} & {"html_block", "html_inline", "link_open", "image"} == set()
    assert OBEYED.search(re.sub(r"```.*?```", "", body, flags=re.DOTALL)) is None
    assert "440 more columns are not listed." not in card
    assert "439 more columns are not listed." in card


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("CC-BY-4.0", ("cc-by-4.0", None)),
        ("cc0-1.0", ("cc0-1.0", None)),
        ("ODbL-1.0", ("odbl", None)),
        ("Our own", ("other", "our-own")),
        ("…", ("other", "see-below")),
    ],
)
def test_licences_are_the_hubs_where_it_knows_them(given: str, wanted: tuple[str, str | None]) -> None:
    assert licence_of(given) == wanted


def test_the_card_is_as_it_was(sample: Exported) -> None:
    """To renew: `RENEW_GOLDEN=1 python -m pytest tests/formats/test_huggingface.py`."""
    told = replace(sample, report=report_sample.as_installed(sample.report))
    columns = columns_of(told.datanet, told.accepted())
    digests = dict.fromkeys((DATA, "weights.parquet"), "d" * 64)
    key = id_column(told.datanet)
    written = Written(key=key, columns=columns, accepted=5, weighed=9, digests=digests)
    made = "".join(f"{line}\n" for line in dataset_card(told, written))
    if os.environ.get("RENEW_GOLDEN"):
        GOLDEN.write_bytes(made.encode())
        pytest.fail(f"{GOLDEN.name} was renewed: read the difference and run without RENEW_GOLDEN")
    assert made.encode() == GOLDEN.read_bytes()


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_second_export_has_the_same_bytes(sample: Exported, folders: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    write_folder(sample, tmp_path / "empty")
    made = bytes_of(tmp_path / "empty")
    assert sorted(made) == ["README.md", DATA, "weights.parquet"]
    assert made == bytes_of(folders / "sample")


def test_many_pieces_hold_what_one_does(sample: Exported, folders: Path, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("_ACCEPTED_PIECES", "_WEIGHED_PIECES"):
            asked = getattr(released, name).replace(f"// {released.PIECE_BYTES}", "// 500")
            patch.setattr(released, name, asked)
        write_folder(sample, tmp_path / "pieces")
    file = pq.ParquetFile(tmp_path / "pieces" / DATA)
    assert file.num_row_groups > 1
    assert file.read().equals(pq.read_table(folders / "sample" / DATA))


def test_an_interrupted_export_cannot_be_loaded(loaded: dict[str, Any], folders: Path) -> None:
    assert (folders / "killed" / "README.md").exists()
    assert "error" in loaded["killed"]


@pytest.mark.parametrize("step", ["weights.parquet", "README.md", "data"])
def test_an_export_that_fails_leaves_nothing(step: str, sample: Exported, tmp_path: Path) -> None:
    rename = Path.rename

    def full(path: Path, to: Path) -> Path:
        if to.name == step:
            raise OSError(28, "No space left on device")
        return rename(path, to)

    for folder, is_new in ((tmp_path / "new", True), (tmp_path / "old", False)):
        if not is_new:
            folder.mkdir()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Path, "rename", full)
            with pytest.raises(UsageError, match="No space left"):
                write_folder(sample, folder)
        assert folder.exists() is not is_new
        assert is_new or list(folder.iterdir()) == []


def test_a_folder_with_something_in_it_is_left_alone(sample: Exported, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(UsageError, match="no empty folder"):
        write_folder(sample, tmp_path)
    assert bytes_of(tmp_path) == {"mine": b"mine"}
