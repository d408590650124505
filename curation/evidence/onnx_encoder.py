"""A sentence encoder exported to ONNX: onnxruntime and tokenizers, half a second from start to the first vector.

The only module that imports either library.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from curation.errors import EngineFailed

INPUT_IDS = "input_ids"
ATTENTION_MASK = "attention_mask"

# Attention takes memory by the square of the width: 32 texts of 256 tokens at once took 715 MB, 8 take 330 and are
# faster (29 against 21 texts a second).
TOKENS_MAX_PER_RUN = 2048
THREADS_MAX = 2


class ExportedModel:
    """A model file that pools and normalises inside its graph, with a tokenizer file that truncates and pads."""

    def __init__(self, model: Path, tokenizer: Path) -> None:
        """Loads both files; raises `EngineFailed` when one cannot be used."""
        try:
            self._tokenizer = Tokenizer.from_file(str(tokenizer))
            self._session = onnxruntime.InferenceSession(
                str(model), sess_options=_options(), providers=["CPUExecutionProvider"]
            )
            self._dimensions = int(self._session.get_outputs()[0].shape[1])
        except Exception as error:  # both libraries raise bare `Exception`
            raise EngineFailed("the exported encoder cannot be loaded") from error

    @property
    def engine(self) -> str:
        """The library that runs the model, with its version."""
        return f"onnxruntime {onnxruntime.__version__}"

    @property
    def dimensions(self) -> int:
        """The length of a vector, as the graph declares it."""
        return self._dimensions

    def vectors_of(self, batch: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors (n, dimensions) of a small batch; raises `EngineFailed` when the libraries do."""
        try:
            tokens = self._tokenizer.encode_batch_fast(list(batch))
            ids = np.array([token.ids for token in tokens], dtype=np.int64)
            mask = np.array([token.attention_mask for token in tokens], dtype=np.int64)
            rows = max(1, TOKENS_MAX_PER_RUN // ids.shape[1])
            return np.concatenate(
                [self._run(ids[start : start + rows], mask[start : start + rows]) for start in range(0, len(ids), rows)]
            )
        except Exception as error:  # both libraries raise bare `Exception`
            raise EngineFailed("the exported encoder broke on a text") from error

    def _run(self, ids: NDArray[np.int64], mask: NDArray[np.int64]) -> Any:
        # The batch was padded as a whole; columns that are padding in all of these rows would be computed for nothing.
        used = mask.any(axis=0)
        return self._session.run(None, {INPUT_IDS: ids[:, used], ATTENTION_MASK: mask[:, used]})[0]


def _options() -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = min(THREADS_MAX, os.cpu_count() or 1)
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Waiting threads that spin steal the processor from others and gain nothing here.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options
