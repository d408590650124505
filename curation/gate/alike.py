"""Paths that some file systems take for one: alike but for case, the writing of a letter, or what is passed over.

macOS and Windows take no notice of case; of how an accent is composed macOS takes none; Windows drops points and blanks
at the end of a name. A branch with both paths gives each clone one of the two files under one name.
"""

import unicodedata

from curation.datanet.shown import is_hidden


def folded(path: str) -> str:
    """What such a file system would make of a path: equal for two that it takes for one. For comparing only."""
    return "/".join(_part(part) for part in path.split("/"))


def _part(part: str) -> str:
    if part.isascii() and part.isprintable():
        # As nearly all are: a repository may have many.
        return part.lower().rstrip(". ") or part
    visible = "".join(char for char in part if not is_hidden(char))
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", visible).casefold())
    return plain.rstrip(". ") or part
