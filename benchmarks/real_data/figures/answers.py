"""Responses that do not answer their prompt: shuffled by us, wrong or made up by others."""

import random
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.real_data.bench import SEED, Bench, Row, credit, halves, plain_script
from benchmarks.real_data.figure import Figure, auroc_of, bootstrap, mean_of, paired

CHECK = "mismatched-response"
FIELDS = {"prompt": "prompt", "response": "response"}
MEMBERS = ASKED = 600


def measure(bench: Bench) -> Iterator[Figure]:
    yield from shuffles(bench)
    yield from wrong_answers(
        bench,
        "halueval_general",
        lambda row: (row["instruction"], row["response"]),
        lambda row: row["is_bad"],
        "hallucinated responses against others",
    )
    yield from wrong_answers(
        bench,
        "mmlu_redux",
        lambda row: (row["question"], row["choices"][int(row["given_answer"])]),
        lambda row: {"wrong_groundtruth": True, "ok": False}.get(row["error_type"]),
        "wrong answers against right ones",
    )


def shuffles(bench: Bench) -> Iterator[Figure]:
    """Medquad: honest pairs, and the same prompts with another record's response, further and further off."""
    rows = bench.rows("medquad")
    reference, rest = halves(rows)
    reference, asked = reference[:MEMBERS], rest[:ASKED]
    datanet = bench.datanet("medquad-pairs", "instruction", FIELDS)
    datanet.imported([_pair(row["question"], row["answer"]) for row in reference])
    true = [_pair(row["question"], row["answer"]) for row in asked]
    honest = datanet.checked(true)
    kept = np.array([credit(one) for one in honest])
    not_accepted = np.array([one["verdict"] != "accept" for one in honest])
    name = "honest held-out pairs: share of full credit kept"
    yield Figure(data="medquad", name=name, ours=bootstrap(len(asked), mean_of(kept)), must="≥ .93", aim="≥ .97")
    name = "honest held-out pairs: share not accepted"
    yield Figure(data="medquad", name=name, ours=bootstrap(len(asked), mean_of(not_accepted)), must="≤ .08")
    kinds: tuple[tuple[str, Callable[[Row, Row], bool]], ...] = (
        ("of any other record", lambda one, other: other["focus"] != one["focus"]),
        ("to the same sort of question about something else", _same_type),
        ("to another sort of question about the same", _same_focus),
    )
    for kind, fits in kinds:
        # Of records that the reference does not have, or the response would be known by its own prompt.
        wrong = _shuffled(asked, rest, fits)
        yield from _told_apart((honest, datanet.checked(wrong)), (true, wrong), kind)


def _shuffled(asked: Sequence[Row], rows: Sequence[Row], fits: Callable[[Row, Row], bool]) -> list[Row]:
    """The questions, each with the answer of a seeded other record that fits; those without one are left out."""
    chance = random.Random(SEED)  # noqa: S311  (a reproducible draw, no secret)
    wrong = []
    for row in asked:
        others = [other for other in rows if fits(row, other) and other["answer"] != row["answer"]]
        if others:
            wrong.append(_pair(row["question"], chance.choice(others)["answer"]))
    return wrong


def _same_type(one: Row, other: Row) -> bool:
    return bool(other["question_type"] == one["question_type"] and other["focus"] != one["focus"])


def _same_focus(one: Row, other: Row) -> bool:
    return bool(other["question_type"] != one["question_type"] and other["focus"] == one["focus"])


def _told_apart(
    judged: tuple[Sequence[Row], Sequence[Row]], pairs: tuple[Sequence[Row], Sequence[Row]], kind: str
) -> Iterator[Figure]:
    """Figures of one kind of shuffle: what came out for the own and the wrong pairs, and those pairs."""
    honest, shuffled = judged
    true, wrong = pairs
    is_wrong = np.repeat([False, True], [len(true), len(wrong)])
    ours = np.array([-one["scores"][CHECK] for one in [*honest, *shuffled]])
    yield Figure(
        data="medquad",
        name=f"AUROC of `{CHECK}`, the response {kind} ({len(wrong)}) against the own ({len(true)})",
        **paired(len(ours), auroc_of(ours, is_wrong), auroc_of(_script([*true, *wrong]), is_wrong)),
        must="report",
        aim="",
        note="script: 1 − cosine of question and answer",
    )
    held = np.array([one["verdict"] != "accept" for one in shuffled])
    yield Figure(
        data="medquad",
        name=f"share not accepted, the response {kind}",
        ours=bootstrap(len(held), mean_of(held)),
        must="report",
    )


def wrong_answers(
    bench: Bench,
    data: str,
    pair_of: Callable[[Row], tuple[str, str]],
    is_wrong: Callable[[Row], bool | None],
    what: str,
) -> Iterator[Figure]:
    """Half as reference, with its share of wrong ones in it; the other half, where people said which are wrong."""
    reference, asked = halves(bench.rows(data))
    asked = [row for row in asked if is_wrong(row) is not None]
    wrong = np.array([bool(is_wrong(row)) for row in asked])
    datanet = bench.datanet(data.replace("_", "-"), "instruction", FIELDS)
    datanet.imported([_pair(*pair_of(row)) for row in reference])
    pairs = [_pair(*pair_of(row)) for row in asked]
    judged = datanet.checked(pairs)
    script = auroc_of(_script(pairs), wrong)
    scores: dict[str, NDArray[np.float64]] = {
        f"`{CHECK}`": np.array([-one["scores"][CHECK] for one in judged]),
        "the weight": np.array([-one["weight"] for one in judged]),
    }
    for name, score in scores.items():
        yield Figure(
            data=data,
            name=f"AUROC of {name}, {what} ({int(wrong.sum())} of {len(wrong)})",
            **paired(len(wrong), auroc_of(score, wrong), script),
            must="report",
            aim="",
            note="script: 1 − cosine of question and answer",
        )


def _pair(prompt: str, response: str) -> Row:
    return {"prompt": prompt, "response": response}


def _script(pairs: Sequence[Row]) -> NDArray[np.float64]:
    encoder = plain_script()
    asked, answered = (encoder.vectors([pair[side] for pair in pairs]) for side in ("prompt", "response"))
    distance: NDArray[np.float64] = 1 - (asked * answered).sum(axis=1).astype(np.float64)
    return distance
