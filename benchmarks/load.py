"""`curate serve` under many people at once: nothing lost, nothing doubled, and how long each of them waits.

    python -m benchmarks.load --data ../shared/data [--seconds 60] [--curators 50] [--contributors 20] [--write]

banking77, three labels in ten wrong: the trusted records imported, a long queue submitted. Then each curator takes the
next record, reads it for a while, and decides, with a key that is sent twice one time in ten, as by a client that lost
the answer; each contributor submits small files as fast as the limits let them. Afterwards the journal is compared with
what everybody was told. Server and clients share the machine.
"""

import argparse
import asyncio
import hashlib
import json
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from benchmarks.real_data.bench import SEED, Bench, Row, shuffled
from curation.ledger.answers import read_answer
from curation.ledger.facts import RecordDecided
from curation.workspace import Workspace

IMPORTED = 1_000
WAITING = 2_000
FILE_ROWS = 5
WRONG_SHARE = 0.3
AGAIN_SHARE = 0.1
# As long as a text of seventy letters is expected to take (curation/review/worth.py).
THINK_SECONDS = 8.0
PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
BEGIN, END = "<!-- load: begin -->", "<!-- load: end -->"
NAME = "banking"
TENTHS = 10


@dataclass
class Heard:
    """What everybody was told: seconds by kind of request, journal lines of words by record, bytes of submissions."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    words: list[tuple[str, int]] = field(default_factory=list)
    submitted: list[str] = field(default_factory=list)
    memory_mb: dict[str, list[float]] = field(default_factory=dict)

    async def asked(self, what: str, answer: Coroutine[Any, Any, httpx.Response]) -> httpx.Response:
        """Waits for an answer and notes how long."""
        begun = time.perf_counter()
        told = await answer
        self.seconds.setdefault(what, []).append(time.perf_counter() - begun)
        self.statuses[what, told.status_code] += 1
        return told


async def curator(client: httpx.AsyncClient, heard: Heard, until: float, seeded: random.Random) -> None:
    """Takes, reads, decides. All begin in the same instant, and what they get first waits for all others' first."""
    what = "first record, all at once"
    while time.monotonic() < until:
        told = await heard.asked(what, client.post("/api/queue/next", json={"datanet": NAME}))
        what = "next record"
        records = told.json()["records"] if told.status_code == 200 else []
        await asyncio.sleep(THINK_SECONDS * seeded.uniform(0.5, 1.5))
        if not records:
            continue
        record, key = records[0]["record"], f"{seeded.getrandbits(128):032x}"
        word = {"decision": seeded.choice(["accept", "reject"]), "reason": "looked at", "seen": records[0]["seen"]}

        def say(record: str = record, word: Row = word, key: str = key) -> Coroutine[Any, Any, httpx.Response]:
            return client.post(f"/api/records/{record}/decision", json=word, headers={"Idempotency-Key": key})

        told = await heard.asked("decide", say())
        if told.status_code == 201:
            heard.words.append((record, told.json()["line"]))
            if seeded.random() < AGAIN_SHARE:
                again = await heard.asked("decide again", say())
                if again.content != told.content:
                    raise SystemExit(f"the same key was answered otherwise: {again.text}")


async def contributor(client: httpx.AsyncClient, heard: Heard, until: float, rows: Sequence[Row]) -> None:
    """Uploads and submits one small file after the other."""
    for at in range(0, len(rows), FILE_ROWS):
        if time.monotonic() > until:
            return
        body = "".join(json.dumps(row) + "\n" for row in rows[at : at + FILE_ROWS]).encode()
        digest = hashlib.sha256(body).hexdigest()
        headers = {"Content-Type": "application/octet-stream"}
        await heard.asked("upload", client.put(f"/api/uploads/{digest}", content=body, headers=headers))
        sent = {"upload": digest, "file_name": f"part-{at}.jsonl"}
        while time.monotonic() < until:
            key = {"Idempotency-Key": digest}
            told = await heard.asked(
                "submit 5 records", client.post(f"/api/datanets/{NAME}/contributions", json=sent, headers=key)
            )
            if told.status_code != 429:
                if told.status_code == 201:
                    heard.submitted.append(told.json()["contribution"])
                break
            await asyncio.sleep(float(told.headers["Retry-After"]))


async def memory(heard: Heard, process: int, until: float) -> None:
    """The resident memory of the server and of its judge, once a second."""
    while time.monotonic() < until:
        for what, one in (("server", process), ("judge", judge_of(process))):
            heard.memory_mb.setdefault(what, []).append(0.0 if one is None else resident_mb(one))
        await asyncio.sleep(1)


def judge_of(server: int) -> int | None:
    """The process that judges for a server, once it has begun."""
    for task in Path(f"/proc/{server}/task").iterdir():
        with suppress(OSError):  # a thread or a reading child may be gone by now
            for child in (task / "children").read_text(encoding="ascii").split():
                if "curation.web.apart" in Path(f"/proc/{child}/cmdline").read_text(encoding="utf-8"):
                    return int(child)
    return None


def resident_mb(process: int) -> float:
    """The resident memory of a process."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text(encoding="ascii"))
    return int(found[1]) / 1000 if found else 0.0


async def loaded(
    url: str, process: int, tokens: Mapping[str, Sequence[str]], rows: Sequence[Row], seconds: float
) -> Heard:
    """Everybody at once for so long."""
    heard, until = Heard(), time.monotonic() + seconds
    clients = [
        httpx.AsyncClient(base_url=url, timeout=120, trust_env=False, headers={"Authorization": f"Bearer {token}"})
        for role in ("curator", "contributor")
        for token in tokens[role]
    ]
    curators = len(tokens["curator"])
    share = len(rows) // max(len(tokens["contributor"]), 1)
    tasks = [
        curator(client, heard, until, random.Random(SEED + at))  # noqa: S311  (a reproducible draw, no secret)
        for at, client in enumerate(clients[:curators])
    ]
    tasks += [
        contributor(client, heard, until, rows[at * share : (at + 1) * share])
        for at, client in enumerate(clients[curators:])
    ]
    try:
        await asyncio.gather(*tasks, memory(heard, process, until))
    finally:
        for client in clients:
            await client.aclose()
    return heard


def problems(root: Path, heard: Heard, before: int) -> list[str]:
    """Where the journal and what was told differ."""
    state = Workspace(root).state()
    found = []
    journalled = {line: word.fact.record for line, word in state.words.items() if line > before}
    opinions = {one.seq for one in state.opinions}
    told = {line: record for record, line in heard.words}
    if len(told) != len(heard.words):
        found.append("two words were told of one journal line")
    if lost := [line for line in told if line not in journalled and line not in opinions]:
        found.append(f"{len(lost)} words were told and are not in the journal")
    if unheard := set(journalled) - set(told):
        found.append(f"{len(unheard)} words are in the journal and nobody was told")
    if doubled := doubly_decided(Workspace(root), journalled):
        found.append(f"{len(doubled)} records were decided twice")
    there = {one.fact.contribution for one in state.contributions}
    if missing := set(heard.submitted) - there:
        found.append(f"{len(missing)} contributions were told and are not in the journal")
    verified = Workspace(root).verify()
    if not verified.agrees:
        found.append("curate verify does not agree")
    return found


def doubly_decided(workspace: Workspace, words: Mapping[int, str]) -> list[str]:
    """The records, by journal line of a word, that were decided again though nobody had differed in between.

    A record that somebody saw otherwise waits again, as `split`, and who decides it then does nothing twice.
    """
    state, objects = workspace.state(), workspace.objects
    opinions = [(one.seq, read_answer(objects.get(one.fact.opinion))) for one in state.opinions]
    doubled = []
    for record in {one for one, times in Counter(words.values()).items() if times > 1}:
        lines = sorted(line for line, named in words.items() if named == record)
        for before, after in pairwise(lines):
            said = state.words[before].fact
            kind = said.decision if isinstance(said, RecordDecided) else "reject"
            between = [told for seq, told in opinions if before < seq < after and told.record == record]
            if all(told.decision == kind for told in between):
                doubled.append(record)
    return doubled


def lines_of(heard: Heard, found: Sequence[str], seconds: float) -> list[str]:
    """The tables, and what is wrong or right."""
    lines = ["| request | answered | median ms | 95th percentile ms | longest ms |", "|---|---:|---:|---:|---:|"]
    for what, waited in heard.seconds.items():
        middle, late, most = (float(np.quantile(waited, share)) * 1000 for share in (0.5, 0.95, 1))
        lines.append(f"| {what} | {len(waited):,} | {middle:,.0f} | {late:,.0f} | {most:,.0f} |")
    other = {f"{what} {status}": count for (what, status), count in sorted(heard.statuses.items()) if status >= 300}
    told = ", ".join(f"{name}: {count}" for name, count in other.items()) or "none"
    wrong = "; ".join(found) or "nothing"
    lines.append(f"\nAnswers other than good: {told}. Lost or doubled: {wrong}.\n")
    lines += [f"| memory, MB, by tenths of {seconds:g} s |{' |' * TENTHS}", f"|---|{'---:|' * TENTHS}"]
    for what, measured in heard.memory_mb.items():
        means = [f"{part.mean():,.0f}" for part in np.array_split(np.array(measured), TENTHS)]
        lines.append(f"| {what} | {' | '.join(means)} |")
    return lines


def tokens_of(bench: Bench, counts: Mapping[str, int]) -> dict[str, list[str]]:
    """New tokens, by role."""
    return {
        role: [
            json.loads(
                bench.curate("token", "new", "--role", role, "--name", f"{role}-{n}", "--format", "json").output
            )["token"]
            for n in range(count)
        ]
        for role, count in counts.items()
    }


def flipped(rows: Sequence[Row]) -> list[Row]:
    """The rows, three labels in ten another one's."""
    seeded = random.Random(SEED)  # noqa: S311  (a reproducible draw, no secret)
    labels = sorted({row["label"] for row in rows})
    wrong: Callable[[Row], str] = lambda row: seeded.choice([one for one in labels if one != row["label"]])  # noqa: E731
    return [
        {"text": row["text"], "label": wrong(row) if seeded.random() < WRONG_SHARE else row["label"]} for row in rows
    ]


def main() -> None:
    """Measures, prints and, with `--write`, keeps the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--curators", type=int, default=50)
    parser.add_argument("--contributors", type=int, default=20)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        bench = Bench(arguments.data.resolve(), Path(temporary).resolve())
        rows = shuffled(bench.rows("banking77"))
        datanet = bench.datanet(NAME, "labelled-text", {"text": "text", "label": "label"})
        datanet.imported([{"text": row["text"], "label": row["label"]} for row in rows[:IMPORTED]])
        datanet.submitted(flipped(rows[IMPORTED : IMPORTED + WAITING]), "earlier")
        tokens = tokens_of(bench, {"curator": arguments.curators, "contributor": arguments.contributors})
        before = Workspace(bench.folder).state().seq
        command = [sys.executable, "-m", "curation.cli.main", "serve", "--port", "0"]
        with subprocess.Popen(command, cwd=bench.folder, stderr=subprocess.PIPE, text=True) as server:
            try:
                assert server.stderr is not None
                url = server.stderr.readline().removeprefix("listening on ").strip()
                more = flipped(rows[IMPORTED + WAITING :])
                heard = asyncio.run(loaded(url, server.pid, tokens, more, arguments.seconds))
            finally:
                server.terminate()
        found = problems(bench.folder, heard, before)
    table = "\n".join(lines_of(heard, found, arguments.seconds)) + "\n"
    print(table, end="")
    if arguments.write:
        page = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(f"{page.split(BEGIN)[0]}{BEGIN}\n{table}{END}{page.split(END)[1]}", encoding="utf-8")
    if found:
        sys.exit(1)


if __name__ == "__main__":
    main()
