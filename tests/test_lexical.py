import math
import random
from collections import Counter

import bm25s
import numpy as np
import pytest
from matching import PARTS, SUBJECTS

from matchmaker.rank import lexical
from matchmaker.rank.lexical import K1, B, Bm25Index, GramIndex, top_rows

SEEDS = range(4)


def corpus(seed, count=40, most=25):
    rng = random.Random(seed)
    words = SUBJECTS + PARTS
    weights = [1 / (place + 1) for place in range(len(words))]
    return [rng.choices(words, weights, k=rng.randint(0 if seed else 1, most)) for _ in range(count)]


def slow_bm25(query, text, texts):
    """BM25 as Lucene weighs it, over the most that a text of average length could score."""
    average = max(sum(map(len, texts)) / len(texts), 1)

    def idf(word):
        found = sum(word in other for other in texts)
        return math.log(1 + (len(texts) - found + 0.5) / (found + 0.5))

    times = Counter(text)
    score = sum(
        idf(word) * times[word] * (K1 + 1) / (times[word] + K1 * (1 - B + B * len(text) / average))
        for word in set(query)
        if times[word]
    )
    return score / sum(map(idf, set(query))) if query else 0.0


def slow_cosine(query, text, texts):
    def weigh(words):
        return {
            word: (1 + math.log(times)) * (math.log((1 + len(texts)) / (1 + sum(word in other for other in texts))) + 1)
            for word, times in Counter(words).items()
        }

    a, b = weigh(query), weigh(text)
    # A word that no text has counts once, however often it is said: it can only lengthen the query.
    known = {word for other in texts for word in other}
    unknown = {word: math.log(1 + len(texts)) + 1 for word in a if word not in known}
    a |= unknown
    length = math.sqrt(sum(v * v for v in a.values()) * sum(v * v for v in b.values()))
    return sum(value * b.get(word, 0) for word, value in a.items()) / length if length else 0.0


def all_pairs(queries, texts):
    return np.repeat(np.arange(len(queries)), len(texts)), np.tile(np.arange(len(texts)), len(queries))


def ask(seed):
    return [*corpus(seed + 100, 8, 9), ["无人知晓"], [], ["海参", "海参", "无人知晓", "电解液"]]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("index", "slow"), [(Bm25Index, slow_bm25), (GramIndex, slow_cosine)])
def test_scores_equal_the_slow_reference(index, slow, seed):
    texts, queries = corpus(seed), ask(seed)
    fast = index()
    fast.append(texts[:15])
    fast.append(texts[15:])
    found = fast.score(fast.queries(queries), all_pairs(queries, texts)).reshape(len(queries), len(texts))
    expected = [[slow(query, text, texts) for text in texts] for query in queries]
    assert found == pytest.approx(np.array(expected), abs=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_bm25_ranks_as_bm25s_does(seed):
    texts, queries = [text or ["空"] for text in corpus(seed, 60)], corpus(seed + 50, 10, 6)
    peer = bm25s.BM25(method="lucene", k1=K1, b=B)
    peer.index(texts, show_progress=False)
    index = Bm25Index()
    index.append(texts)
    for query in queries:
        words = list(dict.fromkeys(query))
        expected = peer.get_scores(words) if words else np.zeros(len(texts))
        found = index.score(index.queries([query]), all_pairs([query], texts))
        ceiling = index.idf[[index.counts.vocabulary[word] for word in words if word in index.counts.vocabulary]].sum()
        strange = sum(word not in index.counts.vocabulary for word in words)
        ceiling += strange * math.log(1 + (len(texts) + 0.5) / 0.5)
        # bm25s leaves out the factor K1 + 1, as Lucene does since version 8.
        assert found * ceiling == pytest.approx(expected * (K1 + 1), rel=1e-5, abs=1e-5)


@pytest.mark.parametrize("allowed", [False, True])
@pytest.mark.parametrize("seed", SEEDS)
def test_search_finds_the_best_scores(seed, allowed, monkeypatch):
    monkeypatch.setattr(lexical, "BLOCK_CELLS", 100)
    texts, queries = corpus(seed), ask(seed)
    texts += texts[:10]
    index = Bm25Index()
    index.append(texts)
    rng = np.random.default_rng(seed)
    mask = rng.random((len(queries), len(texts))) < 0.4 if allowed else None
    order = rng.permutation(len(texts))
    asked = index.queries(queries)
    scores = index.score(asked, all_pairs(queries, texts)).reshape(len(queries), len(texts))
    for ties in (None, order):
        for depth in (1, 5, 100):
            found = index.search(asked, depth, mask, ties)
            for row, got in enumerate(found):
                may = [
                    text for text in range(len(texts)) if scores[row, text] > 0 and (mask is None or mask[row, text])
                ]
                place = (lambda text: text) if ties is None else (lambda text: order[text])
                wanted = sorted(may, key=lambda text: (-round(scores[row, text], 12), place(text)))[:depth]
                assert got.tolist() == wanted


@pytest.mark.parametrize("index", [Bm25Index, GramIndex])
@pytest.mark.parametrize("seed", SEEDS)
def test_adding_and_removing_equals_building_afresh(index, seed):
    rng = random.Random(seed)
    texts, queries = corpus(seed, 30), ask(seed)
    grown, held = index(), []
    for text in texts:
        grown.append([text])
        held.append(text)
        if rng.random() < 0.4:
            keep = np.array([rng.random() < 0.7 for _ in held])
            grown.keep(keep)
            held = [text for text, kept in zip(held, keep, strict=True) if kept]
    fresh = index()
    fresh.append(held)
    pairs = all_pairs(queries, held)
    assert held
    assert np.array_equal(grown.score(grown.queries(queries), pairs), fresh.score(fresh.queries(queries), pairs))


def test_an_empty_index_finds_nothing():
    index = Bm25Index()
    index.append([])
    assert [rows.tolist() for rows in index.search(index.queries([["锂"], []]), 5)] == [[], []]
    index.append([[], []])
    assert [rows.tolist() for rows in index.search(index.queries([["锂"]]), 5)] == [[]]
    grams = GramIndex()
    grams.append([[], ["锂"]])
    assert grams.score(grams.queries([[], ["锂"]]), all_pairs("ab", "cd")).tolist() == [0, 0, 0, 1]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_largest_come_first_and_ties_by_row_or_order(seed):
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, 6, 50).astype(float)
    order = rng.permutation(50)
    for depth in (1, 7, 49, 50, 80):
        wanted = sorted(range(50), key=lambda row: (-scores[row], row))[:depth]
        assert top_rows(scores, depth).tolist() == wanted
        positive = sorted(np.flatnonzero(scores > 0), key=lambda row: (-scores[row], order[row]))[:depth]
        assert top_rows(scores, depth, 0.0, order).tolist() == positive
