"""What every format makes of the same hostile result, byte for byte as in `tests/golden/`.

To renew the files after an intended change: `RENEW_GOLDEN=1 python -m pytest tests/formats`, then read the difference.
The check that renewed nothing by accident: a run that renews fails.
"""

import json
import os
import unicodedata
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from curation.audit.statements import leaks_document, payouts_document
from curation.cli.options import _plain
from curation.datanet.card import Policy
from curation.formats import curators, document, jsonl, money, text
from curation.formats.demonstration import closing_text, datanet_text, demonstration_document
from curation.formats.explanation import explanation_document, explanation_text
from curation.formats.status import status_document, status_text
from curation.formats.verification import verification_document, verification_text
from tests.formats import curators_sample, hostile, money_sample

GOLDEN = Path(__file__).parents[1] / "golden"


def lined(lines: object) -> str:
    return "".join(f"{line}\n" for line in lines)  # type: ignore[attr-defined]  # any iterable of lines


def as_json(told: object) -> str:
    """As `put_json` writes it."""
    return json.dumps(told, indent=2, ensure_ascii=True, default=_plain) + "\n"


def check_json() -> str:
    told = document.check_document(hostile.checked())
    # The installed versions are not the format's business; that they are named is tested below.
    return document.written({**told, "versions": dict.fromkeys(told["versions"], "as installed")})


FORMATS: dict[str, Callable[[], str]] = {
    "check.txt": lambda: lined(text.check_text(hostile.checked())),
    "check.json": check_json,
    "check.jsonl": lambda: "".join(jsonl.lines(hostile.inspection())),
    "explanation.txt": lambda: lined(explanation_text(hostile.explanation(), Policy())),
    "explanation.json": lambda: as_json(explanation_document(hostile.explanation(), Policy())),
    "status.txt": lambda: lined(status_text(hostile.statuses())),
    "status.json": lambda: as_json(status_document(hostile.statuses())),
    "demo.txt": lambda: lined(
        line
        for part in (
            *(datanet_text(name, rows) for name, rows in hostile.planted()),
            closing_text(hostile.planted(), hostile.paid(), Path("play ground"), Path("/play ground/report.html")),
            closing_text(hostile.planted(), hostile.paid(), None, Path("/report.html")),
        )
        for line in part
    ),
    "demo.json": lambda: as_json(demonstration_document(hostile.planted(), hostile.paid(), Path("/report.html"))),
}
for told, (found, computed) in hostile.verifications().items():
    FORMATS[f"verification-{told}.txt"] = partial(lambda *both: lined(verification_text(*both)), found, computed)
    FORMATS[f"verification-{told}.json"] = partial(lambda *both: as_json(verification_document(*both)), found, computed)
FORMATS |= {
    "inferences.txt": lambda: lined(money.served_text(money_sample.served())),
    "inferences.json": lambda: as_json(money.served_document(money_sample.served())),
    "attribution.txt": lambda: lined(money.behind_text(money_sample.served()[0], money_sample.behind())),
    "attribution.json": lambda: as_json(money.behind_document(money_sample.served()[0], money_sample.behind())),
    "settlement.txt": lambda: lined(money.settled_text(money_sample.settled())),
    "settlement.json": lambda: as_json(money.settled_document(money_sample.settled())),
    "settlement-nothing.txt": lambda: lined(money.settled_text(money_sample.nothing_settled())),
    "settlement-nothing.json": lambda: as_json(money.settled_document(money_sample.nothing_settled())),
    "payouts.txt": lambda: lined(money.payouts_text(money_sample.payouts())),
    "payouts.json": lambda: as_json(payouts_document(money_sample.payouts())),
    "draw.txt": lambda: lined(money.drawn_text(money_sample.drawn())),
    "draw.json": lambda: as_json(money.drawn_document(money_sample.drawn())),
    "audits.txt": lambda: lined(money.audits_text(money_sample.audits())),
    "audits.json": lambda: as_json(money.audits_document(money_sample.audits())),
    "leak.txt": lambda: lined(money.leaks_text(money_sample.leaks())),
    "leak.json": lambda: as_json(leaks_document(money_sample.leaks())),
    "leak-nothing.txt": lambda: lined(money.leaks_text(())),
    "curators.txt": lambda: lined(curators.curators_text(curators_sample.curators(), missed_of="amina")),
    "curators.json": lambda: as_json(curators.curators_document(curators_sample.curators(), missed_of="amina")),
    "gold.txt": lambda: lined(curators.gold_text(curators_sample.gold())),
    "gold.json": lambda: as_json(curators.gold_document(curators_sample.gold())),
}


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_is_as_it_was(name: str) -> None:
    path = GOLDEN / name
    made = FORMATS[name]()
    if os.environ.get("RENEW_GOLDEN"):
        path.write_bytes(made.encode())
        pytest.fail(f"{name} was renewed: read the difference and run without RENEW_GOLDEN")
    assert made.encode() == path.read_bytes()


@pytest.mark.parametrize("name", FORMATS)
def test_a_second_run_makes_the_same_bytes(name: str) -> None:
    assert FORMATS[name]() == FORMATS[name]()


@pytest.mark.parametrize("name", FORMATS)
def test_hostile_text_is_inert(name: str) -> None:
    made = FORMATS[name]()
    hidden = {char for char in made if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")}
    assert hidden <= {"\n"}
    # A CI runner obeys a line that begins with two colons, white space or not.
    assert not [line for line in made.split("\n") if line.lstrip().startswith("::")]
    if not name.endswith(".txt"):
        assert made.isascii()


@pytest.mark.parametrize("name", [name for name in FORMATS if name.endswith(".json")])
def test_json_says_what_was_said(name: str) -> None:
    told = json.loads(FORMATS[name]())
    assert told["schema"].startswith("curation.")
    if name in ("explanation.json", "verification-broken.json"):
        # Nothing is lost on the way to scripts: escapes are read back as they were.
        assert hostile.HOSTILE in (told.get("record", {}).get("text"), *told.get("problems", ()))


def test_no_golden_file_is_left_over() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == set(FORMATS)


def test_a_check_names_the_versions_that_made_it() -> None:
    versions = document.check_document(hostile.checked())["versions"]
    assert versions.keys() == {"curation", *document.LIBRARIES}
    assert all(versions.values())


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("new.jsonl", "new.jsonl"),
        ("::error::x.jsonl", "./::error::x.jsonl"),
        (" ::error::x.jsonl", "./ ::error::x.jsonl"),
        ("\x1b[2J.jsonl", "⟨U+001B⟩[2J.jsonl"),
    ],
)
def test_a_file_name_never_begins_an_order(name: str, said: str) -> None:
    assert text.named(name) == said
