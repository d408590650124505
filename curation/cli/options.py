"""Options that several commands share, and the few things every command does: find the workspace, speak, write."""

import json
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from enum import StrEnum
from errno import EISDIR
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from curation.datanet.shown import shown
from curation.errors import UsageError

if TYPE_CHECKING:  # the workspace brings numpy and pydantic, which --help does not need
    from curation.workspace import Workspace


EXIT_PIPE_CLOSED = 141  # as a shell says of a process that SIGPIPE ended


class Shape(StrEnum):
    """How a command shows what it found."""

    TEXT = "text"
    JSON = "json"


class CheckShape(StrEnum):
    """How a check shows what it found."""

    TEXT = "text"
    JSON = "json"
    JSONL = "jsonl"


WorkspaceOption: TypeAlias = Annotated[
    Path | None,
    typer.Option("--workspace", "-w", help="The workspace; default: the nearest folder upward with datanets/."),
]
ShapeOption: TypeAlias = Annotated[Shape, typer.Option("--format", help="text for people, json for scripts.")]
CheckShapeOption: TypeAlias = Annotated[
    CheckShape, typer.Option("--format", help="text for people; json: one document; jsonl: one line per record.")
]
OutputOption: TypeAlias = Annotated[Path | None, typer.Option("--output", "-o", help="Write there instead of stdout.")]
DatanetOption: TypeAlias = Annotated[str, typer.Option("--datanet", "-d", help="The datanet's name.")]


class Chosen:
    """What was chosen before the verb; the same option after the verb wins."""

    workspace: Path | None = None


def open_workspace(given: Path | None, *, beside: bool = False) -> "Workspace":
    """The workspace named after or before the verb, else the nearest one upward; raises `UsageError`.

    `beside`: rules are judged in a process of their own, for verbs that check one file.
    """
    from curation.workspace import Workspace  # noqa: PLC0415  (not for --help)

    chosen = given or Chosen.workspace
    if chosen is None:
        return Workspace.find(Path.cwd(), say=say, beside=beside, lent=_lent)
    if not chosen.is_dir():
        raise UsageError(f"{shown(chosen.name)!r} is no folder: a workspace wanted")
    return Workspace(chosen.resolve(), say=say, beside=beside, lent=_lent)


def _lent() -> None:
    """Says once a command that a server lends its store."""
    if not _Lent.said:
        _Lent.said = True
        note("a server has this workspace open: it lends its store")


class _Lent:
    """Whether it was said."""

    said = False


class _Bar:
    """A progress bar on stderr, for as long as a person watches; nothing at all in a pipe."""

    progress: Any = None
    task: Any = None


def say(what: str, done: int = 0, total: int | None = None) -> None:
    """Shows what long work is doing, on stderr, when a person watches."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        return
    if _Bar.progress is None:
        from rich.console import Console  # noqa: PLC0415  (only where a person watches)
        from rich.progress import Progress  # noqa: PLC0415

        _Bar.progress = Progress(console=Console(stderr=True), transient=True)
        _Bar.progress.start()
        _Bar.task = _Bar.progress.add_task(what, total=total)
    _Bar.progress.update(_Bar.task, description=what, completed=done, total=total)


def hush() -> None:
    """Takes the progress bar away, before anything is said or written."""
    if _Bar.progress is not None:
        _Bar.progress.stop()
        _Bar.progress = None


def note(line: str) -> None:
    """One line for people, on stderr."""
    hush()
    print(line, file=sys.stderr)  # noqa: T201  (this is where the command line speaks)


def put(lines: Iterable[str], output: Path | None = None) -> None:
    """Data: to stdout, or whole into a file. Raises `UsageError` when the file cannot be written."""
    hush()
    if output is None:
        try:
            sys.stdout.writelines(lines)
            sys.stdout.flush()
        except BrokenPipeError:
            # Whoever read our output has seen enough; not even the interpreter may complain about it. Left to the
            # command line library this would be an exit with 1, which here means "policy not met".
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise SystemExit(EXIT_PIPE_CLOSED) from None
        return
    temporary = output.with_name(f".{output.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("w", encoding="utf-8", newline="") as stream:
            stream.writelines(lines)
        temporary.replace(output)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise _unwritable(output, error) from None


def require_writable(output: Path | None) -> None:
    """Raises `UsageError` when `put` could not write there: to be known before anything is stored."""
    if output is None:
        return
    temporary = output.with_name(f".{output.name}.{os.getpid()}.tmp")
    try:
        if output.is_dir():
            raise IsADirectoryError(EISDIR, os.strerror(EISDIR))
        temporary.touch()
        temporary.unlink()
    except OSError as error:
        raise _unwritable(output, error) from None


def _unwritable(output: Path, error: OSError) -> UsageError:
    return UsageError(f"{shown(output.name)!r} cannot be written: {error.strerror}")


def put_text(lines: Iterable[str], output: Path | None = None) -> None:
    """Lines without newlines."""
    put((line + "\n" for line in lines), output)


def put_json(document: dict[str, Any], output: Path | None = None) -> None:
    """One document, indented."""
    put([json.dumps(document, indent=2, ensure_ascii=True, default=_plain) + "\n"], output)


def _plain(value: object) -> str:
    from datetime import datetime  # noqa: PLC0415  (one use)

    return value.isoformat() if isinstance(value, datetime) else str(value)
