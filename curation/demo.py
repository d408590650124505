"""The example workspace, worked through: import what is trusted, submit what was contributed, hold it to the truth."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from curation.datanet.shown import shown
from curation.errors import UsageError
from curation.finding import Severity
from curation.inspection import Judged
from curation.shared import shared_folder
from curation.workspace import Say, Workspace, silent

# Which checks may answer for which planted fault; one of them has to.
EXPECTED: dict[str, tuple[str, ...]] = {
    "exact-copy": ("exact-duplicate",),
    "hidden-copy": ("near-duplicate",),
    # A rare word exchanged for a rare word reads as another fact, which a curator has to look at.
    "light-copy": ("near-duplicate", "slot-variation"),
    "paraphrase": ("paraphrase",),
    "number-changed": ("slot-variation",),
    "wrong-label": ("label-noise",),
    "unknown-label": ("labelled-text/unknown-label",),
    "off-topic": ("outlier", "label-noise"),
    "gibberish": ("outlier", "language", "label-noise"),
    "wrong-language": ("language",),
    "markup": ("text/markup",),
    "grader-instruction": ("text/grader-instruction",),
    "empty": ("text/empty",),
    "personal-data": tuple(
        f"personal-data/{kind}" for kind in ("email", "phone", "card", "iban", "national-id", "ip-address", "secret")
    ),
    "duplicate-key": ("unreadable",),
    "missing-field": ("unreadable",),
    "nan": ("unreadable",),
    "wrong-type": ("unreadable",),
    "bad-date": ("unreadable",),
    "out-of-range": ("table/out-of-range",),
    "wrong-unit": ("table/out-of-range", "outlier"),
    "unknown-value": ("table/value-not-allowed",),
}


@dataclass(frozen=True, kw_only=True)
class Planted:
    """One record of an example contribution, what was planted in it (None: it is honest), and what was found."""

    datanet: str
    file: str
    line: int
    fault: str | None
    judged: Judged

    @property
    def found(self) -> tuple[str, ...]:
        """The checks that spoke up, but those that only inform."""
        return tuple(f.check for f in self.judged.findings if f.severity is not Severity.INFO)

    @property
    def as_it_should(self) -> bool:
        """A planted fault was named by a check meant for it; an honest record is accepted without a finding."""
        if self.fault is None:
            return not self.found and self.judged.verdict.value == "accept"
        wanted = EXPECTED[self.fault]
        return any(finding.check in wanted for finding in self.judged.findings)


def prepare(into: Path) -> None:
    """Copies the example datanets and rules; raises `UsageError` when the folder has a workspace already."""
    if (into / "datanets").exists():
        raise UsageError(f"{shown(into.name)!r} has a datanets/ folder already; an empty or new folder wanted")
    try:
        into.mkdir(parents=True, exist_ok=True)
        shutil.copytree(shared_folder("datanets"), into / "datanets")
        shutil.copytree(shared_folder("rules"), into / "rules")
    except OSError as error:
        reason = error.strerror or "a folder that can be written to wanted"
        raise UsageError(f"{shown(into.name)!r} cannot be used: {reason}") from None


def work_through(into: Path, say: Say = silent) -> Iterator[tuple[str, list[Planted]]]:
    """Imports and submits all examples; yields for each datanet its name and what came of every record."""
    workspace = Workspace(into, say=say)
    for datanet in workspace.datanets():
        folder = into / "datanets" / datanet
        for file in sorted((folder / "trusted").iterdir()):
            workspace.import_file(file, datanet)
        truth = _truth(folder)
        planted: list[Planted] = []
        for file in sorted((folder / "contributions").glob("*/*")):
            submitted = workspace.submit(file, datanet, file.parent.name)
            if submitted.checked is None:
                continue
            name = f"{file.parent.name}/{file.name}"
            planted += [
                Planted(datanet=datanet, file=name, line=judged.line, fault=truth[name, judged.line], judged=judged)
                for judged in submitted.checked.inspection.rows
            ]
        yield datanet, planted


def _truth(folder: Path) -> dict[tuple[str, int], str | None]:
    lines = (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines()
    return {(one["file"], one["line"]): one["fault"] for one in map(json.loads, lines)}
