"""Where the data that ships with the engine lies: beside the package in a checkout, inside it in a wheel."""

from pathlib import Path


def shared_folder(name: str) -> Path:
    """The folder of this name: `rules`, `datanets` or `docs/checks`."""
    package = Path(__file__).parent
    inside = package / "_shared" / name
    return inside if inside.is_dir() else package.parent / name
