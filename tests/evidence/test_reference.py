"""A reference is kept in two files that belong together, under a version that says what went into it."""

import json
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from curation.datanet.canonical import Value
from curation.errors import EngineFailed
from curation.evidence.features import fit_features
from curation.evidence.pairs import joined_halves
from curation.evidence.reference import Reference, load_reference, save_reference, version_of
from curation.fitting import fit_reference
from tests.engine_sample import a_card, cluster_reference, cluster_rows, clusters, records_of


@pytest.fixture(scope="module")
def reference() -> Reference:
    return cluster_reference(20, 3)


def table_reference() -> Reference:
    card = a_card("table")
    rows: list[dict[str, Value]] = [
        {"crop": ("maize", "rice")[place % 2], "area": place % 13, "yield": place % 7} for place in range(60)
    ]
    features = fit_features(card, rows)
    return fit_reference(records_of(card, rows, features.vectors(rows)), card, b"card", "features", features)


def unlabelled_reference() -> Reference:
    vectors, labels = clusters(20, 2)
    card = a_card("text")
    rows = [{"text": row["text"]} for row in cluster_rows(labels)]
    return fit_reference(records_of(card, rows, vectors), card, b"card", "numbers", None)


def pair_reference() -> Reference:
    prompts, _ = clusters(20, 2)
    responses, _ = clusters(20, 2, seed=8)
    rows: list[dict[str, Value]] = [{"question": f"{place} one", "answer": f"{place} two"} for place in range(40)]
    card = a_card("instruction")
    members = records_of(card, rows, joined_halves(prompts, responses))
    made = fit_reference(members, card, b"card", "numbers", None)
    assert made.pairs is not None
    return made


def same(first: Any, second: Any) -> bool:
    """Whether two parts of a reference are equal, to the last bit."""
    if isinstance(first, np.ndarray):
        return first.dtype == second.dtype and np.array_equal(first, second)
    if hasattr(first, "__dataclass_fields__"):
        return all(same(getattr(first, field.name), getattr(second, field.name)) for field in fields(first))
    if isinstance(first, dict):
        return first.keys() == second.keys() and all(same(first[key], second[key]) for key in first)
    return bool(first == second)


@pytest.mark.parametrize("make", [cluster_reference, table_reference, unlabelled_reference, pair_reference])
def test_what_is_saved_is_what_is_loaded(make: Any, tmp_path: Path) -> None:
    made = make()
    save_reference(made, tmp_path)
    loaded = load_reference(tmp_path)
    for field in fields(Reference):
        assert same(getattr(made, field.name), getattr(loaded, field.name)), field.name


def test_saving_twice_gives_the_same_bytes(reference: Reference, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        save_reference(reference, tmp_path / name)
    for file in (tmp_path / "one").iterdir():
        assert file.read_bytes() == (tmp_path / "two" / file.name).read_bytes()


def test_the_version_does_not_depend_on_floating_point(reference: Reference) -> None:
    jittered = reference.members.with_vectors(reference.members.vectors + np.float32(1e-7))
    assert version_of(b"card", jittered, "numbers") == reference.version
    assert len(reference.version) == 32


def test_the_version_depends_on_members_card_and_encoder(reference: Reference) -> None:
    members = reference.members
    versions = [
        reference.version,
        version_of(b"another card", members, "numbers"),
        version_of(b"card", members, "another encoder"),
        version_of(b"card", members.taken(range(len(members) - 1)), "numbers"),
        version_of(b"card", members.taken([1, 0, *range(2, len(members))]), "numbers"),
        version_of(b"card", replace(members, digests=("0" * 64, *members.digests[1:])), "numbers"),
    ]
    assert len(set(versions)) == len(versions)


def test_a_curators_label_makes_another_version(reference: Reference) -> None:
    relabelled = reference.members.relabelled({reference.members.ids[0]: "class-2"})
    assert relabelled.labels != reference.members.labels
    assert version_of(b"card", relabelled, "numbers") != reference.version


def damage(folder: Path, how: str) -> None:
    described, arrays = folder / "reference.json", folder / "reference.safetensors"
    match how:
        case "missing":
            arrays.unlink()
        case "changed":
            data = bytearray(arrays.read_bytes())
            data[-1] ^= 1
            arrays.write_bytes(bytes(data))
        case "truncated":
            described.write_bytes(described.read_bytes()[:100])
        case "list":
            described.write_text("[]")
        case "no column":
            kept = json.loads(described.read_text(encoding="utf-8"))
            del kept["columns"]["texts"]
            described.write_text(json.dumps(kept))
        case "no calibration":
            kept = json.loads(described.read_text(encoding="utf-8"))
            del kept["calibration"]
            described.write_text(json.dumps(kept))


@pytest.mark.parametrize("how", ["missing", "changed", "truncated", "list", "no column", "no calibration"])
def test_a_damaged_reference_is_an_engine_failure(reference: Reference, tmp_path: Path, how: str) -> None:
    folder = tmp_path / "abc"
    folder.mkdir()
    save_reference(reference, folder)
    damage(folder, how)
    with pytest.raises(EngineFailed, match="run `curate refresh`") as failed:
        load_reference(folder)
    assert str(tmp_path) not in str(failed.value)
