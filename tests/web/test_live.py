"""What everybody may see: events, figures at their addresses, the journal's bytes, proofs, and nothing private."""

import asyncio
import csv
import json
import runpy
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest

from curation.audit.figure import Figure, Part
from curation.audit.hushed import HUSHED, hushed
from curation.errors import WorkspaceBusy
from curation.hosting import Hosted
from curation.ledger.journal import written
from curation.web.live import WAITING_MAX, Live
from curation.workspace import Workspace
from tests import small
from tests.web.serving import Served, records_of, serving

VERIFIER = runpy.run_path(str(small.ROOT / "verify_inclusion.py"))
REASON = "a reason that nobody but the two of them should read"


@pytest.fixture(scope="module")
def server(contributed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server over a workspace with a decision, a registered name, and texts that the card does not open."""
    root = small.copy_of(contributed, tmp_path_factory.mktemp("served") / "ws")
    workspace = Workspace(root)
    workspace.decide(records_of(workspace, "bea")[0], "reject", by="curator-one", reason=REASON, label=None)
    workspace.register("bea", name="Private Registered Name")
    with serving(root) as served:
        yield served


def told(client: httpx.Client, address: str, count: int, **headers: str) -> list[dict[str, Any]]:
    """The first events of a stream: their ids and data."""
    found: list[dict[str, Any]] = []
    with client.stream("GET", address, headers=headers) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        for line in answer.iter_lines():
            if line.startswith("id: "):
                found.append({"id": int(line[4:])})
            elif line.startswith("data: "):
                found[-1] |= json.loads(line[6:])
                if len(found) == count:
                    break
    return found


def test_events_tell_each_line_and_go_on_where_one_was(server: Served) -> None:
    events = server.hosted.journal.read()
    stranger = server.stranger()
    every = told(stranger, "/live/events?after=0", len(events))
    assert every == [{"id": one.seq, "seq": one.seq, "type": one.type, "hash": one.hash} for one in events]
    assert told(stranger, "/live/events?after=0", 1, **{"Last-Event-ID": "3"})[0]["id"] == 4


def test_a_new_line_is_told_at_once_and_a_server_that_stops_ends_its_streams(contributed: Path, tmp_path: Path) -> None:
    heard: list[float] = []
    with serving(small.copy_of(contributed, tmp_path / "ws")) as served:
        address = f"{served.url}/live/events"

        def listen() -> None:
            with httpx.stream("GET", address, timeout=60, trust_env=False) as answer:
                heard.extend(time.monotonic() if line.startswith("id: ") else 0 for line in answer.iter_lines())

        listening = threading.Thread(target=listen)
        listening.start()
        until = time.monotonic() + 30
        while not heard and time.monotonic() < until:
            time.sleep(0.01)
        # By another process: the server finds it in the file.
        Workspace(served.hosted.root).register("zoe", name="Zoe")
        at = time.monotonic()
        while not any(heard) and time.monotonic() < at + 10:
            time.sleep(0.01)
        assert max(heard) < at + 2
        stopping = time.monotonic()
    listening.join(timeout=30)
    assert not listening.is_alive()
    assert time.monotonic() < stopping + 8


def test_too_many_streams_are_told_to_come_later(contributed: Path, tmp_path: Path) -> None:
    with serving(small.copy_of(contributed, tmp_path / "ws"), streams_of_one_max=1) as served:
        one, other = served.stranger(), served.stranger()
        with one.stream("GET", "/live/events") as answer:
            lines = answer.iter_lines()  # kept: the stream ends with it
            next(lines)
            full = other.get("/live/events")
            assert (full.status_code, full.headers["Retry-After"]) == (503, "30")
        until = time.monotonic() + 10
        while time.monotonic() < until:  # the end of a stream is heard a moment later
            with other.stream("GET", "/live/events") as answer:
                if answer.status_code == 200:
                    return
            time.sleep(0.05)
        pytest.fail("a stream that ended still counts")


def test_streams_that_begin_in_the_same_moment_are_counted_too(contributed: Path, tmp_path: Path) -> None:
    codes: list[int] = []
    answered = asyncio.Event()

    async def listen(client: httpx.AsyncClient) -> None:
        async with client.stream("GET", "/live/events") as answer:
            codes.append(answer.status_code)
            if len(codes) == 12:
                answered.set()
            await answered.wait()

    async def together(url: str) -> None:
        async with httpx.AsyncClient(base_url=url, timeout=60, trust_env=False) as client:
            await asyncio.wait_for(asyncio.gather(*(listen(client) for _ in range(12))), 60)

    with serving(small.copy_of(contributed, tmp_path / "ws"), streams_of_one_max=2) as served:
        asyncio.run(together(served.url))
    assert sorted(codes) == [200] * 2 + [503] * 10


def test_figures_have_addresses_for_all_and_for_each(server: Served) -> None:
    stranger = server.stranger()
    every = stranger.get("/live/figures/all.json").json()
    schema = json.loads((small.ROOT / "docs" / "schemas" / "curation.figures-1.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(every)
    assert (every["seq"], every["head"]) == (len(server.hosted.journal.read()), server.hosted.state().head)
    for figure in every["figures"]:
        assert stranger.get(f"/live/figures/{figure['name']}.json").json()["figures"] == [figure]
    one = stranger.get("/live/datanets/faq/figures/noise-by-kind.csv")
    assert one.headers["content-type"].startswith("text/csv")
    rows = list(csv.reader(one.text.splitlines()))
    assert rows[0] == ["figure", "of", "value", "low", "high", "unit", "counted"]
    assert {row[0] for row in rows[1:]} == {"noise-by-kind"}
    for address in ("/live/figures/nothing.json", "/live/datanets/nothing/figures/all.csv", "/live/datanets/nothing"):
        assert stranger.get(address).status_code == 404
    assert stranger.get("/live/figures/all.exe").status_code == 422
    assert stranger.get("/live/records/" + "0" * 32).status_code == 404
    assert stranger.get("/live/contributors/nobody-known").status_code == 404
    assert stranger.get("/live/epochs/1").status_code == 404


def test_the_journals_own_bytes_can_be_fetched_in_pieces(server: Served) -> None:
    stranger, found = server.stranger(), b""
    while piece := stranger.get(f"/live/journal.jsonl?after={found.count(10)}&limit=3").content:
        found += piece
    assert found == server.hosted.places.journal.read_bytes()


def test_nothing_private_is_on_any_page(server: Served) -> None:
    beas = records_of(server.hosted, "bea")
    with server.hosted.store() as store:
        private = [row["text"] for row in store.query("SELECT text FROM records WHERE text IS NOT NULL")]
        private += [row["message"] for row in store.query("SELECT message FROM findings WHERE field IS NOT NULL")]
    private += [REASON, "Private Registered Name", "no JSON"]
    stranger = server.stranger()
    addresses = ["/live", "/live/definitions", "/live/datanets/faq", "/live/contributors/bea", "/live/journal"]
    addresses += [f"/live/records/{beas[0]}", f"/live/records/{beas[0]}/proof", "/live/figures/all.json"]
    for address in (*addresses, "/live/journal.jsonl", "/live/datanets/faq/figures/all.csv"):
        got = stranger.get(address)
        assert got.status_code == 200
        assert [one for one in private if one in got.text] == []


def test_search_finds_numbers_names_and_digests(server: Served) -> None:
    stranger, record = server.stranger(), records_of(server.hosted, "bea")[0]
    events = server.hosted.journal.read()

    def lines(q: str, **more: int) -> list[int]:
        page = stranger.get("/live/journal", params={"q": q, **more}).text
        return [one.seq for one in reversed(events) if f'id="line-{one.seq}"' in page]

    assert lines("") == [one.seq for one in reversed(events)]
    assert lines("2") == [2] or 2 in lines("2")
    assert lines("record.decided") == [one.seq for one in events if one.type == "record.decided"]
    assert lines(record[:10]) == [one.seq for one in reversed(events) if one.body.get("record") == record]
    assert f'href="/live/records/{record}"' in stranger.get("/live/journal", params={"q": record[:10]}).text
    assert lines("", before=3) == [2, 1]
    assert lines("<script>") == []
    # Digits that are no number to Python, and words of two.
    assert lines("\u00b2") == lines("heart skin") == []


def test_a_proof_is_checked_by_whoever_has_python_and_forged_ones_are_noticed(
    server: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    record = records_of(server.hosted, "bea")[0]
    proof = server.stranger().get(f"/live/records/{record}/proof").json()
    events = server.hosted.journal.read()
    named = [one.seq for one in events if one.body.get("record") == record]
    assert [one["seq"] for one in proof["lines"]][1:] == sorted({*named, len(events)})

    def code(changed: Any, *known: str) -> int:
        path = tmp_path / "proof.json"
        path.write_text(json.dumps(changed), encoding="utf-8")
        monkeypatch.setattr("sys.argv", ["verify_inclusion.py", str(path), *known])
        return int(VERIFIER["main"]())

    assert code(proof, "--root", proof["root"], "--head", proof["head"]) == 0
    assert record in capsys.readouterr().out
    assert code(proof, "--root", "0" * 64) == 1
    assert code(proof, "--head", "0" * 64) == 1
    first, *rest = proof["lines"]
    other = written(events[first["seq"]]).decode()
    forgeries = [
        proof | {"record": records_of(server.hosted, "ann")[0]},
        proof | {"index": proof["index"] + 1},
        proof | {"size": proof["size"] + 1},
        proof | {"head": "0" * 64},
        proof | {"lines": [first | {"line": other}, *rest]},
        proof | {"lines": [first | {"line": first["line"].replace("bea", "eve")}, *rest]},
        proof | {"lines": [first | {"path": first["path"][:-1]}, *rest]},
        proof | {"lines": [first]},
    ]
    unusable: list[Any] = [[], {}, proof | {"lines": []}, proof | {"lines": [{}]}, 7]
    unusable.append(proof | {"lines": [first | {"seq": first["seq"] + 1}, *rest]})
    assert [code(one) for one in forgeries] == [1] * len(forgeries)
    assert [code(one) for one in unusable] == [2] * len(unusable)
    capsys.readouterr()
    assert code(proof) == 0
    assert "fits itself" in capsys.readouterr().out


def test_forgeries_by_type_by_length_and_by_spelling(
    server: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = records_of(server.hosted, "bea")[0]
    proof = server.stranger().get(f"/live/records/{record}/proof").json()
    first, *rest = proof["lines"]
    body = json.loads(first["line"])["body"]
    place = [body["datanet"], body["contributor"], body["file"]]

    def code(changed: Any) -> int:
        path = tmp_path / "proof.json"
        path.write_text(changed if isinstance(changed, str) else json.dumps(changed), encoding="utf-8")
        monkeypatch.setattr("sys.argv", ["verify_inclusion.py", str(path), "--head", proof["head"]])
        return int(VERIFIER["main"]())

    assert code(proof) == 0
    # No place is `true` or a half, though such an id can be computed; and what leads nowhere leads to no root.
    for index in (True, 0.5, 0.0, -1):
        assert code(proof | {"index": index, "record": VERIFIER["digest"]([*place, index])[:32]}) == 2
    assert code(proof | {"root": "", "lines": [one | {"path": []} for one in proof["lines"]]}) == 2
    assert code(proof | {"root": None}) == 2
    # A key twice, lines out of order, and a line about somebody else's record.
    assert code(json.dumps(proof)[:-1] + f', "record": "{record}"}}') == 2
    assert code(proof | {"lines": [first, first, *rest]}) == 2
    others = proof | {"record": records_of(server.hosted, "bea")[1], "index": proof["index"] + 1}
    assert VERIFIER["problems"](others, None, None) == [f"line {rest[0]['seq']} is not about the record"]
    # The same words with other blanks, and a path that goes on behind its root.
    spaced = first["line"].replace(",", ", ", 1)
    assert f"line {first['seq']} does not have the hash that it says" in VERIFIER["problems"](
        proof | {"lines": [first | {"line": spaced}, *rest]}, None, None
    )
    assert VERIFIER["root_of"](b"x", 0, 1, []) is not None
    assert VERIFIER["root_of"](b"x", 0, 1, ["0" * 64]) is None
    assert VERIFIER["root_of"](b"x", 0, 2, []) is None


def test_labels_that_no_card_names_are_left_out() -> None:
    parts = tuple(
        Part(of=one, value=0.5) for one in (("label", "heart"), ("label", "my own words"), ("month", "2026-11"))
    )
    figure = Figure(
        name="x",
        title="x",
        says="x",
        definition="x",
        method="x",
        unit="share",
        value=None,
        by=("by", "of"),
        parts=parts,
    )
    assert [part.of for part in hushed(figure, {"heart"}).parts] == [
        ("label", "heart"),
        ("label", HUSHED),
        ("month", "2026-11"),
    ]


def test_labels_of_a_datanet_whose_card_is_broken_are_left_out_of_the_figures_of_all(
    contributed: Path, tmp_path: Path
) -> None:
    root = small.copy_of(contributed, tmp_path / "ws")
    plots, faq = (root / "datanets" / name / "datanet.yaml" for name in ("plots", "faq"))
    plots.write_text(plots.read_text().replace("task: ", "public_texts: true\ntask: ", 1))

    def labels(live: Live) -> set[str]:
        parts = (part for figure in live.figures(None).figures for part in figure.parts)
        return {part.of[1] for part in parts if part.of[0] == "label"} - {""}

    with Hosted(root) as hosted:
        assert labels(Live(hosted)) == {"heart", "skin", "teeth"}
        faq.write_text("no card")
        assert labels(Live(hosted)) == {HUSHED}


def test_few_wait_for_what_is_worked_out_the_first_time(contributed: Path, tmp_path: Path) -> None:
    begun, goes_on = threading.Event(), threading.Event()

    def clock() -> float:
        begun.set()
        goes_on.wait(60)
        return 0.0

    with Hosted(small.copy_of(contributed, tmp_path / "ws")) as hosted:
        live = Live(hosted, clock=clock)
        threads = [threading.Thread(target=live.money) for _ in range(WAITING_MAX + 1)]
        threads[0].start()
        assert begun.wait(60)
        for one in threads[1:]:
            one.start()
        until, heard = time.monotonic() + 30, list[str]()

        def ask() -> None:
            try:
                live.money()
            except WorkspaceBusy as error:
                heard.append(str(error))

        while not heard and time.monotonic() < until:
            threads.append(threading.Thread(target=ask))
            threads[-1].start()
            threads[-1].join(timeout=0.2)
        goes_on.set()
        for one in threads:
            one.join()
        assert "first time" in heard[0]


def test_plots_are_drawn_once_a_line(contributed: Path, tmp_path: Path) -> None:
    with Hosted(small.copy_of(contributed, tmp_path / "ws")) as hosted:
        now = iter(range(0, 100_000, 1_000))  # no look falls into the rest after the one before
        live = Live(hosted, clock=lambda: next(now))
        drawn = live.drawn("faq")
        assert live.drawn("faq") is drawn
        hosted.register("zoe", name="Zoe")
        assert live.drawn("faq").told.seq == drawn.told.seq + 1


def test_a_proof_is_of_the_line_that_the_page_is_of(contributed: Path, tmp_path: Path) -> None:
    with Hosted(small.copy_of(contributed, tmp_path / "ws")) as hosted:
        record = records_of(hosted, "bea")[0]
        with hosted.store() as store:
            found = store.record(record)
        size = hosted.state().seq
        hosted.register("zoe", name="Zoe")
        proof = Live(hosted).proof(record, found.seq, found.row_index, size)
        assert (proof.size, proof.head) == (size, hosted.journal.read()[size - 1].hash)
        assert (
            VERIFIER["problems"](json.loads(json.dumps(asdict(proof))) | {"schema": "curation.proof/1"}, None, None)
            == []
        )


def test_figures_are_worked_out_once_a_line_and_not_oftener_than_they_rest(contributed: Path, tmp_path: Path) -> None:
    root = small.copy_of(contributed, tmp_path / "ws")
    now = iter(range(0, 10_000, 10))  # each look at the clock is ten seconds after the one before
    with Hosted(root) as hosted:
        live = Live(hosted, clock=lambda: next(now))
        first = live.money()
        assert live.money() is not first  # a pair of its own
        assert live.money()[1] is first[1]
        hosted.register("zoe", name="Zoe")
        # Worked out in ten seconds: ten seconds later it may be again.
        assert live.money()[0] == first[0] + 1
    stopped = [0.0, 5.0]
    with Hosted(root) as hosted:
        live = Live(hosted, clock=lambda: stopped.pop(0) if len(stopped) > 1 else stopped[0])
        seq = live.money()[0]
        hosted.register("yan", name="Yan")
        assert live.money()[0] == seq
        stopped[0] = 11.0
        assert live.money()[0] == seq + 1
