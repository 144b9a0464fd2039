"""Metrics with confidence intervals over judged shortlists and scores, and paired comparison."""

from matchmaker.evaluation.bootstrap import Estimate
from matchmaker.evaluation.comparison import Comparison, compare
from matchmaker.evaluation.lists import Counts
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
from matchmaker.evaluation.rules import Rules
from matchmaker.evaluation.scores import evaluate_scores
from matchmaker.evaluation.shortlists import evaluate_shortlists
from matchmaker.evaluation.summary import Summary

__all__ = [
    "Comparison",
    "Counts",
    "Estimate",
    "Rules",
    "Summary",
    "auc",
    "average_precision",
    "calibration_error",
    "compare",
    "evaluate_scores",
    "evaluate_shortlists",
    "mae_score",
    "ndcg",
    "precision",
    "recall",
    "reciprocal_rank",
    "share_unjudged",
    "spearman",
    "success",
    "weigh_grades",
]
