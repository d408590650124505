"""`curate export` from the command line: a data set only of texts that are public, and two uses that do not mix."""

import json
from pathlib import Path

import pytest

from tests import small
from tests.cli.running import Curate

HUGGINGFACE = ("--format", "huggingface")


def test_texts_leave_when_the_card_says_so_or_as_a_private_copy(curate: Curate, root: Path) -> None:
    before = small.state_digest(root)
    ran = curate("export", "faq", *HUGGINGFACE, "--output", "out")
    assert (ran.code, ran.out) == (2, "")
    assert "`public_texts: true` wanted in datanets/faq/datanet.yaml, or --private" in ran.err
    assert not Path("out").exists()

    ran = curate("export", "faq", *HUGGINGFACE, "--output", "private", "--private")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "wrote 60 accepted records and 60 weights of faq as of journal line 5; a private copy\n"
    assert "--private`" in Path("private/README.md").read_text(encoding="utf-8")

    card = root / "datanets" / "faq" / "datanet.yaml"
    card.write_text(card.read_text(encoding="utf-8") + "public_texts: true\n", encoding="utf-8")
    assert curate("export", "faq", *HUGGINGFACE, "-o", "out").out.endswith("of faq as of journal line 5\n")
    assert sorted(path.name for path in Path("out").iterdir()) == ["README.md", "data", "weights.parquet"]
    assert small.state_digest(root) == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "either --public FOLDER alone"),
        (("faq", "--public", "out"), "either --public FOLDER alone"),
        (("--public", "out", "--output", "other"), "either --public FOLDER alone"),
        (("--public", "out", "--private"), "either --public FOLDER alone"),
        (("faq", "--output", "out"), "either --public FOLDER alone"),
        ((*HUGGINGFACE, "--output", "out"), "wants DATANET and --output FOLDER"),
        (("faq", *HUGGINGFACE), "wants DATANET and --output FOLDER"),
        (("faq", *HUGGINGFACE, "--output", "out", "--public", "other"), "and no --public"),
        (("nowhere", *HUGGINGFACE, "--output", "out"), "there is no datanet 'nowhere'"),
        (("faq", *HUGGINGFACE, "--output", "datanets"), "is no empty folder"),
        (("faq", *HUGGINGFACE, "--output", "trusted.jsonl/out", "--private"), "cannot be written"),
    ],
)
def test_wrong_mixtures_are_wrong_calls(arguments: tuple[str, ...], said: str, curate: Curate, root: Path) -> None:
    ran = curate("export", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert not (root / "out").exists()


def test_what_outsiders_need_is_written_as_before(curate: Curate, root: Path) -> None:
    ran = curate("export", "--public", "out", "--format", "json")
    told = json.loads(ran.out)
    assert (ran.code, told["schema"], told["seq"]) == (0, "curation.exported/1", 5)
    assert (root / "out" / "journal.jsonl").exists()
