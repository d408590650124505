import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from curation.datanet.card import EncoderChoice
from curation.errors import CardError, EngineFailed
from curation.evidence import encoder as port
from curation.evidence.encoder import SentenceEncoder, Vectors, cosine_min, find_model, load_encoder

DIMENSIONS = 384


def texts() -> list[str]:
    medical = (
        "Is it safe to take {} with {}?",
        "My child of 4 years was given {} after {}, is that normal??",
        "CONTRA-INDICATIONS: {} (≥ 50 mg/kg), see also {}.",
    )
    legal = (
        "The tenant shall, notwithstanding {}, be liable for {} under s. 14(2)(b).",
        "WHEREAS {} has been agreed between the parties; AND WHEREAS {} remains in dispute;",
    )
    drugs = ("ibuprofen", "warfarin", "amoxicillin–clavulanate", "α-tocopherol", "ORS", "5-HT₃ antagonists")
    clauses = ("force majeure", "any prior waiver", "the Lessor’s consent", "an arbitral award", "VAT @ 7.5 %")
    code = (
        "SELECT {0}, count(*) FROM t WHERE {0} <> 'x' GROUP BY 1; -- {1}",
        "for (int {0} = 0; {0} < n; ++{0}) {{ {1}[{0}] *= 2; }}",
        '{{"{0}": [1, 2.50, null], "{1}": {{"ok": true}}}}',
    )
    names = ("i", "user_id", "camelCaseName", "__proto__", "π")
    urdu = "مجھے تین دن سے بخار ہے، ڈاکٹر کے پاس جانا چاہیے؟ گندم کی فصل میں زنگ لگ گیا ہے۔ کرایہ دار نے نوٹس نہیں دیا۔"
    yoruba = "Ṣé mo lè lo oògùn yìí? Àgbàdo mi ti gbẹ nínú oko. Ẹ jọ̀ọ́, ẹ ràn mí lọ́wọ́. Ilé ẹjọ́ ti dá ẹjọ́ náà."
    spanish = (
        "¿Cuánto tarda en llegar la tarjeta? El arrendatario deberá pagar la fianza. Le duele la cabeza desde ayer."
    )
    chinese = "我的银行卡还没有到。这种药饭后吃吗？合同自签字之日起生效。小麦产量比去年下降了百分之十二。"
    found = [form.format(*pair) for form in medical for pair in product(drugs, drugs[::-1])]
    found += [form.format(*pair) for form in legal for pair in product(clauses, clauses[::-1])]
    found += [form.format(*pair) for form in code for pair in product(names, names[::-1])]
    for language in (urdu, yoruba, spanish, chinese):
        words = language.split() if " " in language else list(language)
        found += [" ".join(words[start : start + 7]) for start in range(0, len(words), 3)]
    found += ["", " ", "\n\t", "🙂", "👩‍⚕️👨‍🌾🇵🇰 thanks 🙏🏽", "a\u200bb\u202ec", "ﬁne ＦＵＬＬ width ½", "A" * 3000]
    found += [" ".join(f"word{number % 97}" for number in range(2000)), "yield per acre, " * 130]
    return found


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache") / "made" / "when-missing"


@pytest.fixture(scope="module")
def exported(cache: Path) -> SentenceEncoder:
    found = load_encoder(EncoderChoice(), workspace=cache, cache=cache)
    assert found.engine.startswith("onnxruntime ")
    return found


@pytest.fixture(scope="module")
def original(cache: Path) -> SentenceEncoder:
    found = load_encoder(EncoderChoice(languages=("en", "de")), workspace=cache, cache=None)
    assert found.engine.startswith("sentence-transformers ")
    return found


@pytest.fixture(scope="module")
def vectors(exported: SentenceEncoder) -> Vectors:
    return exported.encode(texts())


@pytest.fixture(scope="module")
def folder() -> Path:
    return find_model(EncoderChoice(), Path()).folder


@dataclass(frozen=True, kw_only=True)
class Constant:
    """A model that says the same of everything."""

    value: float
    engine: str = "constant"
    dimensions: int = DIMENSIONS

    def vectors_of(self, batch: Sequence[str]) -> Vectors:
        return np.full((len(batch), DIMENSIONS), self.value, dtype=np.float32)


def test_the_export_says_what_the_original_says(original: SentenceEncoder, vectors: Vectors) -> None:
    varied = texts()
    assert len(set(varied)) >= 200
    cosines = (original.encode(varied) * vectors).sum(axis=1)
    assert cosines.min() >= 0.9999, varied[int(cosines.argmin())][:80]


def test_vectors_have_unit_length_and_the_declared_form(exported: SentenceEncoder, vectors: Vectors) -> None:
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(texts()), exported.dimensions) == (len(texts()), DIMENSIONS)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert exported.encode([]).shape == (0, DIMENSIONS)


@pytest.mark.parametrize("which", ["exported", "original"])
def test_company_does_not_move_a_vector(which: str, request: pytest.FixtureRequest) -> None:
    encoder: SentenceEncoder = request.getfixturevalue(which)
    varied = [*texts()[::20], texts()[-2]]
    together = encoder.encode(varied)
    alone = np.concatenate([encoder.encode([text]) for text in varied])
    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_order_is_kept_and_equal_texts_get_equal_vectors(exported: SentenceEncoder) -> None:
    some = ["long " * 50, "b", "", "b", "a much longer text than b", "long " * 50]
    found = exported.encode(some)
    np.testing.assert_array_equal(found[::-1], exported.encode(some[::-1]))
    np.testing.assert_array_equal(found[[1, 0]], found[[3, 5]])
    assert float(found[1] @ found[4]) < 0.9


def test_the_same_input_gives_the_same_bytes(exported: SentenceEncoder) -> None:
    some = texts()[::8]
    assert exported.encode(some).tobytes() == exported.encode(some).tobytes()


def test_progress_ends_at_the_number_of_texts(exported: SentenceEncoder) -> None:
    heard: list[int] = []
    exported.encode([*map(str, range(70)), "0", "0"], on_progress=heard.append)
    assert heard == sorted(set(heard))
    assert len(heard) == 3
    assert heard[-1] == 72


def test_the_digest_names_the_model_and_the_card_the_languages(
    exported: SentenceEncoder, original: SentenceEncoder, cache: Path
) -> None:
    assert exported.digest == original.digest
    assert exported.languages == ("en",)
    assert original.languages == ("en", "de")
    assert [entry.name for entry in cache.iterdir()] == [f"encoder-{exported.digest[:16]}"]


def test_a_damaged_export_is_made_again_in_silence(
    exported: SentenceEncoder, cache: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    model = next(cache.glob("encoder-*")) / port.DATA_FILE
    good = model.read_bytes()
    with model.open("r+b") as stream:
        stream.seek(len(good) // 2)
        stream.write(bytes(64))
    again = load_encoder(EncoderChoice(), workspace=cache, cache=cache)
    assert again.engine.startswith("onnxruntime ")
    assert model.stat().st_size == len(good)
    assert cosine_min(again, exported, ["whole again", "", "🙂"]) >= 0.9999
    assert len(list(cache.iterdir())) == 1
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (port.MANIFEST_FILE, b"{"),
        (port.MANIFEST_FILE, b'{"schema": "curation.encoder/1"}'),
        (port.MANIFEST_FILE, None),
        (port.TOKENIZER_FILE, b"{}"),
        (port.MODEL_FILE, b""),
        (port.MODEL_FILE, None),
        (port.DATA_FILE, b""),
        (port.DATA_FILE, None),
    ],
)
def test_an_export_that_is_not_whole_is_not_used(
    exported: SentenceEncoder, cache: Path, tmp_path: Path, name: str, content: bytes | None
) -> None:
    source = find_model(EncoderChoice(), tmp_path)
    copy = tmp_path / "copy"
    shutil.copytree(cache / f"encoder-{exported.digest[:16]}", copy, copy_function=os.link)
    assert port._exported(source, copy) is not None
    (copy / name).unlink()
    if content is not None:
        (copy / name).write_bytes(content)
    assert port._exported(source, copy) is None


def test_an_export_of_another_model_is_not_used(exported: SentenceEncoder, cache: Path, folder: Path) -> None:
    other = port.ModelFolder(folder=folder, digest="0" * 64, languages=("en",))
    assert port._exported(other, cache / f"encoder-{exported.digest[:16]}") is None


def test_an_unfaithful_export_is_refused(exported: SentenceEncoder, cache: Path, tmp_path: Path) -> None:
    source = find_model(EncoderChoice(), tmp_path)
    for name in (port.MODEL_FILE, port.DATA_FILE, port.TOKENIZER_FILE):
        os.link(cache / f"encoder-{exported.digest[:16]}" / name, tmp_path / name)
    unlike = SentenceEncoder(digest=source.digest, languages=("en",), model=Constant(value=DIMENSIONS**-0.5))
    assert not port._vouched(source, unlike, tmp_path)
    assert not (tmp_path / port.MANIFEST_FILE).exists()
    assert port._vouched(source, exported, tmp_path)
    assert port._exported(source, tmp_path) is not None


def test_a_cache_that_cannot_be_written_costs_speed_only(tmp_path: Path, original: SentenceEncoder) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    found = load_encoder(EncoderChoice(), workspace=tmp_path, cache=blocked / "cache")
    assert found.engine == original.engine
    np.testing.assert_allclose(found.encode(["as before"]), original.encode(["as before"]), atol=1e-6)


def test_a_vector_that_is_not_finite_is_a_failure() -> None:
    broken = SentenceEncoder(digest="0", languages=("en",), model=Constant(value=float("nan")))
    with pytest.raises(EngineFailed, match="not finite"):
        broken.encode(["text"])


def test_with_a_cache_a_new_process_needs_no_torch(exported: SentenceEncoder, cache: Path) -> None:
    script = f"""
import sys
from pathlib import Path
from curation.datanet.card import EncoderChoice
from curation.evidence.encoder import load_encoder
early = {{"onnxruntime", "tokenizers", "torch", "sentence_transformers"}} & set(sys.modules)
found = load_encoder(EncoderChoice(), workspace=Path(), cache=Path({str(cache)!r}))
print(sorted(early), found.encode(["a", "b"]).shape, "torch" in sys.modules, found.digest)
"""
    ran = subprocess.run([sys.executable, "-W", "error", "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout == f"[] (2, {DIMENSIONS}) False {exported.digest}\n"
    assert ran.stderr == ""


@pytest.fixture
def workspace(tmp_path: Path, folder: Path) -> Path:
    shutil.copytree(folder, tmp_path / "workspace" / "models" / "own")
    return tmp_path / "workspace"


@pytest.fixture
def sketch(tmp_path: Path) -> Path:
    """A workspace whose model folder looks right until its weights are read."""
    (tmp_path / "workspace/models/own/1_Pooling").mkdir(parents=True)
    for name in ("model.safetensors", "config.json", "1_Pooling/config.json"):
        (tmp_path / "workspace/models/own" / name).write_text("{}")
    return tmp_path / "workspace"


def own(path: str = "models/own", sha256: str = port.DEFAULT_SHA256) -> EncoderChoice:
    return EncoderChoice(path=path, sha256=sha256, languages=("en", "es"))


def test_a_card_may_bring_a_model(exported: SentenceEncoder, cache: Path, workspace: Path) -> None:
    found = load_encoder(own(), workspace=workspace, cache=cache)
    assert found.languages == ("en", "es")
    assert found.digest == exported.digest
    assert cosine_min(found, exported, ["the same model"]) >= 0.9999


def test_any_file_that_decides_a_vector_changes_the_digest(workspace: Path) -> None:
    before = find_model(own(), workspace).digest
    (workspace / "models/own/README.md").write_text("notes")
    assert find_model(own(), workspace).digest == before
    (workspace / "models/own/sentence_bert_config.json").write_text('{"max_seq_length": 16}')
    assert find_model(own(), workspace).digest != before


def test_a_short_model_truncates_the_same_in_both_engines(workspace: Path, tmp_path: Path) -> None:
    (workspace / "models/own/sentence_bert_config.json").write_text('{"max_seq_length": 16}')
    short = load_encoder(own(), workspace=workspace, cache=tmp_path / "cache")
    assert short.engine.startswith("onnxruntime ")
    head = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
    found = short.encode([head, head + " and so on" * 30, "one two"])
    assert float(found[0] @ found[1]) >= 0.9999
    assert float(found[0] @ found[2]) < 0.9


def test_another_digest_than_the_pinned_one_is_refused(workspace: Path) -> None:
    with pytest.raises(EngineFailed, match=f"has SHA-256 {port.DEFAULT_SHA256}, {'0' * 64} wanted"):
        find_model(own(sha256="0" * 64), workspace)
    with (workspace / "models/own/model.safetensors").open("ab") as stream:
        stream.write(b"\0")
    with pytest.raises(EngineFailed, match=rf"is not the pinned one.*{port.DEFAULT_SHA256} wanted") as caught:
        load_encoder(own(), workspace=workspace, cache=None)
    assert caught.value.exit_code == 3
    assert str(workspace) not in str(caught.value)


def test_a_missing_model_is_an_engine_failure(tmp_path: Path) -> None:
    with pytest.raises(EngineFailed, match="the default encoder is missing"):
        port._checked(tmp_path / "nowhere", port.DEFAULT_SHA256, ("en",), "the default encoder")


@pytest.mark.parametrize("file", ["config.json", "modules.json"])
def test_a_model_that_cannot_be_loaded_is_an_engine_failure(workspace: Path, file: str) -> None:
    (workspace / "models/own" / file).write_text('[{"idx": 0, "name": "0", "path": "", "type": "antigravity.Model"}]')
    with pytest.raises(EngineFailed, match="cannot be loaded") as caught:
        load_encoder(own(), workspace=workspace, cache=None)
    assert str(workspace) not in str(caught.value)
    assert "antigravity" not in sys.modules


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("..", "leads out of the workspace"),
        ("../outside", "leads out of the workspace"),
        ("/", "leads out of the workspace"),
        ("link", "leads out of the workspace"),
        ("models", "has no model.safetensors"),
        ("models/own/model.safetensors", "has no model.safetensors"),
        ("missing", "is not there"),
        ("nul\0character", r"⟨U\+0000⟩.*is not there"),
    ],
)
def test_a_card_path_stays_inside_the_workspace(sketch: Path, path: str, said: str) -> None:
    shutil.copytree(sketch / "models/own", sketch.parent / "outside")
    (sketch / "link").symlink_to(sketch.parent / "outside")
    with pytest.raises(CardError, match=rf"encoder\.path: .*{said}"):
        find_model(own(path), sketch)


@pytest.mark.parametrize("name", ["modeling_own.py", "pytorch_model.bin", "1_Pooling/weights.pkl", "x.pt"])
def test_a_card_model_carries_no_code_and_no_pickle(sketch: Path, name: str) -> None:
    (sketch / "models/own" / name).write_bytes(b"")
    with pytest.raises(CardError, match="has no place in a model folder"):
        find_model(own(), sketch)


def test_no_file_of_a_card_model_leads_out(sketch: Path) -> None:
    secret = sketch.parent / "secret.json"
    secret.write_text("{}")
    (sketch / "models/own/config.json").unlink()
    (sketch / "models/own/config.json").symlink_to(secret)
    with pytest.raises(CardError, match=r"config\.json.* leads out of the workspace"):
        find_model(own(), sketch)
