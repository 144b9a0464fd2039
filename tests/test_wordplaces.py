"""What was taken apart once is read again as if it were taken apart anew."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matching import achievement, invent_profiles

from matchmaker import Matchmaker
from matchmaker.wordplaces import UNKNOWN, WordPlaces

# Gaps and lengths of the words of a text, some too long for a byte.
WORDS = st.lists(st.tuples(st.sampled_from([0, 1, 7, 255, 256]), st.sampled_from([1, 2, 255, 300])), max_size=6)
ROWS = st.lists(st.tuples(*[st.tuples(st.integers(0, 3), WORDS)] * 2), max_size=5)


ANEW = [(UNKNOWN, [], [])] * 3


def place(kind, words):
    starts, ends, at = [], [], 0
    for gap, length in words:
        starts.append(at + gap)
        at += gap + length
        ends.append(at)
    return kind, starts, ends


def expect(kind, words):
    known = kind != UNKNOWN and all(max(word) <= 255 for word in words)
    return place(kind, words) if known else (UNKNOWN, [], [])


@given(ROWS, ROWS)
def test_places_come_back_as_they_were_given(first, second):
    blocks = [WordPlaces.of([[place(*text) for text in row] for row in rows], texts=2) for rows in (first, second)]
    expected = [[expect(*text) for text in row] for row in (*first, *second)]
    joined = WordPlaces.join(blocks)
    assert [joined.row(row) for row in range(len(joined))] == expected
    again = WordPlaces(**joined.arrays())
    order = np.random.default_rng(0).permutation(len(expected))
    assert [again.take(order).row(row) for row in range(len(again))] == [expected[row] for row in order]
    middle = again.part(1, 4)
    assert [middle.row(row) for row in range(len(middle))] == expected[1:4]


TEXTS = [
    "锂电池，电压５V，循环≥2000次；满足GB/T 31484。",
    "<p>科技成果轉(zhuǎn)化，粒径&lt;5&nbsp;μm</p>",
    "İstanbul 的 PA66-GF30",
    "，" * 300 + "锂电池",
    "鋰電池隔膜 " * 3,
    "",
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_profile_is_recalled_as_it_is_read(text):
    analyst = Matchmaker(quality="fast")._analyst
    profile = achievement("A-1", f"低温{text}", description=text, keywords=("电解液", text))
    places = analyst.analyse([profile]).places
    assert analyst.read(profile, places.row(0)) == analyst.read(profile, ANEW)


def test_invented_profiles_are_recalled_as_they_are_read():
    analyst = Matchmaker(quality="fast", terms=["低温锂电池"])._analyst
    profiles = [*invent_profiles("achievement", 40), *invent_profiles("need", 40)]
    places = analyst.analyse(profiles).places
    for row, profile in enumerate(profiles):
        assert analyst.read(profile, places.row(row)) == analyst.read(profile, ANEW)
    assert np.mean(places.kinds != UNKNOWN) > 0.7
