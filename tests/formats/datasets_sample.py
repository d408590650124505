"""Datanets to export: a table with every sort of number and hostile names of columns, and one that has nothing yet."""

import json
from pathlib import Path
from typing import Final

from curation.ledger.places import Places
from curation.workspace import Workspace
from tests import small
from tests.ledger.ledger_sample import Ledger

DROP: Final = '"; DROP TABLE records; --'
BOLD: Final = "<b onmouseover=alert(1)>|`x`"
TITLE: Final = '<script>alert(1)</script> "]: {a: *b} @everyone #1 | \\n --- ![x](//evil.example)'
COLUMNS: Final = 500
# Thirty-nine digits: one more than Arrow's decimals hold.
LONG: Final = "0.123456789012345678901234567890123456789"


def table_card() -> str:
    fields = [
        {"name": "ID", "role": "id"},
        {"name": "Record_ID", "type": "integer", "role": "feature"},
        {"name": DROP, "type": "number", "role": "feature"},
        {"name": BOLD, "role": "feature", "description": TITLE, "unit": "<i>"},
        {"name": "long", "type": "number"},
        {"name": "when", "type": "date"},
        {"name": "wet", "type": "boolean"},
        {"name": "whole", "type": "integer", "required": True},
        {"name": "never", "type": "date"},
        {"name": "kind", "role": "label", "required": True},
    ]
    fields += [{"name": f"c{number}", "type": "number"} for number in range(COLUMNS - len(fields))]
    card = {
        "schema": "curation.datanet/1",
        "name": "wide",
        "title": TITLE,
        "licence": "<img src=x> Community Licence 2.0",
        "languages": ["no", "ur"],
        "task": "table",
        "public_texts": True,
        "policy": {"reference_min": 40},
    }
    return json.dumps(card | {"fields": fields})


def table_rows() -> list[str]:
    """Lines of JSON as they are given, decimals to the last digit."""
    rows = []
    for number in range(60):
        given = {
            "ID": f'"own-{number}"',
            "Record_ID": str(2**63 - 1 - number),
            json.dumps(DROP): f"{number}.{'5' * (number % 3 + 1)}",
            json.dumps(BOLD): json.dumps(f"<img src=x onerror=alert({number})>\u202e"),
            "long": LONG if number == 0 else f"{number}.0",
            "when": f'"0{number % 9 + 1}00-02-28"',
            "wet": "true" if number % 2 else "false",
            "whole": str(number * number % 97),
            "kind": f'"kind {number % 3}"',
        }
        if number % 5 == 0:
            del given["wet"], given["when"]
        cells = (f"{key if key.startswith(chr(34)) else json.dumps(key)}: {value}" for key, value in given.items())
        rows.append("{" + ", ".join(cells) + "}")
    return rows


def table(root: Path, encoder_cache: Path) -> Workspace:
    """A workspace with the table imported."""
    small.lay_out(root, encoder_cache)
    (root / "datanets" / "wide").mkdir()
    (root / "datanets" / "wide" / "datanet.yaml").write_text(table_card(), encoding="utf-8")
    workspace = Workspace(root)
    workspace.import_file(small.write_jsonl(root / "wide.jsonl", table_rows()), "wide")
    return workspace


def nothing(folder: Path) -> Ledger:
    """A ledger in which somebody is known and nothing was submitted."""
    ledger = Ledger(places=Places(state_dir=folder / ".curation"))
    ledger.register("owner", "The Owner")
    return ledger
