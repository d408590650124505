"""What honest people lose: a random half imported, the honest other half as one newcomer's contribution.

And who loses it: by class frequency, length, language, and newcomers beside a contributor who has been audited.
"""

import json
import math
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.real_data.bench import Bench, BenchDatanet, Row, credit, found, halves, plain_script, shuffled
from benchmarks.real_data.figure import Figure, bootstrap, mean_of, paired

ALPHA = 0.05
AUDITED = 100
MULTILINGUAL = {"eng": "en", "fra": "fr", "deu_1996": "de", "spa": "es", "swh": "sw", "rus": "ru", "vie": "vi"}


@dataclass(frozen=True)
class Source:
    """A data set as a datanet: which rows and fields it has, how many, and which fields say the text and the class."""

    name: str
    task: str
    fields: dict[str, str]
    text: str
    label: str | None
    size_max: int


SOURCES = (
    Source("clinc150_oos", "labelled-text", {"text": "text", "label": "label"}, "text", "label", 6000),
    Source("banking77", "labelled-text", {"text": "text", "label": "label"}, "text", "label", 6000),
    Source("medquad", "instruction", {"question": "prompt", "answer": "response"}, "answer", None, 2000),
    Source("cuad_clauses", "labelled-text", {"text": "text", "clause_type": "label"}, "text", "clause_type", 2000),
)


def measure(bench: Bench) -> Iterator[Figure]:
    for source in SOURCES:
        rows = [row for row in bench.rows(source.name) if not row.get("is_oos") and row[source.text].strip()]
        one, other = halves(shuffled(rows)[: source.size_max])
        datanet = bench.datanet(source.name.replace("_", "-"), source.task, source.fields)
        datanet.imported(one)
        judged = datanet.checked(other, "newcomer")
        yield from _promises(source, one, other, judged)
        yield from _groups(source, one, other, judged)
        if source.name == "banking77":
            yield from _with_audits(bench, datanet, other)
    yield from _languages(bench)


def _promises(source: Source, one: Sequence[Row], other: Sequence[Row], judged: Sequence[Row]) -> Iterator[Figure]:
    """The three promises of the issue, and the script's false alarms where a script would judge."""
    count = len(judged)
    script = _script_alarms(source, one, other)
    yield Figure(
        data=source.name,
        name="honest half: share with strangeness p ≤ .05",
        **paired(count, mean_of(_strange(judged)), mean_of(script["outlier_p"])),
        must="≤ .06",
        note=f"{len(one):,} imported, {count:,} checked; script: rank of the mean distance to ten neighbours among the "
        "reference's own",
    )
    fresh = [row for row in judged if not found(row, "exact-duplicate")]
    is_fresh = np.array([not found(row, "exact-duplicate") for row in judged])
    lost = mean_of([row["verdict"] != "accept" for row in fresh])
    name = "honest half: share not accepted"
    note = f"exact copies that the source itself has left out, {1 - len(fresh) / count:.1%} of the records"
    if "label" in script:
        alarms = paired(len(fresh), lost, mean_of(script["label"][is_fresh]))
        yield Figure(data=source.name, name=name, **alarms, must="≤ .08", note=f"{note}; script: cleanlab's issues")
    else:
        yield Figure(data=source.name, name=name, ours=bootstrap(len(fresh), lost), must="≤ .08", note=note)
    yield Figure(
        data=source.name,
        name="honest half: share of full credit kept by m(w)",
        ours=bootstrap(len(fresh), mean_of([_kept(row) for row in fresh])),
        must="≥ .93",
        aim="≥ .97",
        note="novelty apart; the same copies left out",
    )


def _kept(row: Row) -> float:
    """m(w) by the weight alone: what is held or unchecked is in the share that is not accepted."""
    return credit({**row, "verdict": "accept"})


def _strange(judged: Sequence[Row]) -> NDArray[np.bool_]:
    """Whether the joined p-value is at most .05, told from the evidence that it gives at the default β of .7."""
    least = 0.7 * math.log(-math.e * ALPHA * math.log(ALPHA))
    return np.array([row["evidence"].get("strangeness", 0.0) <= least for row in judged])


def _script_alarms(source: Source, one: Sequence[Row], other: Sequence[Row]) -> dict[str, NDArray[np.bool_]]:
    """What a script of today would flag: strangers by distance, labels by cleanlab on a classifier of the half."""
    script = plain_script()
    known, new = (script.vectors([_said(source, row) for row in part]) for part in (one, other))
    itself = known @ known.T
    np.fill_diagonal(itself, -np.inf)
    usual = np.sort(1 - np.sort(itself, axis=1)[:, -10:].mean(axis=1))
    distance = 1 - np.sort(new @ known.T, axis=1)[:, -10:].mean(axis=1)
    p = (1 + len(usual) - np.searchsorted(usual, distance)) / (1 + len(usual))
    alarms = {"outlier_p": p <= ALPHA}
    if source.label is not None:
        alarms["label"] = _label_issues(source.label, (one, known), (other, new))
    return alarms


def _label_issues(
    label: str,
    one: tuple[Sequence[Row], NDArray[np.float32]],
    other: tuple[Sequence[Row], NDArray[np.float32]],
) -> NDArray[np.bool_]:
    from cleanlab.filter import find_label_issues  # noqa: PLC0415  (seconds that other figures need not wait)
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415  (as above)

    classifier = LogisticRegression(max_iter=1000).fit(one[1], [row[label] for row in one[0]])
    classes = classifier.classes_.tolist()
    codes = np.array([classes.index(row[label]) if row[label] in classes else -1 for row in other[0]])
    known = codes >= 0
    flagged = np.zeros(len(codes), dtype=np.bool_)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of each class with few records
        flagged[known] = find_label_issues(codes[known], classifier.predict_proba(other[1][known]), n_jobs=1)
    return flagged


def _said(source: Source, row: Row) -> str:
    return "\n".join(row[name] for name, role in source.fields.items() if role != "label")


def _groups(source: Source, one: Sequence[Row], other: Sequence[Row], judged: Sequence[Row]) -> Iterator[Figure]:
    """False alarms by thirds of class frequency and of length."""
    by_length = _thirds([len(row[source.text]) for row in other], ("short", "middling", "long"))
    yield from _alarms(source.name, "texts", by_length, judged)
    if source.label is not None:
        frequency = Counter(row[source.label] for row in one)
        by_class = _thirds([frequency[row[source.label]] for row in other], ("rare", "middling", "common"))
        yield from _alarms(source.name, "classes", by_class, judged)


def _thirds(values: Sequence[int], names: tuple[str, str, str]) -> list[str]:
    """The third of all records that each value lies in; equal values stand together."""
    order = np.sort(values)
    low, high = order[len(order) // 3], order[2 * len(order) // 3]
    return [names[0] if value < low else names[1] if value < high else names[2] for value in values]


def _alarms(data: str, of: str, groups: Sequence[str], judged: Sequence[Row]) -> Iterator[Figure]:
    """Not accepted, and flagged by strangeness or label, of each group; copies left out."""
    for name in dict.fromkeys(sorted(groups)):
        rows = [
            row
            for group, row in zip(groups, judged, strict=True)
            if group == name and not found(row, "exact-duplicate")
        ]
        if not rows:
            continue
        flagged = _strange(rows) | np.array([bool(found(row, "label-noise", "mismatched-response")) for row in rows])
        yield Figure(
            data=data,
            name=f"honest half: not accepted, {name} {of}",
            ours=bootstrap(len(rows), mean_of([row["verdict"] != "accept" for row in rows])),
            must="report",
            note=f"{len(rows):,} records; flagged for strangeness, label or answer: {flagged.mean():.3f}",
        )


def _with_audits(bench: Bench, datanet: BenchDatanet, rows: Sequence[Row]) -> Iterator[Figure]:
    """The same records of a newcomer and of one whose earlier honest records were audited."""
    earlier, later = rows[:AUDITED], rows[AUDITED:]
    submitted = datanet.submitted(earlier, "regular")
    told = [
        {"record": row["record"], "decision": "accept", "reason": "audited", "drawn_with": 1.0} for row in submitted
    ]
    file = bench.write("regular-audits.jsonl", told, list(told[0]))
    bench.curate("decide", "--from", str(file), "--by", "auditor")
    for who in ("newcomer", "regular"):
        judged = [row for row in datanet.checked(later, who) if not found(row, "exact-duplicate")]
        name = "a newcomer" if who == "newcomer" else f"one with {AUDITED} good audits"
        yield Figure(
            data="banking77",
            name=f"honest half: not accepted, {name}",
            ours=bootstrap(len(judged), mean_of([row["verdict"] != "accept" for row in judged])),
            must="report",
            note=f"full credit kept {np.mean([_kept(row) for row in judged]):.3f}",
        )


def _languages(bench: Bench) -> Iterator[Figure]:
    """Paragraphs of one declaration in seven languages, all of them the card's: who is taken for a stranger."""
    rows = [row for row in bench.rows("udhr") if row["code"] in MULTILINGUAL]
    one, other = halves(rows)
    languages = json.dumps(list(MULTILINGUAL.values())).replace('"', "")
    datanet = bench.datanet("udhr", "text", {"text": "text"}, languages=languages)
    datanet.imported(one)
    groups = [MULTILINGUAL[row["code"]] for row in other]
    yield from _alarms("udhr", "of seven languages", groups, datanet.checked(other, "newcomer"))
