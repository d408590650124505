"""What a check reads of the past without opening the store: stored records by column, and reference versions.

Everything here is made from the journal and the files and can be made again, vectors too, so each folder carries the
digests of its files and is thrown away when they do not match.
"""

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from curation.datanet.canonical import digest
from curation.evidence.known import COLUMNS, Known
from curation.evidence.reference import Reference, load_reference, read_arrays, save_reference
from curation.ledger.durable import sync
from curation.ledger.places import Places
from curation.ledger.standing import Inspected
from curation.verdict import Verdict

_COLUMNS_FILE, _ARRAYS_FILE, _MANIFEST_FILE = "columns.json", "arrays.safetensors", "manifest.json"


@dataclass(frozen=True, kw_only=True)
class Shelved:
    """The readable records of one contribution: their columns and vectors, and what inspection said of each."""

    known: Known
    inspected: tuple[Inspected, ...]


@dataclass(frozen=True)
class Shelf:
    """The folders `index/<contribution>/`, `references/<datanet>/<version>/` and `models/<datanet>/<model>/`."""

    places: Places

    def put(self, contribution: str, shelved: Shelved, encoder: str) -> None:
        """Keeps a contribution's columns and vectors; an existing folder is replaced."""
        from safetensors.numpy import save  # noqa: PLC0415  (only writing needs it)

        known = shelved.known
        arrays = save(
            {
                "vectors": np.ascontiguousarray(known.vectors),
                "sketches": np.ascontiguousarray(known.sketches),
            }
        )
        columns = json.dumps(
            {
                "table": known.table,
                "columns": {name: getattr(known, name) for name in COLUMNS},
                "inspected": [
                    [one.verdict, one.otherwise, one.weight, one.novelty, one.otherwise_novelty]
                    for one in shelved.inspected
                ],
            },
            ensure_ascii=False,
        ).encode()
        manifest = {"encoder": encoder, "arrays": digest(arrays), "columns": digest(columns)}

        def fill(folder: Path) -> None:
            (folder / _ARRAYS_FILE).write_bytes(arrays)
            (folder / _COLUMNS_FILE).write_bytes(columns)
            (folder / _MANIFEST_FILE).write_text(json.dumps(manifest), encoding="utf-8")

        _placed(self._index(contribution), fill)

    def get(self, contribution: str, datanet: str, encoder: str) -> Shelved | None:
        """What `put` kept, or None when it is missing, damaged or of another encoder."""
        folder = self._index(contribution)
        try:
            manifest = json.loads((folder / _MANIFEST_FILE).read_bytes())
            columns = (folder / _COLUMNS_FILE).read_bytes()
            if manifest["encoder"] != encoder or manifest["columns"] != digest(columns):
                return None
            loaded = read_arrays(folder / _ARRAYS_FILE, manifest["arrays"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        if loaded is None:
            return None
        read = json.loads(columns)
        if set(read["columns"]) != set(COLUMNS):
            return None  # kept by another version of the engine
        known = Known(
            **{name: tuple(values) for name, values in read["columns"].items()},
            sketches=loaded["sketches"],
            vectors=loaded["vectors"],
            table=read["table"],
        )
        inspected = tuple(
            Inspected(
                record=record,
                datanet=datanet,
                content=content,
                verdict=Verdict(verdict),
                otherwise=None if otherwise is None else Verdict(otherwise),
                weight=weight,
                novelty=novelty,
                otherwise_novelty=otherwise_novelty,
            )
            for record, content, (verdict, otherwise, weight, novelty, otherwise_novelty) in zip(
                known.ids, known.digests, read["inspected"], strict=True
            )
        )
        return Shelved(known=known, inspected=inspected)

    def put_reference(self, datanet: str, reference: Reference, card: str) -> bytes:
        """Keeps a reference version; returns its manifest: the card it was fitted with, its files, their digests."""
        folder = self._reference(datanet, reference.version)
        _placed(folder, lambda temporary: save_reference(reference, temporary))
        files = {path.name: digest(path.read_bytes()) for path in sorted(folder.iterdir())}
        told = {"schema": "curation.reference-files/1", "card": card, "files": files}
        return json.dumps(told, sort_keys=True).encode()

    def reference(self, datanet: str, version: str) -> Reference:
        """A kept reference version; raises `EngineFailed` when its files are missing or damaged."""
        return load_reference(self._reference(datanet, version))

    def reference_files(self, datanet: str, version: str) -> dict[str, str]:
        """The digests of a kept version's files as they are now; empty when there are none."""
        folder = self._reference(datanet, version)
        return {path.name: digest(path.read_bytes()) for path in sorted(folder.iterdir())} if folder.is_dir() else {}

    def put_model(self, datanet: str, model: str, fill: Callable[[Path], None]) -> dict[str, str]:
        """Keeps the files of a model that `fill` writes into a folder; returns their digests by name."""
        folder = self.model(datanet, model)
        _placed(folder, fill)
        return {path.name: digest(path.read_bytes()) for path in sorted(folder.iterdir())}

    def model(self, datanet: str, model: str) -> Path:
        """The folder of a model's files; there or not."""
        return self.places.state_dir / "models" / datanet / model

    def _index(self, contribution: str) -> Path:
        return self.places.state_dir / "index" / contribution

    def _reference(self, datanet: str, version: str) -> Path:
        return self.places.state_dir / "references" / datanet / version


def _placed(folder: Path, fill: Callable[[Path], None]) -> None:
    """Puts a folder in place whole: filled under a temporary name, then renamed."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary, aside = (folder.with_name(f".{folder.name}.{os.getpid()}.{what}") for what in ("tmp", "old"))
    for stray in (temporary, aside):
        shutil.rmtree(stray, ignore_errors=True)
    # 1. All of the new, on the disk.
    temporary.mkdir()
    fill(temporary)
    for path in temporary.iterdir():
        sync(path)
    sync(temporary)
    # 2. The old out of the way and the new in its place: readers miss it for the moment between two renames at most.
    if folder.exists():
        folder.rename(aside)
    temporary.rename(folder)
    sync(folder.parent)
    shutil.rmtree(aside, ignore_errors=True)
