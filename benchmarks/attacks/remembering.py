"""The product's workspace with one encoder for the whole run, which encodes no text twice. Nothing else differs."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from curation.datanet.card import EncoderChoice
from curation.evidence.encoder import Encoder, load_encoder
from curation.workspace import Workspace


@dataclass(frozen=True)
class RememberingEncoder:
    """An encoder that keeps the vector of every text it ever saw."""

    inner: Encoder
    kept: dict[str, NDArray[np.float32]] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """The encoder's."""
        return self.inner.digest

    @property
    def dimensions(self) -> int:
        """The encoder's."""
        return self.inner.dimensions

    @property
    def languages(self) -> tuple[str, ...]:
        """The encoder's."""
        return self.inner.languages

    @property
    def engine(self) -> str:
        """The encoder's."""
        return str(getattr(self.inner, "engine", ""))

    def encode(self, texts: Sequence[str], *, on_progress: Callable[[int], None] | None = None) -> NDArray[np.float32]:
        """See `Encoder.encode`; a text keeps the vector that it got in its first company."""
        new = sorted({text for text in texts if text not in self.kept})
        if new:
            vectors = self.inner.encode(new, on_progress=on_progress)
            self.kept.update(zip(new, vectors, strict=True))
        return np.stack([self.kept[text] for text in texts]) if texts else np.zeros((0, self.dimensions), np.float32)


class Remembering(Workspace):
    """A workspace whose encoder is given, whose clock ticks by itself and whose salt is known: each run is the same."""

    def __init__(self, root: Path, encoder: RememberingEncoder) -> None:
        """`root` holds `datanets/`."""
        ticks = _ticks()
        super().__init__(root, clock=lambda: next(ticks))
        self._given = encoder

    def encoder(self, choice: EncoderChoice) -> Encoder:  # noqa: ARG002  (there is only one)
        """The one encoder."""
        return self._given


def remembering_encoder(cache: Path) -> RememberingEncoder:
    """The default encoder, exported into `cache`."""
    return RememberingEncoder(load_encoder(EncoderChoice(), workspace=cache, cache=cache))


def lay_out(root: Path, name: str, card: str) -> None:
    """An empty workspace of one datanet."""
    (root / "datanets" / name).mkdir(parents=True)
    (root / "datanets" / name / "datanet.yaml").write_text(card, encoding="utf-8")
    (root / ".curation").mkdir()
    # What a draw falls on follows from the journal's hashes, and these from the salt.
    (root / ".curation" / "salt").write_bytes(hashlib.sha256(name.encode()).digest())


def _ticks() -> Iterator[datetime]:
    now = datetime(2026, 11, 1, tzinfo=UTC)
    while True:
        now += timedelta(seconds=1)
        yield now
