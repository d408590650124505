"""Names of datanets and contributors: short, lower case, safe in a path, a URL and a terminal."""

import re

from curation.errors import UsageError

NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,62}", re.ASCII)


def checked_name(name: str, what: str) -> str:
    """The name itself; raises `UsageError` when it does not match `^[a-z0-9][a-z0-9-]{1,62}$`."""
    if not NAME.fullmatch(name):
        raise UsageError(
            f"{what} name {name[:80]!r} cannot be used: 2 to 63 of a-z, 0-9 and '-' wanted, not starting with '-'"
        )
    return name
