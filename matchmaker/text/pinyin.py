"""Pinyin annotations that a web page ran into its text: ``轉(zhuǎn)化`` is ``轉化``."""

from __future__ import annotations

import functools
import re
import unicodedata

from matchmaker.text.alignment import Edit, Trace, rewrite
from matchmaker.text.characters import HAN

# Which finals each initial takes (ü after j, q, x and y is written u).
_FINALS = {
    "": "a ai an ang ao e ei en eng er o ou",
    "y": "a ai an ang ao e i in ing o ong ou u uan ue un",
    "w": "a ai an ang ei en eng o u",
    "b": "a ai an ang ao ei en eng i ian iang iao ie in ing o u",
    "p": "a ai an ang ao ei en eng i ian iao ie in ing o ou u",
    "m": "a ai an ang ao e ei en eng i ian iao ie in ing iu o ou u",
    "f": "a an ang ei en eng iao o ou u",
    "d": "a ai an ang ao e ei en eng i ia ian iao ie in ing iu ong ou u uan ui un uo",
    "t": "a ai an ang ao e ei eng i ian iao ie ing ong ou u uan ui un uo",
    "n": "a ai an ang ao e ei en eng i ia ian iang iao ie in ing iu ong ou u uan un uo ü üe",
    "l": "a ai an ang ao e ei eng i ia ian iang iao ie in ing iu o ong ou u uan un uo ü üan üe ün",
    "g": "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo",
    "k": "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo",
    "h": "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo",
    "j": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "q": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "x": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "zh": "a ai an ang ao e ei en eng i ong ou u ua uai uan uang ui un uo",
    "ch": "a ai an ang ao e en eng i ong ou u ua uai uan uang ui un uo",
    "sh": "a ai an ang ao e ei en eng i ou u ua uai uan uang ui un uo",
    "r": "an ang ao e en eng i ong ou u ua uan ui un uo",
    "z": "a ai an ang ao e ei en eng i ong ou u uan ui un uo",
    "c": "a ai an ang ao e ei en eng i ong ou u uan ui un uo",
    "s": "a ai an ang ao e en eng i ong ou u uan ui un uo",
}
# Words of feeling that have no vowel: 嗯 (ńg), 呣 (ḿ), 哼 (hng).
_VOWELLESS = ("m", "n", "ng", "hm", "hng")

# What is read without a tone, by the character it is read for, in both scripts.
_NEUTRAL = {
    "的": "de", "地": "de", "得": "de", "了": "le", "着": "zhe", "著": "zhe", "过": "guo", "過": "guo", "们": "men",
    "們": "men", "子": "zi", "么": "me", "麼": "me", "吗": "ma", "嗎": "ma", "嘛": "ma", "呢": "ne", "吧": "ba",
    "啊": "a", "呀": "ya", "哇": "wa", "啦": "la", "个": "ge", "個": "ge", "上": "shang", "下": "xia", "里": "li",
    "裡": "li", "裏": "li", "头": "tou", "頭": "tou", "来": "lai", "來": "lai", "去": "qu", "家": "jia", "儿": "er",
    "兒": "er", "边": "bian", "邊": "bian", "面": "mian", "处": "chu", "處": "chu", "当": "dang", "當": "dang",
    "气": "qi", "氣": "qi", "务": "wu", "務": "wu", "息": "xi", "识": "shi", "識": "shi", "量": "liang",
}  # fmt: skip

_TONES = frozenset("\u0300\u0301\u0304\u0306\u030c")  # grave, acute, macron, and caron with its look-alike breve
_LETTERS = str.maketrans({"ɑ": "a", "ɡ": "g"})
_SPELLING = "[A-Za-z:\u00c0-\u024f\u0251\u0261\u0300-\u036f\u1e00-\u1eff]{1,12}"
_BRACKETS = re.compile(rf"[(（](?<=([{HAN}]).) ?{_SPELLING} ?[)）](?:[(（] ?{_SPELLING} ?[)）])*")
_CONTENT = re.compile(_SPELLING)
_TONED = re.compile(r"[^\x00-\x7f]")


@functools.cache
def syllables() -> frozenset[str]:
    """Return every syllable of Mandarin, without tone marks.

    Examples
    --------
    >>> {"zhuan", "lüe", "e"} <= syllables(), "lee" in syllables()
    (True, False)
    """
    spelled = {initial + final for initial, finals in _FINALS.items() for final in finals.split()}
    return frozenset(spelled.union(_VOWELLESS))


def is_toned_syllable(content: str) -> bool:
    """Tell whether a text is one pinyin syllable that bears one tone mark.

    Examples
    --------
    >>> [is_toned_syllable(text) for text in ("zhuǎn", "lu:\u0300", "Gāng", "pH", "de", "mm")]
    [True, True, True, False, False, False]
    """
    if _TONED.search(content) is None:
        return False
    letters = unicodedata.normalize("NFD", content.translate(_LETTERS)).lower()
    plain = "".join(letter for letter in letters if letter not in _TONES)
    return len(letters) - len(plain) == 1 and _spell(plain) in syllables()


def strip_pinyin(text: str) -> tuple[str, Trace | None]:
    """Remove bracketed pinyin that follows the Chinese character it annotates.

    A syllable with a tone mark is always an annotation. One without (``們(men)``) is removed only where the same text
    holds annotations with tone marks and the syllable is the neutral reading of its character: ``(pH)``, ``(kg)``,
    ``(Li)`` and ``(he)`` carry meaning and stay.

    Examples
    --------
    >>> strip_pinyin("轉(zhuǎn)化我們(men)的(de)酸堿(pH)")[0]
    '轉化我們的酸堿(pH)'
    """
    if "(" not in text and "（" not in text:
        return text, None
    found = list(_BRACKETS.finditer(text))
    if not any(is_toned_syllable(content) for brackets in found for content in _CONTENT.findall(brackets[0])):
        return text, None
    edits: list[Edit] = []
    for brackets in found:
        contents = _CONTENT.findall(brackets[0])
        if all(is_toned_syllable(content) or content == _NEUTRAL.get(brackets[1]) for content in contents):
            edits.append((brackets.start(), brackets.end(), ""))
    return rewrite(text, edits)


def _spell(plain: str) -> str:
    """Return a syllable's usual spelling: ``lu:``, ``lv`` and ``lu`` with its dots are ``lü``, ``jü`` is ``ju``."""
    spelled = plain.replace("u:", "ü").replace("u\u0308", "ü").replace("v", "ü").replace("e\u0302", "e")
    return spelled.replace("ü", "u") if spelled[:1] in ("j", "q", "x", "y") else spelled
