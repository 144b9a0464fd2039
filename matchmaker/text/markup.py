"""HTML that came along with a text: tags, entities, scripts, comments. ``粒径<0.1mm`` only looks like it and stays."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from matchmaker.text.alignment import Edit, Trace, rewrite

# A tag ends a line (br) or a paragraph; all the others stand inside a sentence.
_PARAGRAPH_TAGS = frozenset(
    "address article aside blockquote body caption center dd details dir div dl dt fieldset figcaption figure footer "
    "form frameset h1 h2 h3 h4 h5 h6 head header hr html legend li main menu nav ol optgroup option p pre section "
    "select summary table tbody td textarea tfoot th thead title tr ul".split()
)
_INLINE_TAGS = frozenset(
    "a abbr acronym audio b base basefont bdi bdo big br button canvas cite code col colgroup data datalist del dfn em "
    "embed font frame i iframe img input ins kbd label link map mark math meta meter noframes noscript object output "
    "param path picture progress q rp rt ruby s samp script small source span strike strong style sub sup svg time "
    "track tt u var video wbr".split()
)
_SWALLOWED = frozenset(("script", "style"))

# Every quantifier is possessive: a "<" that opens no tag is given up after one look, up to the next "<".
_ATTRIBUTE = r"""[^\s=<>"'/]++\s*+=\s*+(?:"[^"<]*+"|'[^'<]*+'|[^\s"'<>]++)"""
_TAG = re.compile(
    rf"<(?P<close>/)?+(?P<name>[a-zA-Z][a-zA-Z0-9]*+(?::[a-zA-Z]++)?+)(?P<attributes>(?:\s++{_ATTRIBUTE})*+)\s*+/?+>"
    r"|<!--|<!doctype\b[^<>]*+>|<\?xml\b[^<>]*+>|<!\[cdata\[|<!\[(?:end)?if\b[^<>]*+>|\]\]>",
    re.IGNORECASE,
)
_OFFICE = re.compile(r"(?:o|v|w|m|x|st1):[a-z]+", re.IGNORECASE)
_CLOSED = re.compile(r"</([abiqsu])\s*+>", re.IGNORECASE)
_AMBIGUOUS = frozenset("abiqsu")

# "&amp;amp;lt;" was escaped three times over; it is read as what it meant.
_ENTITY = re.compile(
    r"&(?P<chain>(?:amp;)*+)"
    r"(?P<body>\#[0-9]{1,7}+;|\#[xX][0-9a-fA-F]{1,6}+;|[a-zA-Z][a-zA-Z0-9]{1,31}+;|nbsp(?![a-zA-Z0-9]))?+"
)


def strip_markup(text: str) -> tuple[str, Trace | None]:
    r"""Remove HTML tags, comments, scripts and styles; decode entities.

    ``<br>`` becomes a line break, block tags (``<p>``, ``<div>``, ``<td>`` …) a paragraph break, and a raised digit
    keeps its meaning (``10<sup>3</sup>`` → ``10^3``). A ``<`` that opens no tag of HTML is text; so is a lone
    ``<b>`` that nothing closes.

    Examples
    --------
    >>> strip_markup("<b>粒径</b>&lt;5&nbsp;μm,a<b且c>d<br/>纯度<0.1%")[0]
    '粒径<5\xa0μm,a<b且c>d\n纯度<0.1%'
    """
    has_entities = "&" in text
    if "<" not in text and "]]>" not in text:
        return rewrite(text, list(_entities(text, 0, len(text)))) if has_entities else (text, None)
    edits: list[Edit] = []
    at = 0
    for start, end, replacement in _tags(text):
        if has_entities:
            edits.extend(_entities(text, at, start))
        edits.append((start, end, replacement))
        at = end
    if has_entities:
        edits.extend(_entities(text, at, len(text)))
    return rewrite(text, edits)


def _entities(text: str, start: int, end: int) -> Iterator[Edit]:
    """Yield the edits that decode entities."""
    for found in _ENTITY.finditer(text, start, end):
        body = found["body"]
        decoded = html.unescape("&" + body) if body else "&"
        if body and decoded == "&" + body:  # &unknown;
            decoded = "&" + body
        if decoded != found[0]:
            yield found.start(), found.end(), decoded


def _tags(text: str) -> Iterator[Edit]:
    """Yield the edits that remove tags, and with some of them what they enclose."""
    closed: frozenset[str] | None = None
    unclosed: set[str] = set()
    at = 0
    while (found := _TAG.search(text, at)) is not None:
        start, at = found.span()
        name = (found["name"] or "").lower()
        if not name:
            if found[0] == "<!--":
                at = _skip(text, at, "-->", unclosed)
            yield start, at, ""
            continue
        if name not in _INLINE_TAGS and name not in _PARAGRAPH_TAGS and not _OFFICE.fullmatch(name):
            continue
        if name in _AMBIGUOUS and not found["close"] and not found["attributes"]:
            if closed is None:
                closed = frozenset(letter.lower() for letter in _CLOSED.findall(text))
            if name not in closed:
                continue
        if name in _SWALLOWED and not found["close"]:
            at = _skip(text, at, f"</{name}", unclosed)
        yield start, at, _instead(name, bool(found["close"]), text[start - 1 : start])


def _skip(text: str, at: int, end: str, unclosed: set[str]) -> int:
    """Return where the enclosed text ends; right here if nothing closes it, for then it may be the author's."""
    if end in unclosed:
        return at
    found = re.compile(re.escape(end), re.IGNORECASE).search(text, at)
    if found is None:
        unclosed.add(end)
        return at
    return found.end() if end == "-->" else found.start()


def _instead(name: str, closes: bool, before: str) -> str:
    """Return what takes a tag's place."""
    if name == "br":
        return "\n"
    if name in _PARAGRAPH_TAGS:
        return "\n\n"
    return "^" if name == "sup" and not closes and before.isdecimal() else ""
