"""Make ``matchmaker/rank/default.json``: the model that ranks before anybody has judged anything.

    python training/default_reranker.py --data ../shared/data

Weights are set by hand, in units of one standard deviation among candidates: two for vectors, which understand, and a
third of one for focus, which takes half of that off again where a text is near to every industry; two in all for
characters and words, which know part numbers and materials; little for attributes, which a person can weigh better.
Means and deviations are measured on papers cut in two: the first half of an abstract stands for a need, title and
second half for an achievement. The curves from score to probability are fitted to the judgments of the sample
registers, which were written for this package.
"""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path

import numpy as np
from corpora import DEFAULT_DATA, read_papers

from matchmaker import read_achievements, read_judgments, read_needs
from matchmaker.columns import Columns
from matchmaker.rank.calibration import fit_calibration, write_calibration
from matchmaker.rank.defaults import DEFAULT
from matchmaker.rank.features import FEATURES, TAG_FEATURES, Pairs, compare
from matchmaker.rank.filters import Filter
from matchmaker.rank.reranking import WeightedSum, add_up
from matchmaker.rank.supply import Demand, Supply
from matchmaker.records import Profile
from matchmaker.samples import sample_path
from matchmaker.text.analysis import Analyst
from matchmaker.text.encoding import BUNDLED, open_encoder
from matchmaker.text.segmentation import Segmenter
from matchmaker.text.vectors import CachedEncoder

WEIGHTS = {
    "dense": 2.0,
    "grams": 1.0,
    "grams_title": 0.5,
    "bm25": 0.5,
    "focus": 0.35,
    "field": 0.3,
    "maturity": 0.2,
    "region": 0.1,
    "mode": 0.1,
}
PAPERS = 3000
NEEDS = 300
CANDIDATES = 200


def halve(text: str) -> tuple[str, str]:
    """Cut an abstract at the sentence end nearest to its middle."""
    ends = [match.end() for match in re.finditer("[。；;.]", text)] or [len(text) // 2]
    middle = min(ends, key=lambda end: abs(end - len(text) / 2))
    return text[:middle], text[middle:]


def index(columns: Columns) -> Supply:
    """Return a supply of these profiles."""
    return Supply(columns.title_vectors.shape[1]).append(columns)


def measure_scales(data: Path, analyst: Analyst) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and deviation of every feature among the candidates of papers' first halves."""
    papers = read_papers(data)
    papers = papers[:: len(papers) // PAPERS][:PAPERS]
    halves = [halve(paper.abstract) for paper in papers]
    supply = index(
        analyst.analyse(
            [
                Profile(id=f"{row:05d}", kind="achievement", title=paper.title, description=second)
                for row, (paper, (_, second)) in enumerate(zip(papers, halves, strict=True))
            ]
        )
    )
    needs = [
        Profile(id=str(row), kind="need", title=re.split("[,，。；;]", first)[0], description=first)
        for row, (first, _) in enumerate(halves[:: len(halves) // NEEDS])
    ]
    demand = Demand.of(analyst.analyse(needs), supply.statistics)
    features = compare(demand, supply, Pairs.of(supply.retrieve(demand, CANDIDATES, Filter())))
    return features.mean(axis=0), features.std(axis=0)


def judged_scores(analyst: Analyst, reranker: WeightedSum) -> tuple[np.ndarray, np.ndarray]:
    """Return scores and grades of the sample judgments."""
    achievements, needs = read_achievements(sample_path("achievements")), read_needs(sample_path("needs"))
    judgments = sorted(read_judgments(sample_path("judgments")), key=lambda judgment: judgment.need_id)
    supply = index(analyst.analyse(achievements))
    demand = Demand.of(analyst.analyse(needs), supply.statistics)
    need_rows = {profile.id: row for row, profile in enumerate(needs)}
    rows = {profile.id: row for row, profile in enumerate(achievements)}
    pairs = Pairs(
        np.array([need_rows[judgment.need_id] for judgment in judgments]),
        np.array([rows[judgment.achievement_id] for judgment in judgments]),
    )
    scores = add_up(reranker.explain(compare(demand, supply, pairs)))
    return scores, np.array([judgment.grade for judgment in judgments])


def make_default(data: Path, analyst: Analyst) -> dict[str, object]:
    """Return weighted sum and curves for the vectors of one encoder."""
    means, deviations = measure_scales(data, analyst)
    centres = {name: round(float(mean), 4) for name, mean in zip(FEATURES, means, strict=True) if name in WEIGHTS}
    widths = {name: round(float(width), 4) for name, width in zip(FEATURES, deviations, strict=True) if name in WEIGHTS}
    for name in TAG_FEATURES:  # attributes already lie between -1 and 1
        if name in WEIGHTS:
            centres[name], widths[name] = 0.0, 1.0
    reranker = WeightedSum(WEIGHTS, centres, widths)
    calibration = write_calibration(fit_calibration(*judged_scores(analyst, reranker)))
    return {"reranker": json.loads(reranker.to_text()), "calibration": calibration}


def main() -> None:
    """Measure, fit and write, for every bundled encoder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    arguments = parser.parse_args()
    content = {
        quality: make_default(arguments.data, Analyst(Segmenter(), CachedEncoder(open_encoder("bundled", quality))))
        for quality in BUNDLED
    }
    DEFAULT.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(content, indent=1))


if __name__ == "__main__":
    main()
