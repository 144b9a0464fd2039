"""The cross-encoder that is trained without labels, tried on a small invented encoder."""

import pytest
from tiny_encoder import invent_folder, invent_papers

torch = pytest.importorskip("torch")
pytest.importorskip("safetensors")


def test_the_right_title_comes_first_and_its_rivals_are_near(script, views):
    cross = script("cross_encoder")
    papers = invent_papers(script, 60)
    titles = {paper.title for paper in papers}
    size = cross.WRONG + 1
    for pairs in cross.draw_groups(papers, 3, seed=0):
        assert len(pairs) == cross.GROUPS * size
        for start in range(0, len(pairs), size):
            texts, offered = zip(*pairs[start : start + size], strict=True)
            assert len(set(texts)) == 1 and set(offered[1:]) <= titles and offered[0] not in offered[1 : size - 2]


def test_steps_teach_it_to_tell_the_right_title(script, views, tmp_path, monkeypatch):
    cross = script("cross_encoder")
    papers = invent_papers(script, 60)
    (lesson,) = cross.draw_groups(papers, 1, seed=0)
    monkeypatch.setattr(cross, "RATE", 5e-3)
    monkeypatch.setattr(cross, "draw_groups", lambda papers, steps, seed: iter([lesson] * steps))
    model = cross.CrossEncoder(invent_folder(script, tmp_path / "encoder"))
    losses = cross.train(model, papers, steps=80, seed=0)
    assert losses[-1] < 0.5 * losses[0]
    scores = model.score(lesson).reshape(cross.GROUPS, cross.WRONG + 1)
    assert (scores.argmax(axis=1) == 0).mean() > 0.5
    again = model.score(lesson, batch=3)
    assert again == pytest.approx(scores.ravel(), abs=0.1 * abs(scores).max())
