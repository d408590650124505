"""Loads folders with the real `datasets` library, without a network and without us: run alone, by file name.

python -I loading.py FOLDER…     prints for each, as a line of JSON, its columns and rows, or why it cannot be loaded
"""

import json
import socket
import sys
from typing import Any, NoReturn


def _refuse(*_: Any) -> NoReturn:
    raise AssertionError("something wants the network")


def told(folder: str) -> dict[str, Any]:
    from datasets import load_dataset

    try:
        configs = {"default": load_dataset(folder), "weights": load_dataset(folder, "weights")}
    except Exception as error:  # noqa: BLE001  (whatever it is, it is what the test is about)
        return {"error": f"{type(error).__name__}: {error}"}
    return {
        name: {
            "splits": list(found),
            "columns": found["train"].column_names,
            "types": _types(found),
            "rows": _rows(found),
        }
        for name, found in configs.items()
    }


def _types(found: Any) -> dict[str, str]:
    return {name: feature.dtype for name, feature in found["train"].features.items()}


def _rows(found: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in found["train"]]


if __name__ == "__main__":
    socket.socket.connect = _refuse  # type: ignore[method-assign]
    for one in sys.argv[1:]:
        print(json.dumps(told(one), default=str))  # noqa: T201  (its answer)
    assert not [name for name in sys.modules if name.split(".")[0] == "curation"]
