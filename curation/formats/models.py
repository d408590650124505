"""A trained model, for people and for scripts (`curation.model/1`)."""

from collections.abc import Iterator
from typing import Any

from curation.training import Trained


def trained_document(told: Trained) -> dict[str, Any]:
    """The document as plain values."""
    return {"schema": "curation.model/1", **vars(told)}


def trained_text(told: Trained) -> Iterator[str]:
    """The model's id and what it was fitted on."""
    again = "" if told.new else ", as before: nothing has changed that it rests on"
    yield f"model {told.model} of {told.datanet}: {told.kind}, {told.trained} records{again}"
