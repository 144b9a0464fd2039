"""The page: one file that holds its data, its style and its script, and asks nothing of any host."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import get_args

import jinja2
from markupsafe import Markup

from matchmaker.records import Match, Part, Profile, Side
from matchmaker.report.content import ReportContent, count_exposure, count_fields, district_of
from matchmaker.report.files import write_whole
from matchmaker.report.highlighting import mark_text
from matchmaker.report.wording import words_for

_SCRIPTS = ("elements.js", "need.js", "page.js")  # one module, in this order
_SHOWN_PARTS = 8  # summands of a score drawn one by one; the rest are drawn as their sum
PARTS: tuple[str, ...] = get_args(Part)
_LANGUAGE_TAGS = {"zh": "zh-CN", "en": "en"}
# Inside a script element these could end it, open a comment, or end a line in old parsers.
_ESCAPED = {character: f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


def write_page(content: ReportContent, path: str | os.PathLike[str]) -> Path:
    """Write the shortlists as one self-contained HTML page.

    Parameters
    ----------
    content : ReportContent
        What to show.
    path : str or path-like
        Where the ``.html`` file goes; it is written whole or not at all.

    Returns
    -------
    pathlib.Path
        The path written.

    Raises
    ------
    MatchmakerError
        If the file cannot be replaced.
    """
    # A lone surrogate becomes \udcxx, which inside the data is exactly how JSON writes it.
    return write_whole(path, render_page(content).encode("utf-8", "backslashreplace"))


def render_page(content: ReportContent) -> str:
    """Return the page as HTML text.

    Its content security policy names the hashes of its own style and script and allows nothing else.
    """
    style, script = _read_part("page.css"), "".join(map(_read_part, _SCRIPTS))
    policy = {
        "default-src": "'none'",
        "style-src": _name_hash(style),
        "script-src": _name_hash(script),
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    return environment.from_string(_read_part("page.html.jinja")).render(
        policy="; ".join(f"{name} {value}" for name, value in policy.items()),
        language=_LANGUAGE_TAGS[content.lang],
        title=content.title,
        made_on=content.made_on.isoformat(),
        words=words_for("page", content.lang),
        style=Markup(style),
        script=Markup(script),
        data=Markup(embed_json(collect_data(content))),
    )


def collect_data(content: ReportContent) -> dict[str, object]:
    """Return what the script draws, as plain JSON values; every profile occurs once.

    Only achievements that some need lists are included: the others are counted, not shown.
    """
    rows: dict[str, int] = {}
    features: dict[str, int] = {}
    wanted_by: dict[str, list[int]] = {}
    needs = []
    for place, (need, shortlist) in enumerate(content.pairs()):
        for match in shortlist[: shortlist.suitable]:
            wanted_by.setdefault(match.achievement_id, []).append(place)
        matches = [
            _describe_match(match, need, content.achievements[match.achievement_id], rows, features)
            for match in shortlist
        ]
        needs.append({**_describe_profile(need, content), "suitable": shortlist.suitable, "matches": matches})
    return {
        "words": words_for("page", content.lang),
        "title": content.title,
        "made_on": content.made_on.isoformat(),
        "registered": len(content.achievements),
        "achievements": [
            {**_describe_profile(content.achievements[name], content), "wanted_by": wanted_by.get(name, [])}
            for name in rows
        ],
        "needs": needs,
        "features": [content.name_feature(feature) for feature in features],
        "fields": [{"name": row.field, "served": row.served, "gaps": row.gaps} for row in count_fields(content)],
        "institutions": [
            {
                "name": row.institution,
                "achievements": row.achievements,
                "suitable": row.suitable,
                "others": row.others,
            }
            for row in count_exposure(content)
        ],
        "rejected": [[row.file, row.sheet, row.row, row.reason, row.content] for row in content.rejected],
        "notices": [[row.file, row.sheet, row.row, row.message] for row in content.notices],
        "settings": list(content.settings.items()),
    }


def embed_json(value: object) -> str:
    r"""Return JSON that cannot leave the script element it is put into.

    Examples
    --------
    >>> embed_json("</script><!--&")
    '"\\u003c/script\\u003e\\u003c!--\\u0026"'
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for character, escaped in _ESCAPED.items():
        text = text.replace(character, escaped)
    return text


def _describe_profile(profile: Profile, content: ReportContent) -> dict[str, object]:
    described: dict[str, object] = {
        "id": profile.id,
        "title": profile.title,
        "description": profile.description,
        "keywords": "；".join(profile.keywords),
        "field": profile.field,
        "organisation": profile.organisation,
        "region": profile.region,
        "district": district_of(profile.region),
        "maturity": profile.maturity,
        "mode": profile.mode,
        "money": profile.money,
        "date": profile.date.isoformat() if profile.date else "",
    }
    described = {name: text for name, text in described.items() if text or name in ("id", "title")}
    extras = content.list_extras(profile)
    return {**described, "extra": extras} if extras else described


def _describe_match(
    match: Match, need: Profile, achievement: Profile, rows: dict[str, int], features: dict[str, int]
) -> dict[str, object]:
    evidence = match.evidence
    terms: dict[str, int] = {}
    for span in evidence.spans:
        terms.setdefault(span.term, len(terms))
    parts = sorted((term for term in evidence.terms if term.contribution), key=lambda term: -abs(term.contribution))
    rest = [term.contribution for term in parts[_SHOWN_PARTS:]]
    described: dict[str, object] = {
        "achievement": rows.setdefault(match.achievement_id, len(rows)),
        "rank": match.rank,
        "probability": round(match.probability, 4),
        "score": round(match.score, 5),
        "base": round(evidence.base, 5),
        "reasons": evidence.reasons,
        "terms": list(terms),
        "need_marks": _mark_profile(match, "need", need, terms),
        "achievement_marks": _mark_profile(match, "achievement", achievement, terms),
        "parts": [
            [features.setdefault(term.feature, len(features)), round(term.contribution, 5)]
            for term in parts[:_SHOWN_PARTS]
        ],
    }
    return {**described, "rest": [len(rest), round(sum(rest), 5)]} if rest else described


def _mark_profile(match: Match, side: Side, profile: Profile, terms: Mapping[str, int]) -> dict[str, list[list[int]]]:
    marked = {}
    for part, text in zip(PARTS, (profile.title, profile.description, "；".join(profile.keywords)), strict=True):
        spans = [span for span in match.evidence.spans if span.side == side and span.part == part]
        marks = mark_text(text, [(span.start, span.end, terms[span.term]) for span in spans])
        if marks:
            marked[part] = [[mark.start, mark.end, *mark.terms] for mark in marks]
    return marked


def _read_part(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


def _name_hash(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
    return f"'sha256-{digest}'"
