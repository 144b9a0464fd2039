"""Text that stands twice: paragraphs that recur, and a whole text pasted again behind itself."""

from __future__ import annotations

import re

from matchmaker.text.alignment import Edit, Trace, rewrite

_PARAGRAPHS = re.compile(r"[^\n]+")
_PLAIN = re.compile(r"[\W_]+")
_SHORTEST_PARAGRAPH = 6
_SHORTEST_UNIT = 16
_TRIES = 8


def drop_repeats(text: str) -> tuple[str, Trace | None]:
    r"""Drop each paragraph that stood before, and what was pasted twice within a paragraph.

    Paragraphs are the same if their letters, characters and digits are. Very short ones (``合格``) and mere figures may
    recur.

    Examples
    --------
    >>> drop_repeats("水性锂电池粘结剂\n水性锂电池粘结剂。\n用于硅碳负极。")[0]
    '水性锂电池粘结剂\n\n用于硅碳负极。'
    """
    edits: list[Edit] = []
    seen: set[str] = set()
    kept = 0  # where the last paragraph that stays ends
    dropped = False
    for found in _PARAGRAPHS.finditer(text):
        start, end = found.span()
        key = _PLAIN.sub("", found[0]).casefold() if seen or "\n" in text else ""
        if len(key) >= _SHORTEST_PARAGRAPH and not key.isdecimal():
            if key in seen:
                dropped = True
                continue
            seen.add(key)
        if dropped:
            edits.append((kept, start, "\n\n"))
            dropped = False
        kept = start + _unit(found[0])
        if kept < end:
            edits.append((kept, end, ""))
            kept = end
    if dropped:
        edits.append((kept, len(text), ""))
    return rewrite(text, edits)


def _unit(paragraph: str) -> int:
    """Return the length of the text that a paragraph is made of if that stands in it twice or more, else all of it."""
    size = len(paragraph)
    if size < 2 * _SHORTEST_UNIT:
        return size
    head = paragraph[:_SHORTEST_UNIT]
    period = 0
    for _ in range(_TRIES):
        period = paragraph.find(head, period + _SHORTEST_UNIT)
        if period < 0 or 2 * period > size + 1:
            return size
        # The last copy may lack the blank or mark that parts the others.
        if (size % period == 0 or (size + 1) % period == 0) and paragraph[period:] == paragraph[: size - period]:
            unit = period - (size % period != 0)
            varied = len(set(_PLAIN.sub("", paragraph[:unit]))) >= _SHORTEST_PARAGRAPH
            return unit if varied else size
    return size
