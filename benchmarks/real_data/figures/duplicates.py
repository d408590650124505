"""Copies that are there, and what is taken for one and is none: natural, templated, and edited by a seeded recipe."""

import re
from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Final

import numpy as np

from benchmarks.real_data.bench import SEED, Bench, Row, found, plain_script, shuffled
from benchmarks.real_data.edits import KINDS
from benchmarks.real_data.figure import Figure, Interval, bootstrap, mean_of, paired, ratio_of

DUPLICATES: Final = ("exact-duplicate", "near-duplicate")
SCRIPT_COSINE: Final = 0.95
# Where all records fill in a few templates, most words are shared by what has nothing to do with each other: there the
# owner wants all words to be the same. Between copies and other facts no ramp that suits free text can tell.
RAMPS: Final = (
    ("ramp for templates, .98–.99", "{novelty_ramp: [0.98, 0.99]}", True),
    ("ramp as it comes, .66–.80", "", False),
)
PER_KIND: Final = 300
# Fewer texts that a kind of edit can be made of are not counted.
PER_KIND_MIN: Final = 30
LIGHT_MUST: Final = "≥ .9"
# A name or a title of four words is no longer itself when one of them is exchanged: counted apart.
WORDS_MIN: Final = 5


def measure(bench: Bench) -> Iterator[Figure]:
    yield from _natural(bench)
    yield from _same_fact(bench)
    medquad = [{**row, "text": row["question"], "label": row["question_type"]} for row in bench.rows("medquad")]
    cuad = [{**row, "label": row["clause_type"]} for row in bench.rows("cuad_clauses")]
    for name, rows in (("medquad questions", medquad), ("cuad_clauses", cuad), ("banking77", bench.rows("banking77"))):
        yield from _edited(bench, name, rows)


def _natural(bench: Bench) -> Iterator[Figure]:
    """Messages that came twice, case aside, in the order of the file: all of them found, nothing else taken for one."""
    rows = bench.rows("sms_spam")
    judged = bench.datanet("sms", "labelled-text", {"text": "text", "label": "label"}).imported(rows)
    seen: set[str] = set()
    repeats, flagged = [], []
    wrong = 0
    for row, one in zip(rows, judged, strict=True):
        repeats.append(row["text"].casefold() in seen)
        seen.add(row["text"].casefold())
        findings = found(one, *DUPLICATES)
        flagged.append(bool(findings))
        partners = [related for finding in findings for related in finding["related"] if related["similarity"] >= 1]
        wrong += any(_plain(rows[partner["line"] - 1]["text"]) != _plain(row["text"]) for partner in partners)
    missed = sum(repeat and not flag for repeat, flag in zip(repeats, flagged, strict=True))
    total = sum(repeats)
    yield Figure(
        data="sms_spam", name="natural exact duplicates missed", ours=Interval(missed), must="0", note=f"of {total}"
    )
    yield Figure(
        data="sms_spam",
        name="taken for the same (exact, or similarity 1) and are not, but for case, white space and punctuation",
        ours=Interval(wrong),
        must="0",
    )


def _plain(text: str) -> str:
    return "".join(re.findall(r"\w", text.casefold()))


def _same_fact(bench: Bench) -> Iterator[Figure]:
    """Of questions flagged as duplicates, how many ask something else: another disease or another thing about it."""
    rows = [{**row, "text": row["question"]} for row in shuffled(bench.rows("medquad"))]
    # Case, signs and the 's of "Paget's disease" make no other fact.
    fact = [(_plain(re.sub(r"['’]s\b", "", row["focus"])), row["question_type"]) for row in rows]
    script = np.zeros((2, len(rows)))
    vectors = plain_script().vectors([row["text"] for row in rows])
    for place in range(1, len(rows)):
        cosines = vectors[:place] @ vectors[place]
        nearest = int(cosines.argmax())
        flagged = bool(cosines[nearest] >= SCRIPT_COSINE)
        script[:, place] = flagged, flagged and fact[nearest] != fact[place]
    for name, policy, must in RAMPS:
        more = {"policy": policy} if policy else {}
        judged = bench.datanet(f"medquad-{len(policy)}", "text", {"text": "text"}, **more).imported(rows)
        ours = np.zeros((2, len(rows)))
        for place, one in enumerate(judged):
            partners = [finding["related"][0]["line"] - 1 for finding in found(one, *DUPLICATES)]
            ours[:, place] = bool(partners), bool(partners) and fact[partners[0]] != fact[place]
        yield Figure(
            data=f"medquad, {name}",
            name="of questions flagged as duplicates, share that ask something else",
            **paired(len(rows), ratio_of(ours[1], ours[0]), ratio_of(script[1], script[0])),
            must="≤ .02" if must else "",
            aim="≤ .005" if must else "",
            note=f"flagged {int(ours[0].sum()):,}, by the script (cosine {SCRIPT_COSINE}) {int(script[0].sum()):,}",
        )


def _edited(bench: Bench, name: str, rows: Sequence[Row]) -> Iterator[Figure]:
    """Recall by kind of edit; every edited text has an original of its own, so that no copy is found by another."""
    chance = Random(SEED)  # noqa: S311  (a reproducible recipe, no secret)
    every = {row["text"].casefold(): row for row in shuffled(rows)}.values()
    distinct = [row for row in every if len(row["text"].split()) >= WORDS_MIN]
    short = [row for row in every if len(row["text"].split()) < WORDS_MIN][:PER_KIND]
    pool = distinct[: 2 * len(KINDS) * PER_KIND]
    datanet = bench.datanet(
        name.split(maxsplit=1)[0].replace("_", "-") + "-edited", "labelled-text", {"text": "text", "label": "label"}
    )
    datanet.imported([*pool, *short])
    edited = {
        **_copies(pool, chance),
        ("single", "any kind, texts of fewer than 5 words"): _short_copies(short, chance),
    }
    judged = iter(datanet.checked([row for copies in edited.values() for row in copies], "copier"))
    for (strength, kind), copies in edited.items():
        told = [next(judged) for _ in copies]
        lost = [one["novelty"] is None or one["novelty"] < 1 or bool(found(one, *DUPLICATES)) for one in told]
        caught = [one or bool(found(row, "slot-variation")) for one, row in zip(lost, told, strict=True)]
        if len(copies) >= PER_KIND_MIN:
            yield Figure(
                data=name,
                name=f"recall of `near-duplicate`, {strength} edits: {kind}",
                ours=bootstrap(len(lost), mean_of(lost)),
                must=LIGHT_MUST if strength == "light" else "",
                note=f"{len(copies)} copies; with those that `slot-variation` holds {sum(caught) / len(caught):.3f}",
            )


def _copies(pool: Sequence[Row], chance: Random) -> Mapping[tuple[str, str], list[Row]]:
    """Up to 300 edited copies of each kind and strength, drawn from the pool without replacement.

    Kinds that few texts allow choose first.
    """
    free = list(range(len(pool)))
    copies: dict[tuple[str, str], list[Row]] = {}
    for kind in ("clause swap", "synonyms", "truncation", "typos", "word order", "padding", "homoglyphs"):
        edit, light, heavy = KINDS[kind]
        for strength, count in (("light", light), ("heavy", heavy)):
            made: list[Row] = []
            left: list[int] = []
            for place in free:
                text = edit(pool[place]["text"], count, chance) if len(made) < PER_KIND else None
                if text is None or text == pool[place]["text"]:
                    left.append(place)
                else:
                    made.append({**pool[place], "text": text})
            free = left
            copies[strength, kind] = made
    return copies


def _short_copies(short: Sequence[Row], chance: Random) -> list[Row]:
    """One light edit of a kind drawn at random for each short text that allows it."""
    made = []
    for row in short:
        edit, light, _ = KINDS[chance.choice(list(KINDS))]
        text = edit(row["text"], light, chance)
        if text is not None and text != row["text"]:
            made.append({**row, "text": text})
    return made
