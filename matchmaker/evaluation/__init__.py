"""Metrics with confidence intervals over judged shortlists and scores, comparison, and what lies behind a number.

Metrics and comparison: `evaluate_shortlists`, `evaluate_scores`, `compare`, `contrast`. Behind them: `measure_exposure`
(who is seen), `measure_reliability` and `measure_abstention` (what probabilities are worth), `measure_learning` (what
judgments are worth), `find_misses` (what went wrong). `matchmaker.evaluation.plots` draws them, with the extra
``matchmaker[plot]``.
"""

from matchmaker.evaluation.abstention import Abstention, AbstentionPoint, measure_abstention
from matchmaker.evaluation.bootstrap import Estimate
from matchmaker.evaluation.comparison import Comparison, compare
from matchmaker.evaluation.contrasts import Contrast, NeedChange, contrast
from matchmaker.evaluation.curves import CurvePoint, LearningCurve, measure_learning
from matchmaker.evaluation.exposure import Coverage, Exposure, InstitutionExposure, measure_exposure
from matchmaker.evaluation.lists import Counts
from matchmaker.evaluation.misses import count_misses, find_misses
from matchmaker.evaluation.pairs import join_judgments
from matchmaker.evaluation.pooling import auc, calibration_error, mae_score, spearman
from matchmaker.evaluation.ranking import (
    average_precision,
    ndcg,
    precision,
    recall,
    reciprocal_rank,
    share_unjudged,
    success,
    weigh_grades,
)
from matchmaker.evaluation.reliability import BrierTerms, Reliability, ReliabilityBin, measure_reliability
from matchmaker.evaluation.rules import Rules
from matchmaker.evaluation.scores import evaluate_scores
from matchmaker.evaluation.shortlists import evaluate_shortlists
from matchmaker.evaluation.summary import Summary

__all__ = [
    "Abstention",
    "AbstentionPoint",
    "BrierTerms",
    "Comparison",
    "Contrast",
    "Counts",
    "Coverage",
    "CurvePoint",
    "Estimate",
    "Exposure",
    "InstitutionExposure",
    "LearningCurve",
    "NeedChange",
    "Reliability",
    "ReliabilityBin",
    "Rules",
    "Summary",
    "auc",
    "average_precision",
    "calibration_error",
    "compare",
    "contrast",
    "count_misses",
    "evaluate_scores",
    "evaluate_shortlists",
    "find_misses",
    "join_judgments",
    "mae_score",
    "measure_abstention",
    "measure_exposure",
    "measure_learning",
    "measure_reliability",
    "ndcg",
    "precision",
    "recall",
    "reciprocal_rank",
    "share_unjudged",
    "spearman",
    "success",
    "weigh_grades",
]
