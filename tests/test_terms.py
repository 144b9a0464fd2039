"""Counts of numbered terms, against plain counting."""

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.terms import TermRows, number_grams, number_words

ROWS = st.lists(st.lists(st.integers(0, 2**64 - 1) | st.integers(0, 5), max_size=8), max_size=8)


def plain(rows):
    """The counts of each row by term number."""
    found = []
    for start, stop in zip(rows.bounds, rows.bounds[1:], strict=False):
        terms = rows.terms[rows.places[start:stop]].tolist()
        assert terms == sorted(terms)
        found.append(dict(zip(terms, rows.counts[start:stop].tolist(), strict=True)))
    return found


def same(one, other):
    return all(np.array_equal(array, other.arrays()[name]) for name, array in one.arrays().items())


@given(ROWS)
def test_counts_are_those_of_each_row(rows):
    counted = TermRows.of(rows)
    assert plain(counted) == [Counter(row) for row in rows]
    assert counted.lengths().tolist() == [len(row) for row in rows]
    frequencies = Counter(term for row in rows for term in set(row))
    assert dict(zip(counted.terms.tolist(), counted.frequencies().tolist(), strict=True)) == frequencies


def test_many_terms_are_counted_as_few_are():
    rng = np.random.default_rng(0)
    rows = [rng.integers(0, 2**63, 9).tolist() + rng.integers(0, 50, 9).tolist() for _ in range(600)]
    assert plain(TermRows.of(rows)) == [Counter(row) for row in rows]


@given(ROWS, ROWS)
def test_blocks_put_together_are_the_rows_counted_at_once(first, second):
    blocks = [TermRows.of(first), TermRows.of(second)]
    assert same(TermRows.join(blocks), TermRows.of([*first, *second]))


@given(ROWS, st.data())
def test_taken_rows_are_as_if_counted_alone(rows, data):
    kept = data.draw(st.lists(st.sampled_from(range(len(rows))), unique=True)) if rows else []
    assert same(TermRows.of(rows).take(np.array(kept, np.int64)), TermRows.of([rows[row] for row in kept]))


@given(ROWS)
def test_parts_and_the_transpose_hold_the_same_counts(rows):
    counted = TermRows.of(rows)
    half = len(rows) // 2
    assert plain(counted.part(0, half)) + plain(counted.part(half, len(rows))) == plain(counted)
    bounds, found, counts = counted.transpose()
    for place, term in enumerate(counted.terms.tolist()):
        here = slice(bounds[place], bounds[place + 1])
        expected = {row: terms.count(term) for row, terms in enumerate(rows) if term in terms}
        assert dict(zip(found[here].tolist(), counts[here].tolist(), strict=True)) == expected
        assert found[here].tolist() == sorted(expected)


@given(st.lists(st.text(st.characters(codec=None), max_size=4), max_size=6))
def test_words_have_one_number_each_everywhere(words):
    numbers = number_words(words).tolist()
    assert len(set(numbers)) == len(set(words))
    assert numbers == [int(number_words([word])[0]) for word in words]
    assert number_words(["锂", "电池"]).tolist() == [933154583803291267, 4296189172673994142]


def test_a_pair_is_no_character_and_no_other_pair():
    text = "锂电\x00池\ud800𠮷锂电"
    singles = number_grams(text)[: len(text)].tolist()
    assert singles == [ord(character) for character in text]
    pairs = number_grams(text)[len(text) :].tolist()
    assert len(set(pairs)) == len(text) - 2 and pairs[0] == pairs[-1]
    assert not set(pairs) & set(singles)


def test_a_matrix_of_rows_holds_no_copy_of_them():
    rows = TermRows.of([[7, 3, 7], [], [3]])
    matrix = rows.matrix()
    assert matrix.toarray().tolist() == [[1, 2], [0, 0], [1, 0]]
    assert np.shares_memory(matrix.indices, rows.places) and np.shares_memory(matrix.data, rows.counts)
    assert matrix[np.array([2, 0])].indices.dtype == np.int32
