"""Settle 1,000 inferences over 100,000 records: seconds and memory of one `curate settle`.

    python -m benchmarks.settlement [--records 100000] [--inferences 1000] [--profile]

The records, their results, the model's members and the attributions are made up, and written as the product writes
them: objects, then journal lines, then the store. 256 records stand behind each inference, a tenth of all records
partly repeat an earlier one. What is timed is the product's own command as a whole process; `--profile` also says
where an in-process settlement spends its time.
"""

import argparse
import cProfile
import hashlib
import json
import os
import pstats
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.real_data.bench import run
from curation.datanet.canonical import digest
from curation.datanet.record import Record
from curation.intake.reading import read_contribution
from curation.ledger.facts import ContributionSubmitted, ContributorRegistered, record_fact
from curation.ledger.inspected import salted
from curation.ledger.money_facts import InferenceServed, ModelTrained
from curation.ledger.money_files import AnswerFile, Attribution, MemberLine, write_attribution, write_members
from curation.ledger.results import EvidenceOf, ResultLine, write_lines, write_name
from curation.rewards.terms import terms_of
from curation.workspace import Workspace

NAME = "made-up"
CARD = f"""\
schema: curation.datanet/1
name: {NAME}
title: Made-up records
licence: CC0-1.0
languages: [en]
task: text
fields:
  - {{name: text, role: text, required: true}}
"""
SEED = 20261125
PEOPLE = 20
BEHIND = 256
FEE = 10**18
NOW = datetime(2026, 11, 25, tzinfo=UTC)
SALT = hashlib.sha256(b"settlement").digest()


def laid_out(root: Path) -> Workspace:
    """An empty workspace."""
    folder = root / "datanets" / NAME
    folder.mkdir(parents=True)
    (folder / "datanet.yaml").write_text(CARD, encoding="utf-8")
    (root / ".curation").mkdir()
    (root / ".curation" / "salt").write_bytes(SALT)
    return Workspace(root)


def submitted(workspace: Workspace, count: int) -> Iterator[tuple[str, str]]:
    """Writes a file of each person with its result; gives record and contributor in order."""
    each = count // PEOPLE
    card = workspace.objects.put(CARD.encode())
    for person in range(PEOPLE):
        name = f"person-{person}"
        path = workspace.root / f"{name}.jsonl"
        lines = [json.dumps({"text": f"{name} says thing number {number}"}) for number in range(each)]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        found = read_contribution(path, datanet=workspace.datanet(NAME), contributor=name)
        told = workspace.objects.put(write_name(name))
        record_fact(workspace.journal, ContributorRegistered(contributor=name, name=told), NOW)
        fact = ContributionSubmitted(
            contribution=found.id,
            datanet=NAME,
            contributor=name,
            kind="submit",
            file=workspace.objects.put(path.read_bytes()),
            file_kind="jsonl",
            file_name_digest=digest(path.name.encode()),
            records=len(found.rows),
            card=card,
            rules=workspace.objects.put(b"[]"),
            reference=None,
            result=workspace.objects.put(write_lines(result_line(row) for row in found.records)),
            findings=workspace.objects.put(b""),
            exit_code=0,
        )
        record_fact(workspace.journal, fact, NOW)
        yield from ((row.id, name) for row in found.records)


def result_line(row: Record) -> ResultLine:
    """A record that was accepted; weights differ."""
    return ResultLine(
        record=row.id,
        row=row.index,
        line=row.line,
        content=salted(SALT, row.digest),
        verdict="accept",
        weight=600_000 + row.index * 37 % 400_000,
        novelty=1_000_000,
        evidence=EvidenceOf.model_validate({"prior": 2_197_225, "rules": 0, "strangeness": 0, "label-noise": 0}),
        scores={},
        p={},
    )


def trained(workspace: Workspace, records: list[tuple[str, str]]) -> str:
    """A model of all of them, each tenth passing half of what falls to it to an earlier one."""
    members = [
        MemberLine(
            record=record,
            contributor=who,
            imported=False,
            training=500_000 if copy else 1_000_000,
            novelty=500_000 if copy else 1_000_000,
            partner=row // 2 if copy else -1,
        )
        for row, (record, who) in enumerate(records)
        for copy in [row % 10 == 9]
    ]
    model = hashlib.sha256(b"made-up model").hexdigest()[:32]
    put = workspace.objects.put
    fact = ModelTrained(
        model=model,
        datanet=NAME,
        kind="heads",
        reference=None,
        card=put(CARD.encode()),
        records=put(write_members(members)),
        terms=put(terms_of(workspace.datanet(NAME)).written()),
        manifest=put(b'{"files":{},"schema":"curation.model-files/1"}'),
        evaluation=put(b"{}"),
        trained=len(members),
    )
    record_fact(workspace.journal, fact, NOW)
    return model


def served(workspace: Workspace, model: str, records: int, inferences: int) -> None:
    """Inferences that rest on records drawn at random, the amounts falling as influence does."""
    chance = random.Random(SEED)  # noqa: S311  (made-up data, no secret)
    answer = workspace.objects.put(AnswerFile(label="yes", logit=1_000_000).written())
    for number in range(inferences):
        rows = chance.sample(range(records), min(BEHIND, records))
        shares = tuple((row, 10**9 // (place + 1)) for place, row in enumerate(rows))
        fact = InferenceServed(
            datanet=NAME,
            model=model,
            key=f"q{number}",
            body=digest(str(number).encode()),
            fee=str(FEE),
            answer=answer,
            attribution=workspace.objects.put(write_attribution(Attribution(rows=shares))),
        )
        record_fact(workspace.journal, fact, NOW)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--inferences", type=int, default=1_000)
    parser.add_argument("--into", type=Path, help="where the temporary workspace is made")
    parser.add_argument("--profile", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.into) as temporary:
        root = Path(temporary) / "workspace"
        workspace = laid_out(root)
        records = list(submitted(workspace, arguments.records))
        served(workspace, trained(workspace, records), len(records), arguments.inferences)
        start, used = time.perf_counter(), time.process_time()
        workspace.store().close()
        followed, cost = time.perf_counter() - start, time.process_time() - used
        print(f"the store follows {len(records):,} records and {arguments.inferences:,} inferences: {followed:.1f} s, "
              f"{cost:.1f} s of the processor")  # fmt: skip
        again = Path(shutil.copytree(root, Path(temporary) / "again"))
        before = os.times()
        ran = run([sys.executable, "-m", "curation.cli.main", "settle"], root)
        after = os.times()
        used = after.children_user + after.children_system - before.children_user - before.children_system
        print(
            f"curate settle: exit {ran.code}, {ran.seconds:.1f} s, {used:.1f} s of the processor, {ran.peak_mb:,.0f} MB"
        )
        print(ran.output.strip())
        if arguments.profile:
            profile = cProfile.Profile(time.process_time)
            profile.runcall(Workspace(again).settle)
            pstats.Stats(profile).sort_stats("cumtime").print_stats(45)


if __name__ == "__main__":
    main()
