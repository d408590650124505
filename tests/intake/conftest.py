from collections.abc import Callable
from pathlib import Path

import pytest

from curation.datanet.card import Datanet, read_card
from curation.datanet.record import Contribution
from curation.intake.reading import read_contribution

CARD = b"""
schema: curation.datanet/1
name: demo-net
title: A demonstration
licence: CC0-1.0
languages: [en]
task: labelled-text
unknown_fields: UNKNOWN
fields:
  - {name: id, role: id}
  - {name: text, role: text, required: true}
  - {name: label, role: label}
  - {name: age, type: integer}
  - {name: dose, type: number}
  - {name: checked, type: boolean}
  - {name: seen, type: date}
  - {name: __proto__}
"""


@pytest.fixture(scope="session")
def card() -> Datanet:
    return read_card(CARD.replace(b"UNKNOWN", b"reject"), "card")


@pytest.fixture(scope="session")
def lenient_card() -> Datanet:
    return read_card(CARD.replace(b"UNKNOWN", b"ignore"), "card")


@pytest.fixture
def read(tmp_path: Path, card: Datanet) -> Callable[[str, bytes], Contribution]:
    """Writes the bytes under the name and reads them through the child process."""

    def reading(name: str, data: bytes) -> Contribution:
        path = tmp_path / name
        path.write_bytes(data)
        return read_contribution(path, datanet=card, contributor="amina")

    return reading
