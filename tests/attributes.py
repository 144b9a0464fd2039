"""Invented attributes for property tests: few different values, so that two sides often agree."""

import math

from hypothesis import strategies as st

from matchmaker.columns import UNKNOWN, Tags
from matchmaker.rank.tagtable import MODES
from matchmaker.understanding import Industry, Quantity

FIELDS = ("", "精细化工", "现代农业")
PLACES = ("辽宁", "大连", "沈阳", "")
ORGANISATIONS = ("", "甲所", "乙校")
CODES = ("", "26", "38", "C26")
UNITS = ("%", "m")
NAMES = ("316L", "TC4", "隔膜", "电堆", "")

CONFIDENCES = st.sampled_from([0.0, 0.5, 0.7, 1.0]) | st.floats(0, 1)
ENDS = st.sampled_from([-math.inf, -0.3, 0.2, 0.3, 90, 95.5, math.inf]) | st.floats(allow_nan=False)
NAME_SETS = st.frozensets(st.sampled_from(NAMES))
TAGS = st.builds(
    Tags,
    field=st.sampled_from(FIELDS),
    region=st.lists(st.sampled_from(PLACES), max_size=3).map(tuple),
    organisation=st.sampled_from(ORGANISATIONS),
    maturity=st.sampled_from([UNKNOWN, *range(1, 10)]),
    modes=st.frozensets(st.sampled_from(MODES)),
    deadline=st.sampled_from([UNKNOWN, 100, 200]),
    likely_field=st.sampled_from(FIELDS),
    field_confidence=CONFIDENCES,
    industry=st.none()
    | st.builds(Industry, st.just("division"), st.sampled_from(CODES), st.sampled_from(["", "化学"]), CONFIDENCES),
    quantities=st.lists(
        st.builds(
            Quantity,
            st.sampled_from(["收率", "总收率", "产品总收率", "定位误差", "误差"]),
            ENDS,
            ENDS,
            st.sampled_from(UNITS),
            st.booleans(),
        ),
        max_size=3,
    ).map(tuple),
    codes=NAME_SETS,
    subjects=NAME_SETS,
    methods=NAME_SETS,
    focus=st.sampled_from([1.0, 0.8766, 1.0213]),
)
TAG_LISTS = st.lists(TAGS, max_size=6)
