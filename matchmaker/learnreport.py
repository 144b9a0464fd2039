"""What came of learning, in figures and in words."""

from __future__ import annotations

from dataclasses import dataclass

from matchmaker.evaluation import Comparison
from matchmaker.languages import Lang


@dataclass(frozen=True, slots=True)
class LearnReport:
    """What came of learning.

    Attributes
    ----------
    adopted : bool
        Whether the learned model replaced the one in use: it must be better by more than chance explains, at the head
        of the lists, or over all pairs without being worse at the head.
    comparison : Comparison
        NDCG@10 on needs kept aside, the learned model against the one in use. On needs that the one in use has learned
        from, its scores would flatter it; where too few others are left, the model without any learning stands in.
    correlation : Comparison
        The same for the rank correlation of scores and grades over all pairs, which says more where lists are short.
    needs, pairs : int
        Judged needs and pairs that were learned from.
    skipped : int
        Judgments left out because their need or achievement is not in the registers.
    backwards : bool
        Whether the grades fall as the texts agree more, as on a scale where 1 is best; nothing is adopted then.
    forgotten : int
        Needs that the model in use has learned from and that a new one would know nothing of, where too few needs were
        judged to compare the two; nothing is adopted then.
    threshold : float
        Probability from which a match counts as suitable for whoever adopts the model or its curves: of needs that
        have something suitable, at most the share asked for is to be called a gap.
    gaps : float
        Share of the needs kept aside that this threshold calls gaps.
    deeper : Comparison or None
        The rank correlation of a model with a tuned encoder against that of one without, on needs kept aside; None
        when no tuning was asked for.
    tuned : bool
        Whether the learned model has a tuned encoder: it must come clearly nearer to the grades of needs kept aside.
    recalibrated : tuple of float or None
        The squared error of probabilities on needs kept aside, before and after, where no model was adopted but the
        scores in use are read by new curves: the order stays, probabilities and grades to expect change. None where
        they are not.
    """

    adopted: bool
    comparison: Comparison
    correlation: Comparison
    needs: int
    pairs: int
    skipped: int
    backwards: bool = False
    forgotten: int = 0
    threshold: float = 0.5
    gaps: float = 0.0
    deeper: Comparison | None = None
    tuned: bool = False
    recalibrated: tuple[float, float] | None = None

    @property
    def changed(self) -> bool:
        """Whether the engine answers otherwise than before."""
        return self.adopted or self.recalibrated is not None

    def to_text(self, lang: Lang = "zh") -> str:
        """Return the result in words."""
        difference, overall = self.comparison, self.correlation
        if lang == "zh":
            verdict = "已采用新模型" if self.adopted else "未采用新模型，继续使用原模型"
            skipped = f"，另有 {self.skipped} 条因编号不在登记表中未使用" if self.skipped else ""
            if self.backwards:
                skipped += "；内容越相近的成果得分反而越低，请确认分值是否越大越好"
            if self.forgotten:
                skipped += f"；原模型还学过另外 {self.forgotten} 项需求，请把以前的研判一并给出"
            return (
                f"{verdict}：在未参与学习的需求上，NDCG@10 由 {difference.b:.3f} 变为 {difference.a:.3f}"
                f"（差 {difference.difference:+.3f}，95% 区间 {difference.low:+.3f} 至 {difference.high:+.3f}），"
                f"得分与等级的秩相关由 {overall.b:.3f} 变为 {overall.a:.3f}"
                f"（差 {overall.difference:+.3f}，95% 区间 {overall.low:+.3f} 至 {overall.high:+.3f}）；"
                f"使用 {self.needs} 个需求的 {self.pairs} 条研判{skipped}。"
                + self._tell_tuning(lang)
                + self._tell_curves(lang)
                + self._tell_threshold(lang)
            )
        verdict = "learned model adopted" if self.adopted else "learned model refused, the one in use stays"
        skipped = f"; {self.skipped} left out because their ids are in neither register" if self.skipped else ""
        if self.backwards:
            skipped += "; the closer the texts the lower the grades, please check that a higher grade is better"
        if self.forgotten:
            skipped += f"; the model in use knows {self.forgotten} other needs, please give their judgments too"
        return (
            f"{verdict}: on needs kept aside NDCG@10 went from {difference.b:.3f} to {difference.a:.3f} "
            f"({difference.difference:+.3f}, 95 % interval {difference.low:+.3f} to {difference.high:+.3f}), the rank "
            f"correlation of scores and grades from {overall.b:.3f} to {overall.a:.3f} "
            f"({overall.difference:+.3f}, {overall.low:+.3f} to {overall.high:+.3f}); "
            f"learned from {self.pairs} judgments on {self.needs} needs{skipped}."
            + self._tell_tuning(lang)
            + self._tell_curves(lang)
            + self._tell_threshold(lang)
        )

    def _tell_tuning(self, lang: Lang) -> str:
        if self.deeper is None:
            return ""
        found = self.deeper
        if lang == "zh":
            verdict = "深度学习有明显帮助" if self.tuned else "深度学习没有明显帮助，未采用"
            return (
                f"{verdict}：秩相关由 {found.b:.3f} 变为 {found.a:.3f}"
                f"（差 {found.difference:+.3f}，95% 区间 {found.low:+.3f} 至 {found.high:+.3f}）。"
            )
        verdict = "tuning the encoder clearly helped" if self.tuned else "tuning the encoder did not clearly help"
        return (
            f" {verdict}: the rank correlation went from {found.b:.3f} to {found.a:.3f} "
            f"({found.difference:+.3f}, {found.low:+.3f} to {found.high:+.3f})."
        )

    def _tell_curves(self, lang: Lang) -> str:
        if self.recalibrated is None:
            return ""
        before, after = self.recalibrated
        if lang == "zh":
            return (
                "排序不变，概率和预计等级已按研判重新校准："
                f"在未参与校准的需求上，概率的误差（平方，各档相加）由 {before:.3f} 降为 {after:.3f}。"
            )
        return (
            " The order stays, probabilities and grades were calibrated anew: on needs kept aside the squared error of "
            f"probabilities, summed over the steps of the grades, fell from {before:.3f} to {after:.3f}."
        )

    def _tell_threshold(self, lang: Lang) -> str:
        if not self.changed:
            return ""
        if lang == "zh":
            return f"概率达到 {self.threshold:.2f} 算适配，未参与学习的需求中有 {self.gaps:.0%} 按此列为缺口。"
        return (
            f" A probability of {self.threshold:.2f} counts as suitable; of needs kept aside {self.gaps:.0%} are gaps."
        )
