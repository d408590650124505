"""How attackers rewrite: heavy paraphrase by rule, other numbers and names, stuffed texts, noise. All our own."""

import re
from collections.abc import Sequence
from random import Random
from typing import Final

from benchmarks.real_data.edits import clause_swap, padding, synonyms, typos, word_order

# How a question may begin, and what says the same.
_OPENINGS: Final = (
    (r"^(how do i|how can i|how to|how would i|how should i)\b", ("what is the way to", "which steps let me",
     "tell me the procedure to")),
    (r"^(can i|could i|may i|am i able to)\b", ("is it possible for me to", "will you let me")),
    (r"^(can you|could you|would you)\b", ("please", "I would like you to")),
    (r"^(why was|why is|why has|why did|why does|why are)\b", ("what explains that", "for which reason")),
    (r"^(what are the)\b", ("name the", "list the known")),
    (r"^(what is \(are\)|what is|what's|what are)\b", ("explain", "give details of")),
    (r"^(where can i|where do i)\b", ("in which place could I", "at what place may I")),
    (r"^(is there|are there)\b", ("do you know of", "does there exist")),
    (r"^(i need to|i want to|i would like to|i'd like to)\b", ("it is my wish to", "my plan is to")),
    (r"^(i have|i've)\b", ("mine is a case where I have", "it so happens that I have")),
    (r"^(my)\b", ("this", "the one of mine, a")),
    (r"^(do i|does)\b", ("must one say that", "is it so that")),
    (r"^(how many people are affected by)\b", ("what number of persons suffer from",)),
    (r"^(who is at risk for)\b", ("which people may develop",)),
)  # fmt: skip
_ASIDES: Final = (
    "in the present case", "as far as you know", "at this point", "to be precise", "generally speaking", "if possible",
)  # fmt: skip
_NAMES: Final = """
usd eur gbp aud cad chf jpy; dollars pounds euros francs yen; dollar pound euro; visa mastercard maestro amex;
uk us eu usa france germany spain italy poland russia; monday tuesday wednesday thursday friday saturday sunday;
apple google samsung; day week month year; days weeks months years; one two three four five six seven eight ten;
first second third; today yesterday; morning evening; january march april june july august october; physical virtual;
men women; adults children infants; heart liver kidney lung brain skin; left right; north south; most few;
autosomal x-linked; dominant recessive; mother father; upper lower; early late; mild severe; rare common
"""
_NAMED: Final = {
    word: tuple(other for other in part.split() if other != word)
    for part in _NAMES.replace("\n", " ").split(";")
    for word in part.split()
}
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z-]*")
_DIGITS: Final = re.compile(r"\d+")
_TEXTING: Final = (
    (r"\byou\b", "u"), (r"\bare\b", "r"), (r"\bplease\b", "pls"), (r"\bto\b", "2"), (r"\bfor\b", "4"),
    (r"\bbecause\b", "cos"), (r"\bwhy\b", "y"), (r"\bmy\b", "me"), (r"\band\b", "n"), (r"\bthanks\b", "thx"),
)  # fmt: skip


def texting(text: str) -> str:
    """As one writes on a phone: small letters, no marks, a few words shortened; what an honest person may do."""
    told = re.sub(r"[^\w\s]", "", text.lower())
    for number, (pattern, short) in enumerate(_TEXTING):
        if number % 2 == len(text) % 2:
            told = re.sub(pattern, short, told)
    return told


def lightly_edited(text: str, chance: Random) -> str:
    """One to three single edits: a typo, a word moved, a synonym."""
    for _ in range(chance.randint(1, 3)):
        text = chance.choice((typos, word_order, synonyms))(text, 1, chance) or text
    return text


def heavily_rewritten(text: str, chance: Random) -> str:
    """Another opening, every synonym of the table, clauses and words in another order, an aside, sometimes a frame."""
    for pattern, others in _OPENINGS:
        told, count = re.subn(pattern, chance.choice(others), text, count=1, flags=re.IGNORECASE)
        if count:
            text = told
            break
    for count in (6, 5, 4, 3, 2, 1):
        told_or_none = synonyms(text, count, chance)
        if told_or_none is not None:
            text = told_or_none
            break
    text = clause_swap(text, 2, chance) or text
    text = word_order(text, 2, chance) or text
    words = text.split()
    at = chance.randint(1, max(1, len(words) - 1))
    text = " ".join([*words[:at], chance.choice(_ASIDES), *words[at:]])
    return padding(text, 1, chance) if chance.random() < 0.3 else text


def with_other_facts(text: str, chance: Random) -> str | None:
    """Every number another one, and one or two names of the table others of their kind; None when there are none."""
    told = _DIGITS.sub(lambda found: str(int(found.group()[:12]) + chance.randint(1, 9)), text)
    found = [match for match in _NAME.finditer(told) if match.group().lower() in _NAMED]
    for match in sorted(chance.sample(found, min(len(found), 2)), key=lambda one: -one.start()):
        told = told[: match.start()] + chance.choice(_NAMED[match.group().lower()]) + told[match.end() :]
    return None if told == text else told


def padded(text: str, chance: Random) -> str:
    """A polite frame that says nothing around it."""
    return padding(text, chance.choice((1, 2)), chance)


def appended(text: str, chance: Random) -> str:
    """One word more: "2" or "not"."""
    return f"{text} {chance.choice(('2', 'not'))}"


def gibberish(chance: Random) -> str:
    """Letters in lumps."""
    return " ".join(
        "".join(chance.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(chance.randint(2, 9)))
        for _ in range(chance.randint(6, 14))
    )


def stuffed(texts: Sequence[str], chance: Random, most: int = 40) -> str:
    """The words of many texts in one, each once, in a new order: near everything, about nothing."""
    words = sorted({word for text in texts for word in text.split()})
    chance.shuffle(words)
    return " ".join(words[:most])
