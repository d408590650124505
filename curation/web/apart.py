"""The server's judge: contributions are judged in a process of its own, so that curators wait for none of it.

Python runs one thread at a time, and judging a small file takes it for half a second. The process reads the workspace
and writes what a journal line will name; journal, store and clock are the server's alone. It speaks JSON over pipes, a
line each way, and ends with the server. One that dies is a failed engine for whoever waits; the next file gets a new
one.
"""

import json
import os
import subprocess
import sys
import threading
import traceback
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Final

from curation import errors
from curation.errors import CurationError, EngineFailed, FileRefused
from curation.evidence.judging import ended
from curation.formats.document import check_document
from curation.formats.jsonl import record
from curation.hosting import Judge
from curation.lasting import Lasting
from curation.ledger.facts import ContributionSubmitted
from curation.ledger.kept_shelf import KeptShelf
from curation.ledger.rows import Row
from curation.ledger.state import State
from curation.submitting import Prepared, Ready
from curation.workspace import Checked

# As for the reading child: this package, and no other code that happens to lie where it is started.
# What a library prints must not get among the answers: where those go is put by before anything is imported.
_BOOT: Final = """
import os, signal, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
answers = os.dup(1)
try:
    os.dup2(2, 1)
except OSError:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
sys.path.insert(0, sys.argv[1])
import curation
del sys.path[0]
from curation.web.apart import main
main(sys.argv[2], answers)
"""
_ROOT: Final = Path(__file__).resolve().parents[2]
# The rows of a longer file are read from it again, in pieces: in one, all threads of the server would wait for them.
ROWS_MAX: Final = 1000
# Many times what the slowest file took; a judge that hangs must not hold a lock for ever.
SECONDS_FIXED: Final = 300.0
SECONDS_A_BYTE: Final = 0.001


def checked_document(checked: Checked, records_max: int) -> dict[str, Any]:
    """What is said of a whole file and of its first records."""
    records = [record(row) for row in checked.inspection.rows[:records_max]]
    return {"schema": "curation.checked/1", "check": check_document(checked), "records": records}


class JudgeApart(Judge):
    """The judge as the server has it. The process begins with the first file; one file at a time."""

    def __init__(self, root: Path) -> None:
        """Begins nothing yet; `root` is the workspace."""
        self.root = root
        self._child: subprocess.Popen[bytes] | None = None
        self._is_closed = False
        self._seconds_max = SECONDS_FIXED

    def check(self, file: Path, datanet: str, contributor: str, records_max: int) -> dict[str, Any]:
        """As for `Judge`; raises what `Opened.check` raises, and `EngineFailed` when the process dies."""
        self._seconds_max = _seconds_max(file)
        return self._told("check", file=str(file), datanet=datanet, contributor=contributor, records_max=records_max)

    def prepare(self, file: Path, datanet: str, contributor: str) -> Prepared:
        """As for `Judge`; raises what `Submitting.prepare` raises, and `EngineFailed` when the process dies."""
        self._seconds_max = _seconds_max(file)
        told = self._told("prepare", file=str(file), datanet=datanet, contributor=contributor)
        return _PreparedApart(judge=self, file_digest=told["file_digest"])

    def ready(self, file_digest: str, head: str, commit: str | None) -> Ready:
        """The file prepared last, judged as of the journal line with this hash."""
        told = self._told("ready", file_digest=file_digest, head=head, commit=commit)
        rows = None if told["rows"] is None else tuple(Row(**row) for row in told["rows"])
        return Ready(fact=ContributionSubmitted.model_validate(told["fact"]), rows=rows)

    @property
    def process(self) -> int | None:
        """The id of the process, while it lives."""
        return None if self._child is None or self._child.poll() is not None else self._child.pid

    def close(self) -> None:
        """Ends the process, whatever it does; no other begins."""
        self._is_closed = True
        self._end()

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            ended(child)

    def _told(self, verb: str, **asked: Any) -> dict[str, Any]:
        child = self._begun()
        hangs = threading.Timer(self._seconds_max, child.kill)
        hangs.daemon = True
        hangs.start()
        try:
            told = _asked(child, {"verb": verb, **asked})
        except BaseException:
            self._end()  # or the next question would be given this one's answer
            raise
        finally:
            hangs.cancel()
        if "raised" in told:
            raise _raised(told["raised"])
        return told

    def _begun(self) -> "subprocess.Popen[bytes]":
        if self._is_closed:
            raise EngineFailed("the server is stopping; nothing was stored")
        if self.process is None:
            self._end()
            try:
                self._child = subprocess.Popen(  # noqa: S603  (our own interpreter and code; the path is data)
                    [sys.executable, "-I", "-c", _BOOT, str(_ROOT), os.fspath(self.root)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    # Whoever stops the server at a keyboard stops its whole group; the server ends this one itself.
                    process_group=0,
                )
            except OSError as error:
                raise EngineFailed(f"no judging process can begin ({error.strerror}); nothing was stored") from None
        assert self._child is not None
        return self._child


def _asked(child: "subprocess.Popen[bytes]", question: dict[str, Any]) -> dict[str, Any]:
    assert child.stdin is not None
    assert child.stdout is not None
    answer = b""
    with suppress(BrokenPipeError):
        child.stdin.write(json.dumps(question).encode() + b"\n")
        child.stdin.flush()
        answer = child.stdout.readline()
    try:
        told: dict[str, Any] = json.loads(answer)
    except ValueError:
        raise EngineFailed("the judging process died before it answered; nothing was stored") from None
    return told


def _seconds_max(file: Path) -> float:
    try:
        return SECONDS_FIXED + SECONDS_A_BYTE * file.stat().st_size
    except OSError:
        return SECONDS_FIXED  # who reads it will say what is wrong


@dataclass(frozen=True, kw_only=True)
class _PreparedApart:
    """As `Prepared`, in the judge's process."""

    judge: JudgeApart
    file_digest: str

    def ready(self, state: State, commit: str | None) -> Ready:
        return self.judge.ready(self.file_digest, state.head, commit)


class _Bench:
    """The judge as its own process has it: a workspace, and the file that was prepared last."""

    def __init__(self, workspace: Lasting) -> None:
        self._workspace = workspace
        self._prepared: Prepared | None = None

    def answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        prepared, self._prepared = self._prepared, None
        match asked["verb"]:
            case "check":
                found = self._workspace.check(Path(asked["file"]), asked["datanet"], asked["contributor"])
                return checked_document(found, asked["records_max"])
            case "prepare":
                self._prepared = self._workspace.prepare(Path(asked["file"]), asked["datanet"], asked["contributor"])
                return {"file_digest": self._prepared.file_digest}
        if prepared is None or prepared.file_digest != asked["file_digest"]:
            raise EngineFailed("the judging process has lost the file; nothing was stored")
        state = self._workspace.state()
        if state.head != asked["head"]:
            raise EngineFailed("the judging process reads another journal than the server; nothing was stored")
        ready = prepared.ready(state, asked["commit"])
        rows = ready.rows if ready.rows is not None and len(ready.rows) <= ROWS_MAX else None
        told = None if rows is None else [vars(row) for row in rows]
        return {"fact": ready.fact.model_dump(mode="json"), "rows": told}


def _raised(told: dict[str, str]) -> CurationError:
    kind = getattr(errors, told["kind"], EngineFailed)
    assert issubclass(kind, CurationError)
    return FileRefused(told["code"], told["message"], told["hint"]) if kind is FileRefused else kind(told["message"])


def _told(error: CurationError) -> dict[str, str]:
    if isinstance(error, FileRefused):
        return {"kind": "FileRefused", "code": error.code, "message": error.message, "hint": error.hint}
    return {"kind": type(error).__name__, "message": str(error)}


def main(root: str, answers: int) -> None:
    """The process's own part: reads one question a line from stdin and writes each answer to this descriptor.

    It ends when stdin does, whatever it does then: a server that died is followed by another, with a judge of its own.
    """
    questions: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_read, args=[questions], daemon=True).start()
    workspace = Lasting(Path(root))
    workspace.shelf = KeptShelf(workspace.places)
    bench = _Bench(workspace)
    with os.fdopen(answers, "wb") as told:
        while True:
            told.write(_answered(bench, questions.get()) + b"\n")
            told.flush()


def _answered(bench: _Bench, question: bytes) -> bytes:
    try:
        return json.dumps(bench.answer(json.loads(question))).encode()
    except CurationError as error:
        raised = error
    except Exception as error:  # noqa: BLE001  (whatever it is, it is one file's, and said where faults are looked for)
        traceback.print_exc()
        raised = EngineFailed(f"judging broke ({type(error).__name__}); nothing was stored")
    return json.dumps({"raised": _told(raised)}).encode()


def _read(questions: "SimpleQueue[bytes]") -> None:
    while line := sys.stdin.buffer.readline():
        questions.put(line)
    os._exit(0)
