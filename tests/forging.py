"""A journal and its objects in the hands of a forger: changed anywhere, and hashed anew so that the chain is whole."""

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

Json = dict[str, Any]


def canonical(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


class Forgery:
    """`lines` are the journal's, `objects` the files by digest; `changed` are those that were added."""

    def __init__(self, journal: bytes, objects: dict[str, bytes]) -> None:
        self.lines: list[Json] = [json.loads(line) for line in journal.splitlines()]
        self.objects = dict(objects)
        self.changed: dict[str, bytes] = {}

    def of(self, kind: str, **wanted: object) -> list[Json]:
        """The lines of a type whose bodies have these values, in order."""
        found = [line for line in self.lines if line["type"] == kind]
        return [line for line in found if all(line["body"].get(key) == value for key, value in wanted.items())]

    def told(self, line: Json, key: str) -> list[Any]:
        """The JSON values of the object that a line names."""
        return [json.loads(text) for text in self.objects[line["body"][key]].splitlines()]

    def rewrite(self, line: Json, key: str, edit: Callable[[list[Any]], None]) -> None:
        """Puts an edited object in the place of the one that a line names."""
        before = self.objects[line["body"][key]]
        values = self.told(line, key)
        edit(values)
        end = b"\n" if before.endswith(b"\n") else b""
        data = b"\n".join(map(canonical, values)) + end
        assert data != before
        line["body"][key] = sha256(data).hexdigest()
        self.objects[line["body"][key]] = self.changed[line["body"][key]] = data

    def rehashed(self) -> bytes:
        """The journal with its lines numbered and chained anew."""
        head, texts = "0" * 64, []
        for seq, line in enumerate(self.lines, start=1):
            body = {key: value for key, value in line.items() if key != "hash"} | {"seq": seq, "prev": head}
            head = sha256(canonical(body)).hexdigest()
            texts.append(canonical(body | {"hash": head}) + b"\n")
        return b"".join(texts)

    def into_export(self, folder: Path) -> None:
        """Writes it into a copy of an export; the operator's own documents stay, but for the head."""
        journal = self.rehashed()
        (folder / "journal.jsonl").write_bytes(journal)
        for name, data in self.changed.items():
            (folder / "objects" / name).write_bytes(data)
        told = json.loads((folder / "export.json").read_bytes())
        told |= {"seq": len(self.lines), "head": json.loads(journal.splitlines()[-1])["hash"]}
        (folder / "export.json").write_text(json.dumps(told, indent=2, sort_keys=True) + "\n")

    def into_workspace(self, root: Path) -> None:
        """Writes it into a copy of a workspace, and removes the store: it would be built anew from the forgery."""
        state = root / ".curation"
        (state / "journal.jsonl").write_bytes(self.rehashed())
        for name, data in self.changed.items():
            (state / "objects" / name[:2]).mkdir(exist_ok=True)
            (state / "objects" / name[:2] / name).write_bytes(data)
        (state / "store.duckdb").unlink(missing_ok=True)


Forge = Callable[[Forgery], None]


class Register(dict[str, Forge]):
    """Forgeries by name."""

    def add(self, function: Forge) -> Forge:
        """Takes a forgery in; for use as a decorator."""
        self[getattr(function, "__name__", "")] = function
        return function
