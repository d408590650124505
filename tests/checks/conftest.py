"""What checks are tried on: the example datanet with its real encoder, and a reference of plain numbers."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

import pytest
from engine_sample import cluster_reference, medical_evidence

from curation.datanet.canonical import Value
from curation.evidence.evidence import Evidence
from curation.evidence.reference import Reference
from curation.evidence.rule_results import RuleResult


class Asked(Protocol):
    """The evidence about these rows beside the example datanet."""

    def __call__(self, rows: Sequence[Mapping[str, Value]], results: Sequence[RuleResult] = ..., /) -> Evidence: ...


@pytest.fixture(scope="session")
def medical(encoder_cache: Path) -> Asked:
    return lambda rows, results=(): medical_evidence(encoder_cache, rows, results)


@pytest.fixture(scope="session")
def numbers() -> Reference:
    return cluster_reference(40, 3)
