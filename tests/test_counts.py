from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.rank.counts import TermCounts, multiply_rows

TEXTS = st.lists(st.lists(st.sampled_from("锂 钠 钾 海参 电池 a b".split()), max_size=8), max_size=8)


def as_counters(counts):
    terms = {column: term for term, column in counts.vocabulary.items()}
    matrix = counts.matrix
    return [
        {terms[column]: int(times) for column, times in zip(row.indices, row.data, strict=True)}
        for row in (matrix[number] for number in range(matrix.shape[0]))
    ]


@given(st.lists(TEXTS, max_size=3))
def test_counts_are_those_of_each_text(batches):
    counts = TermCounts()
    for batch in batches:
        counts.append(batch)
    texts = [text for batch in batches for text in batch]
    assert as_counters(counts) == [dict(Counter(text)) for text in texts]
    # Terms stand in a row as its text brought them: sums then never depend on the numbering of columns.
    assert [list(row) for row in as_counters(counts)] == [list(dict.fromkeys(text)) for text in texts]
    found = Counter(term for text in texts for term in set(text))
    assert {term: counts.document_frequency[column] for term, column in counts.vocabulary.items()} == found


@given(TEXTS, st.data())
def test_what_was_removed_is_forgotten(texts, data):
    kept = np.array([data.draw(st.booleans()) for _ in texts], bool)
    counts, fresh = TermCounts(), TermCounts()
    counts.append(texts)
    counts.keep(kept)
    fresh.append([text for text, keep in zip(texts, kept, strict=True) if keep])
    assert as_counters(counts) == as_counters(fresh)
    assert counts.vocabulary.keys() == fresh.vocabulary.keys()
    assert len(counts.document_frequency) == counts.matrix.shape[1] == len(counts.vocabulary)
    assert {counts.document_frequency[column] for column in counts.vocabulary.values()} <= {*range(1, len(texts) + 1)}


def test_other_texts_teach_nothing():
    counts = TermCounts()
    counts.append([["锂", "电池"]])
    found = counts.lookup([["电池", "钠", "电池"], []])
    assert found.toarray().tolist() == [[0, 2], [0, 0]]
    assert list(counts.vocabulary) == ["锂", "电池"]
    assert TermCounts().lookup([["锂"]]).shape == (1, 0)


@pytest.mark.parametrize("seed", range(3))
def test_products_of_paired_rows(seed):
    rng = np.random.default_rng(seed)
    terms = [f"t{number}" for number in range(30)]
    counts = TermCounts()
    counts.append([list(rng.choice(terms, rng.integers(0, 12))) for _ in range(20)])
    queries = counts.lookup([list(rng.choice(terms, rng.integers(0, 6))) for _ in range(7)]).astype(float)
    lefts = np.sort(rng.integers(0, 7, 50))
    rights = rng.integers(0, 20, 50)
    expected = [
        float(queries[a].toarray()[0] @ counts.matrix[b].toarray()[0]) for a, b in zip(lefts, rights, strict=True)
    ]
    assert multiply_rows(queries, counts.matrix, (lefts, rights)).tolist() == expected
    assert multiply_rows(queries, counts.matrix, (lefts[:0], rights[:0])).tolist() == []
