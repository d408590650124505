"""A trained model and what it is worth, for people and for scripts (`curation.model/1`)."""

from collections.abc import Iterator
from typing import Any

from curation.quality import MICRO
from curation.rewards.evaluation import Evaluation
from curation.rewards.intervals import Interval
from curation.training import Trained

_MEASURED = {
    "accuracy": "share of labels predicted",
    "likeness": "likeness of the nearest prompt's response to the true one",
    "coverage": "share of records with another one near",
}
_TRAINED = {
    "weighted": "accepted records, weighted",
    "unweighted": "accepted records, all alike",
    "everything": "everything submitted",
}


def trained_document(told: Trained) -> dict[str, Any]:
    """The document as plain values; figures in millionths."""
    evaluation = None if told.evaluation is None else told.evaluation.told()
    return {"schema": "curation.model/1"} | vars(told) | {"evaluation": evaluation}


def trained_text(told: Trained) -> Iterator[str]:
    """The model's id, what it was fitted on, and the three trainings side by side."""
    again = "" if told.new else ", as before: nothing has changed that it rests on"
    what = "heads on labels" if told.kind == "heads" else "retrieval by similarity"
    yield f"model {told.model} of {told.datanet}: {what}, {told.trained} records{again}"
    if told.evaluation is not None:
        yield from _evaluation(told.evaluation)


def _evaluation(found: Evaluation) -> Iterator[str]:
    if not found.models:
        yield "    not measured: no trusted record could be held out"
        return
    yield f"{_MEASURED[found.measure]}, on {found.held_out} trusted records that none of the three has seen:"
    for one in found.models:
        behind = "" if one.behind is None else f"   weighted is better by {_interval(one.behind)}"
        yield f"    {_TRAINED[one.name]:<28} {one.records:>7} records   {_interval(one.figure)}{behind}"


def _interval(found: Interval) -> str:
    value, low, high = (part / MICRO for part in (found.value, found.low, found.high))
    return f"{value:.3f} ({low:.3f} to {high:.3f})"
