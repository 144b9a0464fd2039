import hashlib

import numpy as np
import pytest
from matching import invent_text

from matchmaker.errors import ModelError
from matchmaker.text import static
from matchmaker.text.static import TABLE, StaticEncoder, quantize, table_sha256

TEXTS = ["锂离子电池电解液", "海参工厂化育苗水质在线监测", "GB/T 18384 PA66-GF30", "船用柴油机选择性催化还原", "", " "]


@pytest.fixture(scope="module")
def encoder():
    return StaticEncoder()


def test_vectors_are_of_unit_length_and_empty_texts_are_zero(encoder):
    vectors = encoder.encode(TEXTS)
    assert vectors.dtype == np.float32 and vectors.shape == (len(TEXTS), 256)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1, 1, 1, 0, 0], abs=1e-6)
    assert encoder.encode([]).shape == (0, 256)


def test_a_vector_is_the_sum_of_its_pieces(encoder):
    with np.load(TABLE) as arrays:
        table = arrays["codes"].astype(np.float64) * arrays["scales"][:, None]
    for text in TEXTS[:4]:
        pieces = encoder._tokenizer.encode(text, add_special_tokens=False).ids
        total = table[pieces].sum(axis=0)
        assert encoder.encode([text])[0] == pytest.approx(total / np.linalg.norm(total), abs=1e-5)


def test_batch_and_order_change_nothing(encoder, monkeypatch):
    import random

    texts = [invent_text(random.Random(seed)) for seed in range(50)]
    together = encoder.encode(texts)
    assert np.array_equal(np.concatenate([encoder.encode([text]) for text in texts]), together)
    monkeypatch.setattr(static, "BLOCK", 7)
    told = []
    assert np.array_equal(encoder.encode(texts[::-1], told.append)[::-1], together)
    assert sum(told) == 50 and max(told) == 7


def test_what_is_alike_lies_near(encoder):
    a, b, c = encoder.encode(["锂电池电解液", "锂离子电池用电解质溶液", "海参育苗"])
    assert a @ b > 0.4 > a @ c


def test_only_the_beginning_of_a_very_long_text_is_read(encoder):
    long = "海参育苗。" * 3000
    assert np.array_equal(encoder.encode([long])[0], encoder.encode([long + "锂电池" * 100])[0])


def test_rounding_keeps_a_row_within_half_a_step():
    table = np.random.default_rng(0).normal(size=(20, 8)).astype(np.float32)
    table[3] = 0
    codes, scales = quantize(table)
    assert codes.dtype == np.int8 and np.abs(codes).max() <= 127
    assert (np.abs(codes * scales[:, None] - table) <= scales[:, None] / 2 + 1e-7).all()


def test_the_fingerprint_is_of_the_table_and_a_missing_one_is_named(encoder, monkeypatch, tmp_path):
    assert encoder.fingerprint == f"static-{hashlib.sha256(TABLE.read_bytes()).hexdigest()[:16]}"
    assert table_sha256() == hashlib.sha256(TABLE.read_bytes()).hexdigest()
    static._read_table.cache_clear()
    monkeypatch.setattr(static, "TABLE", tmp_path / "table.npz")
    with pytest.raises(ModelError, match=r"table\.npz is missing; reinstall"):
        StaticEncoder()
    static._read_table.cache_clear()
