"""Documents as they are sent: ASCII, times as text, nothing hidden in any string."""

import json
from datetime import datetime
from typing import Any

from starlette.responses import Response

from curation.datanet.shown import shown

# More than a whole record has.
TEXT_MAX = 2_000_000


def written(document: Any) -> bytes:
    """A document as JSON; invisible characters stand as ⟨U+XXXX⟩, so that what is seen is what is there."""
    return json.dumps(_showable(document), ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode()


def answer(document: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A document as an answer."""
    return Response(written(document), status, headers, "application/json")


def _showable(value: Any) -> Any:
    match value:
        case str():
            plain = value.isascii() and value.isprintable() and "##" not in value
            return value if plain else shown(value, TEXT_MAX)
        case dict():
            return {shown(str(key), 200): _showable(one) for key, one in value.items()}
        case list() | tuple():
            return [_showable(one) for one in value]
        case datetime():
            return f"{value:%Y-%m-%dT%H:%M:%SZ}"
        case None | bool() | int() | float():
            return value
    return shown(str(value), TEXT_MAX)
