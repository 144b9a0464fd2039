"""Documents in one file: style, script and data inside, and a policy that lets nothing else in."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from importlib import resources

import jinja2
from markupsafe import Markup

from matchmaker.records import Profile

_LANGUAGE_TAGS = {"zh": "zh-CN", "en": "en"}
# Inside a script element these could end it, open a comment, or end a line in old parsers.
_ESCAPED = {character: f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


def render_document(
    template: str,
    styles: Sequence[str],
    scripts: Sequence[str],
    data: object,
    *,
    lang: str,
    words: Mapping[str, str],
    **shown: object,
) -> str:
    """Return a page that holds all it needs.

    Its content security policy names the hashes of its own style and script and allows nothing else.

    Parameters
    ----------
    template : str
        Name of the Jinja template in this room.
    styles, scripts : sequence of str
        Names of the files in this room that make up the one style and the one script, in this order.
    data : object
        Plain JSON values that the script draws.
    lang : {"zh", "en"}
    words : mapping of str to str
        Given to the template.
    **shown : str
        Further values for the template; their texts are escaped.
    """
    style, script = "".join(map(_read_part, styles)), "".join(map(_read_part, scripts))
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
    return environment.from_string(_read_part(template)).render(
        policy="; ".join(f"{name} {value}" for name, value in policy.items()),
        language=_LANGUAGE_TAGS[lang],
        words=words,
        style=Markup(style),
        script=Markup(script),
        data=Markup(embed_json(data)),
        **shown,
    )


def encode_document(html: str) -> bytes:
    """Return a page's bytes in UTF-8."""
    # A lone surrogate becomes \udcxx, which inside the data is exactly how JSON writes it.
    return html.encode("utf-8", "backslashreplace")


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


def describe_profile(profile: Profile) -> dict[str, str]:
    """Return what a profile says as plain values for a script, without what it leaves blank."""
    described = {
        "id": profile.id,
        "title": profile.title,
        "description": profile.description,
        "keywords": "；".join(profile.keywords),
        "field": profile.field,
        "organisation": profile.organisation,
        "region": profile.region,
        "maturity": profile.maturity,
        "mode": profile.mode,
        "money": profile.money,
        "date": profile.date.isoformat() if profile.date else "",
    }
    return {name: text for name, text in described.items() if text or name in ("id", "title")}


def _read_part(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


def _name_hash(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
    return f"'sha256-{digest}'"
