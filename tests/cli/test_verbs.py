"""Each verb done once from the command line: what it says to people, and its one JSON document for scripts."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from curation.workspace import Workspace
from tests import small
from tests.cli.running import Curate


@pytest.fixture(scope="module")
def submitted(tmp_path_factory: pytest.TempPathFactory, encoder_cache: Path) -> tuple[Path, str]:
    """The small workspace with a file of ann's in it, and the record in it that waits for review. Only for copying."""
    root = small.copy_of(small.imported(tmp_path_factory, encoder_cache), tmp_path_factory.mktemp("submitted") / "ws")
    rows = [{**small.honest(1)[0], "topic": "teeth"}, *small.honest(3)[1:], "{"]
    found = Workspace(root).submit(small.write_jsonl(root / "new.jsonl", rows), "faq", "ann")
    assert found.checked is not None
    record = found.checked.inspection.rows[0].record
    assert record is not None
    return root, record


@pytest.fixture
def root(submitted: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, which is also the current folder."""
    copied = small.copy_of(submitted[0], tmp_path / "ws")
    monkeypatch.chdir(copied)
    return copied


@pytest.fixture
def record(root: Path, submitted: tuple[Path, str]) -> str:  # noqa: ARG001  (it lies in the current folder)
    """A submitted record under the wrong topic, which waits for review."""
    return submitted[1]


def document(text: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(text)
    assert next(iter(told)) == "schema"
    return told


@pytest.mark.parametrize(
    ("arguments", "schema"),
    [
        (("check", "new.jsonl", "--datanet", "faq"), "curation.check/1"),
        (("submit", "new.jsonl", "--datanet", "faq", "--contributor", "bea"), "curation.check/1"),
        (("submit", "new.jsonl", "--datanet", "faq", "--contributor", "ann"), "curation.already/1"),
        (("import", "new.jsonl", "--datanet", "faq"), "curation.check/1"),
        (("decide", "RECORD", "accept", "--by", "amina", "--reason", "right"), "curation.decision/1"),
        (("decide", "--from", "words.jsonl", "--by", "amina"), "curation.decisions/1"),
        (("withdraw", "RECORD"), "curation.withdrawal/1"),
        (("refresh", "--datanet", "faq"), "curation.refresh/1"),
        (("status",), "curation.status/1"),
        (("status", "faq"), "curation.status/1"),
        (("explain", "RECORD"), "curation.explanation/1"),
        (("checks",), "curation.checks/1"),
        (("checks", "text/markup"), "curation.checks/1"),
        (("contributor", "add", "bea", "--name", "Bea, Lagos"), "curation.contributor/1"),
        (("contributor", "list"), "curation.contributors/1"),
        (("verify",), "curation.verification/1"),
        (("rebuild",), "curation.rebuild/1"),
        (("new", "fresh", "--from", "new.jsonl", "--text", "question"), "curation.new/1"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value)[:50],
)
def test_every_verb_has_one_document_with_a_schema(
    curate: Curate, root: Path, record: str, arguments: tuple[str, ...], schema: str
) -> None:
    small.write_jsonl(root / "words.jsonl", [{"record": record, "decision": "accept", "reason": "right"}])
    ran = curate(*(record if one == "RECORD" else one for one in arguments), "--format", "json")
    assert ran.code in (0, 1)
    assert document(ran.out)["schema"] == schema
    assert ran.out.isascii()
    assert str(root) not in ran.out


@pytest.mark.usefixtures("record")
def test_the_document_of_a_check(curate: Curate, root: Path) -> None:
    told = document(curate("check", "new.jsonl", "--datanet", "faq", "--contributor", "bea", "--format", "json").out)
    assert told["datanet"] == "faq"
    assert told["contribution"]["contributor"] == "bea"
    assert told["contribution"]["file"] == "new.jsonl"
    assert told["reference"]["members"] == 60
    assert told["reference"]["version"] == Workspace(root).state().references["faq"].fact.version
    assert (told["records"], told["unreadable"], told["stored"]) == (4, 1, False)
    # Ann's three stand already, so these are copies.
    assert told["verdicts"] == {"accept": 0, "review": 0, "reject": 4, "unchecked": 0}
    assert told["novelty_mean"] == 0
    assert 0 < told["weight_mean"] < 1
    assert told["policy"] == {"met": False, "reasons": ["4 of 4 records rejected, at most 0% wanted"]}
    assert len(told["card"]) == len(told["rules"]) == 64
    assert {"curation", "great-expectations", "sentence-transformers", "duckdb"} <= set(told["versions"])


def test_decide_withdraw_and_explain(curate: Curate, record: str) -> None:
    shown = curate("explain", record[:12])
    assert (shown.code, shown.err) == (0, "")
    for part in ("verdict review (inspected)", "prior", "label-noise", "strangeness", "together", "what would pass"):
        assert part in shown.out
    assert "suggested: heart" in shown.out
    relabelled = curate("decide", record, "relabel", "--label", "heart", "--by", "amina", "--reason", "about the heart")
    assert relabelled.out == f"record {record}: relabel, by amina\n"
    told = document(curate("explain", record, "--format", "json").out)
    assert (told["record"]["verdict"], told["record"]["why"]) == ("accept", "decided")
    assert (told["record"]["given_label"], told["record"]["label"]) == ("teeth", "heart")
    assert told["decisions"][0]["reason"] == "about the heart"
    assert told["thresholds"]["review_below"] == 0.5
    assert {row["code"] for row in told["scores"]} >= {"label-noise", "outlier"}
    assert "decided relabel by amina at 2" in curate("explain", record).out
    assert curate("withdraw", record).out == f"record {record}: withdrawn\n"
    assert "1 withdrawn" in curate("status", "faq").out
    assert curate("verify").code == 0


def test_a_word_says_which_other_records_it_is_about(curate: Curate, root: Path, record: str) -> None:
    curate("submit", root / "new.jsonl", "--datanet", "faq", "--contributor", "bea")
    told = document(curate("explain", record, "--format", "json").out)
    decided = curate("decide", record, "reject", "--by", "amina", "--reason", "invented", "--format", "json")
    (other,) = document(decided.out)["also"]
    theirs = document(curate("explain", other, "--format", "json").out)["record"]
    assert (theirs["contributor"], theirs["text"]) == ("bea", told["record"]["text"])
    again = curate("decide", record, "accept", "--by", "amina", "--reason", "it is right after all")
    assert again.out.splitlines()[1] == f"  the word is about the same content in record {other} too"


def test_many_decisions_come_from_one_file(curate: Curate, root: Path, record: str) -> None:
    file = small.write_jsonl(
        root / "words.jsonl", [{"record": record, "decision": "relabel", "label": "heart", "drawn_with": 0.25}]
    )
    decided = curate("decide", "--from", file, "--by", "amina", "--reason", "audited")
    assert (decided.code, decided.out) == (0, f"record {record}: relabel, by amina\n")
    assert "drawn with probability 0.25: audited" in curate("explain", record).out
    assert "1 records audited, 50 wanted" in curate("status", "faq").out

    before = small.state_digest(root)
    good = {"record": record, "decision": "accept"}
    for line, said in (
        ({**good, "decision": "praise"}, "words.jsonl line 2: decision"),
        ({**good, "drawn_with": 0}, "words.jsonl line 2: drawn_with"),
        ({**good, "drawn_with": "1"}, "words.jsonl line 2: drawn_with"),
        ({**good, "why": "x"}, "words.jsonl line 2: why"),
        (
            '{"record": "x", "record": "y", "decision": "accept"}',
            "words.jsonl line 2: no JSON object with each key once",
        ),
        ("[" * 50_000, "words.jsonl line 2: no JSON object"),
        ("nonsense", "words.jsonl line 2: no JSON object"),
        ("5", "words.jsonl line 2: no JSON object"),
        ("null", "words.jsonl line 2: no JSON object"),
        ("[1]", "words.jsonl line 2: no JSON object"),
        (f'[["record", "{record}"], ["decision", "accept"]]', "words.jsonl line 2: no JSON object"),
        ({**good, "record": "ffffffff"}, "no record's id begins with"),
    ):
        small.write_jsonl(file, [good, line])
        ran = curate("decide", "--from", file, "--by", "amina", "--reason", "x")
        assert (ran.code, ran.out) == (2, "")
        assert said in ran.err
    assert small.state_digest(root) == before


def test_refresh_says_whether_anything_is_new(curate: Curate, record: str) -> None:
    assert "60 records, unchanged" in curate("refresh", "--datanet", "faq").out
    curate("decide", record, "accept", "--by", "amina", "--reason", "right")
    assert "61 records, new" in curate("refresh", "--datanet", "faq").out
    assert "61 records, unchanged" in curate("refresh", "--datanet", "faq").out


@pytest.mark.usefixtures("record")
def test_contributors_are_listed_with_what_was_said_last(curate: Curate) -> None:
    curate("contributor", "add", "ann", "--name", "Ann <b>", "--address", "0x52908400098527886E0F7030069857D2E4169EE7")
    curate("contributor", "add", "bea", "--public-key", "ed25519:AAAA")
    told = document(curate("contributor", "list", "--format", "json").out)["contributors"]
    assert [one["contributor"] for one in told] == ["ann", "bea", "owner"]
    assert told[0]["name"] == "Ann <b>"
    assert told[1] == {"contributor": "bea", "name": "bea", "address": None, "public_key": "ed25519:AAAA"}
    assert curate("contributor", "list").out.splitlines()[0].split() == [
        "ann",
        "Ann",
        "<b>",
        "0x52908400098527886e0f7030069857d2e4169ee7",
    ]


def test_a_contributors_address_outlives_a_new_name(curate: Curate) -> None:
    address = "0xde709f2102306220921060314715629080e2fb77"
    curate("contributor", "add", "ann", "--address", address, "--public-key", "ed25519:AAAA", "--workspace", ".")
    told = document(curate("contributor", "add", "ann", "--name", "Ann, Lagos", "--format", "json").out)
    told.pop("schema")
    assert told == {"contributor": "ann", "name": "Ann, Lagos", "address": address, "public_key": "ed25519:AAAA"}
    assert told in document(curate("contributor", "list", "--format", "json").out)["contributors"]


def test_explain_shows_the_thresholds_that_the_record_was_judged_by(curate: Curate, root: Path, record: str) -> None:
    card = root / "datanets" / "faq" / "datanet.yaml"
    text = card.read_text()
    card.write_text(text.replace("{reference_min: 40}", "{reference_min: 40, review_below: 0.3, alpha: 0.01}"))
    assert Workspace(root).datanet("faq").policy.review_below == 0.3
    told = document(curate("explain", record, "--format", "json").out)
    assert (told["thresholds"]["review_below"], told["thresholds"]["alpha"]) == (0.5, 0.05)
    assert told["card"] == sha256(text.encode()).hexdigest()
    assert "review below 0.5," in curate("explain", record).out


@pytest.mark.usefixtures("record")
def test_status_counts_everything(curate: Curate) -> None:
    (faq, plots) = document(curate("status", "--format", "json").out)["datanets"]
    assert (faq["datanet"], faq["rows"], faq["unreadable"]) == ("faq", 64, 1)
    assert faq["verdicts"]["review"] == 1
    assert sum(faq["verdicts"].values()) == 64
    assert [one["contributor"] for one in faq["contributions"]] == ["owner", "ann"]
    assert (plots["datanet"], plots["rows"], plots["reference"]["members"]) == ("plots", 60, 60)


def test_a_datanet_without_records_has_a_status(curate: Curate, root: Path) -> None:
    curate("new", "fresh", "--from", small.write_jsonl(root / "new.jsonl", small.honest(9)), "--text", "question")
    assert curate("status", "fresh").out.splitlines() == [
        "fresh: 0 records, nothing submitted",
        "    no reference: `curate import` gives it one",
    ]


def test_the_catalogue_can_be_read_anywhere(curate: Curate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    listed = curate("checks")
    assert listed.code == 0
    codes = {line.split()[0] for line in listed.out.splitlines()}
    assert {"near-duplicate", "label-noise", "unreadable", "text/markup", "personal-data/email"} <= codes
    assert "# near-duplicate" in curate("checks", "near-duplicate").out
    assert list(tmp_path.iterdir()) == []


def test_a_pack_of_ones_own_is_in_the_catalogue_and_inert(curate: Curate, root: Path) -> None:
    (root / "rules").mkdir()
    (root / "rules" / "mine.yaml").write_text(
        "schema: curation.rules/1\npack: mine\ntitle: Mine\nrules:\n"
        "  - code: shouting\n    type: expect_column_values_to_not_match_regex\n"
        "    kwargs: {column: question, regex: '!!!'}\n    severity: warning\n"
        '    meta: {message: "{field}", evidence: -1, fix: calm down, why: "No \\e[31mshouting\\u202e.",'
        " passes: {question: a}, fails: {question: '!!!'}}\n"
    )
    ran = curate("checks", "mine/shouting")
    assert ran.code == 0
    assert "No ⟨U+001B⟩[31mshouting⟨U+202E⟩." in ran.out
    assert "mine/shouting" in curate("checks").out
    assert "\x1b" not in curate("checks").out


def test_each_filter_of_the_queue_leaves_out_what_is_not_of_it(curate: Curate, record: str) -> None:
    def listed(*filters: str) -> list[str]:
        return [
            one["record"] for one in document(curate("review", "list", *filters, "--format", "json").out)["waiting"]
        ]

    assert record in listed()
    fits = {"-d": "faq", "--sort": "review", "--check": "label-noise", "--contributor": "ann", "--label": "teeth"}
    others = {"-d": "plots", "--sort": "appeal", "--check": "outlier", "--contributor": "bea", "--label": "heart"}
    assert listed(*(word for pair in fits.items() for word in pair)) == [record]
    for pair in others.items():
        assert record not in listed(*pair)
    next_one = curate("review", "next", "--by", "amina", *(word for pair in fits.items() for word in pair))
    assert record[:12] in next_one.out
    wrong = curate("review", "next", "--by", "amina", "--sort", "worst")
    assert (wrong.code, "one of review, unchecked" in wrong.err) == (2, True)
