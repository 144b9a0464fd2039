import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from matching import HashEncoder, bundled, invent_profiles

from matchmaker import Matchmaker
from matchmaker.errors import ModelError
from matchmaker.text.encoding import BUNDLED, open_encoder
from matchmaker.text.industry import Classifier
from matchmaker.text.vectors import CachedEncoder, write_known

TEXTS = ["锂电池", "海参", "锂电池", "", "甲醇"]


def test_equal_texts_are_encoded_once():
    source = HashEncoder()
    cached = CachedEncoder(source)
    first = cached.encode(TEXTS)
    assert source.texts == ["锂电池", "海参", "", "甲醇"]
    assert (cached.encoded, cached.reused) == (4, 1)
    assert np.array_equal(first, np.stack([HashEncoder().encode([text])[0] for text in TEXTS]))
    assert np.array_equal(cached.encode(TEXTS[::-1]), first[::-1])
    assert len(source.texts) == 4 and cached.reused == 6


def test_only_what_is_new_is_encoded():
    source = HashEncoder()
    cached = CachedEncoder(source)
    cached.encode(["a", "b"])
    cached.encode(["b", "c", "a"])
    assert source.texts == ["a", "b", "c"]
    cached.forget()
    cached.encode(["a"])
    assert source.texts == ["a", "b", "c", "a"]


def test_the_disk_remembers_for_the_next_one(tmp_path):
    path = tmp_path / "folder" / "vectors.sqlite"
    first = CachedEncoder(HashEncoder(), path).encode(TEXTS)
    source = HashEncoder()
    again = CachedEncoder(source, path)
    assert np.array_equal(again.encode(TEXTS), first)
    assert source.texts == [] and (again.encoded, again.reused) == (0, 5)
    many = [f"文本{number}" for number in range(1200)]
    expected = CachedEncoder(HashEncoder(), path).encode(many)
    assert np.array_equal(CachedEncoder(source, path).encode(many[::-1]), expected[::-1])
    assert source.texts == []


def test_the_disk_remembers_for_another_process(tmp_path):
    path = tmp_path / "vectors.sqlite"
    program = (
        "import sys; from pathlib import Path; from matchmaker.text.vectors import CachedEncoder;"
        "from matchmaker.text.encoding import BundledEncoder;"
        "cached = CachedEncoder(BundledEncoder(precision='int8'), Path(sys.argv[1]));"
        "cached.encode(['锂电池', '海参']); print(cached.encoded)"
    )
    told = [
        subprocess.run([sys.executable, "-c", program, str(path)], check=True, capture_output=True, text=True).stdout
        for _ in range(2)
    ]
    assert told == ["2\n", "0\n"]
    cached = CachedEncoder(bundled(), path)
    assert np.array_equal(cached.encode(["海参", "锂电池"]), bundled().encode(["海参", "锂电池"]))
    assert cached.encoded == 0


def test_another_fingerprint_is_another_memory(tmp_path):
    path = tmp_path / "vectors.sqlite"
    first = CachedEncoder(HashEncoder(fingerprint="one"), path).encode(["锂电池"])
    other = HashEncoder(fingerprint="two")
    assert not np.array_equal(CachedEncoder(other, path).encode(["锂电池"]), first)
    assert other.texts == ["锂电池"]


def test_without_a_fingerprint_nothing_goes_to_disk(tmp_path):
    path = tmp_path / "vectors.sqlite"
    cached = CachedEncoder(HashEncoder(fingerprint=""), path)
    cached.encode(["锂电池"])
    assert not path.exists()
    assert cached.select(["锂电池"]) == {}


def test_chosen_vectors_can_be_taken_out():
    cached = CachedEncoder(HashEncoder())
    vectors = cached.encode(["锂电池", "海参"])
    taken = cached.select(["海参", "海参", "甲醇"])
    assert len(taken) == 1 and np.array_equal(next(iter(taken.values())), vectors[1])


def test_no_texts_still_have_a_width():
    class Careless:
        def encode(self, texts):
            return np.array([[1.0, 2.0, 2.0] for _ in texts])

    assert CachedEncoder(Careless()).encode([]).shape == (0, 3)
    assert CachedEncoder(bundled()).encode([]).shape == (0, 384)


def test_vectors_are_brought_to_unit_length():
    class Long:
        def encode(self, texts):
            return np.array([[len(text), 3.0 * len(text)] for text in texts])

    vectors = CachedEncoder(Long()).encode(["一二三", "", "四"])
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), [1, 0, 1])


def test_progress_counts_every_text_once():
    cached, done = CachedEncoder(HashEncoder()), []
    cached.encode(TEXTS, done.append)
    assert sum(done) == len(TEXTS)
    done.clear()
    cached.encode([*TEXTS, "新的"], done.append)
    assert sum(done) == len(TEXTS) + 1


@pytest.mark.parametrize("content", [b"not a database at all" * 100, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_file_that_is_no_cache_is_named(content, tmp_path):
    path = tmp_path / "vectors.sqlite"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"vectors\.sqlite cannot be used .*delete the file"):
        CachedEncoder(HashEncoder(), path).encode(["锂电池"])


def test_damage_that_shows_only_later_is_named(tmp_path):
    path = tmp_path / "vectors.sqlite"
    CachedEncoder(HashEncoder(), path).encode(["锂电池"])
    with sqlite3.connect(path) as store:
        store.execute("UPDATE vectors SET vector = x'010203'")
    store.close()
    with pytest.raises(ModelError, match=r"vectors\.sqlite cannot be used"):
        CachedEncoder(HashEncoder(), path).encode(["锂电池"])
    with sqlite3.connect(path) as store:
        store.execute("UPDATE vectors SET vector = x'01020304'")
    store.close()
    with pytest.raises(ModelError, match=r"vectors differ in length, or the cache .*vectors\.sqlite"):
        CachedEncoder(HashEncoder(), path).encode(["锂电池", "海参"])


def test_a_table_of_another_kind_is_named(tmp_path):
    path = tmp_path / "other.sqlite"
    with sqlite3.connect(path) as store:
        store.execute("CREATE TABLE vectors (name TEXT)")
    store.close()
    with pytest.raises(ModelError, match=r"other\.sqlite cannot be used"):
        CachedEncoder(HashEncoder(), path).encode(["锂电池"])


def test_a_folder_is_no_cache(tmp_path):
    with pytest.raises(ModelError, match="cannot be used"):
        CachedEncoder(HashEncoder(), tmp_path)


def test_threads_share_one_cache(tmp_path):
    cached = CachedEncoder(HashEncoder(), tmp_path / "vectors.sqlite")
    jobs = [[f"文本{(job * 7 + number) % 90}" for number in range(60)] for job in range(16)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(cached.encode, jobs))
    expected = HashEncoder()
    assert all(np.array_equal(got, expected.encode(job)) for got, job in zip(found, jobs, strict=True))


def test_an_engine_encodes_no_text_twice(tmp_path):
    path = tmp_path / "vectors.sqlite"
    register, needs = invent_profiles("achievement", 20), invent_profiles("need", 5)
    first = HashEncoder()
    engine = Matchmaker(encoder=first, cache=path).fit(register)
    shortlists = engine.shortlist(needs)
    assert len(first.texts) == len(set(first.texts))
    second = HashEncoder()
    engine = Matchmaker(encoder=second, cache=path).fit(register)
    assert engine.shortlist(needs) == shortlists
    assert second.texts == []
    engine.remove(["A-003"]).add([register[3]])
    assert second.texts == []


def test_vectors_that_the_package_brings_along_are_those_that_would_be_made(tmp_path, monkeypatch):
    from matchmaker.text import vectors

    encoder = HashEncoder()
    first = CachedEncoder(encoder)
    first.encode(["甲", "乙"])
    write_known(
        {encoder.fingerprint: first.select(["甲", "乙"]), "other": {b"0" * 16: np.ones(3, np.float32)}}, tmp_path / "k"
    )
    monkeypatch.setattr(vectors, "KNOWN", tmp_path / "k.npz")
    known = CachedEncoder(HashEncoder())
    assert np.array_equal(known.encode(["乙", "甲", "丙"]), first.encode(["乙", "甲", "丙"]))
    assert known.encoder.texts == ["丙"]
    known.forget()
    known.encode(["甲"])
    assert known.encoder.texts == ["丙"]
    assert CachedEncoder(HashEncoder(fingerprint="third")).memory == {}
    assert CachedEncoder(HashEncoder(fingerprint="")).memory == {}


@pytest.mark.parametrize("quality", BUNDLED)
def test_every_bundled_encoder_knows_the_classes_of_industry(quality):
    encoder = open_encoder("bundled", quality)
    if "-fp32-" in encoder.fingerprint:
        pytest.skip("their vectors are shipped for 8-bit arithmetic")
    cached = CachedEncoder(encoder)
    texts = Classifier(cached).texts
    vectors = cached.encode(texts)
    # Word vectors are read anew in less time than they are looked up.
    assert cached.encoded == (len(texts) if quality == "fast" else 0)
    assert (vectors[::20] * encoder.encode(texts[::20])).sum(axis=1) == pytest.approx(1, abs=1e-5)
