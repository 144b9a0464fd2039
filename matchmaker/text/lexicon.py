"""The words a segmenter knows beyond its own dictionary: terms that are never split, and words that carry nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from matchmaker.errors import SettingError
from matchmaker.text.cleaning import clean

# Function words, and the words that every entry shares whatever it is about: a match on 研究 or 技术 says nothing.
STOP_WORDS = frozenset(
    """
    的 了 和 与 及 或 在 是 为 对 中 等 其 该 此 以 由 于 从 到 把 被 将 并 且 而 但 也 都 就 又 还 让 向 上 下
    内 外 间 后 前 时 个 种 之 所 有 可 能 会 要 使 用 不 无 一 二 三 两 各 每 多 较 更 最 很 非常 我 我们 他 它
    这 那 这个 这种 一种 一个 一些 以及 通过 进行 采用 利用 基于 根据 针对 关于 由于 因此 所以 如果 虽然 同时
    其中 目前 现有 已经 可以 能够 需要 希望 要求 具有 实现 提高 降低 解决 问题 方面 方法 技术 研究 开发 研发
    应用 项目 产品 企业 公司 单位 我司 本公司 我公司 成果 需求 合作 团队 专家 高校 院校 关键 相关 主要 有关 国内
    国外 国内外 水平 领域 行业 生产 制备 设计 系统 工艺 装置 设备 性能 效果 优点 特点 进一步 有效 良好 不断 包括
    a an and are as at be by for from in is it of on or the to with
    """.split()
)

# Units of measure: that both sides give a power in MW says nothing. Units of one letter are left alone, since grades of
# steel and parts end in them (316L).
UNITS = frozenset(
    """
    nm um μm mm cm dm km kg mg ml mw kw gw wh kwh mwh ah mah ma kv mv hz khz mhz ghz pa kpa mpa gpa db rpm ppm ppb
    min kn nm kj mj lx wt vol usd rmb
    """.split()
)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Terms and stop words that belong to one engine.

    Attributes
    ----------
    terms : frozenset of str
        Never split, wherever they occur, whatever their case.
    stop_words : frozenset of str
        Left out of matching (not out of the text).

    Examples
    --------
    >>> Lexicon.of(terms=["锂离子电池电解液"]).terms
    frozenset({'锂离子电池电解液'})
    """

    terms: frozenset[str] = frozenset()
    stop_words: frozenset[str] = STOP_WORDS

    @classmethod
    def of(cls, terms: Iterable[str] = (), stop_words: Iterable[str] | None = None) -> Lexicon:
        """Build a lexicon from words as typed; ``stop_words=None`` takes the built-in ones."""
        chosen = STOP_WORDS if stop_words is None else _normalize_all("stop_words", stop_words)
        return cls(_normalize_all("terms", terms), chosen)

    @property
    def sha256(self) -> str:
        """Digest of the content: equal lexicons segment equally."""
        lines = [*sorted(self.terms), "", *sorted(self.stop_words)]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def normalize_word(word: str) -> str:
    """Return a word as it appears in cleaned, lower-cased text; it stands on one line.

    Examples
    --------
    >>> normalize_word("鋰 電池"), normalize_word(" ＰＡ66")
    ('锂电池', 'pa66')
    """
    return lower(clean(clean(word).text.replace("\n", " ")).text)


def lower(text: str) -> str:
    """Return a text in lower case and of the same length, so that offsets stay valid.

    ``İ`` is the one character that `str.lower` makes longer.
    """
    return text.replace("İ", "i").lower()


def _normalize_all(setting: str, words: Iterable[str]) -> frozenset[str]:
    if isinstance(words, str):
        raise SettingError(f"{setting}: expected several words, found the text {words!r}; put it in a list")
    return frozenset(filter(None, map(normalize_word, words)))
