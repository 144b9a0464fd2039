from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.rank.fusion import K, fuse

RANKED = st.lists(st.integers(0, 20), unique=True, max_size=15)


@given(st.lists(RANKED, min_size=1, max_size=3), st.integers(1, 25), st.booleans(), st.randoms(use_true_random=False))
def test_fusion_equals_the_definition(lists, depth, ordered, rng):
    order = np.array(rng.sample(range(21), 21)) if ordered else None
    points = {
        row: sum(Fraction(1, K + 1 + ranked.index(row)) for ranked in lists if row in ranked)
        for row in {row for ranked in lists for row in ranked}
    }
    found = fuse([np.array(ranked, np.int64) for ranked in lists], depth, order=order).tolist()
    best = sorted(points.values(), reverse=True)[:depth]
    # Sums in another order may tell apart what is equal exactly; nothing else may differ.
    assert [float(points[row]) for row in found] == [float(value) for value in best]
    ties = (lambda row: row) if order is None else (lambda row: order[row])
    for a, b in zip(found, found[1:], strict=False):
        once = all(sum(row in ranked for ranked in lists) == 1 for row in (a, b))
        assert points[a] > points[b] or not once or ties(a) < ties(b)


def test_equal_points_are_ordered_by_row_or_by_order():
    lists = [np.array([4, 1]), np.array([2, 9])]
    assert fuse(lists, 4).tolist() == [2, 4, 1, 9]
    order = np.arange(10)[::-1]
    assert fuse(lists, 4, order=order).tolist() == [4, 2, 9, 1]
    assert fuse(lists, 1).tolist() == [2]


def test_both_lists_beat_one():
    assert fuse([np.array([1, 2, 3]), np.array([4, 3, 5])], 1).tolist() == [3]
    assert fuse([np.zeros(0, np.int64), np.zeros(0, np.int64)], 5).tolist() == []
