"""Templates and own files: read once from the package, everything escaped, nothing loaded from elsewhere."""

import hashlib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from fastapi.templating import Jinja2Templates
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from curation.datanet.shown import shown
from curation.formats.text import snippet
from curation.rewards.amounts import open_of

_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


@dataclass(frozen=True, kw_only=True)
class StaticFile:
    """One of our own files, as it is sent."""

    data: bytes
    media_type: str
    etag: str


def templates() -> Jinja2Templates:
    """The page templates. `shown` and `snippet` are for what people wrote, `open_of` for amounts."""
    folder = Path(str(files("curation.web").joinpath("templates")))
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"shown": shown, "snippet": snippet, "open_of": open_of}
    return Jinja2Templates(env=environment)


def static_files() -> dict[str, StaticFile]:
    """Every file under `static/` that a browser may ask for, by name."""
    folder = files("curation.web").joinpath("static")
    found = {}
    for one in folder.iterdir():
        kind = _TYPES.get(Path(one.name).suffix)
        if kind is not None:
            data = one.read_bytes()
            etag = f'"{hashlib.sha256(data).hexdigest()[:32]}"'
            found[one.name] = StaticFile(data=data, media_type=kind, etag=etag)
    return found
