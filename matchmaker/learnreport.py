"""What came of learning, in figures and in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from matchmaker.evaluation import Comparison
from matchmaker.languages import Lang, Words, choose_words


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
        words = choose_words(_WORDS, lang)
        asides = {"skipped": self.skipped, "backwards": self.backwards, "forgotten": self.forgotten}
        said = [
            words["result"].format(
                verdict=words["adopted" if self.adopted else "refused"],
                head=_tell(words, self.comparison),
                overall=_tell(words, self.correlation),
                needs=self.needs,
                pairs=self.pairs,
                asides="".join(words[name].format(count=count) for name, count in asides.items() if count),
            )
        ]
        if self.deeper is not None:
            verdict = words["tuned" if self.tuned else "not_tuned"]
            said.append(words["deeper"].format(verdict=verdict, overall=_tell(words, self.deeper)))
        if self.recalibrated is not None:
            before, after = self.recalibrated
            said.append(words["recalibrated"].format(before=before, after=after))
        if self.changed:
            said.append(words["threshold"].format(threshold=self.threshold, gaps=self.gaps))
        return words["between"].join(said)


def _tell(words: Mapping[str, str], found: Comparison) -> str:
    return words["change"].format(
        before=found.b, after=found.a, difference=found.difference, low=found.low, high=found.high
    )


_WORDS: Words = {
    "zh": {
        "between": "",
        "adopted": "已采用新模型",
        "refused": "未采用新模型，继续使用原模型",
        "change": "由 {before:.3f} 变为 {after:.3f}（差 {difference:+.3f}，95% 区间 {low:+.3f} 至 {high:+.3f}）",
        "result": "{verdict}：在未参与学习的需求上，NDCG@10 {head}，得分与等级的秩相关{overall}；"
        "使用 {needs} 个需求的 {pairs} 条研判{asides}。",
        "skipped": "，另有 {count} 条因编号不在登记表中未使用",
        "backwards": "；内容越相近的成果得分反而越低，请确认分值是否越大越好",
        "forgotten": "；原模型还学过另外 {count} 项需求，请把以前的研判一并给出",
        "tuned": "深度学习有明显帮助",
        "not_tuned": "深度学习没有明显帮助，未采用",
        "deeper": "{verdict}：秩相关{overall}。",
        "recalibrated": "排序不变，概率和预计等级已按研判重新校准："
        "在未参与校准的需求上，概率的误差（平方，各档相加）由 {before:.3f} 降为 {after:.3f}。",
        "threshold": "概率达到 {threshold:.2f} 算适配，未参与学习的需求中有 {gaps:.0%} 按此列为缺口。",
    },
    "en": {
        "between": " ",
        "adopted": "learned model adopted",
        "refused": "learned model refused, the one in use stays",
        "change": "from {before:.3f} to {after:.3f} ({difference:+.3f}, 95 % interval {low:+.3f} to {high:+.3f})",
        "result": "{verdict}: on needs kept aside NDCG@10 went {head}, the rank correlation of scores and grades "
        "{overall}; learned from {pairs} judgments on {needs} needs{asides}.",
        "skipped": "; {count} left out because their ids are in neither register",
        "backwards": "; the closer the texts the lower the grades, please check that a higher grade is better",
        "forgotten": "; the model in use knows {count} other needs, please give their judgments too",
        "tuned": "tuning the encoder clearly helped",
        "not_tuned": "tuning the encoder did not clearly help",
        "deeper": "{verdict}: the rank correlation went {overall}.",
        "recalibrated": "The order stays, probabilities and grades were calibrated anew: on needs kept aside the "
        "squared error of probabilities, summed over the steps of the grades, fell from {before:.3f} to {after:.3f}.",
        "threshold": "A probability of {threshold:.2f} counts as suitable; of needs kept aside {gaps:.0%} are gaps.",
    },
}
