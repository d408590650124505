"""What a person is told of their own word on a record."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from curation.workspace import Said


def word_text(said: "Said", word: str, by: str) -> str:
    """One line; it says so when the word is about other records too, as whoever rejects a copy rejects its original."""
    line = f"record {said.record}: {word}, by {by}"
    if said.doubted:
        line = f"record {said.record}: noted. It was paid for, so a second curator has to agree"
    if said.also:
        others = f"{len(said.also)} other records" if len(said.also) > 1 else f"record {said.also[0]}"
        line += f"\n  the word is about the same content in {others} too"
    return line
