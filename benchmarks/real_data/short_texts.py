"""Many short texts: those of seven data sets, and light edits of them (seeded) up to the wanted number."""

from random import Random
from typing import Final

from benchmarks.real_data.bench import SEED, Bench
from benchmarks.real_data.edits import lightly

SHORT: Final = (
    ("banking77", "text"),
    ("clinc150_oos", "text"),
    ("sms_spam", "text"),
    ("hint3", "text"),
    ("medquad", "question"),
    ("semeval_sts", "text_a"),
    ("semeval_sts", "text_b"),
)


def short_texts(bench: Bench, count: int) -> list[str]:
    """So many texts: distinct ones first, then light edits of them."""
    every = dict.fromkeys(row[field].strip() for name, field in SHORT for row in bench.rows(name))
    own = [text for text in every if text][:count]
    chance = Random(SEED)  # noqa: S311  (a reproducible recipe, no secret)
    edited = [lightly(own[chance.randrange(len(own))], chance) for _ in range(count - len(own))]
    return own + edited
