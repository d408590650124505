"""The real encoder, read once a process; what it said of a batch of texts is kept for all processes of a test run.

Reading and digesting it takes 90 MB and 0.7 s, a text up to 40 ms, and most tests are about the same few texts. That
the same batch gets the same bytes again is held where the encoder itself is under test (`evidence/test_encoder.py`).
"""

import fcntl
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile

import numpy as np

from curation.datanet.card import EncoderChoice
from curation.evidence.encoder import SentenceEncoder, Vectors, load_encoder

_RUN: list[Path] = []


def keep_in(folder: Path) -> None:
    """From now on what is said is kept in this folder, the test run's own: nothing outlives the run."""
    folder.mkdir(exist_ok=True)
    _RUN[:] = [folder]


@dataclass(frozen=True, kw_only=True)
class Remembering:
    """A model that is asked once for each batch; the same texts in other company are another question."""

    real: SentenceEncoder
    said: dict[str, Vectors] = field(default_factory=dict)

    @property
    def engine(self) -> str:
        return self.real.engine

    @property
    def dimensions(self) -> int:
        return self.real.dimensions

    def vectors_of(self, batch: Sequence[str]) -> Vectors:
        key = sha256(json.dumps([self.real.digest, *batch]).encode()).hexdigest()
        if key not in self.said:
            self.said[key] = self._shared(key, batch)
        return self.said[key].copy()

    def _shared(self, key: str, batch: Sequence[str]) -> Vectors:
        (folder,) = _RUN
        kept = folder / f"{key}.npy"
        if not kept.exists():
            with NamedTemporaryFile(dir=folder, delete=False) as unfinished:
                np.save(unfinished, self.real.model.vectors_of(batch))
            Path(unfinished.name).rename(kept)
        found: Vectors = np.load(kept)
        return found


@cache
def one_encoder(exported: Path) -> SentenceEncoder:
    """The default encoder, which is exported to this folder."""
    with (_RUN[0] / "lock").open("w") as lock:
        # Where nothing is exported yet, one process does it while the others wait.
        fcntl.flock(lock, fcntl.LOCK_EX)
        real = load_encoder(EncoderChoice(), workspace=exported, cache=exported)
    return replace(real, model=Remembering(real=real))


def spoken_for(choice: EncoderChoice, exported: Path) -> SentenceEncoder:
    """The same for a card, which says what languages it serves."""
    return replace(one_encoder(exported), languages=choice.languages)
