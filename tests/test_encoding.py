import builtins
import json
import os
import random
import shutil
import subprocess
import sys

import numpy as np
import pytest
from matching import HashEncoder, achievement, bundled, invent_text, invent_title, need

from matchmaker import Matchmaker
from matchmaker.errors import MissingExtraError, ModelError, SettingError
from matchmaker.text import encoding
from matchmaker.text.encoding import (
    BUNDLED,
    MODEL,
    STUDENT,
    BundledEncoder,
    Encoder,
    SentenceTransformerEncoder,
    best_precision,
    open_encoder,
)

PRECISIONS = ["int8", "fp32"]


def texts(count=24, seed=1):
    rng = random.Random(seed)
    made = [invent_title(rng) if rng.random() < 0.6 else invent_text(rng, rng.randint(1, 6)) for _ in range(count - 5)]
    return [*made, "", "锂", "lithium ion battery", "😀🔋", made[0]]


@pytest.mark.parametrize("precision", PRECISIONS)
def test_a_vector_depends_on_its_text_alone(precision):
    encoder, sample = bundled(precision), texts()
    alone = np.concatenate([encoder.encode([text]) for text in sample])
    assert np.array_equal(encoder.encode(sample), alone)
    order = np.random.default_rng(0).permutation(len(sample))
    assert np.array_equal(encoder.encode([sample[row] for row in order]), alone[order])
    for threads in (1, 4):
        other = BundledEncoder(precision=precision, threads=threads)
        assert np.array_equal(other.encode(sample[::-1]), alone[::-1])
    many = encoder.encode([*(text[:7] for text in texts(40, seed=9)), *sample])
    assert np.array_equal(many[40:], alone)


def test_a_vector_is_the_same_in_another_process(tmp_path):
    sample = texts(12)
    program = (
        "import sys, json, numpy as np; from matchmaker.text.encoding import BundledEncoder;"
        "np.save(sys.argv[2], BundledEncoder(precision='int8').encode(json.loads(sys.argv[1])))"
    )
    environment = {**os.environ, "OMP_NUM_THREADS": "3", "PYTHONHASHSEED": "3", "TOKENIZERS_PARALLELISM": "0"}
    target = tmp_path / "vectors.npy"
    subprocess.run([sys.executable, "-c", program, json.dumps(sample), str(target)], check=True, env=environment)
    assert np.array_equal(np.load(target), bundled().encode(sample))


@pytest.mark.parametrize("precision", PRECISIONS)
def test_vectors_have_unit_length_and_nothing_gives_zeros(precision):
    vectors = bundled(precision).encode(["钙钛矿电池", "", " \n", "a", "。"])
    assert vectors.dtype == np.float32 and vectors.shape == (5, 384)
    assert np.allclose(np.linalg.norm(vectors, axis=1), [1, 0, 0, 1, 1], atol=1e-5)
    assert bundled(precision).encode([]).shape == (0, 384)


def test_both_precisions_agree():
    sample = [text for text in texts(40) if any(character.isalnum() for character in text)]
    cosines = (bundled("int8").encode(sample) * bundled("fp32").encode(sample)).sum(axis=1)
    assert cosines.min() >= 0.99


def test_like_texts_are_closer_than_unlike_ones():
    a, b, c, d = bundled().encode(["锂电池电解液", "锂离子电池用电解质溶液", "海参苗种繁育", "刺参育苗"])
    assert min(a @ b, c @ d) > max(a @ c, a @ d, b @ c, b @ d) + 0.2


def test_long_texts_are_cut():
    body = invent_text(random.Random(2), 30)
    long, longer = bundled().encode([body, body + "海参育苗" * 1000])
    assert np.array_equal(long, longer)
    short = BundledEncoder(precision="int8", max_tokens=8)
    assert np.array_equal(*short.encode([body[:60], body[:60] + "甲醇重整"]))
    assert short.fingerprint != bundled().fingerprint


def test_progress_counts_every_text():
    done = []
    bundled().encode(texts(), done.append)
    assert sum(done) == len(texts())


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"precision": "bf16"}, "expected 'int8' or 'fp32', found 'bf16'"),
        ({"max_tokens": 7}, "expected 8 to 512, found 7"),
        ({"max_tokens": 513}, "expected 8 to 512, found 513"),
    ],
)
def test_settings_out_of_range_are_refused(settings, message):
    with pytest.raises(SettingError, match=message):
        BundledEncoder(**settings)


@pytest.mark.parametrize(
    ("features", "precision"),
    [
        ({"avx2", "avx512_vnni"}, "int8"),
        ({"avx2", "avx_vnni"}, "int8"),
        ({"neon", "asimddp"}, "int8"),
        ({"avx2", "fma"}, "fp32"),
        (set(), "fp32"),
    ],
)
def test_the_processor_decides_the_precision(features, precision, monkeypatch):
    monkeypatch.setattr(encoding, "processor_features", lambda: frozenset(features))
    assert best_precision() == precision == BundledEncoder().precision
    assert f"-{precision}-" in BundledEncoder().fingerprint
    other = "int8" if precision == "fp32" else "fp32"
    assert BundledEncoder(precision=other).precision == other


def test_missing_weights_are_named(monkeypatch, tmp_path):
    encoding._shipped_session.cache_clear()
    with pytest.raises(ModelError, match=r"int8\.onnx is missing; reinstall"):
        BundledEncoder(tmp_path, precision="int8")
    encoding._shipped_session.cache_clear()


@pytest.mark.parametrize("folder", [MODEL, STUDENT], ids=["whole", "student"])
def test_the_shipped_models_are_small_and_documented(folder):
    assert sum(file.stat().st_size for file in folder.iterdir()) <= 45_000_000
    report = json.loads((folder / "export.json").read_text(encoding="utf-8"))
    assert all(report[precision]["cosine_min"] >= 0.96 for precision in PRECISIONS)


def test_every_quality_has_an_encoder_of_its_own():
    encoders = {quality: open_encoder("bundled", quality) for quality in BUNDLED}
    assert len({encoder.fingerprint for encoder in encoders.values()}) == 3
    a, b, c = "锂电池电解液", "锂离子电池用电解质溶液", "海参育苗"
    for encoder in encoders.values():
        vectors = encoder.encode([a, b, c, ""])
        assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.2
        assert not vectors[3].any()
    with pytest.raises(SettingError, match="quality: expected one of best, balanced, fast, found 'good'"):
        open_encoder("bundled", "good")


# Other encoders.


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A sentence-transformers folder with a tiny, random BERT."""
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    models = pytest.importorskip("sentence_transformers").sentence_transformer.modules
    from sentence_transformers import SentenceTransformer

    root = tmp_path_factory.mktemp("tiny")
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *sorted(set("锂离子电池电解液海参育苗水质钙钛矿封装"))]
    (root / "vocab.txt").write_text("\n".join(pieces) + "\n", encoding="utf-8")
    torch.manual_seed(0)
    config = transformers.BertConfig(
        vocab_size=len(pieces),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=48,
        max_position_embeddings=64,
    )
    transformers.BertModel(config).save_pretrained(root / "bert")
    transformers.BertTokenizer(str(root / "vocab.txt")).save_pretrained(root / "bert")
    word = models.Transformer(str(root / "bert"), max_seq_length=32)
    SentenceTransformer(modules=[word, models.Pooling(word.get_embedding_dimension())], device="cpu").save(
        str(root / "model")
    )
    return root / "model"


def test_a_sentence_transformers_folder_is_an_encoder(folder):
    encoder = open_encoder(folder)
    assert isinstance(encoder, SentenceTransformerEncoder) and isinstance(encoder, Encoder)
    vectors = encoder.encode(["锂离子电池", "海参育苗"])
    assert vectors.shape == (2, 32) and vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_its_fingerprint_follows_the_weights_not_the_place(folder, tmp_path):
    import torch
    from safetensors.torch import load_file, save_file

    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    before = open_encoder(str(folder)).fingerprint
    assert open_encoder(copy).fingerprint == before
    weights = next(copy.rglob("model.safetensors"))
    tensors = load_file(weights)
    tensors["embeddings.word_embeddings.weight"] += torch.tensor(0.01)
    save_file(tensors, weights, metadata={"format": "pt"})
    assert open_encoder(copy).fingerprint != before


def test_an_engine_takes_a_folder(folder, tmp_path):
    engine = Matchmaker(encoder=folder).fit([achievement("A", "锂离子电池电解液"), achievement("B", "海参育苗水质")])
    assert engine.settings["encoder"].startswith("sentence-transformers-")
    before = engine.shortlist([need("N", "锂离子电池")])
    assert before[0][0].achievement_id == "A"
    engine.save(tmp_path / "model")
    assert Matchmaker.load(tmp_path / "model").shortlist([need("N", "锂离子电池")]) == before


def test_a_folder_that_is_no_model_is_named(tmp_path, folder):
    with pytest.raises(ModelError, match="absent.*cannot be loaded"):
        open_encoder(tmp_path / "absent")
    damaged = tmp_path / "damaged"
    shutil.copytree(folder, damaged)
    next(damaged.rglob("model.safetensors")).write_bytes(b"nothing of use")
    with pytest.raises(ModelError, match="damaged.*cannot be loaded"):
        Matchmaker(encoder=damaged)


def test_without_the_extra_the_message_names_it(monkeypatch):
    original = builtins.__import__

    def refuse(name, *rest):
        if name.startswith("sentence_transformers"):
            raise ImportError(name)
        return original(name, *rest)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(MissingExtraError, match=r"'some/model' needs .* pip install 'matchmaker\[train\]'"):
        Matchmaker(encoder="some/model")


def test_an_engine_takes_any_object_that_encodes():
    encoder = HashEncoder(dimension=8)
    engine = Matchmaker(encoder=encoder).fit([achievement("A", "锂离子电池电解液"), achievement("B", "海参育苗")])
    assert engine.shortlist([need("N", "海参")])[0][0].achievement_id == "B"
    assert {"锂离子电池电解液", "海参育苗", "海参"} <= set(encoder.texts)


@pytest.mark.parametrize("given", [3, None, HashEncoder, object(), ["bundled"]])
def test_what_cannot_encode_is_refused(given):
    with pytest.raises(SettingError, match=r"encoder: expected 'bundled'.*object with encode\(texts\).*found"):
        Matchmaker(encoder=given)


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (lambda texts: None, r"found shape \(\)"),
        (lambda texts: np.zeros(3), r"found shape \(3,\)"),
        (lambda texts: np.ones((len(texts) + 1, 3)), r"found shape"),
        (lambda texts: np.ones((len(texts), 0)), r"found shape"),
        (lambda texts: np.full((len(texts), 3), np.nan), "found NaN or infinite"),
        (lambda texts: np.full((len(texts), 3), np.inf), "found NaN or infinite"),
        (lambda texts: [["a"]] * len(texts), "found list"),
        (lambda texts: [[1.0], [1.0, 2.0]] * len(texts), "found list"),
        (lambda texts: (text for text in texts), "found generator"),
    ],
)
def test_wrong_answers_of_an_encoder_are_named(answer, found):
    class Odd:
        def encode(self, texts):
            return answer(texts)

    with pytest.raises(ModelError, match=rf"encoder Odd: expected finite vectors of shape \(\d+, d\), {found}"):
        Matchmaker(encoder=Odd()).fit([achievement("A", "锂电池"), achievement("B", "海参")])


def test_an_encoder_of_lists_and_any_length_will_do():
    class Lists:
        def encode(self, texts):
            return [[float(len(text)), 2.0, 0.5] for text in texts]

    engine = Matchmaker(encoder=Lists()).fit([achievement("A", "锂电池"), achievement("B", "海参育苗")])
    match = engine.shortlist([need("N", "锂电池")])[0][0]
    dense = next(term for term in match.evidence.terms if term.feature == "dense")
    assert match.achievement_id == "A" and dense.value == pytest.approx(1)
