"""Traditional characters to simplified ones, through OpenCC, without harm to texts that are simplified already."""

from __future__ import annotations

import functools
import re
import threading
from typing import TYPE_CHECKING

from matchmaker.text.characters import HAN

if TYPE_CHECKING:
    from opencc import OpenCC

_HAN = re.compile(f"[{HAN}]")
_LOADING = threading.Lock()

# A text counts as traditional when at least this share of its Chinese characters is.
_TRADITIONAL_SHARE = 0.05
# Simplified texts use these too, though GB 2312 lacks them: 苯并噁嗪, 昇腾, 苧烯, 麽, 濛, 塚.
_SIMPLIFIED_TOO = frozenset("噁昇苧麽濛塚")


@functools.cache
def _load() -> OpenCC:
    from opencc import OpenCC

    return OpenCC("t2s")


def _converter() -> OpenCC:
    """Return the one converter, loaded at first use by whichever thread comes first."""
    with _LOADING:
        return _load()


def simplify(text: str) -> str:
    """Write a text's traditional characters as simplified ones, one for one.

    OpenCC takes every text for a traditional one, and so spoils simplified text now and then: 作答覆盖 becomes
    作答复盖 (it reads 答覆), 乾县 becomes 干县. Characters that belong to simplified Chinese as well are therefore
    converted only in a text that is traditional by its other characters. 噁 (in 噁唑) and characters whose simplified
    form is too rare for any font or model stay as they are.

    Parameters
    ----------
    text : str
        Without lone surrogates.

    Returns
    -------
    str
        As long as ``text``; offsets stay valid.

    Examples
    --------
    >>> simplify("鈣鈦礦太陽能電池"), simplify("作答覆盖率"), simplify("乾隆年間")
    ('钙钛矿太阳能电池', '作答覆盖率', '乾隆年间')
    """
    for _ in range(4):  # 薴 → 苧: what is simplified may be in need of it again
        simplified = _simplify_once(text)
        if simplified == text:
            break
        text = simplified
    return text


def _simplify_once(text: str) -> str:
    """Convert a text once, keeping what belongs to simplified Chinese in a text that is simplified."""
    converted = _converter().convert(text)
    if converted == text:
        return text
    if len(converted) != len(text):
        converted = "".join(map(_simplify_character, text))
    changed = [index for index, (old, new) in enumerate(zip(text, converted, strict=True)) if old != new]
    changed = [index for index in changed if not _stays(text, index, converted[index])]
    foreign = [index for index in changed if not _is_simplified_too(text[index])]
    if not foreign:
        return text
    # The share is of Han characters, but they need counting only where the whole text cannot settle it.
    if len(foreign) < _TRADITIONAL_SHARE * len(text) and len(foreign) < _TRADITIONAL_SHARE * len(_HAN.findall(text)):
        changed = foreign
    characters = list(text)
    for index in changed:
        characters[index] = converted[index]
    return "".join(characters)


@functools.cache
def _simplify_character(character: str) -> str:
    """Return one character's simplified form, if that is one character too."""
    simplified = _converter().convert(character)
    return simplified if len(simplified) == 1 else character


@functools.cache
def _is_simplified_too(character: str) -> bool:
    """Tell whether a simplified text may hold this character: it is one of GB 2312's."""
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return character in _SIMPLIFIED_TOO
    return True


def _stays(text: str, index: int, simplified: str) -> bool:
    """Tell whether a character is better left: the rare ones beyond the basic plane, and 噁 unless it is 噁心."""
    return simplified > "\uffff" or (text[index] == "噁" and text[index + 1 : index + 2] != "心")
