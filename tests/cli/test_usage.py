"""What is wrong with a call is said in one line on stderr, without a path of this machine or a stack trace."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from curation.datanet.canonical import digest
from curation.datanet.record import record_id
from curation.workspace import Workspace
from tests import small
from tests.cli.running import Curate

HOSTILE = "<script>\x1b[31m\u202e::error::"

WRONG = [
    (("check", "new.jsonl", "--datanet", "nobody"), "there is no datanet 'nobody'"),
    (("check", "new.jsonl", "--datanet", "../faq"), "datanet name '../faq' cannot be used"),
    (("check", "new.jsonl", "--datanet", HOSTILE), "datanet name"),
    (("check", "new.jsonl", "--datanet", "faq", "--contributor", HOSTILE), "contributor name"),
    (("check", "missing.jsonl", "--datanet", "faq"), "'missing.jsonl' cannot be read: No such file"),
    (("check", f"{HOSTILE}.jsonl", "--datanet", "faq"), "cannot be read"),
    (("check", "folder.jsonl", "--datanet", "faq"), "'folder.jsonl' cannot be read: a regular file is wanted"),
    (("check", "picture.png", "--datanet", "faq"), "no ending that is read"),
    (("check", "new.jsonl"), "Missing option '--datanet'"),
    (("check", "new.jsonl", "--datanet", "faq", "--format", "yaml"), "'yaml'"),
    (("submit", "new.jsonl", "--datanet", "faq"), "Missing option '--contributor'"),
    (("submit", "new.jsonl", "--datanet", "faq", "--contributor", "Ann"), "contributor name 'Ann' cannot be used"),
    (("status", "nobody"), "there is no datanet 'nobody'"),
    (("status", "--workspace", "nowhere"), "'nowhere' is no folder"),
    (("status", "--workspace", "datanets"), "'datanets' is no workspace"),
    (("explain", "ffffffff"), "no record's id begins with 'ffffffff'"),
    (("explain", "ff"), "at least 4 digits"),
    (("explain", HOSTILE), "no record's id begins with"),
    (("withdraw", "ffffffff"), "no record's id begins with"),
    (("decide", "ffffffff", "accept", "--by", "amina", "--reason", "x"), "no record's id begins with"),
    (("decide", "ffffffff", "praise", "--by", "amina", "--reason", "x"), "'praise'"),
    (
        ("decide", "ffffffff", "--by", "amina", "--reason", "x"),
        "a record and a decision (accept, reject, relabel) wanted",
    ),
    (("decide", "ffffffff", "accept", "--by", "amina"), "a decision needs a reason"),
    (("decide", "ffffffff", "accept", "--by", "amina", "--reason", "x", "--drawn-with", "2"), "probability 2"),
    (("decide", "ffffffff", "--from", "new.jsonl", "--by", "amina"), "`--from` has records"),
    (("decide", "--from", "missing.jsonl", "--by", "amina"), "'missing.jsonl' cannot be read"),
    (("refresh", "--datanet", "nobody"), "there is no datanet 'nobody'"),
    (("contributor", "add", "Ann"), "contributor name 'Ann' cannot be used"),
    (("contributor", "add", "ann", "--name", HOSTILE), "nothing invisible wanted"),
    (
        ("contributor", "add", "ann", "--address", "two words"),
        "the address is 'two words', 0x and 40 hexadecimal digits wanted",
    ),
    (("checks", "no-such-check"), "there is no check 'no-such-check'"),
    (("--workspace", "nowhere", "checks"), "'nowhere' is no folder"),
    (("new", "faq", "--from", "new.jsonl"), "datanets/faq/datanet.yaml is there already"),
    (("new", "Bad Name", "--from", "new.jsonl"), "datanet name 'Bad Name' cannot be used"),
    (("new", "fresh", "--from", "new.jsonl", "--text", "nothing\x1b"), "there is no column 'nothing⟨U+001B⟩'"),
    (("new", "fresh", "--from", "missing.jsonl"), "cannot be read"),
    (("demo", "--into", "."), "has a datanets/ folder already"),
    (("demo", "--into", "new.jsonl"), "'new.jsonl' cannot be used"),
    (("verify", "--nonsense"), "No such option"),
    (("frobnicate",), "No such command"),
]


@pytest.fixture
def full(root: Path) -> Path:
    small.write_jsonl(root / "new.jsonl", small.honest(2))
    (root / "folder.jsonl").mkdir()
    (root / "picture.png").write_bytes(b"\x89PNG")
    return root


@pytest.mark.parametrize(
    ("arguments", "said"), WRONG, ids=lambda value: value if isinstance(value, str) else " ".join(value)[:40]
)
def test_a_wrong_call_is_said_on_stderr_and_changes_nothing(
    curate: Curate, full: Path, arguments: tuple[str, ...], said: str
) -> None:
    before = small.state_digest(full)
    ran = curate(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    for never in (str(full.parent), str(small.ROOT), "Traceback", "site-packages", "\x1b", "\u202e"):
        assert never not in ran.err
    assert not any(line.lstrip().startswith("::") for line in ran.err.splitlines())
    assert small.state_digest(full) == before


def test_a_broken_card_is_named_with_its_line(curate: Curate, full: Path) -> None:
    card = full / "datanets" / "faq" / "datanet.yaml"
    for added, said in (
        ("colour: green\n", "datanets/faq/datanet.yaml:12:"),
        ("owner: &a ann\nrules: [*a]\n", "datanets/faq/datanet.yaml:1"),
        ("rules: [nobody]\n", "nobody"),
    ):
        card.write_text(small.FAQ + added)
        ran = curate("check", "new.jsonl", "--datanet", "faq")
        assert (ran.code, ran.out) == (2, "")
        assert said in ran.err
        assert str(full) not in ran.err


def same_beginning(name: str, contributor: str) -> Iterator[tuple[bytes, str]]:
    """Files in which two records have ids that begin with the same four digits, and those digits."""
    body = b"".join(b'{"crop": "rice", "rain_mm": %d, "yield_t_ha": 2.5}\n' % (400 + n) for n in range(60))
    for blanks in range(1000):
        data = body + b" " * blanks + b"\n"
        ids = [record_id(name, contributor, digest(data), index)[:4] for index in range(60)]
        for prefix in {one for one in ids if ids.count(one) > 1}:
            yield data, prefix


def test_an_ambiguous_beginning_of_an_id_names_the_candidates(curate: Curate, full: Path) -> None:
    data, prefix = next(same_beginning("plots", "ann"))
    (full / "twins.jsonl").write_bytes(data.rstrip() + data[len(data.rstrip()) :])
    submitted = Workspace(full).submit(full / "twins.jsonl", "plots", "ann")
    assert submitted.checked is not None
    found = [row.record for row in submitted.checked.inspection.rows if row.record and row.record.startswith(prefix)]
    assert len(found) >= 2
    before = small.state_digest(full)
    for verb in (["explain", prefix], ["withdraw", prefix]):
        ran = curate(*verb)
        assert (ran.code, ran.out) == (2, "")
        assert all(record[:8] in ran.err for record in found)
    assert small.state_digest(full) == before


def test_the_workspace_can_be_named_before_and_after_the_verb(
    curate: Curate, root: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    nowhere = curate("status", "faq")
    assert (nowhere.code, nowhere.out) == (2, "")
    assert "no workspace here or above" in nowhere.err
    shown = curate("status", "faq", "--workspace", root)
    assert shown.code == 0
    assert "60 records" in shown.out
    assert curate("-w", root, "status", "faq") == shown
    assert curate("--workspace", root, "status", "faq") == shown
    assert curate("status", "faq", "-w", root) == shown
    # After the verb wins.
    assert curate("-w", elsewhere, "status", "faq", "-w", root) == shown
    # What was said to one command is not heard by the next.
    assert curate("status", "faq").code == 2
    monkeypatch.chdir(root / "datanets" / "faq")
    assert curate("status", "faq") == shown
    assert list(elsewhere.iterdir()) == []
