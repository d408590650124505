"""Canonical bytes: the one way a value is written down before it is hashed or compared.

RFC 8785 JSON (keys in UTF-16 order, shortest escapes, no blanks), but integers are written in full however long, and
decimals keep the digits they were given with, so that no reader's floating point decides what a record says.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from json.encoder import encode_basestring
from typing import TypeAlias

Value: TypeAlias = str | int | Decimal | bool | None
Json: TypeAlias = "Value | Sequence[Json] | Mapping[str, Json]"


def canonical_bytes(value: Json) -> bytes:
    """The canonical JSON of a value as UTF-8.

    Raises `TypeError` for a float, whose digits are nobody's, and for anything else that is not JSON.
    """
    return _written(value).encode("utf-8")


def plain_bytes(value: Json) -> bytes:
    """The same bytes, many times as fast, of a value without decimals and floats whose keys are ASCII.

    The caller knows that it is such a value: nothing looks at it here.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8")


def digest(data: bytes) -> str:
    """SHA-256 in lower-case hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def _written(value: Json) -> str:
    if isinstance(value, str):
        return encode_basestring(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal):
        return str(value)
    if isinstance(value, dict | Mapping):
        # Where all keys are ASCII, which is the usual case, the order of code points is that of UTF-16.
        keys = sorted(value) if all(map(str.isascii, value)) else sorted(value, key=_utf16)
        return "{" + ",".join([f"{encode_basestring(key)}:{_written(value[key])}" for key in keys]) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join([_written(item) for item in value]) + "]"
    raise TypeError(f"no canonical form for {type(value).__name__}")


def _utf16(key: str) -> bytes:
    return key.encode("utf-16-be")
