"""Page templates, read once from a package: everything escaped, nothing loaded from elsewhere, every name wanted."""

from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from curation.datanet.shown import shown
from curation.formats.text import snippet
from curation.rewards.amounts import open_of


def environment_of(package: str) -> Environment:
    """The templates of a package. `shown` and `snippet` are for what people wrote, `open_of` for amounts."""
    made = Environment(
        # What several pages have in common stands here.
        loader=FileSystemLoader([Path(str(files(one).joinpath("templates"))) for one in (package, __package__)]),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"shown": shown, "snippet": snippet, "open_of": open_of}
    return made


def our_own(markup: str) -> Markup:
    """Markup that we made, to stand in a page as it is; whatever it has of a record or a name was escaped before."""
    return Markup(markup)  # noqa: S704  (what the docstring says)
