"""Time, memory and size of a report on a store of many records, and whether a second one has the same bytes.

    python -m benchmarks.report [--rows 1000,100000,1000000] [--write]

The store is filled by its own database: four datanets, a hundred contributors, texts of 200 letters, eight kinds of
finding, copies, strangeness, decisions and one drawing; no money. Each size in a process of its own. Seconds are of the
processor. `--write` renews the table in docs/benchmarks.md.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from curation.audit.asked import Asked
from curation.cli.reporting import ENDINGS, written
from curation.ledger.duck import SCHEMA_VERSION, Duck
from curation.ledger.journal import GENESIS, Journal
from curation.ledger.objects import Objects
from curation.ledger.state import State
from curation.ledger.store import Store
from curation.reporting import report_from
from curation.rewards.treasury import Treasury

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
BEGIN, END = "<!-- report: begin -->", "<!-- report: end -->"
SIZES = (1_000, 100_000, 1_000_000)

# Row i of n: contribution i // 100, each of its own journal line.
_FILL = (
    """
INSERT INTO contributions SELECT 'c' || i, i + 2,
    TIMESTAMP '2026-01-01' + INTERVAL (i * 525600 // greatest(n, 1)) MINUTE,
    'd' || (i % 4), 'p' || (i % 97), 'submit', 'jsonl', 'f', 'k', 'r', 's', 't', '1', 100, 1
FROM (SELECT unnest(range(greatest({rows} // 100, 1))) AS i, greatest({rows} // 100, 1) AS n)
""",
    """
INSERT INTO records SELECT 'r' || i, 'c' || (i // 100), i // 100 + 2, i // 100 + 2, i % 100, i % 100 + 1,
    'd' || (i // 100 % 4), 'p' || (i // 100 % 97), md5(i::VARCHAR), '{{}}',
    repeat(md5(i::VARCHAR) || ' ', 6), 'l' || (i % 53),
    CASE WHEN i % 10 = 0 THEN 'review' WHEN i % 37 = 0 THEN 'reject' ELSE 'accept' END, NULL, NULL
FROM range({rows}) AS t(i)
""",
    """
INSERT INTO weights SELECT 'r' || i, 'c' || (i // 100), i % 100, '1', 300000 + hash(i) % 700000, hash(i + 1) % 1000001,
    0, 0, 0, 0 FROM range({rows}) AS t(i)
""",
    """
INSERT INTO scores SELECT 'r' || i, 'c' || (i // 100), i % 100, k, 900000000, 1 + hash(i, k) % 1000000000
FROM range({rows}) AS t(i), (SELECT unnest(['outlier', 'length', 'hub']) AS k)
""",
    """
INSERT INTO findings SELECT 'r' || i, 'c' || (i // 100), i % 100, i % 100, ['label-noise', 'near-duplicate', 'outlier',
    'text/markup', 'language', 'hub', 'length', 'text/empty'][1 + i // 5 % 8], NULL, 'warning',
    repeat('what was seen ', 20), -1000000, NULL, NULL, 'write it anew' FROM range(0, {rows}, 5) AS t(i)
""",
    """
INSERT INTO related SELECT 'r' || i, 'c' || (i // 100), i % 100, 0, 'near-duplicate', 'r' || (i // 2),
    'p' || (i % 89), 1, 900000 FROM range(5, {rows}, 40) AS t(i)
""",
    """
INSERT INTO verdicts SELECT record, inspected, 900000, hash(record) % 1000001, 'inspected', NULL, NULL FROM records
""",
    "INSERT INTO datanets SELECT 'd' || i, 2, 'card', 'rules', '1' FROM range(4) AS t(i)",
    """
INSERT INTO audit_draws SELECT 1, 1000000, TIMESTAMP '2026-12-31', {rows} // 100 + 2, 'ab', 400
""",
    """
INSERT INTO audit_hits SELECT 1, 'floor', i, 'r' || (hash(i) % {rows}), NULL FROM range(400) AS t(i)
""",
    """
INSERT INTO decisions SELECT 1000001 + i, TIMESTAMP '2026-12-31', 'r' || (hash(i) % {rows}),
    CASE WHEN i % 9 = 0 THEN 'reject' ELSE 'accept' END, 'amina', 'looked at', NULL, 1000 FROM range(400) AS t(i)
""",
)


def filled(folder: Path, rows: int) -> Store:
    """A store of so many records, whose journal is empty."""
    path = folder / "store.duckdb"
    duck = Duck(path)
    duck.create_tables()
    duck.insert("meta", [{"schema_version": SCHEMA_VERSION, "seq": 0, "head": GENESIS}])
    for statement in _FILL:
        duck.execute(statement.format(rows=rows))
    duck.close()
    return Store.open(path, Journal(folder / "journal.jsonl"), Objects(folder / "objects"), lambda _: ())


def measured(rows: int) -> str:
    """One line of the table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with filled(folder, rows) as store:
            before = time.process_time()
            # Up to a journal line behind all that was filled in.
            treasury = Treasury(State(seq=2_000_000), Objects(folder / "objects"))
            once = report_from(Asked(store, treasury))
            pages = {ending: "".join(written(once, ending)) for ending in ENDINGS}
            seconds = time.process_time() - before
            again = report_from(Asked(store, treasury))
            same = all("".join(written(again, ending)) == page for ending, page in pages.items())
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    sizes = " | ".join(f"{len(pages[ending].encode()) / 1000:,.0f}" for ending in ENDINGS)
    return f"| {rows:,} | {seconds:.1f} | {memory:,} | {sizes} | {'yes' if same else 'NO'} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", default=",".join(map(str, SIZES)))
    parser.add_argument("--one", type=int, help="measure this size alone, in this process")
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    if arguments.one is not None:
        print(measured(arguments.one))
        return
    lines = [
        "| records | seconds | peak memory, MB | "
        + " | ".join(f"{one}, kB" for one in ENDINGS)
        + " | same bytes twice |",
        "|---:|---:|---:|---:|---:|---:|---:|---|",
    ]
    for rows in arguments.rows.split(","):
        command = [sys.executable, "-m", "benchmarks.report", "--one", rows]
        lines.append(subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip())
        print(lines[-1], flush=True)
    if arguments.write:
        page = PAGE.read_text(encoding="utf-8")
        before, rest = page.split(BEGIN)
        PAGE.write_text(f"{before}{BEGIN}\n" + "\n".join(lines) + f"\n{END}{rest.split(END)[1]}", encoding="utf-8")


if __name__ == "__main__":
    main()
