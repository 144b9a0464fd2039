"""Which part of a shared phrase is worth a reader's eye: "m3" and "以内" say nothing, "两座加氢站" means 加氢站."""

from __future__ import annotations

from matchmaker.text.segmentation import Segmenter, TaggedToken

# What turns a word into its opposite: 非全氟, 无卤阻燃, 不停车.
NEGATIONS = frozenset("无非不未")
# Chemical elements are the only words of one character that name a thing by themselves.
_ELEMENTS = frozenset(
    "氢氦锂铍硼碳氮氧氟氖钠镁铝硅磷硫氯氩钾钙钪钛钒铬锰铁钴镍铜锌镓锗砷硒溴氪铷锶钇锆铌钼锝钌铑钯银镉铟锡锑碲碘氙铯钡镧铈镨钕钷钐铕钆铽镝钬铒铥镱镥"
    "铪钽钨铼锇铱铂金汞铊铅铋氨"
)
# Words that any two texts can share, whatever they are about, and units that the segmenter takes for words.
_EMPTY = frozenset(
    """
    以内 以上 以下 以外 左右 大于 小于 低于 高于 超过 不足 达到 降到 升到 提到 做到 优先 尽量 缺少 可用 最长 最短
    最多 最少 最好 最大 最小 多台 多家 多个 一台 一套 一家 两家 两台 几家 几台 哪个 哪些 那么 怎么 批量 单件 单价
    年产 外购 替代 全程 实时 验证 型号 国产 进口 冬天 夏天 下游 上游 交付 上市 上线 手续 资质 出厂 试用 接入 主要
    现有 额定 成套 园区 车间 零件 按 拟 暂 例 m2 m3 cm2 cm3 mm2 mm3 nm2 nm3 km2 dt dv dx
    """.split()
)
_FUNCTION = frozenset("r p c u".split())
_COUNTS = "一两几多数万"


def telling_part(phrase: str, segmenter: Segmenter) -> tuple[int, int]:
    """Return the stretch [start, end) of a phrase that tells something; (0, 0) where nothing does.

    Numerals, prepositions and words of every text are cut off before it. Nothing is left of names of places, which are
    compared as regions, and of single characters other than chemical elements.

    Examples
    --------
    >>> segmenter = Segmenter()
    >>> phrases = ["两座加氢站", "以内", "m3", "硝化车间", "按甜度", "拟", "钒"]
    >>> [phrase[slice(*telling_part(phrase, segmenter))] for phrase in phrases]
    ['加氢站', '', '', '硝化车间', '甜度', '', '钒']
    """
    if phrase in segmenter.lexicon.terms:
        return 0, len(phrase)
    left = segmenter.tag(phrase)[:]
    while left and _says_nothing(left[0]):
        left = left[1:]
    # 海岛 and 山区 are tagged as places and are kinds of them.
    if not left or all(token.tag == "ns" and token.word[-1] not in "岛区" for token in left):
        return 0, 0
    start, end = left[0].start, left[-1].end
    if end - start == 1 and phrase[start] not in _ELEMENTS:
        return 0, 0
    return start, end


def without_last_character(phrase: str, segmenter: Segmenter) -> int:
    """Return where a phrase ends without a last word of one character, for phrases that end within a longer word.

    Examples
    --------
    >>> without_last_character("液流电池电", Segmenter()), without_last_character("磷酸铁锂", Segmenter())
    (4, 4)
    """
    last = segmenter.tag(phrase)[-1]
    return last.start if last.end - last.start == 1 and last.word not in _ELEMENTS else last.end


def _says_nothing(token: TaggedToken) -> bool:
    return (
        token.word in _EMPTY
        or not any(map(str.isalnum, token.word))
        or (token.tag in _FUNCTION and not token.word.isascii())
        or (token.tag in ("m", "mq") and token.word[0] in _COUNTS)
    )
