"""What encoders learn from: papers read, and views of them cut into batches."""

import itertools
import random
import re

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tiny_encoder import invent_data, invent_papers


def test_content_words_are_long_nouns_and_verbs(views):
    assert views.content_words("一种用于船舶的高效柴油机及其控制方法") == "用于船舶柴油机控制方法"
    assert views.content_words("") == views.content_words("的、和 12 &") == ""


SENTENCES = st.lists(st.text("电池海参焊缝，a1", min_size=1, max_size=140).map(lambda text: text + "。"), max_size=8)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # a module, which no example changes
@given(sentences=SENTENCES, seed=st.integers(0, 99))
def test_a_window_holds_whole_sentences_in_few_characters(views, sentences, seed):
    text = views.windows("".join(sentences), random.Random(seed))
    assert len(text) <= views.WINDOW == 160
    assert text == views.windows("".join(sentences), random.Random(seed))
    found = re.findall("[^。]+。", text)
    assert "".join(found) == text  # nothing is cut where every sentence has room
    assert all(sentences.count(sentence) >= found.count(sentence) for sentence in found)
    assert len(text) >= min(views.LEAST, sum(map(len, sentences)))


def test_a_sentence_longer_than_a_window_is_cut(views):
    chance = random.Random(0)
    assert views.windows("锂" * 500, chance) == "锂" * views.WINDOW
    assert views.windows("", chance) == views.windows("。。", chance) == ""
    # Neighbours from the sentence that was drawn: onwards, then backwards.
    first, second, third = "电池低温失效严重影响使用。", "电解液粘度随温度降低而升高。", "隔膜改性之后恢复良好。"
    drawn = {views.windows(first + second + third, random.Random(seed)) for seed in range(20)}
    assert drawn == {first + second + third, second + third + first, third + second + first}


def test_an_abstract_is_split_where_it_turns(views):
    problem, method = "目前海参育苗水温波动大，成活率低。", "本文提出一种恒温循环水装置。结果良好，节能三成。"
    assert views.split_turn(problem + method) == (problem, method)
    for never in (
        "海参育苗水温波动大，成活率低。",
        "本文提出一种恒温循环水装置，用于海参育苗。",
        "很" * 90 + "本文",
        "",
    ):
        assert views.split_turn(never) == ("", "")
    left, right = views.split_turn("难" * 300 + problem + method * 20)
    assert left.endswith(problem) and right.startswith(method)
    assert len(left) == len(right) == views.WINDOW


def draw(views, papers, count, size=8, seed=0, groups=None, kinds=None):
    return list(itertools.islice(views.draw_batches(papers, kinds or list(views.VIEWS), size, seed, groups), count))


def test_a_batch_holds_one_kind_and_no_paper_twice(script, views):
    papers = invent_papers(script, 45)
    batches = draw(views, papers, 20)
    for batch, kind in zip(batches, itertools.cycle(views.VIEWS), strict=False):
        assert {view.kind for view in batch} == {kind}
        assert len({view.paper for view in batch}) == len(batch) == 8
        assert all(min(len(view.left), len(view.right)) >= views.SHORTEST for view in batch)
        for view in batch:
            paper = papers[view.paper]
            allowed = {paper.title, views.content_words(paper.title)}
            if kind != "problem-method":
                assert view.right in allowed
            if kind in ("need-title", "problem-method"):
                assert paper.abstract.startswith(view.left) and view.left.startswith("目前")
    # Five batches take 40 of 45 papers; none of them comes again before the order is drawn anew.
    for start in range(0, 20, 5):
        assert len({view.paper for batch in batches[start : start + 5] for view in batch}) == 40
    assert {view.paper for batch in batches for view in batch} == set(range(45))
    first, second = ([view.paper for batch in batches[start : start + 5] for view in batch] for start in (0, 5))
    assert first != second


def test_batches_depend_on_the_seed_alone(script, views):
    papers = invent_papers(script, 24)
    assert draw(views, papers, 7, seed=3) == draw(views, papers, 7, seed=3) != draw(views, papers, 7, seed=4)


def test_papers_without_a_view_are_passed_over(script, views):
    paper = script("corpora").Paper
    papers = invent_papers(script, 12)
    papers[3:9] = [paper(old.title, old.abstract) for old in papers[3:9]]  # without keywords
    for batch in draw(views, papers, 6, size=6, kinds=["keywords-title"]):
        assert {view.paper for view in batch} == {0, 1, 2, 9, 10, 11}
    for count in (12, 5, 0):
        with pytest.raises(
            ValueError, match=f"keywords-title: {min(6, count and count - 2)} of {count} papers give"
        ) as e:
            draw(views, [*papers[:3], *papers[3:5], *papers[9:], *papers[5:9]][:count], 1, 7, kinds=["keywords-title"])
        assert "fewer than a batch of 7" in str(e.value)


def test_topics_keep_a_batch_together(script, views):
    papers = invent_papers(script, 64)
    groups = np.arange(64) % 8  # eight topics of eight papers
    for size, most in ((8, 1), (16, 2), (4, 1)):
        for batch in draw(views, papers, 16, size=size, groups=groups):
            assert len({groups[view.paper] for view in batch}) <= most
    mixed = draw(views, papers, 16)
    assert min(len({groups[view.paper] for view in batch}) for batch in mixed) > 2
    orders = {tuple(groups[batch[0].paper] for batch in draw(views, papers, 8, 8, seed, groups)) for seed in range(4)}
    assert len(orders) == 4


def test_lessons_leave_out_the_papers_that_test_them(script, tmp_path):
    root = tmp_path / "data"
    papers = invent_data(script, root)[1]
    lessons = script("corpora").read_lessons(root)
    assert [paper.title for paper in lessons] == [*(paper.title for paper in papers[:10]), "海水养殖"]
    assert lessons[0].abstract and lessons[0].keywords == papers[0].keywords
    assert len(script("corpora").read_papers(root)) == 14 + 11
