"""The verbs of money from the command line: what they say, their documents, what they refuse, what happens twice."""

import json
from pathlib import Path
from typing import Any

import pytest

from curation.workspace import Workspace
from tests import money, small
from tests.cli.running import Curate

BEACON = "8f3c1d0a5b7e9f24"


@pytest.fixture
def soil(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the workspace in which money flows, with three questions in `asked.jsonl`; the current folder."""
    root = small.copy_of(money.template(tmp_path_factory.mktemp("money")), tmp_path / "soil")
    money.asked(root, 100, 111, 112).rename(root / "asked.jsonl")
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def served(soil: Path) -> Path:
    workspace = Workspace(soil)
    workspace.infer(money.NAME, workspace.read_questions(soil / "asked.jsonl", money.NAME), money.FEE)
    return soil


@pytest.fixture
def settled(served: Path) -> Path:
    Workspace(served).settle()
    return served


def told(curate: Curate, *arguments: object) -> dict[str, Any]:
    ran = curate(*arguments, "--format", "json")
    assert (ran.code, ran.out.isascii()) == (0, True)
    document: dict[str, Any] = json.loads(ran.out)
    assert next(iter(document)) == "schema"
    return document


def test_train_names_the_model_and_a_second_time_finds_nothing_new(curate: Curate, soil: Path) -> None:
    state = Workspace(soil).state()
    model = state.models[0].fact.model
    ran = curate("train", money.NAME)
    assert (ran.code, f"model {model} of soil: retrieval by similarity, 30 records, as before" in ran.out) == (0, True)
    document = told(curate, "train", money.NAME)
    assert document["schema"] == "curation.model/1"
    assert (document["model"], document["new"], document["trained"]) == (model, False, 30)
    assert Workspace(soil).state() == state


def test_infer_answers_once_and_charges_once(curate: Curate, soil: Path) -> None:
    ask = ("infer", money.NAME, "--file", "asked.jsonl", "--fee", "0.25")
    document = told(curate, *ask)
    assert document["schema"] == "curation.inferences/1"
    assert [(one["key"], one["new"]) for one in document["inferences"]] == [
        ("q-100", True),
        ("q-111", True),
        ("q-112", True),
    ]
    assert document["inferences"][0].keys() == {"key", "seq", "model", "label", "records", "new"}
    (other,) = small.plots(1, 7)
    small.write_jsonl(soil / "other.jsonl", [{"key": "q-9", **other}, {"key": "q-100", **other}])
    before = small.state_digest(soil)
    again = curate(*ask)
    assert again.code == 0
    assert again.out.count("served before: nothing changed") == 3
    for wrong in (("--fee", "0.26"), ("--fee", "0.25", "--file", "other.jsonl")):
        small.write_jsonl(
            soil / "other.jsonl", [{"key": "q-9", **small.plots(1, 7)[0]}, {"key": "q-100", **small.plots(1, 7)[0]}]
        )
        ran = curate(*ask, *wrong)
        assert (ran.code, ran.out) == (2, "")
        assert "was used for another question or fee; nothing was served" in ran.err
    assert small.state_digest(soil) == before


def test_attribute_shows_the_records_behind_an_inference(curate: Curate, served: Path) -> None:
    document = told(curate, "attribute", "q-100")
    assert document["schema"] == "curation.attribution/1"
    first, *rest = document["records"]
    assert first.keys() == {"record", "contributor", "text", "weight", "novelty", "share"}
    # The question is about ann's own field.
    assert first["record"] == money.records(Workspace(served), "ann")[0]
    assert first["share"] == max(one["share"] for one in [*rest, first])
    assert sum(one["share"] for one in document["records"]) == pytest.approx(1)
    ran = curate("attribute", "q-100")
    assert (ran.code, len(ran.out.splitlines())) == (0, 1 + len(document["records"]))
    assert first["record"][:12] in ran.out.splitlines()[1]


def test_settle_pays_once(curate: Curate, served: Path) -> None:
    document = told(curate, "settle")
    assert document["schema"] == "curation.settlement/1"
    assert (document["epoch"], document["inferences"], document["fees"]) == (1, 3, str(3 * money.FEE))
    assert int(document["pool"]) == 21 * money.FEE // 10
    assert int(document["credited"]) + int(document["reserve"]) == int(document["pool"])
    before = small.state_digest(served)
    assert curate("settle").out == "nothing to settle: every inference is paid\n"
    assert told(curate, "settle") == {"schema": "curation.settlement/1", "epoch": None}
    assert small.state_digest(served) == before


def test_settle_through_a_line_leaves_the_rest_for_the_next_epoch(curate: Curate, served: Path) -> None:
    first = Workspace(served).state().inferences[0].seq
    assert told(curate, "settle", "--through", first)["inferences"] == 1
    assert told(curate, "settle")["inferences"] == 2
    assert told(curate, "payouts")["pool"] == str(21 * money.FEE // 10)


def test_payouts_are_exactly_what_the_issue_says(curate: Curate, settled: Path) -> None:
    document = told(curate, "payouts")
    assert list(document)[:4] == ["schema", "pool", "reserve", "contributors"]
    assert document["schema"] == "curation.payouts/1"
    assert {one["contributor"] for one in document["contributors"]} == {"ann", "bea"}
    for one in document["contributors"]:
        assert list(one) == ["contributor", "credited", "escrow", "vested", "forfeited"]
        assert all(isinstance(value, str) for value in one.values())
        assert int(one["credited"]) == int(one["escrow"]) + int(one["vested"]) + int(one["forfeited"])
    credited = sum(int(one["credited"]) for one in document["contributors"])
    assert int(document["pool"]) == credited + int(document["reserve"]) == 21 * money.FEE // 10
    only = told(curate, "payouts", "ann")
    assert [one["contributor"] for one in only["contributors"]] == ["ann"]
    assert curate("payouts", "--format", "json", "--output", "payouts.json").code == 0
    assert json.loads((settled / "payouts.json").read_text(encoding="utf-8")) == document
    ran = curate("payouts")
    assert (ran.code, "kept by the reserve" in ran.out, "epoch 1" in ran.out) == (0, True, True)


def test_an_audit_from_the_draw_to_the_forfeit(curate: Curate, settled: Path) -> None:
    assert told(curate, "audit", "leak")["cells"][0]["undecided"] == 0
    drawn = told(curate, "audit", "draw", "--budget", 20, "--beacon", BEACON)
    assert (drawn["schema"], drawn["draw"], drawn["hits"]) == ("curation.draw/1", 1, 20)
    assert drawn["commitment"] == Workspace(settled).journal.read()[drawn["through"] - 1].hash
    again = curate("audit", "draw", "--budget", 20, "--beacon", f"0x{BEACON.upper()}")
    assert (again.code, "drawn with before" in again.err) == (2, True)
    listed = told(curate, "audit", "list")
    assert listed["schema"] == "curation.audits/1"
    assert {one["status"] for one in listed["audits"]} == {"open"}
    paid = next(one["record"] for one in listed["audits"] if one["record"] in money.records(Workspace(settled), "ann"))

    first = curate("audit", "decide", paid, "bad", "--by", "cy", "--reason", "invented")
    assert first.out == f"record {paid}: noted. It was paid for, so a second curator has to agree\n"
    same = curate("audit", "decide", paid, "bad", "--by", "cy")
    assert (same.code, "another curator has to agree" in same.err) == (2, True)
    own = curate("audit", "decide", paid, "bad", "--by", "ann")
    assert (own.code, "another curator has to audit it" in own.err) == (2, True)
    listed = told(curate, "audit", "list")
    assert next(one["status"] for one in listed["audits"] if one["record"] == paid) == "doubted"
    second = told(curate, "audit", "decide", paid, "bad", "--by", "di")
    assert second == {
        "schema": "curation.audit/1", "record": paid, "verdict": "bad", "by": "di", "doubted": False, "also": [],
    }  # fmt: skip
    assert next(one for one in told(curate, "audit", "list")["audits"] if one["record"] == paid)["status"] == "bad"
    (ann,) = told(curate, "payouts", "ann")["contributors"]
    assert int(ann["forfeited"]) > 0
    cell = told(curate, "audit", "leak")["cells"][0]
    assert int(cell["low"]) > 0
    assert curate("audit", "leak").out.startswith("all datanets: ")
    assert curate("verify").code == 0


def test_an_appeal_stops_vesting_until_it_is_answered(curate: Curate, settled: Path) -> None:
    paid = next(iter(Workspace(settled).treasury().books().lots))[0]
    assert told(curate, "appeal", paid, "--reason", "right") == {"schema": "curation.appeal/1", "record": paid}
    ran = curate("appeal", paid[:12], "--reason", "right")
    assert (ran.code, "disputed already" in ran.err) == (2, True)
    assert Workspace(settled).state().disputed == {paid}
    assert curate("decide", paid, "accept", "--by", "cy", "--reason", "it is").code == 0
    assert Workspace(settled).state().disputed == frozenset()


def test_commit_says_where_it_stands_and_a_second_time_that_nothing_is_new(curate: Curate, soil: Path) -> None:
    small.write_jsonl(soil / "new.jsonl", small.plots(2, 300))
    ask = ("commit", "new.jsonl", "--datanet", money.NAME, "--contributor", "cid")
    seq = Workspace(soil).state().seq + 1
    assert curate(*ask).out == f"committed to 2 records at journal line {seq}\n"
    before = small.state_digest(soil)
    assert told(curate, *ask) == {"schema": "curation.commitment/1", "seq": seq, "records": 2, "new": False}
    assert small.state_digest(soil) == before


def test_claims_and_export(curate: Curate, settled: Path) -> None:
    nobody = curate("claims", "--output", "claims.json")
    assert (nobody.code, (settled / "claims.json").exists()) == (2, False)
    workspace = Workspace(settled)
    workspace.register("bea", address="0x52908400098527886e0f7030069857d2e4169ee7")
    workspace.draw_audits(30, BEACON)
    for one in workspace.drawn():
        workspace.decide_audit(one.record, "good", by="cy", reason="right")
    workspace.infer(money.NAME, money.questions(workspace, 113), money.FEE)
    assert workspace.settle().epoch is not None
    ran = curate("claims", "--output", "claims.json")
    assert (ran.code, ran.err) == (
        0,
        "ann has vested money and no address: `curate contributor add ann --address 0x…`\n",
    )
    tree = json.loads((settled / "claims.json").read_text(encoding="utf-8"))
    assert tree["format"] == "standard-v1"
    (bea,) = told(curate, "payouts", "bea")["contributors"]
    assert tree["values"][0]["value"] == ["0x52908400098527886e0f7030069857d2e4169ee7", bea["vested"]]

    document = told(curate, "export", "--public", "published")
    assert document["schema"] == "curation.exported/1"
    assert document["head"] == workspace.state().head
    refused = curate("export", "--public", "published")
    assert (refused.code, "no empty folder" in refused.err) == (2, True)
    public = settled / "published"
    assert json.loads((public / "payouts.json").read_text(encoding="utf-8")) == told(curate, "payouts")
    everything = b"".join(path.read_bytes() for path in public.rglob("*") if path.is_file())
    salt = (settled / ".curation" / "salt").read_bytes()
    for private in (b"maize", b"rain_mm", b"looked", b'"right"', salt, salt.hex().encode()):
        assert private not in everything


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("train", "nobody"), "there is no datanet 'nobody'"),
        (("infer", money.NAME, "--fee", "1"), "`--text` and `--key` wanted, or `--file`"),
        (("infer", money.NAME, "--fee", "1", "--text", "x"), "`--text` and `--key` wanted"),
        (("infer", money.NAME, "--fee", "1", "--text", "x", "--key", "k"), "its questions have fields"),
        (("infer", money.NAME, "--fee", "1e3", "--file", "asked.jsonl"), "a plain decimal of OPEN"),
        (("infer", money.NAME, "--fee=-1", "--file", "asked.jsonl"), "a plain decimal of OPEN"),
        (("infer", money.NAME, "--fee", "0.0000000000000000001", "--file", "asked.jsonl"), "at most 18 wanted"),
        (("infer", money.NAME, "--fee", "1", "--file", "broken.jsonl"), "broken.jsonl:2: "),
        (("infer", money.NAME, "--fee", "1", "--file", "sentence.jsonl"), "one word of letters"),
        (("infer", money.NAME, "--fee", "1", "--file", "empty.jsonl"), "the file is empty"),
        (("infer", money.NAME, "--fee", "1", "--file", "missing.jsonl"), "cannot be read"),
        (("infer", money.NAME, "--fee", "1", "--file", "asked.jsonl", "--model", "f\x1b"), "begins with 'f⟨U+001B⟩'"),
        (("attribute", "q-1\x1b[2J\u202e"), "no inference has the key 'q-1⟨U+001B⟩[2J⟨U+202E⟩'"),
        (("settle", "--through", "9999"), "--through 9999 is none of them"),
        (("settle", "--through", "-1"), "--through -1 is none of them"),
        (("payouts", "zoe"), "there is no contributor 'zoe'"),
        (("audit", "draw", "--budget", "0", "--beacon", BEACON), "1 or more wanted"),
        (("audit", "draw", "--budget", "3", "--beacon", "xyz\x1b"), "hexadecimal digits wanted"),
        (("audit", "decide", "ffffffff", "bad", "--by", "cy"), "no record's id begins with"),
        (("audit", "decide", "RECORD", "good", "--by", "cy"), "was not drawn for an audit"),
        (("appeal", "RECORD", "--reason", " "), "an appeal needs a reason"),
        (("appeal", "ffffffff", "--reason", "x"), "no record's id begins with"),
        (("commit", "broken.jsonl", "--datanet", "nobody", "--contributor", "ann"), "there is no datanet 'nobody'"),
        (("commit", "nothing.jsonl", "--datanet", money.NAME, "--contributor", "ann"), "no readable record"),
        (("claims", "--output", "claims.json"), "nobody who gave an address has a vested amount"),
        (("export", "--public", "datanets"), "'datanets' is no empty folder"),
        (("export", "--public", "broken.jsonl"), "is no empty folder"),
    ],
    ids=lambda value: None if isinstance(value, str) else " ".join(value)[:50].encode("ascii", "replace").decode(),
)
def test_a_wrong_call_is_said_on_stderr_and_changes_nothing(
    curate: Curate, soil: Path, arguments: tuple[str, ...], said: str
) -> None:
    good = {"key": "k-1", **small.plots(1, 5)[0]}
    small.write_jsonl(soil / "broken.jsonl", [good, {"key": "k-2"}])
    small.write_jsonl(soil / "sentence.jsonl", [{**good, "key": "two words"}])
    small.write_jsonl(soil / "empty.jsonl", [])
    small.write_jsonl(soil / "nothing.jsonl", ["{"])
    record = money.records(Workspace(soil), "ann")[0]
    before = small.state_digest(soil)
    ran = curate(*(record if one == "RECORD" else one for one in arguments))
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert "\x1b" not in ran.err
    assert "\u202e" not in ran.err
    assert small.state_digest(soil) == before
    assert not (soil / "claims.json").exists()
