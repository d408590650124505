"""The command line beside a running server: it says that it borrows the store, and both go on."""

from pathlib import Path

import pytest

from tests import small
from tests.cli.conftest import curate
from tests.cli.running import Curate
from tests.web.serving import Served, process, records_of

LENT = "a server has this workspace open: it lends its store\n"
__all__ = ["curate"]


@pytest.fixture(autouse=True)
def unsaid(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each command is a process of its own; here they share one."""
    from curation.cli import options

    monkeypatch.setattr(options._Lent, "said", False)


def test_decide_and_the_server_knows(curate: Curate, server: Served) -> None:
    record = records_of(server.hosted, "bea")[0]
    told = ("--by", "amina", "--reason", "it is about the heart", "-w", server.hosted.root)
    ran = curate("decide", record, "relabel", "--label", "heart", *told)
    assert (ran.code, ran.err) == (0, LENT)
    client = server.client("curator", "bayo")
    assert client.get(f"/api/records/{record}").json()["record"]["label"] == "heart"


def test_submit_and_the_server_knows(curate: Curate, server: Served, tmp_path: Path) -> None:
    file = small.write_jsonl(tmp_path / "new.jsonl", small.plots(6, first=800))
    ran = curate("submit", file, "--datanet", "plots", "--contributor", "dee", "-w", server.hosted.root)
    assert (ran.code, LENT in ran.err) == (0, True)
    found = server.client("contributor", "dee").get("/api/contributions").json()["contributions"]
    assert [one["row_count"] for one in found] == [6]


def test_status_and_what_the_server_did(curate: Curate, server: Served) -> None:
    record = records_of(server.hosted, "ann")[0]
    ann = server.client("contributor", "ann")
    assert ann.post(f"/api/records/{record}/withdraw", headers={"Idempotency-Key": "w"}).status_code == 200
    ran = curate("status", "plots", "-w", server.hosted.root)
    assert (ran.code, ran.err, "1 withdrawn" in ran.out) == (0, LENT, True)


def test_verify_compares_the_lent_store(curate: Curate, server: Served) -> None:
    ran = curate("verify", "-w", server.hosted.root)
    assert (ran.code, ran.out.splitlines()[-1], LENT in ran.err) == (0, "all agrees", True)


def test_a_check_borrows_nothing(curate: Curate, server: Served, tmp_path: Path) -> None:
    file = small.write_jsonl(tmp_path / "new.jsonl", small.plots(3, first=900))
    ran = curate("check", file, "--datanet", "plots", "-w", server.hosted.root)
    assert (ran.code, LENT in ran.err) == (0, False)


def test_tokens_from_made_to_revoked(curate: Curate, server: Served) -> None:
    at = ("-w", server.hosted.root)
    made = curate("token", "new", "--role", "curator", "--name", "cleo", "--datanet", "faq", "--days", 3, *at)
    token = made.out.strip()
    assert (made.code, made.out.count("\n"), token in made.err) == (0, 1, False)
    headers = {"Authorization": f"Bearer {token}"}
    assert server.stranger().get("/session", headers=headers).json()["datanets"] == ["faq"]
    listed = curate("token", "list", *at).out
    (line,) = (line for line in listed.splitlines() if " cleo " in line)
    assert (" good " in line, token in listed) == (True, False)
    assert curate("token", "revoke", line.split()[0], *at).code == 0
    assert server.stranger().get("/session", headers=headers).status_code == 401
    assert curate("token", "revoke", line.split()[0], *at).code == 2
    assert " revoked " in curate("token", "list", *at).out
    for wrong in (("--name", "No Name"), ("--name", "cleo", "--days", 0), ("--name", "cleo", "--datanet", "none")):
        assert curate("token", "new", "--role", "owner", *wrong, *at).code == 2


def test_a_second_server_is_refused_and_a_taken_port_too(curate: Curate, server: Served, root: Path) -> None:
    ran = curate("serve", "--port", 0, "-w", server.hosted.root)
    assert (ran.code, "another server has this workspace open" in ran.err) == (2, True)
    ran = curate("serve", "--port", server.url.rpartition(":")[2], "-w", root)
    assert (ran.code, "cannot be listened on" in ran.err) == (2, True)
    assert curate("serve", "--port", 0, "--origin", "nonsense", "-w", root).code == 2


def test_a_server_stops_when_told_to(contributed: Path, tmp_path: Path) -> None:
    root = small.copy_of(contributed, tmp_path / "ws")
    with process(root) as running:
        running.child.terminate()
        assert running.child.wait(30) == 0
        assert running.child.stderr is not None
        assert running.child.stderr.read() == ""
    assert not (root / ".curation" / "serve.sock").is_symlink()
