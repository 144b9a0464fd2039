"""What is wrong with an EVENT.toml, in words, each error with its line."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from matchmaker.event.places import line_of
from matchmaker.event.wording import say

# What the parser of TOML finds that has a cure of its own.
_SYNTAX = {
    "Invalid date or datetime": "bad_toml_date",
    "Cannot overwrite a value": "bad_toml_twice",
}


def explain_syntax(source: str, error: Exception, lang: str) -> str:
    """Return what is wrong with a text that is no TOML, with its line."""
    found = re.search(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)", str(error))
    detail = str(error)[: found.start()] if found else str(error)
    line = found[1] if found and found[1] else ""
    key = _SYNTAX.get(detail, "bad_toml") if line else "bad_toml_end"
    return say(lang, key, file=source, line=line, detail=detail)


def explain_form(
    error: Any, raw: Mapping[str, Any], lines: Mapping[tuple[str | int, ...], int], source: str, lang: str
) -> Iterator[str]:
    """Yield one message for each error, by line."""
    items = [(_real_path(item, raw), item) for item in error.errors(include_url=False)]
    told: dict[tuple[int, str], str] = {}
    for path, item in items:
        if any(len(other) > len(path) and other[: len(path)] == path for other, _ in items):
            continue  # of a choice such as "a number or a table" the side that was meant has errors of its own
        line = line_of(lines, path)
        name = ".".join(f"{part}" if isinstance(part, str) else f"[{part + 1}]" for part in path).replace(".[", "[")
        if (line, name) not in told:
            told[line, name] = say(lang, "at_line", file=source, line=line, message=_reason(item, path, name, lang))
    yield from (message for _, message in sorted(told.items()))


def _real_path(item: Mapping[str, Any], raw: Any) -> tuple[str | int, ...]:
    """Return where an error lies in the file; pydantic adds the names of the choices it tried."""
    path: list[str | int] = []
    here = raw
    loc = item["loc"]
    for place, part in enumerate(loc):
        if isinstance(here, Mapping) and part in here:
            path.append(part)
            here = here[part]
        elif isinstance(here, list) and isinstance(part, int) and part < len(here):
            path.append(part)
            here = here[part]
        elif item["type"] == "missing" and place == len(loc) - 1:
            path.append(part)
    return tuple(path)


def _reason(item: Mapping[str, Any], path: tuple[str | int, ...], name: str, lang: str) -> str:
    kind, found = item["type"], item.get("input")
    limits = item.get("ctx") or {}
    quotes = "“{}”" if lang == "zh" else '"{}"'
    shown = quotes.format(found) if isinstance(found, str) else found
    if kind == "extra_forbidden":
        known = _keys_around(path)
        near = difflib.get_close_matches(str(path[-1]), known, n=1, cutoff=0.5)
        key = "unknown_key_near" if near else "unknown_key"
        mark = "、" if lang == "zh" else ", "
        return say(lang, key, name=name, near=near[0] if near else "", known=mark.join(known))
    if kind == "missing":
        return say(lang, "missing_key", name=name)
    if name == "slots" and found == 0:
        return say(lang, "no_slots")
    if kind in ("greater_than", "less_than"):
        return say(lang, "not_above" if kind == "greater_than" else "not_below", name=name, found=shown, **limits)
    if kind == "greater_than_equal":
        return say(lang, "too_low", name=name, found=shown, least=next(iter(limits.values())))
    if kind == "less_than_equal":
        return say(lang, "too_high", name=name, found=shown, most=next(iter(limits.values())))
    if kind in ("bad_hour", "bad_span"):
        return say(lang, kind, name=name, found=shown)
    if kind == "literal_error":
        return say(lang, "bad_choice", name=name, found=shown, allowed=limits.get("expected", ""))
    if kind == "string_too_short":
        return say(lang, "empty_text", name=name)
    return say(lang, "wrong_kind", name=name, found=shown, wanted=say(lang, _wanted(path)))


def _wanted(path: tuple[str | int, ...]) -> str:
    """Return the key of the words for what belongs at a path."""
    last = next((part for part in reversed(path) if isinstance(part, str)), "")
    return _WANTED.get(last, "a_text")


_WANTED = {
    **dict.fromkeys(("least", "most", "in_a_row", "minutes", "pause", "k"), "a_whole_number"),
    **dict.fromkeys(("minimum", "wish", "asked", "fairness", "time_limit", "gap"), "a_number"),
    "date": "a_date",
    "slots": "slots_or_hours",
    "tables": "tables_or_names",
    "available": "windows",
    "when": "windows",
    "breaks": "windows",
    **dict.fromkeys(("hall", "enterprises", "teams", "files", "plan"), "a_table"),
    **dict.fromkeys(("party", "closed"), "a_list_of_tables"),
}


def _keys_around(path: tuple[str | int, ...]) -> list[str]:
    """Return the keys that are known where an unknown one was found."""
    from matchmaker.event import forms

    parent = next((part for part in reversed(path[:-1]) if isinstance(part, str)), "")
    form = {
        "": forms.EventForm,
        "slots": forms.SlotsForm,
        "hall": forms.HallForm,
        "closed": forms.ClosedForm,
        "enterprises": forms.LimitsForm,
        "teams": forms.LimitsForm,
        "party": forms.PartyForm,
        "files": forms.FilesForm,
        "plan": forms.PlanForm,
    }.get(parent, forms.SpanForm)
    return list(form.model_fields)  # type: ignore[attr-defined]
