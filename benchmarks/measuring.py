"""From scores and lists to metrics with intervals, and to paired comparisons of systems."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

import numpy as np
from registers import Collection

from matchmaker.evaluation import Comparison, Summary, compare, evaluate_scores, evaluate_shortlists
from matchmaker.records import Judgment, Match

DEPTH = 100
NEAR = 10


@dataclass(frozen=True)
class Ranking:
    """What one system says about a collection.

    Attributes
    ----------
    system : str
    scores : ndarray, shape (p,)
        Of the judged pairs, in the collection's order.
    likely, probabilities : ndarray, shape (p,), optional
        The likeliest grade, and the probability of grade 3 or more.
    answers : mapping of str to ndarray, shape (p,)
        What is said of the same pairs in other words than by scores, named after the parts of `METRICS` that these are
        measured for.
    lists : sequence of Match, optional
        The best `DEPTH` of the whole register for each need.
    """

    system: str
    scores: np.ndarray
    likely: np.ndarray | None = None
    probabilities: np.ndarray | None = None
    lists: Sequence[Match] | None = None
    answers: Mapping[str, np.ndarray] = field(default_factory=dict)


@dataclass(frozen=True)
class Measurement:
    """Summaries of one system.

    ``parts`` holds, as far as they apply, those of judged pairs by two rules (``zero`` and ``skip``: needs with nothing
    to find count 0, or are skipped), of its other answers about them, and of its lists at depth 10 (``near``) and 100
    (``far``).
    """

    system: str
    parts: Mapping[str, Summary]

    def find(self, metric: str) -> tuple[Summary, str] | None:
        """Return the summary that holds a metric of `METRICS`, and the metric's name there."""
        part, name = METRICS[metric]
        summary = self.parts.get(part)
        if summary is None or name not in {estimate.metric for estimate in summary.estimates}:
            return None
        return summary, name

    def to_dict(self) -> dict[str, dict[str, float]]:
        """Return value, interval and needs of every metric that applies."""
        found = {metric: self.find(metric) for metric in METRICS}
        return {
            metric: {key: value for key, value in asdict(place[0][place[1]]).items() if key != "metric"}
            for metric, place in found.items()
            if place is not None
        }


# What is reported: the summary that holds it and its name there. Scores order lists; a system that also says how likely
# a pair is to reach a grade, and which to expect, is measured by that too.
METRICS = {
    "ndcg@10": ("zero", "ndcg@10"),
    "ndcg@10, skipping": ("skip", "ndcg@10"),
    "mrr, skipping": ("skip", "mrr"),
    "auc>=2": ("zero", "auc>=2"),
    "auc>=3": ("zero", "auc>=3"),
    "spearman": ("zero", "spearman"),
    "auc>=2, by probability": ("reach2", "auc>=2"),
    "spearman, by expected grade": ("expect", "spearman"),
    "1/(1+mae)": ("zero", "mae_score"),
    "calibration error": ("zero", "calibration_error"),
    "recall@10 of register": ("near", "recall@10"),
    "recall@100 of register": ("far", "recall@100"),
    "mrr of register": ("far", "mrr"),
}
COMPARED = ("ndcg@10", "ndcg@10, skipping", "auc>=2", "1/(1+mae)", "recall@100 of register", "mrr of register")


def measure(collection: Collection, ranking: Ranking, resamples: int, seed: int) -> Measurement:
    """Measure what one system says about a collection."""
    settings = {"resamples": resamples, "random_state": seed}
    parts: dict[str, Summary] = {}
    if collection.graded:
        asked = {"zero": ranking.scores, "skip": ranking.scores, **ranking.answers}
        parts = {
            part: evaluate_scores(
                collection.need_ids,
                collection.grades,
                answers,
                achievement_ids=collection.achievement_ids,
                expected_grades=None if part in ranking.answers else ranking.likely,
                probabilities=None if part in ranking.answers else ranking.probabilities,
                undefined="skip" if part == "skip" else "zero",
                **settings,
            )
            for part, answers in asked.items()
        }
    if ranking.lists is not None:
        pairs = zip(collection.need_ids, collection.achievement_ids, collection.grades.tolist(), strict=True)
        judgments = [Judgment(*pair) for pair in pairs]
        for part, depth in (("near", NEAR), ("far", DEPTH)):
            parts[part] = evaluate_shortlists(ranking.lists, judgments, k=depth, **settings)
    return Measurement(ranking.system, parts)


@dataclass(frozen=True)
class Contrast:
    """A paired comparison under the name that its metric has in `METRICS`."""

    metric: str
    comparison: Comparison

    def to_dict(self) -> dict[str, object]:
        """Return the comparison as plain values."""
        return {**asdict(self.comparison), "metric": self.metric}


def contrast(
    first: Measurement, other: Measurement, resamples: int, seed: int, metrics: Sequence[str] = COMPARED
) -> list[Contrast]:
    """Compare two systems in every one of some metrics that both have."""
    found = []
    for metric in metrics:
        left, right = first.find(metric), other.find(metric)
        if left is not None and right is not None:
            names = (first.system, other.system)
            compared = compare(left[0], right[0], left[1], names=names, resamples=resamples, random_state=seed)
            found.append(Contrast(metric, compared))
    return found


def list_best(collection: Collection, scores: np.ndarray) -> list[Match]:
    """Return the best `DEPTH` achievements of each need by a matrix of scores, ties by id."""
    order = np.argsort(np.argsort([achievement.id for achievement in collection.achievements], kind="stable"))
    matches = []
    for need, row in zip(collection.needs, scores, strict=True):
        best = np.lexsort((order, -row))[:DEPTH]
        matches += [
            Match(need.id, collection.achievements[column].id, rank, float(row[column]), float("nan"))
            for rank, column in enumerate(best, start=1)
        ]
    return matches
