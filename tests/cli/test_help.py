"""Help is quick because nothing heavy is imported for it, starts with examples, and names the exit codes."""

import json
import subprocess
import sys

import pytest

from tests import small
from tests.cli.running import Curate

HEAVY = {
    "cleanlab",
    "duckdb",
    "faiss",
    "great_expectations",
    "numpy",
    "onnxruntime",
    "pandas",
    "pyarrow",
    "re2",
    "scipy",
    "sentence_transformers",
    "sklearn",
    "torch",
    "transformers",
}
VERBS = [
    (),
    ("new",),
    ("import",),
    ("check",),
    ("submit",),
    ("decide",),
    ("withdraw",),
    ("refresh",),
    ("status",),
    ("explain",),
    ("checks",),
    ("contributor", "add"),
    ("contributor", "list"),
    ("review", "list"),
    ("review", "next"),
    ("verify",),
    ("rebuild",),
    ("demo",),
]
PROBE = """
import contextlib, io, json, sys
from curation.cli.main import main
for verb in json.loads(sys.argv[1]):
    sys.argv = ["curate", *verb, "--help"]
    with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
        main()
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_help_starts_with_examples_and_names_the_exit_codes(curate: Curate, verb: tuple[str, ...]) -> None:
    ran = curate(*verb, "--help")
    assert (ran.code, ran.err) == (0, "")
    lines = [line.strip() for line in ran.out.splitlines() if line.strip()]
    assert lines[0].startswith("Usage: curate")
    assert "Examples:" in lines[1:5]
    example = lines[lines.index("Examples:") + 1]
    assert example.startswith(" ".join(["curate", *verb]) if verb else "curate ")
    assert "Exit codes: 0" in ran.out
    assert curate(*verb, "-h") == ran


def test_help_imports_nothing_heavy() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", PROBE, json.dumps(VERBS)], cwd=small.ROOT, capture_output=True, text=True, check=True
    )
    imported = set(json.loads(ran.stdout))
    assert "typer" in imported
    assert imported & HEAVY == set()


def test_version(curate: Curate) -> None:
    from curation import __version__

    assert curate("--version").out == f"curate {__version__}\n"
