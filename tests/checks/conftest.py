"""What checks are tried on: the example datanet with its real encoder, and a reference of plain numbers."""

from pathlib import Path

import pytest

from curation.evidence.reference import Reference
from tests.engine_sample import Asked, cluster_reference, medical_evidence


@pytest.fixture(scope="session")
def medical(encoder_cache: Path) -> Asked:
    return lambda rows, results=(): medical_evidence(encoder_cache, rows, results)


@pytest.fixture(scope="session")
def numbers() -> Reference:
    return cluster_reference(40, 3)
