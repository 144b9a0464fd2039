from hypothesis import given
from hypothesis import strategies as st

from matchmaker.report.highlighting import mark_text

TEXTS = st.text(alphabet=st.sampled_from("锂电池a；😀𠮷\n"), max_size=20)
STRETCHES = st.lists(st.tuples(st.integers(-5, 25), st.integers(-5, 25), st.integers(0, 3)), max_size=8)


def mark_slowly(text, stretches):
    """Say for every character which terms cover it."""
    return [
        tuple(sorted({term for start, end, term in stretches if start <= place < end})) for place in range(len(text))
    ]


def take(text, start, end):
    """Slice a text as a browser does, in UTF-16 code units."""
    return text.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le")


@given(TEXTS, STRETCHES)
def test_marks_agree_with_a_character_by_character_reference(text, stretches):
    marks = mark_text(text, stretches)
    covered, at = [], 0
    for mark in marks:
        assert at <= mark.start < mark.end
        covered += [()] * len(take(text, at, mark.start)) + [mark.terms] * len(take(text, mark.start, mark.end))
        at = mark.end
    covered += [()] * (len(text) - len(covered))
    assert covered == mark_slowly(text, stretches)


@given(TEXTS, STRETCHES)
def test_marks_are_as_few_as_possible(text, stretches):
    marks = mark_text(text, stretches)
    for before, after in zip(marks, marks[1:], strict=False):
        assert before.end < after.start or before.terms != after.terms


def test_a_span_after_an_emoji_covers_the_right_words_in_a_browser():
    text = "🔋🔋锂离子电池电解液"
    (mark,) = mark_text(text, [(2, 7, 0)])
    assert take(text, mark.start, mark.end) == "锂离子电池"
