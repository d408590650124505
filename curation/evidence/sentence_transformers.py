"""A sentence encoder as its makers run it: sentence-transformers on torch, and its export to ONNX.

The only module that imports either library. Slow to import, so it is needed only where no export is at hand.
"""

import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from curation.errors import EngineFailed

# Read once, when the libraries are imported; without it they ask a hub for newer files.
os.environ["HF_HUB_OFFLINE"] = "1"

import onnx
import sentence_transformers
import torch
import transformers
from sentence_transformers import SentenceTransformer

BATCH_TEXTS = 32
OPSET = 17


class OriginalModel:
    """A sentence-transformers model folder, loaded for the CPU in fp32."""

    def __init__(self, folder: Path) -> None:
        """Loads from disk only, safetensors only, and no code that came with the model; raises `EngineFailed`."""
        try:
            with _quiet():
                self.transformer = SentenceTransformer(
                    str(folder),
                    device="cpu",
                    local_files_only=True,
                    trust_remote_code=False,
                    model_kwargs={"use_safetensors": True},
                ).float()
        except Exception as error:  # three libraries deep, anything is raised
            raise EngineFailed(
                f"the encoder cannot be loaded by sentence-transformers: {type(error).__name__}"
            ) from error
        self.transformer.eval()

    @property
    def engine(self) -> str:
        """The libraries that run the model, with their versions."""
        return (
            f"sentence-transformers {sentence_transformers.__version__}, "
            f"transformers {transformers.__version__}, torch {torch.__version__}"
        )

    @property
    def dimensions(self) -> int:
        """The length of a vector."""
        found: int | None = self.transformer.get_embedding_dimension()
        if found is None:
            raise EngineFailed("the encoder does not say how long its vectors are")
        return found

    def vectors_of(self, batch: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors (n, dimensions) of a small batch; raises `EngineFailed` when the libraries do."""
        try:
            with _quiet():
                vectors = self.transformer.encode(
                    list(batch),
                    batch_size=BATCH_TEXTS,
                    normalize_embeddings=True,
                    convert_to_numpy=True,
                    show_progress_bar=False,
                )
        except Exception as error:  # as above
            raise EngineFailed(f"the encoder broke on a text: {type(error).__name__}") from error
        return np.asarray(vectors, dtype=np.float32)


class _Graph(torch.nn.Module):  # type: ignore[misc]  # torch is Any to the type checker: pyproject.toml says why
    """The whole model as one function of two integer matrices (n, tokens), so that pooling is exported with it."""

    def __init__(self, transformer: SentenceTransformer) -> None:
        super().__init__()
        self.transformer = transformer
        self.wants_types = "token_type_ids" in transformer.tokenizer.model_input_names

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        features = {"input_ids": input_ids, "attention_mask": attention_mask}
        if self.wants_types:
            features["token_type_ids"] = torch.zeros_like(input_ids)
        pooled = self.transformer(features)["sentence_embedding"]
        return torch.nn.functional.normalize(pooled, p=2, dim=1)


def export(original: OriginalModel, *, model: Path, tokenizer: Path) -> bool:
    """Writes the model as ONNX and the tokenizer that feeds it as JSON; False when that cannot be done.

    Pooling and normalising are in the graph. The caller has to prove the export equal to the original.
    """
    try:
        fast = _tokenizer(original.transformer)
        tokens = fast.encode_batch(["two texts of", "different length, the shorter one padded"])
        ids = torch.tensor([token.ids for token in tokens])
        mask = torch.tensor([token.attention_mask for token in tokens])
        with _quiet(), torch.inference_mode():
            torch.onnx.export(
                _Graph(original.transformer).eval(),
                (ids, mask),
                str(model),
                # The newer exporter needs another library and gives a slower graph.
                dynamo=False,
                opset_version=OPSET,
                input_names=["input_ids", "attention_mask"],
                output_names=["embedding"],
                dynamic_axes={
                    "input_ids": {0: "texts", 1: "tokens"},
                    "attention_mask": {0: "texts", 1: "tokens"},
                    "embedding": {0: "texts"},
                },
            )
        _weights_apart(model)
        tokenizer.write_text(fast.to_str(), encoding="utf-8")
    except Exception:  # noqa: BLE001 - an architecture that cannot be exported says so in many ways
        return False
    return True


def _weights_apart(model: Path) -> None:
    """Moves the weights into `<model>.data`: that file is mapped, so words that no text uses take no memory (65 MB)."""
    graph = onnx.load(model)
    onnx.save_model(graph, model, save_as_external_data=True, location=f"{model.name}.data")
    # Made for this user alone by the library; a cache may be shared like the other files in it.
    model.with_name(f"{model.name}.data").chmod(model.stat().st_mode)


def _tokenizer(transformer: SentenceTransformer) -> Any:
    """A copy of the fast tokenizer that truncates and pads as sentence-transformers does around it."""
    wrapped = transformer.tokenizer
    tokenizer = type(wrapped.backend_tokenizer).from_str(wrapped.backend_tokenizer.to_str())
    tokenizer.no_truncation()
    if transformer.max_seq_length:
        tokenizer.enable_truncation(transformer.max_seq_length, direction=wrapped.truncation_side)
    tokenizer.enable_padding(
        direction=wrapped.padding_side, pad_id=wrapped.pad_token_id, pad_token=wrapped.pad_token, length=None
    )
    return tokenizer


@contextmanager
def _quiet() -> Iterator[None]:
    """Silences tracer warnings and progress bars: they speak to who writes models, not to who checks data."""
    log: Any = transformers.utils.logging
    level, bars = log.get_verbosity(), log.is_progress_bar_enabled()
    log.set_verbosity_error()
    log.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        log.set_verbosity(level)
        if bars:
            log.enable_progress_bar()
