"""A record, and whose it is."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Owned:
    """A record, where it belongs and whose it is; `imported` for those of the owner's imports."""

    record: str
    datanet: str
    contributor: str
    imported: bool
