import numpy as np
import pytest

from matchmaker.rank.dense import SLACK, DenseIndex, multiply_vectors


def unit(rng, *shape):
    vectors = rng.normal(size=shape).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


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
    index = DenseIndex(24)
    index.append(vectors[:50])
    index.append(vectors[50:])
    for depth in (1, 10, 90 - SLACK, 200):
        found = index.search(queries, depth, mask, order)
        for row, query in enumerate(queries):
            allowed = None if mask is None else mask[row]
            assert found[row].tolist() == brute_force(query, vectors, depth, allowed, order)


@pytest.mark.parametrize("kind", ["spread", "twins"])
def test_a_query_alone_finds_what_it_finds_among_many(kind):
    rng = np.random.default_rng(1)
    vectors = unit(rng, 400, 48)
    if kind == "twins":
        vectors = vectors[rng.integers(0, 5, 400)]
    queries = unit(rng, 64, 48)
    index = DenseIndex(48)
    index.append(vectors)
    together = index.search(queries, 20)
    alone = [index.search(query[None], 20)[0] for query in queries]
    assert all(np.array_equal(a, b) for a, b in zip(together, alone, strict=True))


def test_adding_and_removing_equals_building_afresh():
    rng = np.random.default_rng(3)
    vectors, queries = unit(rng, 60, 16), unit(rng, 5, 16)
    keep = rng.random(60) < 0.5
    grown, fresh = DenseIndex(16), DenseIndex(16)
    grown.append(vectors[:40])
    grown.keep(np.ones(40, bool))
    grown.append(vectors[40:])
    grown.keep(keep)
    fresh.append(vectors[keep])
    assert np.array_equal(grown.vectors, fresh.vectors)
    for a, b in zip(grown.search(queries, 8), fresh.search(queries, 8), strict=True):
        assert np.array_equal(a, b)
    grown.keep(np.zeros(keep.sum(), bool))
    assert [rows.tolist() for rows in grown.search(queries, 8)] == [[]] * 5
    grown.append(vectors[:3])
    assert sorted(grown.search(queries[:1], 8)[0].tolist()) == [0, 1, 2]


def test_an_empty_index_finds_nothing():
    assert [rows.tolist() for rows in DenseIndex(4).search(np.ones((2, 4), np.float32), 3)] == [[], []]


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
