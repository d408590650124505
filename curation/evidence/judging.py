"""Rules judged in a process of their own, while the encoder works on the other core.

Importing Great Expectations costs three seconds and 150 MB. Speaks canonical JSON over pipes: rules and columns in, row
numbers out. A judge that dies is a failed engine.
"""

import json
import os
import subprocess
import sys
import threading
import weakref
from collections.abc import Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from curation.datanet.canonical import Value, canonical_bytes
from curation.errors import EngineFailed
from curation.evidence.rule_packs import Rule
from curation.evidence.rule_results import RuleResult
from curation.evidence.stored_rules import judgeable

# As for the reading child: this package, and no other code that happens to lie where it is started.
_BOOT: Final = (
    "import sys; sys.path.insert(0, sys.argv[1]); import curation; del sys.path[0]; "
    "from curation.evidence.judging import main; main()"
)
_ROOT: Final = Path(__file__).resolve().parents[2]
_KEPT: Final = ("PATH", "HOME", "LANG", "LC_ALL", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "TMPDIR")


class JudgeBeside:
    """A judge that starts importing the moment it is made, and answers one question after the other."""

    def __init__(self) -> None:
        """Starts the process; it ends with this object."""
        environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
        self._child = subprocess.Popen(  # noqa: S603  (our own interpreter and code, no argument from outside)
            [sys.executable, "-I", "-c", _BOOT, str(_ROOT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        weakref.finalize(self, ended, self._child)

    def ask(self, rules: Sequence[Rule], columns: Mapping[str, Sequence[Value]], rows: int) -> "Asked":
        """Puts a question, as `great_expectations.judge` takes it; the answer is worked on meanwhile.

        The answer to the question before must have been taken.
        """
        question: Any = {
            "rules": [{**_told(rule.kwargs), "code": rule.code, "type": rule.type} for rule in rules],
            "columns": {name: list(values) for name, values in columns.items()},
            "rows": rows,
        }
        return Asked(self._child, rules, canonical_bytes(question))


class Asked:
    """A question that the process is working on."""

    def __init__(self, child: "subprocess.Popen[bytes]", rules: Sequence[Rule], question: bytes) -> None:
        """Sends the question; a large one blocks until the process has imported what it needs, so not here."""
        self._child = child
        self._rules = rules
        self._answer = b""
        self._waiting = threading.Thread(target=self._converse, args=(question,), daemon=True)
        self._waiting.start()

    @property
    def is_open(self) -> bool:
        """Whether the answer is still to come."""
        return self._waiting.is_alive()

    def results(self) -> tuple[RuleResult, ...]:
        """The answer, waited for; raises `EngineFailed` when the process failed or died."""
        self._waiting.join()
        try:
            found = json.loads(self._answer)
        except ValueError:
            raise EngineFailed(
                f"the rule engine stopped with code {self._child.returncode} before it answered"
            ) from None
        if "failed" in found:
            raise EngineFailed(str(found["failed"]))
        return tuple(
            RuleResult(rule=rule, positions=tuple(positions))
            for rule, positions in zip(self._rules, found["positions"], strict=True)
        )

    def _converse(self, question: bytes) -> None:
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        # A process that is gone gives no answer, and the one who asked hears why.
        with suppress(BrokenPipeError):
            self._child.stdin.write(question + b"\n")
            self._child.stdin.flush()
        self._answer = self._child.stdout.readline()
        if not self._answer:
            self._child.wait()


def _told(kwargs: Mapping[str, Any]) -> dict[str, Any]:
    # Rule arguments may be floats, which canonical JSON refuses; they travel as the text that reads back the same.
    return {"kwargs": json.dumps(dict(kwargs))}


def ended(child: subprocess.Popen[bytes]) -> None:
    """Ends a process that is spoken with over pipes, whatever it does."""
    child.kill()
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            with suppress(BrokenPipeError):  # what was still to be written
                pipe.close()
    child.wait()


def main() -> None:
    """The process's own part: imports, then reads one question a line from stdin and answers each on stdout."""
    from curation.evidence.great_expectations import judge  # noqa: PLC0415  (only here is it wanted)

    while line := sys.stdin.buffer.readline():
        asked = json.loads(line, parse_float=Decimal)
        rules = [judgeable(one["code"], one["type"], json.loads(one["kwargs"])) for one in asked["rules"]]
        answer: Any
        try:
            results = judge(rules, asked["columns"], asked["rows"])
            answer = {"positions": [list(result.positions) for result in results]}
        except EngineFailed as error:
            answer = {"failed": str(error)}
        sys.stdout.buffer.write(canonical_bytes(answer) + b"\n")
        sys.stdout.buffer.flush()
