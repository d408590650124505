"""`curate gate` and `curate merge`: what a branch would bring, and what it brought."""

import os
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from curation.cli.options import (
    Chosen,
    Shape,
    ShapeOption,
    WorkspaceOption,
    open_workspace,
    put,
    put_json,
    put_text,
    require_writable,
    say,
)
from curation.datanet.shown import shown
from curation.errors import UsageError

if TYPE_CHECKING:
    from curation.gate.gating import Asked


class GateShape(StrEnum):
    """How a gate run is written."""

    TEXT = "text"
    JSON = "json"
    JSONL = "jsonl"
    MARKDOWN = "markdown"
    SARIF = "sarif"
    GITHUB = "github"
    JUNIT = "junit"
    RDJSON = "rdjson"
    BASELINE = "baseline"


class FailOn(StrEnum):
    """What makes a branch fail, beside what is never allowed."""

    POLICY = "policy"
    WARNING = "warning"
    UNCHECKED = "unchecked"
    REVIEW = "review"
    REJECT = "reject"
    NEVER = "never"


def _formats(begun: str) -> Iterator[str]:
    """What a shell may complete `--output` with."""
    return (f"{shape.value}=" for shape in GateShape if f"{shape.value}=".startswith(begun))


BaseOption = Annotated[
    str, typer.Option(help="The base: the branch that is merged into, or any commit of it.", metavar="REV")
]


def add_to(app: typer.Typer) -> None:
    """Adds these verbs."""
    app.command(name="gate")(gate)
    app.command(name="merge")(merge)


def gate(
    base: BaseOption = "origin/main",
    author: Annotated[
        str | None,
        typer.Option(help="Who opened the pull request, as the platform says and no commit; or key:FINGERPRINT."),
    ] = None,
    head: Annotated[str, typer.Option(help="The branch to judge.", metavar="REV")] = "HEAD",
    staged: Annotated[bool, typer.Option("--staged", help="Judge what is staged instead.")] = False,  # noqa: FBT002  (an option)
    pushed: Annotated[bool, typer.Option("--pushed", help="Judge what pre-commit says is pushed.")] = False,  # noqa: FBT002  (an option)
    fail_on: Annotated[FailOn | None, typer.Option(help="What fails the gate instead of what the cards say.")] = None,
    allow_empty: Annotated[bool, typer.Option("--allow-empty", help="Nothing to check is no failure.")] = False,  # noqa: FBT002  (likewise)
    shape: Annotated[GateShape, typer.Option("--format", help="What is written to stdout.")] = GateShape.TEXT,
    output: Annotated[
        list[str] | None,
        typer.Option(
            "--output", "-o", metavar="FORMAT=PATH", help="Also write there; may be repeated.", autocompletion=_formats
        ),
    ] = None,
    cache: Annotated[Path | None, typer.Option(help="Where to keep what the base makes; default: in .git.")] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Judge what a branch would bring into datanets kept in Git, before it is merged.

    \b
    Examples:
      curate gate --base origin/main
      curate gate --base origin/main --author amina-k --output sarif=gate.sarif --output markdown=gate.md
      curate gate --base main --staged --fail-on reject

    Everything that decides is read from the base, never from the branch.

    \b
    Exit codes: 0 pass, 1 not (also when there was nothing to check), 2 usage or a base that cannot be judged by,
    3 an engine failed and the check is incomplete.
    """
    from curation.gate.gating import Asked  # noqa: PLC0415  (not for --help)

    asked = Asked(
        base=base,
        # A push need not be of the branch that is checked out.
        head=os.environ.get("PRE_COMMIT_TO_REF", head) if pushed else head,
        author=author,
        staged=staged,
        fail_on=fail_on.value if fail_on else None,
        allow_empty=allow_empty,
    )
    raise typer.Exit(_judged(_root(workspace), asked, cache, shape, [_target(one) for one in output or ()]))


def _judged(
    root: Path, asked: "Asked", cache: Path | None, shape: GateShape, targets: list[tuple[GateShape, Path]]
) -> int:
    """Runs the gate and writes what was asked for; its exit code."""
    from curation.formats.gate_formats import GATE_FORMATS  # noqa: PLC0415  (not for --help)
    from curation.gate.gating import gate as judge  # noqa: PLC0415  (likewise)

    for _, path in targets:
        require_writable(path)
        # What an earlier run left must not be taken for the word of this one, should it not come to its end.
        path.unlink(missing_ok=True)
    result = judge(root, asked, cache=cache, say=say)
    for name, path in targets:
        put(GATE_FORMATS[name](result), path)
    put(GATE_FORMATS[shape](result))
    return result.exit_code


def merge(
    base: Annotated[str, typer.Option(help="The base as it was before the merge.", metavar="REV")],
    checked: Annotated[
        Path | None, typer.Option(help="What the gate checked: the file of its --output json=PATH.")
    ] = None,
    head: Annotated[str, typer.Option(help="The base as it is after the merge.", metavar="REV")] = "HEAD",
    fail_on: Annotated[FailOn | None, typer.Option(help="What is not let in instead of what the cards say.")] = None,
    shape: ShapeOption = Shape.TEXT,
    workspace: WorkspaceOption = None,
) -> None:
    """Submit what a merged branch brought, with the commit that brought it.

    \b
    Examples:
      curate merge --base HEAD~1
      curate merge --base 3f2a91c0 --checked gate.json
      curate merge --base HEAD~1 --fail-on reject

    What the gate would not let pass is refused: it is judged again, by the base as it was before.
    What was submitted before is left as it is, so the same merge again changes nothing.

    \b
    Exit codes: 0 all submitted or submitted before, 1 something was refused, the rest is submitted,
    2 usage, 3 an engine failed.
    """
    from curation.formats.merge import merge_document, merge_text  # noqa: PLC0415  (not for --help)
    from curation.gate.merging import merge as merged  # noqa: PLC0415  (likewise)

    lowered = fail_on.value if fail_on else None
    result = merged(open_workspace(workspace), base, head=head, checked=checked, fail_on=lowered, say=say)
    if shape is Shape.JSON:
        put_json(merge_document(result))
    else:
        put_text(merge_text(result))
    raise typer.Exit(result.exit_code)


def _target(told: str) -> tuple[GateShape, Path]:
    name, _, path = told.partition("=")
    if name not in {shape.value for shape in GateShape} or not path:
        names = ", ".join(shape.value for shape in GateShape)
        raise UsageError(f"--output {shown(told, 80)!r}: FORMAT=PATH wanted, FORMAT one of {names}")
    return GateShape(name), Path(path)


def _root(given: Path | None) -> Path:
    """The workspace: named, or the nearest folder upward with datanets/; a branch may have taken them all away."""
    chosen = given or Chosen.workspace
    if chosen is not None and not chosen.is_dir():
        raise UsageError(f"{shown(chosen.name)!r} is no folder: a workspace wanted")
    # Not resolved: a branch could put a link to another workspace in this one's place.
    here = (chosen or Path.cwd()).absolute()
    if chosen is not None:
        return here
    return next((folder for folder in (here, *here.parents) if (folder / "datanets").is_dir()), here)
