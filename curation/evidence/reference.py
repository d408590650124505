"""A datanet's versioned yardstick: trusted records, de-duplicated, with all that a check needs from them precomputed.

Saved as one JSON file and one safetensors file. The version is a digest of what went in, never of floating-point
results, which differ in their last bits between machines.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from curation.datanet.canonical import Json, canonical_bytes, digest
from curation.errors import EngineFailed
from curation.evidence.features import TableFeatures
from curation.evidence.heads import Heads
from curation.evidence.known import COLUMNS, Known
from curation.evidence.letters import Letters
from curation.evidence.matches import Vocabulary
from curation.evidence.pairs import CLASSES as PAIR_CLASSES
from curation.evidence.pairs import PairFit, PairIndex, halves
from curation.finding import Floats

# Part of every version: a change of this code's meaning makes new versions.
ENGINE = "3"

_JSON_FILE, _ARRAYS_FILE = "reference.json", "reference.safetensors"


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """`logit w = prior + Σ β·e`: a β for each term, and the offset `c` of the label check. Defaults until learned.

    Without labels `label_offset` is the offset of what is said of prompts and their responses; with labels that has its
    own, `pair_offset`.
    `label_intercept` is what audits add, in log-odds, to the label's term of every record whose label was judged; the
    whole term of a strange record is never in favour. The offset stays where the reference's purity put it.
    `label_least` is the least that the label's evidence may be, before its β: a label that the reference knows nothing
    like is no surer to be wrong than one that it doubts. `audits` is how many audited records taught all this.
    """

    beta_rules: float = 1.0
    beta_strangeness: float = 0.7
    beta_label: float = 1.0
    label_offset: float = 0.0
    pair_offset: float = 0.0
    label_intercept: float = 0.0
    label_least: float = -50.0
    audits: int = 0


@dataclass(frozen=True, kw_only=True)
class Reference:
    """n member records and what was fitted on them.

    `logits` (n, C) are cross-fitted: each member judged by heads that have not seen it. `nonconformity` holds each
    strangeness check's leave-one-out scores, sorted rising; `fact_similarity` (n,) each member's closest substitution
    twin, sorted; `radius` (n,) each member's similarity to its tenth neighbour. `noise` is the estimated share of each
    class's labels that are wrong (cleanlab).
    """

    version: str
    members: Known
    classes: tuple[str, ...]
    class_counts: Mapping[str, int]
    heads: Heads | None
    logits: Floats
    pairs: PairFit | None
    features: TableFeatures | None
    letters: Letters | None
    vocabulary: Vocabulary
    noise: Mapping[str, float]
    scales: Mapping[str, tuple[float, float]]
    nonconformity: Mapping[str, Floats]
    fact_similarity: Floats
    radius: Floats
    calibration: Calibration
    encoder: str

    def __len__(self) -> int:
        return len(self.members)

    @cached_property
    def row_of_id(self) -> dict[str, int]:
        """Where a member stands."""
        return {value: row for row, value in enumerate(self.members.ids)}

    @cached_property
    def pair_index(self) -> PairIndex:
        """The members by prompt and by response."""
        return PairIndex(*halves(self.members.vectors))

    @cached_property
    def label_codes(self) -> NDArray[np.int64]:
        """The class of each member as a place in `classes`, −1 without a label, (n,)."""
        places = {name: place for place, name in enumerate(self.classes)}
        return np.array([places.get(label or "", -1) for label in self.members.labels], dtype=np.int64)


def version_of(card: bytes, members: Known, encoder: str, audits: Sequence[Sequence[Json]] = ()) -> str:
    """The version that these inputs give: 32 hexadecimal digits. `audits` are those that it was calibrated by."""
    # Labels beside digests: a curator's label replaces the one in the content.
    inputs: list[Json] = [ENGINE, digest(card), encoder, list(members.ids), list(members.digests), list(members.labels)]
    if audits:
        inputs.append([list(audit) for audit in audits])
    return digest(canonical_bytes(inputs))[:32]


def read_arrays(path: Path, wanted: str) -> dict[str, NDArray[Any]] | None:
    """The arrays of a safetensors file, None when its SHA-256 is another; one copy in memory and no second."""
    from safetensors import safe_open  # noqa: PLC0415  (only a check with a past needs it)

    with path.open("rb") as stream:
        if hashlib.file_digest(stream, "sha256").hexdigest() != wanted:
            return None
    with safe_open(path, framework="numpy") as opened:
        return {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118  (not a dict)


def save_reference(reference: Reference, folder: Path) -> None:
    """Writes both files into an existing folder; the JSON names the digest of the arrays."""
    from safetensors.numpy import save  # noqa: PLC0415  (only writing needs it)

    arrays: dict[str, Any] = {
        "vectors": reference.members.vectors,
        "sketches": reference.members.sketches,
        "logits": reference.logits,
        "fact_similarity": reference.fact_similarity,
        "radius": reference.radius,
        **{f"nonconformity/{name}": scores for name, scores in reference.nonconformity.items()},
    }
    if reference.letters is not None:
        arrays |= {f"letters/{name}": values for name, values in vars(reference.letters).items()}
    if reference.heads is not None:
        arrays |= {"coefficients": reference.heads.coefficients, "intercepts": reference.heads.intercepts}
    if reference.pairs is not None:
        heads = reference.pairs.heads
        arrays |= {"pairs/coefficients": heads.coefficients, "pairs/intercepts": heads.intercepts}
        arrays["pairs/odds"] = reference.pairs.odds
    data = save({name: np.ascontiguousarray(array) for name, array in arrays.items()})
    described = {
        "schema": "curation.reference/1",
        "version": reference.version,
        "encoder": reference.encoder,
        "arrays": digest(data),
        "table": reference.members.table,
        "columns": {name: list(getattr(reference.members, name)) for name in COLUMNS},
        "classes": list(reference.classes),
        "class_counts": dict(reference.class_counts),
        "features": None if reference.features is None else reference.features.to_json(),
        "vocabulary": dict(reference.vocabulary.counts),
        "noise": dict(reference.noise),
        "scales": {name: list(scale) for name, scale in reference.scales.items()},
        "calibration": vars(reference.calibration),
    }
    (folder / _ARRAYS_FILE).write_bytes(data)
    (folder / _JSON_FILE).write_text(json.dumps(described, ensure_ascii=False, sort_keys=True), encoding="utf-8")


def load_reference(folder: Path) -> Reference:
    """The reference in a folder; raises `EngineFailed` when its files are damaged or do not belong together."""
    try:
        described = json.loads((folder / _JSON_FILE).read_bytes())
        arrays = read_arrays(folder / _ARRAYS_FILE, described["arrays"])
        if arrays is None:
            raise EngineFailed(f"reference {folder.name}: the arrays do not match their digest; run `curate refresh`")
        return _put_together(described, arrays)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EngineFailed(
            f"reference {folder.name} cannot be read: {type(error).__name__}; run `curate refresh`"
        ) from None


def _put_together(described: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Reference:
    """The reference of its two files' contents; raises `KeyError` or `TypeError` when a part is missing."""
    columns = {name: tuple(values) for name, values in described["columns"].items()}
    members = Known(**columns, sketches=arrays["sketches"], vectors=arrays["vectors"], table=described["table"])
    classes = tuple(described["classes"])
    heads = Heads(classes, arrays["coefficients"], arrays["intercepts"]) if "coefficients" in arrays else None
    return Reference(
        version=described["version"],
        members=members,
        classes=classes,
        class_counts=described["class_counts"],
        heads=heads,
        logits=arrays["logits"],
        pairs=_pair_fit(arrays),
        features=None if described["features"] is None else TableFeatures.from_json(described["features"]),
        letters=None if described["table"] else Letters(**_named(arrays, "letters/")),
        vocabulary=Vocabulary(len(members), described["vocabulary"]),
        noise=described["noise"],
        scales={name: (scale[0], scale[1]) for name, scale in described["scales"].items()},
        nonconformity=_named(arrays, "nonconformity/"),
        fact_similarity=arrays["fact_similarity"],
        radius=arrays["radius"],
        calibration=Calibration(**described["calibration"]),
        encoder=described["encoder"],
    )


def _pair_fit(arrays: Mapping[str, NDArray[Any]]) -> PairFit | None:
    if "pairs/odds" not in arrays:
        return None
    heads = Heads(PAIR_CLASSES, arrays["pairs/coefficients"], arrays["pairs/intercepts"])
    return PairFit(heads, arrays["pairs/odds"])


def _named(arrays: Mapping[str, NDArray[Any]], prefix: str) -> dict[str, NDArray[Any]]:
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}
