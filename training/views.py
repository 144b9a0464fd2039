"""Two texts that say the same thing in other words, cut out of papers: what an encoder learns from.

A docking event brings together texts of very unlike build: a bare title whose words a form has cut down to nouns and
verbs, a paragraph that tells a problem, a paragraph that tells a method, a list of keywords. Each view pairs two of
these kinds, taken from one paper. No label and no judged need is read.
"""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import jieba.posseg
import numpy as np
from corpora import Paper

SENTENCE = re.compile("[^。；;！!？?]+[。；;！!？?]*")
# From here on an abstract says what was done; what stands before says what was wanted.
TURN = re.compile("本文|本研究|该文|文章|提出|采用|设计了|研制|开发了|利用|通过|\\[?方法")
LEAST = 12
WINDOW = 160
SHORTEST = 4


@dataclass(frozen=True, slots=True)
class View:
    """Two texts of one paper, and the paper's place in its corpus."""

    kind: str
    left: str
    right: str
    paper: int


def content_words(title: str) -> str:
    """Return the nouns and verbs of two or more characters, joined: what some registers keep of a title.

    Examples
    --------
    >>> content_words("一种高活性氟化锂的制备方法")
    '活性氟化制备方法'
    """
    return "".join(word for word, kind in _tag(title) if len(word) >= 2 and kind[0] in "nv")


def windows(abstract: str, chance: random.Random) -> str:
    """Return whole sentences from any one onwards, at most ``WINDOW`` characters; past the end, those before it.

    Only a sentence that is longer than that is cut. What stands before is appended backwards, nearest first.
    """
    sentences = SENTENCE.findall(abstract)
    start = chance.randrange(len(sentences)) if sentences else 0
    taken = ""
    for sentence in sentences[start:] + sentences[:start][::-1]:
        if len(taken) >= LEAST and len(taken) + len(sentence) > WINDOW:
            break
        taken += sentence
    return taken[:WINDOW]


def split_turn(abstract: str) -> tuple[str, str]:
    """Return what an abstract says before it turns to what was done, and the rest; empty where it does not turn."""
    match = TURN.search(abstract, LEAST)
    if match is None or match.start() > len(abstract) * 0.7:
        return "", ""
    return abstract[: match.start()][-WINDOW:], abstract[match.start() :][:WINDOW]


def _title_text(paper: Paper, chance: random.Random) -> tuple[str, str]:
    return windows(paper.abstract, chance), paper.title


def _words_text(paper: Paper, chance: random.Random) -> tuple[str, str]:
    return windows(paper.abstract, chance), content_words(paper.title)


def _keywords_title(paper: Paper, chance: random.Random) -> tuple[str, str]:
    words = [word for word in re.split("[;；,，、\\s]+", paper.keywords) if word]
    chance.shuffle(words)
    return "；".join(words[:5]), chance.choice([paper.title, content_words(paper.title)])


def _need_title(paper: Paper, chance: random.Random) -> tuple[str, str]:
    problem, _ = split_turn(paper.abstract)
    return problem, chance.choice([paper.title, content_words(paper.title)])


def _problem_method(paper: Paper, chance: random.Random) -> tuple[str, str]:
    return split_turn(paper.abstract)


VIEWS: dict[str, Callable[[Paper, random.Random], tuple[str, str]]] = {
    "text-title": _title_text,
    "text-words": _words_text,
    "keywords-title": _keywords_title,
    "need-title": _need_title,
    "problem-method": _problem_method,
}


def draw_batches(
    papers: Sequence[Paper], kinds: Sequence[str], size: int, seed: int, groups: np.ndarray | None = None
) -> Iterator[list[View]]:
    """Yield batches without end, one kind of view in each, no paper twice in one.

    Every ``len(papers) // size`` batches papers are put into a new order; until then none comes again, unless so many
    are too short for a kind that the order runs out and starts over.

    Parameters
    ----------
    papers : sequence of Paper
    kinds : sequence of str
        Kinds of views (`VIEWS`), in turn.
    size : int
        Views in a batch.
    seed : int
    groups : ndarray of int, shape (len(papers),), optional
        Topics of papers. A batch is then drawn from few topics, so that its wrong answers are near misses.

    Raises
    ------
    ValueError
        If fewer than ``size`` papers give a view of some kind.
    """
    chance = random.Random(seed)
    for turn in itertools.count():
        kind = kinds[turn % len(kinds)]
        if turn % max(1, len(papers) // size) == 0:
            rows = chance.sample(range(len(papers)), len(papers))
            if groups is not None:
                places = {group: chance.random() for group in sorted(set(groups.tolist()))}
                rows.sort(key=lambda row: places[int(groups[row])])
            queue = itertools.cycle(rows)
        batch: dict[int, View] = {}
        for row in itertools.islice(queue, len(papers)):
            left, right = VIEWS[kind](papers[row], chance)
            if min(len(left), len(right)) >= SHORTEST:
                batch[row] = View(kind, left, right, row)
            if len(batch) == size:
                break
        else:
            raise ValueError(
                f"{kind}: {len(batch)} of {len(papers)} papers give such a view, fewer than a batch of {size}; "
                "make batches smaller or leave out this kind"
            )
        yield list(batch.values())


@cache
def _tag(title: str) -> tuple[tuple[str, str], ...]:
    return tuple((pair.word, pair.flag) for pair in jieba.posseg.cut(title))
