"""Single characters: control characters go, and Unicode's many ways to write one character become one (NFKC)."""

from __future__ import annotations

import functools
import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator

from matchmaker.text.alignment import Edit, Trace, follow, rewrite

HAN = "\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af"
"""Chinese characters, as the inside of a regular expression's character class."""

# What nobody sees and no encoder needs: control and format characters, soft hyphens, joiners, direction marks,
# variation selectors, tags, and halves of surrogate pairs (they cannot even be written to a file).
_HIDDEN = (
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u061c\u070f\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufe00-\ufe0f\ufeff\ufff0-\ufffb\ufffe\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff"
)
_BREAKS = "\r\x0b\x0c\x85\u2028\u2029"
_ANY_CONTROL = re.compile(f"[{_BREAKS}{_HIDDEN}]")
_CONTROLS = re.compile(f"\r\n|[{_BREAKS}]|[{_HIDDEN}]+")

# Characters that NFKC replaces one for one and that nearly every Chinese text holds: full-width forms and blanks.
_WIDTHS = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | dict.fromkeys(
    "\u3000\xa0\u2002\u2003", " "
)
_WIDE = frozenset(_WIDTHS)

_SUPERSCRIPTS = frozenset("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ")
# Jamo and half-width marks melt into the character before them although Unicode does not call them marks.
_MELTING = "\u1160-\u11ff\u3131-\u318e\ud7b0-\ud7ff\uff9e-\uff9f\uffa0-\uffdc"
_MELTS = re.compile(f"[{_MELTING}]")
_LONGEST_MARKS = 30
"""Unicode's Stream-Safe limit; sorting an endless row of marks would take time that grows with its square."""


def strip_controls(text: str) -> tuple[str, Trace | None]:
    r"""Remove control and other invisible characters; write every kind of line break as ``\n``.

    Examples
    --------
    >>> strip_controls("锂\x00电\r\n池")[0]
    '锂电\n池'
    """
    if _ANY_CONTROL.search(text) is None:
        return text, None
    edits: list[Edit] = [
        (found.start(), found.end(), "\n" if found[0][0] in _BREAKS else "") for found in _CONTROLS.finditer(text)
    ]
    return rewrite(text, edits)


def normalise(text: str) -> tuple[str, Trace | None]:
    """Bring a text to Unicode's NFKC form, but keep numbers apart that NFKC would run together.

    ``㎡`` becomes ``m2`` and ``ﬁ`` ``fi``; yet an exponent keeps its mark (``10²`` → ``10^2``), a fraction stands
    apart from the number before it (``1½`` → ``1 1/2``) and a circled number stays a label (``①`` → ``(1)``).

    Examples
    --------
    >>> normalise("粒径５～８㎛,面积１０²㎡")[0]
    '粒径5~8μm,面积10^2m2'
    """
    if unicodedata.is_normalized("NFKC", text):
        return text, None
    folded = text
    for character in _WIDE.intersection(text):  # several times as fast as str.translate
        folded = folded.replace(character, _WIDTHS[character])
    trace: Trace | None = None
    for _ in range(4):  # once is enough, but for marks that follow what was just expanded
        if unicodedata.is_normalized("NFKC", folded):
            break
        folded, step = rewrite(folded, list(_normal_edits(folded)))
        trace = follow(trace, step)
    return folded, trace


def _normal_edits(text: str) -> Iterator[Edit]:
    """Yield the edits that bring a text to NFKC, cluster by cluster."""
    for found in _touched().finditer(text):
        start, end = found.span()
        if _melts(text[start]) and start:
            start -= 1
        while start < end:
            stop = start + 1
            if text[start] in _SUPERSCRIPTS:
                while stop < min(end, start + _LONGEST_MARKS) and text[stop] in _SUPERSCRIPTS:
                    stop += 1
            while stop < end and _melts(text[stop]):
                stop += 1
            cluster = text[start:stop]
            normal = _expand(cluster[: _LONGEST_MARKS + 1], text[start - 1] if start else "")
            if normal != cluster:
                yield start, stop, normal
            start = stop


def _expand(cluster: str, before: str) -> str:
    """Return the NFKC form of a cluster, marked where it would otherwise change a number."""
    normal = unicodedata.normalize("NFKC", cluster)
    kind = unicodedata.decomposition(cluster[0])
    if kind.startswith("<circle>") and normal.isdecimal():
        return f"({normal})"
    if kind.startswith("<fraction>"):
        return " " * before.isdecimal() + normal.replace("\u2044", "/")
    if kind.startswith("<super>") and cluster[0] in _SUPERSCRIPTS and before.isdecimal():
        return "^" + normal
    return normal


def _melts(char: str) -> bool:
    """Tell whether normalising may join this character to the one before it."""
    return unicodedata.category(char)[0] == "M" or _MELTS.match(char) is not None


@functools.cache
def _touched() -> re.Pattern[str]:
    """Return the pattern of characters that NFKC may touch; everything else stands for itself."""
    untouched = (
        code
        for code in itertools.chain(
            range(0xD800), range(0xE000, 0xF900), range(0x20000, 0x2F800), range(0x30000, 0x323B0)
        )
        if unicodedata.is_normalized("NFKC", chr(code)) and not _melts(chr(code))
    )
    return re.compile(f"[^{_ranges(untouched)}]+")


def _ranges(codes: Iterable[int]) -> str:
    """Write increasing code points as the inside of a character class."""
    spans: list[list[int]] = []
    for code in codes:
        if spans and spans[-1][1] == code - 1:
            spans[-1][1] = code
        else:
            spans.append([code, code])
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in spans)
