"""The page: one file that holds its data, its style and its script, and asks nothing of any host."""

from __future__ import annotations

import os
from pathlib import Path

from matchmaker.records import Match, Profile
from matchmaker.report.content import ReportContent, count_exposure, count_fields, district_of
from matchmaker.report.document import describe_profile, encode_document, render_document
from matchmaker.report.files import write_whole
from matchmaker.report.highlighting import mark_profile, number_terms
from matchmaker.report.wording import words_for

_SCRIPTS = ("elements.js", "need.js", "page.js")  # one module, in this order
_SHOWN_PARTS = 8  # summands of a score drawn one by one; the rest are drawn as their sum


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
    return write_whole(path, encode_document(render_page(content)))


def render_page(content: ReportContent) -> str:
    """Return the page as HTML text.

    Its content security policy names the hashes of its own style and script and allows nothing else.
    """
    return render_document(
        "page.html.jinja",
        ("base.css", "page.css"),
        _SCRIPTS,
        collect_data(content),
        lang=content.lang,
        words=words_for("page", content.lang),
        title=content.title,
        made_on=content.made_on.isoformat(),
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
        told = {"suitable": shortlist.suitable, "expired": need.id in content.expired, "matches": matches}
        needs.append(_describe_profile(need, content) | told)
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


def _describe_profile(profile: Profile, content: ReportContent) -> dict[str, object]:
    described: dict[str, object] = {**describe_profile(profile)}
    if district := district_of(profile.region):
        described["district"] = district
    extras = content.list_extras(profile)
    return {**described, "extra": extras} if extras else described


def _describe_match(
    match: Match, need: Profile, achievement: Profile, rows: dict[str, int], features: dict[str, int]
) -> dict[str, object]:
    evidence = match.evidence
    terms = number_terms(match)
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
        "need_marks": mark_profile(match, "need", need, terms),
        "achievement_marks": mark_profile(match, "achievement", achievement, terms),
        "parts": [
            [features.setdefault(term.feature, len(features)), round(term.contribution, 5)]
            for term in parts[:_SHOWN_PARTS]
        ],
    }
    return {**described, "rest": [len(rest), round(sum(rest), 5)]} if rest else described
