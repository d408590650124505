"""Canonical bytes: the one way a value is written down before it is hashed or compared.

RFC 8785 JSON (keys in UTF-16 order, shortest escapes, no blanks), but integers are written in full however long, and
decimals keep the digits they were given with, so that no reader's floating point decides what a record says.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TypeAlias

Value: TypeAlias = str | int | Decimal | bool | None
Json: TypeAlias = "Value | Sequence[Json] | Mapping[str, Json]"


def canonical_bytes(value: Json) -> bytes:
    """The canonical JSON of a value as UTF-8.

    Raises `TypeError` for a float, whose digits are nobody's, and for anything else that is not JSON.
    """
    return _written(value).encode("utf-8")


def digest(data: bytes) -> str:
    """SHA-256 in lower-case hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def _written(value: Json) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return json.dumps(value, ensure_ascii=False)
        case int() | Decimal():
            return str(value)
        case Mapping():
            keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
            return "{" + ",".join(f"{_written(key)}:{_written(value[key])}" for key in keys) + "}"
        case list() | tuple():
            return "[" + ",".join(_written(item) for item in value) + "]"
    raise TypeError(f"no canonical form for {type(value).__name__}")
