"""Templates and own files: read once from the package, everything escaped, nothing loaded from elsewhere."""

import hashlib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from fastapi.templating import Jinja2Templates

from curation.formats.templates import environment_of

_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


@dataclass(frozen=True, kw_only=True)
class StaticFile:
    """One of our own files, as it is sent."""

    data: bytes
    media_type: str
    etag: str


def templates() -> Jinja2Templates:
    """The page templates. `shown` and `snippet` are for what people wrote, `open_of` for amounts."""
    return Jinja2Templates(env=environment_of("curation.web"))


def static_files() -> dict[str, StaticFile]:
    """Every file under `static/` that a browser may ask for, by name."""
    shared = files("curation.formats").joinpath("templates", "figure.css")
    found = {}
    for one in (shared, *files("curation.web").joinpath("static").iterdir()):
        kind = _TYPES.get(Path(one.name).suffix)
        if kind is not None:
            data = one.read_bytes()
            etag = f'"{hashlib.sha256(data).hexdigest()[:32]}"'
            found[one.name] = StaticFile(data=data, media_type=kind, etag=etag)
    return found
