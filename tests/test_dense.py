import numpy as np
import pytest

from matchmaker.rank import codes as coding
from matchmaker.rank.codes import CodedVectors, encode_vectors, multiply_codes
from matchmaker.rank.dense import SLACK, DenseIndex, multiply_vectors, start_products
from matchmaker.rank.fusion import join_found

NOTHING = np.zeros(0, np.int64), np.zeros(0)


# Elsewhere FAISS answers alone.
EXACT = pytest.mark.skipif(not coding.multiplies_exactly(), reason="this processor's products of 8 bits overflow")


def unit(rng, *shape):
    vectors = rng.normal(size=shape).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def arrange(kind, rng, count, query):
    """Vectors as a search may meet them: at random, always better ones, few different ones, or one alone."""
    vectors = unit(rng, count, len(query))
    if kind == "sorted":
        return vectors[np.argsort(vectors @ query)]
    different = {"twins": 9, "all alike": 1}.get(kind, count)
    return vectors if different == count else vectors[rng.integers(0, different, count)]


def brute_force(query, vectors, depth, mask, order):
    """Every product one at a time, sorted: what the index must equal exactly."""
    if not query.any():
        return []
    scores = [
        multiply_vectors(query[None], vectors, (np.zeros(1, np.int64), np.array([row])))[0]
        for row in range(len(vectors))
    ]
    rows = [row for row in range(len(vectors)) if mask is None or mask[row]]
    return sorted(rows, key=lambda row: (-scores[row], row if order is None else order[row]))[:depth]


@pytest.mark.parametrize("kind", ["spread", "twins", "all alike"])
@pytest.mark.parametrize("filtered", [False, True])
@pytest.mark.parametrize("ordered", [False, True])
def test_search_equals_brute_force(kind, filtered, ordered):
    rng = np.random.default_rng(7)
    vectors = unit(rng, 90, 24)
    if kind == "twins":
        vectors = vectors[rng.integers(0, 6, 90)]
    if kind == "all alike":
        vectors = np.repeat(vectors[:1], 90, axis=0)
    queries = np.concatenate([unit(rng, 30, 24), vectors[:2], np.zeros((1, 24), np.float32)])
    order = rng.permutation(90) if ordered else None
    mask = rng.random((len(queries), 90)) < 0.5 if filtered else None
    if filtered:
        mask[3] = False
        mask[4] = True
    index = DenseIndex(vectors)
    for depth in (1, 10, 90 - SLACK, 200):
        found = index.search(queries, depth, mask, order)
        for row, query in enumerate(queries):
            allowed = None if mask is None else mask[row]
            assert found[row][0].tolist() == brute_force(query, vectors, depth, allowed, order)


@pytest.mark.parametrize("kind", ["spread", "twins"])
def test_a_query_alone_finds_what_it_finds_among_many(kind):
    rng = np.random.default_rng(1)
    vectors = unit(rng, 400, 48)
    if kind == "twins":
        vectors = vectors[rng.integers(0, 5, 400)]
    queries = unit(rng, 64, 48)
    for codes in (None, encode_vectors(vectors)):
        index = DenseIndex(vectors, codes)
        together = index.search(queries, 20)
        alone = [index.search(query[None], 20)[0] for query in queries]
        for one, other in zip(together, alone, strict=True):
            assert np.array_equal(one[0], other[0]) and np.array_equal(one[1], other[1])


@pytest.mark.parametrize("kind", ["spread", "twins"])
def test_codes_find_what_comparing_everything_finds(kind):
    rng = np.random.default_rng(4)
    vectors = unit(rng, 3000, 64)
    if kind == "twins":
        vectors = vectors[rng.integers(0, 12, 3000)]
    queries = unit(rng, 20, 64)
    mask = rng.random((20, 3000)) < 0.5
    exact, coded = DenseIndex(vectors), DenseIndex(vectors, encode_vectors(vectors))
    for allowed in (None, mask):
        shared = [
            len(set(a.tolist()) & set(b.tolist()))
            for (a, _), (b, _) in zip(
                exact.search(queries, 100, allowed), coded.search(queries, 100, allowed), strict=True
            )
        ]
        assert np.mean(shared) >= 99
    if kind == "twins":
        assert min(shared) == 100


@pytest.mark.parametrize("clustered", [False, True])
def test_rows_that_few_are_missing_from_are_searched_as_exactly(clustered):
    rng = np.random.default_rng(6)
    vectors, queries = unit(rng, 2000, 24), unit(rng, 9, 24)
    mask = rng.random((9, 2000)) < 0.97
    if clustered:
        # All that may not be returned is what the first query would find first.
        mask[0] = True
        mask[0, np.argsort(-(vectors @ queries[0]))[:150]] = False
    index = DenseIndex(vectors)
    for row, (rows, _) in enumerate(index.search(queries, 20, mask)):
        assert rows.tolist() == brute_force(queries[row], vectors, 20, mask[row], None)


def test_codes_depend_on_nothing_but_the_vector():
    rng = np.random.default_rng(5)
    vectors = unit(rng, 50, 32)
    together = encode_vectors(vectors)
    assert np.array_equal(together, np.concatenate([encode_vectors(vectors[[row]]) for row in range(50)]))
    assert together.dtype == np.uint8 and together.shape == vectors.shape


def test_an_empty_index_finds_nothing():
    empty = DenseIndex(np.zeros((0, 4), np.float32))
    assert [rows.tolist() for rows, _ in empty.search(np.ones((2, 4), np.float32), 3)] == [[], []]


@pytest.mark.parametrize("dimension", [2, 3, 16, 384, 385])
def test_a_product_is_the_same_wherever_the_pair_stands(dimension):
    rng = np.random.default_rng(dimension)
    left, right = unit(rng, 9, dimension), unit(rng, 40, dimension)
    lefts, rights = rng.integers(0, 9, 200), rng.integers(0, 40, 200)
    together = multiply_vectors(left, right, (lefts, rights))
    alone = [
        multiply_vectors(left[[a]], right[[b]], (np.zeros(1, int), np.zeros(1, int)))[0]
        for a, b in zip(lefts, rights, strict=True)
    ]
    assert together.tolist() == alone
    exact = [float(left[a].astype(float) @ right[b].astype(float)) for a, b in zip(lefts, rights, strict=True)]
    assert together == pytest.approx(exact, abs=1e-6)


@pytest.mark.parametrize("kind", ["spread", "sorted", "twins", "all alike"])
@pytest.mark.parametrize("filtered", ["no", "few gone", "same gone", "mixed"])
@EXACT
def test_codes_find_the_same_one_by_one_and_together(kind, filtered, monkeypatch):
    rng = np.random.default_rng(8)
    queries = unit(rng, 40, 32)
    vectors = arrange(kind, rng, 9000, queries[0])
    allowed = None if filtered == "no" else rng.random((40, 9000)) < 0.98
    if filtered == "same gone":
        allowed = allowed[:1]
    if filtered == "mixed":
        allowed[::3] = rng.random((14, 9000)) < 0.01
        allowed[5] = False
    coded = CodedVectors(encode_vectors(vectors))
    together = coded.search(queries, coding.no_products(40, 150), allowed)
    monkeypatch.setattr(coding, "multiplies_exactly", lambda: False)
    alone = coded.search(queries, coding.no_products(40, 150), allowed)
    assert [rows.tolist() for rows in together] == [rows.tolist() for rows in alone]
    products = (encode_vectors(queries).astype(int) - 128) @ (encode_vectors(vectors).astype(int) - 128).T
    for row, rows in enumerate(together):
        may = np.arange(9000) if allowed is None else np.flatnonzero(allowed[row % len(allowed)])
        last = np.sort(products[row, may])[-150] if len(may) >= 150 else -np.inf
        assert rows.tolist() == may[products[row, may] > last].tolist()


@EXACT
def test_products_of_codes_are_those_of_whole_numbers():
    rng = np.random.default_rng(9)
    codes, queries = rng.integers(1, 256, (300, 256), np.uint8), rng.integers(-127, 128, (256, 17), np.int8)
    assert np.array_equal(multiply_codes(codes, queries), (codes.astype(int) - 128) @ queries.astype(int))


@pytest.mark.parametrize("kind", ["spread", "sorted", "twins", "all alike"])
@pytest.mark.parametrize("one_by_one", [False, True])
def test_blocks_searched_one_after_the_other_find_what_one_block_finds(kind, one_by_one, monkeypatch):
    rng = np.random.default_rng(10)
    queries = unit(rng, 9, 32)
    vectors = arrange(kind, rng, 6000, queries[0])
    queries[4] = 0
    if one_by_one:
        monkeypatch.setattr(coding, "multiplies_exactly", lambda: False)
    allowed = rng.random((9, 6000)) < 0.95
    order = rng.permutation(6000)
    whole = DenseIndex(vectors, encode_vectors(vectors)).search(queries, 50, allowed, order)
    best, found = start_products(9, 50), []
    for part in (slice(0, 2500), slice(2500, 2600), slice(2600, 6000)):
        codes = encode_vectors(vectors[part]) if part.start != 2500 else None
        index = DenseIndex(vectors[part], codes)
        answers = index.search(queries, 50, allowed[:, part], order[part], best)
        found.append(([NOTHING] * 9, [(rows + part.start, scores) for rows, scores in answers]))
    joined = join_found(found, 9, 50, order)[1]
    for one, other in zip(joined, whole, strict=True):
        assert np.array_equal(one[0], other[0]) and np.array_equal(one[1], other[1])
