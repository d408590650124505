import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from curation.datanet.card import Datanet
from curation.errors import FileRefused
from curation.intake import limits, process
from curation.intake.kind import Format, Kind
from curation.intake.process import read_in_child
from curation.intake.reading import read_contribution
from curation.intake.wire import Broken, Flawed, Header, Row, Told, heard, values_of, written

ROOT = Path(__file__).resolve().parents[2]
JSONL = Kind(Format.JSONL, gzipped=False)

# Runs the child on a file and prints what it cost; a small process of its own, since the figures are of all children.
MEASURE = """
import resource, subprocess, sys, time
path, root, name, boot, *flags = sys.argv[1:]
start = time.monotonic()
with open(path, "rb") as stream:
    child = subprocess.run(
        [sys.executable, *flags, "-c", boot, root, name], stdin=stream, stdout=subprocess.PIPE, env=ENVIRONMENT
    )
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(child.returncode, used.ru_maxrss // 1024, used.ru_utime + used.ru_stime)
"""


def cost(path: Path, name: str, flags: list[str]) -> tuple[int, int, float]:
    """Exit code, resident MB and processor seconds of the child."""
    script = MEASURE.replace("ENVIRONMENT", repr(process._ENVIRONMENT))
    command = [sys.executable, "-S", "-c", script, str(path), str(ROOT), name, process._BOOT, *flags]
    code, memory, seconds = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return int(code), int(memory), float(seconds)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        (".jsonl", b'{"a":"' + b"x" * 50_000_000 + b'"}\n{"a":"b"}\n'),
        (".jsonl", b"[" * 999_000),
        (".jsonl", b'{"a":[' + b",".join([b"{}"] * 330_000) + b"]}\n"),
        (".jsonl", (b'{"a":"' + b'\\"' * 490_000 + b"\n") * 5),
        (".csv", b"a,b\n" + b'"x"' + b',"y"' * 240_000 + b"\n1,2\n"),
        (".csv", b"a,b\n" + b"," * 999_000 + b"\n"),
    ],
)
def test_hostile_text_costs_its_reader_little(name: str, data: bytes, tmp_path: Path) -> None:
    path = tmp_path / f"file{name}"
    path.write_bytes(data)
    code, memory, seconds = cost(path, name, ["-I", "-S"])
    assert code == 0
    assert memory < 300
    assert seconds < 10  # measured: 0.7 at most; the bound is for busy machines


def test_a_parquet_bomb_costs_its_reader_little(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = tmp_path / "file.parquet"
    column = pa.DictionaryArray.from_arrays(pa.array([0] * 2_000, pa.int32()), pa.array(["x" * 900_000]))
    # Without the Arrow schema the reader does not know that it was a dictionary, and spells every value out.
    pq.write_table(pa.table({"text": column}), path, compression="zstd", store_schema=False)
    code, memory, seconds = cost(path, ".parquet", ["-I"])
    assert code == 0
    assert memory < 320  # the limit is on the data segment; what is resident beside it is code
    assert seconds < 10


def told(data: bytes, tmp_path: Path) -> list[object]:
    path = tmp_path / "file.jsonl"
    path.write_bytes(data)
    with path.open("rb") as stream:
        return list(read_in_child(stream.fileno(), JSONL))


def instead(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Starts another program in the child's place: what a broken or captured child might do."""
    monkeypatch.setattr(process, "_BOOT", code)


@pytest.mark.parametrize(
    "code",
    [
        "import os; os.abort()",
        "raise SystemExit(3)",
        "raise ValueError('secret')",
        "pass",
        "print('R\\t1\\t\\t{}')",
        "print('E\\t1')",
        "print('H\\t[1,')",
        "print('R\\tx\\t\\t{}')",
        "print('U\\t[1]')",
        "print('U\\t{}')",
        "print('X\\t[]')",
        "print('?')",
        "import sys; sys.stdout.buffer.write(b'R\\t1\\t\\t\\xff\\nE\\t1\\n')",
        "print('R\\t1\\t\\t' + '[' * 100000 + '\\nE\\t1')",
        "print('R\\t1\\t\\t{\"text\":NaN}\\nE\\t1')",
        "print('R\\t1\\t\\t{\"age\":' + '9' * 5000 + '}\\nE\\t1')",
        "print('R\\t1\\t\\t[]\\nE\\t1')",
    ],
)
def test_a_child_that_dies_or_lies_refuses_the_file(
    code: str, tmp_path: Path, card: Datanet, monkeypatch: pytest.MonkeyPatch
) -> None:
    instead(monkeypatch, code)
    path = tmp_path / "file.jsonl"
    path.write_bytes(b'{"text":"a"}\n')
    with pytest.raises(FileRefused) as refused:
        read_contribution(path, datanet=card, contributor="amina")
    assert refused.value.code == "reader-died"
    assert "secret" not in str(refused.value)


def test_a_child_that_takes_too_long_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    instead(monkeypatch, "import time; time.sleep(60)")
    monkeypatch.setattr(process, "wall_seconds", lambda *_, **__: 0.2)
    with pytest.raises(FileRefused, match="reader-too-slow"):
        told(b"{}\n", tmp_path)


def test_a_child_that_burns_its_processor_time_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    limit = "import resource; resource.setrlimit(resource.RLIMIT_CPU, (1, 3))"
    instead(monkeypatch, f"{limit}\nwhile True: pass")
    with pytest.raises(FileRefused, match="reader-too-slow"):
        told(b"{}\n", tmp_path)


def test_the_child_cannot_write_files_or_take_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # What a captured reader would find: no file can grow, and memory ends.
    target = tmp_path / "written"
    instead(
        monkeypatch,
        "import sys, signal; sys.path.insert(0, sys.argv[1])\n"
        "from curation.intake.limits import confine\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "confine(1, compressed=False, parquet=False)\n"
        "said = []\n"
        "try: bytearray(400_000_000)\n"
        "except MemoryError: said.append('memory')\n"
        f"try:\n  with open({str(target)!r}, 'w') as stream: stream.write('x')\n"
        "except OSError: said.append('file')\n"
        "import json; print('H\\t' + json.dumps(said)); print('E\\t0')",
    )
    assert told(b"{}\n", tmp_path) == [Header(("memory", "file"))]


def test_the_child_sees_no_variable_of_its_parent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CURATION_SECRET", "s")
    instead(monkeypatch, "import os, json; print('H\\t' + json.dumps(list(os.environ))); print('E\\t0')")
    (header,) = told(b"{}\n", tmp_path)
    assert isinstance(header, Header)
    assert "CURATION_SECRET" not in header.columns


def children() -> set[str]:
    """The processes that this one began; other tests may have some of their own."""
    told = (path.read_text(encoding="ascii") for path in Path("/proc/self/task").glob("*/children"))
    return set(" ".join(told).split())


def test_the_child_ends_when_its_reader_has_seen_enough(tmp_path: Path) -> None:
    path = tmp_path / "file.jsonl"
    path.write_bytes(b'{"text":"a"}\n' * 200_000)
    before = children()
    with path.open("rb") as stream:
        rows = read_in_child(stream.fileno(), JSONL)
        assert next(rows) == Row(1, '{"text":"a"}')
        assert len(children() - before) == 1
        assert isinstance(rows, Iterator)
        del rows
    assert children() <= before  # nobody is left behind


@pytest.mark.parametrize("name", ["jsonl", "csv_lines"])
def test_text_is_read_with_the_standard_library_alone(name: str) -> None:
    code = f"import sys; sys.path.insert(0, sys.argv[1]); import curation.intake.{name}, curation.intake.child"
    seen = f"{code}; print(sorted({{m.partition('.')[0] for m in sys.modules}} - sys.stdlib_module_names))"
    said = subprocess.run(
        [sys.executable, "-I", "-S", "-c", seen, str(ROOT)], capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == "['__main__', 'curation']"


def test_what_is_written_is_heard() -> None:
    things: list[Told] = [
        Header(("a", "b")),
        Row(1, '{"a":1.50}', (1, None, 7)),
        Row(2, "{}"),
        Flawed(3, None, "c", "m\n", "f"),
    ]
    assert list(heard(written(things))) == things
    assert json.dumps(values_of(Row(1, '{"a":2}'))) == '{"a": 2}'


def test_a_message_without_its_end_is_broken() -> None:
    lines = list(written([Row(1, "{}")]))
    with pytest.raises(Broken):
        list(heard(lines[:-1]))


def test_an_honest_gigabyte_has_time(card: Datanet) -> None:
    assert card  # the slowest reader does 2 MB a second here
    assert limits.cpu_seconds(1_000_000_000, compressed=False) > 500
    assert limits.decoded_max(1_000) == limits.DECODED_FLOOR_BYTES
    assert limits.decoded_max(10**9) == limits.FILE_MAX_BYTES


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path, card: Datanet) -> None:
    path = tmp_path / "file.jsonl"
    path.write_bytes(b'{"text":"a"}\n')
    from curation.intake.reading import _open

    with pytest.raises(FileRefused, match="file-changed"), _open(path):
        path.write_bytes(b'{"text":"abc"}\n')
    assert read_contribution(path, datanet=card, contributor="amina").records
