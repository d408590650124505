"""The server's judge: contributions are judged in a process of its own, so that curators wait for none of it.

Python runs one thread at a time, and judging a small file takes it for half a second. The process reads the workspace
and writes what a journal line will name; journal, store and clock are the server's alone. It speaks JSON over pipes, a
line each way, and ends with the server. One that dies is a failed engine for whoever waits; the next file gets a new
one.
"""

import json
import os
import signal
import subprocess
import sys
import traceback
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from curation import errors
from curation.errors import CurationError, EngineFailed, FileRefused
from curation.formats.document import checked_document
from curation.hosting import Judge
from curation.lasting import Lasting
from curation.ledger.facts import ContributionSubmitted
from curation.ledger.kept_shelf import KeptShelf
from curation.ledger.rows import Row
from curation.ledger.state import State
from curation.submitting import Prepared, Ready

# As for the reading child: this package, and no other code that happens to lie where it is started.
_BOOT: Final = (
    "import sys; sys.path.insert(0, sys.argv[1]); import curation; del sys.path[0]; "
    "from curation.web.apart import main; main(sys.argv[2])"
)
_ROOT: Final = Path(__file__).resolve().parents[2]


class JudgeApart(Judge):
    """The judge as the server has it. The process begins with the first file; one file at a time."""

    def __init__(self, root: Path) -> None:
        """Begins nothing yet; `root` is the workspace."""
        self.root = root
        self._child: subprocess.Popen[bytes] | None = None

    def check(self, file: Path, datanet: str, contributor: str, records_max: int) -> dict[str, Any]:
        """As for `Judge`; raises what `Opened.check` raises, and `EngineFailed` when the process dies."""
        return self._told("check", file=str(file), datanet=datanet, contributor=contributor, records_max=records_max)

    def prepare(self, file: Path, datanet: str, contributor: str) -> Prepared:
        """As for `Judge`; raises what `Submitting.prepare` raises, and `EngineFailed` when the process dies."""
        told = self._told("prepare", file=str(file), datanet=datanet, contributor=contributor)
        return _PreparedApart(judge=self, file_digest=told["file_digest"])

    def ready(self, file_digest: str, head: str, commit: str | None) -> Ready:
        """The file prepared last, judged as of the journal line with this hash."""
        told = self._told("ready", file_digest=file_digest, head=head, commit=commit)
        rows = tuple(Row(**row) for row in told["rows"])
        return Ready(fact=ContributionSubmitted.model_validate(told["fact"]), rows=rows)

    @property
    def process(self) -> int | None:
        """The id of the process, while it lives."""
        return None if self._child is None or self._child.poll() is not None else self._child.pid

    def close(self) -> None:
        """Ends the process, whatever it does."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            for pipe in (child.stdin, child.stdout):
                if pipe is not None:
                    with suppress(BrokenPipeError):  # what was still to be written
                        pipe.close()
            child.wait()

    def _told(self, verb: str, **asked: Any) -> dict[str, Any]:
        child = self._begun()
        assert child.stdin is not None
        assert child.stdout is not None
        answer = b""
        with suppress(BrokenPipeError):
            child.stdin.write(json.dumps({"verb": verb, **asked}).encode() + b"\n")
            child.stdin.flush()
            answer = child.stdout.readline()
        if not answer.endswith(b"\n"):
            self.close()
            raise EngineFailed("the judging process died before it answered; nothing was stored")
        told: dict[str, Any] = json.loads(answer)
        if "raised" in told:
            raise _raised(told["raised"])
        return told

    def _begun(self) -> "subprocess.Popen[bytes]":
        if self.process is None:
            self.close()
            self._child = subprocess.Popen(  # noqa: S603  (our own interpreter and code; the workspace's path is data)
                [sys.executable, "-I", "-c", _BOOT, str(_ROOT), os.fspath(self.root)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
        assert self._child is not None
        return self._child


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
        return {"fact": ready.fact.model_dump(mode="json"), "rows": [vars(row) for row in ready.rows]}


def _raised(told: dict[str, str]) -> CurationError:
    kind = getattr(errors, told["kind"])
    assert issubclass(kind, CurationError)
    return FileRefused(told["code"], told["message"], told["hint"]) if kind is FileRefused else kind(told["message"])


def _told(error: CurationError) -> dict[str, str]:
    if isinstance(error, FileRefused):
        return {"kind": "FileRefused", "code": error.code, "message": error.message, "hint": error.hint}
    return {"kind": type(error).__name__, "message": str(error)}


def main(root: str) -> None:
    """The process's own part: reads one question a line from stdin and answers each on stdout, until stdin ends."""
    # Whoever stops the server at a keyboard stops its whole group; the server lets this process finish, then ends it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers: IO[bytes] = os.fdopen(os.dup(1), "wb")
    # What a library prints must not get among the answers.
    os.dup2(2, 1)
    workspace = Lasting(Path(root))
    workspace.shelf = KeptShelf(workspace.places)
    bench = _Bench(workspace)
    while question := sys.stdin.buffer.readline():
        answer: dict[str, Any]
        try:
            answer = bench.answer(json.loads(question))
        except CurationError as error:
            answer = {"raised": _told(error)}
        except Exception as error:  # noqa: BLE001  (whatever it is, it is one file's, and said where faults are looked for)
            traceback.print_exc()
            answer = {"raised": _told(EngineFailed(f"judging broke ({type(error).__name__}); nothing was stored"))}
        answers.write(json.dumps(answer).encode() + b"\n")
        answers.flush()
