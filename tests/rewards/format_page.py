"""The Python blocks of docs/rewards-format.md, as an outsider would run them: with the standard library alone."""

import ast
import re
import sys
from functools import cache
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[2] / "docs" / "rewards-format.md"


@cache
def block(name: str) -> dict[str, Any]:
    """What the block defines. `comb` and the like are imported by the block itself."""
    (code,) = re.findall(rf"^```python {name}\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            assert {alias.name for alias in node.names} <= sys.stdlib_module_names
        assert not isinstance(node, ast.ImportFrom)
    defined: dict[str, Any] = {}
    exec(code, defined)  # noqa: S102  (our own page)
    return defined
