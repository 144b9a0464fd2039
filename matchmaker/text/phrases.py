"""Noun phrases from the segmenter's words and their parts of speech: neighbours that belong together."""

from __future__ import annotations

from bisect import bisect_left
from functools import lru_cache
from typing import NamedTuple

from matchmaker.text.segmentation import TaggedText


class Phrase(NamedTuple):
    """A noun phrase: tokens ``first`` to ``last`` (exclusive) of its text, and the characters they cover."""

    first: int
    last: int
    start: int
    end: int


# Verbs that say what is done with a thing and are never part of its name.
_VERBS = frozenset(
    """
    采用 利用 基于 通过 使用 运用 借助 提高 提升 降低 减少 减小 缩短 延长 增强 改善 抑制 避免 消除 防止 解决 实现
    节约 节省 增加 达到 达 到 具有 具备 满足 适用 应用 用于 用 面向 针对 形成 建立 建成 建有 研制 研发 开发 开展 提出
    制备 制得 制成 获得 得到 取得 完成 突破 掌握 寻求 希望 需要 需求 要求 征集 拟 为 是 有 无 含有 由 使 使得 让 把
    将 被 对 在 于 可 能 会 要 想 想要 进行 属于 包括 包含 位于 成立 拥有 提供 支持 配有 配备 优于 超过 高于 低于
    大于 小于 已 已经 正在 存在 导致 造成 引起 影响 保证 保障 确保 保持 维持 控制 下降 上升 增大 加快 加入 添加 引入
    结合 给出 称为 成为 作为 进入 处于 依靠 依赖 来自 来源 受 受到 发生 出现 产生 需 须 应 应当 宜 求 找 寻找 寻 做
    做到 搞 弄 解决方案 没有 不能 不要 不得 不用 无需 不需 可以 能够 看 说 想到 打通 攻克 克服 缓解 减轻 构建 搭建
    集成 组成 构成 其 该 本 此 各 每 某 约 近 以 及 和 与 或 等 之 所 而 但 又 还 也 都 且 若 如 即 仅 只 较 更 最 很
    非常 十分 左右 以上 以下 以内 之间 时 后 前 中 内 外 上 下 目前 现有 现 现在 当前 同时 因此 其中 以及 一种 一个
    一套 一类 不同 相关 各种 多种 本项目 本成果 本技术 我司 我公司 公司 企业 单位 我们 团队 课题组 研究组 项目 成果
    问题 目标 指标 主要 关键 核心 可实现 有效 显著 大幅 明显 进一步 从而 并 并且 用户 客户 单台 单套 单 约为 一般
    通常 平均 最大 最小 最高 最低 累计 已有 年 月 日 天 能否 是否 怎么 什么 如何 哪 好 够 些 的 地 得 了 着 很多 许多
    大量 部分 全部 往往 经 离 卖 买 涉及 交付 选用 替代 取代 代替 滴加 比 自 除 另 再 先 尤其 特别 停 频繁 以免 以便
    不足 不到 来 去 走 给 跟 靠 按 据 随 由于 因 故 便 就 仍 均 总 共 计 合 达成 等等 例如 比如 如下 建设 引进 采购
    购买 购置 有没有 接收 承接 交船 问 以后 欢迎 授权 飞 出去 巡 投运 共建 条件 条件下 司 投资 允许 限制
    """.split()
)
# Words of these kinds can stand in a noun phrase, verbs among them: 放电容量, 焊接节拍.
_KINDS = frozenset("n vn an b a j l i s z g k h t nz eng v q zg x ng f m ad vi tg vg ag".split())
_JOINTS = frozenset("-/")
# Numerals, measure words and places; what ends no name may still begin one.
_NOT_FIRST = frozenset("m q f k mq".split())
_NOT_LAST = frozenset("m q f h ad mq".split())
# Verbs and adjectives that stand before a thing without being part of its name: 更换轴承, 老设备.
_BEFORE_NAMES = frozenset(
    """
    别 搞 改 供 兼容 覆盖 更换 配合 主营 自有 原有 年产 大 老 新 旧 整 处理 回收 移栽 执行 选择 拟用 用到 生产 销售
    经营 安装 改造 购进 传统 常规 普通 现场 国产 进口 国内 国外 主要 涂 带 换 拆 装 开 取 造 建 接 放 见 给 做 卖
    单一 多个 某些 前期 后期 后续 厂 单个 最重 夏天 冬天 调试
    """.split()
)


@lru_cache(maxsize=1 << 16)
def part_of_name(word: str, tag: str) -> bool:
    """Tell whether a word of this part of speech can stand inside the name of a thing.

    Examples
    --------
    >>> part_of_name("电解液", "n"), part_of_name("采用", "v"), part_of_name("的", "uj")
    (True, False, False)
    """
    if word in _VERBS or tag[:1] in "pcudryoew":
        # "eng" is the tag of Latin words, "e" that of exclamations.
        return tag == "eng"
    if not all(map(str.isalnum, word)):
        return False
    # 一条船, 几种膜: how many is no part of a name.
    if word.isdecimal() or (tag == "m" and word[0] in "一两几多数"):
        return False
    return tag in _KINDS or tag[:1] in "nvab"


def phrase_before(tokens: TaggedText, place: int, most: int = 14) -> Phrase | None:
    """Return the noun phrase that ends at character ``place``, at most so many characters long; None if there is none.

    Examples
    --------
    >>> from matchmaker.text.segmentation import Segmenter
    >>> tokens = Segmenter().tag("要求单电池库仑效率≥98%")
    >>> phrase_before(tokens, 9)[2:]
    (3, 9)
    """
    last = first = bisect_left(tokens.ends, place) + 1
    if last > len(tokens) or tokens.ends[last - 1] != place:
        return None
    words, tags, starts = tokens.words, tokens.tags, tokens.starts
    while first and part_of_name(words[first - 1], tags[first - 1]) and place - starts[first - 1] <= most:
        first -= 1
    return _trim(tokens, first, last)


def phrase_after(tokens: TaggedText, place: int, most: int = 16) -> Phrase | None:
    """Return the noun phrase that begins at character ``place``, at most so many characters long; None without one.

    Examples
    --------
    >>> from matchmaker.text.segmentation import Segmenter
    >>> phrase_after(Segmenter().tag("降低综合能耗,"), 2)[2:]
    (2, 6)
    """
    first = bisect_left(tokens.starts, place)
    if first == len(tokens) or tokens.starts[first] != place:
        return None
    last = first
    while last < len(tokens) and _goes_on(tokens, last) and tokens.ends[last] - place <= most:
        last += 1
    return _trim(tokens, first, last)


def phrases_in(tokens: TaggedText, most: int = 16) -> list[Phrase]:
    """Return all noun phrases, longest first from the left, none inside another."""
    found: list[Phrase] = []
    words = tokens.words
    named = list(map(part_of_name, words, tokens.tags))
    going = named[:]
    for number, word in enumerate(words):
        if word in _JOINTS:
            going[number] = _goes_on(tokens, number)
    end = len(words)
    going += (False, True)  # so that both searches end
    at = going.index(True)
    while at < end:
        last = going.index(False, at)
        if not named[at]:
            last = at + 1  # a joint begins no name
        else:
            first = at
            while first < last and words[first] in _BEFORE_NAMES:
                first += 1
            phrase = _trim(tokens, first, last)
            if phrase is not None and phrase.end - phrase.start <= most:
                found.append(phrase)
        at = going.index(True, last)
    return found


def _goes_on(tokens: TaggedText, number: int) -> bool:
    words = tokens.words
    if words[number] in _JOINTS and 0 < number < len(words) - 1:
        # PA66-GF30, Si/C: a joint between Latin words only.
        return words[number - 1].isascii() and words[number + 1].isascii() and words[number + 1].isalnum()
    return part_of_name(words[number], tokens.tags[number])


def _trim(tokens: TaggedText, first: int, last: int) -> Phrase | None:
    """Drop what cannot begin or end a name: numerals, measure words, place words."""
    words, tags = tokens.words, tokens.tags
    while first < last and (
        tags[first] in _NOT_FIRST or ((tags[first] == "eng" or words[first] in _JOINTS) and _is_unit(words, first))
    ):
        first += 1
    while first < last and tags[last - 1] in _NOT_LAST:
        last -= 1
    if first >= last:
        return None
    return Phrase(first, last, tokens.starts[first], tokens.ends[last - 1])


def _is_unit(words: list[str], number: int) -> bool:
    """Tell whether a joint, or a Latin word that stands behind a number: the h of 48 h堆温."""
    if words[number] in _JOINTS:
        return True
    before = next((word for word in reversed(words[max(0, number - 2) : number]) if word.strip()), None)
    return before is not None and (before[-1].isdigit() or before in "°/·")
