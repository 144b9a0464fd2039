"""Three ways to ask how well pairs are ranked: with no labels, on needs never seen, and on pairs never seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from measuring import DEPTH, Ranking, list_best
from peers import PEERS, Workshop
from registers import Collection
from wheels import UnavailableError

from matchmaker import Matchmaker
from matchmaker.deepening import see
from matchmaker.learning import InUse, learn
from matchmaker.lessons import Lesson
from matchmaker.rank.calibration import Calibration, fit_calibration
from matchmaker.rank.defaults import default_calibration, default_reranker
from matchmaker.rank.features import Pairs, compare
from matchmaker.rank.learning import Examples, Scores, score
from matchmaker.rank.precedents import JudgedPairs
from matchmaker.rank.reranking import add_up
from matchmaker.rank.supply import Demand, Supply
from matchmaker.records import Pair
from matchmaker.text.analysis import Analyst
from matchmaker.text.encoding import BUNDLED, MODEL, BundledEncoder
from matchmaker.text.segmentation import Segmenter
from matchmaker.text.tuning import JudgedTexts
from matchmaker.text.vectors import CachedEncoder

ENGINE = "matchmaker"
FOLDS = 5
# On the scale of 1 to 4, most pairs of every collection here are weak or medium: no constant answer errs less.
CONSTANT_GRADE = 2


@dataclass(frozen=True)
class Settings:
    """What a run was told, and the peers that it had to leave out, with the reason.

    ``deep`` says whether the encoder is tuned on judgments too, where there are any to learn from.
    """

    peers: tuple[str, ...]
    workshop: Workshop
    say: Callable[[str], None] = print
    missing: dict[str, str] = field(default_factory=dict)
    deep: bool = False


def rank_unlabelled(collection: Collection, settings: Settings) -> Iterator[Ranking]:
    """Rank without any judgment: the engine as shipped, in every quality, then every peer."""
    for quality in BUNDLED:
        system = ENGINE if quality == "best" else f"{ENGINE}, {quality}"
        settings.say(f"{collection.name}: {system}")
        engine = Matchmaker(quality=quality).fit(collection.achievements)
        lists = [match for shortlist in engine.shortlist(collection.needs, k=DEPTH) for match in shortlist]
        scored = engine.score(collection.needs, _name_pairs(collection))
        scores = np.array([pair.score for pair in scored])
        probabilities = np.array([pair.probability for pair in scored])
        yield Ranking(system, scores, engine.calibration.likely_grade(scores), probabilities, lists)
    for name, matrix in _score_peers(collection, settings):
        scores = matrix[collection.need_rows, collection.achievement_rows]
        constant = np.full(len(scores), CONSTANT_GRADE, float) if name == "chance" else None
        yield Ranking(name, scores, constant, None, list_best(collection, matrix))


def rank_held_out_needs(collection: Collection, settings: Settings) -> Iterator[Ranking]:
    """Learn on four fifths of the needs and rank the others."""
    yield from _rank_held_out(collection, settings, collection.need_rows)


def rank_held_out_pairs(collection: Collection, settings: Settings) -> Iterator[Ranking]:
    """Learn on four fifths of the pairs and rank the others; exact twins (same texts) stay together."""
    texts: dict[tuple[str, str, str], int] = {}
    twins = [
        texts.setdefault((need.title, need.description, achievement.title), len(texts))
        for need, achievement in (
            (collection.needs[row], collection.achievements[column])
            for row, column in zip(collection.need_rows, collection.achievement_rows, strict=True)
        )
    ]
    yield from _rank_held_out(collection, settings, np.array(twins))


PROTOCOLS: dict[str, Callable[[Collection, Settings], Iterator[Ranking]]] = {
    "unlabelled": rank_unlabelled,
    "needs": rank_held_out_needs,
    "pairs": rank_held_out_pairs,
}


def split(groups: np.ndarray, seed: int) -> Iterator[np.ndarray]:
    """Yield masks of pairs to hold out, whole groups at a time, every group once."""
    distinct = np.random.default_rng(seed).permutation(np.unique(groups))
    for part in np.array_split(distinct, FOLDS):
        yield np.isin(groups, part)


def _rank_held_out(collection: Collection, settings: Settings, groups: np.ndarray) -> Iterator[Ranking]:
    seed = settings.workshop.seed
    folds = list(split(groups, seed))
    settings.say(f"{collection.name}: features")
    examples = compute_examples(collection)
    default_scores = add_up(default_reranker().explain(examples.features))
    yield _calibrate(f"{ENGINE}, no labels", default_scores, collection.grades, folds)

    engine, model = _Answers(len(groups)), _Answers(len(groups))
    adopted = 0
    for held in folds:
        settings.say(f"{collection.name}: learn on {(~held).sum()} pairs")
        rows = np.flatnonzero(~held)
        need_ids, achievement_ids = collection.need_ids, collection.achievement_ids
        lesson = Lesson(examples.part(~held), [need_ids[row] for row in rows], [achievement_ids[row] for row in rows])
        learned = learn(lesson, InUse(default_reranker(), default_calibration()), seed)
        scored = score(learned.reranker, examples.part(held))
        model.note(held, scored, learned.calibration)
        adopted += learned.report.adopted
        # A model that was refused leaves the one in use as it was, though perhaps with other curves.
        if learned.report.adopted:
            engine.note(held, scored, learned.calibration)
        else:
            untaught = default_scores[held]
            curves = learned.curves or default_calibration()
            # Scores of two models lie on two scales, expected grades do not.
            engine.note(held, Scores(untaught, untaught[:, None]), curves, curves.expected_grade(untaught))
    yield engine.rank(f"{ENGINE}, learn() (adopted in {adopted} of {FOLDS} folds)")
    yield model.rank(f"{ENGINE}, learned model")
    if settings.deep:
        yield _rank_deeply(collection, settings, examples, folds)

    for name, matrix in _score_peers(collection, settings):
        scores = matrix[collection.need_rows, collection.achievement_rows]
        yield _calibrate(name, (scores - scores.mean()) / scores.std(), collection.grades, folds)


def _rank_deeply(
    collection: Collection, settings: Settings, examples: Examples, folds: Sequence[np.ndarray]
) -> Ranking:
    """Learn as before, with an encoder tuned on the judgments where that helps."""
    texts = read_texts(collection)
    answers, tuned = _Answers(len(examples)), 0
    for held in folds:
        settings.say(f"{collection.name}: tune on {(~held).sum()} pairs")
        rows = np.flatnonzero(~held)
        ids = ([every[row] for row in rows] for every in (collection.need_ids, collection.achievement_ids))
        lesson = Lesson(examples.part(~held), *ids, texts=texts.part(~held))
        in_use = InUse(default_reranker(), default_calibration())
        learned = learn(lesson, in_use, settings.workshop.seed, tuned_from=MODEL)
        tuned += bool(learned.weights)
        seen = see(examples, texts, BundledEncoder(weights=learned.weights)) if learned.weights else examples
        answers.note(held, score(learned.reranker, seen.part(held)), learned.calibration)
        settings.say(learned.report.to_text("en"))
    return answers.rank(f"{ENGINE}, learned model, deep (tuned in {tuned} of {len(folds)} folds)")


class _Answers:
    """What a system says of pairs, fold by fold."""

    def __init__(self, pairs: int) -> None:
        self.scores, self.likely, self.expected, self.reach2, self.probabilities = (np.zeros(pairs) for _ in range(5))

    def note(
        self, held: np.ndarray, scores: Scores, calibration: Calibration, in_grades: np.ndarray | None = None
    ) -> None:
        """Note a fold; scores that lie on another scale than grades come a second time, brought to it."""
        self.scores[held] = scores.totals if in_grades is None else in_grades
        self.likely[held] = calibration.likely_grade(scores.steps)
        self.expected[held] = calibration.expected_grade(scores.steps)
        self.reach2[held] = calibration.steps(scores.steps)[:, calibration.grades.index(2) - 1]
        self.probabilities[held] = calibration.probability(scores.totals)

    def rank(self, system: str) -> Ranking:
        answers = {"reach2": self.reach2, "expect": self.expected}
        return Ranking(system, self.scores, self.likely, self.probabilities, answers=answers)


def _calibrate(system: str, scores: np.ndarray, grades: np.ndarray, folds: Sequence[np.ndarray]) -> Ranking:
    """Give a ranking that learned nothing the grades to expect, by curves fitted to the other folds."""
    expected, probabilities = np.zeros(len(scores)), np.zeros(len(scores))
    for held in folds:
        curves: Calibration = fit_calibration(scores[~held], grades[~held], 3)
        expected[held] = curves.likely_grade(scores[held])
        probabilities[held] = curves.probability(scores[held])
    return Ranking(system, scores, expected, probabilities)


def read_texts(collection: Collection) -> JudgedTexts:
    """Return the judged pairs as texts, in the collection's order."""
    analyst = Analyst(Segmenter(), CachedEncoder(BundledEncoder()))
    return JudgedTexts(
        needs=analyst.texts(collection.needs),
        supply=analyst.texts(collection.achievements),
        rows=(collection.need_rows, collection.achievement_rows),
        grades=collection.grades.astype(float),
    )


def compute_examples(collection: Collection) -> Examples:
    """Return the judged pairs as the engine learns from them, in the collection's order."""
    analyst = Analyst(Segmenter(), CachedEncoder(BundledEncoder()))
    columns = analyst.analyse(collection.achievements)
    supply = Supply(columns.title_vectors.shape[1]).append(columns)
    demand = Demand.of(analyst.analyse(collection.needs), supply.statistics)
    order = np.argsort(collection.need_rows, kind="stable")
    features = compare(demand, supply, Pairs(collection.need_rows[order], collection.achievement_rows[order]))
    back = np.empty_like(features)
    back[order] = features
    offered = supply.vectors(collection.achievement_rows)
    return Examples(back, collection.grades, JudgedPairs(demand.profile_vectors, offered, collection.need_rows))


def _score_peers(collection: Collection, settings: Settings) -> Iterator[tuple[str, np.ndarray]]:
    for name in settings.peers:
        settings.say(f"{collection.name}: {name}")
        try:
            yield name, PEERS[name](collection, settings.workshop)
        except UnavailableError as error:
            settings.missing[name] = str(error)
            settings.say(f"{name} was not measured: {error}")


def _name_pairs(collection: Collection) -> list[Pair]:
    return [Pair(*pair) for pair in zip(collection.need_ids, collection.achievement_ids, strict=True)]
