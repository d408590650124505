"""Edits that make an old text look new: each a function of the text, how much to change, and a seeded chance.

The words put in are ours; nothing here is taken from the data it is used on.
"""

import re
from collections.abc import Callable, Mapping
from random import Random
from typing import Final, TypeAlias

Edit: TypeAlias = Callable[[str, int, Random], str | None]

# Words that mean much the same, both ways. An edit never makes one word of a text into another that it already has.
_SYNONYM_SETS: Final = """
money funds; help assist; get obtain receive; need require; buy purchase; begin start commence; end finish terminate;
show display; send transmit; wrong incorrect; problem issue trouble; quick fast; big large; little small; card plastic;
fee charge cost; payment transaction; cash banknotes; change alter modify; cancel revoke; fix repair; ask enquire;
tell inform; shop store; account profile; transfer remit; phone mobile; identity id; verify confirm; wait hold;
declined refused rejected; missing absent; allowed permitted; possible feasible; why how; how what; risk danger;
treatments therapies; symptoms signs; causes reasons; diagnose identify; inherited hereditary; disease illness;
syndrome condition; people persons; information facts; genetic hereditary; outlook prognosis; prevent avoid;
many numerous; agreement contract; party side; parties sides; shall will; written textual; notice notification;
prior previous earlier; termination ending; obligations duties; rights entitlements; period term; law statute;
governed ruled; provide supply furnish; upon on; including comprising; consent approval; terminate cancel;
immediately promptly; entire whole; right entitlement; product good; products goods; days weekdays; hereby herewith;
my the; your a; still yet; but though; because since; also too; about regarding; want wish; think believe; long lengthy;
"""
_SYNONYMS: Final[Mapping[str, tuple[str, ...]]] = {
    word: tuple(other for other in words if other != word)
    for words in [tuple(part.split()) for part in _SYNONYM_SETS.replace("\n", " ").split(";")]
    for word in words
}
_FRAMES: Final = (
    ("Hello, quick question: ", " Thanks in advance."),
    ("Could somebody tell me this? ", " Any answer is welcome."),
    ("", " Please let me know as soon as you can, thank you."),
    ("For the avoidance of doubt: ", ""),
)
_LOOK_ALIKES: Final = str.maketrans("aeopcxiAEOPCXTHBMK", "аеорсхіАЕОРСХТНВМК")
_WORD: Final = re.compile(r"[^\W\d_]+")
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
_TYPO_LETTERS_MIN: Final = 4


def typos(text: str, count: int, chance: Random) -> str | None:
    """`count` words of four letters or more, each with one letter swapped, doubled, dropped or put in."""
    found = [match for match in _WORD.finditer(text) if len(match.group()) >= _TYPO_LETTERS_MIN]
    if len(found) < count:
        return None
    for match in sorted(chance.sample(found, count), key=lambda one: -one.start()):
        text = text[: match.start()] + _misspelt(match.group(), chance) + text[match.end() :]
    return text


def _misspelt(word: str, chance: Random) -> str:
    at = chance.randrange(1, len(word) - 1)
    kind = chance.randrange(4)
    if kind == 0 and word[at] != word[at + 1]:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if kind == 1:
        return word[:at] + word[at + 1 :]
    return word[:at] + (word[at] if kind == 2 else chance.choice(_LETTERS)) + word[at:]


def word_order(text: str, count: int, chance: Random) -> str | None:
    """`count` words taken out and put back elsewhere."""
    words = text.split()
    # Of three words nothing is left in place.
    if len(words) < 4:
        return None
    for _ in range(count):
        word = words.pop(chance.randrange(len(words)))
        words.insert(chance.randrange(len(words) + 1), word)
    told = " ".join(words)
    return None if told == text else told


def synonyms(text: str, count: int, chance: Random) -> str | None:
    """`count` words exchanged for others that mean much the same; None when the text has fewer in the table."""
    present = {match.group().lower() for match in _WORD.finditer(text)}
    found = [match for match in _WORD.finditer(text) if set(_SYNONYMS.get(match.group().lower(), ())) - present]
    if len(found) < count:
        return None
    for match in sorted(chance.sample(found, count), key=lambda one: -one.start()):
        word = match.group()
        other = chance.choice([one for one in _SYNONYMS[word.lower()] if one not in present])
        text = text[: match.start()] + (other.capitalize() if word[0].isupper() else other) + text[match.end() :]
    return text


def clause_swap(text: str, count: int, chance: Random) -> str | None:
    """The clauses of a text (between full stops, commas, semicolons) in another order; `count` exchanges."""
    clauses = [part.strip() for part in re.split(r"(?<=[.,;?!])\s+", text) if part.strip()]
    if len(clauses) < 2:
        return None
    for _ in range(count):
        first, second = chance.sample(range(len(clauses)), 2)
        clauses[first], clauses[second] = clauses[second], clauses[first]
    told = " ".join(clauses)
    return None if told == text else told


def padding(text: str, count: int, chance: Random) -> str:
    """`count` frames of polite words that say nothing, around the text."""
    for before, after in chance.sample(_FRAMES, min(count, len(_FRAMES))):
        text = f"{before}{text}{after}"
    return text


def truncation(text: str, count: int, chance: Random) -> str | None:
    """`count` words fewer, from the end or the beginning."""
    words = text.split()
    if len(words) < 2 * count + 3:
        return None
    return " ".join(words[:-count] if chance.random() < 0.5 else words[count:])


def homoglyphs(text: str, count: int, chance: Random) -> str:
    """The letters of `count` fifths of the words exchanged for letters of another script that look the same."""
    words = text.split()
    for at in chance.sample(range(len(words)), min(len(words), max(1, count * len(words) // 5))):
        words[at] = words[at].translate(_LOOK_ALIKES)
    return " ".join(words)


# How much is changed: light as a hand changes it in passing, heavy as one who wants not to be found.
KINDS: Final[Mapping[str, tuple[Edit, int, int]]] = {
    "typos": (typos, 2, 5),
    "word order": (word_order, 2, 8),
    "synonyms": (synonyms, 1, 3),
    "clause swap": (clause_swap, 1, 3),
    "padding": (padding, 1, 3),
    "truncation": (truncation, 1, 4),
    "homoglyphs": (homoglyphs, 2, 5),
}


def lightly(text: str, chance: Random) -> str:
    """One or two light edits of kinds drawn at random."""
    for name in chance.sample(list(KINDS), chance.choice((1, 2))):
        edit, light, _ = KINDS[name]
        text = edit(text, light, chance) or text
    return text


def paraphrased(text: str, chance: Random) -> str:
    """As much as the table can: synonyms, clauses and words in another order, a frame around it."""
    for count in (4, 3, 2, 1):
        changed = synonyms(text, count, chance)
        if changed is not None:
            text = changed
            break
    text = clause_swap(text, 2, chance) or text
    text = word_order(text, 3, chance) or text
    return padding(text, 1, chance) if chance.random() < 0.5 else text
