"""Text from outside for places that render Markdown: letters stay, everything that such a place obeys is replaced.

Escapes are not enough: a platform looks for mentions and links in what it has rendered, where an escaped `@` is an `@`.
So each character with a meaning stands as another one that looks like it.
"""

import re
from typing import Final

from curation.datanet.shown import shown

_LOOKALIKES: Final = str.maketrans(
    {
        "@": "＠",  # mentions
        "<": "‹",  # tags
        ">": "›",
        "&": "＆",  # entities
        "[": "［",  # links and images
        "]": "］",
        "`": "ˋ",  # code
        "*": "∗",  # emphasis
        "_": "＿",
        "~": "∼",
        "#": "＃",  # issues and headings
        "|": "¦",  # cells
        "\\": "＼",
        "$": "＄",  # formulas
        "{": "❴",  # placeholders of templates and of SARIF messages
        "}": "❵",
        ":": "∶",  # addresses, emoji, orders to a build log
    }
)
# What a platform links without any mark of its own: ids of issues, and of commits, which are seven hex digits or more.
_ISSUE: Final = re.compile(r"(?i)\b(gh)-(?=[0-9])")
_COMMIT: Final = re.compile(r"([0-9a-fA-F]{6})([0-9a-fA-F])")
_HOST: Final = re.compile(r"(?i)www\.")
# What can stand between backticks as it is.
_PLAIN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/+-]*")


def inert(text: str, length_max: int = 160) -> str:
    """One line of at most `length_max` characters in which nothing is a mention, link, image, tag, code or formula.

    Also nothing of which a platform makes a link unasked: an id of a commit or an issue.
    """
    told = _HOST.sub("www․", shown(text, length_max).translate(_LOOKALIKES))
    return _COMMIT.sub(_broken, _ISSUE.sub("\\1‑", told))


def _broken(found: "re.Match[str]") -> str:
    """Seven hex digits of which the last is a wide one (U+FF10 and on), so that they are no id."""
    return found[1] + chr(ord(found[2]) + 0xFEE0)


def code(text: str, length_max: int = 160) -> str:
    """A name in a code span; one with anything unusual in it is made inert instead, since mentions look into those."""
    if (
        len(text) <= length_max
        and _PLAIN.fullmatch(text)
        and not any(one.search(text) for one in (_HOST, _ISSUE, _COMMIT))
    ):
        return f"`{text}`"
    return inert(text, length_max)
