import itertools
import math
import random
from collections import Counter

import bm25s
import numpy as np
import pytest
from matching import PARTS, SUBJECTS

from matchmaker.rank import queries as asking
from matchmaker.rank.fusion import join_found
from matchmaker.rank.lexical import K1, B, GramIndex, Postings, WordIndex, top_rows
from matchmaker.rank.queries import Block, Statistics, ask_finding_words, ask_grams, ask_words
from matchmaker.terms import TermRows, number_words

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


def rows_of(texts):
    return TermRows.of([number_words(text) for text in texts])


class Register:
    """Texts in one block or several, of which some may be gone, as both indexes see them."""

    def __init__(self, blocks, gone=()):
        self.rows = [rows_of(texts) for texts in blocks]
        count = sum(map(len, blocks))
        alive = np.array([row not in gone for row in range(count)], bool)
        self.starts = np.cumsum([0, *map(len, blocks)])
        self.alive = [alive[start:stop] for start, stop in itertools.pairwise(self.starts)]
        self.statistics = Statistics.of([Block(*block) for block in zip(self.rows, self.alive, strict=True)])
        self.words = [WordIndex(rows, Postings(*rows.transpose()), self.statistics) for rows in self.rows]
        self.grams = [GramIndex(rows, self.statistics) for rows in self.rows]

    def score_words(self, queries):
        asked = ask_words(rows_of(queries), self.statistics)
        found = [index.score([asked], all_pairs(queries, index.rows))[0] for index in self.words]
        return self._together(found, queries)

    def score_grams(self, queries):
        asked = ask_grams(rows_of(queries), self.statistics)
        return self._together([index.score(asked, all_pairs(queries, index.rows)) for index in self.grams], queries)

    def _together(self, found, queries):
        return np.concatenate([scores.reshape(len(queries), -1) for scores in found], axis=1)[
            :, np.concatenate(self.alive)
        ]


KINDS = [("score_words", slow_bm25), ("score_grams", slow_cosine)]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("kind", "slow"), KINDS)
def test_scores_equal_the_slow_reference(kind, slow, seed):
    texts, queries = corpus(seed), ask(seed)
    found = getattr(Register([texts[:15], texts[15:]]), kind)(queries)
    expected = [[slow(query, text, texts) for text in texts] for query in queries]
    assert found == pytest.approx(np.array(expected), abs=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_bm25_ranks_as_bm25s_does(seed):
    texts, queries = [text or ["空"] for text in corpus(seed, 60)], corpus(seed + 50, 10, 6)
    peer = bm25s.BM25(method="lucene", k1=K1, b=B)
    peer.index(texts, show_progress=False)
    register = Register([texts])
    for query in queries:
        words = list(dict.fromkeys(query))
        expected = peer.get_scores(words) if words else np.zeros(len(texts))
        [found] = register.score_words([query])
        ceiling = register.statistics.weigh(register.statistics.find(number_words(words))).sum()
        # bm25s leaves out the factor K1 + 1, as Lucene does since version 8.
        assert found * ceiling == pytest.approx(expected * (K1 + 1), rel=1e-5, abs=1e-5)


@pytest.mark.parametrize("allowed", [False, True])
@pytest.mark.parametrize("seed", SEEDS)
def test_search_finds_the_best_scores(seed, allowed):
    texts, queries = corpus(seed), ask(seed)
    texts += texts[:10]
    register = Register([texts])
    rng = np.random.default_rng(seed)
    mask = rng.random((len(queries), len(texts))) < 0.4 if allowed else None
    order = rng.permutation(len(texts))
    asked = ask_words(rows_of(queries), register.statistics)
    scores = register.score_words(queries)
    for ties in (None, order):
        for depth in (1, 5, 100):
            found = register.words[0].search(asked, depth, mask, ties)
            for row, (got, told) in enumerate(found):
                may = [
                    text for text in range(len(texts)) if scores[row, text] > 0 and (mask is None or mask[row, text])
                ]
                place = (lambda text: text) if ties is None else (lambda text: order[text])
                wanted = sorted(may, key=lambda text: (-scores[row, text], place(text)))[:depth]
                assert got.tolist() == wanted
                assert told.tolist() == scores[row, wanted].tolist()


@pytest.mark.parametrize("kind", [kind for kind, _ in KINDS])
@pytest.mark.parametrize("seed", SEEDS)
def test_rows_that_are_gone_count_no_more_and_blocks_make_no_difference(kind, seed):
    rng = random.Random(seed)
    texts, queries = corpus(seed, 30), ask(seed)
    gone = {row for row in range(30) if rng.random() < 0.4}
    held = [text for row, text in enumerate(texts) if row not in gone]
    parts = Register([texts[:7], [], texts[7:8], texts[8:]], gone)
    assert np.array_equal(getattr(parts, kind)(queries), getattr(Register([held]), kind)(queries))


@pytest.mark.parametrize("seed", SEEDS)
def test_texts_are_found_by_the_words_that_tell_them_apart(seed, monkeypatch):
    monkeypatch.setattr(asking, "FINDING_LEAST", 1)
    monkeypatch.setattr(asking, "FINDING_SHARE", 0.3)
    texts = corpus(seed, 60)
    common = [word for word in {word for text in texts for word in text} if sum(word in text for text in texts) > 18]
    queries = [*ask(seed), common]
    statistics = Register([texts]).statistics
    found, every = (way(rows_of(queries), statistics) for way in (ask_finding_words, ask_words))
    assert common and len(found) == len(queries)
    for row in range(len(queries)):
        asked, known = (set(one.terms[one.bounds[row] : one.bounds[row + 1]].tolist()) for one in (found, every))
        telling = known - set(number_words(common).tolist())
        assert asked == (telling or known)
    # The largest weights come first either way: what is left out is left out whole.
    assert np.array_equal(ask_finding_words(rows_of(queries[:1]), statistics).bounds, found.bounds[:2])


def test_all_words_count_where_few_texts_have_any():
    texts, queries = corpus(0), ask(0)
    statistics = Register([texts]).statistics
    found, every = (way(rows_of(queries), statistics) for way in (ask_finding_words, ask_words))
    assert np.array_equal(found.terms, every.terms) and np.array_equal(found.bounds, every.bounds)


def test_an_empty_index_finds_nothing():
    for blocks in ([[]], [[[], []]]):
        register = Register(blocks)
        asked = ask_words(rows_of([["锂"], []]), register.statistics)
        assert [rows.tolist() for rows, _ in register.words[0].search(asked, 5)] == [[], []]
    assert Register([[[], ["锂"]]]).score_grams([[], ["锂"]]).tolist() == [[0, 0], [0, 1]]


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


@pytest.mark.parametrize("kind", ["spread", "ties", "few above the floor", "best in one place"])
def test_the_best_of_many_are_found_as_among_few(kind):
    rng = np.random.default_rng(3)
    scores = rng.random(9000)
    if kind == "ties":
        scores = np.round(scores, 2)
    if kind == "few above the floor":
        scores[rng.random(9000) < 0.995] = 0
    if kind == "best in one place":
        scores[4100:4160] += 5
    order = rng.permutation(9000)
    for depth in (1, 100, 300):
        positive = sorted(np.flatnonzero(scores > 0), key=lambda row: (-scores[row], order[row]))[:depth]
        assert top_rows(scores, depth, 0.0, order).tolist() == positive


@pytest.mark.parametrize("seed", SEEDS)
def test_blocks_searched_one_after_the_other_find_what_one_block_finds(seed):
    texts, queries = corpus(seed, 60), ask(seed)
    order = np.random.default_rng(seed).permutation(60)
    register, whole = Register([texts[:25], [], texts[25:30], texts[30:]]), Register([texts])
    asked = ask_words(rows_of(queries), whole.statistics)
    for depth in (1, 4, 90):
        best, found, nothing = (
            np.zeros((len(queries), depth)),
            [],
            [(np.zeros(0, np.int64), np.zeros(0))] * len(queries),
        )
        for start, words in zip((0, 25, 25, 30), register.words, strict=True):
            here = order[start : start + len(words.rows)]
            answers = words.search(asked, depth, None, here, best)
            found.append(([(rows + start, scores) for rows, scores in answers], nothing))
        joined = join_found(found, len(queries), depth, order)[0]
        for one, other in zip(joined, whole.words[0].search(asked, depth, None, order), strict=True):
            assert one[0].tolist() == other[0].tolist() and one[1].tolist() == other[1].tolist()
        assert sum(len(rows) for part, _ in found for rows, _ in part) < 4 * depth * len(queries)
